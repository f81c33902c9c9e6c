"""Lists and objects that a text has as they are written: as JSON, or points in parentheses."""

import json
import re
from collections.abc import Iterator
from typing import Any

from helpers.mock.simulated.json_schema import Schema, fits
from helpers.mock.simulated.plain import NOTHING

_MOST_LITERALS = 12
_LONGEST = 4000
"""Characters of one literal: to look for its end may cost as much, wherever one may begin."""

_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?"
_POINT = rf"\(\s?{_NUMBER}(?:\s?,\s?{_NUMBER}){{1,3}}\s?\)"
_POINTS = re.compile(rf"{_POINT}(?:(?:\s?[,;]\s?|\s(?:and\s)?){_POINT}){{0,40}}")
_BEGINS = re.compile(r"[\[{](?=\s{0,9}[\[{\"\d\-\]}])")
_DECODER = json.JSONDecoder()


def literals(text: str, start: int, end: int) -> Iterator[tuple[int, int, Any]]:
    """Where each literal of a part stands, and its value, in order; not what is inside one.

    Of a text with more than a dozen places where one may begin, the others are not looked at.
    """
    done = start
    for match in [*_BEGINS.finditer(text, start, end)][:_MOST_LITERALS]:
        if match.start() >= done:
            try:
                value, length = _DECODER.raw_decode(
                    text[match.start() : min(end, match.start() + _LONGEST)]
                )
            except (ValueError, RecursionError):
                continue
            done = match.start() + length
            yield match.start(), done, value
    for match in [*_POINTS.finditer(text, start, end)][:_MOST_LITERALS]:
        points = re.findall(_POINT, match[0])
        yield *match.span(), [json.loads(f"[{point[1:-1]}]") for point in points]


def fitting(
    text: str, zone: tuple[int, int], schema: Schema, root: Any, read: dict[int, int]
) -> Any:
    """The next literal that a schema takes, and notes in `read` where it stands; else `NOTHING`.

    An object has to have one of the properties, which may all be optional.
    """
    for at, end, literal in literals(text, *zone):
        foreign = isinstance(literal, dict) and literal.keys().isdisjoint(
            schema.get("properties", literal)
        )
        if at not in read and not foreign and fits(literal, schema, root):
            read[at] = end
            return literal
    return NOTHING
