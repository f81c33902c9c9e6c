"""Lists and objects that a text has as they are written: as JSON, or points in parentheses."""

import json
import re
from collections.abc import Iterator

from helpers.mock.simulated.tokens import Span

_MOST = 12
_LONGEST = 4000
"""Characters of one literal: to look for its end may cost as much, wherever one may begin."""

_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?"
_POINT = rf"\(\s?{_NUMBER}(?:\s?,\s?{_NUMBER}){{1,3}}\s?\)"
_POINTS = re.compile(rf"{_POINT}(?:(?:\s?[,;]\s?|\s(?:and\s)?){_POINT}){{0,40}}")
_BEGINS = re.compile(r"[\[{](?=\s{0,9}[\[{\"\d\-\]}])")
_DECODER = json.JSONDecoder()


def literals(text: str, start: int, end: int) -> Iterator[Span]:
    """Each literal of a part, in order; not what is inside one.

    Of a text with more than a dozen places where one may begin, the others are not looked at.
    """
    done = start
    for match in [*_BEGINS.finditer(text, start, end)][:_MOST]:
        at = match.start()
        if at >= done:
            try:
                value, size = _DECODER.raw_decode(text[at : min(end, at + _LONGEST)])
            except (ValueError, RecursionError):
                continue
            done = at + size
            yield Span("literal", text[at:done], value, at, done)
    for match in [*_POINTS.finditer(text, start, end)][:_MOST]:
        points = [json.loads(f"[{point[1:-1]}]") for point in re.findall(_POINT, match[0])]
        yield Span("literal", match[0], points, *match.span())
