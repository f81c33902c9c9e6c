"""Server-sent events, read as their standard says.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DONE = "[DONE]"
"""The data of the event that ends a stream of the OpenAI format."""

_LAST_TYPES = {"response.completed", "response.incomplete", "response.failed", "message_stop"}


@dataclass(frozen=True)
class ServerSentEvent:
    """One event. `data` is its lines put together; `id` and `retry` are None where not sent."""

    data: str
    event: str | None = None
    id: str | None = None
    retry: str | None = None

    def encode(self) -> bytes:
        fields = (("event", self.event), ("id", self.id), ("retry", self.retry))
        lines = [f"{name}: {value}\n" for name, value in fields if value is not None]
        lines += [f"data: {line}\n" for line in self.data.split("\n")]
        return ("".join(lines) + "\n").encode("utf-8", "replace")


class EventReader:
    """Takes the bytes of a stream as they come, in pieces of any size, and gives whole events.

    Lines end with LF, CR LF or CR. A byte order mark before the first is no part of it, and
    comments are left out. `rest` is what came after the last whole event: none in a whole stream.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._lines: list[str] = []
        self._begun = self._after_cr = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that this piece completes."""
        text = self._decoder.decode(chunk)
        if not text:
            return []
        if not self._begun:
            text = text.removeprefix("\ufeff")
            self._begun = True
        if self._after_cr:
            text = text.removeprefix("\n")
        # An LF may still belong to a CR at the end.
        self._after_cr = text.endswith("\r")
        *lines, self._line = (
            (self._line + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        return [event for line in lines if (event := self._take(line))]

    @property
    def rest(self) -> str:
        return "".join(f"{line}\n" for line in self._lines) + self._line

    def _take(self, line: str) -> ServerSentEvent | None:
        if line:
            if not line.startswith(":"):
                self._lines.append(line)
            return None
        fields = [field.partition(":") for field in self._lines]
        self._lines = []
        values: dict[str, list[str]] = {}
        for name, _, value in fields:
            values.setdefault(name, []).append(value.removeprefix(" "))
        if "data" not in values:
            return None
        last = {name: values[name][-1] for name in ("event", "id", "retry") if name in values}
        return ServerSentEvent("\n".join(values["data"]), **last)


def read_events(content: bytes) -> list[ServerSentEvent]:
    """The events of a whole stream."""
    return EventReader().feed(content)


def bodies(content: bytes) -> Iterator[Any]:
    """What the events of a stream bring, JSON or other text, without the `[DONE]` at its end."""
    for event in read_events(content):
        if event.data != DONE:
            try:
                yield json.loads(event.data)
            except (ValueError, RecursionError):
                yield event.data


def is_last(data: Any) -> bool:
    """Whether the data of an event say that the reply ends here: as text, or as the JSON in it."""
    if not isinstance(data, dict):
        return bool(data == DONE)
    choices = data.get("choices")
    ends = isinstance(choices, list) and any(
        isinstance(choice, dict) and choice.get("finish_reason") for choice in choices
    )
    return ends or data.get("type") in _LAST_TYPES
