"""Glossary: which language a text is in, and what its words mean in English."""

import re
from collections import Counter
from functools import cache

from helpers.mock.simulated.texts import flat, foreign, held, meanings, table, words
from helpers.remember import remember_texts

INTENTS = ("howareyou", "who", "joke", "thanks", "greeting", "bye")
SCRIPTS = [(name, re.compile(each)) for name, each in table("patterns")["scripts"].items()]


@remember_texts(512)
def tongue(text: str) -> str:
    """The code of the language that a text is in, "en" where nothing tells another."""
    head = text[:300]
    for name, pattern in () if head.isascii() else SCRIPTS:
        if pattern.search(head):
            return next(code for code, language in table("languages").items()
                        if language.get("script") == name)  # fmt: skip
    marks, cues = _signs()
    said = [part for word in words(head) for part in {word, *word.split("-")}]
    scores = Counter(code for word in said for code in marks.get(word, ()))
    for code in {code for cue in held(flat(head), cues.keys()) for code in cues[cue]}:
        scores[code] += 2
    english = scores.pop("en", 0)
    best = max((c for c in table("languages") if c in scores), key=scores.__getitem__, default="en")
    if scores[best] == 1 and len(scores) > 1:
        return "en"  # one word of two languages tells neither
    return best if scores[best] > max(english, head.isascii()) else "en"


@cache
def _signs() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The languages by the words that mark them, and by the phrases of their small talk."""
    marks, talks = dict[str, list[str]](), dict[str, list[str]]()
    for code, language in table("languages").items():
        own = foreign().keys() & meanings().get(code, {})
        for word in own.union(language.get("marks", "").split()):
            marks.setdefault(word, []).append(code)
        for cue in (cue for i in INTENTS for cue in language.get(i, {}).get("cues", ())):
            talks.setdefault(cue, []).append(code)
    return marks, talks


@cache
def glossary(code: str) -> dict[str, str]:
    """The English of the words of a language, and of its numbers."""
    counted = (table("languages")[each].get("numbers", "").split() for each in (code, "en"))
    return {} if code == "en" else dict(zip(*counted, strict=False)) | meanings().get(code, {})
