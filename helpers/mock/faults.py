"""Failures on request: each of them as Clarifai, or the network, would bring it about.

A program in Python says `with helpers.faults.fault("busy", times=2): ...`. Any other uses the
control route, which takes connections from this machine only and needs no key:

    POST   /_mock/faults       {"name": "busy", "times": 2}  → 201 and the fault, with its `id`
    GET    /_mock/faults       what is armed, and every name with what it does
    DELETE /_mock/faults/{id}  → 200 and the fault, with how often it struck
    DELETE /_mock/faults       → 200, and all are gone

Fields of a fault, all but `name` optional:

    times       strike this many requests, and no more [default: until it is removed]
    model       strike only requests that name this model, in either form of its reference
    after       how many chunks of a stream go before it [default: 3]
    seconds     how long a pause takes, at most 60 [default: 2]; of slow_stream, one of many
    per_second  with rate_limit: let this many requests a second pass, and refuse the others

A request is struck by the first armed fault that fits it, before its key is looked at. Statuses and
texts are those of `errors.py`.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Literal

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import TypedDict

from helpers.mock import OPENAI_PATH, errors, tokens
from helpers.mock.apis.context import Bend
from helpers.mock.errors import ApiError, Status
from helpers.mock.gateway import read_body, replayed
from helpers.mock.requests import InvalidRequest, Json, validator
from helpers.mock.simulated.model import Call, Prompt, Reply
from helpers.models import ModelReferenceError, parse_model

CONTROL_PATH = "/_mock/faults"
MAX_SECONDS = 60
MAX_FAULTS = 1000

Refuse = Callable[[Scope, bytes, ApiError], list[Message]]
Served = Callable[[Scope, Receive, Send, tuple[Bend, ...]], Awaitable[None]]
"""An application, which is told besides how to bend what the model says."""


class _Wish(TypedDict, total=False):
    """The body of a POST to the control route."""

    name: str
    times: int | None
    model: str | None
    after: int | None
    seconds: float | None
    per_second: int | None


@dataclass
class Fault:
    """A fault that is armed, and how often it struck."""

    id: int
    name: str
    times: int | None = None
    model: str | None = None
    after: int = 3
    seconds: float = 2
    per_second: int | None = None
    hits: int = 0
    passed: deque[float] = field(default_factory=deque, repr=False)
    """When the requests of the last second were let pass, for a rate limit."""

    def strikes(self, asked: Asked) -> bool:
        """Whether this request is one to strike."""
        if not KINDS[self.name].fits(asked) or (self.model and self.model != asked.model):
            return False
        return self.per_second is None or self._is_over(self.per_second)

    def _is_over(self, limit: int) -> bool:
        now = asyncio.get_running_loop().time()
        while self.passed and self.passed[0] <= now - 1:
            self.passed.popleft()
        if len(self.passed) >= limit:
            return True
        self.passed.append(now)
        return False

    def json(self) -> Json:
        shown = ("id", "name", "times", "model", "after", "seconds", "per_second", "hits")
        return {name: getattr(self, name) for name in shown}


@dataclass(frozen=True)
class Asked:
    """What a fault looks at in a request: its path, the model's name, and the JSON of its body."""

    path: str
    model: str | None
    params: Json


