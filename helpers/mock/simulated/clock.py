"""Clock: the times of day that a text says in words, such as "half past seven in the evening"."""

from collections.abc import Iterator

from helpers.mock.simulated.knowledge import CLOCK, NUMBER_WORDS

_MOST_WORDS = 4


def spoken(words: list[str]) -> Iterator[tuple[int, int, str]]:
    """Each time: the words from one to another, and what it is as HH:MM."""
    at = 0
    while at < len(words):
        end, minutes = _time(words, at)
        if end > at:
            size, late = part_of_day(words, end)
            hour, minute = divmod(minutes % (24 * 60), 60)
            if size and late is not None:
                hour = hour % 12 + (12 if late else 0)
            yield at, end + size, f"{hour:02}:{minute:02}"
            at = end + size
        else:
            at += 1


def part_of_day(words: list[str], at: int) -> tuple[int, bool | None]:
    """How many words say which half of the day is meant, and whether it is the second."""
    for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
        late = CLOCK["parts"].get(" ".join(words[at : at + size]))
        if late is not None:
            return size, bool(late)
    return 0, None


def _time(words: list[str], at: int) -> tuple[int, int]:
    """Where a time that begins at a word ends, and its minutes since midnight."""
    end, count, sure = _minutes(words, at)
    if end > at and end < len(words) and (sign := CLOCK["signs"].get(words[end])) is not None:
        hour = _number(words, end + 1, 12)
        # "Five to ten people" is no time.
        sure = sure or words[end] == "past" or bool(part_of_day(words, end + 2)[0])
        if hour is not None and sure:
            return end + 2, hour * 60 + sign * count
    hour = _number(words, at, 12)
    if hour is None:
        return at, 0
    if at + 1 < len(words) and words[at + 1] in CLOCK["hours"]:
        return at + 2, hour * 60
    # A bare number is a time only where a part of the day follows.
    minute = _number(words, at + 1, 59) or 0
    end = at + (2 if minute >= 10 else 1)
    return (end, hour * 60 + minute * (end - at - 1)) if part_of_day(words, end)[0] else (at, 0)


def _minutes(words: list[str], at: int) -> tuple[int, int, bool]:
    """Where minutes that begin at a word end, how many, and whether they can be nothing else."""
    start = at + (words[at] == "a" and at + 1 < len(words))
    named = CLOCK["fractions"].get(words[start])
    if named is not None:
        return start + 1, named, True
    count = _number(words, at, 59)
    if count is None:
        return at, 0, False
    said = at + 1 < len(words) and words[at + 1] in CLOCK["minutes"]
    return at + 1 + said, count, said


def _number(words: list[str], at: int, most: int) -> int | None:
    if at >= len(words):
        return None
    word = words[at]
    value = int(word) if word.isdecimal() and len(word) < 3 else NUMBER_WORDS.get(word)
    return int(value) if value is not None and 1 <= value <= most and value == int(value) else None
