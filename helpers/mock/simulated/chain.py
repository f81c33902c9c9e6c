"""What a call lacks: from a result, from the last call, from the answer to a question."""

import re
from dataclasses import replace
from typing import Any

from helpers.mock.simulated import results, things
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import PATTERNS
from helpers.mock.simulated.plan import Planned, fill, plan
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import flat, has, name_words, stem, word_set, words

LONGEST = 4_000
_CUT = re.compile(PATTERNS["requests"]["cut"], re.I)
_SHORT, _SHORT_ANSWER, _LONGEST_ANSWER = 8, 12, 40
"""Words of an answer to a question; what is longer may be a request of its own."""


def chained(turn: Turn, planned: Planned) -> Planned:
    """A call with what an earlier call of this turn found out."""
    for step in reversed(turn.steps):
        if step.result is None or results.failed(step):
            continue
        planned = _looked_up(planned, step)
        if planned.missing:
            planned = _from_step(turn, planned, step)
    return planned


def goal(turn: Turn, tools: tuple[Tool, ...], planned: list[Planned]) -> list[Planned]:
    """A plan that only lists things goes on with what the message's own verb says of them."""
    if not planned or any(call.arguments for call in planned):
        return planned
    polite = word_set("reading", "polite")
    parts = map(words, _CUT.split(turn.text[:LONGEST]))
    said = {stem(word) for part in parts for word in [w for w in part if w not in polite][:1]}
    named = [tool for tool in tools if not said.isdisjoint(map(stem, name_words(tool.name)[:1]))]
    left = [tool for tool in named if all(call.tool != tool for call in planned)][:1]
    return [*planned, *(Planned(t, {}, tuple(t.parameters.get("required") or ())) for t in left)]


def _looked_up(planned: Planned, step: Step) -> Planned:
    """Where the argument of a look-up stands in a call, what was found belongs instead."""
    told = results.measures(step)
    found = [v for v in told.values() if isinstance(v, str | int)]
    asked = [v for v in (step.arguments or {}).values() if isinstance(v, str)]
    only = found[0] if len(found) == 1 else None
    if len(asked) != 1:
        return planned
    arguments = {
        name: told.get(name, value if only is None else only) if value == asked[0] else value
        for name, value in planned.arguments.items()
    }
    if arguments == planned.arguments or not fits(arguments, planned.tool.parameters):
        return planned
    return replace(planned, arguments=arguments)


def _from_step(turn: Turn, planned: Planned, step: Step) -> Planned:
    """What a call lacks from another's result: the item that is meant, or the value of a key."""
    value = things.unwrapped(parsed(step.result or ""))
    if isinstance(value, list):
        chosen = things.matching(value, turn.text)
        value = chosen[0] if len(chosen) == 1 else None
    for name in planned.missing:
        ways = [merged(planned, {name: each}) for each in _candidates(value, name, step)]
        planned = next((way for way in ways if way is not planned), planned)
    return planned


def _candidates(value: Any, name: str, step: Step) -> list[Any]:
    """The values of a result that a property may mean, the likeliest first."""
    if not isinstance(value, dict):
        hot = results.degrees(step)
        return [hot[0] if hot else value] if value is not None else []
    wanted = {stem(w) for w in name_words(name)}
    units = {stem(u) for u in ("celsius", "fahrenheit")} & wanted
    if units and (hot := results.degrees(step)):
        return [hot[0]]
    scored = [
        (len(wanted & {stem(w) for w in name_words(key)}) + (key in things.keys("subjects")), -n)
        for n, key in enumerate(value)
    ]
    keys = list(value)
    return [value[keys[-n]] for score, n in sorted(scored)[::-1] if score or len(keys) == 1]


def from_last(turn: Turn, planned: Planned) -> Planned:
    """What a call lacks from the last call before: its arguments, then its result."""
    for step in reversed(turn.past):
        old = step.arguments or {}
        texts = [v for v in old.values() if isinstance(v, str)]
        for name in planned.missing:
            value = old.get(name, texts[0] if len(texts) == 1 else None)
            if value is None or (name not in old and step.name == planned.tool.name):
                continue
            planned = merged(planned, {name: value})
        if planned.missing:
            planned = _from_step(turn, planned, step)
        if not planned.missing:
            break
    return planned


def from_earlier(turn: Turn, planned: Planned) -> Planned:
    """What a call lacks from what was said before, and from what came back."""
    before = [text for _, text in turn.earlier[:6]]
    if not before:
        return planned
    body = "\n".join([*before, *(step.result or "" for step in turn.past[-3:])])
    filled = fill(planned.tool.parameters, Text(body[:LONGEST]))
    return merged(planned, filled.value, filled.missing)


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
    if long > _LONGEST_ANSWER or (long > _SHORT_ANSWER and plan(tools, Text(turn.text))):
        return None
    request = next(iter(turn.said_by("user")), "")[:LONGEST]
    planned = plan(tools, Text(request))
    call = next((call for call in planned if call.missing), *planned[:1]) if planned else None
    return [_answered(call, turn.earlier[0][1], turn.text, request)] if call else None


def _answered(call: Planned, question: str, answer: str, request: str) -> Planned:
    """A call with what the user answers to a question, all of it where that names a property."""
    bare, short = answer.strip(" .!\"'“”"), len(words(answer)) <= _SHORT
    about = set(map(stem, words(question)))
    filled = fill(call.tool.parameters, Text(f"{request}\n{answer}"))
    for name in call.missing if short else ():
        part = filled.value.get(name)
        if about.issuperset(map(stem, name_words(name))) and isinstance(part, str) and part in bare:
            filled.value[name] = bare  # of "Old letters", all is the name
    call = merged(call, filled.value, filled.missing)
    return merged(call, {call.missing[0]: bare}) if len(call.missing) == 1 and short else call


def merged(planned: Planned, value: Any, missing: tuple[str, ...] = ()) -> Planned:
    """A call with what it lacks from elsewhere, if that makes it complete or more so."""
    if not isinstance(value, dict):
        return planned
    found = {k: v for k, v in value.items() if k in planned.missing and k not in missing}
    arguments = {**planned.arguments, **found}
    if not found or not fits(arguments, planned.tool.parameters):
        return planned
    return replace(
        planned, arguments=arguments, missing=tuple(m for m in planned.missing if m not in found)
    )
