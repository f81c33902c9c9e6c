"""What was said before: the facts that somebody stated, told back in their own words."""

import re
from typing import Any

from helpers.mock.simulated import carry, passages
from helpers.mock.simulated.arithmetic import digits, numbers
from helpers.mock.simulated.reading import Turn, told_by_system
from helpers.mock.simulated.texts import (
    Said,
    asks,
    first_word,
    flat,
    has,
    keeps,
    met,
    patterns,
    quoted,
    sentences,
    table,
    word_set,
    words,
)
from helpers.remember import remember_texts

UNTOLD = "Nothing that was said says it."
_PATTERNS = patterns("memory")


def stated(turn: Turn) -> list[str]:
    """The clauses that were stated, the last first: nothing that asks."""
    shown = "" if turn.prompt.images or turn.marked else turn.data
    told = filter(None, [*_of_user(turn.system), *reversed(turn.said_by("user")), shown])
    later = (clause for text in told for clause in _clauses(text))
    return [*told_by_system(turn.system), *later][::-1]


@remember_texts(512)
def _of_user(system: str) -> list[str]:
    """What the system message says of the user, as they would say it."""
    people = not word_set("memory", "people").isdisjoint(words(system))
    lines = [(line, _rewritten(line, "of_user")) for line in sentences(system) if people]
    return [_rewritten(own, "then") for line, own in lines if own != line]


def _rewritten(text: str, name: str) -> str:
    for found, told in table("memory")["rewritten"][name]:
        text = re.sub(found, told, text)
    return text


@remember_texts(512)
def _clauses(text: str) -> list[str]:
    told = sentences(_rewritten(text[:20_000], "split"))
    told = tuple(line for line in told if not _PATTERNS["row"].fullmatch(line))
    clauses = (clause.strip() for line in told for clause in _PATTERNS["clause"].split(line))
    return [clause for clause in clauses if not asks(clause) or keeps(clause)]


def recall(turn: Turn) -> Said | None:
    """The answer to a question about what was said, or that it was not said."""
    if (said := own_words(turn)) is not None or not asks(turn.ask) or _ordered(turn.ask):
        return said
    # The user's name, age, home or work, and no more: not "What do I do in my free time?"
    usual = [fact for fact, (cue, *_) in met(turn.flat, "ask", "memory", "fact")
             if len(passages.content(turn.ask)) <= len(passages.content(cue)) + 1]  # fmt: skip
    mine = usual or _PATTERNS["own"].match(turn.flat)  # "Which room am I in?"
    lines = [line for line in stated(turn) if not mine or line not in turn.system]
    forms = [passages.compiled(each["told"]) for each in usual]
    facts = (line for each in forms for line in lines if each.search(digits(line)))
    found = passages.answering(turn.ask, lines[::-1], topical=False)
    if fact := next(facts, ""):
        found = passages.Found(fact, frozenset(), True)
    if found is None or not found.sure:
        return _unknown(turn, usual, lines)
    counted, own = (set(numbers(digits(text))) for text in (turn.ask, found.line))
    more = counted - own or word_set("sums", "multiples") & {*words(turn.ask)}
    if more or (found.line in turn.data and passages.computes(turn.ask, found.line)):
        return None  # "What do five tickets cost?"
    line, rest = found.line, list[str]()
    for text in _since(turn, line):
        if changed := carry.swapped(line, carry.corrected(text), last=True):
            line = changed
        else:
            rest.append(text)
    told = _told(line, turn)
    if rest:
        told = f"{told} Then you said: “{quoted(rest[-1], 100)}”"
    return passages.told(told, line, turn.ask, found.left or rest)


def _since(turn: Turn, found: str) -> list[str]:
    """What the user said after a clause that goes on from it, corrects or changes it."""
    told, counts = turn.said_by("user"), " how many " in turn.flat  # "I broke 3"
    place = next((n for n, text in enumerate(told) if found in text), 0)
    cues = word_set("memory", "changes") | word_set("agent", "refers")
    # "And my cat is Momo" is of another thing, and a question tells nothing.
    asked = word_set("agent", "asks_back") | word_set("agent", "yes_no")
    later = [text for text in told[:place][::-1]
             if not _PATTERNS["beside"].search(text) and first_word(text) not in asked]  # fmt: skip
    own = told[place].partition(found)[2] if told else ""  # "It was at 7 but it's moved to 8"
    moved = word_set("memory", "changes")
    news = (each for each in _clauses(own) if moved & {*words(each)} or carry.corrected(each))
    later = [*news, *later]
    return [text for text in later if carry.goes_on(text)
            or cues & {*words(text)} or (counts and numbers(digits(text)))]  # fmt: skip


