"""The few facts of the world, meanings and translations that a simulation answers from."""

import re
from collections.abc import Iterator
from functools import cache

from helpers.mock.simulated import tongues
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, flat, listing, stem, table, word_set, words

_MEANS = re.compile(table("patterns")["almanac"]["means"])
_INTO = re.compile(table("patterns")["almanac"]["into"], re.IGNORECASE | re.DOTALL)
_ORDER = re.compile(table("patterns")["almanac"]["order"])
_WHY = "One of the few facts that a simulation has."


def looked_up(turn: Turn) -> Said | None:
    """The answer to a question of general knowledge, if it is one of the few that are known."""
    if (said := _listed(turn.ask, turn.prompt.variant)) is not None:
        return said
    skills = (_fact, _next, _meaning)
    return next((said for skill in skills if (said := skill(turn.ask)) is not None), None)


def _telling(text: str) -> list[str]:
    small = word_set("almanac", "small")
    found = (word.removesuffix("'s") for word in words(text))
    return [word for word in found if word and word not in small]


def _listed(text: str, variant: int = 0) -> Said | None:
    """ "Name three planets": the first of a list, or all of it."""
    said = words(digits(text))
    known = table("almanac")["lists"]
    kind = next((word for word in said if word in known), "")
    if not kind:
        return None
    beside = word_set("almanac", "lists_beside") | word_set("almanac", "small")
    if any(w != kind and not w.isdigit() and w not in beside for w in said):
        return None
    items = known[kind].split(", ")
    shift = variant * next((int(word) for word in said if word.isdigit()), 0) % len(items)
    items = items[shift:] + items[:shift]
    whole = kind in word_set("almanac", "lists_whole")
    if whole and {"how", "many"} <= set(said):
        return Said(f"There are {len(items)}: {listing(items)}.", _WHY, short=str(len(items)))
    count = next((int(word) for word in said if word.isdigit()), len(items) if whole else 0)
    if not 0 < count <= len(items) or not {"list", "name", "give", "tell", "are", "write"} & set(
        said
    ):
        return None
    return Said(f"{listing(items[:count])}.", _WHY, items=tuple(items[:count]))


def _fact(text: str) -> Said | None:
    asked = frozenset(stem(word) for word in _telling(text))
    said, short = _facts().get(asked) or _facts().get(asked - _kinds()) or ("", "")
    return Said(said, _WHY, short=short) if said else None


@cache
def _kinds() -> frozenset[str]:
    return frozenset(map(stem, word_set("almanac", "kinds")))


@cache
def _facts() -> dict[frozenset[str], tuple[str, str]]:
    """What is said, and in short, by the stems of the words that ask for it."""
    known, found = table("almanac"), list[tuple[str, str, str]]()
    for fact in known["fact"]:
        found += [(ask, fact["say"], fact["short"]) for ask in fact["ask"]]
    for country, capital in known["capitals"].items():
        the = "the " if country in known["articles"] else ""
        so = f"{capital} is the capital of {the}{country}."
        found += [
            (f"capital {country}", f"The capital of {the}{country} is {capital}.", capital),
            (f"capital {country} {capital}", f"Yes, {so}", "Yes"),
            (f"capital {capital}", so, country),
        ]
    for verb, works in known["works"].items():
        for work, maker in works.items():
            name = work if verb == "discovered" else work.title()
            cues = (verb, f"{stem(verb)}er", *known["verbs"][verb].split())
            found += [(f"{cue} {work}", f"{maker} {verb} {name}.", maker) for cue in cues]
    return {frozenset(map(stem, _telling(ask))): (say, short) for ask, say, short in found[::-1]}


def _next(text: str) -> Said | None:
    found = _ORDER.search(text.lower())
    if found is None or found["kind"].removesuffix("s") not in table("almanac")["order"]:
        return None
    names = table("almanac")["order"][found["kind"].removesuffix("s")].split()
    lower = [name.lower() for name in names]
    if found["of"] not in lower:
        return None
    before = found["way"] == "before"
    name = names[(lower.index(found["of"]) + (-1 if before else 1)) % len(names)]
    of = names[lower.index(found["of"])]
    return Said(f"{name} comes {'before' if before else 'after'} {of}.", _WHY, short=name)


def _meaning(text: str) -> Said | None:
    known = table("almanac")["meanings"]
    if not any(word in known or word.removesuffix("s") in known for word in words(text)):
        return None
    plain = " ".join(text.lower().replace("’", "'").strip(" .?!").split())
    found = _MEANS.fullmatch(re.sub(r"^(?:please|can you|could you) ", "", plain))
    word = found["word"] if found else ""
    for form in (word, word.removesuffix("s")):
        if means := known.get(form):
            return Said(f"“{form}” means: {means}.", _WHY)
    return None


def translated(turn: Turn) -> Said | None:
    """A word or a phrase in another language, or that it is not known."""
    if tongues.names().keys().isdisjoint(words(turn.text)):
        return None
    found = _INTO.search(turn.text[:500].strip())
    if found is None and turn.data and "translate" in words(turn.ask):
        found = _INTO.search(f"translate {turn.data} {turn.ask[turn.ask.lower().find('to ') :]}")
    known = table("almanac")["translate"]
    if found is None or found["language"].capitalize() not in {
        each["english"] for each in table("languages").values()
    }:
        return None
    language = found["language"].capitalize()
    plain = flat(found["text"]).strip()
    for phrase, other in _pieces(known.get(language, {}), plain):
        return Said(f"“{phrase}” is “{other}” in {language}.", _WHY, short=other)
    return Said(f"Offline I know only a few words of {language}, and not “{plain}”.", _WHY)


def _pieces(known: dict[str, str], plain: str) -> Iterator[tuple[str, str]]:
    """The phrase itself, or with "in" and a place after it."""
    if plain in known:
        yield plain, known[plain]
    head, place_word, place = plain.rpartition(" in ")
    if place_word and head in known and "in" in known:
        yield plain, f"{known[head]} {known['in']} {place.title()}"
