"""Score: how well each span serves each property, and the assignment that is best.

All pairs are scored by the same evidence: the kind of the span, the word before it, the property's
own words beside it, the role ("from", "to"), the unit. The best pair is taken first, and a span
serves once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import (
    BREAKS,
    DENIAL,
    NUMBER_WORDS,
    SCAFFOLD,
    STOP,
    TEXT_CONCEPTS,
    TOOL_CONCEPTS,
    UNITS,
    VERBS,
    WANTS,
    stem,
    stems,
)
from helpers.mock.simulated.want import Want

_ACCEPTS: dict[str, dict[str, float]] = WANTS["accepts"]
_CUES = {kind: frozenset(words.split()) for kind, words in WANTS["before"].items()}
_ROLE_CUES = {role: frozenset(words.split()) for role, words in WANTS["roles"]["before"].items()}
_LEADS: dict[str, list[str]] = WANTS["leads"]
_ON = frozenset(WANTS["switches"]["on"].split())
_OFF = frozenset(WANTS["switches"]["off"].split())
_SWITCHES = frozenset(map(stem, WANTS["switches"]["names"].split()))
_BOOLEANS = {
    name: tuple(frozenset(side.split()) for side in line.split("|"))
    for name, line in WANTS["booleans"].items()
}
_DETERMINERS = frozenset(("the", "a", "an", "my", "our", "some", "any", "this", "your"))
_QUESTIONS = frozenset(("who", "when", "why", "how", "where", "which"))
_PLACE_LEADS = frozenset(("in", "from", "near", "to", "at"))
_EXACT_KINDS = frozenset(
    (
        "email",
        "city",
        "person",
        "number",
        "option",
        "quote",
        "url",
        "phone",
        "date",
        "time",
        "code",
        "file",
        "given",
        "caps",
        "company",
        "sql",
    )
)
_LINKS = frozenset(WANTS["before"]["links"].split())
_LOOSE = frozenset(("name", "phrase", "person", "given", "surname"))
_HELPING = stems(WANTS["switches"]["helping"])
_EXCLUDES = stems(WANTS["excludes"]["names"])
_DENIES = frozenset(WANTS["excludes"]["before"].split())
_DENIABLE = frozenset(WANTS["excludes"]["kinds"].split())
_ORDER = {side: frozenset(names.split()) for side, names in WANTS["order"].items()}
_SHARES = frozenset(map(stem, WANTS["share"]["words"].split()))
_TITLES = frozenset(map(stem, ("title", "task", "todo", "item", "name", "description")))
_REMINDERS = frozenset(map(stem, ("remind", "reminder", "todo", "task")))
_OBJECTS = frozenset(("it", "them", "him", "her"))  # before them stand verbs, and no things
_TAILS = [(stems(words), kind) for kind, words in WANTS["tails"]["kinds"].items()]
_TAIL_LEADS = frozenset(WANTS["tails"]["leads"].split())
_NTH = re.compile(r"\d+|[a-z]|first|second|third|fourth")
_NONE: frozenset[str] = frozenset()
_LEAST = 0.4
_LEAST_OPTIONAL = 0.72
_BOUND_UP = 400


@dataclass(frozen=True, slots=True)
class Pair:
    """A property and a span that could be its value."""

    score: float
    want: Want
    span: Span
    value: Any = None


class Scorer:
    """The spans of a part of a text, for the properties of one thing."""

    def __init__(
        self,
        text: Text,
        start: int,
        end: int,
        tool: frozenset[str] = frozenset(),
        *,
        reply: bool,
        taken: Sequence[Span] = (),
    ) -> None:
        self.text = text
        self.start, self.end = start, end
        self.tool = tool
        self.reply = reply
        self.taken = taken
        self.concepts = frozenset(c for word in tool for c in TOOL_CONCEPTS.get(word, _NONE))
        self.named: frozenset[str] = _NONE
        self.apart = False
        self._spans: dict[str, list[Span]] = {}
        self._phrases: dict[Span, tuple[frozenset[str], Span | None]] = {}
        self._operands: dict[str, Any] = {}

    def spans(self, kind: str) -> list[Span]:
        found = self._spans.get(kind)
        if found is None:
            found = self._spans[kind] = self._inside(kind)
        return found

    def _inside(self, kind: str) -> list[Span]:
        inside = [s for s in self.text.spans(kind) if self.start <= s.start and s.end <= self.end]
        if kind == "url" and self.text.images and not inside:
            return [s for s in self.text.spans(kind) if s.start == s.end == 0]
        if kind in _LOOSE:
            quotes = self.text.spans("quote")
            inside = [
                span
                for span in inside
                if not any(q.meets(span) and len(q.text) > len(span.text) for q in quotes)
            ]
        if self.taken:
            inside = [span for span in inside if not any(map(span.meets, self.taken))]
        return inside

    def pairs(self, want: Want) -> list[Pair]:
        """What could serve a property, the best first."""
        if want.options:
            found = self._options(want)
            if found or not want.soft:
                return found
        if want.many and (lists := self._lists(want)):
            return lists
        if want.type in ("integer", "number"):
            found = [
                Pair(score, want, span)
                for span in self.spans("number")
                if (score := self._number(want, span)) is not None
            ]
        elif want.type == "boolean":
            return self._boolean(want)
        else:
            found = self._texts(want)
        least = _LEAST if want.required or self.reply else _LEAST_OPTIONAL
        if want.many and want.type == "string":
            least = min(least, 0.25)  # of a list, one that is sure vouches for the others
        vague = 0.0 if want.required or want.many else 0.15
        found = [p for p in found if p.score >= least + (vague if p.span.kind == "phrase" else 0)]
        return sorted(found, key=lambda pair: (-pair.score, pair.span.start))

    def _lists(self, want: Want) -> list[Pair]:
        """Lists that are written as such, of what the property holds."""
        held = str if want.type == "string" else int | float
        return [
            Pair(
                1.2 + 0.4 * self._beside(want, span, self.text.before(span)), want, span, span.value
            )
            for span in self.spans("list")
            if all(isinstance(value, held) for value in span.value)
        ]

    # Strings

    def _texts(self, want: Want) -> list[Pair]:
        best: dict[tuple[int, int], Pair] = {}
        kinds = want.kinds
        if self.tool & _REMINDERS and want.stems & _TITLES:
            kinds = kinds | {"message": 0.9}
        excludes = bool(want.stems & _EXCLUDES)
        for kind, weight in kinds.items():
            for accepted, worth in _ACCEPTS.get(kind, {}).items():
                if accepted == "region" and self.apart:
                    continue  # its parts are wanted one by one
                for span in self._candidates(accepted, kind, want):
                    if self._is_denied(span) is not excludes:
                        continue
                    score = weight * worth + self._evidence(want, span, kind)
                    place = (span.start, span.end)
                    if place not in best or best[place].score < score:
                        best[place] = Pair(score, want, span)
        return list(best.values())

    def _candidates(self, accepted: str, kind: str, want: Want) -> list[Span]:
        if accepted == "rest":
            return self._rests(kind, want)
        if accepted == "phrase":
            found = (self._phrase(span, want) for span in self.spans("phrase"))
            return [span for span in found if span is not None]
        if accepted == "name":
            return [s for s in self.spans("name") if not self._is_tool(s)]
        spans = self.spans(accepted)
        if accepted == "unit" and not want.required and len({s.unit for s in spans}) > 1:
            return [span for span in spans if not self._is_counted(span)]
        return spans

    def _is_denied(self, span: Span) -> bool:
        """Whether a thing is named only to say that it is not meant: "without onions"."""
        if span.kind not in _DENIABLE:
            return False
        before = self.text.before(span, 2)
        return bool(before) and (
            before[-1] in _DENIES or (before[0] in _DENIES and before[-1] in _DETERMINERS)
        )

    def _is_tool(self, span: Span) -> bool:
        return all(stem(w) in self.tool for w in span.text.lower().split())

    def _phrase(self, span: Span, want: Want) -> Span | None:
        """What of a phrase could be a value; the same for all properties that it does not name."""
        if span not in self._phrases:
            words = frozenset(stem(word) for word in span.text.lower().split())
            self._phrases[span] = words, self._bared(span, frozenset())
        words, bared = self._phrases[span]
        found = self._bared(span, want.stems) if words & want.stems else bared
        if found and {stem(word) for word in found.text.lower().split()} <= self.named:
            return None  # "the limit" is a property, and no value of another
        return found

    def _bared(self, span: Span, named: frozenset[str]) -> Span | None:
        """A phrase without the words of the tool and of the property at its ends."""
        text = self.text
        first, last = text.index(span.start), text.index(span.end)
        tokens = text.tokens
        own = named | self.tool

        def idle(at: int) -> bool:
            word = tokens[at].lower
            if word in NUMBER_WORDS or word.isdigit() or (word == "x" and at == first):
                return True
            if at and at == first and word in UNITS and tokens[at - 1].text[-1].isdigit():
                return True
            if at == last - 1 > first and tokens[at - 1].lower.endswith("ing"):
                return False  # "living room"
            return (
                stem(word) in own
                or word in SCAFFOLD
                or word in STOP
                or (at == first and stem(word) in VERBS)
            )

        while first < last and idle(first):
            first += 1
        while first < last and idle(last - 1):
            last -= 1
        on_it = last < len(tokens) and tokens[last].lower in _OBJECTS
        if (
            on_it
            or first >= last
            or all(
                stem(t.lower) in VERBS
                or (not named and self.concepts & TEXT_CONCEPTS.get(stem(t.lower), _NONE))
                for t in tokens[first:last]
            )
        ):
            return None
        for at in range(last - 1, first, -1):
            word = tokens[at - 1].lower
            counts = word.isdigit() or (word in UNITS and at > 1 and tokens[at - 2].text.isdigit())
            if word in _DETERMINERS or counts:
                first = at  # "Switch the bedroom" speaks of the bedroom
                break
        if all(token.lower.isdigit() for token in tokens[first:last]):
            return None
        return text.trimmed(first, last)

    def _rests(self, kind: str, want: Want) -> list[Span]:
        """What a message says to the end: after a lead, or, to search for, all but what asks."""
        text = self.text
        raw = text.raw[self.start : self.end]
        lower = raw.lower()
        if kind == "message":
            if self.spans("quote"):
                return []  # what is quoted is what is meant
            for lead in _LEADS["reminder" if self.tool & _REMINDERS else "message"]:
                at = _find_words(lower, lead)
                if at >= 0:
                    first = text.index(self.start + at + len(lead))
                    if first < len(text.tokens) and text.tokens[first].start < self.end:
                        return [self._body(text.tokens[first].start)]
            return []
        first = text.index(self.start)
        words = [token.lower for token in text.tokens[first : first + 2]]
        if len(words) > 1 and words[0] in _QUESTIONS and words[1] not in ("is", "are", "was"):
            body = text.raw[self.start : self.end].strip(" ?.!")
            return [Span("rest", body, body, self.start, self.start + len(body))]
        span = text.trimmed(first, text.index(self.end))
        if span is not None and span.kind == "phrase":
            return [Span("rest", span.text, span.text, span.start, span.end)]
        return []

    def _body(self, start: int) -> Span:
        """The rest of a message, without the day and the time that a reminder ends with."""
        text, end = self.text, self.end
        body = text.raw[start:end].strip().strip("\"'“”‘’").strip()
        for span in sorted(self._tails(), key=lambda span: -span.start):
            if span.start > start + 3:
                end = span.start
                words = text.before(span, 1)
                if words and words[0] in _TAIL_LEADS:
                    end = text.tokens[text.index(span.start) - 1].start
                body = text.raw[start:end].strip(" ,")
        return Span("rest", body, body, start, start + len(body))

    def _tails(self) -> list[Span]:
        """What may follow a text that a property holds to the end, and is no part of it."""
        kinds = [kind for words, kind in _TAILS if self.tool & words]
        return [span for kind in kinds for span in self.spans(kind)]

    def _evidence(self, want: Want, span: Span, kind: str) -> float:
        before = self.text.before(span)
        last = before[-1] if before else ""
        if last in ("the", "a", "an", "my", "our", "his", "her") and len(before) > 1:
            last = before[-2]
        score = 0.0
        if last in _CUES.get(kind, ()):
            score += 0.2
        if want.role:
            other = "to" if want.role == "from" else "from"
            counted = span.kind in ("unit", "currency") and self._is_counted(span)
            if counted and len(self.spans(span.kind)) > 1:
                score += 0.45 if want.role == "from" else -0.5
            elif last in _ROLE_CUES[want.role]:
                score += 0.45
            elif last in _ROLE_CUES[other]:
                score -= 0.5
        if self._beside(want, span, before):
            score += 0.4
        elif span.kind in ("phrase", "name") and self.tool & {
            stem(w) for w in (last, *self.text.after(span, 1))
        }:
            score += 0.25
        elif span.kind in ("phrase", "name") and want.about & set(map(stem, before[-2:])):
            score += 0.15
        if span.kind == "phrase":
            if kind != "place" and (last.isdigit() or last in NUMBER_WORDS or last in UNITS):
                score += 0.25
            elif before and before[-1] in _DETERMINERS:
                score += 0.1
            score -= 0 if score or len(self.spans("phrase")) == 1 else 0.25
        elif span.kind == "name" and kind == "thing":
            score -= 0.5 if any(map(span.meets, self.text.spans("person"))) else 0
        elif span.kind == "name" and kind in ("person", "name") and last in _PLACE_LEADS:
            score -= 0.4 if any(map(span.meets, self.text.spans("city"))) else 0
        return score

    def _is_counted(self, span: Span) -> bool:
        """Whether a number stands before a unit or a currency, or the sign is at the number."""
        return any(
            0 <= span.start - number.end <= 2 or number.start == span.start
            for number in self.text.spans("number")
        )

    def _beside(self, want: Want, span: Span, before: list[str]) -> bool:
        """Whether the property's own words stand beside a span: "room Elm", "5 days"."""
        near = before[-1:] + [w for w in before[-2:-1] if before[-1] in _LINKS]
        after = self.text.after(span, 2)
        if (
            span.kind != "number"
            and self.text.raw[span.end : span.end + 2].strip("\"'”’` ")[:1] == ","
        ):
            after = []
        inner = [w.lower() for w in span.text.split()[-2:]] if span.kind == "number" else []
        skips = len(after) > 1 and after[0] not in BREAKS and after[0] not in NUMBER_WORDS
        ahead = after[: 2 if skips else 1]
        return any(stem(word) in want.beside for word in (*near, *ahead, *inner))

    # Numbers

    def _number(self, want: Want, span: Span) -> float | None:
        """How well a number serves; None where its unit says that it is of something else."""
        score = 0.45
        ours, theirs = want.unit, span.unit
        if theirs is not None and theirs.dimension == "portion":
            theirs = None
        if span.code:
            if not want.money:
                return None if ours or not want.required else score - 0.05
            score += 0.4
        elif ours is not None:
            if theirs is not None and theirs.dimension != ours.dimension:
                return None
            score += 0.45 if theirs is not None else 0.0
        elif theirs is not None:
            own = stem(theirs.name) in want.beside | want.about
            if want.dimension:
                score += 0.35 if want.dimension == theirs.dimension else -0.35
            elif theirs.dimension == "share":
                score += 0.4 if want.stems & _SHARES or want.fraction else 0.0
            else:
                score += 0.3 if own else -0.25 if not want.required else -0.05
        beside = self._beside(want, span, self.text.before(span))
        if not span.text[-1].isdigit() and span.unit is None and self._tallies(span, beside):
            score -= 0.5
        elif beside:
            score += 0.4
        elif set(map(stem, (*self.text.after(span, 2), *self.text.before(span, 2)))) & want.about:
            score += 0.15
        for side, names in _ORDER.items():
            if not names.isdisjoint(want.words) and self._operand(side) == span.value:
                return self._plausible(want, span, score + 0.6)
        if want.role:
            last = (self.text.before(span) or [""])[-1]
            score += 0.35 if last in _ROLE_CUES[want.role] else 0
        return self._plausible(want, span, score)

    def _tallies(self, span: Span, beside: bool) -> bool:
        """Whether a number in words only says how many follow: "two numbers, 36 and 48"."""
        digits = [s for s in self.spans("number") if s.text[-1].isdigit()]
        after = sum(s.start > span.start for s in digits)
        return after == span.value or (len(digits) > 1 and not beside)

    def _operand(self, side: str) -> Any:
        """The first or the second number of the sum in this part of the text."""
        if not self._operands:
            self._operands = {"first": None, "second": None}
            for sum_ in self.spans("expression")[:1]:
                numbers = Text(sum_.text).spans("number")
                if len(numbers) > 1:
                    self._operands = {"first": numbers[0].value, "second": numbers[-1].value}
        return self._operands[side]

    def _plausible(self, want: Want, span: Span, score: float) -> float | None:
        year = isinstance(span.value, int) and 1000 <= span.value <= 2100 and span.text.isdigit()
        if "year" in want.words or (
            "year" in want.about and "years" not in want.words and want.unit is None
        ):
            return score + 0.4 if year else None if "year" in want.words else score
        if want.type == "integer" and want.unit is None and span.value != int(span.value):
            return None
        low, high = want.schema.get("minimum"), want.schema.get("maximum")
        if isinstance(low, int | float) and span.value < low and want.unit is None:
            return None
        if isinstance(high, int | float) and span.value > high and want.unit is None:
            return None
        return score - 0.25 if year and not want.required else score

    # Options, yes and no

    def _options(self, want: Want) -> list[Pair]:
        found: list[Pair] = []
        for value, terms in want.options:
            for rank, term in enumerate(terms):
                span = self._mention(term, value)
                if span is not None:
                    score = 1.2 - 0.1 * (rank > 0) + 0.05 * len(term)
                    score += self._evidence(want, span, "") if want.role else 0
                    found.append(Pair(score, want, span, value))
                    break
        return sorted(found, key=lambda pair: (-pair.score, pair.span.start))

    def _mention(self, term: tuple[str, ...], value: Any) -> Span | None:
        text, size = self.text, len(term)
        if not term[0][0].isalnum() or (size == 1 and len(term[0]) == 1 and term[0].isalpha()):
            return self._sign(term[0], value)
        if stem(term[0]) not in text.stems and term[0] not in text.lowers:
            return None
        wanted = [stem(word) for word in term]
        tokens = text.tokens
        for at in range(len(tokens) - size + 1):
            if tokens[at].start < self.start or tokens[at + size - 1].end > self.end:
                continue
            if all(stem(t.lower) == w for t, w in zip(tokens[at : at + size], wanted, strict=True)):
                if set(text.before(Span("", "", "", tokens[at].start, 0), 2)) & DENIAL:
                    continue
                start, end = tokens[at].start, tokens[at + size - 1].end
                return Span("option", text.raw[start:end], value, start, end)
        return None

    def _sign(self, sign: str, value: Any) -> Span | None:
        """A sign such as +, or one letter, which stands alone or as a unit does: "20 C"."""
        raw = self.text.raw
        at = raw.find(sign.upper() if sign.isalpha() else sign, self.start, self.end)
        while at >= 0:
            before, after = raw[at - 1 : at], raw[at + len(sign) : at + len(sign) + 1]
            digit = raw[max(at - 2, 0) : at].strip()[-1:].isdigit() or before == "°"
            if not sign.isalpha() or (digit and not after.isalnum()):
                return Span("option", sign, value, at, at + len(sign))
            at = raw.find(sign, at + 1, self.end)
        return None

    def _boolean(self, want: Want) -> list[Pair]:
        tokens = [t for t in self.text.tokens if self.start <= t.start and t.end <= self.end]
        yes, no = _BOOLEANS.get(
            "_".join(want.words), _BOOLEANS.get(want.name, (frozenset(), frozenset()))
        )
        switch = want.stems <= _SWITCHES
        asked = want.stems - _SWITCHES - _HELPING
        for at, token in enumerate(tokens):
            before = {each.lower for each in tokens[max(at - 3, 0) : at]}
            denied = bool(before & DENIAL)
            after = tokens[at + 1].lower if at + 1 < len(tokens) else ""
            told: bool | None = None
            if switch and token.lower in _ON | _OFF - {"with", "without"}:
                told = token.lower in _ON
            elif token.lower in yes or stem(token.lower) in asked:
                told = not denied and after not in ("off", "false")
            elif token.lower.startswith("un") and stem(token.lower[2:]) in asked:
                told = False
            elif token.lower in no:
                told = denied
            if told is not None:
                return [
                    Pair(
                        1.0, want, Span("option", token.text, told, token.start, token.start), told
                    )
                ]
        return []


