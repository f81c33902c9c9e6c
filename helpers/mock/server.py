"""The thread that serves the mock, or another ASGI application, on loopback."""

from __future__ import annotations

import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from helpers.mock import SERVER_HEADER, Mock
from helpers.mock.application import Application
from helpers.mock.native.door import http_or_grpc
from helpers.mock.native.grpc import GrpcServer


class MockServer(Mock):
    """The mock, served by a daemon thread until it is closed or the process ends.

    gRPC, which the Clarifai SDK speaks, is taken at the same address.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        app: ASGIApp | None = None,
        name: str = SERVER_HEADER,
    ) -> None:
        """Serve `app`, if not the mock itself, under a name of its own."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        self.port: int = self._socket.getsockname()[1]
        # What listens on every address of this machine is reached from it on loopback.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self.url = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        served = app or Application()
        self.grpc = GrpcServer(self.url, served) if isinstance(served, Application) else None
        self._server = uvicorn.Server(
            uvicorn.Config(
                served,
                http=http_or_grpc(self.grpc.port) if self.grpc else "auto",
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                headers=[("server", name)],
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
        if self.grpc:
            self.grpc.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
