"""What lets a page in a browser read the mock's replies: cross-origin resource sharing.

A page of this machine may (http://localhost:3000 and the like); any other origin only if it is
named. Clarifai's own headers are assumed(cors): its answer to a browser is not published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.types import Message, Send

from helpers.mock.gateway import through

_THIS_MACHINE = re.compile(rb"https?://(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d+)?")
_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/\s*]+")
_ANSWER = [
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    # A page of the internet asks for this machine.
    (b"access-control-allow-private-network", b"true"),
    (b"access-control-max-age", b"600"),
]


class Origins:
    """The origins whose pages may use the mock."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """Raises ValueError for what is not an origin, and would never be one's."""
        origins = [origin.strip().rstrip("/").lower() for origin in named]
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is not an origin, such as https://docs.example.org.")
        self._named = frozenset(origin.encode() for origin in origins)

    def allows(self, origin: bytes) -> bool:
        """Whether a page of this origin may."""
        return bool(_THIS_MACHINE.fullmatch(origin)) or origin in self._named or b"*" in self._named


def preflight(origin: bytes, asked: bytes) -> list[Message]:
    """The answer to a browser that asks first: it may send these headers."""
    headers = [*_headers(origin), *_ANSWER]
    if asked:
        headers.append((b"access-control-allow-headers", asked))
    start: Message = {"type": "http.response.start", "status": 204, "headers": headers}
    return [start, {"type": "http.response.body", "body": b""}]


def allowing(origin: bytes, send: Send) -> Send:
    """`send`, which tells the browser besides that the page may read the reply."""

    def begun(message: Message) -> Message:
        return {**message, "headers": [*message.get("headers", ()), *_headers(origin)]}

    return through(send, begun)


def _headers(origin: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"*"),
        (b"vary", b"origin"),
    ]
