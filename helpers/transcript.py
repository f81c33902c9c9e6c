"""What was really sent and received: the exchanges of this process, on every backend alike.

They are captured below the `openai` client, in the transport of the HTTP library that it uses, so
that a notebook's own code stays what a reader would write. No header is kept, and the key is masked
in bodies.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import wraps
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

FILE_VARIABLE = "CLARIFAI_TRANSCRIPT"
"""The variable that may name a file to append every finished exchange to, a line of JSON each."""


@dataclass
class Exchange:
    """One HTTP request and its response; for a stream, all its events."""

    method: str
    path: str
    """Below the base URL, such as `/chat/completions`."""
    request: Any
    """The body sent: JSON, or None."""
    status: int | None = None
    response: Any = None
    """The body received: JSON, a list of events for a stream, or text if it was neither."""
    stream: bool = False
    seconds: float = 0.0
    error: str | None = None
    """Why there was no response."""
    cell: int | None = None
    """The execution count of the notebook cell that sent it; None outside of IPython."""

    @property
    def message(self) -> dict[str, Any] | None:
        """The assistant's message of a chat completion, put together if it was streamed."""
        return _message(self)

    @property
    def usage(self) -> dict[str, Any] | None:
        """The tokens that the response reports, or None."""
        bodies = self.response if isinstance(self.response, list) else [self.response]
        for body in reversed(bodies):
            if isinstance(body, dict):
                usage = body.get("usage") or (body.get("response") or {}).get("usage")
                if usage:
                    return dict(usage)
        return None


