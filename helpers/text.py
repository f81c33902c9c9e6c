"""Text as it leaves this process, always fit for UTF-8; and JSON as it comes in, with nothing lost.

JSON and file names may bring half of a surrogate pair (an emoji that was cut in two, a name that is
not UTF-8), and a Python string holds it; written as UTF-8 it is an error, far from its cause.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from math import isinf
from pathlib import Path
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def fit(text: str) -> str:
    """`text` with whole pairs as the character that they are, and U+FFFD for half a pair."""
    if text.isascii() or not _HALF.search(text):
        return text
    joined = _PAIR.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
    return _HALF.sub("\ufffd", joined)


def fit_all(value: Any) -> Any:
    """JSON with all its texts fit for UTF-8."""
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, list):
        return [fit_all(each) for each in value]
    if isinstance(value, dict):
        return {fit_all(name): fit_all(each) for name, each in value.items()}
    return value


def whole(value: Any) -> Any:
    """JSON has one kind of number: 1.0 is 1, wherever it is in `value`."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(each) for each in value]
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    return value


def to_json(value: Any, *, compact: bool = False, indent: int | None = None) -> str:
    """JSON that people can read and that loses nothing: half a pair stays as its escape."""
    separators = (",", ":") if compact else None
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def write_whole(path: Path, text: str) -> None:
    """Write a text file, or leave what was there, as on a full disk. Raises OSError that names it.

    What is half written has a name of its own: somebody else may be writing the same file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None


_DEEPEST = 200


def parse_json(text: str | bytes) -> Any:
    """JSON as Python data that would be written as the same JSON.

    Raises ValueError for what is not JSON, and for JSON that Python cannot hold or walk: a number
    beyond a float's range, a name that stands twice in an object, 200 lists in each other.
    """
    try:
        value = json.loads(
            text, parse_float=_float, parse_constant=_refuse, object_pairs_hook=_object
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    opened = ("[", "{") if isinstance(text, str) else (b"[", b"{")
    if sum(map(text.count, opened)) > _DEEPEST and _is_deep(value):  # type: ignore[arg-type]
        raise ValueError("nested too deeply")
    return value


def _float(text: str) -> float:
    number = float(text)
    if isinf(number) or (number == 0 and re.search("[1-9]", text.lower().partition("e")[0])):
        raise ValueError(f"{text} is beyond the range of a float")
    return number


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name occurs twice in an object")
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            part
            for node in level
            if isinstance(node, dict | list)
            for part in (node.values() if isinstance(node, dict) else node)
        ]
    return bool(level)
