"""What a recorded request is known by, and how another differs from it.

JSON is compared by value. Ids that servers and clients make up are numbered in the order in which
they come; what people wrote is compared as it is, and what was hidden of it by a mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, urlencode

from helpers.mock.record.body import Body
from helpers.mock.requests import Json, without_nulls
from helpers.models import ModelReferenceError, parse_model
from helpers.text import parse_json, to_json, whole


def known_by(method: str, path: str, body: Body, *, exact: bool) -> Json:
    """What of a request has to be the same for a recording to answer it.

    Where it need not be `exact`, the results of tools may differ, and so may ids of responses.
    """
    path = _address(path)
    if body.kind != "body":
        return {"method": method, "path": path, **body.stored()}
    value = without_nulls(whole(body.value))
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if exact or name not in _IDS}
        if isinstance(value.get("model"), str):
            value["model"] = _model(value["model"])
        for name, read in (("messages", _message), ("input", _item)):
            if isinstance(value.get(name), list):
                value[name] = _conversation(value[name], read, exact)
    return {"method": method, "path": path, "body": value}


def key_of(asked: Json) -> str:
    """The same text for the same request."""
    return json.dumps(asked, sort_keys=True)


def mark_of(sent: Any, stored: Any, salt: bytes) -> str:
    """What tells secrets apart that were hidden; empty where none was, or without a salt.

    Without the salt, it tells nobody anything of what was hidden.
    """
    kept = dict(_leaves(stored))
    hidden = [leaf for leaf in _leaves(sent) if leaf[0] not in kept or kept[leaf[0]] != leaf[1]]
    if not hidden or not salt:
        return ""
    return blake2b(repr(hidden).encode("utf-8", "replace"), digest_size=8, key=salt).hexdigest()


_IDS = ("previous_response_id", "conversation")


def _address(path: str) -> str:
    """A path with its escapes in capitals, and its query in the order of names."""
    path, mark, query = path.partition("?")
    path = re.sub(r"%[0-9a-f]{2}", lambda escape: escape[0].upper(), path)
    pairs = sorted(parse_qsl(query, keep_blank_values=True), key=lambda pair: pair[0])
    return path + mark + urlencode(pairs)


def _arguments(call: Json) -> Json:
    """A call with its arguments as data, however they were written."""
    try:
        return call | {"arguments": whole(parse_json(call["arguments"]))}
    except (KeyError, TypeError, ValueError):
        return call


def _model(name: str) -> str:
    try:
        return parse_model(name).name
    except ModelReferenceError:
        return name


class _CallIds(dict[str, str]):
    """Tool-call ids, numbered in the order in which they are first seen."""

    def __missing__(self, call_id: str) -> str:
        self[call_id] = f"call {len(self) + 1}"
        return self[call_id]


class _Result(dict[str, Any]):
    """What a tool returned: one of a message's or an item's two forms."""


class _Reference(dict[str, Any]):
    """An item of an earlier response, by the id that the server made up for it."""


def _conversation(
    messages: list[Any], read: Callable[[Json, _CallIds], Json], exact: bool
) -> list[Any]:
    ids = _CallIds()
    said = [read(message, ids) if isinstance(message, dict) else message for message in messages]
    # Tools that run at the same time end in any order.
    ordered: list[Any] = []
    for are_results, group in groupby(said, key=lambda each: isinstance(each, _Result)):
        run = list(group)
        ordered += sorted(run, key=lambda each: str(each["result of"])) if are_results else run
    return ordered if exact else [_loosely(each) for each in ordered]


def _loosely(said: Any) -> Any:
    if isinstance(said, _Result):
        return {"result of": said["result of"]}
    return {"type": "item_reference"} if isinstance(said, _Reference) else said


def _message(message: Json, ids: _CallIds) -> Json:
    """A message of chat completions."""
    if message.get("role") == "tool":
        rest = {name: each for name, each in message.items() if name != "tool_call_id"}
        return _Result(rest | {"result of": ids[str(message.get("tool_call_id"))]})
    if message.get("role") != "assistant":
        return message
    # A client sends back what it received: with the fields that were empty, or without them.
    message = {name: value for name, value in message.items() if value}
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        message["tool_calls"] = [
            _call(call, ids) if isinstance(call, dict) else call for call in calls
        ]
    return message


def _call(call: Json, ids: _CallIds) -> Json:
    made = call.get("function")
    function = {"function": _arguments(made)} if isinstance(made, dict) else {}
    rest = {name: value for name, value in call.items() if name != "index"}
    return rest | function | {"id": ids[str(call.get("id"))]}


def _item(item: Json, ids: _CallIds) -> Json:
    """An item of the input of responses."""
    if item.get("type") == "function_call_output":
        rest = {k: v for k, v in item.items() if k not in ("call_id", "id", "status")}
        return _Result(rest | {"result of": ids[str(item.get("call_id"))]})
    if item.get("role") in ("user", "system", "developer"):
        return item
    if item.keys() <= {"type", "id"}:
        return _Reference(item)
    item = {name: value for name, value in item.items() if value and name not in ("id", "status")}
    item = _arguments(item)
    return item | {"call_id": ids[str(item["call_id"])]} if "call_id" in item else item


# --- how two requests differ ---


def differences(recorded: Json, sent: Json) -> list[str]:
    """Where a request differs from a recorded one, and in what."""
    before, after = dict(_leaves(recorded)), dict(_leaves(sent))
    return [
        f"{path} (recorded {_shown(before, path)}, sent {_shown(after, path)})"
        for path in before | after
        if _shown(before, path, None) != _shown(after, path, None)
    ]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in pairs:
            yield from _leaves(each, f"{path}.{name}" if path else str(name))
    else:
        yield path.removeprefix("body."), value


def _shown(leaves: Json, path: str, width: int | None = 80) -> str:
    if path not in leaves:
        return "nothing"
    text = to_json(leaves[path])
    return text if width is None or len(text) <= width else text[: width - 1] + "…"
