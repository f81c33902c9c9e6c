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
    shown = [(_with_article(each["name"]), each) for each in found[:_MOST]]
    if all(word_set("results", "box") <= each.keys() for each in found):
        boxes = listing([f"{name} ({_box(each)})" for name, each in shown])
        return f"I found {boxes}{f' in {about}' if about else ''}."
    if not all(isinstance(each.get("value"), int | float) for each in found):
        return ""
    of_kind = word_set("results", "kinds_of_picture")
    kinds = [name for name, each in shown if each["name"] in of_kind]
    things = [name for name, _ in shown if name not in kinds]
    kind = f" It is {listing(kinds)}." if things and kinds else ""
    return f"{about or 'The picture'} shows {listing(things or kinds)}.{kind}"


def _box(each: dict[str, Any]) -> str:
    return ", ".join(f"{key.partition('_')[0]} {each[key]}" for key in each if key != "name")


def _with_article(name: str) -> str:
    last = name.split()[-1] if name.split() else name
    if last in word_set("results", "unique"):
        return f"the {name}"
    if last in word_set("results", "uncountable") or last.endswith("s"):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
