"""Which calls come next: what the message asks for, what a result leads to, what ends a run."""

import json
import re
from typing import Any

from helpers.mock.simulated import (
    arithmetic,
    asking,
    memory,
    results,
    say,
    sums,
    tongues,
)
from helpers.mock.simulated.carry import completed, goes_on, restated
from helpers.mock.simulated.chain import chained, goal, merged, provided
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.follow import (
    again,
    answer_to_question,
    as_before,
    pointed,
    referred,
    text_of,
    was_asked,
)
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.plan import Planned, fill, forced, plan
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Turn, asks
from helpers.mock.simulated.texts import flat, has, spelt, stem, table, word_set, words

_LONGEST = 4_000
_CLAUSE = re.compile(r"[.,;!]\s+|\s(?:so|and)\s")


def next_calls(turn: Turn) -> tuple[list[Planned], list[Planned]]:
    """The calls to make now, and those that wait for something that only the user can say."""
    prompt = turn.prompt
    ending = next((tool for tool in prompt.tools if ends(tool)), None)
    tools = tuple(tool for tool in prompt.tools if tool is not ending)
    if prompt.choice == "none" or not prompt.tools:
        return [], []
    if prompt.choice not in ("auto", "required"):
        named = tuple(tool for tool in prompt.tools if tool.name == prompt.choice)
        chosen = _forced(turn, named or prompt.tools, prompt.choice)
        return _not_made(turn, chosen) or chosen, []
    wanted = _wanted(turn, tools) if tools else []
    if prompt.choice == "required" and not wanted and not (ending and (turn.steps or tools)):
        wanted = _forced(turn, tools or prompt.tools, None)
    left = [chained(turn, each) for each in _not_made(turn, wanted)]
    ready = [each for each in left if not each.missing]
    if prompt.choice == "required" and not ready:
        if ending is not None and not (left and not turn.steps):
            return [_ended(turn, ending)], []
        return left or wanted, []
    return ready, [each for each in left if each.missing]


def declined(turn: Turn) -> list[str]:
    """The names of the tools that a message asks for, where none may be called."""
    wanted = _wanted(turn, turn.prompt.tools)
    return list(dict.fromkeys(each.tool.name for each in wanted))


def ends(tool: Tool) -> bool:
    """Whether a tool ends a run with its answer: final_result, submit_answer, finish."""
    name = spelt(tool.name).split()
    own = word_set("agent", "ends")
    allowed = own | word_set("agent", "ends_beside")
    return not own.isdisjoint(name) and set(name) <= allowed


def _forced(turn: Turn, tools: tuple[Tool, ...], name: str | None) -> list[Planned]:
    """At least one call, filled from earlier turns too where the last message lacks something."""
    chosen = forced(tools, text_of(turn), name)
    return [_from_earlier(turn, each) if each.missing else each for each in chosen]


def _from_earlier(turn: Turn, planned: Planned) -> Planned:
    before = [text for _, text in turn.earlier[:6]]
    if not before:
        return planned
    body = "\n".join([*before, *(step.result or "" for step in turn.past[-3:])])
    filled = fill(planned.tool.parameters, Text(body[:_LONGEST]))
    return merged(planned, filled.value, filled.missing)


