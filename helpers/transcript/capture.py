"""Capture what this process sends to the endpoint, and what comes back.

It is done below the `openai` client, in the transport of the HTTP library that it uses, so that a
notebook's own code stays what a reader would write. No header is kept, and no secret in bodies.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from helpers.secrets import hide, hide_in_data, hide_in_query, hider
from helpers.shell import current_shell
from helpers.text import parse_json, to_json
from helpers.transcript.events import bodies
from helpers.transcript.exchange import Exchange
from helpers.transcript.read import reason
from helpers.transcript.transcript import Transcript

_log = logging.getLogger(__name__)

FILE_VARIABLE = "CLARIFAI_TRANSCRIPT"
"""The variable that may name a file to append every finished exchange to, a line of JSON each."""

_transcript = Transcript()


def transcript() -> Transcript:
    """The transcript of this process, from its `use_endpoint()` on."""
    return _transcript


_LIBRARIES = ("httpx2", "httpx")
"""What `openai` sends with: the first from its version 3 on, the second before."""


class Watched(Protocol):
    """What is watched: requests below `url`; their paths are told from `base_url` on."""

    @property
    def url(self) -> str: ...

    @property
    def base_url(self) -> str: ...


_endpoint: Watched | None = None


def start_capture(endpoint: Watched) -> None:
    """Capture what these HTTP libraries send to the endpoint from now on, and to no other."""
    global _endpoint
    _endpoint = endpoint
    import openai

    if not hasattr(openai.APIStatusError, "_explained"):
        _explain(openai.APIStatusError)
    for name in _LIBRARIES:
        library = sys.modules.get(name)
        if library is None:
            if not any(isinstance(finder, _Later) for finder in sys.meta_path):
                sys.meta_path.insert(0, _Later())
        elif not hasattr(library.HTTPTransport, "_captured"):
            _wrap(library)


def _harmless(what: Callable[..., Any]) -> Callable[..., Any]:
    """Watching changes nothing: what fails in it is logged, and the request goes its way."""

    @wraps(what)
    def guarded(*given: Any) -> Any:
        try:
            return what(*given)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not the caller's
            _log.warning("an exchange is not in the transcript as it was: %r", error)
            return None

    return guarded


def _explain(error_class: Any) -> None:
    """Let an error of the endpoint say in its traceback what the server says, not only a status."""
    begin = error_class.__init__

    @wraps(begin)
    def begin_with_reason(self: Any, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        _add_reason(self)

    error_class.__init__ = begin_with_reason
    error_class._explained = True


@_harmless
def _add_reason(error: Any) -> None:
    said = hide(reason(error.body))
    if _endpoint and _is_below(str(error.request.url), _endpoint.url) and said not in str(error):
        error.add_note(said)


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
        def __init__(self, stream: Any, pending: _Pending) -> None:
            self.stream, self.pending = stream, pending

        def __iter__(self) -> Iterator[bytes]:
            with self.pending.noting():
                for chunk in self.stream:
                    self.pending.received += chunk
                    yield chunk

        def close(self) -> None:
            try:
                self.stream.close()
            finally:
                self.pending.finish()

    class RecordedAsync(library.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, pending: _Pending) -> None:
            self.stream, self.pending = stream, pending

        async def __aiter__(self) -> AsyncIterator[bytes]:
            with self.pending.noting():
                async for chunk in self.stream:
                    self.pending.received += chunk
                    yield chunk

        async def aclose(self) -> None:
            try:
                await self.stream.aclose()
            finally:
                self.pending.finish()

    @wraps(send)
    def handle_request(self: Any, request: Any) -> Any:
        pending = _Pending.begin(request, library)
        if pending is None:
            return send(self, request)
        with pending.noting(finish=True):
            response = send(self, request)
        pending.answered(response)
        response.stream = Recorded(response.stream, pending)
        return response

    @wraps(send_async)
    async def handle_async_request(self: Any, request: Any) -> Any:
        pending = _Pending.begin(request, library)
        if pending is None:
            return await send_async(self, request)
        with pending.noting(finish=True):
            response = await send_async(self, request)
        pending.answered(response)
        response.stream = RecordedAsync(response.stream, pending)
        return response

    library.HTTPTransport.handle_request = handle_request
    library.AsyncHTTPTransport.handle_async_request = handle_async_request
    library.HTTPTransport._captured = True


@dataclass
class _Pending:
    """An exchange whose response is not all there yet."""

    exchange: Exchange
    started: float
    library: Any
    received: bytearray = field(default_factory=bytearray)
    headers: Any = None
    finished: bool = False

    @staticmethod
    @_harmless
    def begin(request: Any, library: Any) -> _Pending | None:
        """Note a request to the endpoint; None for one to anybody else."""
        endpoint, url = _endpoint, str(request.url)
        if endpoint is None or not _is_below(url, endpoint.url):
            return None
        path = (
            url.removeprefix(endpoint.base_url)
            if _is_below(url, endpoint.base_url)
            else request.url.path
        )
        try:
            body = _json(request.content.decode("utf-8", "replace"))
        except library.RequestNotRead:
            # It is sent in pieces, and can be read once only: by who receives it.
            body = None
        exchange = Exchange(request.method, hide(hide_in_query(path)), body, cell=current_cell())
        _transcript.exchanges.append(exchange)
        return _Pending(exchange, time.perf_counter(), library)

    @contextmanager
    def noting(self, *, finish: bool = False) -> Iterator[None]:
        """Note what goes wrong inside, and let it pass."""
        try:
            yield
        except Exception as error:
            self.exchange.error = type(error).__name__
            if finish:
                self.finish()
            raise

    @_harmless
    def answered(self, response: Any) -> None:
        self.exchange.status, self.headers = response.status_code, response.headers
        self.exchange.stream = "event-stream" in response.headers.get("content-type", "").lower()

    @_harmless
    def finish(self) -> None:
        """Keep what has come, once."""
        if self.finished:
            return
        self.finished = True
        self.exchange.seconds = round(time.perf_counter() - self.started, 6)
        if self.headers is not None:
            self._read()
        path = os.environ.get(FILE_VARIABLE)
        if path:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(to_json(vars(self.exchange)) + "\n")

    def _read(self) -> None:
        """The response, with its content's encoding undone and its character set known."""
        try:
            response = self.library.Response(
                200, headers=self.headers, content=bytes(self.received)
            )
        except self.library.DecodingError as error:
            self.exchange.error = type(error).__name__
            return
        if self.exchange.stream:
            self.exchange.response = [_hidden(body) for body in bodies(response.content)]
        else:
            self.exchange.response = _json(response.text)


def _is_below(url: str, base: str) -> bool:
    return url.startswith(base) and url[len(base) : len(base) + 1] in ("", "/", "?")


def current_cell() -> int | None:
    """The execution count of the cell that runs; None where IPython does not."""
    shell = current_shell()
    # Its execution_count is already the next one, or still this one: that depends on the version.
    return len(shell.history_manager.input_hist_raw) - 1 if shell else None


def _json(text: str) -> Any:
    try:
        return _hidden(parse_json(text)) if text else None
    except ValueError:
        return hide(text)


def _hidden(value: Any) -> Any:
    return hide_in_data(value, hider())
