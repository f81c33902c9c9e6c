"""Which calls come next: what the message asks for, what a result leads to, what ends a run."""

import json
import re
from dataclasses import replace
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
from helpers.mock.simulated.find import Text, today_in
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.plan import Planned, fill, forced, plan
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Step, Turn, parsed
from helpers.mock.simulated.texts import flat, has, spelt, stem, table, word_set, words

_LONGEST = 4_000


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
    left = [_chained(turn, each) for each in _not_made(turn, wanted)]
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


def _text(turn: Turn, text: str | None = None) -> Text:
    raw = _resolved(turn, turn.text if text is None else text)
    if len(raw) > _LONGEST:
        raw = f"{raw[: _LONGEST // 2]}\n{raw[-_LONGEST // 2 :]}"
    return Text(raw, turn.pictures, today_in(turn.prompt.messages))


def _resolved(turn: Turn, text: str) -> str:
    """A text with the name of the place that "at home" or "there" stands for."""
    agent = table("agent")
    said = flat(text)
    home = has(said, sorted(agent["at_home"].split("|"), key=len, reverse=True))
    if home and (clause := next((c for c in memory.stated(turn)
                                 if has(flat(c), agent["homes"].split("|"))), None)):  # fmt: skip
        return re.sub(rf"\b{home}\b", f"in {_home(clause)}", text, flags=re.IGNORECASE)
    places = [v for step in turn.past for k, v in (step.arguments or {}).items()
              if k.lower() in results.keys("places") and isinstance(v, str)]  # fmt: skip
    if places and " there " in said and not has(said, ("is there", "are there")):
        return re.sub(r"\bthere\b", f"in {places[-1]}", text, flags=re.IGNORECASE)
    return text


def _forced(turn: Turn, tools: tuple[Tool, ...], name: str | None) -> list[Planned]:
    """At least one call, filled from earlier turns too where the last message lacks something."""
    chosen = forced(tools, _text(turn), name)
    return [_from_earlier(turn, each) if each.missing else each for each in chosen]


def _from_earlier(turn: Turn, planned: Planned) -> Planned:
    before = [text for _, text in turn.earlier[:6]]
    if not before:
        return planned
    body = "\n".join([*before, *(step.result or "" for step in turn.past[-3:])])
    filled = fill(planned.tool.parameters, Text(body[:_LONGEST]))
    return _merged(planned, filled.value, filled.missing)


def _merged(planned: Planned, value: Any, missing: tuple[str, ...] = ()) -> Planned:
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


# What the message asks for


