"""The things that a result is about: the items of a list, what names each, which are meant."""

import re
from functools import cache
from typing import Any

from helpers.mock.simulated.knowledge import STOP_STEMS, stems
from helpers.mock.simulated.texts import by_word, name_words, stem, table, word_set, words

_NUMBER = re.compile(r"[€$£]?-?\d{1,15}(?:\.\d{1,9})?[€%]?")
_HUGE = 1e300
"""No measure: JSON may have whole numbers of any length, infinity, and what is no number."""
_MOMENT = re.compile(r"\d{4}-\d\d(?:-\d\d.{0,20})?|[012]?\d:\d\d.{0,10}")


def keys(name: str) -> frozenset[str]:
    """The keys of results that have a meaning of this name."""
    return word_set("results", name)


def unwrapped(value: Any) -> Any:
    """What is inside `{"result": ...}` and the like, if nothing else is."""
    while isinstance(value, dict) and len(value) == 1 and not keys("wrappers").isdisjoint(value):
        [value] = value.values()
    return value


def number(value: Any) -> float | None:
    """The number that a value is, or that it is written as: "8.00", "$4"."""
    if type(value) in (int, float):
        return float(value) if abs(value) < _HUGE else None
    text = value if isinstance(value, str) else ""
    return float(text.strip("€$£%")) if _NUMBER.fullmatch(text) else None


def records(value: Any) -> list[dict[str, Any]]:
    """The things that a result is about: the items of its list, or of the only list in it."""
    value = unwrapped(value)
    parts = value.values() if isinstance(value, dict) else [value]
    lists = [part for part in parts if isinstance(part, list)]
    items = lists[0] if len(lists) == 1 else []
    found = [{"name": item} if isinstance(item, str) else item for item in items]
    return [item for item in found if isinstance(item, dict)]


def label(item: dict[str, Any]) -> str | None:
    """The key that names a thing: the usual ones, else its first text."""
    texts = [k for k in item if isinstance(item[k], str) and k not in keys("unit_keys")]
    return next((k for k in texts if k in keys("subjects")), texts[0] if texts else None)


def says(value: Any, asked: str) -> bool:
    """Whether a text has one of the texts in a value."""
    texts = (text for text in leaves(value) if isinstance(text, str) and text[1:])
    return any(text.lower() in asked.lower() for text in texts)


def leaves(value: Any) -> list[Any]:
    """The plain values in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]


# Which of their keys, and which of them


def key_parts(key: str) -> set[str]:
    """The stems of the words of a key."""
    return {*map(stem, name_words(key))}


@cache
def about(name: str) -> frozenset[str]:
    """The stems of the words of keys that are about this."""
    return stems(table("results")["about"][name].partition("|")[0])


@cache
def _asked() -> dict[str, frozenset[str]]:
    """By each stem of a word that asks after something, those of the keys that are about it."""
    lines = ((name, *line.split("|")) for name, line in table("results")["about"].items())
    return by_word((stems(asks if name in keys("vague") else f"{told} {asks}"), about(name))
                   for name, told, asks in lines)  # fmt: skip


def word_forms(word: str) -> frozenset[str]:
    """The stem of a word of a question, and of the words of keys that are about the same."""
    return _asked().get(stem(word), frozenset()) | {stem(word)}


def meant(found: list[str], said: tuple[str, ...]) -> list[str]:
    """The keys that a question names: by a word of theirs, else by one that is about the same.

    "Who" and "where" say more of what is asked for than other words do.
    """
    plain, vague = {stem(word) for word in said} - STOP_STEMS, {*said} & keys("vague")
    ways = [plain, *(set[str]().union(*map(word_forms, some)) for some in (vague, said))]
    return next((some for of in ways if (some := [k for k in found if key_parts(k) & of])), [])


def alike(items: list[Any], said: tuple[str, ...]) -> list[Any]:
    """The only item that has a telling word in common with a text: "the one about paint"."""
    asks = set(map(stem, said)) - STOP_STEMS
    texts = [" ".join(map(str, leaves(item))) for item in items]
    found = [item for item, text in zip(items, texts, strict=True)
             if asks & {stem(word) for word in words(text)}]  # fmt: skip
    return found if len(found) == 1 else []


def _compared(items: list[Any], key: str) -> list[tuple[Any, int]]:
    """What the items have under a key, each with its place: numbers, or dates and times."""
    found = list[tuple[Any, int]]()
    for place, item in enumerate(items):
        value = item.get(key) if isinstance(item, dict) else None
        moment = isinstance(value, str) and _MOMENT.fullmatch(value)
        found.append((str(value).zfill(5) if moment else number(value), place))
    found = [each for each in found if each[0] is not None]
    return found if len({type(value) for value, _ in found}) == 1 else []


def ranked(items: list[Any], said: tuple[str, ...]) -> tuple[str, str, list[int]] | None:
    """By which key and word a question compares items, and their places, the best first."""
    every = dict.fromkeys(key for item in items if isinstance(item, dict) for key in item)
    found = [k for k in every if k.lower()[-2:] != "id" and len(_compared(items, k)) > 1]
    for scale in table("results")["scale"] if found else ():
        fits = [k for k in found if "of" not in scale or key_parts(k) & about(scale["of"])]
        key = next(iter(meant(fits, said) or (fits if "of" in scale or len(fits) == 1 else ())), "")
        met = ((w, way) for way in ("more", "less") for w in said if w in scale[way].split())
        for word, way in met if key else ():
            # "Less expensive" is cheaper.
            turns = "of" in scale and not {"less", "least"}.isdisjoint(said)
            best = sorted(_compared(items, key), reverse=(way == "more") != turns)
            return key, word, [place for _, place in best]
    return None


@cache
def overall() -> frozenset[str]:
    """The words that ask for something of several things at once: "together", "average"."""
    return frozenset().union(*(over["words"].split() for over in table("results")["over"]))


@cache
def _pointing() -> frozenset[str]:
    scales = (scale[way].split() for scale in table("results")["scale"] for way in ("more", "less"))
    return keys("pointing").union(table("results")["places_of"], overall(), *scales)


def points(text: str) -> bool:
    """Whether a text has a word that says which of some things is meant: "oldest", "it"."""
    return not _pointing().isdisjoint(words(text))


def matching(items: list[Any], asked: str) -> list[Any]:
    """Which items of a list a request means: the one it names, the newest, the second, the only."""
    said, places = words(asked), table("results")["places_of"]
    if best := ranked(items, said):
        return [items[best[2][0]]]
    place = next((places[word] for word in said if word in places), None)
    at = items[place:][:1] if place is not None else items if len(items) == 1 else []
    return [item for item in items if says(item, asked)] or alike(items, said) or at
