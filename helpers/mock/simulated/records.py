"""Records in the material of a request, as JSON, as a table or as CSV, told in plain lines."""

import json
import re
from itertools import dropwhile
from typing import Any

from helpers.mock.simulated.layout import literals
from helpers.mock.simulated.things import leaves

_NAMED = re.compile(r"\b\w{1,60} = (?=[\[{])")
_BODIES = ("text", "content", "body", "passage", "snippet")
"""Keys of a source: what stands beside them only says where it is from."""
_DEEP = re.compile(r"(?:[\[{][^\[\]{}]*){100}")
_RULE = re.compile(r"[|\s:+-]*")
_HEAD = re.compile(r"[^\W\d]\S*")


def parsed(text: Any) -> Any:
    """The value of a JSON text; None for what is not JSON, or nested too deep to be told.

    Frameworks also hand over what a tool returned as Python prints it.
    """
    if not isinstance(text, str):
        return text
    try:
        return None if _DEEP.search(text) else json.loads(text)
    except (ValueError, RecursionError):
        return literal(text) if text[:1] in ("{", "[") else None


def literal(text: str) -> Any:
    """The value of a text that is written as in Python or in JSON; None for any other."""
    found = None if _DEEP.search(text) else next(literals(text), None)
    return found.value if found and found.text == text else None


def told(text: str) -> tuple[str, Any]:
    """A text with the records that it is made of as lines: "name Ben, age 27"; and the records."""
    found = literal(_NAMED.sub("", text.strip(), count=1)) or _table(text)
    return (written(found), found) if found else (text, None)


def _table(text: str) -> list[dict[str, str]]:
    """The records of a table, or of CSV, whose first line names what each has."""
    lines = [line.strip().strip("|") for line in text.splitlines() if not _RULE.fullmatch(line)]
    lines = [*dropwhile(lambda line: "|" not in line, lines)] or lines  # "Here is a table"
    sign = "|" if all("|" in line for line in lines) else ","
    rows = [[cell.strip() for cell in line.split(sign)] for line in lines]
    head = rows[0] if len(rows) > 1 else []
    if len(head) < 2 or not all(map(_HEAD.fullmatch, head)) or {*map(len, rows)} != {len(head)}:
        return []
    return [dict(zip(head, row, strict=True)) for row in rows[1:]]


def written(value: Any) -> str:
    """A value as lines: one for each item of a list, and for each key of an object."""
    if isinstance(value, list):
        return "\n".join(map(_item, value))
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_item(each)}" for key, each in value.items())
    return str(value)


def _item(value: Any) -> str:
    if not isinstance(value, dict):
        return ", ".join(map(str, leaves(value)))
    body = next((value[key] for key in _BODIES if isinstance(value.get(key), str)), "")
    return body or ", ".join(f"{key} {_item(each)}" for key, each in value.items())
