"""Measures: the numbers and units in a text, and the terms beside them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, takewhile

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.knowledge import MAGNITUDES, NUMBER_WORDS, PATTERNS, TERMS, UNITS
from helpers.mock.simulated.texts import any_of
from helpers.mock.simulated.tokens import Span, Token, Words

MOST = 120
"""Of each finder, so that no text costs more than it may."""
_SIZES = dict[str, int]()
"""How many words the longest term has that begins with a word."""
for _head, *_rest in map(str.split, TERMS):
    _SIZES[_head] = max(_SIZES.get(_head, 0), len(_rest) + 1)
_DIGITS = re.compile(PATTERNS["number"], re.IGNORECASE)
_SCALES = MAGNITUDES | knowledge.SUFFIXES
_SCALE = re.compile(rf"(?:[ \u00a0-]?({any_of(MAGNITUDES)})|({any_of(knowledge.SUFFIXES)}))(?!\w)")
_UNIT = re.compile(rf"\b(?=\w)({any_of(UNITS)})(?!\w)", re.IGNORECASE)
_OF_UNIT = re.compile(rf"{PATTERNS['more']}[ \u00a0-]{{0,3}}({any_of(UNITS)})(?!\w)", re.IGNORECASE)
_ENGLISH, _EUROPEAN = str.maketrans({",": None}), str.maketrans({".": None, ",": "."})
_SIGN = re.compile(any_of(term for term in TERMS if len(term) == 1 and not term.isalnum()))
_NUMERAL = re.compile(r"\d[\d,]{0,40}(?:\.\d{1,40})?")
_AMOUNT = re.compile(PATTERNS["amount"], re.IGNORECASE)
_DICE = re.compile(PATTERNS["dice"].replace("NUMBER", any_of(NUMBER_WORDS)), re.I)
COUNTING = NUMBER_WORDS.keys() | MAGNITUDES.keys() | knowledge.SINGLE.keys()
_INCHES = 12
_SINGLY = frozenset(("time", "length", "mass", "volume", "data"))
INTO = frozenset(("to", "in", "into", "as", "many", "much"))
_LISTS = frozenset((",", ", and", "and", "or", "to", "by", "x", "×", "und", "et", "y"))
_JOINS = frozenset(("and", "y", "und", "et", "e"))


class Measures(Words):
    """What of a text can be measured, and what of it is a term of the tables."""

    def term_at(self, at: int) -> tuple[int, knowledge.Term | None]:
        """How many tokens make a term of the tables, and which."""
        tokens = self.tokens
        for size in range(min(_SIZES.get(tokens[at].lower, 0), len(tokens) - at), 0, -1):
            term = TERMS.get(" ".join(word.lower for word in tokens[at : at + size]))
            if term is not None and (size > 1 or self._is_term(tokens[at])):
                return size, term
        return 1, None

    def _is_term(self, token: Token) -> bool:
        """Whether a word is meant as the term, and not as the ordinary word that it is as well."""
        if token.lower in knowledge.ORDINARY:
            return token.text.isupper() and len(token.text) > 1
        return token.text != "may"

    def _numbers(self) -> Iterator[Span]:
        taken = [s for each in PATTERNS["numberless"].split() for s in self.found(each)]
        taken = [s for s in taken if not _AMOUNT.fullmatch(s.text)]
        found = list(islice(self._dice(), MOST))
        for span in (*islice(self._digits(), MOST), *islice(self._worded(), MOST)):
            if not any(map(span.meets, (*found, *taken))):
                found.append(span)
        found.sort(key=lambda span: span.start)
        yield from self._joined(found)
        # The sign of a currency is beside its number, or a part of it.
        for match in _SIGN.finditer(self.raw):
            term, at = TERMS[match[0]], match.start()
            yield Span("currency", match[0], term.value, at, at, code=term.value)

    def _dice(self) -> Iterator[Span]:
        for match in _DICE.finditer(self.raw):
            for part, unit in enumerate(("die", "sided"), 1):
                count = NUMBER_WORDS.get(match[part].lower()) or match[part] or 1
                yield self.cut("number", *match.span(part), int(count), unit=UNITS[unit])

    def _digits(self) -> Iterator[Span]:
        for match in _DIGITS.finditer(self.raw):
            sign, money, digits, old = match.groups()
            english = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|[^,]+", digits)
            plain = digits.translate(_ENGLISH if english else _EUROPEAN)
            over, _, under = plain.partition("/")
            value = float(over) / float(under or 1)
            value = -value if old or sign[:1].lower() in ("-", "−", "m") else value
            yield self._measured(value, match.start(1 if sign or money else 3), match.end(), money)

    def _measured(self, value: float, start: int, end: int, money: str = "") -> Span:
        """A number with the magnitude, the unit and the currency that stand beside it."""
        while scale := _SCALE.match(self.raw, end):
            if scale[2] == "K" and "temperature" in self.lowers:
                break  # so many kelvins
            value, end = value * _SCALES[scale[1] or scale[2]], scale.end()
        sign = _SIGN.match(money or self.raw[end : end + 2].strip())
        unit, at = _OF_UNIT.match(self.raw, end), self.index(end)
        term = TERMS[sign[0]] if sign else None
        if term is None and at < len(self.tokens) and not self.raw[end : self.starts[at]].strip():
            term = self.term_at(at)[1]
        code = term.value if term is not None and term.kind == "currency" else ""
        return self.cut("number", start, end, whole(value), unit=unit and _unit(unit), code=code)

    def _worded(self) -> Iterator[Span]:
        """Numbers in words: "two hundred and fifty", "half a", "a dozen", "two and a half"."""
        tokens, words = self.tokens, [token.lower for token in self.tokens]
        padded = ["", "", *words]
        for at, size, value in counts(words):
            before, sign = padded[at : at + 2]
            takes = before in NUMBER_WORDS or before[-1:].isdigit()  # "nine minus two"
            less = sign in ("minus", "negative") and not takes
            start, end = tokens[at - less].start, tokens[at + size - 1].end
            yield self._measured(-value if less else value, start, end)
        for at, word in enumerate(words):
            last = padded[at + 1]
            rate = last[-1:].isdigit() or last in COUNTING or last in knowledge.MEASURES
            if word in ("a", "an") and not rate:  # "120 a night", "30 hours a week"
                one = self._measured(1, tokens[at].start, tokens[at].end)
                if one.unit and one.unit.dimension in _SINGLY:
                    yield one

    def _joined(self, found: list[Span]) -> list[Span]:
        """Numbers of one dimension side by side as one: "1 minute and 20 seconds"."""
        joined: list[Span] = []
        for span in found:
            last = joined[-1] if joined else span
            gap = self.raw[last.end : span.start].lower().replace(",", "").split()
            if share := _share(last, span) if len(set(gap) - _JOINS) == 1 else 0:
                value = last.value + span.value * share
                joined[-1] = self.cut("number", last.start, span.end, value, unit=last.unit)
            else:
                joined.append(span)
        # Those that are listed before one with a unit have it too: "5 and 10 minutes".
        for at in range(len(joined) - 2, -1, -1):
            span, after = joined[at : at + 2]
            listed = self.raw[span.end : after.start].strip() in _LISTS
            dated = span.value >= 1000 and self.before(span, 1) == ["in"]  # "in 1980, 90 m²"
            if listed and after.unit and not (span.unit or span.code or dated):
                joined[at] = replace(span, unit=after.unit, code=after.code)
        return joined

    def units(self) -> Iterator[Span]:
        """The units of measure that are named, beside a number or not."""
        for match in _UNIT.finditer(self.raw):
            unit, at = _unit(match), self.index(match.start())
            before = self.tokens[at - 1].lower if at else "."
            meant = len(match[0]) > 2 or before[-1].isdigit() or before in INTO
            if meant and unit.dimension != "portion":
                yield self.cut("unit", *match.span(), unit=unit)


def _unit(match: re.Match[str]) -> knowledge.Unit:
    return UNITS[" ".join(match[1].lower().split())]


def _share(last: Span, span: Span) -> float:
    """What of the last number's unit the next number counts; 0 where it is a number of its own."""
    unit, other = last.unit, span.unit
    if unit == UNITS["foot"] and other is None and span.value < _INCHES:
        return 1 / _INCHES  # "5 feet 10"
    if unit is None or other is None:
        return float(unit is not None and span.value in (0.5, 0.25, 0.75))
    if (unit.name, other.name) == ("hour", "meter"):
        other = UNITS["minute"]  # "1h 20m"
    smaller = other.factor / unit.factor
    return smaller if other.dimension == unit.dimension and smaller < 1 else 0


