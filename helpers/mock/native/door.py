"""One port for both: HTTP/1 is answered here, and a connection that opens as HTTP/2 is gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from helpers.mock.native.grpc import HOST

_HTTP2 = b"PRI * HTTP/2.0\r\n"
"""The first bytes of every HTTP/2 connection; no request of HTTP/1 begins like this."""

_CHUNK = 64 * 1024

PATIENCE = 30.0
"""Seconds between two looks at a connection: what a client owes at both, it does not send."""

GrpcPort = Callable[[asyncio.AbstractEventLoop], int]
"""Where the gRPC server is; it is told the loop that runs the application."""


def http_or_grpc(grpc_port: GrpcPort) -> type[asyncio.Protocol]:
    """uvicorn's protocol, which hands HTTP/2 connections on to the gRPC server behind `grpc_port`.

    That is called in a thread, when the first such connection comes: it may start the server.
    """

    class HttpOrGrpc(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        opened = False

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._heard = 0
            self._last_look: tuple[object, int] | None = None
            self._clock = self.loop.call_later(PATIENCE, self._look)

        def connection_lost(self, error: Exception | None) -> None:
            self._clock.cancel()
            super().connection_lost(error)

        def _look(self) -> None:
            """Hang up on a client that owes a request, or the rest of one, since the last look."""
            cycle = self.cycle
            is_in_body = cycle is not None and not cycle.response_complete and cycle.more_body
            owes = cycle is None or cycle.response_complete or is_in_body
            # A head has to come as a whole; of a body, something.
            state = (cycle, self._heard if is_in_body else 0)
            if owes and state == self._last_look:
                self.transport.close()
                return
            self._last_look = state
            self._clock = self.loop.call_later(PATIENCE, self._look)

        def data_received(self, data: bytes) -> None:
            self._heard += len(data)
            if not self.opened:
                self.opened = True
                if data.startswith(_HTTP2):
                    self._clock.cancel()
                    self.connections.discard(self)
                    task = self.loop.create_task(_hand_on(self.transport, data, grpc_port))
                    # The loop itself keeps only a weak reference.
                    self.tasks.add(task)
                    task.add_done_callback(self.tasks.discard)
                    return
            super().data_received(data)

    return HttpOrGrpc


async def _hand_on(
    transport: asyncio.Transport,
    opening: bytes,
    grpc_port: GrpcPort,
) -> None:
    """Pass bytes between a client and the gRPC server until one of them hangs up."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    protocol.connection_made(transport)
    transport.set_protocol(protocol)
    reader.feed_data(opening)
    writer = asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())
    try:
        port = await asyncio.to_thread(grpc_port, asyncio.get_running_loop())
        inner_reader, inner_writer = await asyncio.open_connection(HOST, port)
    except OSError:
        # The gRPC server is closed; a client sees what it sees of any server that went away.
        writer.close()
        return
    await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
