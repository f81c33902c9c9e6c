"""The native API in gRPC, on a port of its own that is opened when somebody asks for it.

The Clarifai SDK speaks gRPC to the same host and port that it speaks HTTP to. So does the mock's
main port take both: `helpers.mock.native.door` tells them apart and brings gRPC here.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from helpers.mock.native import Message
from helpers.mock.native.struck import Dropped, through

if TYPE_CHECKING:
    import grpc

    from helpers.mock.application import Application

_SERVICE = "/clarifai.api.V2/"
_LARGEST_MESSAGE = 128 * 1024 * 1024
"""The limit of a reply's size in Clarifai's documentation, for requests as well."""

_WORKERS = 16
_GRACE = 0.2
"""How many seconds calls under way have when the server is closed."""

HOST = "127.0.0.1"
"""Where the port is open: only the mock's main port is for others, if it is."""


class GrpcServer:
    """A gRPC server that starts when its `port` is first asked for."""

    def __init__(self, root: str, app: Application) -> None:
        """`root` is where else the mock serves what it does, and `app` what serves it."""
        self._root = root
        self._app = app
        self._closed = False
        self._lock = threading.Lock()
        self._server: grpc.Server | None = None
        self._port = 0

    def port(self, loop: asyncio.AbstractEventLoop) -> int:
        """The port that it listens on; the first time it takes as long as importing gRPC.

        `loop` runs the application. Raises OSError once the server is closed.
        """
        with self._lock:
            if self._closed:
                raise OSError("The gRPC server is closed")
            if self._server is None:
                self._server, self._port = self._start(loop)
            return self._port

    def close(self) -> None:
        """Stop, if it ever started; calls under way are soon cut off."""
        with self._lock:
            self._closed = True
            if self._server is not None:
                self._server.stop(_GRACE).wait()

    def _start(self, loop: asyncio.AbstractEventLoop) -> tuple[grpc.Server, int]:
        import grpc

        server = grpc.server(
            ThreadPoolExecutor(_WORKERS, thread_name_prefix="clarifai-mock-grpc"),
            options=[
                ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
                ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ],
        )
        server.add_generic_rpc_handlers([_handlers(self._root, self._app, loop)])
        port = server.add_insecure_port(f"{HOST}:0")
        server.start()
        return server, port


def _handlers(root: str, app: Application, loop: asyncio.AbstractEventLoop) -> Any:
    """What answers every call that Clarifai's API has, whether the mock serves it or not."""
    import grpc

    from helpers.mock.native import api

    def pieces(rpc: str, request: Message, context: grpc.ServicerContext) -> Iterator[Message]:
        metadata = _metadata(context)
        served = app.context(root, metadata.get("authorization", b""))
        if app.faults.armed:
            try:
                yield from through(app, loop, root, rpc, request, metadata)
            except Dropped as error:
                context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
        elif rpc == "GenerateModelOutputs":
            yield from api.generate(request, metadata, served)
        else:
            yield api.call(rpc, request, metadata, served)

    class Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
            described = api.DESCRIBED.get(details.method.removeprefix(_SERVICE))
            if described is None:
                return None
            rpc, codec = described.name, _codec(described.name)
            if described.client_streaming:  # no call has one reply to a stream
                return grpc.stream_stream_rpc_method_handler(
                    lambda requests, context: api.stream(rpc, requests, _metadata(context)), *codec
                )
            if described.server_streaming:
                return grpc.unary_stream_rpc_method_handler(
                    lambda request, context: pieces(rpc, request, context), *codec
                )
            return grpc.unary_unary_rpc_method_handler(
                lambda request, context: next(pieces(rpc, request, context)), *codec
            )

    return Handlers()


def _codec(rpc: str) -> tuple[Callable[[bytes], Message], Callable[[Message], bytes]]:
    """How the request of a call is read, and how its reply is written."""
    from helpers.mock.native import api

    return api.types(rpc)[0].FromString, lambda reply: bytes(reply.SerializeToString())


def _metadata(context: grpc.ServicerContext) -> dict[str, bytes]:
    return {
        name: value.encode() if isinstance(value, str) else value
        for name, value in context.invocation_metadata()
    }