def _find_words(lower: str, words: str) -> int:
    at = lower.find(words)
    while at >= 0:
        before = lower[at - 1 : at]
        after = lower[at + len(words) : at + len(words) + 1]
        if (
            not (words[0].isalnum() and before.isalnum())
            and not (words[-1].isalnum() and after.isalnum())
            and (words != ":" or after == " ")
        ):
            return at
        at = lower.find(words, at + 1)
    return -1


def assign(scorer: Scorer, wants: list[Want]) -> dict[tuple[str, ...], list[Pair]]:
    """The best pairs, each span serving one property; a list takes all that serve it as well."""
    pairs: list[Pair] = []
    scorer.named = frozenset().union(*(want.stems for want in wants))
    scorer.apart = any(not want.kinds.keys().isdisjoint(("country", "state")) for want in wants)
    for want in wants[:_BOUND_UP]:
        pairs += scorer.pairs(want)[:40]
    order = {id(want): at for at, want in enumerate(wants)}
    pairs.sort(key=lambda pair: (-round(pair.score, 3), order[id(pair.want)], pair.span.start))
    chosen: dict[tuple[str, ...], list[Pair]] = {}
    used: list[Span] = []
    for pair in pairs:
        own = chosen.get(pair.want.path)
        if own and (
            not pair.want.many or own[0].span.kind == "list" or pair.score < own[0].score - 0.9
        ):
            continue
        if pair.span.end > pair.span.start and any(map(pair.span.meets, used)):
            continue
        used.append(pair.span)
        chosen.setdefault(pair.want.path, []).append(pair)
    for path, own in list(chosen.items()):
        if own[0].want.many and own[0].span.kind in ("phrase", "name"):
            chosen[path] = _chained(scorer.text, own)
    if not scorer.spans("expression"):
        _order(chosen, wants)
    return chosen


