"""The things that a result is about: the items of a list, what names each, which are meant."""

import re
from functools import cache
from typing import Any

from helpers.mock.simulated.knowledge import STOP_STEMS
from helpers.mock.simulated.texts import name_words, stem, table, word_set, words

_NUMBER = re.compile(r"[€$£]?-?\d{1,15}(?:\.\d{1,9})?[€%]?")
_MOMENT = re.compile(r"\d{4}-\d\d(?:-\d\d.{0,20})?|[012]?\d:\d\d.{0,10}")


def keys(name: str) -> frozenset[str]:
    """The keys of results that have a meaning of this name."""
    return word_set("results", name)


def unwrapped(value: Any) -> Any:
    """What is inside `{"result": ...}` and the like, if nothing else is."""
    for _ in range(3):
        if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in keys("wrappers"):
            value = next(iter(value.values()))
    return value


def number(value: Any) -> float | None:
    """The number that a value is, or that it is written as: "8.00", "$4"."""
    if type(value) in (int, float):
        return float(value)
    text = value if isinstance(value, str) else ""
    return float(text.strip("€$£%")) if _NUMBER.fullmatch(text) else None


def records(value: Any) -> list[dict[str, Any]]:
    """The things that a result is about: the items of its list, or of the only list in it."""
    value = unwrapped(value)
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    parts = value.values() if isinstance(value, dict) else [value]
    lists = [part for part in parts if isinstance(part, list)]
    items = lists[0] if len(lists) == 1 else []
    plain = [{"name": item} for item in items if isinstance(item, str) and items is value]
    return plain or [item for item in items if isinstance(item, dict)]


def label(item: dict[str, Any]) -> str | None:
    """The key that names a thing: the usual ones, else its first text."""
    texts = [k for k in item if isinstance(item[k], str) and k not in keys("unit_keys")]
    return next((k for k in texts if k in keys("subjects")), texts[0] if texts else None)


def named(items: list[Any], asked: str) -> list[Any]:
    """The items of a list that a text names by what they are called, else by one of their texts."""
    called = [
        item for item in items
        if isinstance(item, dict) and (key := label(item)) and says(item[key], asked)
    ]  # fmt: skip
    return called or [item for item in items if says(item, asked)]


def says(value: Any, asked: str) -> bool:
    """Whether a text has one of the texts in a value."""
    texts = (text for text in leaves(value) if isinstance(text, str) and text[1:])
    return any(text.lower() in asked.lower() for text in texts)


def leaves(value: Any) -> list[Any]:
    """The plain values in a value."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


# Which of their keys, and which of them


def key_parts(key: str) -> set[str]:
    """The stems of the words of a key."""
    return set(map(stem, name_words(key)))


@cache
def about(name: str) -> frozenset[str]:
    """The stems of the words of keys that are about this."""
    return frozenset(map(stem, table("results")["about"][name].partition("|")[0].split()))


@cache
def _asked() -> dict[str, frozenset[str]]:
    """By each stem of a word that asks after something, those of the keys that are about it."""
    found: dict[str, frozenset[str]] = {}
    for name, line in table("results")["about"].items():
        asks = line.partition("|")[2] if name in keys("vague") else line.replace("|", "")
        for word in map(stem, asks.split()):
            found[word] = found.get(word, frozenset()) | about(name)
    return found


def word_forms(word: str) -> frozenset[str]:
    """The stem of a word of a question, and of the words of keys that are about the same."""
    return _asked().get(stem(word), frozenset()) | {stem(word)}


def meant(found: list[str], said: tuple[str, ...]) -> list[str]:
    """The keys that a question names: by a word of theirs, else by one that is about the same.

    "Who" and "where" say more of what is asked for than a verb does, and "how much" says less.
    """
    plain = {stem(word) for word in said} - STOP_STEMS
    forms = {word: word_forms(word) for word in said}
    strong, vague = (set[str]().union(*(forms[w] for w in said if w in keys(name)))
                     for name in ("vague", "vaguer"))  # fmt: skip
    asked = set[str]().union(*(forms[w] for w in said if w not in keys("vague") | keys("vaguer")))
    ways = (plain, asked & strong, strong, asked, vague)
    return next((some for of in ways if (some := [k for k in found if key_parts(k) & of])), [])


def alike(items: list[Any], said: tuple[str, ...], by_label: bool = False) -> list[Any]:
    """The only item that has a telling word in common with a text: "the one about paint"."""
    asks, found = set(map(stem, said)) - STOP_STEMS, list[Any]()
    for item in items:
        told = leaves(item.get(label(item)) if by_label else item)
        if asks & {stem(word) for leaf in told for word in words(str(leaf))}:
            found.append(item)
    return found if len(found) == 1 else []


def comparable(value: Any) -> float | str | None:
    """What a value can be compared by: a number, or a date or time."""
    moment = isinstance(value, str) and _MOMENT.fullmatch(value)
    return value.zfill(5) if moment else number(value)


def compared(items: list[Any], key: str) -> list[tuple[Any, int]]:
    """What the items have under a key, each with its place; none where that is of two kinds."""
    values = [comparable(item.get(key)) if isinstance(item, dict) else None for item in items]
    found = [(value, n) for n, value in enumerate(values) if value is not None]
    return found if len({type(value) for value, _ in found}) == 1 else []


def comparing(items: list[Any]) -> list[str]:
    """The keys by which items can be compared."""
    found = dict.fromkeys(key for item in items if isinstance(item, dict) for key in item)
    return [k for k in found if k.lower()[-2:] != "id" and len(compared(items, k)) > 1]


def ranked(items: list[Any], said: tuple[str, ...]) -> tuple[str, str, list[int]] | None:
    """By which key and word a question compares items, and their places, the best first."""
    found, less = comparing(items), not {"less", "least"}.isdisjoint(said)
    turned = not keys("inverse").isdisjoint(said)
    for scale in table("results")["scale"]:
        of = about(scale["of"]) if "of" in scale else None
        fits = [key for key in found if of is None or key_parts(key) & of]
        key = next(iter(meant(fits, said) or (fits if of or len(fits) == 1 else ())), "")
        met = ((w, way) for way in ("more", "less") for w in said if w in scale[way].split())
        for word, way in met if key else ():
            # "Less expensive" is cheaper, and "most quiet" is of the least noise.
            plain = word[-2:] not in ("er", "st")
            turns = (less and plain) if of else turned
            best = sorted(compared(items, key), reverse=(way == "more") != turns)
            return key, word, [place for _, place in best]
    return None


@cache
def _pointing() -> frozenset[str]:
    scales = (scale[way].split() for scale in table("results")["scale"] for way in ("more", "less"))
    return keys("pointing").union(table("results")["places_of"], *scales)


def points(text: str) -> bool:
    """Whether a text has a word that says which of some things is meant: "oldest", "it"."""
    return not _pointing().isdisjoint(words(text))


def matching(items: list[Any], asked: str) -> list[Any]:
    """Which items of a list a request means: all, the newest, the second, the one it names."""
    said = words(asked)
    if (found := named(items, asked)) or not items:
        return found
    if not word_set("agent", "all").isdisjoint(said):
        return items
    if best := ranked(items, said):
        return [items[best[2][0]]]
    found, places = alike(items, said), table("results")["places_of"]
    place = next((places[word] for word in said if word in places), 0 if len(items) == 1 else None)
    if not found and place is not None and -1 <= place < len(items):
        found = [items[place]]
    return found
