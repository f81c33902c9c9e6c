"""What was said before: the facts that somebody stated, told back in their own words."""

import re
from dataclasses import replace
from itertools import takewhile
from typing import Any

from helpers.mock.simulated import carry, passages, sums
from helpers.mock.simulated.arithmetic import digits, numbers
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import (
    Said,
    asks,
    first_word,
    flat,
    has,
    keeps,
    met,
    quoted,
    sentences,
    table,
    word_set,
    words,
)

_PATTERNS = {name: re.compile(of, re.I) for name, of in table("patterns")["memory"].items()}
_CLAUSE, _LEAD, _STATES = _PATTERNS["clause"], _PATTERNS["lead"], _PATTERNS["states"]
_MINE = _PATTERNS["mine"]
_REWRITTEN = {
    name: [(re.compile(found), told) for found, told in rules]
    for name, rules in table("memory")["rewritten"].items()
}
_MANY = re.compile(table("patterns")["passages"]["many"], re.I)
_BARE = re.compile(r"\d(?: more| of them)?(?=\W*$|[,.] )|\d of them")
_OTHER = re.compile(r"^(?:She|He|They)\b")
_AM = re.compile(r"\b([Yy]ou) (am|was)\b")
_COMMA = re.compile(r"[,;] (?:and |so |then )?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def stated(turn: Turn) -> list[str]:
    """The clauses that were stated, the last first, as they were corrected: nothing that asks."""
    told = [] if turn.prompt.images or turn.marked else [turn.data]
    kept = _of_user(turn)
    for text in filter(None, (*reversed(turn.said_by("user")), *told)):
        if new := _changed(kept, text):
            kept.append(new)
            continue
        kept += _clauses(text[:20_000])
    return kept[::-1]


def _of_user(turn: Turn) -> list[str]:
    """What the system message says: of the user as they would say it, the rest as it is."""
    kept, own = list[str](), False
    people = word_set("memory", "people") & {*words(turn.system)}
    for line in sentences(turn.system) if people else ():
        again = _OTHER.sub("The user", line) if own else line
        mine = _rewritten(again, "of_user")
        own = mine != again
        kept += _clauses(_rewritten(mine, "then")) if own else ()
    return [*turn.told_by_system, *kept]


def _rewritten(text: str, name: str) -> str:
    for found, told in _REWRITTEN[name]:
        text = found.sub(told, text)
    return text


def _clauses(text: str) -> list[str]:
    told = sentences(_rewritten(text, "split"))
    clauses = (c.strip() for line in told if not line.endswith("?") for c in _CLAUSE.split(line))
    return [clause for clause in clauses if not asks(clause) or keeps(clause)]


def _changed(kept: list[str], text: str) -> str:
    """The one of the last statements that a correction is of, taken out and set right."""
    new = carry.corrected(text) if len(text) < 100 else ""
    near = range(len(kept) - 1, max(len(kept) - 5, -1), -1) if new else range(0)
    for last in (False, True):
        for place in near:
            if _declares(kept[place]) and (clause := carry.swapped(kept[place], new, last=last)):
                del kept[place]
                return clause
    return ""


def recall(turn: Turn) -> Said | None:
    """The answer to a question about what was said, or that it was not said."""
    if (said := _own_words(turn)) is not None or not asks(turn.ask) or _ordered(turn.ask):
        return said
    lines, usual = [line for line in stated(turn) if line not in turn.system], _usual(turn)
    for fact in usual:
        if clause := next((line for line in lines if _tells(line, fact)), ""):
            return _told(clause, turn)
    if lines and has(turn.flat, table("memory")["words"]["all"]):
        told = [_LEAD.sub("", line).strip().rstrip(".!;,") for line in lines[::-1][-8:]]
        return Said(" ".join(f"{you(each)}." for each in told if each), "It was all said before.")
    found = passages.answering(turn.ask, lines[::-1], topical=False, latest=True)
    if found is None and not usual:
        found = passages.answering(turn.ask, [*turn.told_by_system, *_shown(turn)])
    if found is None or not found.sure:
        return _unknown(turn, usual, lines)
    line = found.line
    reckons = word_set("sums", "multiples") | word_set("sums", "remains")
    if not reckons.isdisjoint(words(turn.ask)):
        return None  # "What is double my lucky number?"
    if not {*numbers(digits(turn.ask))} <= {*numbers(digits(line))}:
        return None  # "What do five tickets cost?"
    if line in turn.data and passages.computes(turn.ask, line):
        return None
    later, reply = _since(turn, line), _told(line, turn)
    if (reckoned := _reckoned(turn, line, later)) is not None:
        return reckoned
    if later:
        reply = reply._replace(text=f"{reply.text} Then you said: “{quoted(later[-1], 100)}”")
        found = found._replace(left=frozenset(later))
    return passages.doubted(reply, turn.ask, found)


def _shown(turn: Turn) -> list[str]:
    """The sentences of a text that was shown before, and is not about the user."""
    texts, own = turn.said_by("user"), word_set("memory", "own")
    shown = [text for text in texts if len(sentences(text)) > 2 and not own & {*words(text)}]
    return [line for text in shown for line in sentences(text)]


def _reckoned(turn: Turn, line: str, later: list[str]) -> Said | None:
    """What the numbers of a thing that were told come to: "I have six pens", "I lost two"."""
    if (many := _MANY.search(turn.ask)) is None:
        return None
    thing, said = {*passages.content(many[1])}, map(digits, turn.said_by("user")[::-1])
    told = [text for text in said if not asks(text) and numbers(text)
            and (_BARE.search(text) or thing <= passages.material(text))]  # fmt: skip
    told = told if len(told) > 1 else [f"{line}.", *later]
    return sums.compute(" ".join([*told, turn.ask])) if told[1:] else None


def _tells(clause: str, fact: dict[str, Any]) -> bool:
    told = re.search(fact["told"], digits(clause)) is not None
    return told and not {*fact.get("unless", ())} & passages.material(clause)


def _since(turn: Turn, found: str) -> list[str]:
    """What the user said after a clause that goes on from it or changes something."""
    told = turn.said_by("user")
    place = next((n for n, text in enumerate(told) if found in text), 0)
    goes_on = word_set("memory", "changes") | word_set("agent", "refers")
    return list(takewhile(lambda text: goes_on & {*words(text)}, told[:place][::-1]))


def known(turn: Turn) -> bool:
    """Whether a message asks for a usual fact of the user, or for words of this conversation."""
    return _own_words(turn) is not None or (asks(turn.ask) and bool(_usual(turn)))


def _usual(turn: Turn) -> list[dict[str, Any]]:
    """The usual facts that a message asks for: the user's name, age, home, work."""
    facts, asked = met(turn.flat, "ask", "memory", "fact"), len(passages.content(turn.flat))
    # No more than a cue is asked: not "What do I do in my free time?"
    return [fact for fact, cues in facts if asked <= len(passages.content(cues[0])) + 1]


def _unknown(turn: Turn, usual: list[dict[str, Any]], lines: list[str]) -> Said | None:
    """That what was asked for was not said, with the words that may say it after all."""
    mine = _MINE.search(turn.flat)
    what = usual[0]["what"] if usual else f"your {mine[1].strip()}" if mine else ""
    if word_set("memory", "people") & {*words(turn.system)}:
        return None  # what is said of the user may be said in other words
    of = {*passages.content(turn.ask if usual else what)[:1]}
    near = next((line for line in lines if of <= passages.material(line)), "")
    if not what or not near:
        return _untold(what) if what else None
    text = table("talk")["honest"]["unfound"].format(what=what, line=quoted(near, 200))
    return Said(text, "Nothing that was said says it.", honest=True)


def you(clause: str) -> str:
    """A clause of the user's as one about them: "I live in Lima" as "You live in Lima"."""
    swaps = table("memory")["you"]

    def swapped(match: re.Match[str]) -> str:
        word = match.group().replace("’", "'")
        return str(swaps.get(word.lower() if word != "US" else "", match.group()))

    text = _WORD.sub(swapped, re.sub(r"^you\b", "§", clause.strip(), flags=re.I))
    text = text.replace("§ are", "I am").replace("§", "I")
    text = _AM.sub(lambda of: f"{of[1]} {'are' if of[2] == 'am' else 'were'}", text)
    return text[:1].upper() + text[1:]


def _told(clause: str, turn: Turn) -> Said:
    sure = passages.whether(turn.ask, clause)
    lead = f"{sure}. " if sure else ""
    if clause in turn.system:  # "We are open" is said by the model's own side.
        return Said(f"{lead}{clause.rstrip('.')}.", "The system message says so.", short=sure)
    bare = _LEAD.sub("", clause).strip().rstrip(".!;,") or clause
    text, told = you(bare), words(bare)
    if told[:1] and told[0] in word_set("memory", "orders"):
        text = f"You asked me to {bare[:1].lower()}{text[1:]}"
    elif len(told) < 5 and text.lower() == bare.lower() and not _declares(bare):
        text = f"You said: “{bare}”"  # "Leopold here!"
    return Said(f"{lead}{quoted(text, 300)}.", "It was said in this conversation.", short=sure)


def _untold(what: str) -> Said:
    text = table("talk")["honest"]["untold"].format(what=what)
    return Said(text, "Nobody said it before.")


HEARD = "The user tells me something."


def noted(turn: Turn) -> Said | None:
    """The answer to a statement: that it was heard, told back."""
    wants = "?" in turn.text or asks(turn.ask)
    formed = "\n" in turn.text and any(mark in turn.text for mark in ("->", "#", ":\n"))
    if formed or len(turn.text) > 300 or (wants and not _ordered(turn.ask)):
        return None
    changed = _changed(stated(replace(turn, data=""))[::-1], turn.text)
    orders = (first_word(part) for part in _COMMA.split(turn.text)[1:])
    if not changed and not word_set("reading", "imperatives").isdisjoint(orders):
        return None
    clauses = [changed] if changed else _clauses(turn.text)
    bare = [_LEAD.sub("", clause).strip().rstrip(".!") for clause in clauses
            if not has(flat(clause), ("tell me", "write"))]  # fmt: skip
    told = [clause for clause in bare if len(words(clause)) > 1 and _declares(clause)]
    if not told:
        return None
    news = (each["say"] for each, _ in met(flat(turn.text), "when", "talk", "news"))
    heard = f"Noted. {' '.join(f'{you(line)}.' for line in told)}"
    return Said(f"{next(news, '')} {heard}".strip(), HEARD)


def _ordered(ask: str) -> bool:
    """ "Remember: my locker code is 4417." """
    return keeps(ask) and (":" in ask or _STATES.search(ask) is not None)


def _declares(clause: str) -> bool:
    first = words(clause)[0]
    kept = first in word_set("memory", "orders") and len(words(clause)) > 3
    return first in word_set("memory", "subjects") or kept or bool(_STATES.search(clause))


def _own_words(turn: Turn) -> Said | None:
    """What the user or the model itself said, word for word."""
    asked, cues = turn.flat, table("memory")["words"]
    mine = has(asked, cues["mine"])
    if has(asked, cues["theirs"]) and not mine:
        before = [*turn.said_by("assistant"), "I have not said anything yet."]
        return Said(before[0], "The user wants my last reply again.", exact=True)
    if not mine:
        return None
    why, before = "A question about the conversation.", turn.said_by("user")
    if not before:
        return Said("This is your first message.", why)
    first = has(asked, ("first", "begin", "start", "beginning"))
    which = "first message" if first else "last message before this one"
    return Said(f"Your {which} was: “{quoted(before[-1 if first else 0], 200)}”", why)
