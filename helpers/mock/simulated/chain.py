"""What a call lacks: from a result, from the last call, from the answer to a question."""

from dataclasses import replace
from typing import Any

from helpers.mock.simulated import results, things
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.plan import Planned, plan
from helpers.mock.simulated.profiles import profile_of
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.shape import fill
from helpers.mock.simulated.texts import asks, flat, has, name_words, stem, word_set, words

LONGEST = 4_000
_SHORT = 4
"""Words of an answer to a question that are all that was asked for."""


def chained(turn: Turn, planned: Planned, steps: list[Step]) -> Planned:
    """A call with what it lacks from earlier ones: what they were given, then what they found."""
    for step in reversed(steps):
        # A sum goes on with what came out, and "the other one" is not what a call had.
        if not (profile_of(planned.tool).sums or _of_another(turn)):
            planned = _filled(planned, [*planned.missing], step.arguments, step)
        if step.result is not None and not results.failed(step):
            planned = _from_step(turn, planned, step)
    return planned


def _of_another(turn: Turn) -> bool:
    """ "Close the other one"."""
    return not word_set("agent", "other").isdisjoint(words(turn.text))


def led_to(turn: Turn, tools: tuple[Tool, ...], text: Text) -> list[Planned]:
    """The calls that what was looked up leads to: of other tools, with what they lack from it."""
    called = {step.name for step in turn.steps}
    changed = any(profile_of(tool).acts for tool in tools if tool.name in called)
    if changed or any(map(results.failed, turn.steps)):
        return []
    said = set(map(stem, words(turn.text[:LONGEST]))) - set(map(stem, name_words(" ".join(called))))
    others = (profile_of(tool) for tool in tools if tool.name not in called)
    left = tuple(each.tool for each in others if said & (each.verbs | each.acts))
    found = [chained(turn, call, turn.steps) for call in plan(left, text)]
    return [call for call in found if not (call.missing or call.unclear)]


def _filled(planned: Planned, names: list[str], value: Any, step: Step) -> Planned:
    """A call with properties from a result, those that it has already taken out for it."""
    for name in names:
        kept = {key: each for key, each in planned.arguments.items() if key != name}
        bare = replace(planned, arguments=kept, missing=(name, *planned.missing))
        ways = (merged(bare, {name: v}) for v in _candidates(value, name, planned, step))
        planned = next((way for way in ways if way is not bare), planned)
    return planned


def _from_step(turn: Turn, planned: Planned, step: Step) -> Planned:
    """What a call lacks from another's result: the item that is meant, or the value of a key."""
    value, old = things.unwrapped(parsed(step.result or "")), step.arguments or {}
    # What was looked up belongs where what it was looked up by stands, and an ID where its is.
    by, told = set(map(str, old.values())), results.measures(step)
    names = [*planned.missing, *(key for key, each in planned.arguments.items() if key not in old
             and (str(each) in by or (key in told and "id" in things.key_parts(key))))]  # fmt: skip
    items = value if isinstance(value, list) else things.records(value)
    if items:
        if _of_another(turn):
            others = (each for each in turn.past if each is not step)
            had = {str(value) for each in others for value in (each.arguments or {}).values()}
            items = [each for each in items if had.isdisjoint(map(str, things.leaves(each)))]
        chosen = things.matching(items, turn.text)
        value = chosen[0] if len(chosen) == 1 else None
        for pair in planned.used:  # "the cheapest" is none of the things itself
            said = pair.span.text
            lower = said.islower() and pair.span.kind != "rest"
            if lower and (things.points(said) or things.alike(chosen, words(said))):
                if pair.want.required:
                    names.append(pair.want.name)
                else:  # "Return the lamp" tells no reason
                    planned.arguments.pop(pair.want.name, None)
    known = flat(f"{step.name} {step.arguments} {value if items else step.result}")
    freed = [str(value) for key, value in planned.arguments.items()
             if key in names and key not in planned.missing]  # fmt: skip
    unclear = [w for w in (*planned.unclear, *freed)
               if flat(w) not in known and not things.points(w)]  # fmt: skip
    return replace(_filled(planned, names, value, step), unclear=tuple(unclear))


def _candidates(value: Any, name: str, planned: Planned, step: Step) -> list[Any]:
    """The values of a result that a property may mean, the likeliest first."""
    if not isinstance(value, dict):
        if word_set("talk", "ask", "getters").isdisjoint(name_words(step.name or "")):
            value = None if isinstance(value, str) else value  # "sent" is nothing that was found
        return [value] if value is not None else []
    alike = things.key_parts(name).union(*map(things.word_forms, name_words(name)))

    def likely(key: str) -> int:
        return 4 * len(alike & things.key_parts(key)) + 2 * (key in things.keys("subjects"))

    keys = sorted(value, key=likely, reverse=True)
    given = value is step.arguments
    only = len(value) == 1 and name in planned.missing and not given
    return [value[key] for key in keys if only or likely(key) > 1 + given]


def was_asked(turn: Turn) -> bool:
    """Whether the model's last words asked the user for something."""
    role, reply = turn.earlier[0] if turn.earlier else ("", "")
    asks = "?" in reply or has(flat(reply), ("please tell", "tell me")) is not None
    return role == "assistant" and asks


def answer_to_question(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned] | None:
    """The call that waits for what the user says now, after the model has asked for it."""
    orders = asks(turn.text) and word_set("agent", "that") & {*words(turn.text)}  # "Cancel it"
    if not was_asked(turn) or orders or turn.text.rstrip().endswith("?"):
        return None
    request = next(iter(turn.said_by("user")), "")[:LONGEST]
    planned = sorted(plan(tools, Text(request)), key=lambda call: not call.missing)
    if not planned:
        return None
    call, bare = planned[0], turn.text.strip(" .!\"'“”")
    if len(words(bare)) <= _SHORT and not Text(bare).definite:
        call = merged(call, dict.fromkeys(call.missing[:1], bare))
    for name, value in call.arguments.items():  # "Greece", of Athens in Greece or Athens in Ohio
        city, reply = str(value).partition(",")[0], turn.earlier[0][1].replace(" or ", ",")
        places = (part.replace("?", ",").partition(",")[0] for part in reply.split(f"{city} in "))
        of = next((place for place in [*places][1:] if place in turn.text), "")
        call.arguments[name] = f"{city}, {of}" if of else value
    told = Text(f"{request}\n{turn.text}")
    filled = fill(call.tool.parameters, told, zone=(len(request), len(told.raw)))
    return [merged(call, filled.value, filled.missing)]


def merged(planned: Planned, value: Any, missing: tuple[str, ...] = ()) -> Planned:
    """A call with what it lacks from elsewhere, if that makes it complete or more so."""
    value = value if isinstance(value, dict) else {}
    found = {k: v for k, v in value.items() if k in planned.missing and k not in missing}
    arguments = {**planned.arguments, **found}
    if not found or not fits(arguments, planned.tool.parameters):
        return planned
    left = tuple(name for name in planned.missing if name not in found)
    return replace(planned, arguments=arguments, missing=left)