def _order(chosen: dict[tuple[str, ...], list[Pair]], wants: list[Want]) -> None:
    """Give properties that only a number or a letter tells apart their spans in order."""
    groups: dict[tuple[Any, ...], list[Want]] = {}
    for want in wants:
        if want.path in chosen and want.type != "boolean":
            bare = "_".join(w for w in want.words if not _NTH.fullmatch(w))
            groups.setdefault((want.path[:-1], bare, want.type, want.many), []).append(want)
    for group in groups.values():
        pairs = [chosen[want.path] for want in group]
        scores = [own[0].score for own in pairs]
        if len(group) > 1 and max(scores) - min(scores) < 0.3:
            pairs.sort(key=lambda own: own[0].span.start)
            for want, own in zip(group, pairs, strict=True):
                chosen[want.path] = [replace(pair, want=want) for pair in own]


def _chained(text: Text, pairs: list[Pair]) -> list[Pair]:
    """Of the things that a list could hold, those that are listed together; the most of them."""
    chains: list[list[Pair]] = []
    for pair in sorted(pairs, key=lambda pair: pair.span.start):
        if chains and text.joined(chains[-1][-1].span, pair.span):
            chains[-1].append(pair)
        else:
            chains.append([pair])
    return max(chains, key=lambda chain: (len(chain), max(pair.score for pair in chain)))
