"""Measures: the numbers and units in a text, and the terms beside them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.knowledge import (
    MAGNITUDES,
    NUMBER_WORDS,
    ORDINARY,
    PATTERNS,
    SINGLE,
    TERMS,
    UNIT_HEADS,
    UNITS,
    Term,
    Unit,
)
from helpers.mock.simulated.texts import word_set
from helpers.mock.simulated.tokens import Span, Token, Words

_DIGITS = re.compile(PATTERNS["number"], re.IGNORECASE)
_AMOUNT = re.compile(
    r".{1,40}\s(?:day|week|month|year)s?\b.{0,20}|\d{1,4}|[a-z]{1,10}", re.IGNORECASE
)
_NUMBERLESS: list[str] = PATTERNS["numberless"].split()
_DICE = re.compile(PATTERNS["dice"].replace("NUMBER", "|".join(NUMBER_WORDS)), re.I)
_NAMED = frozenset(("city", "country", "person", "company", "month", "language"))
_INCHES = 12
_SINGLY = frozenset(("time", "length", "mass", "volume"))
_PARTITIVE = frozenset(("a", "an", "of"))
_INTO = frozenset(("to", "in", "into", "as", "many", "much"))
_LISTS = frozenset((",", ", and", "and", "or", "to", "by", "x", "×", "und", "et", "y"))
_JOINS = frozenset(("and", "y", "und", "et", "e"))


class Measures(Words):
    """What of a text can be measured, and what of it is a term of the tables."""

    def term_at(self, at: int) -> tuple[int, Term | None]:
        """How many tokens make a term of the tables, and which."""
        tokens = self.tokens
        longest = knowledge.LONGEST.get(tokens[at].lower, 0)
        for size in range(min(longest, len(tokens) - at), 0, -1):
            words = tokens[at : at + size]
            term = TERMS.get(" ".join(word.lower for word in words))
            first = words[0]
            if term is None or (size == 1 and not self._is_term(first, term, at)):
                continue
            return size, term
        return 1, None

    def _is_term(self, token: Token, term: Term, at: int) -> bool:
        """Whether a word is meant as the term, and not as the ordinary word that it is as well."""
        if token.text[0] > "\u2e7f":
            return True
        small = len(token.text) < 4 and token.text.islower() and term.kind in _NAMED
        if token.lower in ORDINARY or small:
            return token.text.isupper() and len(token.text) > 1
        lead = self.tokens[at - 1].lower if at else ""
        if token.text in word_set("words", "also_words") and not self.raw.islower():
            return lead in ("in", "at", "near")
        # "Mount Kenya" is no country.
        return lead not in word_set("words", "lands") and token.text != "may"

    def _numbers(self) -> list[Span]:
        found: list[Span] = []
        taken = [span for kind in _NUMBERLESS for span in self._found.get(kind, ())]
        # "In 3 days" is a date, and a number of days; "at 5" may be an hour.
        taken = [span for span in taken if not _AMOUNT.fullmatch(span.text)]
        for match in _DICE.finditer(self.raw):
            for part, unit in enumerate(("die", "sided"), 1):
                count = NUMBER_WORDS.get(match[part].lower()) or match[part] or 1
                place = (match[part], int(count), *match.span(part), UNITS[unit])
                found.append(Span("number", *place))
        taken += found
        for match in _DIGITS.finditer(self.raw):
            if any(span.start <= match.start() < span.end for span in taken):
                continue
            found.append(self._digits(match))
        found += [span for span in self._worded() if not any(map(span.meets, (*found, *taken)))]
        found.sort(key=lambda span: span.start)
        # The sign of a currency is beside its number, or a part of it.
        self._found.setdefault("currency", []).extend(
            Span("currency", span.text[0], span.code, span.start, span.start, code=span.code)
            for span in found
            if span.code and span.text[:1] in TERMS
        )
        return self._joined(found)

    def _digits(self, match: re.Match[str]) -> Span:
        sign, money, digits, beside = match.groups()
        european = "," in digits and not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits)
        value: float = float(digits.replace(",", "." if european else ""))
        value = -value if sign in ("-", "−") else value
        start, end = match.start(1 if sign or money else 3), match.end(3)
        kelvin = beside == "K" and not self.lowers.isdisjoint(("temperature", "kelvin", "heat"))
        if beside in knowledge.SUFFIXES and not kelvin and (money or beside != "m"):
            value, end, beside = value * knowledge.SUFFIXES[beside], end + len(beside), ""
        return self._measured(value, start, end, beside, money)

    def _measured(
        self, value: float, start: int, end: int, beside: str = "", money: str = ""
    ) -> Span:
        """A number with the magnitude, the unit and the currency that stand beside it."""
        tokens, at = self.tokens, self.index(end)

        def near() -> bool:
            gap = self.raw[end : tokens[at].start] if at < len(tokens) else "."
            return not (beside or gap.strip(" -\u00a0"))

        while near() and tokens[at].lower in MAGNITUDES:
            value, end, at = value * MAGNITUDES[tokens[at].lower], tokens[at].end, at + 1
        unit, term = UNITS.get("kelvin" if beside == "K" else beside.lower()), TERMS.get(money)
        if near():
            unit, term = self.unit_at(at)[1], term or self.term_at(at)[1]
        tail = self.raw[end : end + 12].lstrip()
        if tail[:1] in ("%", "°"):
            unit = UNITS.get(tail[:2].lower()) or UNITS[tail[0]]
        code = term.value if term is not None and term.kind == "currency" else ""
        return Span("number", self.raw[start:end], whole(value), start, end, unit, code)

    def _worded(self) -> Iterator[Span]:
        """Numbers in words: "two hundred and fifty", "half a", "a dozen", "two and a half"."""
        tokens, at = self.tokens, 0
        while at < len(tokens):
            size, value = counted([token.lower for token in tokens[at : at + 12]])
            if size:
                end = at + size
                less = at > 0 and tokens[at - 1].lower in ("minus", "negative")
                start = tokens[at - less].start
                yield self._measured(-value if less else value, start, tokens[end - 1].end)
                at = end
            else:
                word = tokens[at].lower
                unit = UNITS.get(tokens[at + 1].lower) if at + 1 < len(tokens) else None
                rate = at > 0 and tokens[at - 1].text[-1].isdigit()  # "120 a night"
                if word in ("a", "an") and unit and unit.dimension in _SINGLY and not rate:
                    yield Span("number", tokens[at].text, 1, tokens[at].start, tokens[at].end, unit)
                at += 1

    def _joined(self, found: list[Span]) -> list[Span]:
        """Numbers of one dimension side by side as one: "1 minute and 20 seconds"."""
        joined: list[Span] = []
        for span in found:
            last = joined[-1] if joined else span
            if factor := self._goes_on(last, span) if joined else 0:
                text, value = self.raw[last.start : span.end], last.value + span.value * factor
                joined[-1] = replace(last, text=text, value=value, end=span.end)
            else:
                joined.append(span)
        # Those that are listed before one with a unit have it too: "5 and 10 minutes".
        for at in range(len(joined) - 2, -1, -1):
            span, after = joined[at : at + 2]
            listed = self.raw[span.end : after.start].strip().lower() in _LISTS
            shares = after.unit and after.unit.dimension != "share"
            if listed and shares and not (span.unit or span.code):
                joined[at] = replace(span, unit=after.unit)
        return joined

    def _goes_on(self, last: Span, span: Span) -> float:
        """What of the last number's unit this number counts; 0 where it is a number of its own."""
        gap = [word.strip(",") for word in self.raw[last.end : span.start].lower().split()]
        between = [word for word in gap if word not in _JOINS]
        if not (last.unit and gap) or len(between) > 1:
            return 0
        if span.unit is not None:
            if last.unit == UNITS["hour"] and span.unit == UNITS["m"]:
                return 1 / 60  # "1h 20m"
            smaller = span.unit.factor / last.unit.factor
            return smaller if span.unit.dimension == last.unit.dimension and smaller < 1 else 0
        if last.unit == UNITS["foot"]:
            return 1 / _INCHES  # "5 feet 10"
        return float(span.value in (0.5, 0.25, 0.75))

    def unit_at(self, at: int) -> tuple[int, Unit | None]:
        """How many tokens make a unit, "miles per hour", and which."""
        tokens = self.tokens[at : at + 3]
        for size in range(len(tokens) if tokens[0].lower in UNIT_HEADS else 0, 0, -1):
            said = self.raw[tokens[0].start : tokens[size - 1].end].lower()
            if unit := UNITS.get(" ".join(said.split())):
                return size, unit
        return 1, None

    def _units(self) -> Iterator[Span]:
        for at, token in enumerate(self.tokens):
            size, unit = self.unit_at(at)
            if unit is None or unit.dimension == "portion":
                continue
            before = self.raw[: token.start].rstrip(" -°")[-1:]
            wanted = at > 0 and self.tokens[at - 1].lower in _INTO
            if len(token.text) > 2 or before.isdigit() or wanted:
                yield self.span("unit", at, at + size, unit=unit)