def _wanted(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """The calls that the last message asks for, whether they have been made or not."""
    if not turn.text.strip() or _only_talks(turn, tools):
        return []
    planned = plan(tools, _text(turn))
    last = turn.past[-1] if turn.past else None
    if (
        planned
        and all(not each.missing for each in planned)
        and not (
            last and _goes_on(turn.text) and all(each.tool.name == last.name for each in planned)
        )
    ):
        return _goal(turn, tools, planned)
    if (answer := _answer_to_question(turn, tools)) is not None:
        return answer
    if last is not None and last.arguments is not None:
        tool = next((each for each in tools if each.name == last.name), None)
        if tool and (not planned or planned[0].tool.name == tool.name):
            again = _again(turn, tool, last, planned)
            if again:
                return again
    if not planned and last is not None:
        planned = _pointed(turn, tools)
    if not planned and last is None and _goes_on(turn.text):
        planned = _as_before(turn, tools)
    planned = [_referred(turn, each) if each.missing else each for each in planned]
    return _goal(turn, tools, _provided(turn, tools, planned))


def _only_talks(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    """Whether a message can be answered in words, so that it is no request to any tool."""
    if say.small_talk(turn) is not None:
        return True
    code = tongues.tongue(turn.ask)
    if code != "en" and tongues.intent(turn.ask, code, "") is not None:
        return True
    offered = {stem(w) for tool in tools for w in words(f"{spelt(tool.name)} {tool.description}")}
    asked = {w for w in words(turn.ask) if w in word_set("talk", "ask", "words")}
    if asked and not {stem(w) for w in asked} & offered and _craft(turn):
        return True
    if memory.known(turn) is not None or _from_results(turn, tools):
        return True
    numeric = len(turn.text) > 500 or any(_takes_numbers(tool) for tool in tools)
    if not numeric and arithmetic.find(turn.text) and sums.compute(turn.text) is not None:
        rest = set(words(turn.text)) - word_set("memory", "small") - word_set("sums", "beside")
        if not [w for w in rest if not w[0].isdigit()]:
            return True
    return not _was_asked(turn) and _declares(turn, tools)


def _craft(turn: Turn) -> bool:
    """Whether the words ask for a joke, a spelling, a meaning: at the start of the message."""
    first = [w for w in words(turn.ask) if w not in word_set("reading", "polite")][:6]
    return not word_set("talk", "ask", "words").isdisjoint(first)


def _from_results(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    if asking.answered(turn) is None:
        return False
    names = {stem(w) for tool in tools for w in spelt(tool.name).split()}
    target = {stem(w) for w in words(turn.ask)} & {"fahrenheit", "celsiu"}
    if target & names:
        return False
    planned = plan(tools, _text(turn))
    last = turn.past[-1].name
    if any(each.tool.name != last for each in planned):
        return False
    return asking.answered(turn, sure=True) is not None or all(each.missing for each in planned)


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
    if "?" in text or not first or first[0] not in word_set("memory", "subjects"):
        return False
    if not word_set("talk", "ask", "wishes").isdisjoint(words(text)) or len(words(text)) > 25:
        return False
    getters = word_set("talk", "ask", "getters")
    return all(not getters.isdisjoint(spelt(tool.name).split()) for tool in tools)


# Going on from what was called before


def _goes_on(text: str) -> bool:
    start = f" {' '.join(words(text)[:6])} "
    agent = table("agent")
    cues = f"{agent['continues']}|{agent['corrects']}".split("|")
    return any(start.startswith(f" {cue} ") for cue in cues) or bool(
        has(start, ("instead", "make that", "i meant", "actually"))
    )


def _without_cue(text: str) -> str:
    """A message without the words that only say that it goes on: "Actually, we will be six"."""
    agent = table("agent")
    cues = sorted(f"{agent['continues']}|{agent['corrects']}".split("|"), key=len, reverse=True)
    bare = text.strip()
    while cue := next((c for c in cues if flat(bare).startswith(f" {c} ")), None):
        last = cue.split()[-1]
        place = bare.lower().find(last)
        if place < 0:
            break
        bare = bare[place + len(last) :].lstrip(" ,;:.!-")
    return bare or text


def _again(turn: Turn, tool: Tool, last: Step, planned: list[Planned]) -> list[Planned]:
    """The last call once more with what the message changes: "And in Oslo?", "make that 8"."""
    said = words(turn.text)
    short = len(said) <= 4 and (turn.text.rstrip().endswith("?") or said[:1] == ["in"])
    refers = bool(planned) and has(flat(turn.text), word_set("agent", "refers"))
    if not (_goes_on(turn.text) or short or refers):
        return []
    if not fits(last.arguments, tool.parameters):
        return []
    old = last.arguments or {}
    fresh = forced((tool,), _text(turn, _without_cue(turn.text)), tool.name)
    found = []
    for each in fresh:
        new = {k: v for k, v in each.arguments.items() if k not in each.missing}
        arguments = {**old, **new}
        if (arguments != old or has(flat(turn.text), table("agent")["again"].split("|"))) and fits(
            arguments, tool.parameters
        ):
            found.append(Planned(tool, arguments))
    return found


def _as_before(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """What an earlier message asked for, with what this one changes, where no call was made."""
    for text in turn.said_by("user")[:4]:
        for each in plan(tools, Text(text)):
            return _again(turn, each.tool, Step(each.tool.name, each.arguments), [])
    return []


def _was_asked(turn: Turn) -> bool:
    """Whether the model's last words asked the user for something."""
    if not turn.earlier or turn.earlier[0][0] != "assistant":
        return False
    reply = turn.earlier[0][1]
    return "?" in reply or has(flat(reply), ("please tell", "tell me")) is not None


def _answer_to_question(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned] | None:
    """The calls that wait for what the user says now, after the model has asked for it."""
    before = turn.said_by("user")
    if (
        not before
        or not _was_asked(turn)
        or len(words(turn.text)) > 12
        or turn.text.rstrip().endswith("?")
    ):
        return None
    waiting = plan(tools, Text(before[0][:_LONGEST]))
    waiting = [each for each in waiting if each.missing] or waiting
    if not waiting:
        return None
    completed = []
    for each in waiting[:1]:
        value = fill(each.tool.parameters, Text(turn.text))
        both = fill(each.tool.parameters, Text(f"{before[0]}\n{turn.text}"))
        done = _merged(each, value.value, value.missing)
        done = _merged(done, both.value, both.missing) if done.missing else done
        if len(done.missing) == 1 and len(words(turn.text)) <= 8:
            done = _merged(done, {done.missing[0]: turn.text.strip(" .!")})
        completed.append(done)
    return completed


def _pointed(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """A call on the thing that "it" stands for: "Delete it" after a file was listed."""
    if not has(flat(turn.text), word_set("agent", "refers")) or turn.text.rstrip().endswith("?"):
        return []
    verbs = {stem(w) for w in words(turn.text)}
    for tool in tools:
        if verbs & {stem(w) for w in spelt(tool.name).split()[:1]}:
            return forced((tool,), _text(turn), tool.name)
    return []


def _referred(turn: Turn, planned: Planned) -> Planned:
    """A call with what it lacks from what "there", "it" or "at home" stands for."""
    if has(flat(turn.text), word_set("agent", "refers")):
        return _from_last(turn, planned)
    return planned


def _home(clause: str) -> str:
    found = re.findall(r"[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)*", clause)
    return found[-1] if found else clause


def _from_last(turn: Turn, planned: Planned) -> Planned:
    """What a call lacks from the last call before: its arguments, then its result."""
    for step in reversed(turn.past):
        old = step.arguments or {}
        texts = [v for v in old.values() if isinstance(v, str)]
        for name in planned.missing:
            value = old.get(name, texts[0] if len(texts) == 1 and _is_text(planned, name) else None)
            if value is None or (name not in old and step.name == planned.tool.name):
                continue
            planned = _merged(planned, {name: value})
        if planned.missing:
            planned = _from_step(turn, planned, step)
        if not planned.missing:
            break
    return planned


def _is_text(planned: Planned, name: str) -> bool:
    schema = planned.tool.parameters.get("properties", {}).get(name, {})
    return isinstance(schema, dict) and schema.get("type") == "string"


# What a result leads to


def _provided(turn: Turn, tools: tuple[Tool, ...], planned: list[Planned]) -> list[Planned]:
    """A plan that lacks what another tool can list or look up begins with that tool."""
    lacking = next((each for each in planned if each.missing), None)
    if lacking is None:
        return planned
    topic = {stem(w) for w in spelt(lacking.tool.name).split()[1:]} | {
        stem(w) for name in lacking.missing for w in spelt(name).split()
    }
    for tool in tools:
        name = spelt(tool.name).split()
        required = tool.parameters.get("required") or ()
        provides = not word_set("agent", "providers").isdisjoint(name[:1])
        if (
            tool.name == lacking.tool.name
            or required
            or not provides
            or tool.name in [p.tool.name for p in planned]
        ):
            continue
        if topic & {stem(w) for w in name[1:]}:
            value = fill(tool.parameters, _text(turn))
            return [Planned(tool, value.value if isinstance(value.value, dict) else {}), *planned]
    return planned


def _goal(turn: Turn, tools: tuple[Tool, ...], planned: list[Planned]) -> list[Planned]:
    """A plan that only lists things goes on with what the message's own verb says of them."""
    verbs = [stem(word) for word in words(turn.text) if word not in word_set("reading", "polite")]
    if not verbs or not planned or any(each.arguments for each in planned):
        return planned
    names = {stem(spelt(each.tool.name).split()[0]) for each in planned}
    for tool in tools if verbs[0] not in names else ():
        if spelt(tool.name) and stem(spelt(tool.name).split()[0]) == verbs[0]:
            return [*planned, Planned(tool, {}, tuple(tool.parameters.get("required") or ()))]
    return planned


def _chained(turn: Turn, planned: Planned) -> Planned:
    """A call with what an earlier call of this turn found out."""
    for step in reversed(turn.steps):
        if step.result is None or results.failed(step):
            continue
        planned = _looked_up(planned, step)
        if planned.missing:
            planned = _from_step(turn, planned, step)
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
    value = results.unwrapped(parsed(step.result or ""))
    if isinstance(value, list):
        chosen = results.matching(value, turn.text)
        value = chosen[0] if len(chosen) == 1 else None
    for name in planned.missing:
        schema = planned.tool.parameters.get("properties", {}).get(name, {})
        for candidate in _candidates(value, name, step):
            merged = _merged(planned, {name: candidate})
            if merged is not planned and isinstance(schema, dict):
                planned = merged
                break
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
        (
            len(wanted & {stem(w) for w in spelt(key).split()}) + (key in results.keys("subjects")),
            -n,
        )
        for n, key in enumerate(value)
    ]
    keys = list(value)
    order = sorted(scored, reverse=True)
    return [value[keys[-n]] for score, n in order if score > 0 or len(keys) == 1]


def fanned(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """One call for each of the items that a result listed and the message means: "all files"."""
    made = []
    for each in planned:
        items: list[Any] = []
        for step in turn.steps:
            value = results.unwrapped(parsed(step.result or ""))
            if isinstance(value, list) and len(each.missing) == 1:
                items = results.matching(value, turn.text)
        calls_ = [_merged(each, {each.missing[0]: c}) for item in items[:16]
                  for c in _candidates(item, each.missing[0], turn.steps[-1])[:1]]  # fmt: skip
        made += [call for call in calls_ if not call.missing]
    return made


# What has been made, and the end


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
    body = "\n".join([told or turn.text, *(step.result or "" for step in turn.steps)])
    filled = fill(tool.parameters, Text(body[:_LONGEST]), backup=_text(turn), purpose="reply",
                  reply=lambda: said)  # fmt: skip
    value = filled.value if isinstance(filled.value, dict) else {}
    return Planned(tool, value)


def as_json(arguments: dict[str, Any]) -> str:
    return json.dumps(arguments, ensure_ascii=False)
