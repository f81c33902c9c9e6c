"""What a short message carries on from the ones before it: "And of Sweden?", "Sorry, he's 5"."""

from dataclasses import replace
from itertools import dropwhile

from helpers.mock.simulated import sums
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import TERMS
from helpers.mock.simulated.reading import Turn, split_up
from helpers.mock.simulated.texts import asks, patterns, word_set, words
from helpers.remember import remember

_PATTERNS = patterns("carry")
_LONGEST = 8


def goes_on(text: str) -> bool:
    """Whether a message begins as one that continues or corrects what went before."""
    said = words(text)
    part = len(said) <= 4 and {*said[:1]} & word_set("agent", "prepositions")
    term = TERMS.get(" ".join(said))  # "Oslo?"
    place = term is not None and term.kind in ("city", "country")
    return bool(part or place) or _cue(text) is not None


def _cue(text: str, *kinds: str) -> str | None:
    """How a message goes on, behind a "can you" and the like where more follows than that."""
    said = words(text)[:9]
    said = tuple(dropwhile(word_set("agent", "asks_for").__contains__, said)) or said
    starts = {" ".join(said[:size]) for size in range(1, 7)}
    known = (starts & word_set("agent", kind) for kind in kinds or ("continues", "corrects"))
    return max((cue for cues in known for cue in cues), key=len, default=None)


def without_cue(text: str) -> str:
    """A message without the words that only say that it goes on: "Actually, we will be six"."""
    bare = _PATTERNS["instead"].sub("", text.strip())
    while (cue := _cue(bare)) and (last := cue.split()[-1]) in bare.lower():
        bare = bare[bare.lower().index(last) + len(last) :].lstrip(" ,;:.!-")
        # "Not Rome, Oslo" and "Oslo, not Rome"
        bare = bare.rpartition(", ")[2] if last == "not" else _PATTERNS["not"].split(bare)[0]
    return bare or text


def completed(turn: Turn) -> Turn | None:
    """The turn with its message as a whole question, where that is only a part of one."""
    before = reply = whole = ""
    for role, text in (*reversed(turn.earlier[:40]), ("user", turn.text)):
        if role == "assistant":
            reply = text
        else:
            carries = before and len(words(text)) <= _LONGEST
            whole = _whole(before, text, reply[-40:]) if carries else ""
            before = whole or text
    return split_up(replace(turn, text=whole)) if whole else None


# What was said before comes again with each request of a conversation.
@remember(512)
def _whole(before: str, text: str, reply: str) -> str:
    said, that = words(text), word_set("agent", "that")
    if number := _PATTERNS["measure"].search(reply):
        pointed = " ".join(number[1] if word in that else word for word in said)
        if number[1] in pointed and sums.compute(pointed) is not None:
            return pointed  # "Double it"
    asked, (first, _, rest) = word_set("agent", "asks_back"), before.partition(" ")
    if {*said[:1]} <= asked and len(said) < 2 and first.lower() in asked:
        return f"{text.strip(' ?')} {rest}"  # "Where am I going?", "When?"
    bare = without_cue(text)
    goes = goes_on(text) and asks(before) and not _PATTERNS["pronoun"].match(bare)
    return swapped(before, bare) if goes else ""


def corrected(text: str) -> str:
    """What a correction says instead of a part of what was stated; "" for no correction."""
    if _cue(text, "corrects") is None or "?" in text:
        return ""
    # "It's due on Monday", "He's five"
    bare = _PATTERNS["pronoun"].sub("", without_cue(text).strip(" .!"), count=1)
    said, idle = words(bare), word_set("talk", "fillers")  # "No, thanks."
    short = len(said) <= 4 and not {*said[:1]} & word_set("memory", "subjects")
    return bare if short and not {*said} <= idle else ""


def swapped(old: str, new: str, *, last: bool = False) -> str:
    """A text with one of its parts changed for a new one of the same kind; "" for none such.

    With `last`, the last word is of any kind: "My car is green" and "blue".
    """
    new, old = digits(new.strip(" ?!.")), digits(old)
    small, (lead, _, rest) = word_set("agent", "prepositions"), new.partition(" ")
    before, found, after = old.partition(f" {lead.lower()} ")
    if alike := _alike(old, new):
        start, end, part = alike
        return f"{old[:start]}{part}{old[end:]}"
    if lead.lower() in small:  # up to the next preposition
        kept = " ".join(dropwhile(lambda word: word not in small, after.split()))
        return f"{before}{found}{rest} {kept}".rstrip() if found and rest else ""
    head, _, tail = old.rpartition(" ")
    if last and 0 < len(words(new)) < 3 and new[0].isdigit() == tail[:1].isdigit():
        return f"{head} {new}"
    return ""


def _alike(old: str, new: str) -> tuple[int, int, str] | None:
    """Where a text has a part of the kind that the new one is: a number, a date, a name."""
    was, now = Text(old), Text(new)
    for kind in ("quote", "time", "date", "number", "city", "country", "name"):
        fresh, named = now.spans(kind), kind in ("city", "country", "name")
        known = [span for span in was.spans(kind) if fresh and span.start >= named
                 and fresh[0].unit in (span.unit, None)]  # fmt: skip
        if named and known and fresh[0].start == 0:
            return known[-1].start, known[-1].end, new
        if not named and len(fresh) == len(known) == 1:
            return known[0].start, known[0].end, fresh[0].text
    return None
