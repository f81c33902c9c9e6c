"""Exchanges with a real backend as files: forward and store them, and serve them again.

A recording is a JSON file that a person can read, one for each exchange:

    {"request":  {"method": "POST", "path": "/chat/completions", "body": {...}},
     "response": {"status": 200, "content_type": "application/json", "ms": 812, "body": {...}}}

A stream has `events` in place of `body`, each on a line of its own with the milliseconds since the
one before; `cut` says that the connection broke off. What is neither JSON nor a stream is kept as
`text` or `base64`. Nothing else of the headers is kept, and all is scrubbed (`scrub.py`).
"""

from __future__ import annotations

import base64
import codecs
import itertools
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from helpers.mock import OPENAI_PATH
from helpers.mock.client import httpx
from helpers.mock.errors import DOES_NOT_EXIST, ApiError, Status
from helpers.mock.record.scrub import SECRET, Scrubber
from helpers.mock.requests import Json
from helpers.mock.server import MockServer

RECORDER = "clarifai-recorder"
"""What a recorder says in `server:`; not the mock's name, since its replies are not simulated."""

NO_UPSTREAM = Status(40031, "The upstream does not answer", 502)
# Between two machines only (RFC 9110), or about a body that is not passed on as it was.
_NOT_FORWARDED = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "trailer",
    "te",  # codespell:ignore te
    "transfer-encoding", "upgrade", "host", "content-length", "content-encoding",
    "accept-encoding", "cookie", "set-cookie", "location", "server", "date",
}  # fmt: skip
_SECRET_PARAMETER = re.compile(r"([?&][^=&]*(?:key|token|sig|auth)[^=&]*=)[^&]*", re.IGNORECASE)


class Cut(Exception):
    """Raised in an application after its response has begun: the server closes the connection."""