@dataclass(frozen=True)
class Exchange:
    """A request that is struck, and the application that would have answered it."""

    app: Served
    scope: Scope
    body: bytes
    receive: Receive
    send: Send
    refuse: Refuse

    async def answer(
        self, send: Send | None = None, body: bytes | None = None, bends: tuple[Bend, ...] = ()
    ) -> None:
        """Let the application answer: through another `send`, or another body, or bent."""
        await self.app(self.scope, self.replayed(body), send or self.send, bends)

    def replayed(self, body: bytes | None = None) -> Receive:
        """`receive` for a body that has been read already."""
        return replayed(self.body if body is None else body, self.receive)

    def refusal(self, error: ApiError) -> list[Message]:
        """The messages of a response that is this error."""
        return self.refuse(self.scope, self.body, error)

    async def hang_up(self) -> None:
        """Close the connection, whatever of the response has been sent."""
        # ASGI has no word for it; uvicorn's `send` belongs to the cycle that holds the transport.
        self.send.__self__.transport.close()  # type: ignore[attr-defined]
        await self._client_is_gone()

    async def pause(self, seconds: float) -> None:
        """Send nothing for so long; raises _Over when the client hangs up."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._client_is_gone(), seconds)
            raise _Over

    async def _client_is_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


Act = Callable[[Fault, Exchange], Awaitable[None]]


# --- the whole reply is another ---


def _refused(status: Status, details: str) -> Act:
    async def act(fault: Fault, exchange: Exchange) -> None:
        text = details.format(limit=fault.per_second or 15)
        for message in exchange.refusal(ApiError(status, text)):
            await exchange.send(message)

    return act


def _page(status: int, title: str) -> Act:
    """A page of HTML, as what stands before Clarifai sends it."""

    async def act(fault: Fault, exchange: Exchange) -> None:
        html = f"<html><head><title>{status} {title}</title></head></html>"
        response = Response(html, status, media_type="text/html")
        await response(exchange.scope, exchange.replayed(), exchange.send)

    return act


async def _drop_before(fault: Fault, exchange: Exchange) -> None:
    await exchange.hang_up()


# --- a stream is cut or held up ---


class _Over(Exception):
    """Nothing more is sent, so that the application need not go on."""


async def _at_chunk(
    after: int, exchange: Exchange, act: Callable[[], Awaitable[None]], only_streams: bool = True
) -> None:
    """Answer, and `act` once when `after` chunks have gone, or at the end if there are fewer."""
    chunks, waits = 0, True

    async def send(message: Message) -> None:
        nonlocal chunks, waits
        if message["type"] == "http.response.start" and only_streams:
            waits = any(b"text/event-stream" in value for _, value in message["headers"])
        elif message["type"] == "http.response.body":
            if waits and (chunks >= after or not message.get("more_body")):
                waits = False
                await act()
            chunks += 1
        await exchange.send(message)

    with suppress(_Over):
        await exchange.answer(send)


async def _drop_midstream(fault: Fault, exchange: Exchange) -> None:
    async def drop() -> None:
        await exchange.hang_up()
        raise _Over

    await _at_chunk(fault.after, exchange, drop)


async def _error_chunk(fault: Fault, exchange: Exchange) -> None:
    async def send_error() -> None:
        error = ApiError(errors.MODEL_PREDICTION_FAILED, "Connection error.")
        body: bytes = exchange.refusal(error)[-1]["body"]
        # assumed: the error is an event like any other, and the stream ends as it always does.
        events = b"data: " + body + b"\n\ndata: [DONE]\n\n"
        await exchange.send({"type": "http.response.body", "body": events})
        raise _Over

    await _at_chunk(fault.after, exchange, send_error)


async def _stall(fault: Fault, exchange: Exchange) -> None:
    await _at_chunk(fault.after, exchange, lambda: exchange.pause(fault.seconds))


async def _slow_stream(fault: Fault, exchange: Exchange) -> None:
    # A model reads all of the prompt before its first token, and then writes one after the other.
    seconds = fault.seconds * _READING

    async def send(message: Message) -> None:
        nonlocal seconds
        if message["type"] == "http.response.body":
            await exchange.pause(min(seconds, MAX_SECONDS))
            seconds = fault.seconds
        await exchange.send(message)

    with suppress(_Over):
        await exchange.answer(send)


_READING = 20
"""How many pauses a slow stream makes before its first chunk."""


async def _slow_first_token(fault: Fault, exchange: Exchange) -> None:
    await _at_chunk(0, exchange, lambda: exchange.pause(fault.seconds), only_streams=False)


# --- the model says something else ---


def _bending(how: Bend) -> Act:
    return lambda fault, exchange: exchange.answer(bends=(how,))


def _malformed_arguments(prompt: Prompt, reply: Reply) -> Reply:
    calls = reply.calls or (Call(prompt.tools[0].name, "{}"),)
    broken = replace(calls[-1], arguments=calls[-1].arguments.rstrip().removesuffix("}") + ', "')
    return replace(reply, text=None, calls=(*calls[:-1], broken))


def _unknown_tool(prompt: Prompt, reply: Reply) -> Reply:
    offered = {tool.name for tool in prompt.tools}
    names = itertools.chain(["search_the_web"], (f"search_the_web_{n}" for n in itertools.count(2)))
    name = next(name for name in names if name not in offered)
    calls = (Call(name, '{"query":"What was asked"}'), *reply.calls[1:])
    return replace(reply, text=None, calls=calls)


def _leaked_think(prompt: Prompt, reply: Reply) -> Reply:
    thought = reply.reasoning or "The user asks something. I answer it in a sentence or two."
    text = f"{thought}\n</think>\n\n{reply.text or ''}"
    return replace(reply, text=text, reasoning=None)


_LIMIT_FIELDS = {
    "/chat/completions": ("max_completion_tokens", "max_tokens"),
    "/responses": ("max_output_tokens",),
}


async def _reasoning_overrun(fault: Fault, exchange: Exchange) -> None:
    """Reason until the request's limit is reached; one is set where there is none."""
    params = from_json(exchange.body)
    fields = _LIMIT_FIELDS[exchange.scope["path"].removeprefix(OPENAI_PATH)]
    given = next((params[name] for name in fields if isinstance(params.get(name), int)), 256)
    limit = min(given, 4096)

    def overrun(prompt: Prompt, reply: Reply) -> Reply:
        thought = reply.reasoning or "Wait, let me look at this again from the beginning."
        repeats = max(limit, 1) // tokens.count(thought) + 2
        return replace(reply, reasoning=" ".join([thought] * repeats))

    body = to_json(params | dict.fromkeys(fields, limit))
    await exchange.answer(body=body, bends=(overrun,))


