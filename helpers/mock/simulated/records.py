"""Records in the material of a request, as JSON, as a table or as CSV, told in plain lines."""

import ast
import json
import re
from collections.abc import Iterable
from typing import Any

from helpers.mock.simulated.things import leaves

_NAMED = re.compile(r"\b\w{1,60} = (?=[\[{])")
_BODIES = ("text", "content", "body", "passage", "snippet")
"""Keys of a source: what stands beside them only says where it is from."""
_RULE = re.compile(r"[|\s:+-]+")


def parsed(text: Any) -> Any:
    """The value of a JSON text; None for what is not JSON."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return None


def literal(text: str) -> Any:
    """The value of a text that is written as in Python or in JSON; None for any other."""
    try:
        return ast.literal_eval(text[:20_000])
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return parsed(text)


def told(text: str) -> tuple[str, Any]:
    """A text with the records that it is made of as lines: "name Ben, age 27"; and the records."""
    if not text:
        return text, None
    body = _NAMED.sub("", text.strip(), count=1)
    value = literal(body) if body[:1] in ("[", "{") else None
    if isinstance(value, list | dict):
        return written(value), value
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    sign = "|" if lines and all("|" in line for line in lines) else ","
    rows = [
        [cell.strip() for cell in line.strip("|").split(sign)]
        for line in lines
        if not _RULE.fullmatch(line)
    ]
    head = rows[0] if len(rows) > 1 else []
    alike = len(head) > 1 and all(len(row) == len(head) for row in rows)
    if not alike or any(not cell or cell[0].isdigit() or " " in cell for cell in head):
        return text, None
    found = [dict(zip(head, row, strict=True)) for row in rows[1:]]
    return "\n".join(_row(record.items()) for record in found), found


def written(value: Any) -> str:
    """A value as lines: one for each item of a list, and for each key of an object."""
    match value:
        case list():
            return "\n".join(map(_item, value))
        case dict():
            return "\n".join(f"{key}: {_item(each)}" for key, each in value.items())
    return str(value)


def _item(value: Any) -> str:
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return ": ".join(value.values())
    if isinstance(value, dict):
        body = next((value[key] for key in _BODIES if isinstance(value.get(key), str)), None)
        return body or _row(value.items())
    return ", ".join(map(str, leaves(value)))


def _row(cells: Iterable[tuple[Any, Any]]) -> str:
    return ", ".join(f"{key} {_item(value)}" for key, value in cells)
