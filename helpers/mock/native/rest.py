"""The native API in REST: each call at the paths that its own description gives it.

Those paths are annotations of the calls in `clarifai-grpc`, such as
`/v2/users/{user_app_id.user_id}/apps/{user_app_id.app_id}/models/{model_id}/outputs`. Bodies and
replies are the messages as JSON, with codes as numbers. assumed(rest-streams): a stream is one JSON
object a line, each as `{"result": ...}`, which is what such gateways between REST and gRPC make of
it.

`clarifai-grpc` is imported when the first request comes.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import cache
from typing import Any

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from helpers.mock import errors
from helpers.mock.errors import ApiError
from helpers.mock.gateway import authorize, not_json, read_body
from helpers.mock.native import Json, Message, as_json, prices
from helpers.mock.threads import off_loop
from helpers.text import fit

_PRICES = "/v2/resource_prices/searches"
AS_MESSAGE = "clarifai.call"
"""In the scope of a request that came as gRPC: the call's name, and its message."""


async def _respond(request: Request) -> Response:
    try:
        body = await read_body(request.receive)
        return await off_loop(_answer, request, body)
    except ApiError as error:
        return await off_loop(_refuse, error, request)


def _answer(request: Request, body: bytes) -> Response:
    if (request.method, request.url.path) == ("POST", _PRICES):
        return _prices(request, body)
    from helpers.mock.native import api

    rpc, message = request.scope.get(AS_MESSAGE) or _call(request, body)
    metadata = _metadata(request)
    key = metadata.get("authorization", b"")
    context = request.app.state.context(str(request.base_url).rstrip("/"), key)
    if rpc == "GenerateModelOutputs":
        replies = api.generate(message, metadata, context)
        return StreamingResponse(_lines(replies), media_type="application/json")
    return _whole(api.call(rpc, message, metadata, context))


def _refuse(error: ApiError, request: Request) -> Response:
    from helpers.mock.native import api

    return _whole(api.refuse(error, request.url.path.encode(), _metadata(request)))


def _metadata(request: Request) -> dict[str, bytes]:
    return {name.decode("latin-1"): value for name, value in request.headers.raw}


def _call(request: Request, body: bytes) -> tuple[str, Message]:
    """The call that is made, and its message."""
    from helpers.mock.native import api

    method, path = request.method, request.url.path
    for verb, pattern, rpc in _routes():
        match = pattern.fullmatch(path) if verb == method else None
        if match is not None:
            ids = [(name.replace("__", "."), value) for name, value in match.groupdict().items()]
            message = api.types(rpc)[0]()
            if rpc in api.SERVED:
                _fill(message, body, [*request.query_params.multi_items(), *ids])
            return rpc, message
    details = f"{method} {path} not found. Check the url of your request."
    raise ApiError(errors.DOES_NOT_EXIST, details)


def _fill(message: Message, body: bytes, fields: list[tuple[str, str]]) -> None:
    """Put into a message what stands in the body, in the query and in the path."""
    from google.protobuf.json_format import Parse, ParseDict, ParseError

    try:
        if body:
            Parse(body, message)
        ParseDict(_nested(message.DESCRIPTOR, fields), message)
    except (ParseError, ValueError, RecursionError) as error:
        # assumed(strict-fields): a field that is not there is an error, as is a value of another
        # type. The error cites the value, which may be half a surrogate pair.
        raise ApiError(errors.BAD_REQUEST_FORMAT, fit(str(error))) from error


def _nested(described: Any, fields: Iterable[tuple[str, str]]) -> Json:
    """Fields such as `user_app_id.user_id=me` as JSON for a message of that description."""
    found: Json = {}
    for path, text in fields:
        *outer, name = path.split(".")
        holder, inner = found, described
        for part in outer:
            holder = holder.setdefault(part, {})
            inner = inner and inner.fields_by_name.get(part)
            inner = inner and inner.message_type
        field = inner and inner.fields_by_name.get(name)
        # The only values that JSON does not take as text.
        truth = field and field.type == field.TYPE_BOOL
        value = _BOOLEANS.get(text.lower(), text) if truth else text
        if field and field.is_repeated:
            holder.setdefault(name, []).append(value)
        else:
            holder[name] = value
    return found


# Clients write them in their own language's way: `requests` sends True for Python's True.
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


@cache
def _routes() -> list[tuple[str, re.Pattern[str], str]]:
    """For each way to make a call: its HTTP method, its path, and its name."""
    from google.api import annotations_pb2

    from helpers.mock.native import api

    found = []
    for rpc, described in api.DESCRIBED.items():
        rule = described.GetOptions().Extensions[annotations_pb2.http]
        for binding in (rule, *rule.additional_bindings):
            verb = binding.WhichOneof("pattern")
            if verb is None or described.client_streaming:
                continue
            pattern = re.sub(
                r"\{([\w.]+)(=\*\*)?\}",
                lambda field: f"(?P<{field[1].replace('.', '__')}>{'.+' if field[2] else '[^/]+'})",
                getattr(binding, verb),
            )
            found.append((verb.upper(), re.compile(pattern), rpc))
    # Of `models/types/...` and `models/{model_id}/...` the one with fewer gaps is meant.
    return sorted(found, key=lambda route: route[1].groups)


async def _lines(replies: Iterator[Message]) -> AsyncIterator[bytes]:
    for reply in replies:
        yield to_json({"result": as_json(reply)}) + b"\n"


def _whole(reply: Message) -> Response:
    http = 200 if reply.status.code in _GOOD else _HTTP.get(reply.status.code, 400)
    return Response(to_json(as_json(reply)), http, media_type="application/json")


# assumed(mixed-success): a mixed success is one in HTTP as well.
_GOOD = (10000, 10010)
_HTTP = {
    error.code: error.http for error in vars(errors).values() if isinstance(error, errors.Status)
}


def _prices(request: Request, body: bytes) -> Response:
    authorize(_metadata(request).get("authorization", b""))
    try:
        found = prices.search(from_json(body))
    except ValueError as error:
        raise not_json(body, error) from error
    status = {"code": 10000, "description": "Ok"}
    return Response(to_json({"status": status, **found}), media_type="application/json")


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ROUTES = [Route("/v2/{rest:path}", _respond, methods=METHODS)]
"""Everything below `/v2` that has no route of its own: they come last."""
