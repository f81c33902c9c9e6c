"""Other languages than English: what learners try first in them, and honesty about the rest."""

import re
from functools import cache
from typing import Any

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.glossary import INTENTS, SCRIPTS, tongue
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, flat, has, table, words

_WHY = "The user writes in another language than English."
_APART = re.compile(r"\w+(?:-\w+)*")
_UNIT = re.compile(r"(?<=\d)(?=[^\W\d_])")
_QUESTION = re.compile("[?？؟]")
_EDGE = " \t\n.,!?¡¿。、！？؟।;:"


def named(text: str) -> str:
    """The code of a language that a text names: "Answer in French"; "" for none."""
    met = [code for word in words(text) if (code := names().get(word))]
    return min(met, key=list(table("languages")).index) if met else ""


@cache
def names() -> dict[str, str]:
    """The code of each language by its names, of which the first that has one counts."""
    return {
        name: code
        for code, language in reversed(table("languages").items())
        for name in (language["english"].lower(), *language["own"].split())
    }


def _has(text: str, cues: list[str]) -> bool:
    if any(pattern.search(text) for _, pattern in SCRIPTS):
        return any(cue in text.lower() for cue in cues)
    return has(flat(text), cues) is not None


@cache
def _patterns(code: str, key: str) -> tuple[re.Pattern[str], ...]:
    kind = r"(\d{1,3})" if key == "age" else r"([^\s.,!?。，、！؟।]+(?: [A-ZÀ-Þ][\w'’-]+)*?)"
    return tuple(
        re.compile(r"(?:^|\b)" + re.escape(each).replace("N", kind), re.IGNORECASE)
        for each in sorted(table("languages")[code][f"{key}_is"], key=len, reverse=True)
    )


def reply(turn: Turn) -> Said | None:
    """What to say to a message in another language; None for English."""
    code = tongue(turn.ask)
    if code == "en":
        return None
    language = table("languages")[code]
    before = (text for text in (turn.data, *turn.said_by("user")) if not _QUESTION.search(text))
    if key := _asked(turn.ask, language):
        value = next(filter(None, (_told(text, code, key) for text in before)), "")
        return Said(language[f"{key}_say"].format(value=value) if value else language["only"], _WHY)
    if any(_told(turn.ask, code, key) for key in ("name", "age")):
        return Said(language["noted"], _WHY)
    total = _sum(turn.ask, language)
    told = total is not None and language["sum"].format(value=arithmetic.written(total))
    return Said(told or language["only"], _WHY)


def _asked(text: str, language: dict[str, Any]) -> str:
    """Whether a text asks for the "name" or the "age" of the user; "" for neither."""
    keys = [key for key in ("name", "age") if _has(text, language.get(f"{key}_ask", []))]
    return keys[0] if keys and _QUESTION.search(text) else ""


def intent(turn: Turn) -> Said | None:
    """A greeting, thanks and the like in another language than English, answered in it."""
    text, code = turn.ask, tongue(turn.ask)
    language: dict[str, Any] = table("languages")[code]
    met = {}
    for name in filter(language.__contains__, INTENTS):
        cues = language[name]["cues"]
        if longest := max((len(cue) for cue in cues if _has(text, [cue])), default=0):
            met[name] = longest
    beside = 24 if "joke" in met else 12
    if not met or _asked(text, language) or len(text.strip(_EDGE)) >= sum(met.values()) + beside:
        return None
    said: str = language[next(iter(met))]["say"]
    return Said(said.format(assistant=turn.prompt.vendor.assistant), _WHY)


def _told(text: str, code: str, key: str) -> str:
    """The name or the age that a text tells; "" for none."""
    found = (pattern.search(text) for pattern in _patterns(code, key))
    return next((match[1].strip(_EDGE) for match in found if match), "")


def _sum(text: str, language: dict[str, Any]) -> arithmetic.Number | None:
    """A sum in words or signs; a language in another script need not set its words apart."""
    numbers = {word: str(number) for number, word in enumerate(language["numbers"].split())}
    plain = f" {_APART.sub(lambda word: numbers.get(word[0], word[0]), text.lower())} "
    edge = "" if language.get("script") else " "
    signs = (("plus", "+"), ("minus", "-"), ("times", "*"), ("divided", "/"))
    for key, sign in signs:
        for word in sorted(language[key], key=len, reverse=True):
            plain = plain.replace(f"{edge}{word}{edge}", f" {sign} ")
    found = arithmetic.find(_UNIT.sub(" ", plain))
    return arithmetic.evaluate(found[0]) if found else None
