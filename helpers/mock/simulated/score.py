"""Score: how well each span serves each property.

All pairs are scored by the same evidence: the kind of the span, the word before it, the property's
own words beside it, the role ("from", "to"), the unit.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from helpers.mock.simulated.arithmetic import operation
from helpers.mock.simulated.candidates import DETERMINERS, LEAST, REMINDERS, Candidates, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import (
    BREAKS,
    DENIAL,
    NUMBER_WORDS,
    PATTERNS,
    STOP,
    STOP_STEMS,
    TRAILING,
    UNITS,
    WANTS,
    stems,
)
from helpers.mock.simulated.texts import name_words, stem, stem_set, word_set
from helpers.mock.simulated.want import FREE, Want

_ACCEPTS: dict[str, dict[str, float]] = WANTS["accepts"]
_CUES = {kind: frozenset(words.split()) for kind, words in WANTS["before"].items()}
_ROLE_CUES = {role: frozenset(words.split()) for role, words in WANTS["roles"]["before"].items()}
_BOUNDS = {side: frozenset(words.split()) for side, words in WANTS["roles"]["bounds"].items()}
_LINKS = word_set("wants", "before", "links")
_EXCLUDES = stem_set("wants", "excludes", "names")
SURENESS = stem_set("wants", "unspoken", "sureness")
_SUBJECTS = word_set("wants", "subjects", "kinds")
_AMOUNTS = NUMBER_WORDS.keys() | UNITS.keys()
_TITLES = stems("title task todo item name description")
_HANDED = stem_set("wants", "handed", "names")
_OPEN = frozenset(("thing", "name", "message", "quote"))
_GREETS = word_set("wants", "untold", "greets")
_TOWNS = frozenset(("city", "town", "village", "country"))
_DEGREES = frozenset("°0123456789")
_TALLIED = word_set("wants", "counts", "tallied")
_LETTERS = re.compile(r"[^\W\d_]+")
_DOERS = frozenset(("by", "person", "company", "place", "date", "time"))
_BETWEEN = re.compile(r"[,;]|\band\b")
_COUNTS = stem_set("wants", "counts", "names")
_LEAST_OPTIONAL = 0.72
_LABEL = 4
_LISTED = {"phrase": ("phrase",), "name": ("name", "city", "country", "person", "company")}
_ON, _OFF = (stem_set("wants", "switches", side) for side in ("on", "off"))
_SWITCHES = stem_set("wants", "switches", "names")
_HELPING = stem_set("wants", "switches", "helping")
_TOLD = stem_set("wants", "switches", "told")
_SIDES: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
"""By a word of a property: what makes a yes of it, and what a no."""
for _line in WANTS["booleans"]["sides"]:
    _yes, _no = map(stems, _line.split("|"))
    _SIDES |= dict.fromkeys(_no, (_no, _yes)) | dict.fromkeys(_yes, (_yes, _no))
_UNDONE = re.compile(PATTERNS["booleans"]["undone"])


class Scorer(Candidates):
    """How well the spans of a part of a text serve the properties of one thing."""

    def pairs(self, want: Want) -> list[Pair]:
        """What could serve a property, the best first."""
        found = self.known.get(id(want))
        if found is None:
            found = self.known[id(want)] = self._pairs(want)
        return found

    def _pairs(self, want: Want) -> list[Pair]:
        if want.options and ((found := self._options(want)) or not want.soft):
            return found
        if want.type == "boolean":
            return self._boolean(want)
        if found := self._as_written(want):
            return found
        if want.type == "string":
            found = self._texts(want)
        else:
            spans = self.rows() if want.many else self.spans("number")
            found = [pair for span in spans for pair in self._number(want, span)]
            found += self._by_article(want) if want.type == "integer" else []
        # Of a text that may be null a guess is worse than none.
        loose = want.required or (self.reply and want.type != "string")
        least = LEAST if loose else _LEAST_OPTIONAL
        if want.many and want.type == "string":
            # Of a list, one that is sure vouches for the others; of what could be anything, none.
            least = min(least, 0.25)
        vague = 0.0 if want.required or want.many else 0.3
        found = [p for p in found if p.score >= least + vague * (p.span.kind == "phrase")]
        return sorted(found, key=lambda pair: (-pair.score, pair.span.start))

    def _as_written(self, want: Want) -> list[Pair]:
        """What a text has as it is: a list, lines of its own, what stands after a name and ":"."""
        held = str if want.type == "string" else int | float
        columns = () if self.reply else self.spans("labels" if held is str else "amounts")
        found = [
            Pair(1.2 + 0.4 * self._beside(want, s, self.text.before(s)), want, s, s.value)
            for s in ((*self.spans("literal"), *columns) if want.many else ())
            if isinstance(s.value, list) and all(isinstance(each, held) for each in s.value)
        ]
        if found or want.type != "string":
            return found
        if want.stems & _HANDED and not self.reply and (blocks := self.spans("block")):
            return [Pair(1.8, want, span, span.text) for span in blocks]
        for span in self.spans("labelled") if want.many or want.kinds.keys() & _OPEN else ():
            label = [stem(word) for word in name_words(span.value)]
            if len(label) < _LABEL and not want.beside.isdisjoint(label):
                items = [each.strip() for each in _BETWEEN.split(span.text) if each.strip()]
                return [Pair(1.6, want, span, items if want.many else span.text)]
        # Of "three tasks: ..." each is one.
        each = self.spans("item") if want.stems & _TITLES and not want.many else []
        return [Pair(1.6, want, item) for item in each if item.code in self.tool]

    # Strings

    def _texts(self, want: Want) -> list[Pair]:
        best: dict[tuple[int, int], Pair] = {}
        kinds = want.kinds
        if self.tool & REMINDERS and want.stems & _TITLES:
            kinds = kinds | {"message": 0.9}
        excludes = bool(want.stems & _EXCLUDES)
        for kind, weight in kinds.items():
            for accepted, worth in _ACCEPTS.get(kind, {}).items():
                for span in self._candidates(accepted, kind, want):
                    if self._is_denied(span) is not excludes or self._is_vague(want, span):
                        continue
                    score = weight * worth + self._evidence(want, span, kind) + 0.6 * excludes
                    place = (span.start, span.end)
                    if place not in best or best[place].score < score:
                        best[place] = Pair(score, want, span)
        return self._listed(best.values())

    def _is_vague(self, want: Want, span: Span) -> bool:
        """Whether nothing but its place in a text makes a few words a field of a reply."""
        sure = want.many or want.kinds != FREE or (span.kind == "name" and self._opens(span))
        vague = span.text.lower() in _GREETS or not sure
        loose = self.reply and span.kind in ("name", "phrase")
        return loose and vague and not self._beside(want, span, self.text.before(span))

    def _listed(self, found: Iterable[Pair]) -> list[Pair]:
        """What is listed after a thing serves as well as that: "milk, flour and three eggs"."""
        kept: list[Pair] = []
        for pair in sorted(found, key=lambda pair: pair.span.start):
            last = kept[-1] if kept else pair
            alike = last.span.kind in _LISTED.get(pair.span.kind, ())
            if alike and last.score > pair.score and self.text.joined(last.span, pair.span):
                pair = replace(pair, score=last.score - 0.01)
            kept.append(pair)
        return kept

    def _evidence(self, want: Want, span: Span, kind: str) -> float:
        """What stands around a span for or against that it serves."""
        before = self.text.before(span)
        last = before[-1] if before else ""
        score = 0.1 * (span.kind == "phrase" and last in DETERMINERS)
        if last in DETERMINERS and len(before) > 1:
            last = before[-2]
        loose = span.kind in ("phrase", "name", "titled")
        near = {stem(word) for word in (last, *self.text.after(span, 1))}
        places = kind == "place"
        if self._beside(want, span, before):
            score += 0.4
        elif last != "for" and self._near(before) & self.named - want.stems - STOP_STEMS:
            score -= 0.3
        elif loose and kind not in ("person", "company") and self.tool & near:
            score += 0.25
        signs = (
            (0.2, last in _CUES.get(kind, ())),
            (0.2, self.reply and kind in _SUBJECTS and self._opens(span)),
            # "Emma by Jane Austen"
            (-0.6, last == "by" and not _DOERS & {*want.words, *want.kinds}),
            (-0.4, span.kind == "phrase" and places and last not in _CUES["place"]),
            (0.25, span.kind == "phrase" and not places and (last.isdigit() or last in _AMOUNTS)),
            (-0.7, self._is_of_another_kind(want, span, kind)),
        )
        score += sum(weight for weight, holds in signs if holds)
        if want.role:
            score += self._at_end(want, span, kind, before, last)
        return score

    def _at_end(self, want: Want, span: Span, kind: str, before: list[str], last: str) -> float:
        """How well a span is at that end of a pair which a property wants: "from" or "to"."""
        if span.kind in ("unit", "currency") and self._is_counted(span):
            return 0.45 if want.role == "from" else -0.5
        if last in ("in", "at") and kind == "place":
            last = before[-2] if len(before) > 1 else ""  # "lands in Oslo"
        other = "to" if want.role == "from" else "from"
        return 0.45 * (last in _ROLE_CUES[want.role]) - 0.5 * (last in _ROLE_CUES[other])

    def _is_of_another_kind(self, want: Want, span: Span, kind: str) -> bool:
        """Whether the tables say what a span is, and the property looks for something else."""
        if span.kind == "address" and not _TOWNS.isdisjoint(want.words):
            return True  # "12 Hazel Street" is in a city
        kinds = self.text.definite.get((span.start, span.end))
        if kinds is None or "name" in want.kinds or span.kind == "expression":
            return False
        return not any(kinds & _ACCEPTS[each].keys() for each in want.kinds if each in _ACCEPTS)

    def _beside(self, want: Want, span: Span, before: list[str]) -> bool:
        """Whether the property's own words stand beside a span: "room Elm", "5 days"."""
        # What is said after a comma is of another.
        after = self.text.after(span, 2)
        there = self.text.index(span.end) + len(after) - 1
        apart = after and "," in self.text.raw[span.end : self.text.tokens[there].start]
        ahead = after[:1] if apart or not BREAKS.isdisjoint(after[:1]) else after
        # "user-12" says by itself whose number it is.
        inner = _LETTERS.findall(span.text.lower()) if span.kind in ("code", "number") else []
        near = self._near(before).union(map(stem, (*ahead, *inner[-2:])))
        return not want.beside.isdisjoint(near)

    @staticmethod
    def _near(before: list[str]) -> frozenset[str]:
        """The word before a span, and the one before that where the last only links: "named"."""
        near = before[-2:] if before and before[-1] in _LINKS else before[-1:]
        return frozenset(map(stem, near))

    # Numbers

    def _number(self, want: Want, span: Span) -> list[Pair]:
        """A number with how well it serves; none where it has a unit of something else."""
        score, ours, theirs = 0.45, want.unit, span.unit
        if theirs and theirs.dimension == "portion":
            theirs = None
        if want.role and (side := self._bound(span)):
            score += 0.45 if side == want.role else -0.5
        if ours and theirs and ours.dimension == theirs.dimension:
            score += 0.45
        elif span.code and want.money:
            score += 0.4
        elif (span.code and not (theirs and len(self.spans("unit")) > 1)) or (ours and theirs):
            return []
        elif theirs and want.dimension:
            score += 0.35 if want.dimension == theirs.dimension else -0.35
        beside = self._beside(want, span, self.text.before(span))
        if span.text.isalpha() and not _TALLIED.isdisjoint(self.text.after(span, 1)):
            return []  # of "two numbers, 36 and 48" the first is none
        if beside or self._counts(want, span):
            score += 0.4
        if want.side and self.operands.get(want.side) == span.value:
            score += 0.6
        if "year" in want.words:
            score += 0.4 if 1000 <= span.value <= 2100 else -1.0
        return [Pair(score, want, span)]

    def _by_article(self, want: Want) -> list[Pair]:
        """ "Two adults and a child", "no pets": one of what a property counts, or none."""
        return [
            Pair(0.8, want, Span("number", one.text, int(one.lower != "no"), one.start, one.end))
            for one, other in pairwise(self.tokens)
            if one.lower in ("a", "an", "no") and other.stem in want.stems and not want.unit
        ]

    def _counts(self, want: Want, span: Span) -> bool:
        """Whether a number says how many of a thing there are to be: "three lemons"."""
        after, is_name = self.text.after(span, 1), self.text.before(span, 1) == ["number"]
        things = want.stems & _COUNTS and not BREAKS.issuperset(after)
        own = want.unspoken and self.tool & set(map(stem, after))
        # "A table for six at eight"
        party = "person" in want.beside and self.text.before(span, 1) == ["for"] and not span.unit
        return (
            bool(things or own or (party and (BREAKS | TRAILING).issuperset(after))) and not is_name
        )

    def _bound(self, span: Span) -> str:
        """Whether a number is said to be the least or the most: "at least 3", "50 to 80"."""
        before = self.text.before(span)
        side = next((s for w in reversed(before) for s in ("from", "to") if w in _BOUNDS[s]), "")
        if side == "from" and not DENIAL.isdisjoint(before):
            return "to"  # "no more than 5"
        for one, other in pairwise(self.spans("number")):
            gap = self.text.raw[one.end : other.start].strip().lower()
            if gap in _BOUNDS["pairs"] and span in (one, other):
                return "from" if span is one else "to"
        return side

    @cached_property
    def operands(self) -> dict[str, Any]:
        """The first and the second number of the sum in this part of the text."""
        sums = (Text(each.text).spans("number") for each in self.spans("expression")[:1])
        return {k: n.value for spans in sums for k, n in zip(WANTS["order"], spans, strict=False)}

    # Options, yes and no

    def _options(self, want: Want) -> list[Pair]:
        found = [
            Pair(1.2 + self._evidence(want, span, ""), want, span, want.units[span.unit.name])
            for span in (self.spans("unit") if want.units else ())
            if span.unit and span.unit.name in want.units
        ]
        if found:
            return sorted(found, key=lambda pair: (-pair.score, pair.span.start))
        if want.operations and len(self.spans("number")) == 2:
            # "12 times what is 24?" has the word, and is no sum of the two.
            values = ((s, want.operations.get(operation(s.text))) for s in self.spans("expression"))
            told = ((Span("option", s.text, v, s.start, s.start), v) for s, v in values)
            return [Pair(1.4, want, *each) for each in told if each[1] is not None][:1]
        for value, terms in want.options:
            for rank, term in enumerate(terms):
                span = self._mention(term, value, bool(want.stems & _EXCLUDES))
                if span is not None:
                    score = 1.2 - 0.1 * (rank > 0 or span.text in STOP) + 0.05 * len(term)
                    found.append(Pair(score, want, span, value))
                    break
        return sorted(found, key=lambda pair: (-pair.score, pair.span.start))

    def _mention(self, term: tuple[str, ...], value: Any, excluded: bool) -> Span | None:
        """Where the words of an option stand, or a sign; a letter only as a unit does: "20 C"."""
        if not term[0][0].isalnum():
            at = self.text.raw.find(term[0], self.start, self.end)
            return Span("option", term[0], value, at, at) if at >= 0 else None
        text, wanted, size = self.text, [stem(word) for word in term], len(term)
        for at in range(len(self.stems)) if wanted[0] in text.stems else ():
            if self.stems[at : at + size] == wanted:
                first, last = self.tokens[at], self.tokens[at + size - 1]
                stands = len(term[0]) > 1 or size > 1
                sign = text.raw[max(first.start - 2, 0) : first.start].strip()[-1:]
                if (stands or sign in _DEGREES) and (
                    excluded or DENIAL.isdisjoint(text.before(first, 2))
                ):
                    found = text.raw[first.start : last.end]
                    return Span("option", found, value, first.start, last.end)
        return None

    def _boolean(self, want: Want) -> list[Pair]:
        """Yes or no by the first word that says so: a switch, one of two sides, its own name."""
        own = want.stems - _SWITCHES - _HELPING
        told = want.about if "true" in want.about else frozenset()
        names = (stem("_".join(want.words)), *sorted(own), *sorted(told - _TOLD))
        sides = [_SIDES[word] for word in names if word in _SIDES]
        yes, no = (sides or [(own, frozenset())])[0]
        if switch := not own or (not sides and told & _TOLD):
            yes, no = yes | _ON, no | _OFF
        for at, token in enumerate(self.tokens):
            near = self.tokens[max(at - 3, 0) : at]
            denied = any(each.lower in DENIAL or each.stem in _OFF for each in near)
            off = any(each.stem in _OFF for each in self.tokens[at + 1 : at + 3])
            undone = _UNDONE.fullmatch(token.lower)
            said = None
            if token.stem in yes | own:
                said = not (denied or off)
            elif token.stem in no:
                said = denied and not switch
            elif undone and stem(undone[undone.lastgroup or 0]) in yes | own:
                said = denied
            if said is not None:
                span = Span("option", token.text, said, token.start, token.start)
                return [Pair(1.0, want, span, said)]
        return []
