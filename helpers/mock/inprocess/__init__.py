"""The mock without a socket: requests to its address go to the application in this process.

A browser tab has no sockets and no threads. There `helpers.mock.start` returns an `InProcessMock`:
it stands in the transport of the HTTP library that `openai` sends with, and below `http.client`.
Clients notice nothing: statuses, headers, bytes, pauses, time limits and cut connections are what
they are over a socket, which the tests compare.
"""

from __future__ import annotations

import itertools
from urllib.parse import unquote

from starlette.types import ASGIApp

from helpers.mock import SERVER_HEADER, Mock
from helpers.mock.application import Application
from helpers.mock.inprocess import clients
from helpers.mock.inprocess.exchange import Headers, InFlight

# Nothing listens on these, so that after `close` a request is refused as by a server that ended.
_ports = itertools.count(1)


class InProcessMock(Mock):
    """The mock, as `MockServer` is, for clients in this process only."""

    def __init__(self, app: ASGIApp | None = None) -> None:
        self.port = next(_ports)
        self.url = f"http://127.0.0.1:{self.port}"
        self._app = app or Application()
        clients.reach(self.port, self.exchange)

    def exchange(self, method: str, target: bytes, headers: Headers, body: bytes) -> InFlight:
        """Begin an exchange; `target` is the path with the query, as on the wire."""
        path, _, query = target.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", self.port),
            "client": ("127.0.0.1", 0),
            "scheme": "http",
            "method": method,
            "root_path": "",
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in headers],
        }
        return InFlight(self._app, scope, body, SERVER_HEADER)

    def close(self) -> None:
        """Take no more requests."""
        clients.forget(self.port)
