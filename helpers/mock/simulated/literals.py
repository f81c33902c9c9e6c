"""Lists and objects that a text has as they are written: in JSON or Python, or as points."""

import json
import re
from collections.abc import Iterator

from helpers.mock.simulated.tokens import Span

_MOST = 12
_LONGEST = 20_000
"""Characters of one literal: to look for its end may cost as much, wherever one may begin."""

_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?"
_POINT = rf"\(\s?{_NUMBER}(?:\s?,\s?{_NUMBER}){{1,3}}\s?\)"
_POINTS = re.compile(rf"{_POINT}(?:(?:\s?[,;]\s?|\s(?:and\s)?){_POINT}){{0,40}}")
_BEGINS = re.compile(r"[\[{](?=\s{0,9}[\[{\"'\d\-\]}])")
# What Python prints, and what JSON writes instead, as long.
_PYTHON = (("'", '"'), (": None", ": null"), (": True", ": true"), (": False", ": false"))
_DECODER = json.JSONDecoder()


def literals(text: str) -> Iterator[Span]:
    """Each literal, in order, and then the points; not what is inside one.

    Of a text with more than a dozen places where one may begin, the others are not looked at.
    """
    done = 0
    for match in [*_BEGINS.finditer(text)][:_MOST]:
        at = match.start()
        written = text[at : at + _LONGEST] if at >= done else ""
        if written[1:].lstrip()[:1] == "'":
            for theirs, ours in _PYTHON:
                written = written.replace(theirs, ours)
        try:
            value, size = _DECODER.raw_decode(written)
        except (ValueError, RecursionError):
            continue
        done = at + size
        yield Span("literal", text[at:done], value, at, done)
    for match in [*_POINTS.finditer(text)][:_MOST]:
        points = [json.loads(f"[{point[1:-1]}]") for point in re.findall(_POINT, match[0])]
        yield Span("literal", match[0], points, *match.span())
