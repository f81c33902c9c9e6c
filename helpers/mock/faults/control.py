"""What is armed on one server, and the control route by which it is."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from math import inf

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from typing_extensions import TypedDict

from helpers.mock import catalogue, errors
from helpers.mock.apis.checks import check_ranges
from helpers.mock.control import caller, key_of
from helpers.mock.errors import ApiError
from helpers.mock.faults.fault import MAX_SECONDS, Armed, Refuse, Served, Struck, Target
from helpers.mock.faults.kinds import KINDS
from helpers.mock.gateway import known_model
from helpers.mock.mcp import SERVERS_OF
from helpers.mock.requests import InvalidRequest, Json, validator
from helpers.models import ModelReferenceError, parse_model

CONTROL_PATH = "/_mock/faults"
MAX_FAULTS = 1000


class _Wish(TypedDict, total=False):
    """The body of a POST to the control route."""

    name: str
    times: int | None
    model: str | None
    after: int | None
    seconds: float | None
    per_second: int | None


_RANGES = {
    "times": (1, inf),
    "after": (0, inf),
    "seconds": (0, MAX_SECONDS),
    "per_second": (1, inf),
}
_NATIVE_MODEL = re.compile(r"/v2/(?:ext/mcp/v1/)?users/([^/]+)/apps/([^/]+)/models/([^/]+)")


class Faults:
    """The faults of one server. All of it runs in the server's loop, so that nothing is locked."""

    def __init__(self, refuse: Refuse) -> None:
        """`refuse` makes the messages of a response from a request and an ApiError."""
        self.armed: list[Armed] = []
        self._refuse = refuse
        self._known: dict[int, Armed] = {}
        self._ids = itertools.count(1)
        self.routes = [
            Route(CONTROL_PATH, self._control, methods=["GET", "POST", "DELETE"]),
            Route(CONTROL_PATH + "/{id:int}", self._control, methods=["GET", "DELETE"]),
        ]

    async def strike(
        self, app: Served, scope: Scope, body: bytes, receive: Receive, send: Send
    ) -> None:
        """Answer a request while faults are armed; `app` is the application behind them."""
        if scope["type"] != "http" or not scope["path"].startswith("/v2/"):
            await app(scope, body, receive, send, ())
            return
        exchange = Struck(app, scope, body, receive, send, self._refuse)
        fault = self._match(_asked(scope, body))
        if fault is None:
            await exchange.answer()
        else:
            await KINDS[fault.name].act(fault, exchange)

    def _match(self, asked: Target) -> Armed | None:
        fault = next(
            (
                armed
                for armed in self.armed
                if KINDS[armed.name].fits(asked) and armed.strikes(asked)
            ),
            None,
        )
        if fault is not None:
            fault.hits += 1
            if fault.hits == fault.times:
                self.armed.remove(fault)
        return fault

    def arm(self, wish: Json, key: bytes) -> Armed:
        """Arm a fault for requests with this key; `wish` is the JSON that the package describes.

        Raises ApiError if it makes no sense.
        """
        try:
            fault = replace(_fault(next(self._ids), wish), key=key)
        except InvalidRequest as error:
            raise ApiError(errors.BAD_REQUEST_FORMAT, str(error)) from error
        if len(self._known) >= MAX_FAULTS:
            details = f"There are {MAX_FAULTS} faults already: DELETE {CONTROL_PATH} removes them."
            raise ApiError(errors.BAD_REQUEST_FORMAT, details)
        self._known[fault.id] = fault
        self.armed.append(fault)
        return fault

    def find(self, fault_id: int) -> Armed:
        """The fault with this id, armed or used up. Raises ApiError if there is none."""
        if fault_id not in self._known:
            raise ApiError(errors.DOES_NOT_EXIST, f"There is no fault with the id {fault_id}.")
        return self._known[fault_id]

    def disarm(self, fault_id: int) -> Armed:
        """Remove a fault. Raises ApiError if there is none with this id."""
        fault = self.find(fault_id)
        del self._known[fault_id]
        if fault in self.armed:
            self.armed.remove(fault)
        return fault

    async def _control(self, request: Request) -> Response:
        """The control route: see the top of this file."""
        status, answer = self._controlled(request, await request.body())
        return Response(to_json(answer), status, media_type="application/json")

    def _controlled(self, request: Request, body: bytes) -> tuple[int, Json]:
        key = caller(request)
        fault_id = request.path_params.get("id")
        if request.method == "POST":
            wish = _object(body)
            if wish is None:
                raise ApiError(errors.BAD_REQUEST_FORMAT, 'Send a fault, such as {"name": "busy"}.')
            return 201, self.arm(wish, key).json()
        if request.method == "DELETE":
            own = [armed.id for armed in self._known.values() if armed.key == key]
            removed = [
                self.disarm(one_id).json() for one_id in (own if fault_id is None else [fault_id])
            ]
            return 200, {"faults": removed} if fault_id is None else removed[0]
        if fault_id is not None:
            return 200, self.find(fault_id).json()
        kinds = {name: {"what": k.what, "strikes": k.strikes} for name, k in KINDS.items()}
        return 200, {"faults": [fault.json() for fault in self._known.values()], "kinds": kinds}


def _asked(scope: Scope, body: bytes) -> Target:
    path, params = scope["path"], _object(body) or {}
    native = _NATIVE_MODEL.match(path)
    model = "{}/{}/models/{}".format(*native.groups()) if native else params.get("model")
    name = _name(model) if isinstance(model, str) else None
    return Target(path, name, params, key_of(scope))


def _name(model: str) -> str:
    """A model by its ids alone, whichever form of reference was sent and whichever version."""
    featured = catalogue.featured(model)
    if featured is not None:
        return featured.ref.name
    try:
        return replace(parse_model(model), version_id=None).name
    except ModelReferenceError:
        return model


def _known_name(model: str) -> str:
    """The same, of a model that the mock knows; a fault for any other would never strike."""
    name = _name(model)
    try:
        reference = parse_model(name)
        if (reference.user_id, reference.app_id) != SERVERS_OF:
            known_model(reference)
    except (ModelReferenceError, ApiError) as error:
        details = error.details if isinstance(error, ApiError) else str(error)
        raise InvalidRequest("model", details) from None
    return name


def _object(body: bytes) -> Json | None:
    try:
        value = from_json(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _fault(fault_id: int, wish: Json) -> Armed:
    wish = {name: value for name, value in wish.items() if value is not None}
    for name in wish:
        if name not in _Wish.__annotations__:
            fields = ", ".join(_Wish.__annotations__)
            raise InvalidRequest(name, f"A fault has only these fields: {fields}")
    fault = Armed(fault_id, **{"name": "", **validator(_Wish)(wish)})
    if fault.name not in KINDS:
        raise InvalidRequest(
            "name", f"There is no fault {fault.name!r}; there are: {', '.join(KINDS)}"
        )
    check_ranges(wish, _RANGES)
    if fault.per_second is not None and fault.name != "rate_limit":
        raise InvalidRequest("per_second", "Goes with rate_limit only")
    if fault.model is not None:
        fault.model = _known_name(fault.model)
    return fault
