"""The mock as an ASGI application: its routes, and its memory of replies. It opens no socket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from helpers.mock import OPENAI_PATH, catalogue, cors, mcp
from helpers.mock.apis import models
from helpers.mock.apis.context import Bend, Context
from helpers.mock.apis.prefixes import Prefixes
from helpers.mock.apis.stored import Stored
from helpers.mock.apis.table import APIS, STREAMING_APIS, StreamingApi
from helpers.mock.apis.voice import in_voice
from helpers.mock.cors import Origins
from helpers.mock.errors import (
    BAD_REQUEST_FORMAT,
    DOES_NOT_EXIST,
    MODEL_DOES_NOT_EXIST,
    MODEL_PREDICTION_FAILED,
    ApiError,
)
from helpers.mock.faults import Faults
from helpers.mock.gateway import (
    authorize,
    header,
    known_model,
    not_json,
    read_body,
    replayed,
    request_id,
    through,
)
from helpers.mock.journal import Journal
from helpers.mock.mcp.agentic import FIELD, reaches_out
from helpers.mock.mcp.endpoint import McpEndpoint
from helpers.mock.mcp.hosted import hosted
from helpers.mock.native import rest
from helpers.mock.pictures import draw
from helpers.mock.requests import InvalidRequest, Json, without_nulls
from helpers.mock.shelf import Shelf
from helpers.mock.threads import off_loop
from helpers.models import ModelReferenceError, parse_model
from helpers.remember import remember

if TYPE_CHECKING:
    from helpers.mock.upstream import Upstream

_API_PATHS = frozenset(OPENAI_PATH + path for path in APIS)


class Pace(NamedTuple):
    """How long a stream takes, in seconds: until its first event, and from each to the next."""

    first: float = 0
    between: float = 0


AT_ONCE = Pace()


class Application:
    """The mock as an ASGI application.

    Calls to the APIs, which a learner waits for, are answered here; the rest is left to routes.
    """

    def __init__(
        self,
        voice: str | None = None,
        origins: Iterable[str] = (),
        pace: Pace = AT_ONCE,
        mcp_servers: Mapping[str, Any] | None = None,
        upstream: Upstream | None = None,
    ) -> None:
        """With a `voice`, replies are worded otherwise (`apis.voice`); `origins` are those, besides
        this machine's, whose pages a browser lets use the mock; `pace` is that of streams;
        `mcp_servers` are more of them, by model; `upstream` answers chats in the place of the
        simulated model. Raises ModelReferenceError.
        """
        voice = voice or os.environ.get("CLARIFAI_MOCK_VOICE")
        self._voice = (in_voice(voice),) if voice else ()
        self._origins = Origins(origins)
        self._pace = pace
        self._upstream = upstream
        self._journal = Journal()
        served = hosted(mcp_servers or {})
        self._hosted, tools = frozenset(served), McpEndpoint(served)
        self.faults = Faults(_refusal)
        self._routes = Starlette(
            routes=[
                *self.faults.routes,
                *self._journal.routes,
                Route(OPENAI_PATH + "/models", _list_models),
                Route(OPENAI_PATH + "/models/{name:path}", _one_model),
                Route(draw.PATH + "{rest:path}", _drawing),
                Route(mcp.PATH, tools),
                Route(mcp.PATH + "/versions/{version}", tools),
                Route("/v2/ext/{rest:path}", _no_such_path, methods=rest.METHODS),
                *rest.ROUTES,
            ],
            exception_handlers={ApiError: _refused, 404: _no_such_path, 405: _no_such_path},
        )
        self._routes.state.context = self.context
        self._stored = Stored()
        self._prefixes = Prefixes()
        self._replies: Shelf[tuple[Message, list[Message]]] = Shelf(_MOST_REMEMBERED)

    def context(self, root: str, authorization: bytes, *bends: Bend) -> Context:
        """What a request to the address `root`, with the key in that header, is answered with."""
        key = authorization.partition(b" ")[2]
        return Context(root, bends, self._stored, self._prefixes, key, self._hosted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = header(scope, b"origin")
        if origin and self._origins.allows(origin) and scope["path"].startswith("/v2/"):
            if scope["method"] == "OPTIONS":
                asked = header(scope, b"access-control-request-headers")
                for message in cors.preflight(origin, asked):
                    await send(message)
                return
            send = cors.allowing(origin, send)
        try:
            # Whatever the path, and before anything else is done with it: it may be too large.
            body = await read_body(receive)
        except ApiError as error:
            for message in _refusal(scope, b"", error):
                await send(message)
            return
        if scope["path"].startswith("/v2/"):
            send = through(send, self._journal.note(scope, body).answered)
        if self.faults.armed:
            await self.faults.strike(self._serve, scope, body, receive, send)
        else:
            await self._serve(scope, body, receive, send, ())

    async def _serve(
        self, scope: Scope, body: bytes, receive: Receive, send: Send, bends: tuple[Bend, ...]
    ) -> None:
        try:
            if scope["path"] not in _API_PATHS or scope["method"] != "POST":
                await self._routes(scope, replayed(body, receive), send)
                return
            await self._answer(scope, body, send, bends)
        except ApiError as error:
            for message in _refusal(scope, body, error):
                await send(message)

    async def _answer(self, scope: Scope, body: bytes, send: Send, bends: tuple[Bend, ...]) -> None:
        # A picture's address names the host that the client asked.
        host = header(scope, b"host")
        # What a reply depends on.
        key = (scope["path"], header(scope, b"authorization"), host, body)
        # What a fault makes is neither taken from memory nor kept.
        reply = None if bends else self._replies.find(key)
        if reply is not None:
            await _send(send, *reply, self._pace)
            return
        authorize(key[1])
        params = _json_object(body)
        model = _model(params)
        root = f"{scope['scheme']}://{host.decode('latin-1')}"
        context = self.context(root, key[1], *self._voice, *bends)
        learnt = self._prefixes.learnt
        try:
            path = scope["path"].removeprefix(OPENAI_PATH)
            if reaches_out(model, params, context):
                start, bodies = await off_loop(_at_once, path, model, params, context)
            else:
                start, bodies = _reply(path, model, params, context)
        except InvalidRequest as error:
            # assumed(backend-complaints): they reach the client the way all its failures do.
            raise ApiError(MODEL_PREDICTION_FAILED, str(error)) from error
        if self._upstream and path in STREAMING_APIS and FIELD not in params and not bends:
            # The mock would have answered: what it refuses is refused, whoever is behind it.
            async for message in self._upstream.reply(path, body, context.key):
                await send(message)
            return
        sent = await _send(send, start, bodies, self._pace)
        is_settled = not bends and FIELD not in params and learnt == self._prefixes.learnt
        if sent and is_settled and len(body) <= _LARGEST_REMEMBERED:
            # So that the same request is not worked out again and again. Its count of cached tokens
            # is another the next time if the cache learnt something from it.
            size = len(body) + sum([len(each["body"]) + 400 for each in sent])
            self._replies.keep(key, (start, sent), size)


_LARGEST_REMEMBERED = 64 * 1024
_MOST_REMEMBERED = 3 * 1024 * 1024
"""In bytes of memory, of all replies together, each piece of one being an object or two."""

_STREAM_START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-cache"),
    ],
}


def _whole(status: int, body: bytes) -> tuple[Message, Iterator[Message]]:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, iter([{"type": "http.response.body", "body": body}])


def _reply(
    path: str, model: catalogue.Model, params: Json, context: Context
) -> tuple[Message, Iterator[Message]]:
    """A reply to a request below the base URL, whole or streamed; raises InvalidRequest."""
    stream = params.get("stream", False)
    if stream is not None and not isinstance(stream, bool):
        raise InvalidRequest("stream", "Should be true or false", "type")
    if stream and path in STREAMING_APIS:
        api = STREAMING_APIS[path]
        return _STREAM_START, _events(api, api.stream(model, params, context))
    return _whole(200, APIS[path].create(model, params, context))


def _at_once(
    path: str, model: catalogue.Model, params: Json, context: Context
) -> tuple[Message, Iterator[Message]]:
    """A reply with all that it has to say, so that whatever takes long is over."""
    start, bodies = _reply(path, model, params, context)
    return start, iter(list(bodies))


def _events(api: StreamingApi, events: Iterator[bytes]) -> Iterator[Message]:
    for event in events:
        yield {"type": "http.response.body", "body": api.frame(event), "more_body": True}
    yield {"type": "http.response.body", "body": api.LAST_FRAME}


async def _send(send: Send, start: Message, bodies: Iterable[Message], pace: Pace) -> list[Message]:
    """Send a response; one that has several bodies in a way that lets a reader see each arrive.

    Returns the bodies, or nothing where they are too many to be kept.
    """
    await send(start)
    sent, size = [], 0
    before, between = pace
    for message in bodies:
        if before and message.get("more_body"):
            await asyncio.sleep(before)
        before = between
        await send(message)
        size += len(message["body"])
        if size <= _LARGEST_REMEMBERED:
            sent.append(message)
        if message.get("more_body"):
            # Without a pause the loop would write all of them as one.
            await asyncio.sleep(0)
    return sent if size <= _LARGEST_REMEMBERED else []


def _json_object(body: bytes) -> Json:
    try:
        # A program on Windows may have put a byte order mark before it, which RFC 8259 lets ignore.
        value = from_json(body.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError as error:
        raise not_json(body, error) from error
    if not isinstance(value, dict):
        raise ApiError(BAD_REQUEST_FORMAT, "The body is not a JSON object.")
    # Most have none, which is sooner found than they are taken out.
    return without_nulls(value) if b"null" in body else value


def _model(params: Json) -> catalogue.Model:
    name = params.get("model")
    if not isinstance(name, str):
        raise ApiError(BAD_REQUEST_FORMAT, "model: a model reference is required, as a string")
    return _named(name)


@remember(256)
def _named(name: str) -> catalogue.Model:
    try:
        return catalogue.featured(name) or known_model(parse_model(name))
    except ModelReferenceError as error:
        raise ApiError(MODEL_DOES_NOT_EXIST, str(error)) from error


def _refusal(scope: Scope, body: bytes, error: ApiError) -> list[Message]:
    digest = blake2b(scope["path"].encode() + b"\0" + body, digest_size=16).hexdigest()
    req_id = request_id(digest, header(scope, b"x-clarifai-request-id-prefix"))
    text = error.body(req_id)
    if scope["path"].startswith("/v2/") and not scope["path"].startswith("/v2/ext/"):
        # The native API has its status in a field of the reply.
        text = b'{"status":' + text + b"}"
    start, bodies = _whole(error.status.http, text)
    return [start, *bodies]


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    start, body = _refusal(request.scope, await request.body(), error)
    return Response(body["body"], start["status"], media_type="application/json")


async def _no_such_path(request: Request, _: Exception | None = None) -> Response:
    # assumed(other-paths): whatever the gateway does not serve is a path that does not exist, also
    # for another method.
    path = f"{request.method} {request.url.path}"
    error = ApiError(DOES_NOT_EXIST, f"{path} not found. Check the url of your request.")
    return await _refused(request, error)


async def _list_models(request: Request) -> Response:
    authorize(header(request.scope, b"authorization"))
    return Response(models.listing(), media_type="application/json")


async def _one_model(request: Request) -> Response:
    authorize(header(request.scope, b"authorization"))
    model = _named(request.path_params["name"])
    return Response(models.entry(model), media_type="application/json")


async def _drawing(request: Request) -> Response:
    drawing = draw.find(request.scope["raw_path"].decode("latin-1"))
    if drawing is None:
        raise HTTPException(404)
    return Response(drawing.png(), media_type="image/png")
