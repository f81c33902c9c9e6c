"""Take keys, cookies, request ids and host names out of an exchange before it is stored.

What is secret is learned from the headers of the exchange itself, so that it is also found where a
server repeats it, even in pieces of a stream; what merely looks like a key, an id or a private host
is taken out as well. Ids stay distinct, since a conversation refers to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise
from typing import Any

SECRET = "[secret]"
HOST = "host.invalid"

_CREDENTIAL_HEADER = re.compile(r"auth|key|token|secret|cookie|session")
_ID_OR_HOST_HEADER = re.compile(
    r"request.?id|req.?id|trace|ray|correlation|served.?by|via|host|server|node|pod|instance"
    r"|backend|upstream|location|forwarded"
)
_SECRET_FIELD = re.compile(
    r"(?:x[-_])?(?:req|request|trace|correlation)[-_]?id|api[-_]?key|authorization|(?:set-)?cookie"
    r"|password|secret|pat|(?:access|session|refresh)[-_]?token|host|host[-_]?name",
    re.IGNORECASE,
)
_LOOKS_SECRET = re.compile(
    r"(?<=\bBearer )[\w.~+/=-]{8,}|(?<=\bBasic )[\w.~+/=-]{8,}"
    r"|\bsk-[\w-]{16,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bAKIA[0-9A-Z]{16}\b"
    r"|\b(?:gh[pousr]|hf)_[A-Za-z0-9]{16,}"
)
_LOOKS_HOST = re.compile(
    r"(?<![\w.])(?:(?:10|127)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}"
    r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|localhost(?=:\d)"
    r"|(?:[\w-]+\.)+(?:internal|local|lan|corp|svc))(?::\d{1,5})?(?![\w-])"
)
# A version of a model has the form of a key, but is public.
_LOOKS_ID = re.compile(
    r"(?<!versions/)(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
    re.IGNORECASE,
)
_PLACEHOLDER_ID = re.compile(r"0{24}\d{8}|00000000-0000-4000-8000-\d{12}")


def without_ids(text: str) -> str:
    """`text` with the same in place of every id that a scrubber put there."""
    return _PLACEHOLDER_ID.sub("[id]", text)


class Scrubber:
    """Scrubs one exchange after another, and remembers what it learned."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        """`hosts` are names (with or without a port) that must not be seen, nor any below them."""
        self._secrets: set[str] = set()
        self._hosts = set(filter(None, hosts))
        self._ids: dict[str, str] = {}
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
                self._learn((each.partition("=")[2] for each in value.split(";")), 4)
            elif _CREDENTIAL_HEADER.search(name):
                # Shorter ones are words such as "ollama", for servers that want no key.
                self._learn([value, value.rpartition(" ")[2]], 8)
            elif _ID_OR_HOST_HEADER.search(name):
                parts = [value, *re.split(r"[\s,;=/\"]+", value)]
                self._learn((each for each in parts if re.search(r"[\d.]", each)), 6)
        self._known = None

    def _learn(self, words: Iterable[str], shortest: int) -> None:
        self._secrets |= {each.strip() for each in words if len(each.strip()) >= shortest}

    def text(self, text: str) -> str:
        """A text without what is secret in it."""
        text = self._known_words().sub(self._replacement, text)
        text = _LOOKS_SECRET.sub(SECRET, text)
        text = _LOOKS_HOST.sub(HOST, text)
        return _LOOKS_ID.sub(self._id, text)

    def value(self, value: Any) -> Any:
        """JSON without what is secret in it: in texts, in names, in fields that hold secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            return {
                self.text(name): SECRET
                if isinstance(each, str) and _SECRET_FIELD.fullmatch(name)
                else self.value(each)
                for name, each in value.items()
            }
        return value

    def events(self, events: list[Any]) -> list[Any]:
        """The events of a stream, without what is secret in one or in several put together."""
        events = self.value(events)
        texts: dict[tuple[Any, ...], list[tuple[dict[str, Any], str]]] = {}
        for event in events:
            _collect(event, (), texts)
        for places in texts.values():
            pieces = [holder[name] for holder, name in places]
            # One that is the same in every event is no text that goes on.
            if len(set(pieces)) > 1 and self.text(joined := "".join(pieces)) != joined:
                for (holder, name), piece in zip(
                    places, _cut_alike(self.text(joined), pieces), strict=True
                ):
                    holder[name] = piece
        return events

    def _known_words(self) -> re.Pattern[str]:
        if self._known is None:
            hosts = "|".join(map(re.escape, sorted(self._hosts, key=len, reverse=True)))
            domains = "|".join(map(re.escape, sorted(filter(None, map(_domain, self._hosts)))))
            secrets = "|".join(map(re.escape, sorted(self._secrets, key=len, reverse=True)))
            self._known = re.compile(
                rf"(?P<secret>{secrets or '(?!)'})"
                rf"|(?<![\w.-])(?:{hosts or '(?!)'}|(?:[\w-]+\.)+(?:{domains or '(?!)'}))"
                r"(?::\d{1,5})?(?![\w-])",
                re.IGNORECASE,
            )
        return self._known

    @staticmethod
    def _replacement(match: re.Match[str]) -> str:
        return SECRET if match["secret"] else HOST

    def _id(self, match: re.Match[str]) -> str:
        found = match.group().lower()
        number = len(self._ids) + 1
        stand_in = f"00000000-0000-4000-8000-{number:012d}" if "-" in found else f"{number:032d}"
        return self._ids.setdefault(found, stand_in)


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