def _wanted(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """The calls that the last message asks for, whether they have been made or not."""
    if not turn.text.strip() or _only_talks(turn, tools):
        return []
    planned = plan(tools, text_of(turn))
    whole = completed(turn) if all(map(_empty, planned)) else None
    if whole is not None and sums.compute(whole.text):
        planned = plan(tools, text_of(whole))  # "And plus 4?"
    elif planned and (_known_already(turn, planned) or _only_remarks(turn, planned)):
        return []
    last = turn.past[-1] if turn.past else None
    if (
        planned
        and all(not each.missing for each in planned)
        and not (
            last and goes_on(turn.text) and all(each.tool.name == last.name for each in planned)
        )
    ):
        return goal(turn, tools, planned)
    if (answer := answer_to_question(turn, tools)) is not None:
        return answer
    for step in turn.past[:-5:-1]:
        tool = next((each for each in tools if each.name == step.name), None)
        same = tool and step.arguments and (not planned or planned[0].tool.name == tool.name)
        if tool and same and (once_more := again(turn, tool, step, planned)):
            return once_more
    if not planned and last is not None:
        planned = pointed(turn, tools)
    if not planned and last is None and goes_on(turn.text):
        planned = as_before(turn, tools)
    planned = [referred(turn, each) if each.missing else each for each in planned]
    return goal(turn, tools, provided(turn, tools, planned))


def _known_already(turn: Turn, planned: list[Planned]) -> bool:
    """Whether "Is it raining there?" would only repeat calls that have been answered."""
    made = [(step.name, step.arguments) for step in turn.past if step.result is not None]
    said = flat(turn.text)
    return (
        all((each.tool.name, each.arguments) in made for each in planned)
        and has(said, word_set("agent", "refers")) is not None
        and not has(said, table("agent")["again"].split("|"))
        and asking.answered(turn) is not None
    )


def _only_remarks(turn: Turn, planned: list[Planned]) -> bool:
    """Whether, after a result, a message has nothing that its call needs, nor any of its words."""
    said = {stem(word) for word in words(turn.text)}
    made = {step.name for step in turn.past if step.result is not None}
    if turn.text.rstrip().endswith("?") and words(turn.text)[:1] == ["did"]:
        return all(map(_empty, planned))
    return not was_asked(turn) and all(
        _empty(each) and each.tool.name in made
        and said.isdisjoint(stem(word) for word in spelt(each.tool.name).split())
        for each in planned
    )  # fmt: skip


def _empty(planned: Planned) -> bool:
    """Whether a call has nothing yet of what it needs."""
    return bool(planned.missing) and planned.arguments.keys() <= set(planned.missing)


def _only_talks(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    """Whether a message can be answered in words, so that it is no request to any tool."""
    if say.small_talk(turn) is not None or restated(turn) is not None:
        return True
    code = tongues.tongue(turn.ask)
    if code != "en" and tongues.intent(turn.ask, code, "") is not None:
        return True
    if memory.usual(turn) or memory.known(turn) is not None or _from_results(turn, tools):
        return True
    numeric = len(turn.text) > 500 or any(_takes_numbers(tool) for tool in tools)
    if not numeric and arithmetic.find(turn.text) and sums.compute(turn.text) is not None:
        rest = set(words(turn.text)) - word_set("memory", "small") - word_set("sums", "beside")
        if not [w for w in rest if not w[0].isdigit()]:
            return True
    return not was_asked(turn) and _declares(turn, tools)


def _from_results(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    if asking.answered(turn) is None:
        return False
    names = {stem(w) for tool in tools for w in spelt(tool.name).split()}
    target = {stem(w) for w in words(turn.ask)} & {"fahrenheit", "celsiu"}
    if target & names:
        return False
    planned = plan(tools, text_of(turn))
    last = turn.past[-1].name
    if any(each.tool.name != last for each in planned):
        return False
    # What is asked about was named in a result, or has been asked for before.
    heard = " ".join(f"{step.result} {step.arguments}" for step in turn.past).lower()
    known = all(
        each.missing or all(str(v).lower() in heard for v in each.arguments.values())
        for each in planned
    )
    return known or asking.answered(turn, sure=True) is not None


def _takes_numbers(tool: Tool) -> bool:
    properties = tool.parameters.get("properties")
    inner = properties.values() if isinstance(properties, dict) else ()
    kinds = [each.get("type") for each in inner if isinstance(each, dict)]
    named = {stem(w) for w in words(f"{spelt(tool.name)} {tool.description}")}
    return kinds.count("number") + kinds.count("integer") > 0 or bool(
        named & {stem(w) for w in word_set("sums", "tools")}
    )


def _declares(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    """ "I love London." asks for nothing, where all that a tool could do is look something up."""
    text = turn.text.strip()
    first = words(text)[:1]
    if (
        has(flat(text), ("i meant", "i mean"))
        or "?" in text
        or not first
        or first[0] not in word_set("memory", "subjects")
    ):
        return False
    if not word_set("talk", "ask", "wishes").isdisjoint(words(text)) or len(words(text)) > 25:
        return False
    if any(asks(clause) for clause in _CLAUSE.split(text)[1:]):
        return False  # "I am hungry. Find me a recipe."
    getters = word_set("talk", "ask", "getters")
    return all(not getters.isdisjoint(spelt(tool.name).split()) for tool in tools)


def _not_made(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """What is left of a plan; a call made in other words counts, one with broken arguments not."""
    made = [(step.name, step.arguments) for step in turn.steps if step.arguments is not None]
    left = []
    for each in planned:
        if (each.tool.name, each.arguments) in made:
            made.remove((each.tool.name, each.arguments))
        else:
            left.append(each)
    remaining = []
    for each in left:
        other = next(
            (m for m in made if m[0] == each.tool.name and fits(m[1], each.tool.parameters)), None
        )
        if other is not None:
            made.remove(other)
        else:
            remaining.append(each)
    return remaining


def _ended(turn: Turn, tool: Tool) -> Planned:
    """The call that ends a run, with what the results and the message say."""
    told = " ".join(results.told(step) for step in turn.steps if step.result is not None)
    said = told or say.respond(turn).text
    properties = tool.parameters.get("properties", {})
    if [each.get("type") for each in properties.values()] == ["string"]:
        return Planned(tool, dict.fromkeys(properties, said))
    body = "\n".join([told or turn.text, *(step.result or "" for step in turn.steps)])
    filled = fill(tool.parameters, Text(body[:_LONGEST]), backup=text_of(turn), purpose="reply",
                  reply=lambda: said)  # fmt: skip
    value = filled.value if isinstance(filled.value, dict) else {}
    return Planned(tool, value)


def as_json(arguments: dict[str, Any]) -> str:
    return json.dumps(arguments, ensure_ascii=False)
