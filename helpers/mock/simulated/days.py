"""Days and times: which date, which weekday, how long between, from those that the user names."""

import re
from calendar import monthrange
from datetime import date

from helpers.mock.simulated import passages
from helpers.mock.simulated.arithmetic import digits, written
from helpers.mock.simulated.find import Span, Text, today_in
from helpers.mock.simulated.knowledge import RELATIVE
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, asks, flat, has, table, word_set, words

_WHY = "Days and hours can be counted."
_LEAP = re.compile(r"\b(\d{3,4})\b.{0,40}\bleap year|\bleap year.{0,20}?\b(\d{3,4})\b")
_SHIFT = re.compile(table("patterns")["days"]["shift"])
_MANY = re.compile(r"\bhow many (day|night|week|year)s?\b|\bhow (long|old)\b")
_YEAR = re.compile(r"(?<![\d.-])(1[5-9]\d\d|20\d\d)(?!\d|[.-]\d)")


def told(turn: Turn) -> Said | None:
    """The answer to a question about a day or a time of day; None where none is named."""
    asked = len(turn.text) < 1_000 and asks(turn.ask)
    if not asked or not has(turn.flat, table("days")["asked"]):
        return None
    today = today_in(turn.prompt.messages)
    ways = (way(turn, today) for way in (_leap, _years, _between, _named, _clock))
    return next((Said(text, _WHY, short=short) for text, short in ways if text), None)


def _dates(text: str, today: date | None) -> list[Span]:
    """The days that a text names; those relative to today only where it is known."""
    if name := has(flat(text), table("days")["holidays"]):
        text = re.sub(name, table("days")["holidays"][name], text, flags=re.IGNORECASE)
    spans = Text(text, today=today).spans("date")
    return [span for span in spans if today or re.search(r"\d", span.text)]


def _day(span: Span) -> date:
    return date.fromisoformat(str(span.value)[:10])


def _leap(turn: Turn, _: date | None) -> tuple[str, str]:
    if (found := _LEAP.search(turn.ask.lower())) is None:
        return "", ""
    year = int(found[1] or found[2])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    sure = "Yes" if leap else "No"
    return f"{sure}, {year} is {'' if leap else 'not '}a leap year.", sure


def _years(turn: Turn, _: date | None) -> tuple[str, str]:
    """ "I was born in 1990. How old was I in 2024?" """
    told = turn.text if _YEAR.search(turn.text) else " ".join(turn.said_by("user"))
    many, years = _MANY.search(turn.ask.lower()), sorted({*map(int, _YEAR.findall(told))})
    if many is None or (many[1] != "year" and many[2] != "old") or len(years) != 2:
        return "", ""
    return f"{years[1]} - {years[0]} = {years[1] - years[0]}.", str(years[1] - years[0])


def _between(turn: Turn, today: date | None) -> tuple[str, str]:
    """ "I arrive on 12 June and leave on 17 June. How many nights is that?" """
    many, texts = _MANY.search(turn.ask.lower()), (turn.ask, turn.text, *turn.said_by("user")[:1])
    if many is None or many[1] == "year" or many[2] == "old":
        return "", ""
    found = next((d for t in texts if len(d := _dates(t, today)) > 1), _dates(turn.ask, today))
    ends = [(span.text, _day(span)) for span in found]
    if len(ends) == 1 and today and has(turn.flat, table("days")["until"]):
        ends.insert(0, ("today", today))
    if len(ends) != 2:
        return "", ""
    (first, start), (last, end) = ends
    if end < start and not _YEAR.search(turn.text) and end.year < date.max.year:
        year = end.year + 1  # "from 20 December to 5 March"
        end = date(year, end.month, min(end.day, monthrange(year, end.month)[1]))
    days = (end - start).days
    unit = many[1] or "day"
    size = table("days")["units"][unit]
    if days < 0 or days % size:
        unit, size = "day", 1
    count = written(abs(days) // size)
    return f"From {first} to {last} it is {count} {unit}{'' if count == '1' else 's'}.", count


def _named(turn: Turn, today: date | None) -> tuple[str, str]:
    """ "What is tomorrow's date?", "What day is two weeks after 3 May 2026?" """
    ask = re.sub("['’]s ", " ", digits(turn.ask))
    shift, found = _SHIFT.search(ask.lower()), _dates(ask, today)
    parts = {word for text in (*(span.text for span in found), shift[0] if shift else "")
             for word in words(text)}  # fmt: skip
    known = word_set("memory", "small") | word_set("days", "beside") | RELATIVE.keys() | parts
    asked = has(turn.flat, table("days")["day"]) and not _MANY.search(turn.ask.lower())
    if not asked or set(words(ask)) - known or not (found or today):
        return "", ""
    day = _day(found[-1]) if found else today or date.min
    name = found[0].text if found else "today"
    if shift and shift[0] not in name.lower():
        days = int(shift[1] if shift[1].isdigit() else 1) * table("days")["units"][shift[2]]
        days = day.toordinal() + (days if shift[3] in word_set("days", "after") else -days)
        if not 1 <= days <= date.max.toordinal():
            return "", ""
        day = date.fromordinal(days)
        name = "that"
    if re.search(r"\d{4}", name):
        return f"{name} is a {day:%A}.", f"{day:%A}"
    weekday = has(turn.flat, ("day of the week", "weekday"))
    told = f"{name[:1].upper()}{name[1:]} is {day:%A}, {day.day} {day:%B} {day.year}."
    return told, f"{day:%A}" if weekday else day.isoformat()


def _clock(turn: Turn, _: date | None) -> tuple[str, str]:
    """ "A film starts at 1:30 pm and lasts 105 minutes. When does it end?" """
    times, units = Text(turn.text).spans("time"), table("days")["minutes"]
    minutes = [hour * 60 + minute for hour, minute in
               (map(int, str(span.value).split(":")[:2]) for span in times)]  # fmt: skip
    names = [span.text.rstrip(".") for span in times]
    lasts = sum(n * units[unit] for n, unit in passages.measures(turn.text) if unit in units)
    if len(times) == 1 and lasts and has(turn.flat, table("days")["ends"]):
        hour, minute = divmod((minutes[0] + int(lasts)) % 1440, 60)
        half = re.search(r"\b[ap]\.?m\b", turn.text.lower())
        shown = f"{(hour - 1) % 12 + 1}:{minute:02} {'pm' if hour > 11 else 'am'}"
        shown = shown if half else f"{hour:02}:{minute:02}"
        return f"{names[0]} and {written(lasts)} minutes make {shown}.", shown
    if len(times) == 2 and not lasts and has(turn.flat, table("days")["lasts"]):
        parts = zip(divmod((minutes[1] - minutes[0]) % 1440, 60), ("hour", "minute"), strict=True)
        shown = " and ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)
        return f"From {names[0]} to {names[1]} it is {shown}.", shown
    return "", ""
