"""Find: a text as tokens with positions, and the spans in it that could be values.

`Text(raw)` only cuts tokens; `text.spans(kind)` finds all spans when first asked for one:

    quote email url file phone code hash hashtag    literal forms
    row                                     the label of a line that has a number
    labelled                                what follows "Label: "; value is the label
    heading block literal                   what the form of the text tells (see `layout`)
    clause severity logged degree           what somebody will do, a line of a log, a title
    number                                  value, and its `unit` or the `code` of its currency
    date time datetime                      value in ISO form; relative ones count from `today`
    city country language currency color    terms of the tables; value is how they are written
    genre cuisine job company month weekday person
    name given surname caps                 words with capitals, or a known first name and more
    region                                  a place with what it lies in
    phrase                                  what a preposition introduces, up to the next
    expression                              arithmetic

Positions are offsets in `raw`. `before(span)` and `after(span)` are the words beside a span.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain, islice, pairwise
from typing import Any

from helpers.mock.simulated import arithmetic, days, knowledge, layout
from helpers.mock.simulated.days import TODAY
from helpers.mock.simulated.knowledge import BREAKS, PATTERNS, SCAFFOLD, TRAILING, UNITS, WANTS
from helpers.mock.simulated.measures import MOST, Measures
from helpers.mock.simulated.names import names
from helpers.mock.simulated.texts import QUOTE, stem, word_set
from helpers.mock.simulated.tokens import Span, Token

__all__ = ["TODAY", "Span", "Text", "Token", "today_in"]

_FORMS = (re.compile(PATTERNS[name]) for name in ("label", "item", "row", "house"))
_LABEL, _ITEM, _ROW, _HOUSE = _FORMS
_WRAPPED = re.compile(r'"[^"“”]{40,}"|“[^“”]{40,}”')
_TELLS = re.compile(PATTERNS["tells"], re.I)
_SIGNS = {kind: frozenset(each) for kind, each in PATTERNS["signs"].items()}
_LITERALS = [(kind, re.compile(each)) for kind, each in PATTERNS["literals"].items()]
_STOPS = frozenset(',.;:!?()\n"“”。？！，')
STATING = word_set("words", "stating") | word_set("words", "adverbs")
_TODAY, _NOW = (re.compile(PATTERNS[name], re.I) for name in ("today", "now"))
_CLOCK: dict[Any, float] = {UNITS[name]: UNITS[name].factor for name in ("minute", "hour")}


class Text(Measures):
    """A text, its tokens, and its spans by kind."""

    def spans(self, kind: str) -> list[Span]:
        """The spans of a kind, in order."""
        return (self._found or self._read()).get(kind, [])

    @cached_property
    def definite(self) -> dict[tuple[int, int], set[str]]:
        """What the tables say that a piece of the text is, by where it starts and ends."""
        found = defaultdict[tuple[int, int], set[str]](set)
        for span in chain.from_iterable(map(self.spans, WANTS["definite"]["kinds"].split())):
            found[span.start, span.end].add(span.kind)
        return found

    @cached_property
    def stories(self) -> set[int]:
        """The sentences that tell only why something is asked for, where another asks for it."""
        cuts = [0, *self.ends, len(self.raw)]
        told = {n for n, part in enumerate(pairwise(cuts)) if _TELLS.match(self.raw, *part)}
        return told if len(told) < len(cuts) - 1 else set()

    def knows(self, span: Span) -> bool:
        """Whether a span was found as what the tables say that it is."""
        return span.kind not in ("phrase", "name") and (span.start, span.end) in self.definite

    def parts(self, cut: re.Pattern[str], zone: tuple[int, int]) -> list[tuple[int, int]]:
        """The parts of a part of the text, cut where a pattern is, but not inside of a whole."""
        wholes = [s for kind in ("quote", "literal", "region", "name") for s in self.spans(kind)]
        ends = [zone[0]]
        for match in cut.finditer(self.raw, *zone):
            if not any(span.start < match.start() < span.end for span in wholes):
                ends += match.span()
        return list(zip(ends[::2], [*ends[1::2], zone[1]], strict=True))

    def _read(self) -> dict[str, list[Span]]:
        found = self._found
        for finder in _FINDERS:
            for span in list(islice(finder(self), MOST)):
                found.setdefault(span.kind, []).append(span)
        found["url"] = found.get("url", []) + [Span("url", i, i, 0, 0) for i in self.images]
        return found

    def _literals(self) -> Iterator[Span]:
        signs = frozenset(self.raw)
        lacking = {kind for kind, own in _SIGNS.items() if own.isdisjoint(signs)}
        # A message that is in quotes as a whole quotes nothing.
        wrapped = bool(_WRAPPED.fullmatch(self.raw))
        for match in QUOTE.finditer(self.raw, int(wrapped), len(self.raw) - wrapped):
            yield self.cut("quote", *match.span(match.lastindex or 0))
        yield from layout.literals(self.raw)
        for match in _LABEL.finditer(self.raw) if "labelled" not in lacking else ():
            yield self.cut("labelled", *match.span(2), match[1].lower())
            many = next((word for word in match[1].lower().split() if word.endswith("s")), "")
            for item in _ITEM.finditer(match[2]):
                start, end = (match.start(2) + at for at in item.span(1))
                yield self.cut("item", start, end, code=stem(many))
        for kind, pattern in _LITERALS:
            for match in pattern.finditer(self.raw) if kind not in lacking else ():
                yield self.cut(kind, *match.span())
                for part in _HOUSE.finditer(self.raw, *match.span()) if kind == "address" else ():
                    yield self.cut(part.lastgroup or kind, *part.span())

    def _rows(self) -> Iterator[Span]:
        """The label before each number, where a text has several: "Cheese roll 4.50"."""
        labels = [self.cut("row", *match.span(1)) for match in _ROW.finditer(self.raw)]
        rows = [label for label in labels if BREAKS.isdisjoint(label.text.lower().split())]
        yield from rows if len(rows) > 1 else ()

    def _terms(self) -> Iterator[Span]:
        tokens, at = self.tokens, 0
        while at < len(tokens):
            size, term = self.term_at(at)
            if term is not None:
                kind = term.kind if term.kind != "person" else "first name"
                yield self.span(kind, at, at + size, term.value, code=term.code)
            at += size

    def _regions(self) -> Iterator[Span]:
        """A place with what it lies in: "Smalltown, Ireland", "Austin, TX"."""
        for name in (*self.found("name"), *self.found("city")):
            at = self.index(name.end)
            if at < len(self.tokens) and self.raw[name.end : self.starts[at]] == ", ":
                (size, term), state = self.term_at(at), self.tokens[at].text
                known = term is not None and term.kind in ("country", "state")
                if known or (len(state) == 2 and state.isupper()):
                    code = term.code if term is not None and term.kind == "state" else ""
                    yield self.span("region", self.index(name.start), at + size, code=code)

    @cached_property
    def listed(self) -> list[Span]:
        """The names that an "and" joins, which belong to a list: "with Ole, Runa and Tove"."""
        gaps = {pair: self.raw[pair[0].end : pair[1].start].strip(" ,")
                for pair in pairwise(self.spans("name"))}  # fmt: skip
        pairs = [pair for pair, gap in gaps.items() if gap in ("", "and", "&")]
        return [span for pair in pairs for span in pair] if {"and", "&"} & {*gaps.values()} else []

    def _datetimes(self) -> Iterator[Span]:
        """A day and a time that stand together, or two times: "tomorrow from 6 to 7 pm"."""
        times, other = self.found("time"), dict[Span, Span]()
        for one, last in pairwise(times):
            if days.UNTIL.fullmatch(self.raw, one.end, last.start):
                other |= {one: last, last: one}
        for day in self.found("date"):
            for time in times:
                apart, beside = self._apart(day, time), self._apart(day, other.get(time, time))
                if min(apart, beside) <= 2:
                    both = (time, day) if apart <= beside else (time,)
                    start, end = min(s.start for s in both), max(s.end for s in both)
                    yield self.cut(
                        "datetime", start, end, f"{day.value}T{time.value}:00"[:19] + "Z"
                    )

    def _hence(self) -> Iterator[Span]:
        """The moment that is so long from now, where the time is known: "in half an hour"."""
        for span in self.found("number"):
            seconds = span.value * _CLOCK.get(span.unit, 0)
            soon = 0 < seconds < 9e7 and self.before(span, 1) == ["in"]
            if soon and isinstance(self.today, datetime):
                start, at = self.index(span.start) - 1, self.today + timedelta(seconds=seconds)
                yield self.cut("datetime", self.starts[start], span.end, f"{at:%Y-%m-%dT%H:%M}:00Z")
                yield replace(span, kind="time", value=f"{at:%H:%M}")

    def _apart(self, one: Span, other: Span) -> int:
        """How many words stand between two spans."""
        first, last = sorted((one, other), key=lambda span: span.start)
        return self.index(last.start) - self.index(first.end)

    def _phrases(self) -> Iterator[Span]:
        """What stands between two words that break a sentence, without articles and courtesies."""
        tokens, start = self.tokens, 0
        idle = {n for s in self.found("wish") + self.found("period") for n in range(s.start, s.end)}
        # "Give the goat 2 litres and the pony 3 litres"
        idle |= {span.start for span in self.found("number") if span.unit}
        for at in range(len(tokens) + 1):
            ends = at == len(tokens) or tokens[at].lower in BREAKS or tokens[at].start in idle
            # "The choir rehearsal takes place", and not "For the camp we need 6 tents"
            ends |= not ends and self.opens(start) and self._states(start, at)
            if ends or _STOPS.intersection(self.gap(at)):
                if span := self.trimmed(start, at):
                    yield span
                start = at + ends

    def _states(self, start: int, at: int) -> bool:
        """Whether a word says what something does, or did: "The lamp flickered again"."""
        word = self.tokens[at].lower
        if word in STATING or at == start or not knowledge.is_verbal(word):
            return word in STATING
        # And not "Count the candles sold in May", "A painted wall".
        told = knowledge.DETERMINERS.isdisjoint(t.lower for t in self.tokens[start + 1 : at])
        follows = {*self.after(self.tokens[at], 1)} - knowledge.COMPLAINT  # "arrived broken"
        return told and self.gap(at) == " " and follows <= knowledge.STOP

    def trimmed(self, start: int, end: int, kind: str = "phrase") -> Span | None:
        """The tokens from one to another as a span, without what only asks at either side."""
        tokens = self.tokens
        while start < end and tokens[start].lower in SCAFFOLD and not self.hyphened(start):
            start += 1
        while start < end and tokens[end - 1].lower in TRAILING:
            end -= 1
        return self.span(kind, start, end) if start < end else None

    def hyphened(self, at: int) -> bool:
        """Whether a word is the first of one with a hyphen: "second-hand"."""
        return self.raw[self.tokens[at].end :][:1] == "-"

    def _expressions(self) -> Iterator[Span]:
        """The sums of each sentence, where it has numbers."""
        for start, end in pairwise([0, *self.ends, len(self.raw)]):
            numbers = [span for span in self.found("number") if start <= span.start < end]
            for found in arithmetic.find(self.raw[start:end]) if numbers else ():
                at = self.raw.find(found, start)
                place = (at, at + len(found)) if at >= 0 else (numbers[0].start, numbers[-1].end)
                yield Span("expression", found, found, *place, code=arithmetic.operation(found))


# In this order, since some look at what others found.
_FINDERS: tuple[Callable[[Text], Iterable[Span]], ...] = (
    *(Text._literals, Text._rows, Text._terms, days.times, days.dates, Text._datetimes),
    *(Text._numbers, Text.units, Text._hence, names, Text._regions, Text._expressions),
    *(Text._phrases, layout.block),
)


def today_in(messages: Iterable[dict[str, Any]]) -> date | None:
    """The day that a conversation says today is, with the time where it says that as well.

    "Today is Monday, 2 March 2026, and it is 09:30."
    """
    contents = [each.get("content") for each in messages if each.get("role") != "tool"]
    for content in (each[:4_000] for each in contents if isinstance(each, str)):
        for match in _TODAY.finditer(content):
            for span in Text(content[match.end() : match.end() + 48]).spans("date")[:1]:
                if span.start < 14 and span.value[:4] in span.text:
                    clock = [t.value for n in _NOW.findall(content) for t in Text(n).spans("time")]
                    made = datetime if clock else date
                    return made.fromisoformat("T".join([span.value, *clock[:1]]))
    return None
