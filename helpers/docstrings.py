"""Read what a docstring says of a function and of each of its parameters."""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

__all__ = ["read_docstring"]

_PARAMETERS = {"args", "arguments", "parameters", "params"}
_SECTIONS = _PARAMETERS | {
    *("attributes", "example", "examples", "note", "notes", "raises", "references", "return"),
    *("returns", "see also", "warning", "warnings", "warns", "yield", "yields"),
}
_ENTRY = re.compile(r"\*{0,2}(?P<name>\w+)\s*(?:\(.*?\)(?=\s*:))?\s*(?::\s*(?P<rest>.*))?$")
_FIELD = re.compile(r":(?P<kind>\w+)(?P<words>\s[^:]*)?:\s*(?P<rest>.*)$")


def read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the description of a function, and those of its parameters by name.

    Reads the three common styles: Google (`Args:`), NumPy (`Parameters` underlined) and reST
    (`:param name:`). What is not there is an empty string, or missing from the dictionary.
    """
    lines = (inspect.getdoc(function) or "").splitlines()
    starts = [index for index in range(len(lines)) if _section(lines, index)]
    parameters: dict[str, str] = {}
    for start, end in pairwise([*starts, len(lines)]):
        parameters.update(_entries(lines[start:end]))
    return "\n".join(lines[: starts[0] if starts else None]).strip(), parameters


def _section(lines: list[str], index: int) -> str | None:
    """The name of the section that starts at this line, if one does."""
    line = lines[index]
    if field := _FIELD.match(line):
        return field["kind"]
    name = line.removesuffix(":").lower()
    underlined = index + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[index + 1].strip())
    return name if name in _SECTIONS and (line.endswith(":") or underlined) else None


def _entries(section: list[str]) -> Iterator[tuple[str, str]]:
    """The parameters that one section describes."""
    title, *body = section
    if field := _FIELD.match(title):
        if field["kind"] in {"param", "parameter", "arg", "argument"} and field["words"]:
            # Between the colons: the name, after its type if one is there.
            name = field["words"].split()[-1].lstrip("*")
            yield name, _joined([field["rest"], *body])
        return
    if title.removesuffix(":").lower() not in _PARAMETERS:
        return
    numpy = not title.endswith(":")
    block = textwrap.dedent("\n".join(body[1:] if numpy else body))
    # An entry begins where a line is not indented, and goes on where the lines under it are.
    for chunk in re.split(r"\n(?=\S)", block.strip("\n")):
        first, *rest = chunk.splitlines() or [""]
        if entry := _ENTRY.match(first):
            # After NumPy's colon stands a type, which the signature says better.
            yield entry["name"], _joined([*([] if numpy else [entry["rest"] or ""]), *rest])


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
