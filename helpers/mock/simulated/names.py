"""Names: what a text writes with capitals, or begins with a first name that is known."""

import re
from collections.abc import Iterator

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.knowledge import (
    BREAKS,
    MONTHS,
    ORDINARY,
    PATTERNS,
    TERMS,
    TRAILING,
)
from helpers.mock.simulated.texts import table, word_set
from helpers.mock.simulated.tokens import Span, Words

_CAPITALS = "".join(filter(str.isupper, map(chr, range(0x530))))
_FORMS = {
    name: re.compile(
        PATTERNS["names"][name]
        .replace("JOIN", PATTERNS["names"]["join"])
        .replace("WORD", PATTERNS["names"]["word"])
        .replace("CAPITAL", f"[{_CAPITALS}]")
        .replace("CONNECT", "|".join(sorted(word_set("words", "connect"))))
    )
    for name in ("name", "title")
}
_OPENERS = ORDINARY | word_set("words", "orders")
_LEADS = word_set("words", "titles")
_LEADING = BREAKS - frozenset(("is", "are", "was", "were", "has", "have", "called", "named"))
_TITLED = word_set("wants", "before", "title") - {"name", "title"}
_HONORIFICS = re.compile(rf"(?:{'|'.join(table('words')['honorifics'].split())})\.? ", re.I)
_NAMELESS = ("email", "url", "code", "file", "hash", "address", "date", "time")
_ENDINGS = ("ing", "est")
_OPENS = frozenset(".!?:\n")


def names(text: Words) -> Iterator[Span]:
    """The names in a text, each as a whole, and its parts."""
    tokens, raw, at = text.tokens, text.raw, 0
    taken = [span for kind in _NAMELESS for span in text.found(kind)]
    others = {n for s in taken for n in range(text.index(s.start), text.index(s.end))}
    while at < len(tokens):
        end = at if at in others else _end(text, at, others)
        if end > at:
            start, stop = tokens[at].start, tokens[end - 1].end
            after = [t.lower for t in tokens[end : end + 1] if t.start == stop + 3]
            if raw[stop : stop + 2] in ("'s", "’s") and _LEADING.issuperset(after):
                stop += 2  # "at Luigi's for two"
            name = raw[start:stop]
            yield Span("name", name, name, start, stop)
            longer = end
            while longer < len(tokens) and longer not in others and _goes_on(text, longer):
                longer += 1
            if longer > end and not _opens(text, at):
                last = tokens[longer - 1].end
                yield Span("titled", raw[start:last], raw[start:last], start, last)
            given, _, surname = _HONORIFICS.sub("", name).partition(" ")
            yield Span("given", given, given, start, start + len(given))
            if surname:
                yield Span("surname", surname, surname, stop - len(surname), stop)
            if name.isupper() and 1 < len(name) < 6 and name.isalpha():
                yield Span("caps", name, name, start, stop)
            known = TERMS.get(tokens[at].lower)
            if known is not None and known.kind == "person":
                yield Span("person", name, name, start, stop)
        at = max(end, at + 1)


def _end(text: Words, at: int, others: set[int]) -> int:
    """Where a name that starts at a token ends; the token itself where none does."""
    tokens, raw, first = text.tokens, text.raw, text.tokens[at]
    lower = first.lower
    told = lower in _OPENERS or lower in knowledge.SPOKEN or first.foreign
    told = told or lower.endswith(_ENDINGS)  # "Opening hours", "Latest score"
    if not first.text[0].isupper():
        known = TERMS.get(lower)
        if known is None or known.kind != "person" or lower in ORDINARY:
            return at
        end = at + 1  # "ada lovelace", "ada is"
        last = tokens[end] if end < len(tokens) else first
        bare = last.lower not in ORDINARY and last.lower not in knowledge.SPOKEN
        return end + (bare and raw[first.end : last.start] == " ")
    opens = _opens(text, at)
    if opens and (told or re.match(r": |\s\d", raw[first.end : first.end + 2])):
        return at
    if first.foreign and text.capitals:
        return at
    form = _FORMS["title" if lower in _LEADS and not opens else "name"]
    match = form.match(raw, first.start)
    if match is None or lower in MONTHS:
        return at
    end = next((n for n in range(at + 1, text.index(match.end())) if n in others), 0)
    end = end or text.index(match.end())
    if at and tokens[at - 1].lower in _TITLED:  # "called Book club"
        while end < len(tokens) and end not in others and _goes_on(text, end):
            end += 1
    return end


def _goes_on(text: Words, at: int) -> bool:
    """Whether a word may be one more of a title."""
    word = text.tokens[at]
    gap = text.raw[text.tokens[at - 1].end : word.start]
    return gap == " " and word.text.islower() and word.lower not in BREAKS | TRAILING


def _opens(text: Words, at: int) -> bool:
    """Whether a word is the first of a sentence."""
    start = text.tokens[at].start
    return not at or not _OPENS.isdisjoint(text.raw[text.tokens[at - 1].end : start])
