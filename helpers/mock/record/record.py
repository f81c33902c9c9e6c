"""A server between a program and a real backend, which stores what goes through it.

What comes from either side is passed on as it came; what is stored is scrubbed (`scrub.py`). That
something cannot be stored is said, and disturbs nobody.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from helpers.mock import OPENAI_PATH
from helpers.mock.client import httpx
from helpers.mock.errors import DOES_NOT_EXIST, ApiError
from helpers.mock.record.body import Body, unpacked
from helpers.mock.record.match import mark_of
from helpers.mock.record.recording import Event, Recording, RecordingError, salt_of, timed_events
from helpers.mock.record.scrub import Scrubber
from helpers.mock.server import MockServer
from helpers.mock.upstream import NO_UPSTREAM, NOT_FORWARDED, Upstream
from helpers.transcript.events import DONE, EventReader

__all__ = ["Event", "Recorder", "Recording", "RecordingError", "record"]

RECORDER = "clarifai-recorder"
"""What a recorder says in `server:`; not the mock's name, since its replies are not simulated."""

# What a client waits, retries, authenticates or goes on by.
_STEERING = re.compile(
    r"retry-after(-ms)?|x-should-retry|(x-)?ratelimit-.*|www-authenticate|allow|link|location"
    r"|content-disposition"
)
_log = logging.getLogger(__name__)


class Cut(Exception):
    """Raised in an application after its response has begun: the server closes the connection."""


def record(folder: Path, upstream: str, port: int = 0) -> MockServer:
    """Serve `upstream` on loopback, and store in `folder` what it is asked and answers.

    `upstream` is a base URL such as https://api.clarifai.com/v2/ext/openai/v1. Requests go there,
    and nowhere else, with the key that they bring. Raises RecordingError.
    """
    try:
        backend = Upstream(upstream)
        folder.mkdir(parents=True, exist_ok=True)
    except ValueError as error:
        raise RecordingError(str(error)) from None
    except OSError as error:
        raise RecordingError(f"Cannot make the folder {folder}: {error.strerror}") from error
    return MockServer(port=port, app=Recorder(folder, backend), name=RECORDER)


