"""Candidates: the spans of a part of a text that a property which holds words could have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.find import Span, Text, Token
from helpers.mock.simulated.knowledge import EPITHETS, NUMBER_WORDS, OPENERS, SCAFFOLD, VERBS, WANTS
from helpers.mock.simulated.texts import stem, stem_set, word_set
from helpers.mock.simulated.want import Want

_ASIDE, _PLACED, _ABOUT, _WHERE, _REMINDS = (
    re.compile(knowledge.PATTERNS["requests"][each], re.I)
    for each in ("aside", "placed", "about", "where", "reminds")
)
_LEADS = {
    kind: [re.compile(r"(?<!\w)" * (lead != ":") + lead + r"(?![\w-])", re.I) for lead in leads]
    for kind, leads in WANTS["leads"].items()
}
_QUESTIONS = frozenset(("who", "when", "why", "how", "where"))
DETERMINERS = word_set("words", "determiners")
LOOSE = frozenset(("name", "phrase", "person", "given", "surname"))
REMINDERS = stem_set("wants", "acts", "reminds")
_SEEKS = stem_set("wants", "acts", "seeks")
_IDLE = knowledge.STOP.union(SCAFFOLD, ("x",), NUMBER_WORDS, knowledge.MAGNITUDES)
_THAT = word_set("agent", "that")
_ONTO = word_set("wants", "before", "onto")
_TAILS = [(knowledge.stems(words), kind) for kind, words in WANTS["tails"]["kinds"].items()]
_ACTS = VERBS | _SEEKS | stem_set("words", "stating")
_COUNTED = knowledge.MEASURES | word_set("wants", "sizes", "people")
TOTALS = stem_set("wants", "computed", "total")
LEAST = 0.4
"""The least score of a value."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A property and a span that could be its value."""

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
        if aside := _ASIDE.search(self.text.raw, self.start, self.end):  # "put it on my list"
            self.end = aside.start()
        if _REMINDS.search(self.text.raw, self.start, self.end):  # whatever the tool calls it
            self.tool |= REMINDERS.intersection(self.stems)
        self.opens = self.reply  # what a sentence begins with may be what it is about
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
        if kind not in self._spans:
            self._spans[kind] = self._inside(kind)
        return self._spans[kind]

    def _inside(self, kind: str) -> list[Span]:
        inside = [s for s in self.text.spans(kind) if self.start <= s.start and s.end <= self.end]
        if kind in LOOSE:
            kinds = WANTS["of_kinds"]["wholes"].split()
            wholes = [span for whole in kinds for span in self.text.spans(whole)]
            wide = [(whole, len(whole.text) + self.reply) for whole in wholes]
            inside = [s for s in inside if not any(w.meets(s) and n > len(s.text) for w, n in wide)]
        return [span for span in inside if not any(map(span.meets, self.taken))]

    def _candidates(self, accepted: str, kind: str, want: Want) -> list[Span]:
        if accepted == "rest":
            return self._told() if kind == "message" else self._sought()
        if accepted == "phrase":
            found = (self._phrase(span, want) for span in self.spans("phrase"))
            # "Search the archive for songs" looks for songs.
            where = [*_ABOUT.finditer(self.text.raw)] if "query" in want.kinds else []
            return [s for s in found if s and not any(m.start() < s.start < m.end() for m in where)]
        if accepted == "name":
            return [span for span in self.spans("name") if not self.is_own(span)]
        spans = self.spans(accepted)
        if accepted == "number":  # neither "ten" nor the number of "14C" is a code
            codes = (span for span in spans if not span.text.isalpha())
            return [s for s in codes if not self.text.raw[s.end : s.end + 1].isalpha()]
        return spans

    def _is_denied(self, span: Span) -> bool:
        """Whether a thing is named only to say that it is not meant: "without onions"."""
        denied = word_set("wants", "excludes", "before").intersection(self.text.before(span, 2))
        return bool(denied) and span.kind in word_set("wants", "excludes", "kinds")

    def is_own(self, span: Span) -> bool:
        """Whether a name is only a word of the tool, or of a property: "ISBN", "the API"."""
        own = self.tool | self.named | stem_set("wants", "jargon", "words")
        return own.issuperset(map(stem, span.text.lower().split()))

    def _phrase(self, span: Span, want: Want) -> Span | None:
        """What of a phrase could be a value; the same for all properties that it does not name."""
        words = frozenset(stem(word) for word in span.text.lower().split())
        key = span, words & want.stems
        if key not in self._phrases:
            self._phrases[key] = self._bared(*key)
        if (found := self._phrases[key]) is None:
            return None
        tail = self.text.tokens[self.text.index(span.end) - 1].stem
        if tail in self.tool - want.stems and _ONTO.intersection(self.text.before(span, 2)):
            return None  # "Add milk to my shopping list"
        said = self.text.tokens[self.text.index(found.start) : self.text.index(found.end)]
        head = said[-1].stem
        says_nothing = (
            self.reply and self.is_own(found),  # "Hello, I want to exchange the kettle"
            # "Schedule a meeting" has no title
            not (want.many or words & want.stems)
            and all(self.concepts & t.concepts and t.stem not in knowledge.EXAMPLES for t in said),
            # "a good recipe" does not say which
            EPITHETS.issuperset(token.lower for token in said),
            # "the Roadtrip playlist" is a playlist, and no genre
            head in self.named - want.stems and head not in self.tool,
        )
        return None if any(says_nothing) else found

    def _bared(self, span: Span, named: frozenset[str]) -> Span | None:
        """A phrase without the words of the tool and of the property at its ends."""
        tokens = self.text.tokens
        first, last = self.text.index(span.start), self.text.index(span.end)

        things = DETERMINERS | word_set("wants", "before", "thing")

        def idle(at: int) -> bool:
            token, before = tokens[at], tokens[at - 1].lower if at else ""
            if at == last - 1 > first and before.endswith("ing"):
                return False  # "living room"
            counted = token.lower in _COUNTED and (before in NUMBER_WORDS or before[-1:].isdigit())
            if self.text.opens(at) and _THAT.intersection(self.text.after(token, 1)):
                return True  # "Close it"
            acts = at == first < last - 1 and token.stem in _ACTS and before not in things
            says = token.stem in named | self.tool or token.lower in _IDLE
            return says or counted or acts or token.lower.isdigit()

        # "Switch the bedroom" speaks of the bedroom, "melt 150 g butter" of butter.
        lead = DETERMINERS | (word_set("words", "stating") if self.reply else set())
        leads = (t.lower in lead or t.text.isdigit() for t in tokens[first : last - 1])
        first += max((at for at, holds in enumerate(leads, 1) if holds), default=0)
        while first < last and idle(first):
            first += 1
        while first < last and idle(last - 1):
            last -= 1
        return self.text.trimmed(first, last)

    def _told(self) -> list[Span]:
        """What a message has to the end after a lead, or between "put" and "on my list"."""
        reminds = bool(self.tool & REMINDERS)
        for lead in _LEADS["reminder" if reminds else "message"]:
            said = lead.search(self.text.raw, self.start, self.end)
            for after in self.text.tokens[self.text.index(said.end()) :][:1] if said else ():
                return [self._body(after.start, self.end)]
        placed = _PLACED.match(self.text.raw, self.start, self.end) if reminds else None
        return [self._body(*placed.span(1))] if placed else []

    def _sought(self) -> list[Span]:
        """All but what asks of the first sentence that orders or asks, or of all of them."""
        text, tokens = self.text, self.text.tokens
        cuts = [self.start, *(at for at in text.ends if self.start < at < self.end), self.end]
        for start, end in (*pairwise(cuts), (self.start, self.end)):
            opening = tokens[text.index(start) :][:1]
            orders = any(token.stem in VERBS or token.lower in OPENERS for token in opening)
            if orders or text.raw[start:end].rstrip().endswith("?"):
                break
        about = _ABOUT.search(text.raw, start, end)
        if where := _WHERE.search(text.raw, start, end):
            end = where.start()
        first, last = text.index(about.end() if about else start), text.index(end)
        asks = SCAFFOLD - _QUESTIONS
        while first < last and not text.hyphened(first):
            if tokens[first].lower not in asks and tokens[first].stem not in _SEEKS:
                break
            first += 1
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
        body = self.text.raw[start:end].strip(" ,").strip().strip("\"'“”‘’").strip()
        return Span("rest", body, body, start, start + len(body))

    def _is_counted(self, span: Span) -> bool:
        """Whether a number stands before a unit or a currency, or the sign is at the number."""
        return any(
            0 <= span.start - number.end <= 2 or number.start == span.start
            for number in self.text.spans("number")
        )
