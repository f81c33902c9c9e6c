"""The things that a result is about: the items of a list, what names each, which are meant."""

import re
from typing import Any

from helpers.mock.simulated.knowledge import STOP_STEMS
from helpers.mock.simulated.texts import spelt, stem, table, word_set, words

_NUMBER = re.compile(r"[€$£]?-?\d{1,15}(?:\.\d{1,9})?[€%]?")


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


def matching(items: list[Any], asked: str) -> list[Any]:
    """Which items of a list a request means: all, the newest, the one that it names."""
    said = set(words(asked))
    if (found := named(items, asked)) or not items:
        return found
    if said & word_set("agent", "all"):
        return items
    for rule in table("results")["compare"]:
        if said & set(rule["words"].split()):
            about = set(rule["keys"].split())
            pairs = [
                (v, n) for n, each in enumerate(items) if isinstance(each, dict)
                for k, v in each.items()
                if about & set(spelt(k).split()) and isinstance(v, int | float | str)
            ]  # fmt: skip
            if pairs and len({type(v) is str for v, _ in pairs}) == 1:
                best = max(pairs) if rule["more"] else min(pairs)
                return [items[best[1]]]
    asks = set(map(stem, said)) - STOP_STEMS  # "the one about paint"
    alike = [i for i in items if asks & {stem(w) for t in leaves(i) for w in words(str(t))}]
    if said & {"last", "final"}:
        return items[-1:]
    alike = items[:1] if len(items) == 1 or said & {"first", "top"} else alike
    return alike if len(alike) == 1 else []


def leaves(value: Any) -> list[Any]:
    """The plain values in a value."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]
