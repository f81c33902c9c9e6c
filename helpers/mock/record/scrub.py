"""Take secrets and the names of hosts out of an exchange before it is stored.

What a secret is, `helpers.secrets` says. Some are learned from the headers of the exchange itself,
so that they are also found where a server repeats them, even in pieces of a stream. Ids stay; a
bare id of the form of a key becomes another, the same each time, for texts must remain distinct.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from helpers.mock.record.body import Body
from helpers.mock.record.recording import Event, Recording
from helpers.models import API_HOST
from helpers.secrets import (
    SECRET,
    hide_in_data,
    hide_in_query,
    hide_in_text,
    hide_known,
    is_secret_name,
    known_secrets,
)

HOST = "host.invalid"

_HOST_HEADER = re.compile(
    r"served.?by|via|host|server|node|pod|instance|backend|upstream|location|forwarded"
)
_HOST_FIELD = re.compile(r"host(?:[-_]?name)?", re.IGNORECASE)
_LOOKS_HOST = re.compile(
    r"(?<![\w.])(?:(?:10|127)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}"
    r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|localhost(?=:\d)"
    # A name begins once in a row of such letters, so that a long row is not tried again and again.
    r"|(?<!-)(?:[\w-]++\.)+(?:internal|local|lan|corp|svc))(?::\d{1,5})?(?![\w-])"
)


class Scrubber:
    """Scrubs one exchange after another, and remembers what it learned."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        """`hosts` are names (with or without a port) that must not be seen, nor any below them."""
        self._secrets = known_secrets()
        self._hosts = set(filter(None, hosts))
        self._known: re.Pattern[str] | None = None

    def learn(self, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        """Learn what to take out from the headers of a request or a response."""
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        for name, value in pairs:
            name = name.lower()
            if name == "host":
                self._hosts |= {value, value.rpartition(":")[0] or value}
            elif name == "set-cookie":
                self._learn([value.partition(";")[0].partition("=")[2]], 4)
            elif name == "cookie":
                self._learn((cookie.partition("=")[2] for cookie in value.split(";")), 4)
            elif is_secret_name(name, alone=True):
                # Shorter ones are words such as "ollama", for servers that want no key.
                self._learn([value, value.rpartition(" ")[2]], 8)
            elif _HOST_HEADER.search(name):
                parts = [value, *re.split(r"[\s,;=/\"]+", value)]
                self._learn((part for part in parts if re.search(r"[\d.]", part)), 6)
        self._known = None

    def _learn(self, words: Iterable[str], shortest: int) -> None:
        bare = (word.strip(' \t"') for word in words)
        self._secrets |= {word for word in bare if len(word) >= shortest}

    def recording(self, taken: Recording) -> Recording:
        """A recording without what is secret in it."""
        return replace(
            taken,
            path=self.path(taken.path),
            request=self.body(taken.request),
            content_type=self.text(taken.content_type),
            headers={name: self.text(value) for name, value in taken.headers.items()},
            body=self.body(taken.body),
            events=None if taken.events is None else self.events(taken.events),
            rest=self.text(taken.rest),
        )

    def path(self, path: str) -> str:
        """A path with its query."""
        return self.text(hide_in_query(path))

    def body(self, body: Body) -> Body:
        """A body. Bytes are read as the text that they may have in them."""
        if body.kind == "base64":
            return replace(body, value=self.text(body.value.decode("latin-1")).encode("latin-1"))
        return replace(body, value=self.value(body.value))

    def text(self, text: str) -> str:
        """A text without what is secret in it."""
        text = self._known_hosts().sub(HOST, hide_known(text, self._secrets - {API_HOST}))
        return _LOOKS_HOST.sub(HOST, hide_in_text(text))

    def value(self, value: Any) -> Any:
        """JSON without what is secret in it: in texts, in names, in fields that hold secrets."""
        return _without_hosts(hide_in_data(value, self.text))

    def events(self, events: list[Event]) -> list[Event]:
        """The events of a stream, without what is secret in one or in several put together."""
        values: list[Any] = [self.value({"data": e.data, "event": e.event}) for e in events]
        texts: dict[tuple[Any, ...], list[tuple[dict[str, Any], str]]] = {}
        for value in values:
            _collect(value, (), texts)
        for places in texts.values():
            pieces = [holder[name] for holder, name in places]
            # One that is the same in every event is no text that goes on.
            if len(set(pieces)) > 1 and self.value(joined := "".join(pieces)) != joined:
                for (holder, name), piece in zip(
                    places, _cut_alike(self.value(joined), pieces), strict=True
                ):
                    holder[name] = piece
        return [replace(event, **value) for event, value in zip(events, values, strict=True)]

    def _known_hosts(self) -> re.Pattern[str]:
        if self._known is None:
            hosts = "|".join(map(re.escape, sorted(self._hosts, key=len, reverse=True)))
            domains = "|".join(map(re.escape, sorted(filter(None, map(_domain, self._hosts)))))
            self._known = re.compile(
                rf"(?<![\w.-])(?!{re.escape(API_HOST)}(?![\w.-]))"
                rf"(?:{hosts or '(?!)'}|(?:[\w-]+\.)+(?:{domains or '(?!)'}))"
                r"(?::\d{1,5})?(?![\w-])",
                re.IGNORECASE,
            )
        return self._known


def _without_hosts(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_hosts(each) for each in value]
    if isinstance(value, dict):
        return {
            name: HOST
            if isinstance(each, str) and each != SECRET and _HOST_FIELD.fullmatch(name)
            else _without_hosts(each)
            for name, each in value.items()
        }
    return value


def _domain(host: str) -> str:
    """The domain whose hosts are private when this one is: its last two parts, if it has a name."""
    name = host.partition(":")[0]
    parts = name.split(".")
    return "" if len(parts) < 3 or parts[-1].isdigit() else ".".join(parts[-2:])


def _collect(
    value: Any,
    path: tuple[Any, ...],
    texts: dict[tuple[Any, ...], list[tuple[dict[str, Any], str]]],
) -> None:
    """Where the texts of an event are, by their path in it."""
    if isinstance(value, list):
        for position, each in enumerate(value):
            index = each.get("index", position) if isinstance(each, dict) else position
            _collect(each, (*path, index), texts)
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str):
                texts.setdefault((*path, name), []).append((value, name))
            else:
                _collect(each, (*path, name), texts)


def _cut_alike(text: str, pieces: list[str]) -> list[str]:
    """`text` in as many pieces, each about as long for its text as before."""
    ends = [0, *accumulate(map(len, pieces))]
    whole = ends[-1] or 1
    return [
        text[start * len(text) // whole : end * len(text) // whole] for start, end in pairwise(ends)
    ]
