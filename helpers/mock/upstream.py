"""A real backend, asked over HTTP: what the recorder records, or what speaks behind the mock."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Message

from helpers.address import is_address
from helpers.mock import OPENAI_PATH
from helpers.mock.client import httpx
from helpers.mock.errors import ApiError, Status
from helpers.proxies import is_loopback

NO_UPSTREAM = Status(40031, "The upstream does not answer", 502)
# Between two machines only (RFC 9110), or what the server that passes it on says itself.
NOT_FORWARDED = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "trailer",
    "te",  # codespell:ignore te
    "transfer-encoding", "upgrade", "host", "content-length",
    "accept-encoding", "cookie", "set-cookie", "server", "date",
}  # fmt: skip


class Upstream:
    """The backend at a base URL such as https://api.clarifai.com/v2/ext/openai/v1."""

    def __init__(self, base_url: str) -> None:
        """Raises ValueError for what is no base URL."""
        if not is_address(base_url) or urlsplit(base_url).username:
            raise ValueError(f"--upstream takes a base URL, such as https://HOST{OPENAI_PATH}")
        self.base_url = base_url.rstrip("/")
        self._client: httpx.AsyncClient | None = None

    def ask(
        self, method: str, path: str, body: bytes, headers: Iterable[tuple[str, str]]
    ) -> AbstractAsyncContextManager[Any]:
        """The response to a request, whose body is still to be read."""
        # Made in the loop that serves, where its connections live.
        self._client = self._client or httpx.AsyncClient(
            timeout=httpx.Timeout(600, connect=10), trust_env=not is_loopback(self.base_url)
        )
        sent = [(name, value) for name, value in headers if name not in NOT_FORWARDED]
        sent.append(("accept-encoding", "identity"))
        return self._client.stream(method, self.base_url + path, content=body, headers=sent)

    async def reply(self, path: str, body: bytes, key: bytes) -> AsyncIterator[Message]:
        """The reply to a POST, with each event of a stream by itself. Raises ApiError."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {key.decode()}"}
        try:
            async with self.ask("POST", path, body, headers.items()) as response:
                kind = response.headers.get("content-type", "application/json").encode()
                yield {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": [(b"content-type", kind)],
                }
                rest = b""
                async for chunk in response.aiter_raw():
                    *events, rest = re.split(rb"(?<=\n\n)", rest + chunk)
                    for event in events:
                        yield {"type": "http.response.body", "body": event, "more_body": True}
                yield {"type": "http.response.body", "body": rest}
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ApiError(NO_UPSTREAM, type(error).__name__) from error