def _unknown(turn: Turn, usual: list[dict[str, Any]], lines: list[str]) -> Said | None:
    """That what was asked for was not said, with the words that may say it after all."""
    mine = " my " in turn.flat and _PATTERNS["mine"].search(turn.flat)
    what = usual[0]["what"] if usual else f"your {mine[1].strip()}" if mine else ""
    handed = what and any("\n" in text for text in turn.said_by("user"))
    if not what or handed or word_set("memory", "people") & {*words(turn.system)}:
        return None  # what is said of the user may be said in other words
    of = {*passages.content(what)[:1]}
    near = next((line for line in lines if of <= passages.material(line)), "")
    text = table("talk")["honest"]["unfound" if near else "untold"]
    return Said(text.format(what=what, line=quoted(near, 200)), UNTOLD, honest=bool(near))


def you(clause: str) -> str:
    """A clause of the user's as one about them: "I live in Lima" as "You live in Lima"."""
    text = _rewritten(clause.strip(), "you")
    return text[:1].upper() + text[1:]


def _told(clause: str, turn: Turn) -> str:
    bare = _bare(clause)
    # "We are open" is said by the model's own side.
    return f"{quoted(bare if clause in turn.system else you(bare), 300)}."


def _bare(clause: str) -> str:
    return _PATTERNS["lead"].sub("", clause).strip().rstrip(".!;,:") or clause


def noted(turn: Turn) -> Said | None:
    """The answer to a statement: that it was heard, told back."""
    if not _ordered(turn.ask) and _wants(turn):
        return None
    clauses = [_bare(each) for each in _clauses(turn.text)]
    told = [you(each) for each in clauses if _declares(each) or _ordered(turn.ask)]
    before = next(iter(turn.said_by("user")), "?")
    if not told and (changed := carry.corrected(turn.text)) and not asks(before):
        told = [you(changed)]  # "No wait, seven hives"
    if not told:
        return None
    news = (each["say"] for each, _ in met(flat(turn.text), "when", "talk", "news"))
    heard = f"{next(news, '')} Noted. {' '.join(f'{line}.' for line in told)}"
    return Said(heard.strip(), "The user tells me something.")


def _wants(turn: Turn) -> bool:
    """Whether a message asks or orders, and does not only tell."""
    if not {"?", "\n", ">", "="}.isdisjoint(turn.text.strip()) or asks(turn.ask):
        return True
    if _PATTERNS["inner"].search(turn.text):
        return True
    parts = _PATTERNS["comma"].split(_bare(turn.text))
    later = {*map(first_word, parts[1:])} - word_set("agent", "asks_back")  # "Ole, who is 6"
    first = later | {first_word(parts[0])}
    orders = first & word_set("reading", "imperatives")
    if orders or not turn.prompt.tools:
        return bool(orders)
    # A wish or an order may be one that no tool fits: "Shut it all", "Keep Monday free".
    wishes = word_set("talk", "ask", "wishes") & {*words(turn.text)}
    return bool(wishes or first & word_set("memory", "orders")) or not _declares(parts[0])


def _ordered(ask: str) -> bool:
    """ "Remember: my locker code is 4417." """
    told = ":" in ask or "that" in words(ask)[:4] or _PATTERNS["states"].search(ask)
    return keeps(ask) and bool(told)


def _declares(clause: str) -> bool:
    first, *rest = words(clause) or [""]
    if rest[1:] and rest[-1] == "please":
        return False  # "And the gate code, please"
    kept = first in word_set("memory", "orders") and len(rest) > 2
    told = kept or first in word_set("memory", "subjects")
    return told or _PATTERNS["states"].search(clause) is not None


def own_words(turn: Turn) -> Said | None:
    """What the user or the model itself said, word for word."""
    theirs = turn.earlier and has(turn.flat, word_set("memory", "words", "theirs"))
    if theirs and (own := turn.said_by("assistant")):
        return Said(own[0], "The user wants my last reply again.", exact=True)
    if not has(turn.flat, word_set("memory", "words", "mine")):
        return None
    mine = turn.said_by("user")
    first = {"first", "begin", "start", "beginning"} & {*words(turn.ask)}
    which = "first message" if first else "last message before this one"
    before = f"Your {which} was: “{quoted(mine[-1 if first else 0], 200)}”" if mine else ""
    return Said(before or "This is your first message.", "It is about the conversation.")
