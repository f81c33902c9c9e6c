"""Layout: what the form of a text tells: its heading, its steps, what it hands over as it is."""

import re
from collections.abc import Iterator

from helpers.mock.simulated.knowledge import OPENERS, PATTERNS, SCAFFOLD, TERMS, VERBS
from helpers.mock.simulated.texts import stem
from helpers.mock.simulated.tokens import Span, Words

_HEADING = re.compile(PATTERNS["heading"])
_FENCED = re.compile(PATTERNS["fenced"], re.S)
_HANDED = re.compile(PATTERNS["handed"], re.S)


def heading(text: Words) -> Iterator[Span]:
    """What stands before the first colon: "Pancakes: mix 200 g flour ..."."""
    match = _HEADING.match(text.raw)
    first = text.tokens[0].lower if text.tokens else ""
    if match and first not in OPENERS | SCAFFOLD and stem(first) not in VERBS:
        yield Span("heading", match[1], match[1], *match.span(1))


def block(text: Words) -> Iterator[Span]:
    """What a message hands over as it is: what is fenced, or on lines after an order's colon."""
    if match := _FENCED.search(text.raw) or _HANDED.match(text.raw):
        body, start = match["body"].rstrip(), match.start("body")
        yield Span("block", body, body, start, start + len(body))


def is_literal(kind: str, text: str) -> bool:
    """Whether a text that has the form of a kind is one: "1st" is no code."""
    if kind == "phone":
        return sum(map(str.isdigit, text)) >= 7
    if kind == "code" and text.partition(" ")[0].lower() in TERMS:
        return False  # "EUR 250"
    if kind == "code":
        return not re.fullmatch(r"\d+(?:st|nd|rd|th|[a-zA-Z]{1,3}|-\w+(?:-\w+)?)", text)
    return True
