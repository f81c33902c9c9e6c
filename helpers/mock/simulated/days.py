"""Days: the days and the times of day in a text.

How people say them is data, `data/calendar.toml`: forms in order, with tables for their words.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile

from helpers.mock.simulated.knowledge import LISTING, NUMBER_WORDS
from helpers.mock.simulated.texts import any_of, formed, table
from helpers.mock.simulated.tokens import Span, Words

TODAY = date(2025, 1, 1)
"""The mock's today, where a conversation does not say which day it is."""

_DATA = table("calendar")
_SAY: dict[str, dict[str, int]] = {
    name: {word: int(meant) for meant, line in lines.items() for word in line.split(", ")}
    for name, lines in _DATA["words"].items()
}
"""What the words of each table mean."""
_SAY["count"] |= {word: int(number) for word, number in NUMBER_WORDS.items()}
ORDINALS = _SAY["ordinal"]
_MEANT = {word: meant for words in _SAY.values() for word, meant in words.items()}
_HEADS = {
    name: frozenset(re.split(r"[ .]|'s", w)[0] for of in line.split() for w in _SAY.get(of, (of,)))
    for name, line in _DATA["heads"].items()
}
"""The words that the forms of a table may begin with."""
# The end of a word, which words of Chinese and Japanese have anywhere.
_END = r"(?![^\W\u2e80-\uffff])"
_DIGITS = re.compile(r"\d+")
UNTIL = re.compile(r"\s?(?:[-–—]|to|until|till|through)\s?", re.I)
_NOON = 12
_TEATIME = 5
"""What is said to be at five, with no more, is in the afternoon; at nine, in the morning."""


_STAND = _DATA["forms"] | {name.upper(): any_of(words) for name, words in _SAY.items()}


def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(formed(form, _STAND).replace(" ", r"(?:,?\s{1,3})") + _END, re.I)


_FORMS = {name: [*map(_compiled, _DATA[name].values())] for name in ("dates", "times")}


def _found(text: Words, name: str) -> Iterator[re.Match[str]]:
    """What the forms of a table find in a text."""
    done = 0
    for token in text.tokens:
        if token.start >= done and (token.lower[0].isdecimal() or token.lower in _HEADS[name]):
            matches = (form.match(text.raw, token.start) for form in _FORMS[name])
            if match := next(filter(None, matches), None):
                done = match.end()
                yield match


def _said(match: re.Match[str]) -> dict[str, int]:
    """What the parts of a form say, as numbers."""
    said = dict[str, int]()
    for part, word in match.groupdict(default="").items():
        if number := _DIGITS.search(word):
            said[part] = int(number[0])
        elif word:
            said[part] = _MEANT[" ".join(word.lower().replace("’", "'").replace(",", " ").split())]
    return said


def dates(text: Words) -> Iterator[Span]:
    """The days that a text speaks of, in ISO form; relative ones count from its today."""
    end, last = 0, date.max
    for match in _found(text, "dates"):
        said = _said(match)
        days = [(said, *match.span())]
        if "first" in said:  # "14 to 16 September" leaves its month to the last
            first = (said | {"day": said["first"]}, match.start(), match.end("first"))
            days = [first, (said, match.start("day"), match.end())]
        for each, start, stop in days:
            with suppress(ValueError, OverflowError):
                value = _day(each, text)
                if value < last < date.max and UNTIL.fullmatch(text.raw, end, start):
                    value += timedelta(7)  # "Monday to Wednesday", on a Tuesday
                end, last = stop, value
                yield text.cut("date", start, stop, value.isoformat())


def _day(said: dict[str, int], text: Words) -> date:
    """The day that the parts of a form say."""
    today, count = text.today or TODAY, said.get("count", 1) * said.get("way", 1)
    if "day" in said or "feast" in said:
        return _of_month(said, _months_on(today, 0), text.year)
    days = said.get("relative", 0) + 7 * said.get("weeks", 0) + count * said.get("unit", 0)
    if "weekday" in said:
        ahead = said["weekday"] - today.weekday()
        # "Next week on Monday", "last Monday", or the next one.
        week = ahead + 7 if "shift" in said else (ahead % 7 - 7 if said.get("lead") else 0)
        days += week or (ahead - 1) % 7 + 1
    return _months_on(today, count * said.get("period", 0)) + timedelta(days)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _of_month(said: dict[str, int], today: date, year: int | None) -> date:
    """A day of a month: of this year or month, or of the next where it is over."""
    month, day = divmod(said["feast"], 100) if "feast" in said else (said.get("month"), said["day"])
    if "year" in said:
        year = said["year"] if said["year"] > 99 else 2000 + said["year"]
    if not month:
        value = _months_on(today.replace(day=1), said.get("period", 0)).replace(day=day)
        return value if value >= today else _months_on(value, 1)
    value = date(year or today.year, month, day)
    return value if value >= today or year else _months_on(value, 12)


def times(text: Words) -> Iterator[Span]:
    """The times of day in a text, as hours, minutes and, where they are said, seconds."""
    for match in _found(text, "times"):
        said, span = _said(match), text.cut("time", *match.span())
        if (hour := _hour(said, said.get("half", _half(text, span)))) is not None:
            of_day = (hour * 60 + said.get("minute", 0) - said.get("less", 0)) % (24 * 60)
            second = f":{said['second']:02}" if "second" in said else ""
            yield replace(span, value=f"{of_day // 60:02}:{of_day % 60:02}{second}")


def _half(text: Words, span: Span) -> int | None:
    """The half of the day that a time is in, by the words near it."""
    after = takewhile(lambda word: word not in LISTING, text.after(span))
    near = (*after, *text.before(span, 6)[::-1])
    return next((_SAY["near"][word] for word in near if word in _SAY["near"]), None)


def _hour(said: dict[str, int], late: int | None) -> int | None:
    """The hour of the day; none where it may be of either half, or be no hour."""
    hour = said.get("exact", said.get("bare", said.get("hour", 0)))
    if hour > _NOON or (late is None and "exact" in said):
        return hour
    if late is None and "bare" in said and _TEATIME < hour < 9:
        return None
    if late is None:
        late = int(hour <= _TEATIME or hour == _NOON)
    if hour % _NOON > said.get("other", 11) % _NOON:
        late = 0  # "11 to 1 pm"
    return hour % _NOON + _NOON * late
