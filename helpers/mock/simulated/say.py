"""What to say in words: small talk, what was said before, what a context has, and honesty."""

import json
import re
from dataclasses import replace
from typing import Any

from helpers.mock.simulated import (
    almanac,
    asking,
    carry,
    crafts,
    memory,
    passages,
    records,
    sights,
    style,
    sums,
    tongues,
)
from helpers.mock.simulated.arithmetic import digits, numbers
from helpers.mock.simulated.glossary import tongue
from helpers.mock.simulated.reading import Step, Turn, split_up, told_by_system
from helpers.mock.simulated.texts import (
    Said,
    asks,
    flat,
    has,
    met,
    quoted,
    sentences,
    table,
    word_set,
    words,
)
from helpers.remember import remember_texts

_INSTEAD, _LANGUAGE, _AND = (
    re.compile(table("patterns")["say"][each], re.IGNORECASE)
    for each in ("instead", "language", "and")
)
_LONGEST = 15
"""A message with as many words is more than small talk."""


def small_talk(turn: Turn) -> Said | None:
    """The answer to a greeting, thanks and the like, and to who I am."""
    if (said := tongues.intent(turn)) is not None:
        return said
    vendor, persona = turn.prompt.vendor, style.persona(turn)
    name = persona or vendor.assistant
    if (intent := _intent_of(turn.text, name)) is None:
        return None
    language = table("languages").get(style.language(turn), {})
    same = language.get(intent.get("as", intent["name"]), intent)
    ways = same.get("persona" if persona else "say", same["say"])
    way = ways if isinstance(ways, str) else ways[turn.prompt.variant % len(ways)]
    beside = {*words(turn.text)}.difference(words(f"{vendor.assistant} {persona}"))
    taken = next((say for word, say in table("talk")["taken"].items() if word in beside), "")
    told = {"model": vendor.assistant, "company": vendor.company, "taken": taken}
    short = name if intent["name"] == "who" else ""
    why = intent.get("why", f"Small talk: {intent['name']}.")
    return Said(way.format(assistant=name, **told), why, short=short)


def _intent_of(text: str, name: str) -> Any:
    """Which small talk a message is, and nothing else beside it; None for none."""
    said, own = flat(text), words(text)
    if len(own) >= _LONGEST or not (found := met(said, "cues", "talk", "intent")):
        return None
    asked = text.rstrip().endswith("?")
    known = (word for _, cues in found for cue in cues for word in cue.split())
    left = {*own}.difference(word_set("talk", "fillers"), words(name), known)
    closed = asked or not left.isdisjoint(word_set("talk", "leads_not"))
    for each, cues in found:
        leads = "leads" in each and not closed
        fits = not left or (leads and said.startswith(tuple(f" {cue} " for cue in cues)))
        fits = len(own) < each["within"] if "within" in each else fits
        if fits and not (asked and "tells" in each):  # not "You are a bot, right?"
            return each
    return None


def _computed(turn: Turn) -> Said | None:
    # "Context: ... How many hours a day ...?" is about the material.
    about = turn.marked and not numbers(digits(turn.ask))
    return None if about else sums.compute(turn.ask if turn.marked else turn.text)


def respond(turn: Turn) -> Said:
    """What to say to the user's last message when no tool is called."""
    told = [*dict.fromkeys(map(_reply, _apart(turn)))]
    if not told[1:] or all(said.honest for said in told):
        return _reply(turn)
    honest = any(said.honest for said in told)
    return Said("\n".join(said.text for said in told), told[0].why, honest=honest)


def _apart(turn: Turn) -> list[Turn]:
    """The turn once for each of several questions that its message asks."""
    parts = sentences(_AND.sub("?\n", turn.ask))
    if not 1 < len(parts) < 6 or not all(map(_asks_alone, parts)):
        return []
    rest = turn.text.partition(turn.ask) if turn.ask in turn.text else (f"{turn.data} ", "", "")
    return [split_up(replace(turn, text=f"{rest[0]}{part}{rest[2]}")) for part in parts]


def _asks_alone(part: str) -> bool:
    """Whether a part of a message asks without another: not "Tell me one", "Explain it"."""
    said, ordered = words(part), not part.endswith("?")
    points = ordered and {*said} & word_set("agent", "that")
    return asks(part) and len(said) > 2 + ordered and not points


def _reply(turn: Turn) -> Said:
    turns = filter(None, (carry.completed(turn), turn))
    replies = (said for each in turns for skill in _SKILLS if (said := skill(each)) is not None)
    return next(replies, None) or cannot(turn)


def _language(turn: Turn) -> Said | None:
    """Which language a text is in: "What language is 'bom dia'?"."""
    if not _LANGUAGE.search(turn.ask) or not (text := crafts.payload(turn)):
        return None
    name = table("languages")[tongue(text)]["english"]
    # What is English for want of another may be in one that is not known.
    sure = name != "English" or {*words(text)} & word_set("languages", "en", "marks")
    return Said(f"It is {name}.", "Its words tell it.", short=name) if sure else cannot(turn)


