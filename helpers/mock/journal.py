"""What was asked of one server: the last requests of each key, without what is a secret in them.

    GET    /_mock/requests  → {"requests": [{"method", "path", "status", "bytes", "body"}, ...]}
    DELETE /_mock/requests  → the same, and they are forgotten

The oldest comes first, of those below /v2/. `status` is null while a request is answered, and where
a fault hung up before it was. `body` is the JSON or the text that was sent; it is missing where
there was none, where it was neither, and where it was too large to be kept. Calls over gRPC are
noted only while a fault is armed, which takes them the way of the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Scope

from helpers.mock.control import caller, key_of
from helpers.mock.gateway import header
from helpers.mock.threads import off_loop
from helpers.text import to_json

PATH = "/_mock/requests"
_MOST_REQUESTS = 1_000
_MOST_BYTES = 512 * 1024
_LARGEST_BODY = 64 * 1024


@dataclass(slots=True)
class Asked:
    """One request, as it came."""

    key: bytes
    method: str
    target: str
    content_type: bytes
    size: int
    body: bytes
    status: int | None = None

    def answered(self, start: Message) -> Message:
        """Note the status of this start of a response, which is returned as it is."""
        self.status = start["status"]
        return start


class Journal:
    """The last requests of one server. All of it runs in the server's loop."""

    def __init__(self) -> None:
        self._kept: deque[Asked] = deque()
        self._size = 0
        self.routes = [Route(PATH, self._control, methods=["GET", "DELETE"])]

    def note(self, scope: Scope, body: bytes) -> Asked:
        """Keep a request, and as much of those before it as there is room for."""
        query = scope["query_string"].decode("latin-1")
        asked = Asked(
            key_of(scope),
            scope["method"],
            f"{scope['path']}?{query}" if query else scope["path"],
            header(scope, b"content-type"),
            len(body),
            body if len(body) <= _LARGEST_BODY else b"",
        )
        self._kept.append(asked)
        self._size += len(asked.body)
        while len(self._kept) > _MOST_REQUESTS or self._size > _MOST_BYTES:
            self._size -= len(self._kept.popleft().body)
        return asked

    async def _control(self, request: Request) -> Response:
        key = caller(request)
        own = [entry for entry in self._kept if entry.key == key]
        if request.method == "DELETE":
            self._kept = deque(entry for entry in self._kept if entry.key != key)
            self._size = sum(len(entry.body) for entry in self._kept)
        # Looking for secrets takes a while, in which the mock answers others.
        listed = await off_loop(lambda: [_shown(entry) for entry in own])
        # Which may have half a surrogate pair in it, as it was sent.
        return Response(to_json({"requests": listed}, compact=True), media_type="application/json")


def _shown(asked: Asked) -> dict[str, Any]:
    # Only who looks at the requests waits for what it takes.
    from helpers.mock.record.body import Body
    from helpers.secrets import hide_in_data, hide_in_query, hide_in_text, hide_known

    def without_secrets(text: str) -> str:
        return hide_in_text(hide_known(text, [asked.key.decode("latin-1")]))

    hide: dict[str | None, Callable[[Any], Any]] = {
        "body": partial(hide_in_data, text=without_secrets),
        "text": without_secrets,
    }
    body = Body.read(asked.body, asked.content_type.decode("latin-1"))
    return {
        "method": asked.method,
        "path": without_secrets(hide_in_query(asked.target)),
        "status": asked.status,
        "bytes": asked.size,
        **({"body": hide[body.kind](body.value)} if body.kind in hide else {}),
    }
