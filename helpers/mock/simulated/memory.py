"""What was said before: the facts that somebody stated, told back in their own words."""

import re
from collections.abc import Iterator
from typing import Any

from helpers.mock.simulated import passages
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.reading import Turn, asks
from helpers.mock.simulated.texts import (
    Said,
    flat,
    has,
    quoted,
    sentences,
    table,
    word_set,
    words,
)

_CLAUSE = re.compile(
    r",? (?:and|but) (?=(?:i|i'm|my|we|our|he|she|they|it|the|his|her)\b)"
    r"|, (?=(?:my|our|his|her) )|; ",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b([\w'’-]{1,60}),? (?:and )?not ([\w'’-]{1,60})")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def stated(turn: Turn) -> Iterator[str]:
    """The clauses that were stated, the last first: no questions, no requests."""
    told = [turn.data] if not turn.prompt.images else []
    texts = [*told, *turn.said_by("user"), "\n".join(turn.told_by_system)]
    mended: dict[str, str] = {}
    for text in texts:
        for new, old in _NOT.findall(text[:2_000]):
            mended.setdefault(old, new)
        clauses = [
            clause.strip()
            for sentence in sentences(text[:20_000])
            if not sentence.endswith("?")
            for clause in _CLAUSE.split(sentence)
        ]
        for clause in reversed(clauses):
            whole = " not " not in clause
            yield _WORD.sub(lambda w: mended.get(w[0], w[0]), clause) if whole else clause


def recall(turn: Turn) -> Said | None:
    """The answer to a question about what was said, or that it was not said."""
    if (said := known(turn)) is not None or not asks(turn.ask):
        return said
    lines = list(stated(turn))
    if owned := re.search(r"\bmy ([\w' -]{2,60})", turn.ask, re.IGNORECASE):
        # "What is my dog called?" is not answered by "My name is Ali".
        owned_thing = set(passages.content(owned[1])[:1])
        lines = [each for each in lines if owned_thing <= set(passages.content(each))]
    found = passages.compared(turn.ask, lines) or passages.answering(turn.ask, lines, False)
    return _told(found) if found is not None else _unknown(turn)


def known(turn: Turn) -> Said | None:
    """The answer to a question about a usual fact, or about the words of this conversation."""
    if (own := _own_words(turn)) is not None or not asks(turn.ask):
        return own
    for fact in _usual(turn):
        for clause in stated(turn):
            if has(flat(clause), fact["told"]) and _is_name(clause, fact):
                return _told(clause)
    return None


def usual(turn: Turn) -> bool:
    """Whether a message asks for a usual fact: the user's name, age, home, work."""
    return asks(turn.ask) and bool(_usual(turn))


def _usual(turn: Turn) -> list[dict[str, Any]]:
    return [fact for fact in table("memory")["fact"] if has(turn.flat, fact["ask"])]


def _unknown(turn: Turn) -> Said | None:
    asked = turn.flat
    for fact in _usual(turn):
        return _untold(fact["what"])
    mine = re.search(
        r" (?:is|are|was|remember|know|tell me|recall|what's|who's|where's) my ((?:[\w']+ ){1,3})",
        asked,
    )
    if mine and not has(asked, ("where is my", "where's my", "when is my", "how is my", "is my")):
        return _untold(f"your {mine[1].strip()}")
    if mine and has(asked, ("what is my", "who is my", "what was my")):
        return _untold(f"your {mine[1].strip()}")
    return None


def _is_name(clause: str, fact: dict[str, object]) -> bool:
    """Whether "I'm ..." goes on with a name, "I'm Ada", or with the number of an age."""
    if fact.get("number"):
        return re.search(r"\d", digits(clause)) is not None
    if not fact.get("capital"):
        return True
    told = re.search(r"\b(?:I'm|I am|I’m|[Tt]his is) ([A-Z][\w'’-]*)(?! years)", clause)
    return bool(told) or not has(flat(clause), ("i'm", "i am", "this is"))


_USER = tuple((re.compile(of, re.IGNORECASE), told) for of, told in table("memory")["user"].items())


def you(clause: str) -> str:
    """A clause of the user's as one about them: "I live in Lima" as "You live in Lima"."""
    swaps = table("memory")["you"]

    def swapped(match: re.Match[str]) -> str:
        word = match.group().replace("’", "'")
        return str(swaps.get(word.lower() if word != "US" else "", match.group()))

    for found, told in _USER:
        clause = found.sub(told, clause.strip())
    text = _WORD.sub(swapped, re.sub(r"^you\b", "§", clause.strip(), flags=re.I))
    text = text.replace("§ are", "I am").replace("§", "I")
    text = re.sub(
        r"\b(you|You) (?:am|was)\b", lambda m: f"{m[1]} {'are' if 'am' in m[0] else 'were'}", text
    )
    return text[:1].upper() + text[1:]


_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|no|yes|ok|okay|well|sorry|actually|so|by the way|i mistyped|oops"
    r"|correction|good morning|good evening|please|and|but|remember that|note that"
    r"|remember this)\b[\s,:!.]*)+",
    re.IGNORECASE,
)


def _told(clause: str) -> Said:
    bare = _LEAD.sub("", clause).strip().rstrip(".!;,") or clause
    first = words(bare)[:1]
    if first and first[0] in word_set("memory", "orders"):
        text = f"You asked me to {bare[:1].lower()}{you(bare)[1:]}."
    else:
        text = f"{you(bare)}."
    return Said(quoted(text, 300), "It was said in this conversation.")


def _untold(what: str) -> Said:
    text = table("talk")["honest"]["untold"].format(what=what)
    return Said(text, "Nobody said it before.")


def noted(turn: Turn) -> Said | None:
    """The answer to a statement: that it was heard, told back."""
    if len(turn.text) > 300 or asks(turn.ask):
        return None
    clauses = [
        each
        for sentence in sentences(turn.text)
        for each in _CLAUSE.split(sentence)
        if not has(flat(each), ("tell me", "write")) and not sentence.endswith("?")
    ]
    told = [_LEAD.sub("", each).strip().rstrip(".!") for each in clauses]
    told = [each for each in told if len(words(each)) > 1 and _declares(each)]
    if not told:
        return None
    return Said(
        f"Noted. {' '.join(f'{you(each)}.' for each in told)}", "The user tells me something."
    )


def _declares(clause: str) -> bool:
    first = words(clause)[0]
    return (
        first in word_set("memory", "subjects")
        or first in word_set("memory", "orders")
        or bool(
            re.search(
                r"\b(?:is|are|was|were|has|have|will|starts|opens|closes|lives|works|likes)\b",
                clause,
            )
        )
    )


def _own_words(turn: Turn) -> Said | None:
    """What the user or the model itself said, word for word."""
    asked, cues = turn.flat, table("memory")["words"]
    if has(asked, cues["theirs"]) and not has(asked, cues["mine"]):
        before = turn.said_by("assistant")
        text = before[0] if before else "I have not said anything yet."
        return Said(text, "The user wants my last reply again.", exact=True)
    if not has(asked, cues["mine"]):
        return None
    before = turn.said_by("user")
    if not before:
        return Said("This is your first message.", "There is no earlier message.")
    first = has(asked, ("first", "begin", "start", "beginning"))
    text = before[-1] if first else before[0]
    which = "first message" if first else "last message before this one"
    return Said(f"Your {which} was: “{quoted(text, 200)}”", "A question about the conversation.")
