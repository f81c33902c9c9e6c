"""Going on from what was called before: "And in Oslo?", "make that 8", the answer to a question."""

import re
from dataclasses import replace

from helpers.mock.simulated import memory, things
from helpers.mock.simulated.carry import goes_on, without_cue
from helpers.mock.simulated.chain import from_last, merged
from helpers.mock.simulated.find import Text, today_in
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import PATTERNS
from helpers.mock.simulated.plan import Planned, fill, forced, plan
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.texts import flat, has, phrases, spelt, stem, table, word_set, words
from helpers.mock.simulated.want import name_words

_LONGEST = 4_000
_SHORT, _SHORT_ANSWER, _LONGEST_ANSWER = 8, 12, 40
"""Words of an answer to a question; what is longer may be a request of its own."""
_CAPITAL = re.compile(PATTERNS["requests"]["capital"])
_AND = re.compile(r",? and |, ")


def text_of(turn: Turn, text: str | None = None) -> Text:
    raw = _resolved(turn, turn.text if text is None else text)
    if len(raw) > _LONGEST:
        raw = f"{raw[: _LONGEST // 2]}\n{raw[-_LONGEST // 2 :]}"
    return Text(raw, turn.pictures, today_in(turn.prompt.messages))


def _resolved(turn: Turn, text: str) -> str:
    """A text with the name of the place that "at home" or "there" stands for."""
    agent = table("agent")
    text = _CAPITAL.sub(lambda of: table("almanac")["capitals"].get(of[1], of[0]), text)
    said = flat(text)
    home = has(said, sorted(agent["at_home"].split("|"), key=len, reverse=True))
    if home and (clause := next((c for c in memory.stated(turn)
                                 if has(flat(c), phrases("agent", "homes"))), None)):  # fmt: skip
        return re.sub(rf"\b{home}\b", f"in {_home(clause)}", text, flags=re.IGNORECASE)
    if " there " not in said or has(said, ("is there", "are there")):
        return text
    places = [v for step in turn.past for k, v in (step.arguments or {}).items()
              if k.lower() in things.keys("places") and isinstance(v, str)]  # fmt: skip
    told = (span.text for clause in memory.stated(turn)[:4] for span in Text(clause).spans("city"))
    place = places[-1] if places else next(told, "")
    return re.sub(r"\bthere\b", f"in {place}", text, flags=re.IGNORECASE) if place else text


def _home(clause: str) -> str:
    found = re.findall(r"[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)*", clause)
    return found[-1] if found else clause


def again(turn: Turn, tool: Tool, last: Step, planned: list[Planned]) -> list[Planned]:
    """The last call once more with what the message changes: "And in Oslo?", "make that 8"."""
    said = words(turn.text)
    short = len(said) <= 4 and (turn.text.rstrip().endswith("?") or said[:1] == ["in"])
    refers = bool(planned) and has(flat(turn.text), word_set("agent", "refers"))
    named = turn.text != turn.text.lower() or not turn.text.isascii() or any(
        text_of(turn).spans(kind) for kind in ("city", "country", "number", "date")
    )  # fmt: skip
    asked = bool(said) and said[0].removesuffix("'s") in word_set("agent", "asks_back")
    if not (goes_on(turn.text) or (short and named and not asked) or refers):
        return []
    # "Anything cheaper?" names nothing.
    if {*said} & things.comparatives() or not fits(last.arguments, tool.parameters):
        return []
    old = last.arguments or {}
    bare = without_cue(turn.text)
    parts = [part.strip(" .!?") for part in _AND.split(bare)]
    # Of "Not Rome, Oslo", the last is meant.
    parts = parts[-1:] if words(turn.text)[:1] == ["not"] else parts
    bare = parts[0] if len(parts) == 1 else bare
    several = len(parts) > 1 and all(part[:1].isupper() for part in parts)
    return [
        call for part in (parts if several else [bare])
        for call in _changed(turn, Planned(tool, old), part, several)
    ]  # fmt: skip


def _changed(turn: Turn, made: Planned, part: str, several: bool) -> list[Planned]:
    """A call once more with what a part of the message says instead: "Oslo", "eight people"."""
    tool, old = made.tool, made.arguments
    found = []
    for call in forced((tool,), text_of(turn, part), tool.name):
        new = {k: v for k, v in call.arguments.items() if k not in call.missing}
        if {**old, **new} != old or has(flat(turn.text), phrases("agent", "again")):
            found.append(Planned(tool, {**old, **new}))
    named = [k for k, v in old.items() if isinstance(v, str)]
    bare = part.strip(" .!?")
    name = goes_on(turn.text) and bare[:1].isupper() and len(bare.split()) < 4
    if not found and name and len(named) == 1 and bare != turn.text:
        found = [Planned(tool, {**old, named[0]: bare})]
    found = [call for call in found if fits(call.arguments, tool.parameters)]
    return found[:1] if several else found


def was_asked(turn: Turn) -> bool:
    """Whether the model's last words asked the user for something."""
    if not turn.earlier or turn.earlier[0][0] != "assistant":
        return False
    reply = turn.earlier[0][1]
    return "?" in reply or has(flat(reply), ("please tell", "tell me")) is not None


def answer_to_question(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned] | None:
    """The call that waits for what the user says now, after the model has asked for it."""
    if not was_asked(turn) or turn.text.rstrip().endswith("?"):
        return None
    long = len(words(turn.text))
    if long > _LONGEST_ANSWER or (long > _SHORT_ANSWER and plan(tools, text_of(turn))):
        return None
    request = next(iter(turn.said_by("user")), "")[:_LONGEST]
    planned = plan(tools, Text(request))
    call = next((call for call in planned if call.missing), *planned[:1]) if planned else None
    return [_answered(call, turn.earlier[0][1], turn.text, request)] if call else None


def _answered(call: Planned, question: str, answer: str, request: str) -> Planned:
    """A call with what the user answers to a question, which may name what it asks for."""
    schema, bare = call.tool.parameters, answer.strip(" .!\"'“”")
    about, short = set(map(stem, words(question))), len(words(answer)) <= _SHORT
    named = [n for n in schema.get("properties", {}) if about.issuperset(map(stem, name_words(n)))]
    if len(named) == 1 and short:
        own = {named[0]: schema["properties"][named[0]]}
        filled = fill({"type": "object", "properties": own, "required": named}, Text(answer))
        found = filled.value[named[0]]
        part = isinstance(found, str) and found in bare  # of "Old letters", all is the name
        arguments = {**call.arguments, named[0]: bare if filled.missing or part else found}
        if fits(arguments, schema):
            left = tuple(name for name in call.missing if name != named[0])
            call = replace(call, arguments=arguments, missing=left)
    if call.missing:
        filled = fill(schema, Text(f"{request}\n{answer}"))
        call = merged(call, filled.value, filled.missing)
    return merged(call, {call.missing[0]: bare}) if len(call.missing) == 1 and short else call


def pointed(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """A call on the thing that "it" stands for: "Delete it" after a file was listed."""
    if not has(flat(turn.text), word_set("agent", "refers")) or turn.text.rstrip().endswith("?"):
        return []
    verbs = {stem(w) for w in words(turn.text)}
    for tool in tools:
        if verbs & {stem(w) for w in spelt(tool.name).split()[:1]}:
            return forced((tool,), text_of(turn), tool.name)
    return []


def referred(turn: Turn, planned: Planned) -> Planned:
    """A call with what it lacks from what "there", "it" or "at home" stands for."""
    if has(flat(turn.text), word_set("agent", "refers")):
        return from_last(turn, planned)
    return planned
