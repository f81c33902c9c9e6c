"""Other languages than English: what learners try first in them, and honesty about the rest."""

import re
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.glossary import INTENTS, SCRIPTS, tongue
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, flat, has, table, words

_WHY = "The user writes in another language than English."
_UNIT = re.compile(r"(?<=\d)(?=[^\W\d_])")
_QUESTION = re.compile("[?？؟]")
_MOST_BESIDE = 16
"""Characters beside its cues that a message of small talk has fewer than."""
_SIGNS = {"plus": "+", "minus": "-", "times": "*", "divided": "/"}
_FACTS = ("name", "age", "home")
_EDGE = " \t\n.,!?¡¿。、！？؟।;:"


def named(text: str) -> str:
    """The code of a language that a text names: "Answer in French"; "" for none."""
    met = [*filter(None, map(names().get, words(text)))]
    return min(met, key=list(table("languages")).index) if met else ""


_form = cache(partial(re.compile, flags=re.I))


@cache
def names() -> dict[str, str]:
    """The code of each language by its names, of which the first that has one counts."""
    return {
        name: code
        for code, language in reversed(table("languages").items())
        for name in (language["english"].lower(), *language["own"].split())
    }


def _has(text: str, cues: Iterable[str]) -> bool:
    if any(pattern.search(text) for _, pattern in SCRIPTS):
        return any(cue in text.lower() for cue in cues)
    return has(flat(text), cues) is not None


def _told(text: str, code: str, key: str) -> str:
    """The name, the age or the home that a text tells, by the longest way; "" for none."""
    kind = r"(\d{1,3})" if key == "age" else r"([^\s.,!?。，、！؟।]+(?: [A-ZÀ-Þ][\w'’-]+)*?)"
    for way in sorted(table("languages")[code][f"{key}_is"], key=len, reverse=True):
        if found := _form(rf"\b{re.escape(way)}".replace("N", kind)).search(text):
            return found[1].strip(_EDGE)
    return ""


def reply(turn: Turn) -> Said | None:
    """What to say to a message in another language; None for English."""
    text, code = turn.ask, tongue(turn.ask)
    if code == "en":
        return None
    language = table("languages")[code]
    before = [each for each in (turn.data, *turn.said_by("user")) if not _QUESTION.search(each)]
    for key in _FACTS:
        if _QUESTION.search(text) and _has(text, language[f"{key}_ask"]):
            value = next(filter(None, (_told(each, code, key) for each in before)), "")
            said = language[f"{key}_say"].format(value=value) if value else language["only"]
            return Said(said, _WHY)
        if _told(text, code, key):
            return Said(language["noted"], _WHY)
    total = _sum(text, language)
    told = total is not None and language["sum"].format(value=arithmetic.written(total))
    return Said(told or language["only"], _WHY)


def intent(turn: Turn) -> Said | None:
    """A greeting, thanks and the like in another language than English, answered in it."""
    text, code = turn.ask, tongue(turn.ask)
    if code == "en":
        return None
    language = table("languages")[code]
    met = [(name, cue) for name in INTENTS for cue in language.get(name, {}).get("cues", ())
           if _has(text, [cue])]  # fmt: skip
    beside = len(text.strip(_EDGE)) - sum(len(cue) for _, cue in met)
    asks = any(_has(text, language[f"{key}_ask"]) for key in _FACTS)
    if asks or not met or beside >= _MOST_BESIDE:
        return None
    name = met[0][0]
    return Said(language[name]["say"].format(assistant=turn.prompt.vendor.assistant), _WHY)


def _sum(text: str, language: dict[str, Any]) -> arithmetic.Number | None:
    """A sum in words or signs; a language in another script need not set its words apart."""
    terms = {word: str(number) for number, word in enumerate(language["numbers"].split())}
    terms |= {word: sign for key, sign in _SIGNS.items() for word in language[key]}
    edge = "" if language.get("script") else r"\b"
    ways = "|".join(map(re.escape, sorted(terms, key=len, reverse=True)))
    plain = re.sub(f"{edge}(?:{ways}){edge}", lambda word: f" {terms[word[0]]} ", text.lower())
    found = arithmetic.find(_UNIT.sub(" ", plain))
    return arithmetic.evaluate(found[0]) if found else None