# --- the table ---

Fits = Literal["any request", "a model", "a text", "a stream", "tools"]


@dataclass(frozen=True)
class Kind:
    """One kind of fault: what it does, which requests it can strike, and how."""

    what: str
    strikes: Fits
    act: Act

    def fits(self, asked: Asked) -> bool:
        """Whether it makes sense for this request; a stream cannot stall where there is none."""
        match self.strikes:
            case "any request":
                return True
            case "a model":
                return asked.model is not None
        if asked.path.removeprefix(OPENAI_PATH) not in _LIMIT_FIELDS:
            return False
        match self.strikes:
            case "a stream":
                return asked.params.get("stream") is True
            case "tools":
                return bool(asked.params.get("tools"))
        return True


_LIMIT = "exceeded limit of {limit} requests per second"
_NO_HEADER = "Empty or malformed authorization header. Please provide an API key or session token."
_NO_DEPLOYMENT = "requires a dedicated deployment but no deployed version was found."
_NOT_STREAMED = "Streaming is only supported for new type of models."
_BUSY = "Please retry after a short delay."
# assumed: what stands in a reply of 200 whose body is an error.
_FAILED_200 = errors.MODEL_PREDICTION_FAILED._replace(http=200)
KINDS: dict[str, Kind] = {
    "invalid_key": Kind(
        "401, code 11008: the key has the wrong form, or is not known",
        "any request",
        _refused(errors.KEY_INVALID, "Invalid format of key."),
    ),
    "missing_key": Kind(
        "401, code 11102: there is no authorization header",
        "any request",
        _refused(errors.INVALID_REQUEST, _NO_HEADER),
    ),
    "insufficient_scopes": Kind(
        "403, code 11007: the key may not do this",
        "any request",
        _refused(errors.INSUFFICIENT_SCOPES, "API key has insufficient permissions"),
    ),
    "rate_limit": Kind(
        "429, code 11005: too many requests a second",
        "any request",
        _refused(errors.THROTTLED, _LIMIT),
    ),
    "unknown_model": Kind(
        "404, code 21200: there is no such model",
        "a model",
        _refused(errors.MODEL_DOES_NOT_EXIST, "Model does not exist"),
    ),
    "busy": Kind(
        "429, code 21354: the model is busy, and took too long",
        "a model",
        _refused(errors.MODEL_BUSY, _BUSY),
    ),
    "deploying": Kind(
        "503, code 21351: the model is being deployed",
        "a model",
        _refused(errors.MODEL_DEPLOYING, _BUSY),
    ),
    "loading": Kind(
        "503, code 21355: the model is being loaded",
        "a model",
        _refused(errors.MODEL_LOADING, _BUSY),
    ),
    "not_deployed": Kind(
        "400, code 21353: nothing runs the model",
        "a model",
        _refused(errors.MODEL_NOT_DEPLOYED, _NO_DEPLOYMENT),
    ),
    "prediction_failed": Kind(
        "400, code 21313: what runs the model failed",
        "a model",
        _refused(errors.MODEL_PREDICTION_FAILED, "Connection error."),
    ),
    "legacy_streaming": Kind(
        "400, code 21202: the model is of the old sort, which is not served here",
        "a model",
        _refused(errors.MODEL_INVALID_ARGUMENT, _NOT_STREAMED),
    ),
    "html_403": Kind(
        "403 with a page of HTML, from a firewall", "any request", _page(403, "Forbidden")
    ),
    "bad_gateway": Kind(
        "502 with a page of HTML: what stands before Clarifai could not reach it",
        "any request",
        _page(502, "Bad Gateway"),
    ),
    "quota": Kind(
        "429, code 11004: the month's requests are used up, and no wait of minutes helps",
        "any request",
        _refused(errors.MONTHLY_LIMIT, "exceeded monthly limit"),
    ),
    "ok_but_error": Kind(
        "200, but the body is an error, code 21313",
        "a model",
        _refused(_FAILED_200, "Connection error."),
    ),
    "drop_before": Kind(
        "the connection closes before anything is sent", "any request", _drop_before
    ),
    "drop_midstream": Kind(
        "the connection closes after some chunks of a stream", "a stream", _drop_midstream
    ),
    "error_chunk": Kind(
        "after some chunks of a stream comes an error, and nothing more", "a stream", _error_chunk
    ),
    "stall": Kind("after some chunks a stream pauses, and then goes on", "a stream", _stall),
    "slow_stream": Kind(
        "a stream comes at a model's pace: a long pause, and then one before every chunk",
        "a stream",
        _slow_stream,
    ),
    "slow_first_token": Kind("nothing comes for a while", "a text", _slow_first_token),
    "malformed_arguments": Kind(
        "a tool call whose arguments are no JSON", "tools", _bending(_malformed_arguments)
    ),
    "unknown_tool": Kind("a call of a tool that was not offered", "tools", _bending(_unknown_tool)),
    "reasoning_overrun": Kind(
        "reasoning uses up the tokens: finish reason length, and no content",
        "a text",
        _reasoning_overrun,
    ),
    "leaked_think": Kind(
        "the content begins with reasoning and a `</think>` that nothing opened",
        "a text",
        _bending(_leaked_think),
    ),
}


