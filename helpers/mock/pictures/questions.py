"""Questions about pictures, answered from what `describe` says of them.

    answer("How many dogs are there?", ["PNG, ..., described in the file as “Two dogs and a cat”"])
    # "I see two dogs."

What a description does not name may be there all the same, so that a No says what it goes by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.mock.pictures.scene import COUNTED, data, plural

_ARTICLES = {"a", "an", "one", "the", "another"}
_PLACE = (
    r"(?:(?:at|on|in|under|beside|behind|below|above|near|next to|in front of) (?:the |a |an )?)"
)
_ASKS_WHETHER = re.compile(
    r"\b(?:is|are) there (?:an? |any |some )?(?P<what>.+)"
    r"|\b(?:do|can|could) you (?:see|spot|find) (?:an? |any |some |the )?(?P<seen>.+)"
    r"|\bdoes (?:it|this|the (?:picture|image|photo|file)) (?:show|have|contain|include)"
    r" (?:an? |any |some |the )?(?P<shown>.+)",
)
_ASKS_COUNT = re.compile(
    r"\bhow many (?P<what>[a-z ]+?)(?: (?:are|is|do|can|does|were|did|have|has)\b|$)"
)
_ASKS_COLOUR = re.compile(
    r"\b(?:what|which) colou?r (?:is|are|has|have) (?:the |its )?(?P<what>.+)"
)
_ASKS_PLACE = re.compile(r"\bwhere(?:'s| is| are) (?:the |an? )?(?P<what>.+)")
_TAIL = re.compile(
    r"\b(?:there|in|on|at|here|shown|visible|anywhere|please)?\s*"
    r"(?:(?:in|on|at|of) )?(?:(?:it|this|the|that|my) ?)?(?:picture|image|photo|drawing|scene)?\s*$"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A thing that a description names: how many, of what colour, and where."""

    many: int
    colour: str
    words: str
    place: str


def answer(question: str, pictures: Sequence[str]) -> str | None:
    """A sentence that answers the question; None for one of another kind, or with nothing to go by.

    `pictures` are descriptions, as `describe` makes them.
    """
    texts = [text for text in map(_content, pictures) if text]
    if not texts:
        return None
    asked = re.sub(r"[?!.,]+", " ", question.lower()).strip()
    known = "; ".join(texts)
    for pattern, respond in (
        (_ASKS_COUNT, _counted),
        (_ASKS_COLOUR, _coloured),
        (_ASKS_PLACE, _placed),
        (_ASKS_WHETHER, _whether),
    ):
        match = pattern.search(asked)
        what = _TAIL.sub("", next(filter(None, match.groups()))).strip() if match else ""
        if what.split(" ")[0] in ("things", "objects", "items"):
            return None  # which are not told apart here
        if what:
            return respond(what, [seen for text in texts for seen in _find(what, text)], known)
    return None


def _content(description: str) -> str:
    """What a picture shows, without its format, size and colours."""
    described = re.search(r"described in the file as “(.+)”", description, re.DOTALL)
    if described:
        return described[1].rstrip(".")
    shown = re.search(r", shows (.+)$", description)
    return shown[1] if shown else ""


def _find(what: str, text: str) -> list[_Seen]:
    """Where a text names a thing: with the words before it that count and colour it."""
    *_, noun = what.split(" ")
    forms = _forms(noun)
    found = []
    words = re.findall(r"[\w'-]+|[,;.]", text)
    for at, word in enumerate(words):
        if word.lower() not in forms:
            continue
        before: list[str] = []
        for each in reversed(words[max(0, at - 4) : at]):
            if not each[0].isalnum() or each.lower() in ("and", "in", "on", "under", "of", "with"):
                break
            before.insert(0, each.lower())
        colour = next((each for each in before if each in _colours()), "")
        wanted = set(what.split(" ")[:-1]) & _colours()
        if wanted and colour not in wanted:
            continue
        rest = " ".join(words[at + 1 :])
        place = re.match(_PLACE + r"[\w ]+?(?= and| ,|,| ;|;| \.|$)", rest)
        many = next((_number(each) for each in before if _number(each)), 0)
        singular = word.lower() not in map(plural, forms - {word.lower()})
        phrase = " ".join([*before, word.lower()])
        found.append(
            _Seen(many or (1 if singular else 2), colour, phrase, place[0] if place else "")
        )
    return found


def _forms(noun: str) -> set[str]:
    """A noun in singular and plural, and the other words for the same thing."""
    endings = (r"(?<=[sx])es$", r"(?<=[a-z]{2})s$")  # "boxes", "houses"
    forms = {noun, plural(noun), *(re.sub(each, "", noun) for each in endings)}
    forms |= {"person", "people"} if noun in ("person", "people", "persons") else set()
    return forms - {""}


def _colours() -> set[str]:
    return set(data()["colours"])


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word in _ARTICLES:
        return 1
    return COUNTED.index(word) + 1 if word in COUNTED else 0


def _counted(what: str, found: list[_Seen], known: str) -> str:
    many = sum(seen.many for seen in found)
    if not many:
        return _nothing(what, known)
    if many > 1 and len(found) == 1 and not any(map(_number, found[0].words.split())):
        return f"More than one: {known}."
    noun = found[0].words.split()[-1]
    number = COUNTED[many - 1] if many <= len(COUNTED) else str(many)
    return f"I see {number} {noun if found[0].many > 1 or many == 1 else plural(noun)}."


def _coloured(what: str, found: list[_Seen], known: str) -> str:
    return _told(what, [(seen.many, seen.colour, seen.words) for seen in found], known)


def _placed(what: str, found: list[_Seen], known: str) -> str:
    return _told(what, [(seen.many, seen.place, seen.words) for seen in found], known)


def _told(what: str, found: list[tuple[int, str, str]], known: str) -> str:
    """What is said of the first thing of which it is."""
    many, told, words = next((each for each in found if each[1]), (0, "", ""))
    if not told:
        return f"That is not said: {known}." if found else _nothing(what, known)
    return f"The {words.split()[-1]} {'is' if many == 1 else 'are'} {told}."


def _whether(what: str, found: list[_Seen], known: str) -> str:
    if not found:
        return _nothing(what, known, "No, ")
    shown = " and ".join(f"{seen.words} {seen.place}".strip() for seen in found)
    return f"Yes, I see {shown}."


def _nothing(what: str, known: str, lead: str = "") -> str:
    return f"{lead}I see no {what} in what is known of it: {known}."
