"""A fault that is armed, the request that it may strike, and what it can do to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from starlette.types import Message, Receive, Scope, Send

from helpers.mock.apis.context import Bend
from helpers.mock.errors import ApiError
from helpers.mock.gateway import replayed
from helpers.mock.requests import Json

MAX_SECONDS = 60

Refuse = Callable[[Scope, bytes, ApiError], list[Message]]
Served = Callable[[Scope, bytes, Receive, Send, tuple[Bend, ...]], Awaitable[None]]
"""An application, which is told besides how to bend what the model says."""


@dataclass
class Armed:
    """A fault that is armed, and how often it struck."""

    id: int
    name: str
    times: int | None = None
    model: str | None = None
    after: int = 3
    seconds: float = 2
    per_second: int | None = None
    hits: int = 0
    key: bytes = field(default=b"", repr=False)
    """The key that it was armed with, which is that of the requests that it strikes."""
    passed: deque[float] = field(default_factory=deque, repr=False)
    """When the requests of the last second were let pass, for a rate limit."""

    def strikes(self, asked: Target) -> bool:
        """Whether this request, which a fault of this kind can strike, is one to strike."""
        if self.key != asked.key or (self.model and self.model != asked.model):
            return False
        return self.per_second is None or self._is_over(self.per_second)

    def _is_over(self, limit: int) -> bool:
        now = monotonic()
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
class Target:
    """What a fault looks at in a request: path, model's name, the JSON of its body, and its key."""

    path: str
    model: str | None
    params: Json
    key: bytes


@dataclass(frozen=True)
class Struck:
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
        body = self.body if body is None else body
        await self.app(self.scope, body, self.receive, send or self.send, bends)

    def replayed(self) -> Receive:
        """`receive` for a body that has been read already."""
        return replayed(self.body, self.receive)

    def refusal(self, error: ApiError) -> list[Message]:
        """The messages of a response that is this error."""
        return self.refuse(self.scope, self.body, error)

    async def hang_up(self) -> None:
        """Close the connection, whatever of the response has been sent."""
        # ASGI has no word for it; uvicorn's `send` belongs to the cycle that holds the transport.
        self.send.__self__.transport.close()  # type: ignore[attr-defined]
        await self._client_is_gone()

    async def pause(self, seconds: float) -> None:
        """Send nothing for so long; raises Over when the client hangs up."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._client_is_gone(), seconds)
            raise Over

    async def _client_is_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


Act = Callable[[Armed, Struck], Awaitable[None]]


class Over(Exception):
    """Nothing more is sent, so that the application need not go on."""