class Recorder:
    """An ASGI application that forwards every request, and writes a file for each."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        self._folder = _Folder(folder)
        self._upstream = upstream
        parts = urlsplit(upstream.base_url)
        self._scrubber = Scrubber([parts.netloc, parts.hostname or ""])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = path_below(scope)
        if path is None:
            details = f"Only what is below {OPENAI_PATH} is forwarded."
            await refusal(ApiError(DOES_NOT_EXIST, details))(scope, receive, send)
            return
        body = await request.body()
        place = self._folder.reserve()
        try:
            taken = await self._forward(request, path, body, send, place)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            self._folder.free(place)
            await refusal(ApiError(NO_UPSTREAM, type(error).__name__))(scope, receive, send)
            return
        except BaseException:
            self._folder.free(place)
            raise
        # Who has the whole answer finds it in the folder as well.
        self._store(place, taken)
        if taken.cut:
            raise Cut
        await send({"type": "http.response.body", "body": b""})

    async def _forward(
        self, request: Request, path: str, body: bytes, send: Send, place: Path | None
    ) -> Recording:
        """Ask the upstream, and send its answer but for its end."""
        started = time.perf_counter()
        async with self._upstream.ask(
            request.method, path, body, request.headers.items()
        ) as response:
            self._scrubber.learn(request.headers.items())
            self._scrubber.learn(response.headers.multi_items())
            sent = Body.of_request(body, request.headers)
            answered = _headers(response, self._upstream.base_url)
            kept = {name: value for name, value in answered if _STEERING.fullmatch(name)}
            content_type = response.headers.get("content-type", "")
            taken = Recording(
                request.method, path, sent, response.status_code, content_type, headers=kept
            )
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answered]
            start = {"type": "http.response.start", "status": response.status_code, "headers": raw}
            await send(start)
            reader, chunks = EventReader(), list[tuple[int, bytes]]()
            is_stream = "event-stream" in content_type.lower()
            try:
                # Also when the client has gone: what was asked for is recorded whole.
                async for chunk in response.aiter_raw():
                    chunks.append((_since(started), chunk))
                    if is_stream and any(event.data == DONE for event in reader.feed(chunk)):
                        # Many clients read no further.
                        self._store(place, _with_answer(taken, response, chunks))
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except httpx.TransportError:
                taken = replace(taken, cut=True)
            return _with_answer(replace(taken, ms=_since(started)), response, chunks)

    def _store(self, place: Path | None, taken: Recording) -> None:
        try:
            stored = self._scrubber.recording(taken)
            sent, kept = ([exchange.path, exchange.request.value] for exchange in (taken, stored))
            if place and sent != kept:
                salt = salt_of(place.parent, make=True)
                stored = replace(stored, mark=mark_of(sent, kept, salt))
            self._folder.write(place, stored)
        except Exception as error:  # noqa: BLE001 - whatever it is, the exchange itself goes on
            _log.warning("%s %s is not recorded: %r", taken.method, taken.path, error)


class _Folder:
    """Files with numbers that go on where the folder ends, whoever else writes into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        numbers = (re.match(r"\d+", path.name) for path in folder.glob("*.json"))
        self._last = max((int(number.group()) for number in numbers if number), default=0)

    def reserve(self) -> Path | None:
        """A place for the exchange that begins; None where nothing can be written."""
        for number in itertools.count(self._last + 1):
            place = self._folder / f".{number:03d}.part"
            try:
                os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            except FileExistsError:
                continue
            except OSError as error:
                _log.warning("nothing can be recorded in %s: %s", self._folder, error.strerror)
                return None
            if not any(self._folder.glob(f"{number:03d}_*.json")):
                return place
            # Another recorder has been quicker.
            place.unlink()
            self._last = number
        return None

    def free(self, place: Path | None) -> None:
        if place:
            place.unlink(missing_ok=True)

    def write(self, place: Path | None, taken: Recording) -> None:
        """Write the file of a place; again, when more of the exchange has come."""
        if place is None:
            return
        number = place.name.strip(".part")
        about = _slug(_about(taken.request.value))
        name = "_".join(filter(None, [number, _slug(taken.path.partition("?")[0]), about]))
        place.write_text(taken.encode(), encoding="utf-8")
        place.replace(self._folder / f"{name}.json")


def _with_answer(taken: Recording, response: Any, chunks: list[tuple[int, bytes]]) -> Recording:
    content_type = taken.content_type
    encoding = response.headers.get("content-encoding", "")
    content = b"".join(chunk for _, chunk in chunks)
    if "event-stream" not in content_type.lower():
        body = Body.read(content, content_type, encoding)
        # What cannot be unpacked here is handed on as it is.
        is_packed = encoding and unpacked(content, encoding) == content
        still = {"content-encoding": encoding} if is_packed else {}
        return replace(taken, body=body, headers=taken.headers | still)
    if encoding:
        whole = Body.read(content, "application/octet-stream", encoding).write()
        chunks = [(chunks[-1][0] if chunks else 0, whole)]
    events, rest = timed_events(chunks)
    return replace(taken, events=events, rest=rest)


def refusal(error: ApiError) -> Response:
    """A response that is a Clarifai error, from a server that gives no request ids."""
    return Response(error.body("0" * 32), error.status.http, media_type="application/json")


def path_below(scope: Scope) -> str | None:
    """The path of a request below the base URL, as it was written, with its query."""
    path = scope["raw_path"].decode("latin-1").partition("?")[0]
    below = path.removeprefix(OPENAI_PATH)
    if below == path:
        return None
    query = scope["query_string"].decode("latin-1")
    return f"{below}?{query}" if query else below


def _headers(response: Any, upstream: str) -> list[tuple[str, str]]:
    """What a response says of itself; a redirection within the upstream stays with the recorder."""
    headers = []
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "location":
            target = urljoin(str(response.request.url), value)
            if not target.startswith(upstream):
                continue
            value = OPENAI_PATH + target.removeprefix(upstream)
        if name not in NOT_FORWARDED:
            headers.append((name, value))
    return headers


def _since(started: float) -> int:
    return round(1000 * (time.perf_counter() - started))


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
