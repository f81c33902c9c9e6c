"""A gRPC call while faults are armed: it goes the way of the same request in REST."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pydantic_core import from_json
from starlette.types import ASGIApp, Scope
from starlette.types import Message as AsgiMessage

from helpers.mock.native import Message
from helpers.mock.native.rest import AS_MESSAGE


class Dropped(Exception):
    """The connection broke before a reply of Clarifai's had come."""


def through(
    app: ASGIApp,
    loop: asyncio.AbstractEventLoop,
    root: str,
    rpc: str,
    request: Message,
    metadata: Mapping[str, bytes],
) -> Iterator[Message]:
    """The replies of `app`, which `loop` runs. Raises Dropped where a fault left none."""
    from google.protobuf.json_format import ParseDict

    from helpers.mock.native import api

    scope = {
        "type": "http",
        "http_version": "2",
        "method": "POST",
        "scheme": "http",
        "path": _path(rpc, request),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", urlsplit(root).netloc.encode()),
            *((name.encode(), value) for name, value in metadata.items()),
        ],
        AS_MESSAGE: (rpc, request),
    }
    cycle = _Cycle()
    try:
        asyncio.run_coroutine_threadsafe(cycle.run(app, scope), loop).result()
        replies = [from_json(line) for line in bytes(cycle.body).splitlines()]
    except ValueError as error:
        raise Dropped("The reply is none of Clarifai's") from error
    if not replies:
        raise Dropped("The connection was closed")
    for reply in replies:
        yield ParseDict(reply.get("result", reply), api.types(rpc)[1](), ignore_unknown_fields=True)


def _path(rpc: str, request: Message) -> str:
    """A path by which a fault knows the model that is asked."""
    model_id = getattr(request, "model_id", "")
    ids = request.user_app_id if model_id else None
    return f"/v2/users/{ids.user_id}/apps/{ids.app_id}/models/{model_id}" if ids else f"/v2/{rpc}"


class _Cycle:
    """One request and its response; it is its own transport, which a fault may close."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.transport = self
        self._asked = False
        self._closed = asyncio.Event()

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        await app(scope, self.receive, self.send)

    async def receive(self) -> AsgiMessage:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b""}
        await self._closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: AsgiMessage) -> None:
        self.body += message.get("body", b"")

    def close(self) -> None:
        self.body.clear()
        self._closed.set()
