"""What a short message carries on from the ones before it: "And of Sweden?", "Sorry, he's 5"."""

import re
from dataclasses import replace
from itertools import dropwhile

from helpers.mock.simulated import sums
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import TERMS
from helpers.mock.simulated.reading import Turn, split_up
from helpers.mock.simulated.texts import asks, has, table, word_set, words

_TOKEN = re.compile(r"[^\W_]+(?:[.,'’@:/_-][^\W_]+)*%?")
_PATTERNS = {name: re.compile(of, re.IGNORECASE) for name, of in table("patterns")["carry"].items()}
_PRONOUN, _MEASURE, _NOT, _INSTEAD = map(
    _PATTERNS.__getitem__, ("pronoun", "measure", "not", "instead")
)
_OPERATOR = re.compile(rf"(?:{'|'.join(table('sums')['operators'])})\b", re.IGNORECASE)
_LONGEST = 8


def goes_on(text: str) -> bool:
    """Whether a message begins as one that continues or corrects what went before."""
    said = words(text)
    part = len(said) <= 4 and {*said[:1]} & word_set("agent", "prepositions")
    term = TERMS.get(" ".join(said))  # "Oslo?"
    place = term is not None and term.kind in ("city", "country")
    later = has(f" {' '.join(said[:_LONGEST])} ", table("agent")["later"])
    return bool(part or place or later) or _cue(text) is not None


def _cue(text: str) -> str | None:
    """How a message goes on, behind a "can you" and the like where more follows than that."""
    said = words(text)[:9]
    said = tuple(dropwhile(word_set("agent", "asks_for").__contains__, said)) or said
    starts = {" ".join(said[:size]) for size in range(1, 7)}
    known = (starts & word_set("agent", kind) for kind in ("continues", "corrects"))
    return max((cue for cues in known for cue in cues), key=len, default=None)


def without_cue(text: str) -> str:
    """A message without the words that only say that it goes on: "Actually, we will be six"."""
    bare = _INSTEAD.sub("", text.strip())
    while cue := _cue(bare):
        last = cue.split()[-1]
        place = bare.lower().find(last)
        if place < 0:
            break
        bare = bare[place + len(last) :].lstrip(" ,;:.!-")
        # "Not Rome, Oslo" and "Oslo, not Rome"
        bare = bare.rpartition(", ")[2] if last == "not" else _NOT.split(bare)[0]
    return bare or text


def completed(turn: Turn) -> Turn | None:
    """The turn with its message as a whole question, where that is only a part of one."""
    before = reply = whole = ""
    again = 0
    for role, text in (*reversed(turn.earlier[:40]), ("user", turn.text)):
        if role == "assistant":
            reply = text
            continue
        again = again + 1 if before and _only_repeats(text) else 0
        whole = before if again else _whole(text, before, reply)
        before = whole or text
    if not whole:
        return None
    prompt = replace(turn.prompt, variant=turn.prompt.variant + again)
    fresh = replace(turn, prompt=prompt, text=whole, ask="", how="", data="", marked=False)
    split_up(fresh)
    return fresh


def _only_repeats(text: str) -> bool:
    """ "Another one, please!" """
    said, more = {*words(text)}, word_set("agent", "more")
    beside = word_set("agent", "more_beside") | word_set("talk", "fillers")
    return bool(said & more) and said <= more | beside


def _whole(text: str, before: str, reply: str) -> str:
    said, that = words(text), word_set("agent", "that")
    if not before or len(said) > _LONGEST:
        return ""
    if number := _MEASURE.search(reply[-40:]):
        pointed = " ".join(number[1] if word in that else word for word in said)
        pointed = f"{number[1]} {pointed}" if _OPERATOR.match(text) else pointed
        if number[1] in pointed and sums.compute(pointed) is not None:
            return pointed  # "Double it"
    bare = without_cue(text)
    goes = goes_on(text) and asks(before) and not _PRONOUN.match(bare)
    return _swapped(before, bare) if goes else ""


def _swapped(old: str, new: str) -> str:
    """A text with one of its parts changed for a new one of the same kind; "" for none such."""
    new, old = digits(new.strip(" ?!.")), digits(old)
    tokens, said = list(_TOKEN.finditer(old)), words(new)
    if not said or not tokens:
        return ""
    lead, _, rest = new.partition(" ")
    place, prepositions = None, word_set("agent", "prepositions")
    if alike := _alike(old, new):
        place, new = alike
    elif rest and lead.lower() in prepositions:
        place, new = _after(tokens, lead.lower()), rest
    return f"{old[: place[0]]}{new}{old[place[1] :]}" if place else ""


_Span = tuple[int, int]


def _after(tokens: list[re.Match[str]], lead: str) -> _Span | None:
    """The words behind a preposition, up to the next."""
    said, small = [token[0].lower() for token in tokens], word_set("agent", "prepositions")
    if lead not in said[:-1]:
        return None
    first = said.index(lead) + 1
    end = next((n for n in range(first + 1, len(said)) if said[n] in small), len(said))
    return tokens[first].start(), tokens[end - 1].end()


def _alike(old: str, new: str) -> tuple[_Span, str] | None:
    """The part of a text that is of the kind that the new one is: a number, a date, a name."""
    was, now = Text(old), Text(new)
    for kind in ("time", "date", "number"):
        fresh, known = now.spans(kind), was.spans(kind)
        if kind == "number" and fresh:
            known = [span for span in known if span.unit == fresh[0].unit or not fresh[0].unit]
        if len(fresh) == len(known) == 1:
            return (known[0].start, known[0].end), fresh[0].text
    for kind in ("city", "country", "name"):
        known = [span for span in was.spans(kind) if span.start]
        if known and any(span.start == 0 for span in now.spans(kind)):
            return (known[-1].start, known[-1].end), new
    return None
