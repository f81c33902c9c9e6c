"""Where the mock and a real backend differ: the same requests to both, their replies compared.

Compared is what a program depends on: statuses and content types, which fields are there and of
which type, the values of fields that have a few (such as `finish_reason`), the order of a stream's
events. What may differ from one reply to the next does not count: ids, texts, numbers, how many
chunks or tool calls.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from helpers.address import is_address, shown
from helpers.mock import MOCK_PAT, start
from helpers.mock.client import httpx
from helpers.mock.record.body import Body
from helpers.mock.record.probes import PROBES, Probe
from helpers.mock.record.recording import timed_events
from helpers.problem import Problem
from helpers.proxies import is_loopback
from helpers.text import fit, to_json
from helpers.transcript.read import as_object, objects, string

Kind = Literal["status", "content type", "field", "type", "value", "events"]

# Fields that hold one of a few words, or a code.
_ENUMERATED = {
    "object", "type", "role", "finish_reason", "status", "reason", "service_tier", "code",
    "truncation", "tool_choice",
}  # fmt: skip
# Where a program expects JSON inside a text.
_MAY_HOLD_JSON = {"arguments", "content", "text"}
_JSON_TEXT = "JSON text"
_ATTEMPTS = 3
_BUSY = (429, 503)


class DriftError(Problem):
    """A backend that cannot be compared; the message says why."""


@dataclass(frozen=True)
class Difference:
    """One structural difference in the replies to one request.

    `where` is a path in the reply, or in the events of a stream that are named before it.
    """

    probe: str
    where: str
    kind: Kind
    mock: str
    other: str


Path = tuple[str, ...]
"""Where a value is: what event it is in ("" for a whole reply), and the names down to it. All items
of a list share one path, that ends in "[]"."""


@dataclass
class Observation:
    """The structure of one reply."""

    status: int
    content_type: str
    fields: dict[Path, set[str]] = field(default_factory=dict)
    """The types that were seen at each path; of an enumerated field, its values."""
    events: list[str] = field(default_factory=list)
    """What the events of a stream are, without repetitions."""


def differences(
    base_url: str, key: str | None, probes: Iterable[Probe] = PROBES, model: str | None = None
) -> list[Difference]:
    """Send the same requests to a mock of our own and to `base_url`, and tell how they differ.

    Raises DriftError if there is nobody, or nobody who takes the key.
    """
    probes = list(probes)
    with start() as mock:
        ours = observe(mock.base_url, MOCK_PAT, probes)
    theirs = observe(base_url, _key(base_url, key), probes, model)
    return list(compare(ours, theirs))


def _key(base_url: str, key: str | None) -> str:
    if not is_address(base_url):
        raise DriftError("--against takes a base URL, such as https://HOST/v2/ext/openai/v1")
    if key and not (key.isascii() and key.isprintable()):
        raise DriftError("CLARIFAI_PAT has a character that no key has: copy yours again.")
    if not key and not is_loopback(base_url):
        raise DriftError(f"{urlsplit(base_url).hostname} needs a key: set CLARIFAI_PAT to yours.")
    return key or MOCK_PAT


def observe(
    base_url: str, key: str, probes: Iterable[Probe] = PROBES, model: str | None = None
) -> dict[str, Observation]:
    """The structure of the reply to each probe, by its name; `model` replaces those for chat."""
    seen = {}
    with httpx.Client(
        timeout=httpx.Timeout(120, connect=10),
        # Some servers close the connection behind an error, and the next request is lost in it.
        limits=httpx.Limits(max_keepalive_connections=0),
        trust_env=not is_loopback(base_url),
    ) as client:
        for probe in probes:
            try:
                seen[probe.name] = _observe(client, base_url.rstrip("/"), key, probe, model)
            except httpx.RequestError as error:
                raise DriftError(
                    f"No reply from {shown(base_url)} to {probe.name!r} ({type(error).__name__}):"
                    " check the address, and that its server runs."
                ) from error
    if all(reply.status in (401, 403) for reply in seen.values()):
        raise DriftError(f"{shown(base_url)} does not accept the key; set CLARIFAI_PAT to another.")
    return seen


def _observe(
    client: httpx.Client, base_url: str, key: str, probe: Probe, model: str | None
) -> Observation:
    for attempt in range(_ATTEMPTS):
        response = client.request(
            probe.method,
            base_url + probe.path,
            content=probe.content(model),
            headers=probe.headers(key),
        )
        if response.status_code not in _BUSY or attempt == _ATTEMPTS - 1:
            break
        time.sleep(2**attempt)
    content_type = response.headers.get("content-type", "").partition(";")[0]
    observation = Observation(response.status_code, content_type)
    if content_type != "text/event-stream":
        _note(observation.fields, ("",), Body.read(response.content).value, whole=True)
        return observation
    labels = []
    arguments: dict[Any, str] = {}
    for event in timed_events([(0, response.content)])[0]:
        labels.append(_label(event.data, event.event))
        _note(observation.fields, (labels[-1],), event.data)
        for call in _calls(event.data):
            part = string(as_object(call.get("function")).get("arguments"))
            arguments[call.get("index")] = arguments.get(call.get("index"), "") + part
    observation.fields[("all chunks",)] = {"object"}
    for text in arguments.values():
        _note(observation.fields, ("all chunks", "arguments"), text, whole=True)
    observation.events = _without_repetitions(labels)
    return observation


# --- the structure of a reply ---


def _note(fields: dict[Path, set[str]], path: Path, value: Any, whole: bool = False) -> None:
    """Note what is at `path` and below; in texts that are `whole`, also the JSON in them."""
    fields.setdefault(path, set()).add(_kind(path[-1], value))
    if whole and isinstance(value, str) and path[-1] in _MAY_HOLD_JSON:
        found = Body.read(fit(value).encode()).value
        if isinstance(found, dict | list):
            fields[path] = {_JSON_TEXT}
            value = found
    if isinstance(value, dict):
        for name, each in value.items():
            _note(fields, (*path, name), each, whole)
    elif isinstance(value, list):
        for each in value:
            _note(fields, (*path, "[]"), each, whole)


def _kind(name: str, value: Any) -> str:
    if name in _ENUMERATED and isinstance(value, str | int) and not isinstance(value, bool):
        return repr(value)
    return _TYPES[type(value)]


_TYPES = {
    dict: "object",
    list: "list",
    str: "text",
    bytes: "bytes",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


_TYPE_NAMES = {*_TYPES.values(), _JSON_TEXT}


def _label(data: Any, name: str | None) -> str:
    """What an event of a stream is: its name, or what it brings."""
    if not isinstance(data, dict):
        return str(data)
    kind = data.get("type")
    if name or kind:
        return str(name) if name == kind else f"{name} with the type {kind}"
    if "choices" not in data:
        return "no chunk"
    brings = []
    for choice in objects(data["choices"]):
        delta = as_object(choice.get("delta"))
        brings += [n for n, value in delta.items() if value not in (None, "", [])]
        if choice.get("finish_reason"):
            brings.append("finish_reason")
    brings += ["id of a call" for call in _calls(data) if call.get("id")]
    if data.get("usage"):
        brings.append("usage")
    return " + ".join(dict.fromkeys(brings)) or "nothing"


def _calls(data: Any) -> Iterator[Any]:
    """The parts of tool calls in a chunk of a chat completion."""
    for choice in objects(as_object(data).get("choices")):
        yield from objects(as_object(choice.get("delta")).get("tool_calls"))


def _without_repetitions(labels: list[str]) -> list[str]:
    """What follows itself counts once, be it one event or a few: there may be any number."""
    for length in range(1, 9):
        kept: list[str] = []
        for label in labels:
            kept.append(label)
            if len(kept) >= 2 * length and kept[-length:] == kept[-2 * length : -length]:
                del kept[-length:]
        labels = kept
    return labels


# --- the differences of two ---


def compare(ours: dict[str, Observation], theirs: dict[str, Observation]) -> Iterator[Difference]:
    """How what was observed of a backend differs from what was observed of the mock."""
    for name, mock in ours.items():
        other = theirs[name]
        if mock.status != other.status:
            yield Difference(name, "", "status", str(mock.status), str(other.status))
        if mock.content_type != other.content_type:
            yield Difference(name, "", "content type", mock.content_type, other.content_type)
            # Nothing in them corresponds.
            continue
        if mock.events != other.events:
            yield _of_events(name, mock.events, other.events)
        yield from _of_fields(name, mock.fields, other.fields)


def _of_events(name: str, mock: list[str], other: list[str]) -> Difference:
    """The first place where the order of events differs, with what comes before and after."""
    at = next(
        (n for n, pair in enumerate(zip(mock, other, strict=False)) if pair[0] != pair[1]), None
    )
    at = min(len(mock), len(other)) if at is None else at
    before = mock[at - 1] if at else "the beginning"

    def then(events: list[str]) -> str:
        return " → ".join(events[at : at + 3]) or "the end"

    return Difference(name, f"after {before}", "events", then(mock), then(other))


def _of_fields(
    name: str, mock: dict[Path, set[str]], other: dict[Path, set[str]]
) -> Iterator[Difference]:
    for path in dict.fromkeys([*mock, *other]):
        parent = path[:-1]
        # What is below a value that only one of the two has is not missing by itself; and a list
        # may be empty, as a kind of event may not occur.
        if parent and not (parent in mock and parent in other):
            continue
        if path not in mock or path not in other:
            both = mock[parent] & other[parent] if parent else set()
            if path[-1] != "[]" and both & {"object", _JSON_TEXT}:
                yield Difference(name, _shown(path), "field", _seen(mock, path), _seen(other, path))
        elif mock[path] != other[path] and not _is_whole_number(mock[path], other[path]):
            kind: Kind = "type" if (mock[path] | other[path]) & _TYPE_NAMES else "value"
            yield Difference(name, _shown(path), kind, _seen(mock, path), _seen(other, path))


def _is_whole_number(mock: set[str], other: set[str]) -> bool:
    """Whether the types differ only in that a number happens to be whole, as 0 for 0.0."""
    return "number" in mock and (other | {"number"}) - {"integer"} == mock - {"integer"}


def _shown(path: Path) -> str:
    event, *names = path
    where = ".".join(names).replace(".[]", "[]")
    return f"{event}: {where}" if event else where


def _seen(fields: dict[Path, set[str]], path: Path) -> str:
    return " or ".join(sorted(fields[path])) if path in fields else "absent"


# --- the report ---


def table(found: list[Difference], probes: Iterable[Probe] = PROBES) -> str:
    """The differences as text, with those of a request below each other."""
    lines = []
    for probe in probes:
        mine = [difference for difference in found if difference.probe == probe.name]
        lines.append(f"{probe.name}: {f'{len(mine)} differ' if mine else 'alike'}")
        for each in mine:
            where = f"{each.kind} {each.where}".rstrip()
            lines.append(f"    {where}: mock {each.mock}, other {each.other}")
    return "\n".join(lines)


def report(against: str, found: list[Difference], probes: Iterable[Probe] = PROBES) -> str:
    """The differences as JSON, with what was asked."""
    whole = {
        "against": shown(against),
        "requests": [probe.name for probe in probes],
        "differences": [asdict(difference) for difference in found],
    }
    return to_json(whole, indent=2) + "\n"
