"""What a result leads to: the call that lists things, then the one on the thing that is meant."""

from dataclasses import replace
from typing import Any

from helpers.mock.simulated import results, things
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.plan import Planned
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import spelt, stem, word_set, words


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
    verbs = [stem(word) for word in words(turn.text[:4_000]) if word not in polite]
    if not verbs:
        return planned
    names = {stem(spelt(call.tool.name).split()[0]) for call in planned}
    for tool in tools if verbs[0] not in names else ():
        if spelt(tool.name) and stem(spelt(tool.name).split()[0]) == verbs[0]:
            return [*planned, Planned(tool, {}, tuple(tool.parameters.get("required") or ()))]
    return planned


def _looked_up(planned: Planned, step: Step) -> Planned:
    """Where the argument of a look-up stands in a call, what was found belongs instead."""
    found = [v for v in results.measures(step).values() if isinstance(v, str | int)]
    asked = [v for v in (step.arguments or {}).values() if isinstance(v, str)]
    if len(found) != 1 or len(asked) != 1:
        return planned
    arguments = {k: found[0] if v == asked[0] else v for k, v in planned.arguments.items()}
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
    wanted = {stem(w) for w in spelt(name).split()}
    units = {stem(u) for u in ("celsius", "fahrenheit")} & wanted
    if units and (hot := results.degrees(step)):
        return [hot[0]]
    scored = [
        (len(wanted & {stem(w) for w in spelt(key).split()}) + (key in things.keys("subjects")), -n)
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
