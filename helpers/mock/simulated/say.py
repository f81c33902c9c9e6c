"""What to say in words: small talk, what was said before, what a context has, and honesty."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from string import capwords
from typing import Any

from helpers.mock.simulated import (
    almanac,
    asking,
    carry,
    crafts,
    memory,
    passages,
    sights,
    style,
    sums,
    tongues,
)
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.knowledge import DENIAL
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.texts import (
    Said,
    asks,
    first_word,
    flat,
    met,
    quoted,
    sentences,
    table,
    word_set,
    words,
)

_LONGEST = 15
"""A message with as many words is more than small talk."""


def small_talk(turn: Turn) -> Said | None:
    """The answer to a greeting, thanks and the like, and to who I am."""
    name, said = style.persona(turn), tongues.intent(turn)
    intent, cue = ({}, "") if said else _intent_of(turn.text, name)
    if not intent:
        return said
    assistant, language = turn.prompt.vendor.assistant, table("languages").get(style.language(turn))
    if language and (same := language.get(intent.get("as", intent["name"]))):
        text = same["say"].format(assistant=assistant)
        return Said(text, "Small talk, in the language that was asked for.")
    text = intent["say"][turn.prompt.variant % len(intent["say"])].format(
        assistant=name or assistant,
        who=_identity(turn),
        cue=capwords(cue),
    )
    short = (name or assistant) if intent["name"] == "who" else ""
    return Said(text, intent.get("why", f"Small talk: {intent['name']}."), short=short)


def _intent_of(text: str, name: str) -> tuple[dict[str, Any], str]:
    """Which small talk a message is, and nothing else beside it, and by which phrase."""
    said, found = flat(text), list[tuple[dict[str, Any], str]]()
    own, asks_ = {*said.split()}, text.rstrip().endswith("?")
    idle = word_set("talk", "fillers").union(words(name))
    for each, cues in met(said, "cues", "talk", "intent") if said.count(" ") < _LONGEST else []:
        left = own.difference(*map(str.split, cues))
        leads = each.get("leads") and not asks_ and said.startswith(tuple(f" {c} " for c in cues))
        fits = left <= idle or (leads and left.isdisjoint(word_set("talk", "leads_not")))
        if said.count(" ") < each["within"] if "within" in each else fits:
            found.append((each, max(cues, key=len)))
    return max(found, key=lambda match: len(match[1]), default=({}, ""))


def _identity(turn: Turn) -> str:
    """Who I am, and whether I am what the user takes me for."""
    who, vendor = table("talk")["who"], turn.prompt.vendor
    named = ", ".join(filter(None, (style.persona(turn), style.role(turn))))
    text: str = who["persona" if named else "me"].format(
        assistant=vendor.assistant, company=vendor.company, name=named
    )
    said = {*words(turn.text)}.difference(words(f"{vendor.assistant} {named}"))
    taken = (
        kind["say"].format(word=word)
        for kind in who["kind"]
        for word in kind["words"].split()
        if word.lower() in said
    )
    return next(taken, "") + text if "are" in said else text


def _computed(turn: Turn) -> Said | None:
    apart = turn.marked or ("\n\n" in turn.text and turn.ask.endswith("?"))
    if apart and not any(map(str.isdigit, digits(turn.ask))):
        return None  # "How many hours a day ...?" is about the material
    text = turn.ask if turn.marked or len(turn.text) > 400 else turn.text
    return sums.compute(text)


def respond(turn: Turn) -> Said:
    """What to say to the user's last message when no tool is called."""
    whole = carry.completed(turn)
    return (whole and _skilled(whole)) or _skilled(turn) or cannot(turn)


def _skilled(turn: Turn) -> Said | None:
    return next((said for skill in _SKILLS if (said := skill(turn)) is not None), None)


# What a context has


def from_data(turn: Turn) -> Said | None:
    """An answer from the material of the message; or that it does not say."""
    if not turn.data or len(words(turn.data)) < 4 or not asks(turn.ask):
        return None
    rows = [Step("", {}, json.dumps(turn.rows))] if turn.rows else []
    if rows and (told := asking.answered(replace(turn, past=rows))):
        return told
    lines = [*sentences(turn.data)]
    found = passages.answering(turn.ask, lines)
    if _CODE.search(turn.data):
        return cannot(turn)
    if found and not (turn.marked or lines[2:]) and passages.computes(turn.ask, found.line):
        return None  # "I have 2 cats. How many animals ...?" is to be computed
    if found and found.sure:
        sure = passages.whether(turn.ask, found.line)
        why = "The sentence of the context that shares most with it."
        said = Said(f"{sure}. {found.line}" if sure else found.line, why, short=sure)
        return passages.doubted(said, turn.ask, found)
    if not turn.marked and len(turn.data) <= 60:
        return None
    honest = table("talk")["honest"]
    nearest = ""
    if found and 2 * len(found.left) <= len(passages.content(turn.ask)):
        nearest = f"\n{honest['nearest'].format(line=quoted(found.line, 200))}"
    silent = Said(f"{honest['context']}{nearest}", "No sentence of the context is about it.")
    return passages.instead(turn.how, turn.text, turn.system) or silent


_CODE = re.compile(r"\w\([^\n]{0,200}\)$|\w = |[;{]$", re.MULTILINE)
"""What a program does, no line of it says."""


# What may not, or cannot be said


def _ordered(turn: Turn) -> Said | None:
    """What the system message says to answer in a case: "If they ask for ..., say '...'"."""
    for sentence in sentences(turn.system):
        given = passages.instead(sentence)
        case = sentence.replace(given.text, "") if given else ""
        if case and DENIAL.isdisjoint(words(case)) and passages.related(turn.ask, case):
            return given
    return None


def _bounded(turn: Turn) -> Said | None:
    """What the system message forbids to talk about, or the only thing that it allows."""
    for sentence in sentences(turn.system):
        for rule, (cue, *_) in met(flat(sentence), "when", "style", "bound"):
            subject = flat(sentence).partition(f" {cue} ")[2].strip()
            if passages.related(turn.ask, subject) == rule["allowed"]:
                continue
            text = rule["say"].format(subject=quoted(subject))
            bound = Said(text, "The system message says so.", exact=True)
            return passages.instead(turn.system) or bound
    return None


def cannot(turn: Turn) -> Said:
    """What is said when nothing in the conversation answers."""
    if (given := passages.instead(turn.system)) is not None:
        return given
    honest, key = table("talk")["honest"], "unable"
    outside = not word_set("talk", "honest", "outside").isdisjoint(words(turn.ask))
    if not turn.text.strip() and not turn.prompt.images:
        key = "empty"
    elif outside and asks(turn.ask) and not (turn.data or turn.told_by_system or turn.prompt.tools):
        key = "tool" if first_word(turn.ask) != "write" else key
    elif turn.ask.rstrip().endswith("?") and words(turn.ask):
        key = "unknown"
    text = honest[key].format(assistant=turn.prompt.vendor.assistant, asked=quoted(turn.ask))
    why = "A simulation has no knowledge of its own."
    return Said(f"{text}\n{honest['live']}", why, honest=True)


# Who may know, in the order in which they are asked

_SKILLS: tuple[Callable[[Turn], Said | None], ...] = (
    _ordered,
    small_talk,
    sights.seen,
    tongues.reply,
    asking.answered,
    crafts.sentiment,
    crafts.count,
    crafts.dictated,
    crafts.tell,
    almanac.translated,
    crafts.text_work,
    crafts.extract,
    _computed,
    from_data,
    memory.recall,
    _bounded,
    almanac.looked_up,
    memory.noted,
)
