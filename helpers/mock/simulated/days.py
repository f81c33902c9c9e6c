"""Days: the days and the times of day in a text.

How people say them is data, `data/calendar.toml`: forms in order, with tables for their words.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

from helpers.mock.simulated.knowledge import LISTING
from helpers.mock.simulated.texts import table
from helpers.mock.simulated.tokens import Span, Words

TODAY = date(2025, 1, 1)
"""The mock's today, where a conversation does not say which day it is."""

_DATA = table("calendar")
_SAY: dict[str, dict[str, Any]] = {
    name: {
        word: int(meant) if meant.lstrip("-").isdecimal() else meant
        for meant, line in lines.items()
        for word in line.split(", ")
    }
    for name, lines in _DATA["words"].items()
}
"""What the words of each table mean."""
_HEADS = frozenset(re.split(r"[ .]|'s", word)[0] for each in _SAY.values() for word in each)
_HEADS |= frozenset(_DATA["heads"].split())
_CAPITALS = re.compile(r"(?<![A-Za-z_\\])[A-Z]{2,}(?![a-z])")
_BLANK = r"(?:,?\s{1,3})"
# The end of a word, which words of Chinese and Japanese have anywhere.
_END = r"(?![^\W\u2e80-\uffff])"
_UNTIL = re.compile(r"\s?(?:[-–—]|to|until|till|through)\s?", re.I)
_DIGITS = re.compile(r"\d+")
Place = tuple[int, int]
_NOON = 12
_TEATIME = 5
"""What is said to be at five, with no more, is in the afternoon; at nine, in the morning."""
_OPEN = range(_TEATIME + 1, 9)


def _listed(words: Iterable[str]) -> str:
    longest = sorted(words, key=lambda word: -len(word))
    return rf"(?:{'|'.join(longest)})".replace(".", r"\.").replace("'", "['’]")


def _compiled(name: str) -> re.Pattern[str]:
    """The forms of a table as one pattern: a group each, which begins the names of its parts."""
    stand = _DATA["forms"] | {each.upper(): _listed(words) for each, words in _SAY.items()}
    forms = []
    for key, form in _DATA[name].items():
        while found := _CAPITALS.search(form):
            form = form.replace(found[0], stand[found[0]])
        named = re.sub(r"(?<=\(\?P<)", f"{key}_", form).replace(" ", _BLANK)
        forms.append(f"(?P<{key}>{named})")
    return re.compile(rf"(?:{'|'.join(forms)}){_END}")


_FORMS = {name: _compiled(name) for name in ("dates", "times")}
_PARTS: dict[str | None, list[tuple[str, str]]] = {}
"""The names of the groups of each form, and of the parts that they are."""
for _form in _FORMS.values():
    for _group in _form.groupindex:
        _PARTS.setdefault(_group.partition("_")[0], []).append((_group, _group.partition("_")[2]))
_PART = re.compile(rf"\s{{1,3}}(?P<part>{_listed(_SAY['part'])})")


def _found(text: Words, name: str) -> Iterator[tuple[dict[str, str], dict[str, Place]]]:
    """What the forms of a table find in a text: what each part says, and where; "" is the whole."""
    raw, done = text.raw.lower(), 0
    if len(raw) != len(text.raw):
        return  # some letters are longer in lower case
    for token in text.tokens:
        head = token.lower
        if token.start < done or not (head[0].isdecimal() or head in _HEADS):
            continue
        if match := _FORMS[name].match(raw, token.start):
            done = match.end()
            parts = [(key, part) for key, part in _PARTS[match.lastgroup] if match[key]]
            yield (
                {part: match[key] for key, part in parts},
                {part: match.span(key) for key, part in parts},
            )


def dates(text: Words) -> Iterator[Span]:
    """The days that a text speaks of, in ISO form; relative ones count from its today."""
    end, last = 0, date.max
    for said, places in _found(text, "dates"):
        # "14 to 16 September" leaves its month to the last.
        named = {said[key]: places[key] for key in ("first", "day") if "first" in said}
        for day, place in (named or {said.get("day", ""): places[""]}).items():
            try:
                value = _day(said, day, text.today or TODAY, text.year)
                if value < last < date.max and _UNTIL.fullmatch(text.raw, end, place[0]):
                    value += timedelta(7)  # "Monday to Wednesday", on a Tuesday
            except (ValueError, OverflowError):
                continue
            end, last = place[1], value
            yield Span("date", text.raw[slice(*place)], value.isoformat(), *place)


