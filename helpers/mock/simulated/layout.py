"""Layout: what a text hands over as it is: what is set apart, lists, and literals."""

import json
import re
from collections.abc import Iterator

from helpers.mock.simulated.knowledge import PATTERNS
from helpers.mock.simulated.tokens import Span, Words

_LONGEST = 20_000
"""Characters of one literal: to look for its end may cost as much, wherever one may begin."""

_BEGINS = re.compile(r"[\[{](?=\s{0,9}[\[{\"'\d\-\]}])")
# What Python prints, and what JSON writes instead, as long.
_PYTHON = {"None": "null", "True": "true", "False": "false"}
_PRINTED = re.compile(
    r"""'(?P<text>(?:[^'"\\]++|\\[nrt\\])*)'|"(?:[^"\\]++|\\.)*"|""" + "|".join(_PYTHON)
)
_BY_PYTHON = re.compile(r"[\[{\s]{1,9}'")
_DECODER = json.JSONDecoder()
_FENCED = re.compile(PATTERNS["fenced"], re.S)
_HANDED = re.compile(PATTERNS["handed"], re.S)
_BETWEEN, _NTH, _SIDE = (re.compile(PATTERNS["lists"][x]) for x in ("between", "nth", "side"))


def block(text: Words) -> Iterator[Span]:
    """What a message hands over as it is: what is fenced, or on lines after an order's colon."""
    if match := _FENCED.search(text.raw) or _HANDED.match(text.raw):
        start = match.start("body")
        yield text.cut("block", start, start + len(match["body"].rstrip()))


def listed(text: str, *, people: bool = False) -> list[str]:
    """What a text lists: "Ada and Bo", "1. Dig. 2. Water it."; of "Bo for the Rovers" who."""
    cut = _NTH if _NTH.match(text) else _BETWEEN
    text = _SIDE.sub("", text) if people else text
    return [each.strip() for each in cut.split(text) if each.strip()]


def _in_json(found: re.Match[str]) -> str:
    text = found["text"]
    return _PYTHON.get(found[0], found[0]) if text is None else f'"{text}"'


def literals(text: str) -> Iterator[Span]:
    """Each literal, in order, but not what is inside one.

    Of a text with more than a dozen places where one may begin, the others are not looked at.
    """
    done = 0
    for match in [*_BEGINS.finditer(text)][:12]:
        at = match.start()
        written = text[at : at + _LONGEST] if at >= done else ""
        if _BY_PYTHON.match(written):
            written = _PRINTED.sub(_in_json, written)
        try:
            value, size = _DECODER.raw_decode(written)
        except (ValueError, RecursionError):
            continue
        done = at + size
        yield Span("literal", text[at:done], value, at, done)
