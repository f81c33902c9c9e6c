"""MCP servers of a user's own, served where Clarifai would have them.

Each is a server of the official package or of `fastmcp`, or the ASGI application that either makes
of it. Sessions, streams and whom it answers are its own affair.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.models import ModelRef, parse_model

_PATH = "/mcp"
"""Where either package serves, unless told otherwise."""
_MAKERS = ("streamable_http_app", "http_app")
"""What makes the application, in the official package and in `fastmcp`."""


def hosted(servers: Mapping[str, Any]) -> dict[ModelRef, Hosted]:
    """Each server, by the model that it is to be. Raises ModelReferenceError, and ValueError."""
    return {parse_model(name): Hosted(server) for name, server in servers.items()}


def _is_application(server: Any) -> bool:
    """Whether it can be called as ASGI has it."""
    try:
        inspect.signature(server).bind({}, None, None)
    except (TypeError, ValueError):
        return False
    return True


class Hosted:
    """One server: it starts with the first request, and ends with the loop that serves it."""

    def __init__(self, server: Any) -> None:
        if not any(hasattr(server, name) for name in _MAKERS) and not _is_application(server):
            raise ValueError(
                f"A {type(server).__name__} is no MCP server: name a server of the package mcp or"
                " fastmcp, or the application that it makes."
            )
        self._server = server
        self._started: asyncio.Task[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._started is None:
            self._started = asyncio.create_task(self._start())
        app = await asyncio.shield(self._started)
        await app({**scope, "path": _PATH, "raw_path": _PATH.encode()}, receive, send)

    async def _start(self) -> ASGIApp:
        from uvicorn import Config
        from uvicorn.lifespan.on import LifespanOn

        makers = (getattr(self._server, name, None) for name in _MAKERS)
        make = next(filter(None, makers), None)
        app: ASGIApp = make() if make else self._server
        self._life = LifespanOn(Config(app, log_config=None))
        await self._life.startup()
        return app
