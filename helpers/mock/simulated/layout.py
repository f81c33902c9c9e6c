"""Layout: what the form of a text tells: its heading, and what it hands over as it is."""

import json
import re
from collections.abc import Iterator

from helpers.mock.simulated.knowledge import OPENERS, PATTERNS, SCAFFOLD, VERBS
from helpers.mock.simulated.texts import stem
from helpers.mock.simulated.tokens import Span, Words

_MOST = 12
_LONGEST = 20_000
"""Characters of one literal: to look for its end may cost as much, wherever one may begin."""

_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?"
_BEGINS = re.compile(r"[\[{](?=\s{0,9}[\[{\"'\d\-\]}])")
# What Python prints, and what JSON writes instead, as long.
_PYTHON = (("'", '"'), (": None", ": null"), (": True", ": true"), (": False", ": false"))
_ROW = re.compile(
    rf"(?<!\w)(?!and\s)(?P<label>[^\W\d_]\w{{0,30}}(?:[ -][^\W\d_]\w{{0,30}}){{0,2}})"
    rf"\s?[:=]?\s?(?<!\w)(?P<number>{_NUMBER})(?![\w.]\d|\w|:\d)(?:\s?%)?"
)
_NEXT = re.compile(r"\s?(?:[,;\n]|,?\sand\b)\s{0,3}(?:and\s)?")
_COUNTED = re.compile(r"\d{1,20}(?:st|nd|rd|th|[a-zA-Z]{1,3}|-\w+(?:-\w+)?)")
_DECODER = json.JSONDecoder()
_HEADING = re.compile(PATTERNS["heading"])
_FENCED = re.compile(PATTERNS["fenced"], re.S)
_HANDED = re.compile(PATTERNS["handed"], re.S)


def heading(text: Words) -> Iterator[Span]:
    """What stands before the first colon: "Pancakes: mix 200 g flour ..."."""
    match = _HEADING.match(text.raw)
    first = text.tokens[0].lower if text.tokens else ""
    if match and first not in OPENERS | SCAFFOLD and stem(first) not in VERBS:
        yield text.cut("heading", *match.span(1))


def block(text: Words) -> Iterator[Span]:
    """What a message hands over as it is: what is fenced, or on lines after an order's colon."""
    if match := _FENCED.search(text.raw) or _HANDED.match(text.raw):
        yield text.cut(
            "block", match.start("body"), match.start("body") + len(match["body"].rstrip())
        )


def is_literal(span: Span) -> bool:
    """Whether what has the form of a kind is one: "1st" is no code."""
    if span.kind == "phone":
        return sum(map(str.isdigit, span.text)) >= 7
    return span.kind != "code" or not _COUNTED.fullmatch(span.text)


def series(text: Words) -> Iterator[Span]:
    """A list of labels that each have a number, "Mon 3, Tue 5": its columns, and its rows."""
    run: list[re.Match[str]] = []
    for match in (*_ROW.finditer(text.raw), None):
        if match is None or not (run and _NEXT.fullmatch(text.raw, run[-1].end(), match.start())):
            if len(run) > 1:
                # Of "a chart of apples 4, pears 7" the first label is as long as the others.
                words = 1 + max(row["label"].count(" ") for row in run[1:])
                labels = [" ".join(row["label"].split(" ")[-words:]) for row in run]
                start, end = run[0].end("label") - len(labels[0]), run[-1].end()
                amounts = [json.loads(row["number"]) for row in run]
                rows = list(zip(labels, amounts, strict=True))
                yield text.cut("series", start, end, rows)
                yield text.cut("labels", start, end, labels)
                yield Span("amounts", "", amounts, start, start)
            run = []
        run += [match] if match else []


def literals(text: str) -> Iterator[Span]:
    """Each literal, in order, but not what is inside one.

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
