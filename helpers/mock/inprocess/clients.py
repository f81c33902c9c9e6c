"""Where clients are led to a mock in this process: two HTTP libraries, and `http.client`."""

from __future__ import annotations

import http
import io
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import wraps
from http.client import HTTPConnection, parse_headers
from typing import Any

from helpers.mock.inprocess.exchange import Awaited, Headers, HungUp, InFlight, Stepped

Begin = Callable[[str, bytes, Headers, bytes], InFlight]

_HOSTS = ("127.0.0.1", "localhost")
_LIBRARIES = ("httpx2", "httpx")
_mocks: dict[int, Begin] = {}
"""How to begin an exchange with the mock at each port of this process."""


def reach(port: int, begin: Begin) -> None:
    """Lead requests to this port of this machine to `begin`, and all others where they went."""
    import openai  # noqa: F401  (its HTTP library is then loaded)

    # In a browser, the library says with every client that it has no connections to pool.
    warnings.filterwarnings("ignore", message=r"The following transport option\(s\) are not")
    _mocks[port] = begin
    for name in _LIBRARIES:
        library = sys.modules.get(name)
        if library is not None and not hasattr(library.HTTPTransport, "_led"):
            _lead(library)
    if not hasattr(HTTPConnection, "_led"):
        _lead_http_client()


def forget(port: int) -> None:
    """Lead nothing there any more."""
    _mocks.pop(port, None)


# --- httpx and httpx2 ---


def _lead(library: Any) -> None:
    send = library.HTTPTransport.handle_request
    send_async = library.AsyncHTTPTransport.handle_async_request

    class BodyStream(library.SyncByteStream):  # type: ignore[misc]
        def __init__(self, stepped: Stepped, request: Any) -> None:
            self.stepped, self.request = stepped, request

        def __iter__(self) -> Iterator[bytes]:
            try:
                yield from self.stepped
            except (HungUp, TimeoutError) as error:
                raise _told(library, error, self.request, self.stepped.exchange) from error

        def close(self) -> None:
            self.stepped.close()

    class AsyncBody(library.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, awaited: Awaited, request: Any) -> None:
            self.awaited, self.request = awaited, request

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for piece in self.awaited:
                    yield piece
            except (HungUp, TimeoutError) as error:
                raise _told(library, error, self.request, self.awaited.exchange) from error

        async def aclose(self) -> None:
            await self.awaited.aclose()

    @wraps(send)
    def handle_request(self: Any, request: Any) -> Any:
        begin = _begin(request.url)
        if begin is None:
            return send(self, request)
        exchange = _exchange(begin, request, b"".join(request.stream))
        try:
            stepped = Stepped(exchange, _timeout(request))
        except (HungUp, TimeoutError) as error:
            raise _told(library, error, request, exchange) from error
        return _response(library, exchange, BodyStream(stepped, request))

    @wraps(send_async)
    async def handle_async_request(self: Any, request: Any) -> Any:
        begin = _begin(request.url)
        if begin is None:
            return await send_async(self, request)
        body = b"".join([chunk async for chunk in request.stream])
        exchange = _exchange(begin, request, body)
        awaited = Awaited(exchange, _timeout(request))
        try:
            await awaited.begin()
        except (HungUp, TimeoutError) as error:
            raise _told(library, error, request, exchange) from error
        return _response(library, exchange, AsyncBody(awaited, request))

    library.HTTPTransport.handle_request = handle_request
    library.AsyncHTTPTransport.handle_async_request = handle_async_request
    library.HTTPTransport._led = True


def _begin(url: Any) -> Begin | None:
    return _mocks.get(url.port) if url.host in _HOSTS and url.scheme == "http" else None


def _exchange(begin: Begin, request: Any, body: bytes) -> InFlight:
    return begin(request.method, request.url.raw_path, request.headers.raw, body)


def _timeout(request: Any) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


def _response(library: Any, exchange: InFlight, stream: Any) -> Any:
    extensions = {"http_version": b"HTTP/1.1"}
    return library.Response(
        exchange.status, headers=exchange.headers, stream=stream, extensions=extensions
    )


def _told(library: Any, error: Exception, request: Any, exchange: InFlight) -> Exception:
    """What the library raises for this over a socket."""
    if isinstance(error, TimeoutError):
        timed_out: Exception = library.ReadTimeout("timed out", request=request)
        return timed_out
    assert isinstance(error, HungUp)
    if not exchange.status:
        why = "Server disconnected without sending a response."
    else:
        length = dict(exchange.headers).get(b"content-length")
        got = f"received {error.sent} bytes, expected {length.decode()}" if length else ""
        detail = got or "incomplete chunked read"
        why = f"peer closed connection without sending complete message body ({detail})"
    cut: Exception = library.RemoteProtocolError(why, request=request)
    return cut


# --- http.client, and so urllib ---


def _lead_http_client() -> None:
    connect = HTTPConnection.connect

    @wraps(connect)
    def connect_or_lead(self: HTTPConnection) -> None:
        begin = _mocks.get(self.port) if self.host in _HOSTS else None
        if begin is None:
            connect(self)
        else:
            timeout = self.timeout if isinstance(self.timeout, int | float) else None
            self.sock = _Socket(begin, timeout)

    HTTPConnection.connect = connect_or_lead  # type: ignore[method-assign]
    HTTPConnection._led = True  # type: ignore[attr-defined]


class _Socket:
    """What `http.client` asks of a socket: to take a request, and to give a response to read."""

    def __init__(self, begin: Begin, timeout: float | None) -> None:
        self._begin, self._timeout = begin, timeout
        self._taken = bytearray()

    def sendall(self, data: bytes) -> None:
        self._taken += data

    def makefile(self, mode: str) -> io.BufferedReader:
        line, _, rest = bytes(self._taken).partition(b"\r\n")
        self._taken.clear()
        method, target, _ = line.split(b" ", 2)
        read = io.BytesIO(rest)
        headers = parse_headers(read)
        body = read.read()
        if "chunked" in headers.get("transfer-encoding", ""):
            body = b"".join(_unchunked(body))
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        exchange = self._begin(method.decode(), target, pairs, body)
        return io.BufferedReader(_Wire(exchange, self._timeout))

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def close(self) -> None:
        self._taken.clear()


def _unchunked(body: bytes) -> Iterator[bytes]:
    read = io.BytesIO(body)
    while size := int(read.readline().partition(b";")[0] or b"0", 16):
        yield read.read(size)
        read.readline()


class _Wire(io.RawIOBase):
    """A response as bytes, each as soon as it is there; a cut is where they end."""

    def __init__(self, exchange: InFlight, timeout: float | None) -> None:
        self._stepped: Stepped | None = None
        self._left = b""
        self._bytes = self._written(exchange, timeout)

    def _written(self, exchange: InFlight, timeout: float | None) -> Iterator[bytes]:
        with suppress(HungUp):
            self._stepped = Stepped(exchange, timeout)
            phrase = http.HTTPStatus(exchange.status).phrase
            yield f"HTTP/1.1 {exchange.status} {phrase}\r\n".encode()
            yield b"".join(name + b": " + value + b"\r\n" for name, value in exchange.headers)
            yield b"\r\n"
            chunked = (b"transfer-encoding", b"chunked") in exchange.headers
            for piece in self._stepped:
                yield b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
            if chunked:
                yield b"0\r\n\r\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or next(self._bytes, b"")
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        if self._stepped is not None and not self.closed:
            self._stepped.close()
        super().close()
