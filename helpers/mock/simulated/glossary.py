"""Glossary: which language a text is in, and what its words mean in English."""

import re
from functools import cache

from helpers.mock.simulated.texts import by_word, flat, foreign, heads, held, meanings, table, words
from helpers.remember import remember_texts

INTENTS = ("howareyou", "who", "joke", "thanks", "greeting", "bye")
_SCRIPTS: dict[str, str] = table("patterns")["scripts"]
SCRIPTS = [(code, re.compile(each)) for code, each in _SCRIPTS.items()]


@remember_texts(512)
def tongue(text: str) -> str:
    """The code of the language that a text is in, "en" where nothing tells another."""
    head = text[:300]
    for code, pattern in () if head.isascii() else SCRIPTS:
        if pattern.search(head):
            return code
    marks, cues, begun = _signs()
    said = words(head) + tuple(p for word in words(head) if "-" in word for p in {*word.split("-")})
    told = [code for word in said for code in marks.get(word, ())]
    told += [*{code for cue in held(flat(head), begun) for code in cues[cue]}] * 2
    others = {*told} - {"en"} if 2 * told.count("en") < len(told) else set()
    if not others:
        return "en"
    best = max(filter(others.__contains__, table("languages")), key=told.count)
    tells = told.count(best) > 1 or len(others) == 1  # one word of two languages tells neither
    return best if tells and told.count(best) > max(told.count("en"), head.isascii()) else "en"


@cache
def _signs() -> tuple[dict[str, frozenset[str]], ...]:
    """The languages by the words that mark them and by the phrases of small talk; and these."""
    known = table("languages").items()
    own = {code: foreign().keys() & meanings().get(code, {}) for code, _ in known}
    marks = by_word((own[code].union(of.get("marks", "").split()), [code]) for code, of in known)
    said = ((of.get(i, {}).get("cues", ()), [code]) for code, of in known for i in INTENTS)
    return marks, (cues := by_word(said)), heads(cues)


@cache
def glossary(code: str) -> dict[str, str]:
    """The English of the words of a language, and of its numbers."""
    counted = (table("languages")[each].get("numbers", "").split() for each in (code, "en"))
    return {} if code == "en" else dict(zip(*counted, strict=False)) | meanings().get(code, {})
