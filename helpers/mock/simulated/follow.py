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
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import (
    flat,
    has,
    name_words,
    spelt,
    stem,
    table,
    word_set,
    words,
)

_LONGEST = 4_000
_SHORT, _SHORT_ANSWER, _LONGEST_ANSWER = 8, 12, 40
"""Words of an answer to a question; what is longer may be a request of its own."""
_CAPITAL = re.compile(PATTERNS["requests"]["capital"])


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
    home = has(said, agent["at_home"])
    if home and (clause := next((c for c in memory.stated(turn)
                                 if has(flat(c), agent["homes"])), None)):  # fmt: skip
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


def empty(planned: Planned) -> bool:
    """Whether a call has nothing yet of what it needs."""
    return bool(planned.missing) and planned.arguments.keys() <= set(planned.missing)


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
    """A call on the thing that "it" stands for, or one once more: "Delete it", "Off again"."""
    text, verbs = text_of(turn, without_cue(turn.text)), {stem(word) for word in words(turn.text)}
    if has(flat(turn.text), word_set("agent", "refers")) and not turn.text.endswith("?"):
        for tool in tools:
            if verbs & {stem(word) for word in spelt(tool.name).split()[:1]}:
                return forced((tool,), text, tool.name)
    made = [tool for step in turn.past[::-1] for tool in tools if tool.name == step.name]
    calls = (forced((tool,), text, tool.name) for tool in made if goes_on(turn.text))
    return next((call for call in calls if not all(map(empty, call))), [])


def referred(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """Calls with what they lack from what "there" or "it" stands for; none once more as it was."""
    if not goes_on(turn.text) and not has(flat(turn.text), word_set("agent", "refers")):
        return planned
    made = [(step.name, step.arguments) for step in turn.past]
    made = [] if has(flat(turn.text), table("agent")["again"]) else made
    whole = [from_last(turn, call) if call.missing else call for call in planned]
    return [call for call in whole if (call.tool.name, call.arguments) not in made]