def _day(said: dict[str, str], day: str, today: date, year: int | None) -> date:
    """The day that the parts of a form say; `day` is that of the month."""
    number = _number("count", said.get("count", "0"))
    if "weekday" in said and not day:
        return today + timedelta(_ahead(said, today) + 7 * number)
    if "relative" in said:
        return today + timedelta(_SAY["relative"][said["relative"]] + 7 * number)
    number = -number if said.get("way") == "ago" else number
    if "period" in said:
        return _months_on(today, number * _SAY["period"][said["period"]])
    if "unit" in said:
        return today + timedelta(number * _SAY["unit"][said["unit"]])
    return _of_month(said, day, today, year)


def _number(name: str, said: str) -> int:
    return int(said if said.isdecimal() else _SAY[name][said])


def _ahead(said: dict[str, str], today: date) -> int:
    """How many days from today a day of the week is."""
    weekday: int = (_SAY["short"] | _SAY["weekday"])[said["weekday"]]
    if re.search("next week|following", said.get("shift", "")):
        return weekday - today.weekday() + 7
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    if said.get("lead", "").endswith(("last", "past")):
        return ahead % 7 - 7
    return ahead + 7 * ("shift" in said)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _of_month(said: dict[str, str], day: str, today: date, year: int | None) -> date:
    """A day of a month: of this year or month, or of the next where it is over."""
    month = said.get("month", "")
    if "feast" in said:
        month, _, day = _SAY["feast"][said["feast"]].partition("-")
    year = 2000 + int(said["year"][-2:]) if "year" in said else year
    first = _months_on(today.replace(day=1), said.get("next") == "next")
    if month:
        first = date(year or today.year, _number("month", month), 1)
    if digits := _DIGITS.match(day):
        number = int(digits[0])
    else:
        number = _SAY["ordinal"].get(day) or monthrange(first.year, first.month)[1]
    value = first.replace(day=number)
    if value < today and not (month and year):
        return _months_on(value, 12 if month else 1)
    return value


def times(text: Words) -> Iterator[Span]:
    """The times of day in a text, as hours and minutes."""
    for said, places in _found(text, "times"):
        start, end = places[""]
        part = _PART.match(text.raw.lower(), end)
        end = part.end() if part else end
        span = Span("time", text.raw[start:end], "", start, end)
        late = _SAY["part"][part["part"]] if part else _half(said, text, span)
        hour = _SAY["named"][said["named"]] if "named" in said else _hour(said, late)
        if hour is not None:
            minute = _number("minutes", said.get("minute", "0"))
            minute -= _number("minutes", said.get("less", "0"))
            of_day = (hour * 60 + minute) % (24 * 60)
            yield replace(span, value=f"{of_day // 60:02}:{of_day % 60:02}")


def _half(said: dict[str, str], text: Words, span: Span) -> bool | None:
    """Whether a time is in the second half of the day, by its mark or by the words near it."""
    if "half" in said:
        return said["half"][0] == "p"
    after = takewhile(lambda word: word not in LISTING, text.after(span))
    near = [_SAY["near"].get(word) for word in (*after, *text.before(span)[::-1])]
    told = [late for late in near if late is not None][:1]
    if not (told or "exact" in said):
        told = list({late for word, late in _SAY["about"].items() if word in text.lowers})
    return bool(told[0]) if len(told) == 1 else None


def _hour(said: dict[str, str], late: bool | None) -> int | None:
    """The hour of the day; none where it may be of either half."""
    hour = _number("hour", said.get("exact") or said.get("bare") or said["hour"])
    if hour > _NOON or (late is None and "exact" in said):
        return hour
    if late is None and "bare" in said and hour in _OPEN:
        return None
    if "other" in said and hour % _NOON > _number("hour", said["other"]) % _NOON:
        late = False  # "11 to 1 pm"
    late = hour <= _TEATIME or hour == _NOON if late is None else late
    return hour % _NOON + _NOON * late


def numeric(span: Span) -> Iterator[Span]:
    """A day in figures, with the time of day if it has one: with slashes its month is first."""
    day, _, time = span.text.partition("T")
    year, month, number = re.split(r"[-./]", day)
    if len(year) < 4:
        year, number = number, year
        if "/" in day:
            month, number = number, month
    if int(month) > _NOON:
        month, number = number, month
    year = f"20{year}" if len(year) == 2 else year
    value = f"{year}-{int(month):02}-{int(number):02}"
    yield replace(span, value=value)
    if time:
        yield replace(span, kind="datetime", value=span.text)