@dataclass
class Transcript:
    """The ordered exchanges of one notebook or program."""

    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many requests were sent, those that the client retried included."""
        return len(self.exchanges)

    @property
    def tokens(self) -> int:
        """The sum of all `total_tokens` reported."""
        return sum((exchange.usage or {}).get("total_tokens", 0) for exchange in self.exchanges)

    @classmethod
    def read(cls, path: Path) -> Transcript:
        """The transcript that a process wrote to the file named by CLARIFAI_TRANSCRIPT."""
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return cls([Exchange(**json.loads(line)) for line in lines])

    def since(self, start: int) -> Transcript:
        """The exchanges from number `start` (counted from 0) on."""
        return Transcript(self.exchanges[start:])

    def of_cell(self, count: int) -> Transcript:
        """The exchanges of the notebook cell with this execution count."""
        return Transcript([each for each in self.exchanges if each.cell == count])

    def __str__(self) -> str:
        return "\n".join(_lines(self.exchanges))

    def to_mermaid(self) -> str:
        """The text of a Mermaid sequence diagram of its chat completions and native calls."""
        return "\n".join(["sequenceDiagram", *(f"    {step}" for step in _steps(self.exchanges))])


_transcript = Transcript()


def transcript() -> Transcript:
    """The transcript of this process, from its `use_endpoint()` on."""
    return _transcript


# --- how a notebook shows it ---


def _lines(exchanges: list[Exchange]) -> Iterator[str]:
    """Each message once, in order: who says it to whom, and the tools that are called with what."""
    shown: list[list[str]] = []
    for number, exchange in enumerate(exchanges, 1):
        usage = exchange.usage or {}
        counted = f", {usage['total_tokens']} tokens" if "total_tokens" in usage else ""
        outcome = exchange.status or exchange.error
        yield f"{number}. {exchange.method} {exchange.path} → {outcome}{counted}"
        if _native_model(exchange):
            yield f"   ← {_seen(exchange)}"
            continue
        said = [list(_said(message)) for message in (exchange.request or {}).get("messages", [])]
        # What was shown before is sent again, with the reply that came after it.
        for lines in said[len(shown) :] if said[: len(shown)] == shown else said:
            yield from (f"   → {line}" for line in lines)
        reply = _message(exchange)
        answered = list(_said(reply)) if reply else []
        yield from (f"   ← {line}" for line in answered)
        shown = [*said, answered]


def _steps(exchanges: list[Exchange]) -> Iterator[str]:
    seen: set[str] = set()
    names: dict[str, str] = {}
    waiting = False
    for exchange in exchanges:
        if model := _native_model(exchange):
            # A call while the model waits for a result is made by the tool.
            caller = "Tools" if waiting else "You"
            yield f"{caller}->>Clarifai: {model}"
            yield f"Clarifai-->>{caller}: {_seen(exchange)}"
            continue
        for message in (exchange.request or {}).get("messages", []):
            call_id = message.get("tool_call_id")
            if message["role"] == "tool" and call_id not in seen:
                seen.add(call_id)
                yield f"Tools-->>You: {names.get(call_id, 'result')}: {_short(message['content'])}"
        question: Any = next(
            (
                m
                for m in reversed((exchange.request or {}).get("messages", []))
                if m["role"] != "tool"
            ),
            {},
        )
        asked = "user" if question.get("role") == "user" else "results"
        text = _short(_text(question)) if asked == "user" else "tool results"
        yield f"You->>Model: {text}"
        reply = _message(exchange)
        waiting = bool(reply and reply.get("tool_calls"))
        if reply is None:
            yield f"Model-->>You: {exchange.status or exchange.error}"
            continue
        for call in reply.get("tool_calls") or ():
            names[call["id"]] = call["function"]["name"]
            yield f"Model-->>You: call {_called(call)}"
            yield f"You->>Tools: {_called(call)}"
        if reply.get("content"):
            yield f"Model-->>You: {_short(reply['content'])}"


_NATIVE = re.compile(r"/v2/users/.+/models/([^/]+)(?:/versions/[^/]+)?/outputs")


def _native_model(exchange: Exchange) -> str | None:
    """The id of the model that a request to the native API calls; None for any other request."""
    match = _NATIVE.fullmatch(exchange.path)
    return match[1] if match else None


def _seen(exchange: Exchange) -> str:
    """What a reply of the native API says, in short: concepts, regions, or how it went."""
    reply = exchange.response if isinstance(exchange.response, dict) else {}
    data = (reply.get("outputs") or [{}])[0].get("data", {})
    if "concepts" in data:
        return _short("concepts: " + ", ".join(each["name"] for each in data["concepts"]))
    if "regions" in data:
        return f"{len(data['regions'])} regions"
    return str(reply.get("status", {}).get("description") or exchange.status or exchange.error)


def _said(message: dict[str, Any]) -> Iterator[str]:
    role = message["role"]
    if role == "tool":
        role = f"tool, for {message['tool_call_id']}"
    if message.get("content") is not None:
        yield f"{role}: {_short(_text(message))}"
    for call in message.get("tool_calls") or ():
        yield f"{role} calls {_called(call)}, id {call['id']}"


def _called(call: dict[str, Any]) -> str:
    return f"{call['function']['name']}({_short(call['function']['arguments'])})"


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part.get("text", f"[{part.get('type')}]") for part in content)
    return str(content or "")


def _short(text: str, width: int = 88) -> str:
    text = " ".join(text.split()).replace(";", ",")
    return text if len(text) <= width else text[: width - 1] + "…"


def _message(exchange: Exchange) -> dict[str, Any] | None:
    """The assistant's message, put together if it was streamed; None if there was none."""
    if not isinstance(exchange.response, list):
        choices = (
            (exchange.response or {}).get("choices")
            if isinstance(exchange.response, dict)
            else None
        )
        return choices[0]["message"] if choices else None
    content = ""
    calls: dict[int, Any] = {}
    for event in exchange.response:
        for choice in event.get("choices") or ():
            delta = choice["delta"]
            content += delta.get("content") or ""
            for part in delta.get("tool_calls") or ():
                call = calls.setdefault(
                    part["index"],
                    {"id": "", "type": "function", "function": {"name": "", "arguments": ""}},
                )
                call["id"] = part.get("id") or call["id"]
                for key, value in part.get("function", {}).items():
                    call["function"][key] += value or ""
    message = {"role": "assistant", "content": content or None}
    return message | ({"tool_calls": list(calls.values())} if calls else {})


# --- how it is captured ---


_LIBRARIES = ("httpx2", "httpx")
"""What `openai` sends with: the first from its version 3 on, the second before."""


def start_capture() -> None:
    """Capture what these HTTP libraries send to the endpoint from now on."""
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
        from helpers.endpoint import current_endpoint

        endpoint, url = current_endpoint(), str(request.url)
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