class RecordingError(ValueError):
    """A folder or a file that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True)
class Event:
    """One server-sent event: its data (JSON, or text such as [DONE]), its name if it has one."""

    ms: int
    data: Any
    event: str | None = None

    def encode(self) -> bytes:
        data = self.data if isinstance(self.data, str) else compact(self.data)
        name = f"event: {self.event}\n" if self.event else ""
        return (name + "".join(f"data: {line}\n" for line in data.split("\n")) + "\n").encode()


@dataclass(frozen=True)
class Recording:
    """One exchange, as it is stored."""

    method: str
    path: str
    """Below the base URL, with its query."""
    request: Any
    status: int
    content_type: str
    ms: int = 0
    body: Any = None
    """JSON, text or bytes; None for a stream."""
    events: list[Event] | None = None
    cut: bool = False

    def encode(self) -> str:
        request = {"method": self.method, "path": self.path, "body": self.request}
        response: Json = {"status": self.status, "content_type": self.content_type, "ms": self.ms}
        if self.cut:
            response["cut"] = True
        if self.events is None:
            return _pretty({"request": request, "response": response | _kept(self.body)})
        lines = []
        for each in self.events:
            name = {"event": each.event} if each.event else {}
            lines.append("      " + compact({"ms": each.ms, **name, "data": each.data}))
        events = "[\n" + ",\n".join(lines) + "\n    ]" if lines else "[]"
        whole = {"request": request, "response": response | {"events": []}}
        before, _, after = _pretty(whole).rpartition('"events": []')
        return f'{before}"events": {events}{after}'

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Raises RecordingError for a file that is not a recording."""
        try:
            whole = json.loads(path.read_text(encoding="utf-8"))
            request, response = whole["request"], whole["response"]
            events = response.get("events")
            return cls(
                request["method"],
                request["path"],
                request.get("body"),
                response["status"],
                response["content_type"],
                response.get("ms", 0),
                _body(response),
                None if events is None else [Event(**each) for each in events],
                response.get("cut", False),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordingError(f"{path.name} is not a recording: {error!r}") from error


def _kept(body: Any) -> Json:
    if isinstance(body, bytes):
        return {"base64": base64.b64encode(body).decode()}
    return {"text": body} if isinstance(body, str) else {"body": body}


def _body(response: Json) -> Any:
    if "base64" in response:
        return base64.b64decode(response["base64"])
    return response.get("text", response.get("body"))


def record(folder: Path, upstream: str, port: int = 0) -> MockServer:
    """Serve `upstream` on loopback, and store in `folder` what it is asked and answers.

    `upstream` is a base URL such as https://api.clarifai.com/v2/ext/openai/v1. Requests go there,
    and nowhere else, with the key that they bring. Raises RecordingError.
    """
    parts = urlsplit(upstream)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise RecordingError(
            "The upstream is a base URL, such as https://api.clarifai.com" + OPENAI_PATH
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(f"Cannot make the folder {folder}: {error.strerror}") from error
    return MockServer(port=port, app=Recorder(folder, upstream), name=RECORDER)


class Recorder:
    """An ASGI application that forwards every request, and writes a file for each."""

    def __init__(self, folder: Path, upstream: str) -> None:
        self._folder = folder
        self._upstream = upstream.rstrip("/")
        self._client: httpx.AsyncClient | None = None
        parts = urlsplit(upstream)
        self._scrubber = Scrubber([parts.netloc, parts.hostname or ""])
        numbers = (re.match(r"\d+", path.name) for path in folder.glob("*.json"))
        last = max((int(number.group()) for number in numbers if number), default=0)
        self._numbers = itertools.count(last + 1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path.removeprefix(OPENAI_PATH)
        if path == request.url.path:
            details = f"Only what is below {OPENAI_PATH} is forwarded."
            await refusal(ApiError(DOES_NOT_EXIST, details))(scope, receive, send)
            return
        if request.url.query:
            path += "?" + request.url.query
        number, body = next(self._numbers), await request.body()
        try:
            taken, rest = await self._forward(request, path, body, send)
        except httpx.TransportError as error:
            await refusal(ApiError(NO_UPSTREAM, type(error).__name__))(scope, receive, send)
            return
        self._store(number, taken)
        if taken.cut:
            raise Cut
        # Who has the whole answer finds it in the folder as well.
        await send({"type": "http.response.body", "body": rest})

    async def _forward(
        self, request: Request, path: str, body: bytes, send: Send
    ) -> tuple[Recording, bytes]:
        """Ask the upstream, and send its answer up to an end that is returned."""
        # Made in the loop that serves, where its connections live.
        self._client = self._client or httpx.AsyncClient(timeout=httpx.Timeout(600, connect=10))
        headers = [(k, v) for k, v in request.headers.items() if k not in _NOT_FORWARDED]
        headers.append(("accept-encoding", "identity"))
        started = time.perf_counter()
        async with self._client.stream(
            request.method, self._upstream + path, content=body, headers=headers
        ) as response:
            self._scrubber.learn(request.headers.items())
            self._scrubber.learn(response.headers.multi_items())
            content_type = response.headers.get("content-type", "")
            taken = Recording(
                request.method, path, from_body(body), response.status_code, content_type
            )
            if "event-stream" not in content_type:
                content = await response.aread()
                await send(_start(response))
                return replace(taken, ms=_since(started), body=from_body(content)), content
            await send(_start(response))
            chunks: list[tuple[int, bytes]] = []
            rest = b""
            try:
                # Also when the client has gone: what was asked for is recorded whole.
                async for chunk in response.aiter_bytes():
                    chunks.append((_since(started), chunk))
                    if b"data: [DONE]" in chunk:
                        rest = chunk
                        break
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except httpx.TransportError:
                taken = replace(taken, cut=True)
            return replace(taken, ms=_since(started), events=events_of(chunks)), rest

    def _store(self, number: int, taken: Recording) -> None:
        scrub = self._scrubber
        events = taken.events
        if events is not None:
            clean = scrub.events([{"data": each.data, "event": each.event} for each in events])
            events = [Event(each.ms, **new) for each, new in zip(events, clean, strict=True)]
        taken = replace(
            taken,
            path=scrub.text(_SECRET_PARAMETER.sub(r"\1" + SECRET, taken.path)),
            request=scrub.value(taken.request),
            content_type=scrub.text(taken.content_type),
            body=scrub.value(taken.body),
            events=events,
        )
        parts = [f"{number:03d}", _slug(taken.path.partition("?")[0]), _slug(_about(taken.request))]
        name = "_".join(filter(None, parts))
        part = self._folder / f".{name}.part"
        part.write_text(taken.encode(), encoding="utf-8")
        part.replace(self._folder / f"{name}.json")


def refusal(error: ApiError) -> Response:
    """A response that is a Clarifai error, from a server that gives no request ids."""
    return Response(error.body("0" * 32), error.status.http, media_type="application/json")


def _start(response: Any) -> Message:
    headers = [
        (name.lower(), value)
        for name, value in response.headers.raw
        if name.lower().decode("latin-1") not in _NOT_FORWARDED
    ]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}


def _since(started: float) -> int:
    return round(1000 * (time.perf_counter() - started))


def events_of(chunks: list[tuple[int, bytes]]) -> list[Event]:
    """The events in the chunks of a stream, each with the time since the one before."""
    events = []
    buffer, last = "", 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for ms, chunk in chunks:
        buffer = (buffer + decoder.decode(chunk)).replace("\r\n", "\n")
        *blocks, buffer = buffer.split("\n\n")
        for block in blocks:
            fields = [line.partition(":") for line in block.split("\n")]
            data = [value.removeprefix(" ") for name, _, value in fields if name == "data"]
            names = [value.removeprefix(" ") for name, _, value in fields if name == "event"]
            if data:
                name = names[-1] if names else None
                events.append(Event(ms - last, from_body("\n".join(data).encode()), name))
                last = ms
    return events


def from_body(body: bytes) -> Any:
    """JSON, or text, or the bytes themselves; None where there are none."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        pass
    try:
        return body.decode()
    except ValueError:
        return body


def _about(request: Any) -> str:
    """The text that a request is most easily known by: what its user said or asked for last."""
    asked = request if isinstance(request, dict) else {}
    texts = (_said(asked.get(name)) for name in ("messages", "input", "prompt"))
    return next(itertools.chain.from_iterable(texts), "")


def _said(value: Any) -> Iterator[str]:
    """The texts of users, the last first."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in reversed(value):
            yield from _said(each)
    elif isinstance(value, dict) and value.get("role", "user") == "user":
        yield from _said(value.get("content") or value.get("text"))


def _slug(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", text[:200].lower())
    while len("_".join(words)) > 40:
        words.pop()
    return "_".join(words)


def _pretty(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    # Nobody reads an embedding one number a line. (No text in JSON has a line break of its own.)
    return _NUMBERS.sub(lambda match: re.sub(r"\s+", " ", match.group()), text)


_NUMBERS = re.compile(r"\[\n[-+\d.eE,\s]+\]")


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
