"""The few facts of the world, meanings and translations that a simulation answers from."""

import re
from functools import cache, reduce
from operator import getitem
from typing import Any

from helpers.mock.simulated import passages, tongues
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, flat, stem, stem_set, table, word_set, words

_INTO = re.compile(table("patterns")["almanac"]["into"], re.IGNORECASE | re.DOTALL)
_MEANT = re.compile(table("patterns")["almanac"]["meant"], re.IGNORECASE)
_WHY = "One of the few facts that a simulation has."


def _telling(text: str) -> frozenset[str]:
    found = {word.removesuffix("'s") for word in words(text)}
    return frozenset(map(stem, found - word_set("almanac", "small")))


def looked_up(turn: Turn) -> Said | None:
    """The answer to a question of general knowledge, if it is one of the few that are known."""
    asked = _telling(turn.ask)
    ways = (asked, *[asked - stem_set("almanac", beside) for beside in ("kinds", "defines")])
    known = next(filter(None, map(_facts().get, filter(None, ways))), None)
    fits = passages.kind(turn.ask) if known else None
    # "When does the sun set?" is not answered by where it does.
    off = known and ((fits and not fits(known[0])) or not (known[1] or _MEANT.search(turn.ask)))
    return Said(known[0], _WHY, short=known[1]) if known and not off else None


@cache
def _facts() -> dict[frozenset[str], tuple[str, str]]:
    """What is said, and in short, by the stems of the words that ask for it."""
    known, found = table("almanac"), list[tuple[str, str, str]]()
    cities = {city: of[0] for city, of in table("places")["cities"].items()}
    for fact in known["fact"]:
        found += [(ask, fact["say"], fact["short"]) for ask in fact["ask"]]
    for form in known["form"]:
        rows: Any = reduce(getitem, form["of"].split("."), known | {"cities": cities})
        for key, value in rows.items():
            the = "the " * (not {key, value}.isdisjoint(known["articles"]))
            parts = {"key": key, "title": key.title(), "value": value, "the": the}
            say, short = form["say"].format(**parts), form["short"].format(**parts)
            found += [(ask.format(**parts), say, short) for ask in form["ask"]]
    return {_telling(ask): (say, short) for ask, say, short in found[::-1]}


def translated(turn: Turn) -> Said | None:
    """A word or a phrase in another language, or that it is not known."""
    found = _INTO.search(turn.text[:500].strip()) if tongues.named(turn.text) else None
    if found is None and turn.data and "translate" in words(turn.ask):
        found = _INTO.search(f"translate {turn.data} {turn.ask[turn.ask.lower().find('to ') :]}")
    if found is None or found["language"].lower() not in tongues.names():
        return None
    language, plain = found["language"].capitalize(), flat(found["text"]).strip()
    other = table("almanac")["translate"].get(language, {}).get(plain, "")
    text = f"“{plain}” is “{other}” in {language}."
    text = text if other else f"Offline I know only a few words of {language}, and not “{plain}”."
    return Said(text, _WHY, short=other)
