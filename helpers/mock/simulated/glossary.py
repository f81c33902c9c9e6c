"""Glossary: which language a text is in, and what its words mean in English."""

import re
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
    marked = [code for word in said for code in marks.get(word, ())]
    talks = {code for cue in held(flat(head), cues.keys()) for code in cues[cue]}
    scores = {c: marked.count(c) + 2 * (c in talks) for c in (*talks, *marked)}
    best, most = "en", scores.get("en", 0)
    if max(scores.values(), default=0) == most:
        return best
    if [*scores.values()].count(1) > 1 and max(scores.values()) == 1:
        return best  # one word of two languages tells neither
    for code in sorted(scores, key=list(table("languages")).index):
        if scores[code] > max(most, 1) or (scores[code] > most and not head.isascii()):
            best, most = code, scores[code]
    return best


@cache
def _signs() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The languages by the words that mark them, and by the phrases of their small talk."""
    marks, talks = dict[str, list[str]](), dict[str, list[str]]()
    for code, language in table("languages").items():
        signs = (language.get(key, ()) for key in ("plus", "minus", "times", "divided"))
        own = {word for of in signs for each in of for word in each.split()}
        own -= table("sums")["operators"].keys()
        own |= foreign().keys() & meanings().get(code, {})
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
