"""Capture what this process sends to the endpoint, and what comes back.

It is done below the `openai` client, in the transport of the HTTP library that it uses, so that a
notebook's own code stays what a reader would write. No header is kept, and the key is masked in
bodies.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import wraps
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from helpers.transcript.exchange import Exchange
from helpers.transcript.transcript import Transcript

FILE_VARIABLE = "CLARIFAI_TRANSCRIPT"
"""The variable that may name a file to append every finished exchange to, a line of JSON each."""

_transcript = Transcript()


def transcript() -> Transcript:
    """The transcript of this process, from its `use_endpoint()` on."""
    return _transcript


_LIBRARIES = ("httpx2", "httpx")
"""What `openai` sends with: the first from its version 3 on, the second before."""


class Endpoint(Protocol):
    """What is watched: requests below `url`; their paths are told from `base_url` on."""

    @property
    def url(self) -> str: ...

    @property
    def base_url(self) -> str: ...


_endpoint: Endpoint | None = None


def start_capture(endpoint: Endpoint) -> None:
    """Capture what these HTTP libraries send to the endpoint from now on, and to no other."""
    global _endpoint
    _endpoint = endpoint
    import openai  # noqa: F401  (its HTTP library is then loaded)

    for name in _LIBRARIES:
        library = sys.modules.get(name)
        if library is None:
            if not any(isinstance(finder, _Later) for finder in sys.meta_path):
                sys.meta_path.insert(0, _Later())
        elif not hasattr(library.HTTPTransport, "_captured"):
            _wrap(library)


class _Later(importlib.abc.MetaPathFinder):
    """Captures a library that is imported only later, by a reader's code or by another client.

    To import it here, only to be sure, would take 0.1 s of every notebook.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _LIBRARIES:
            return None
        # The others find it.
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            _wrap(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _wrap(library: Any) -> None:
    send, send_async = (
        library.HTTPTransport.handle_request,
        library.AsyncHTTPTransport.handle_async_request,
    )

    class Recorded(library.SyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, finish: Callable[[bytes], None]) -> None:
            self.stream, self.finish, self.received = stream, finish, bytearray()

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self.stream:
                self.received += chunk
                yield chunk

        def close(self) -> None:
            self.stream.close()
            self.finish(bytes(self.received))

    class RecordedAsync(library.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, finish: Callable[[bytes], None]) -> None:
            self.stream, self.finish, self.received = stream, finish, bytearray()

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self.stream:
                self.received += chunk
                yield chunk

        async def aclose(self) -> None:
            await self.stream.aclose()
            self.finish(bytes(self.received))

    @wraps(send)
    def handle_request(self: Any, request: Any) -> Any:
        pending = _Pending.begin(request)
        if pending is None:
            return send(self, request)
        try:
            response = send(self, request)
        except Exception as error:
            pending.fail(error)
            raise
        response.stream = Recorded(response.stream, pending.finisher(library, response))
        return response

    @wraps(send_async)
    async def handle_async_request(self: Any, request: Any) -> Any:
        pending = _Pending.begin(request)
        if pending is None:
            return await send_async(self, request)
        try:
            response = await send_async(self, request)
        except Exception as error:
            pending.fail(error)
            raise
        response.stream = RecordedAsync(response.stream, pending.finisher(library, response))
        return response

    library.HTTPTransport.handle_request = handle_request
    library.AsyncHTTPTransport.handle_async_request = handle_async_request
    library.HTTPTransport._captured = True


@dataclass
class _Pending:
    """An exchange whose response is not all there yet."""

    exchange: Exchange
    started: float

    @classmethod
    def begin(cls, request: Any) -> _Pending | None:
        """Note a request to the endpoint; None for one to anybody else."""
        endpoint, url = _endpoint, str(request.url)
        if endpoint is None or not url.startswith(endpoint.url):
            return None
        path = (
            url.removeprefix(endpoint.base_url)
            if url.startswith(endpoint.base_url)
            else request.url.path
        )
        body = _json(request.content.decode("utf-8", "replace"))
        exchange = Exchange(request.method, path, body, cell=current_cell())
        _transcript.exchanges.append(exchange)
        return cls(exchange, time.perf_counter())

    def fail(self, error: Exception) -> None:
        self.exchange.error = type(error).__name__
        self._write()

    def finisher(self, library: Any, response: Any) -> Callable[[bytes], None]:
        self.exchange.status = response.status_code
        self.exchange.stream = "event-stream" in response.headers.get("content-type", "")

        def finish(received: bytes) -> None:
            # The library undoes the content's encoding, and knows its character set.
            text = library.Response(
                response.status_code, headers=response.headers, content=received
            ).text
            self.exchange.response = _events(text) if self.exchange.stream else _json(text)
            self._write()

        return finish

    def _write(self) -> None:
        self.exchange.seconds = round(time.perf_counter() - self.started, 6)
        path = os.environ.get(FILE_VARIABLE)
        if path:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(self.exchange), ensure_ascii=False) + "\n")


def current_cell() -> int | None:
    """The execution count of the cell that runs; None where IPython does not."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    # Its execution_count is already the next one, or still this one: that depends on the version.
    return len(shell.history_manager.input_hist_raw) - 1 if shell else None


def _json(text: str) -> Any:
    text = _masked(text)
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _events(text: str) -> list[Any]:
    data = (
        line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:")
    )
    return [_json(each) for each in data if each != "[DONE]"]


def _masked(text: str) -> str:
    key = os.environ.get("CLARIFAI_PAT")
    return text.replace(key, "***") if key else text
