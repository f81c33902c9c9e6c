"""What tools that look at a picture return: concepts, and things in their boxes, as sentences."""

from typing import Any

from helpers.mock.simulated.texts import listing, word_set

_MOST = 10


def told(about: str, found: list[Any]) -> str:
    """The sentence; nothing for a list of something else.

    >>> told("garden.png", [{"name": "sun", "value": 0.98}, {"name": "tree", "value": 0.97}])
    'garden.png shows the sun and a tree.'
    """
    if not found or not all(isinstance(e, dict) and isinstance(e.get("name"), str) for e in found):
        return ""
    shown = found[:_MOST]
    if all(isinstance(result.get("value"), int | float) for result in found):
        return _concepts(about or "The picture", [thing["name"] for thing in shown])
    if all(word_set("results", "box") <= thing.keys() for thing in found):
        return f"I found {listing(list(map(_in_box, shown)))}{f' in {about}' if about else ''}."
    return ""


def _concepts(about: str, names: list[str]) -> str:
    """What is in a picture, and then what kind of picture it is."""
    of_kind = word_set("results", "kinds_of_picture")
    kinds = [_with_article(name) for name in names if name in of_kind]
    things = [_with_article(name) for name in names if name not in of_kind]
    if not things or not kinds:
        return f"{about} shows {listing(things or kinds)}."
    return f"{about} shows {listing(things)}. It is {listing(kinds)}."


def _in_box(each: dict[str, Any]) -> str:
    sides = [f"{key.partition('_')[0]} {each[key]}" for key in each if key != "name"]
    return f"{_with_article(each['name'])} ({', '.join(sides)})"


def _with_article(name: str) -> str:
    last = name.split()[-1] if name.split() else name
    if last in word_set("results", "unique"):
        return f"the {name}"
    if last in word_set("results", "uncountable") or last.endswith("s"):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