def whole(number: float) -> int | float:
    """A number as an integer, where it is one."""
    is_whole = isinstance(number, float) and number.is_integer() and abs(number) < 1e15
    return int(number) if is_whole else number


def counts(
    words: list[str], single: dict[str, float] = knowledge.SINGLE
) -> Iterator[tuple[int, int, float]]:
    """Where words make a number, how many of them, and which number."""
    at = len(words) if COUNTING.isdisjoint(words) else 0
    while at < len(words):
        size, value = _counted(words[at : at + 12], single)
        if size:
            yield at, size, value
        at += size or 1


def _counted(words: list[str], single: dict[str, float]) -> tuple[int, float]:
    """How many words make a number, and which; `single` are those that are one by themselves."""
    for said in (words[:2], words[:1]):
        if " ".join(said) in single:
            size = len(said) + (words[len(said) : len(said) + 1] == ["of"])
            return size + (words[size : size + 1] in (["a"], ["an"])), single[" ".join(said)]
    total = current = 0.0
    size = first = 0
    last = 1e18
    if words[1:2] and words[1] in MAGNITUDES and (words[0] == "a" or _NUMERAL.fullmatch(words[0])):
        current, first = float(words[0].replace(",", "").replace("a", "1")), 1
    for at, word in enumerate(words[first:], first):
        if word in MAGNITUDES and at:
            last, size = MAGNITUDES[word], at + 1
            if last >= 1000:
                total, current = (total + current) * last, 0
            else:
                current = max(current, 1) * last
        elif NUMBER_WORDS.get(word, last) < last:
            current, size = current + NUMBER_WORDS[word], at + 1
            last = 10 if NUMBER_WORDS[word] >= 20 else 1
        elif not (word == "and" and size):
            break
    # "two point five"
    digits = [*takewhile(lambda word: NUMBER_WORDS.get(word, 10) < 10, words[size + 1 :])]
    if size and digits and words[size] == "point":
        places = "".join(f"{NUMBER_WORDS[word]:.0f}" for word in digits)
        return size + 1 + len(digits), float(f"{total + current:.0f}.{places}")
    if size and words[size : size + 3] in (["and", "a", "half"], ["and", "a", "quarter"]):
        return size + 3, total + current + knowledge.SINGLE[words[size + 2]]
    return size, total + current
