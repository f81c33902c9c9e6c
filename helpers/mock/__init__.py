"""The mock endpoint: Clarifai's OpenAI-compatible API on loopback, with a simulated model.

    with start() as mock:
        client = OpenAI(base_url=mock.base_url, api_key=MOCK_PAT)

Nothing of the server is imported before `start` is called.
"""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Self

OPENAI_PATH = "/v2/ext/openai/v1"
"""Where Clarifai serves the OpenAI format, below the address of its API."""

MOCK_PAT = "0" * 32
"""A key that the mock takes, as it does any of the right form, and that is plainly nobody's."""

SERVER_HEADER = "clarifai-mock"
"""What the mock says in `server:`, so that its replies are never mistaken for a model's."""

BEFORE_A_MODEL = "clarifai-mock (chats are a real model's)"
"""What it says where there is one behind it."""


class Mock(ABC):
    """A mock that runs: on a port of this machine, or in this process alone."""

    port: int
    url: str
    """Stands for https://api.clarifai.com."""

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible endpoint below it."""
        return self.url + OPENAI_PATH

    @abstractmethod
    def close(self) -> None:
        """Take no more requests."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def start(
    port: int = 0,
    host: str = "127.0.0.1",
    voice: str | None = None,
    origins: Iterable[str] = (),
    first_token: float = 0,
    tokens_per_second: float | None = None,
    mcp_servers: Mapping[str, Any] | None = None,
    upstream: str | None = None,
) -> Mock:
    """Serve the mock from a daemon thread of this process, and return when it accepts connections.

    With port 0 the system picks a free one. Raises OSError when the port is taken. In a browser,
    which has neither threads nor sockets, it is reached by the clients of this process alone.
    `voice` and `origins` are those of `helpers.mock.application.Application`. A stream begins after
    `first_token` seconds, and brings so many `tokens_per_second`; without them it is there at once.
    `mcp_servers` has MCP servers to serve beside the mock's own, by the model that each is to be.
    The real backend at the base URL `upstream` answers chats. Raises ValueError for what is none,
    and for a pace that is none.
    """
    from helpers.mock.application import Application, Pace

    pace = Pace(first_token, 1 / tokens_per_second if tokens_per_second else 0)
    if not all(0 <= seconds < math.inf for seconds in pace):
        given = f"{first_token} s, and then {tokens_per_second} tokens a second"
        raise ValueError(
            f"No stream has this pace: {given}. Give 0 s or more, and a number above 0."
        )
    behind = None
    if upstream:
        from helpers.mock.upstream import Upstream

        behind = Upstream(upstream)
    app = Application(voice, origins, pace, mcp_servers, behind)
    if sys.platform == "emscripten":
        from helpers.mock.inprocess import InProcessMock

        return InProcessMock(app)
    from helpers.mock.server import MockServer

    return MockServer(host, port, app, BEFORE_A_MODEL if upstream else SERVER_HEADER)