def whole(number: float) -> int | float:
    """A number as an integer, where it is one."""
    is_whole = isinstance(number, float) and number.is_integer() and abs(number) < 1e15
    return int(number) if is_whole else number


def counted(words: list[str], single: dict[str, float] = SINGLE) -> tuple[int, float]:
    """How many words make a number, and which; `single` are those that are one by themselves."""
    total = current = 0.0
    size = at = 0
    last = 1e18
    second = words[1] if words[1:] else ""
    if words[0] in ("a", "an") and second in (*MAGNITUDES, "half", "quarter", "couple"):
        current, at = (1, 1) if second in MAGNITUDES else (0, 1)
    elif words[0][0].isdigit() and second in MAGNITUDES:
        current, at = float(words[0].replace(",", "")), 1
    while at < len(words):
        word = words[at]
        if word in MAGNITUDES and (size or at):
            scale = MAGNITUDES[word]
            if scale >= 1000:
                total, current = (total + current) * scale, 0
            else:
                current = max(current, 1) * scale
            last, size = scale, at + 1
        elif word in NUMBER_WORDS and NUMBER_WORDS[word] < last:
            current += NUMBER_WORDS[word]
            last = 10 if NUMBER_WORDS[word] >= 20 else 1
            size = at + 1
        elif word in single and not (total or (size and current)):
            follows = words[at + 1] if at + 1 < len(words) else ""
            joins = 1 if follows in _PARTITIVE else 0
            joins += words[at + 2 : at + 3] in (["a"], ["an"]) and follows == "of"
            return at + 1 + joins, single[word]
        elif not (word == "and" and size):
            break
        at += 1
    digits = [NUMBER_WORDS.get(word, 10) for word in words[size + 1 :]] if size else []
    places = next((at for at, digit in enumerate(digits) if digit > 9), len(digits))
    if words[size : size + 1] == ["point"] and places:
        decimals = sum(digit / 10 ** (at + 1) for at, digit in enumerate(digits[:places]))
        return size + 1 + places, round(total + current + decimals, places)
    half = words[size : size + 3]
    if size and single and half[:2] == ["quarters", "of"]:
        return size + 2 + (half[2:] in (["a"], ["an"])), total + current / 4
    if size and half in (["and", "a", "half"], ["and", "a", "quarter"]):
        return size + 3, total + current + SINGLE[half[2]]
    return size, total + current