# What a context has

_SILENT = Said(table("talk")["honest"]["context"], "No sentence of the context is about it.")


def from_data(turn: Turn) -> Said | None:
    """An answer from the material of the message; or that it does not say."""
    code = word_set("reading", "code")
    if len(words(turn.data)) < 4 or not asks(turn.ask) or not code.isdisjoint(words(turn.ask)):
        return None
    rows = [Step("", {}, json.dumps(turn.rows))] if turn.rows else []
    if told := asking.answered(replace(turn, past=rows)):
        return told
    found = passages.answering(turn.ask, passages.sourced(turn.data))
    if found and not turn.marked and passages.computes(turn.ask, found.line):
        return None  # "I have 2 cats. How many animals ...?" is to be computed
    if found and found.sure:
        own = not (turn.marked or turn.rows or "\n" in turn.text)  # "My canoe is red. ..."
        said = memory.you(found.line) if own else found.line
        return passages.told(said, found.line, turn.ask, found.left)
    if not turn.marked and len(turn.data) <= 60:
        return None
    given = (_instead(each) for each in (turn.how, turn.text, turn.system))
    return next(filter(None, given), _SILENT)


def from_before(turn: Turn) -> Said | None:
    """An answer from records, such as a table, that the user handed over earlier."""
    if turn.data or not asks(turn.ask) or not {"i", "my"}.isdisjoint(words(turn.ask)):
        return None
    handed = (_handed(turn, text) for role, text in turn.earlier if role == "user")
    rows = next(filter(None, handed), None)
    told = rows and from_data(replace(turn, data=records.written(rows), rows=rows))
    return None if not told or told.honest or told == _SILENT else told


def _handed(turn: Turn, text: str) -> Any:
    """The records that an earlier message hands over, with a question or behind a colon."""
    if {"\n", "{"}.isdisjoint(text):
        return None
    behind = text[text.find(":") + 1 :] if text[0].isalpha() else text
    return split_up(replace(turn, text=text)).rows or records.told(behind)[1]


# What may not, or cannot be said


@remember_texts(512)
def _instead(order: str) -> Said | None:
    """What a prompt tells to say where nothing answers: "otherwise say 'Not found'"."""
    for sentence in sentences(order):
        given = _INSTEAD.search(sentence)
        if given and has(flat(sentence), table("reading")["else"]):
            return Said(given[1] or given[2], "The prompt says what to say here.", exact=True)
    return None


def recalled(turn: Turn) -> Said | None:
    """What was said; where it was not, what the system message says instead."""
    said = memory.recall(turn)
    return _instead(turn.system) or said if said and said.why == memory.UNTOLD else said


def _ruled(turn: Turn) -> Said | None:
    """What the system message wants said where it forbids to talk of something."""
    for rule, subject in _bounds(turn.system):
        if passages.related(turn.ask, subject) != rule["allowed"]:
            text = rule["say"].format(subject=quoted(subject))
            bound = Said(text, "The system message says so.", exact=True)
            return _instead(turn.system) or bound
    return None


@remember_texts(512)
def _bounds(system: str) -> list[tuple[Any, str]]:
    """What a system message lets be talked of or not, each with the rule that it is of."""
    return [
        (rule, said.partition(f" {cue} ")[2].strip())
        for said in map(flat, sentences(system))
        for rule, (cue, *_) in met(said, "when", "style", "bound")
    ]


def cannot(turn: Turn) -> Said:
    """What is said when nothing in the conversation answers."""
    if (given := _instead(turn.system)) is not None:
        return given
    honest, key = table("talk")["honest"], "unable"
    outside = not word_set("talk", "honest", "outside").isdisjoint(words(turn.ask))
    told = told_by_system(turn.system)
    if not turn.text.strip() and not turn.prompt.images:
        key = "empty"
    elif outside and asks(turn.ask) and not (turn.data or told or turn.prompt.tools):
        key = "tool"
    elif turn.ask.rstrip().endswith("?") and words(turn.ask):
        key = "unknown"
    text = honest[key].format(assistant=turn.prompt.vendor.assistant, asked=quoted(turn.ask))
    why = "A simulation has no knowledge of its own."
    return Said(f"{text}\n{honest['live']}", why, honest=True)


# Who may know, in the order in which they are asked

_SKILLS = (
    small_talk,
    _ruled,
    _language,
    sights.seen,
    tongues.reply,
    asking.answered,
    almanac.translated,
    *crafts.SKILLS,
    _computed,
    from_data,
    from_before,
    recalled,
    almanac.looked_up,
    memory.noted,
)
