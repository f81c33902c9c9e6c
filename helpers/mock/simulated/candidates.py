"""Candidates: the spans of a part of a text that a property which holds words could have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.arithmetic import numbers
from helpers.mock.simulated.find import STATING, Span, Text, Token
from helpers.mock.simulated.knowledge import EPITHETS, NUMBER_WORDS, SCAFFOLD, VERBS, WANTS
from helpers.mock.simulated.texts import asks, patterns, stem, stem_set, word_set
from helpers.mock.simulated.want import BOUNDS, Want

_PATTERNS = patterns("requests")
_LEADS = {
    kind: [re.compile(r"(?<!\w)" * (lead[0] != ":") + lead + r"(?![\w-])", re.I) for lead in leads]
    for kind, leads in WANTS["leads"].items()
}
_WHOLES = WANTS["of_kinds"]["wholes"].split()
_CHAIN = re.compile(r"(?<!\d)\d{1,9}(?:(?:[-/]\d{1,9}){1,4}|[A-Za-z])(?!\w)")
_QUESTIONS = frozenset(("who", "when", "why", "how", "where"))
LOOSE = frozenset(("name", "phrase", "person", "given", "surname"))
REMINDERS, _SEEKS = (stem_set("wants", "acts", each) for each in ("reminds", "seeks"))
_IDLE = knowledge.STOP.union(SCAFFOLD, ("x",), NUMBER_WORDS, knowledge.MAGNITUDES)
_NUMBERED, _ONTO = (word_set("wants", "before", each) for each in ("numbered", "onto"))
_THAT = word_set("agent", "that")
_JARGON = stem_set("wants", "jargon", "words")
_THINGS = knowledge.DETERMINERS | word_set("wants", "before", "thing")
_BEGINS = knowledge.DETERMINERS | STATING
_TAILS = [(knowledge.stems(words), kind) for kind, words in WANTS["tails"]["kinds"].items()]
FOUND = word_set("wants", "counts", "found")
_ACTS = VERBS | _SEEKS | stem_set("words", "stating")
_COUNTED = knowledge.MEASURES | word_set("wants", "sizes", "people") | FOUND
_PORTIONS = {form for form, unit in knowledge.UNITS.items() if unit.dimension == "portion"}
TOTALS = stem_set("wants", "computed", "total")
LEAST = 0.4
"""The least score of a value."""


@dataclass(slots=True)
class Pair:
    """A property and a span that could be its value. It is never changed, as `Span` is."""

    score: float
    want: Want
    span: Span
    value: Any = None


Chosen = dict[tuple[str, ...], list[Pair]]
"""The values chosen for properties, by their paths."""


@dataclass
class Candidates:
    """The spans of a part of a text, for the properties of one thing."""

    text: Text
    start: int
    end: int
    tool: frozenset[str]
    reply: bool
    taken: Sequence[Span] = ()

    def __post_init__(self) -> None:
        # "and put it on my list"
        self.aside = _PATTERNS["aside"].search(self.text.raw, self.start, self.end)
        self.end = self.aside.start() if self.aside else self.end
        self.concepts = {c for word in self.tool for c in knowledge.TOOL_CONCEPTS.get(word, ())}
        self.named: frozenset[str] = frozenset()
        self.known: dict[int, list[Pair]] = {}
        self._spans: dict[str, list[Span]] = {}
        self._phrases: dict[tuple[Span, frozenset[str]], Span | None] = {}

    @cached_property
    def tokens(self) -> list[Token]:
        """The words of the part."""
        return [t for t in self.text.tokens if self.start <= t.start and t.end <= self.end]

    @cached_property
    def stems(self) -> list[str]:
        return [token.stem for token in self.tokens]

    def spans(self, kind: str) -> list[Span]:
        """The spans of a kind in the part that nothing has taken, nor a quote or an address has."""
        if kind not in self._spans:
            spans, start, end = self.text.spans(kind), self.start, self.end
            inside = [span for span in spans if start <= span.start and span.end <= end]
            wholes = _WHOLES if kind in LOOSE else ("file",) if kind == "code" else ()
            others = map(self.text.spans, wholes if inside else ())
            taken = [*self.taken, *chain.from_iterable(others)]
            self._spans[kind] = [span for span in inside if not any(map(span.meets, taken))]
        return self._spans[kind]

    def _candidates(self, accepted: str, kind: str, want: Want) -> list[Span]:
        if accepted == "rest":
            return self._told() if kind == "message" else self._sought()
        if accepted == "phrase":
            found = (self._phrase(span, want) for span in self.spans("phrase"))
            # "Search the archive for songs" looks for songs.
            where = [*_PATTERNS["about"].finditer(self.text.raw)] if "query" in want.kinds else []
            return [s for s in found if s and not any(m.start() < s.start < m.end() for m in where)]
        if accepted == "name":  # of "a Varda film" Varda
            last = ((s, self.text.tokens[self.text.index(s.end) - 1]) for s in self.spans(accepted))
            ends = ((s, t.text.islower() and t.stem in self.tool and t.start - 1) for s, t in last)
            own = [self.text.cut(accepted, s.start, end) if end else s for s, end in ends]
            return [span for span in own if not self.is_own(span)]
        if accepted == "number":
            numbers = [s for s in self.spans(accepted) if not s.text.isalpha()]
            # "rooms 3 and 4", and not "3 rooms"; in "10 pieces of AX-5" the code is no number
            bare = kind != "thing" and want.required and not (kind == "code" and self.spans("code"))
            leads = want.stems | _NUMBERED if kind == "code" else want.stems
            led = [s for s in numbers if not leads.isdisjoint(self._lead(s))]
            # "a parcel of 2 kg" has no number by which it is known
            plain = (s for s in numbers if not s.unit or s.unit.dimension == "portion")
            serve = [*led, *(s for s in plain if bare and s not in led)]
            whole = ((s, _CHAIN.match(self.text.raw, s.start)) for s in serve)
            return [self.text.cut("number", s.start, of.end()) if of else s for s, of in whole]
        return self.spans(accepted)

    def _lead(self, span: Span) -> list[str]:
        """What a number is of, or those that are listed with it: the stem, behind "number"."""
        words = [w for w in self.text.before(span, 4) if not w.isdigit()]
        words = [stem(w) for w in words if w not in knowledge.LISTING]
        return words[-2:] if words[-1:] and words[-1] in _NUMBERED else words[-1:]

    def is_own(self, span: Span) -> bool:
        """Whether a name is only a word of the tool, or of a property: "ISBN", "the API"."""
        return (self.tool | self.named | _JARGON).issuperset(map(stem, span.text.lower().split()))

    def _phrase(self, span: Span, want: Want) -> Span | None:
        """What of a phrase could be a value; the same for all properties that it does not name."""
        words = frozenset(stem(word) for word in span.text.lower().split())
        key = span, words & want.stems
        if key not in self._phrases:
            self._phrases[key] = self._bared(*key)
        if (found := self._phrases[key]) is None:
            return None
        tail = self.text.tokens[self.text.index(span.end) - 1].stem
        said = self.text.tokens[self.text.index(found.start) : self.text.index(found.end)]
        head, last = said[-1].stem, "".join(self.text.before(found, 1))
        some = last.isdigit() or last in NUMBER_WORDS
        says_nothing = (
            # "Add milk to my shopping list"
            tail in self.tool - want.stems and _ONTO.intersection(self.text.before(span, 2)),
            # "4 crates of lemons", "12 March"
            (some or said[-1].lower in _PORTIONS) and self.text.after(found, 1) == ["of"],
            any(start < found.start < end for start, end in self.text.definite),
            # "was found", "has been moved"
            not said[1:] and last in ("was", "were", "been") and head != said[0].lower.rstrip("s"),
            # "the Roadtrip playlist" is a playlist, and no genre
            head in self.named - want.stems and head not in self.tool,
        )
        # "A dance class, please" does not say which, "a good recipe" and "a meeting" neither.
        idle = self.tool | (want.about - want.stems) | (_JARGON if self.reply else set())
        about = set() if want.many else self.concepts
        tells = (t.stem in knowledge.EXAMPLES or about.isdisjoint(t.concepts) for t in said
                 if t.stem not in idle and t.lower not in EPITHETS)  # fmt: skip
        return found if any(tells) and not any(says_nothing) else None

    def _bared(self, span: Span, named: frozenset[str]) -> Span | None:
        """A phrase without the words of the tool and of the property at its ends."""
        tokens = self.text.tokens
        first, last = self.text.index(span.start), self.text.index(span.end)
        own = named | self.tool

        def idle(at: int) -> bool:
            token, before = tokens[at], tokens[at - 1].lower if at else ""
            if at == last - 1 > first and before.endswith("ing"):
                return False  # "living room"
            counted = token.lower in _COUNTED and (before in NUMBER_WORDS or before[-1:].isdigit())
            counted |= self.text.gap(at) == "/"  # "35 km/h"
            counted &= at < last - 1 or token.lower not in _PORTIONS  # "6 jars"
            if self.text.opens(at) and _THAT.intersection(self.text.after(token, 1)):
                return True  # "Close it"
            acts = at == first < last - 1 and token.stem in _ACTS and before not in _THINGS
            says = token.stem in own or token.lower in _IDLE
            says |= at == last - 1 and token.lower in STATING  # "the soup takes" 5 minutes
            alone = self.reply and at == first == last - 1 and self.text.raw[token.end :][:1] == " "
            # "paid by card", "90th", "3x8"
            says |= counted or acts or (alone and bool(knowledge.is_verbal(token.lower)))
            return says or token.lower.rstrip("dhnrst").replace("x", "").isdigit()

        # "Switch the bedroom" speaks of the bedroom, "melt 150 g butter" of butter.
        leads = (t.lower in _BEGINS or t.text.isdigit() for t in tokens[first : last - 1])
        first += max((at for at, holds in enumerate(leads, 1) if holds), default=0)
        while first < last and idle(first):
            first += 1
        while first < last and idle(last - 1):
            last -= 1
        return self.text.trimmed(first, last)

    def ends(self, span: Span) -> set[str]:
        """Which end of a range, or of a sum, a number is: "at least 3", "no more than 5"."""
        before = self.text.before(span)
        sides = [BOUNDS[word] for word in reversed(before) if word in BOUNDS]
        sides = sides[: before[-1:] != ["and"] or "from" in sides]  # "4, 7 and 9" are no range
        if sides == ["from"] and not knowledge.DENIAL.isdisjoint(before):
            sides = ["to"]
        sums = [numbers(each.text) for each in self.spans("expression")[:1]]
        ends = zip(("first", "second"), sums[0] if sums else (), strict=False)
        return {*sides, *(end for end, value in ends if value == span.value)}

    def _told(self) -> list[Span]:
        """What a message has to the end after a lead."""
        for lead in _LEADS["reminder" if self.tool & REMINDERS else "message"]:
            said = lead.search(self.text.raw, self.start, self.end)
            for after in self.text.tokens[self.text.index(said.end()) :][:1] if said else ():
                return [self._body(after.start, self.end)]
        # "The lift is stuck, please report it"
        first = self.tokens[:1] if self.aside and self.tokens[2:] else ()
        told = (self.text.cut("rest", each.start, self.end, code="told") for each in first)
        return [span for span in told if not asks(span.text)]

    def _sought(self) -> list[Span]:
        """All but what asks of the first sentence that orders or asks, or of all of them."""
        text, tokens = self.text, self.text.tokens
        cuts = [self.start, *(at for at in text.ends if self.start < at < self.end), self.end]
        parts = (*pairwise(cuts), (self.start, self.end))
        start, end = next((part for part in parts if asks(text.raw[slice(*part)])), parts[-1])
        about = _PATTERNS["about"].search(text.raw, start, end)
        leads = [about.end()] if about else [s.end for s in self.spans("wish") if s.end < end]
        if where := _PATTERNS["where"].search(text.raw, start, end):
            end = where.start()
        first, last = text.index(max(start, *leads, 0)), text.index(end)
        idle, asking = SCAFFOLD - _QUESTIONS, _SEEKS | (self.tool & REMINDERS and REMINDERS)
        while first < last and not text.hyphened(first):
            if tokens[first].lower not in idle and tokens[first].stem not in asking:
                break
            first += 1
        if first < last and tokens[last - 1].lower in _THAT:
            return []  # "Who wrote it?" is asked of what was found
        who, what = [*(token.lower for token in tokens[first : first + 2]), "", ""][:2]
        if who in _QUESTIONS and what not in ("is", "are", "was"):
            return [text.cut("rest", tokens[first].start, len(text.raw[:end].rstrip(" ?.!\n")))]
        span = text.trimmed(first, last, "rest")
        return [span] if span is not None and not self.is_own(span) else []

    def _body(self, start: int, end: int) -> Span:
        """The rest of a message, without the day and the time that a reminder ends with."""
        tails = [span for words, kind in _TAILS if self.tool & words for span in self.spans(kind)]
        for span in sorted(tails, key=lambda span: -span.start):
            if start + 3 < span.start < end:
                leads = word_set("wants", "tails", "leads").intersection(self.text.before(span, 1))
                end = self.text.tokens[self.text.index(span.start) - len(leads)].start
        body = _PATTERNS["courtesy"].sub("", self.text.raw[start:end]).strip(" ,\n\"'“”‘’")
        return Span("rest", body, body, start, start + len(body))
