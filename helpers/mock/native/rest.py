"""The native API in REST: each call at the path that its own description gives it.

Those paths are annotations of the calls in `clarifai-grpc`, such as
`/v2/users/{user_app_id.user_id}/apps/{user_app_id.app_id}/models/{model_id}/outputs`. Bodies and
replies are the messages as JSON, with codes as numbers; assumed: a stream is one JSON object a
line, each as `{"result": ...}`, which is what such gateways between REST and gRPC make of it.

`clarifai-grpc` is imported when the first request comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from anyio.to_thread import run_sync
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from helpers.mock import errors
from helpers.mock.apis import images
from helpers.mock.errors import ApiError
from helpers.mock.gateway import read_body
from helpers.mock.native import Message, as_json


async def _respond(request: Request) -> Response:
    images.root.set(str(request.base_url).rstrip("/"))
    try:
        body = await read_body(request.receive)
        return await run_sync(_answer, request, body)
    except ApiError as error:
        return await run_sync(_refuse, error, request)


def _answer(request: Request, body: bytes) -> Response:
    from helpers.mock.native import api

    method, path = request.method, request.url.path
    for verb, pattern, rpc, request_type in _routes():
        match = pattern.fullmatch(path) if verb == method else None
        if match is None:
            continue
        message = _message(request_type, body, match, request.query_params)
        if rpc == "GenerateModelOutputs":
            replies = api.generate(message, _metadata(request))
            return StreamingResponse(_lines(replies), media_type="application/json")
        return _whole(api.call(rpc, message, _metadata(request)))
    details = f"{method} {path} not found. Check the url of your request."
    raise ApiError(errors.DOES_NOT_EXIST, details)


def _refuse(error: ApiError, request: Request) -> Response:
    from helpers.mock.native import api

    return _whole(api.refuse(error, request.url.path.encode(), _metadata(request)))


def _metadata(request: Request) -> dict[str, bytes]:
    return {name.decode("latin-1"): value for name, value in request.headers.raw}


def _message(
    request_type: Message, body: bytes, match: re.Match[str], query: Mapping[str, str]
) -> Message:
    from google.protobuf.json_format import Parse, ParseError

    message = request_type()
    try:
        if body:
            Parse(body, message)
        for name, value in query.items():
            if isinstance(getattr(message, name, None), int):
                setattr(message, name, int(value))
    except (ParseError, ValueError, RecursionError) as error:
        # assumed: a field that is not there is an error, as is a value of another type.
        raise ApiError(errors.BAD_REQUEST_FORMAT, str(error)) from error
    for name, value in match.groupdict().items():
        *outer, last = name.split("__")
        holder = message
        for each in outer:
            holder = getattr(holder, each)
        setattr(holder, last, value)
    return message


@cache
def _routes() -> list[tuple[str, re.Pattern[str], str, Message]]:
    """For each way to make a call: its HTTP method, its path, its name, and its message."""
    from clarifai_grpc.grpc.api import service_pb2
    from google.api import annotations_pb2

    from helpers.mock.native import api

    found = []
    for rpc in (*api.UNARY, "GenerateModelOutputs"):
        described = service_pb2.DESCRIPTOR.services_by_name["V2"].methods_by_name[rpc]
        rule = described.GetOptions().Extensions[annotations_pb2.http]
        request_type = getattr(service_pb2, described.input_type.name)
        for binding in (rule, *rule.additional_bindings):
            verb, path = ("GET", binding.get) if binding.get else ("POST", binding.post)
            pattern = re.sub(
                r"\{([\w.]+)\}", lambda field: f"(?P<{field[1].replace('.', '__')}>[^/]+)", path
            )
            found.append((verb, re.compile(pattern), rpc, request_type))
    # Of `models/types/...` and `models/{model_id}/...` the one with fewer gaps is meant.
    return sorted(found, key=lambda route: route[1].groups)


def _lines(replies: Iterator[Message]) -> Iterator[bytes]:
    for reply in replies:
        yield to_json({"result": as_json(reply)}) + b"\n"


def _whole(reply: Message) -> Response:
    http = 200 if reply.status.code in _GOOD else _HTTP.get(reply.status.code, 400)
    return Response(to_json(as_json(reply)), http, media_type="application/json")


# assumed: a mixed success is one in HTTP as well.
_GOOD = (10000, 10010)
_HTTP = {each.code: each.http for each in vars(errors).values() if isinstance(each, errors.Status)}

ROUTES = [
    Route(path, _respond, methods=["GET", "POST"])
    for path in ("/v2/users/{rest:path}", "/v2/models", "/v2/models/{rest:path}")
]
"""Everything below `/v2` that is not the OpenAI format."""
