"""Names: what a text writes with capitals, or begins with a first name that is known."""

import re
from collections.abc import Iterator, Set

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.knowledge import BREAKS, NUMBER_WORDS, PATTERNS, TERMS, TRAILING
from helpers.mock.simulated.texts import any_of, formed, word_set
from helpers.mock.simulated.tokens import Span, Words

_STAND = PATTERNS["names"]["stand"] | {
    "CAPITAL": f"[{''.join(filter(str.isupper, map(chr, range(0x530))))}]",
    "CONNECT": any_of(word_set("words", "connect")),
}
_FORMS = {name: re.compile(formed(of, _STAND)) for name, of in PATTERNS["names"]["forms"].items()}
_CUTS = [re.compile(each) for each in (", ", f" (?={_STAND['CONNECT']} )", " ")]
"""Between a surname and what is given, the surest first: "Berg, Ida", "Ida Mia van Berg"."""
_HONORIFICS = word_set("words", "honorifics")
_HONORIFIC = re.compile(any_of(_HONORIFICS) + r"\.? ", re.I)
_NO_NAMES = knowledge.ORDINARY | knowledge.SPOKEN | TRAILING | word_set("words", "lone")
_NO_NAMES -= NUMBER_WORDS.keys()  # "Twelve Angry Men"
"""Words that only stand first in a sentence with a capital."""
_PLACES = {form for form, term in TERMS.items() if term.kind in ("city", "state", "country")}
_SHOP = re.compile(rf"['’]s(?=\W*$| {any_of(BREAKS)}\b)")
_MAKES = word_set("words", "makes")
_CLOSES = BREAKS | TRAILING | _MAKES
_ENDS = (_NO_NAMES | BREAKS) - word_set("words", "connect")
"""What a name in a text without any capital ends before."""
_NAMELESS = ("email", "url", "code", "file", "hash", "address", "date", "time", "period")


def names(text: Words) -> Iterator[Span]:
    """The names in a text, each as a whole, and its parts."""
    taken = [span for kind in _NAMELESS for span in text.found(kind)]
    others = {n for s in taken for n in range(text.index(s.start), text.index(s.end))}
    known = {span.start: span.end for span in text.found("first name")}
    at = 0
    while at < len(text.tokens):
        end = at if at in others else _end(text, at, others)
        if end > at:
            longer = _longer(text, end, others)
            before = text.tokens[at - 1].lower if at else ""
            if text.code == "en" and before in word_set("wants", "before", "whole"):
                end = longer  # "called Book club"
            # "signora Rossi"
            start, stop = text.tokens[at - (before in _HONORIFICS)].start, text.tokens[end - 1].end
            stop += 2 * bool(_SHOP.match(text.raw, stop))  # "at Luigi's for two"
            yield text.cut("name", start, stop)
            first = title.end() if (title := _HONORIFIC.match(text.raw, start, stop)) else start
            one = known.get(first, first) + 1
            two = known.get(one, first)  # "Maria Teresa Oliveira"
            cuts = (c.search(text.raw, two if two < stop else first, stop) for c in _CUTS)
            if cut := next(filter(None, cuts), None):
                sides = (first, cut.start()), (cut.end(), stop)
                given, surname = sides[::-1] if cut[0] == ", " else sides
                yield from (text.cut("given", *given), text.cut("surname", *surname))
            elif first > start:
                yield text.cut("surname", first, stop)
            # "Pip (pip@hill.example)" is somebody, and not in "at Pip, ida@pip.example".
            mailed = before != "at" and any(0 < s.start - stop <= 2 for s in text.found("email"))
            if title or mailed or start in known:
                yield text.cut("person", start, stop)
        at = max(end, at + 1)


def _end(text: Words, at: int, others: set[int]) -> int:
    """Where a name that starts at a token ends; the token itself where none does."""
    first, opens = text.tokens[at], text.opens(at)
    known = TERMS.get(first.lower)
    if text.raw.islower() and any(s.start == first.start for s in text.found("first name")):
        end = _longer(text, at + 1, others, _ENDS)
        return end if end > at + 1 else at
    if not first.text[0].isupper() or (first.foreign and first.text.lower() not in TERMS):
        return at
    once = text.raw.count(first.text) < 2  # "Ming leads Bo", after "Bo and Ming"
    told = first.lower in _NO_NAMES or (once and first.lower.endswith(("ing", "est")))
    told |= known is None and bool(knowledge.is_verbal(first.lower))
    order = text.after(first, 1) == ["the"]  # "Charter the Sea Breeze"
    if opens and (told or order or _FORMS["speaks"].match(text.raw, first.end)):
        return at
    leads = first.lower in word_set("words", "titles") and not opens
    follows = not word_set("words", "determiners").isdisjoint(text.before(first, 1))
    made = not _MAKES.isdisjoint(text.before(first, 1))
    form = "title" if leads else "work" if made else "model" if follows else "name"
    by = None if known else _FORMS["by"].match(text.raw, first.start)  # "Rain and Snow by Ida Berg"
    match = by or _FORMS[form].match(text.raw, first.start)
    if match is None:
        return at
    stop = text.index(match.end())
    beside = [token.lower for token in text.tokens[at + 1 : stop]]
    if "," in match[0] and (known or beside[0] in _PLACES):
        stop = at + 1  # "Kumla, Sweden" is nobody
    month = known and known.kind == "month" and (not beside or beside[0] in TERMS)
    if month or (opens and not beside and first.lower in NUMBER_WORDS):
        return at
    # "Bridge at Noon" has no time in it.
    return next((end for end in range(at + 1, stop) if end in others and not made), stop)


def _longer(text: Words, end: int, others: set[int], ends: Set[str] = _CLOSES) -> int:
    """Where a name ends if it goes on in small letters: "Book club", "the desk of ana silva"."""
    while end < len(text.tokens) and end not in others and text.gap(end) in (" ", "-"):
        if not text.tokens[end].text.islower() or text.tokens[end].lower in ends:
            break
        end += 1
    return end