# --- what is armed ---

_NATIVE_MODEL = re.compile(r"/v2/(?:ext/mcp/v1/)?users/([^/]+)/apps/([^/]+)/models/([^/]+)")


class Faults:
    """The faults of one server. All of it runs in the server's loop, so that nothing is locked."""

    def __init__(self, refuse: Refuse) -> None:
        """`refuse` makes the messages of a response from a request and an ApiError."""
        self.armed: list[Fault] = []
        self._refuse = refuse
        self._known: dict[int, Fault] = {}
        self._ids = itertools.count(1)
        self.routes = [
            Route(CONTROL_PATH, self._control, methods=["GET", "POST", "DELETE"]),
            Route(CONTROL_PATH + "/{id:int}", self._control, methods=["DELETE"]),
        ]

    async def strike(self, app: Served, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request while faults are armed; `app` is the application behind them."""
        if scope["type"] != "http" or not scope["path"].startswith("/v2/"):
            await app(scope, receive, send, ())
            return
        try:
            body = await read_body(receive)
        except ApiError as error:
            for message in self._refuse(scope, b"", error):
                await send(message)
            return
        exchange = Exchange(app, scope, body, receive, send, self._refuse)
        fault = self._match(_asked(scope["path"], body))
        if fault is None:
            await exchange.answer()
        else:
            await KINDS[fault.name].act(fault, exchange)

    def _match(self, asked: Asked) -> Fault | None:
        fault = next((each for each in self.armed if each.strikes(asked)), None)
        if fault is not None:
            fault.hits += 1
            if fault.hits == fault.times:
                self.armed.remove(fault)
        return fault

    def arm(self, wish: Json) -> Fault:
        """Arm a fault; `wish` is the JSON described above. Raises ApiError if it makes no sense."""
        try:
            fault = _fault(next(self._ids), wish)
        except InvalidRequest as error:
            raise ApiError(errors.BAD_REQUEST_FORMAT, str(error)) from error
        if len(self._known) >= MAX_FAULTS:
            details = f"There are {MAX_FAULTS} faults already: DELETE {CONTROL_PATH} removes them."
            raise ApiError(errors.BAD_REQUEST_FORMAT, details)
        self._known[fault.id] = fault
        self.armed.append(fault)
        return fault

    def disarm(self, fault_id: int) -> Fault:
        """Remove a fault. Raises ApiError if there is none with this id."""
        if fault_id not in self._known:
            raise ApiError(errors.DOES_NOT_EXIST, f"There is no fault with the id {fault_id}.")
        fault = self._known.pop(fault_id)
        if fault in self.armed:
            self.armed.remove(fault)
        return fault

    async def _control(self, request: Request) -> Response:
        """The control route: see the top of this file."""
        body = await request.body()
        try:
            status, answer = self._controlled(request, body)
        except ApiError as error:
            start, refusal = self._refuse(request.scope, body, error)
            return Response(refusal["body"], start["status"], media_type="application/json")
        return Response(to_json(answer), status, media_type="application/json")

    def _controlled(self, request: Request, body: bytes) -> tuple[int, Json]:
        client = request.client
        if client is None or not ip_address(client.host).is_loopback:
            details = "Faults are armed from the machine that the mock runs on."
            raise ApiError(errors.INSUFFICIENT_SCOPES, details)
        fault_id = request.path_params.get("id")
        if request.method == "POST":
            return 201, self.arm(_json_object(body)).json()
        if request.method == "DELETE":
            ids = list(self._known) if fault_id is None else [fault_id]
            removed = [self.disarm(each).json() for each in ids]
            return 200, {"faults": removed} if fault_id is None else removed[0]
        kinds = {name: {"what": k.what, "strikes": k.strikes} for name, k in KINDS.items()}
        return 200, {"faults": [each.json() for each in self._known.values()], "kinds": kinds}


def _asked(path: str, body: bytes) -> Asked:
    try:
        params = from_json(body)
    except ValueError:
        params = None
    params = params if isinstance(params, dict) else {}
    native = _NATIVE_MODEL.match(path)
    model = "{}/{}/models/{}".format(*native.groups()) if native else params.get("model")
    return Asked(path, _name(model) if isinstance(model, str) else None, params)


def _name(model: str) -> str:
    """A model by its ids alone, whichever form of reference was sent and whichever version."""
    try:
        return replace(parse_model(model), version_id=None).name
    except ModelReferenceError:
        return model


def _json_object(body: bytes) -> Json:
    try:
        value = from_json(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ApiError(errors.BAD_REQUEST_FORMAT, 'Send a fault, such as {"name": "busy"}.')
    return value


def _fault(fault_id: int, wish: Json) -> Fault:
    wish = {name: value for name, value in wish.items() if value is not None}
    for name in wish:
        if name not in _Wish.__annotations__:
            fields = ", ".join(_Wish.__annotations__)
            raise InvalidRequest(name, f"A fault has only these fields: {fields}")
    fault = Fault(fault_id, **{"name": "", **validator(_Wish)(wish)})
    if fault.name not in KINDS:
        raise InvalidRequest("name", f"There is no fault {fault.name!r}; there are: {_names()}")
    for name, low, high in (
        ("times", 1, None),
        ("after", 0, None),
        ("seconds", 0, MAX_SECONDS),
        ("per_second", 1, None),
    ):
        value = getattr(fault, name)
        # Also false for a number that is none (NaN).
        if value is not None and not (low <= value and (high is None or value <= high)):
            most = "" if high is None else f" and at most {high}"
            raise InvalidRequest(name, f"Must be at least {low}{most}")
    if fault.per_second is not None and fault.name != "rate_limit":
        raise InvalidRequest("per_second", "Goes with rate_limit only")
    if fault.model is not None:
        fault.model = _name(fault.model)
    return fault


def _names() -> str:
    return ", ".join(KINDS)
