"""An exchange with a real backend as a file that a person can read:

    {"request":  {"method": "POST", "path": "/chat/completions", "body": {...}},
     "response": {"status": 200, "content_type": "application/json", "ms": 812, "body": {...}}}

What is not JSON is kept as `text` or `base64` in place of `body`; the `mark` of a request tells it
from one from which another secret was hidden, to who has the folder's salt. A stream has `events`,
each on a line of its own with the milliseconds since the one before; `rest` is what came after the
last whole one, `cut` says that the connection broke off, and `incomplete` that the stream did not
get to its end, for whatever reason. Of the headers, only those are kept that steer a client.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from helpers.mock.record.body import NO_BODY, Body
from helpers.text import parse_json, to_json
from helpers.transcript.events import DONE, EventReader, ServerSentEvent, is_last, read_events


class RecordingError(ValueError):
    """A folder or a file that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True)
class Event:
    """One server-sent event. `data` is an object or a list, or any other text as it was sent."""

    ms: int
    data: Any
    event: str | None = None
    id: str | None = None
    retry: str | None = None

    @classmethod
    def of(cls, ms: int, sent: ServerSentEvent) -> Event:
        data: Any = sent.data
        if data.lstrip()[:1] in ("{", "["):
            with suppress(ValueError):
                data = parse_json(data)
        return cls(ms, data, sent.event, sent.id, sent.retry)

    def encode(self) -> bytes:
        data = self.data if isinstance(self.data, str) else to_json(self.data, compact=True)
        return ServerSentEvent(data, self.event, self.id, self.retry).encode()

    def stored(self) -> dict[str, Any]:
        names = {"event": self.event, "id": self.id, "retry": self.retry}
        return {
            "ms": self.ms,
            **{name: value for name, value in names.items() if value is not None},
            "data": self.data,
        }


@dataclass(frozen=True)
class Recording:
    """One exchange, as it is stored."""

    method: str
    path: str
    """Below the base URL, with its query."""
    request: Body
    status: int
    content_type: str
    ms: int = 0
    body: Body = NO_BODY
    headers: dict[str, str] = field(default_factory=dict)
    events: list[Event] | None = None
    rest: str = ""
    cut: bool = False
    mark: str = ""

    @property
    def incomplete(self) -> bool:
        """Whether a stream ended before its end."""
        if self.events is None:
            return self.cut
        # A server may leave out the blank line after its last event.
        [*_, last] = [None, *read_events(self.rest.encode("utf-8", "replace") + b"\n\n")]
        if last and last.data == DONE:
            return self.cut
        ended = any(is_last(event.data) for event in self.events)
        return self.cut or bool(self.rest) or not ended

    def encode(self) -> str:
        mark = {"mark": self.mark} if self.mark else {}
        request = {"method": self.method, "path": self.path, **mark, **self.request.stored()}
        response: dict[str, Any] = {
            "status": self.status,
            "content_type": self.content_type,
            "ms": self.ms,
        }
        response |= {
            name: kept
            for name in ("headers", "cut", "incomplete", "rest")
            if (kept := getattr(self, name))
        }
        if self.events is None:
            return _pretty({"request": request, "response": response | self.body.stored()})
        lines = ["      " + to_json(event.stored(), compact=True) for event in self.events]
        events = "[\n" + ",\n".join(lines) + "\n    ]" if lines else "[]"
        before, _, after = _pretty(
            {"request": request, "response": response | {"events": []}}
        ).rpartition('"events": []')
        return f'{before}"events": {events}{after}'

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Raises RecordingError for a file that is not a recording."""
        try:
            whole = parse_json(path.read_text(encoding="utf-8"))
            request, response = whole["request"], whole["response"]
            bodies = {"request": Body.of_file(request), "body": Body.of_file(response)}
            return _CHECKED.validate_python({**request, **response, **bodies})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            why = " ".join(repr(error).split())
            advice = "Take it out of the folder, or record it again."
            raise RecordingError(f"{path.name} is not a recording: {why}. {advice}") from error


_CHECKED = TypeAdapter(Recording)


def salt_of(folder: Path, *, make: bool = False) -> bytes:
    """The random salt of the marks in a folder; empty where there is none.

    It stays where it was made, for who has it can try out secrets: git leaves it out.
    """
    place = folder / ".salt" / "salt"
    with suppress(OSError):
        if make and not place.exists():
            place.parent.mkdir(exist_ok=True)
            (place.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            with open(place, "xb", opener=partial(os.open, mode=0o600)) as file:
                file.write(os.urandom(32))
    with suppress(OSError):
        return place.read_bytes()
    return b""


def timed_events(chunks: Iterable[tuple[int, bytes]]) -> tuple[list[Event], str]:
    """The events in the chunks of a stream, each with the time since the one before; and the rest.

    A chunk is a time in milliseconds and the bytes that came then.
    """
    reader, events, last = EventReader(), [], 0
    for ms, chunk in chunks:
        for sent in reader.feed(chunk):
            events.append(Event.of(ms - last, sent))
            last = ms
    return events, reader.rest


def _pretty(value: Any) -> str:
    text = to_json(value, indent=2) + "\n"
    # Nobody reads an embedding one number a line. (No text in JSON has a line break of its own.)
    return _NUMBERS.sub(lambda match: re.sub(r"\s+", " ", match.group()), text)


_NUMBERS = re.compile(r"\[\n[-+\d.eE,\s]+\]")
