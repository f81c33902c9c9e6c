"""The native API in gRPC, on a port of its own that is opened when somebody asks for it.

The Clarifai SDK speaks gRPC to the same host and port that it speaks HTTP to. So does the mock's
main port take both: `helpers.mock.native.door` tells them apart and brings gRPC here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from helpers.mock.apis import images
from helpers.mock.native import Message

if TYPE_CHECKING:
    import grpc

_SERVICE = "clarifai.api.V2"
_LARGEST_MESSAGE = 128 * 1024 * 1024
"""The limit of a reply's size in Clarifai's documentation, for requests as well."""

_WORKERS = 16
_GRACE = 0.2
"""How many seconds calls under way have when the server is closed."""

HOST = "127.0.0.1"
"""Where the port is open: only the mock's main port is for others, if it is."""


class GrpcServer:
    """A gRPC server that starts when its `port` is first asked for."""

    def __init__(self, root: str) -> None:
        """`root` is where else the mock serves what it does, such as the pictures that it drew."""
        self._root = root
        self._closed = False
        self._lock = threading.Lock()
        self._server: grpc.Server | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port that it listens on; the first time it takes as long as importing gRPC.

        Raises OSError once it is closed.
        """
        with self._lock:
            if self._closed:
                raise OSError("The gRPC server is closed")
            if self._server is None:
                self._server, self._port = self._start()
            return self._port

    def close(self) -> None:
        """Stop, if it ever started; calls under way are soon cut off."""
        with self._lock:
            self._closed = True
            if self._server is not None:
                self._server.stop(_GRACE).wait()

    def _start(self) -> tuple[grpc.Server, int]:
        import grpc

        from helpers.mock.native import api

        server = grpc.server(
            ThreadPoolExecutor(_WORKERS, thread_name_prefix="clarifai-mock-grpc"),
            options=[
                ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
                ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ],
        )
        handlers = {rpc: _unary(rpc, self._root) for rpc in api.UNARY}
        handlers["GenerateModelOutputs"] = _stream()
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(_SERVICE, handlers)])
        port = server.add_insecure_port(f"{HOST}:0")
        server.start()
        return server, port


def _unary(rpc: str, root: str) -> Any:
    import grpc

    from helpers.mock.native import api

    def respond(request: Message, context: grpc.ServicerContext) -> Message:
        # Threads are used again, but every server has threads of its own.
        images.root.set(root)
        return api.call(rpc, request, _metadata(context))

    return grpc.unary_unary_rpc_method_handler(respond, *_codec(rpc))


def _stream() -> Any:
    import grpc

    from helpers.mock.native import api

    def respond(request: Message, context: grpc.ServicerContext) -> Iterator[Message]:
        return api.generate(request, _metadata(context))

    return grpc.unary_stream_rpc_method_handler(respond, *_codec("GenerateModelOutputs"))


def _codec(rpc: str) -> tuple[Callable[[bytes], Message], Callable[[Message], bytes]]:
    """How the request of a call is read, and how its reply is written."""
    from clarifai_grpc.grpc.api import service_pb2

    described = service_pb2.DESCRIPTOR.services_by_name["V2"].methods_by_name[rpc]
    read = getattr(service_pb2, described.input_type.name).FromString
    return read, lambda reply: bytes(reply.SerializeToString())


def _metadata(context: grpc.ServicerContext) -> dict[str, bytes]:
    return {
        name: value.encode() if isinstance(value, str) else value
        for name, value in context.invocation_metadata()
    }
