"""Layout: what the form of a text tells: its heading, and the steps that it says to take."""

import re
from collections.abc import Iterator

from helpers.mock.simulated.knowledge import OPENERS, PATTERNS, SCAFFOLD, VERBS, stem
from helpers.mock.simulated.tokens import Span, Words

_HEADING = re.compile(PATTERNS["heading"])
_STEP = re.compile(PATTERNS["step"], re.I)
_ORDERED = frozenset(("first", "then", "finally", "next", "afterwards", "lastly"))


def heading(text: Words) -> Iterator[Span]:
    """What stands before the first colon: "Pancakes: mix 200 g flour ..."."""
    match = _HEADING.match(text.raw)
    first = text.tokens[0].lower if text.tokens else ""
    if match and first not in OPENERS | SCAFFOLD and stem(first) not in VERBS:
        yield Span("heading", match[1], match[1], *match.span(1))


def clauses(text: Words) -> Iterator[Span]:
    """The steps of a text that counts them up: "First boil the water, then add the pasta"."""
    if text.lowers.isdisjoint(_ORDERED):
        return
    start = 0
    for match in (*_STEP.finditer(text.raw), None):
        end = match.start() if match else len(text.raw)
        body = text.raw[start:end].strip(" ,.;\n")
        if body:
            at = text.raw.index(body, start)
            yield Span("clause", body, body, at, at + len(body))
        start = match.end() if match else end
