"""The ASGI application of the mock, its routes, and the thread that serves it."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from hashlib import blake2b
from types import TracebackType
from typing import Self

import uvicorn
from pydantic_core import from_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from helpers.mock import OPENAI_PATH, SERVER_HEADER, catalogue, chat
from helpers.mock.errors import (
    BAD_REQUEST_FORMAT,
    DOES_NOT_EXIST,
    INVALID_REQUEST,
    KEY_INVALID,
    MODEL_DOES_NOT_EXIST,
    MODEL_PREDICTION_FAILED,
    ApiError,
)
from helpers.mock.schema import InvalidRequest, Json
from helpers.models import ModelReferenceError, parse_model

APIS = {"/chat/completions": chat}
"""Each path below the base URL that takes a POST, and the module that answers it."""

_KEY = re.compile(r"[0-9a-f]{32}")


class EventStream(Response):
    """Server-sent events, each handed to the network by itself so that a reader sees it arrive."""

    media_type = "text/event-stream"

    def __init__(self, events: Iterator[bytes]) -> None:
        super().__init__(headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self.events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        for event in self.events:
            body = b"data: " + event + b"\n\n"
            await send({"type": "http.response.body", "body": body, "more_body": True})
            # Without a pause the loop would write all events as one.
            await asyncio.sleep(0)
        # The runner swallows the backend's [DONE]; assumed: the gateway adds it, as clients expect
        # one.
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})


async def _call(request: Request) -> Response:
    """A POST to one of the APIs."""
    _authorize(request)
    params = _json_object(await request.body())
    model = _model(params)
    api = APIS[request.url.path.removeprefix(OPENAI_PATH)]
    try:
        if params.get("stream"):
            return EventStream(api.stream(model, params))
        return Response(api.create(model, params), media_type="application/json")
    except InvalidRequest as error:
        # assumed: the backend's complaint reaches the client the way all its failures do.
        raise ApiError(MODEL_PREDICTION_FAILED, str(error)) from error


def _authorize(request: Request) -> None:
    header = request.headers.get("authorization", "")
    scheme, _, key = header.partition(" ")
    if scheme not in ("Bearer", "Key") or not key:
        raise ApiError(
            INVALID_REQUEST,
            "Empty or malformed authorization header. Please provide an API key or session token.",
        )
    if not _KEY.fullmatch(key):
        raise ApiError(KEY_INVALID, "Invalid format of key.")


def _json_object(body: bytes) -> Json:
    try:
        value = from_json(body)
    except ValueError as error:
        raise ApiError(BAD_REQUEST_FORMAT, f"The body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ApiError(BAD_REQUEST_FORMAT, "The body is not a JSON object.")
    return value


def _model(params: Json) -> catalogue.Model:
    name = params.get("model")
    if not isinstance(name, str):
        raise ApiError(BAD_REQUEST_FORMAT, "model: a model reference is required, as a string")
    try:
        reference = parse_model(name)
    except ModelReferenceError as error:
        raise ApiError(MODEL_DOES_NOT_EXIST, str(error)) from error
    model = catalogue.find(reference)
    if model is None:
        raise ApiError(
            MODEL_DOES_NOT_EXIST,
            f"{reference.url} is not among the models that the mock knows;"
            f" the nearest is {catalogue.nearest(reference).url}",
        )
    return model


def _request_id(scope: Scope, body: bytes) -> str:
    digest = blake2b(scope["path"].encode() + b"\0" + body, digest_size=16).hexdigest()
    prefix = dict(scope["headers"]).get(b"x-clarifai-request-id-prefix", b"").decode("latin-1")
    # assumed: joined with a dash, as the SDK's own prefix is.
    return f"{prefix}-{digest}" if prefix else digest


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    body = error.body(_request_id(request.scope, await request.body()))
    return Response(body, error.status.http, media_type="application/json")


async def _no_such_path(request: Request, error: Exception) -> Response:
    # assumed: whatever the gateway does not serve is a path that does not exist, also for another
    # method.
    path = f"{request.method} {request.url.path}"
    return await _refuse(
        request, ApiError(DOES_NOT_EXIST, f"{path} not found. Check the url of your request.")
    )


def application() -> Starlette:
    """The mock as an ASGI application."""
    return Starlette(
        routes=[Route(OPENAI_PATH + path, _call, methods=["POST"]) for path in APIS],
        exception_handlers={ApiError: _refuse, 404: _no_such_path, 405: _no_such_path},
    )


class MockServer:
    """The mock, served by a daemon thread until it is closed or the process ends.

    `url` stands for https://api.clarifai.com and `base_url` for the OpenAI-compatible endpoint
    below it.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._socket = socket.create_server((host, port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self.base_url = self.url + OPENAI_PATH
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(),
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                headers=[("server", SERVER_HEADER)],
                # The same request gives the same bytes, headers included.
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="clarifai-mock", daemon=True
        )
        # The socket listens already: a client that connects now waits in its queue.
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port; streams under way are cut off after a second."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
