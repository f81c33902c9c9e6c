"""One request to the application in this process, and its response as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from starlette.types import ASGIApp, Message, Scope

from helpers.mock.inprocess.loop import Loop

Headers = list[tuple[bytes, bytes]]


class HungUp(Exception):
    """The application hung up before the response was whole; `sent` is how much of it came."""

    def __init__(self, sent: int) -> None:
        super().__init__()
        self.sent = sent


class InFlight:
    """A request under way: first its `head` is read, then its body, then it is closed."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes, name: str) -> None:
        self.status = 0
        self.headers: Headers = []
        self._app, self._scope, self._name = app, scope, name
        self._request: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        self._gone = asyncio.Event()
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._whole = False
        self._sent = 0

    # What the application is given. It hangs up by closing the transport that `send` belongs to.

    @property
    def transport(self) -> InFlight:
        return self

    def close(self) -> None:
        """Neither side reads on."""
        self._gone.set()
        self._messages.put_nowait(None)

    async def receive(self) -> Message:
        if self._request:
            return self._request.pop()
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._gone.is_set():
            self._messages.put_nowait(message)

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self.receive, self.send)
        finally:
            self._messages.put_nowait(None)

    # What a client's side takes.

    async def head(self, timeout: float | None) -> None:
        """Wait for status and headers; raises HungUp, and TimeoutError after so many seconds."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        start = await self._next(timeout)
        self.status = start["status"]
        headers = [(b"server", self._name.encode()), *start["headers"]]
        if not any(name == b"content-length" for name, _ in headers):
            headers.append((b"transfer-encoding", b"chunked"))
        self.headers = headers

    async def piece(self, timeout: float | None) -> bytes:
        """The next bytes of the body, b"" after the last; raises as `head` does."""
        while not self._whole:
            message = await self._next(timeout)
            self._whole = not message.get("more_body")
            if body := message.get("body", b""):
                self._sent += len(body)
                return bytes(body)
        return b""

    async def _next(self, timeout: float | None) -> Message:
        message = await asyncio.wait_for(self._messages.get(), timeout)
        if message is None:
            raise HungUp(self._sent)
        return message

    async def end(self) -> None:
        """Hang up if the response is not whole, and let the application notice."""
        self.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


class Stepped:
    """An exchange for a client that is not asynchronous: it has a loop of its own."""

    def __init__(self, exchange: InFlight, timeout: float | None) -> None:
        self.exchange, self._timeout = exchange, timeout
        self._loop = Loop()
        try:
            self._loop.finish(exchange.head(timeout))
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._loop.finish(self.exchange.piece(self._timeout)):
            yield piece

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.finish(self.exchange.end())
            self._loop.close()


class Awaited:
    """An exchange for an asynchronous client, in the loop that runs."""

    def __init__(self, exchange: InFlight, timeout: float | None) -> None:
        self.exchange, self._timeout = exchange, timeout

    async def begin(self) -> None:
        try:
            await self.exchange.head(self._timeout)
        except BaseException:
            await self.aclose()
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self.exchange.piece(self._timeout):
            yield piece

    async def aclose(self) -> None:
        await self.exchange.end()
