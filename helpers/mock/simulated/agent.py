"""Which calls come next: what the message asks for, what a result leads to, what ends a run."""

import re

from helpers.mock.simulated import asking, chain, memory, results, say, things
from helpers.mock.simulated.carry import completed, goes_on, without_cue
from helpers.mock.simulated.chain import LONGEST
from helpers.mock.simulated.find import Text, today_in
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.plan import Planned, forced, plan
from helpers.mock.simulated.profiles import profile_of
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.shape import fill
from helpers.mock.simulated.structure import in_only_field
from helpers.mock.simulated.texts import (
    asks,
    flat,
    has,
    name_words,
    stem,
    stem_set,
    table,
    word_set,
    words,
)

_THAT = re.compile(rf"\b(?:{'|'.join(word_set('agent', 'that'))})\b", re.IGNORECASE)
_CAPITAL = re.compile(table("patterns")["requests"]["capital"])
_WHEREABOUTS = re.compile(table("patterns")["requests"]["whereabouts"], re.IGNORECASE)


def next_calls(turn: Turn) -> tuple[list[Planned], list[Planned]]:
    """The calls to make now, and those that wait for something that only the user can say."""
    prompt = turn.prompt
    if prompt.choice == "none" or not prompt.tools:
        return [], []
    if prompt.choice not in ("auto", "required"):
        chosen = forced(prompt.tools, _text_of(turn), prompt.choice)
        if ends(chosen[0].tool) and len(chosen[0].tool.parameters.get("properties", ())) == 1:
            chosen = [_ended(turn, chosen[0].tool)]
        chosen = [_with_text(turn, call) for call in chosen]
        return _not_made(turn, chosen) or chosen, []
    ending = next((tool for tool in prompt.tools if ends(tool)), None)
    tools = tuple(tool for tool in prompt.tools if tool is not ending)
    wanted = _wanted(turn, tools)
    left = [chain.chained(turn, call, turn.steps) for call in _not_made(turn, wanted)]
    left = left or (chain.led_to(turn, tools, _text_of(turn)) if turn.steps else [])
    ready = [call for call in left if not call.missing and not call.unclear]
    ready = _looked_up(turn, tools, left) or ready
    if prompt.choice == "required" and not ready:
        if ending is not None and (turn.steps or not left):
            return [_ended(turn, ending)], []
        others = forced(tools, _text_of(turn), None)
        whole = [call for call in (*left, *others) if not call.missing]
        return [_with_text(turn, call) for call in whole[:1] or left or wanted or others], []
    return ready, [call for call in left if call not in ready]


def _with_text(turn: Turn, call: Planned) -> Planned:
    """A call that has to be made, with the message where it lacks a text: a "summary"."""
    wants = (w for w in profile_of(call.tool).wants if w.kinds.get("message", 0) >= 1)
    return chain.merged(call, {w.name: turn.text for w in wants if w.name in call.missing})


def _untold_ids(call: Planned) -> list[str]:
    """The IDs that a call has a name for."""
    return [k for k, each in call.arguments.items()
            if "id" in things.key_parts(k) and not any(map(str.isdigit, str(each)))]  # fmt: skip


def _looked_up(turn: Turn, tools: tuple[Tool, ...], left: list[Planned]) -> list[Planned]:
    """The call that finds what others lack, by what is told of it: the user of a "user_id"."""
    names = {name for call in left for name in _untold_ids(call)}
    lost = names.union(*(call.missing for call in left))
    lacks = set[str]().union(*map(things.key_parts, lost)) - {"id"}
    lacks |= stem_set("agent", "locates") if lacks & stem_set("agent", "coordinates") else set()
    made, getters = {step.name for step in turn.steps}, word_set("talk", "ask", "getters")
    finders = (tool for tool in tools if lacks & things.key_parts(tool.name)
               and (names or not getters.isdisjoint(name_words(tool.name)))
               and not profile_of(tool).acts and profile_of(tool).needs and tool.name not in made
               and lost.isdisjoint(want.name for want in profile_of(tool).wants))  # fmt: skip
    found = (call for tool in finders for call in forced((tool,), _text_of(turn), tool.name))
    # What a call still lacks is looked up by what is surely a name.
    vague = frozenset(() if names else ("phrase", "rest"))
    return [call for call in found if not call.missing and not call.unclear
            and vague.isdisjoint(pair.span.kind for pair in call.used)][:1]  # fmt: skip


def declined(turn: Turn) -> list[str]:
    """The names of the tools that a message asks for, where none may be called."""
    return list(dict.fromkeys(call.tool.name for call in _wanted(turn, turn.prompt.tools)))


def ends(tool: Tool) -> bool:
    """Whether a tool ends a run with its answer: final_result, submit_answer, finish."""
    name, own = {*name_words(tool.name)}, word_set("agent", "ends")
    named = name & own and name <= own | word_set("agent", "ends_beside")
    return bool(named or has(flat(tool.description), table("agent")["ends_said"]))


def _wanted(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """The calls that the last message asks for, whether they have been made or not."""
    if say.small_talk(turn) or memory.own_words(turn) or _declares(turn, tools):
        return []
    planned = plan(tools, _text_of(turn, without_cue(turn.text)))
    if _is_told(turn, planned):
        return []
    done = asks(turn.text) and any(each.used or not each.missing for each in planned)
    if not done and (answer := chain.answer_to_question(turn, tools)) is not None:
        return answer
    if all(map(_empty, planned)) and (whole := completed(turn)):
        planned = plan(tools, _text_of(whole)) or planned
    found = _referred(turn, planned)
    return found if found or not turn.past else _referred(turn, _pointed(turn, tools))


def _is_told(turn: Turn, planned: list[Planned]) -> bool:
    """Whether a question is about results, and what calls would take for it has come back."""
    known = flat(" ".join(f"{step.result} {step.arguments}" for step in turn.past))
    took = [pair.span.text for each in planned for pair in each.used]
    again = {each.tool.name for each in planned} <= {step.name for step in turn.past}
    again = again and all(flat(text) in known or things.points(text) for text in took)
    return again and asking.answered(turn) is not None


def _declares(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    """ "I love London." asks for nothing, where all that a tool could do is look something up."""
    said, wishes = words(turn.text), word_set("talk", "ask", "wishes")
    wants = asks(turn.text.rpartition(". ")[2]) or not wishes.isdisjoint(said)
    wants = wants or chain.was_asked(turn) or goes_on(turn.text)
    states = not wants and not word_set("memory", "subjects").isdisjoint(said[:1])
    told = ((*name_words(tool.name), *words(tool.description)[:1]) for tool in tools)
    return states and not any(map(word_set("talk", "ask", "getters").isdisjoint, told))


def _not_made(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """What is left of a plan; a call made in other words counts, one with broken arguments not."""
    made, left = [step for step in turn.steps if step.arguments is not None], []
    for call in planned:
        fit = (step for step in made if step.name == call.tool.name
               and fits(step.arguments, call.tool.parameters))  # fmt: skip
        if step := next(fit, None):
            made.remove(step)
        else:
            left.append(call)
    return left


def _ended(turn: Turn, tool: Tool) -> Planned:
    """The call that ends a run, with what the results and the message say."""
    told = [results.told(step) for step in turn.steps if step.result is not None]
    answer = say.respond(turn)
    if not told and (sole := in_only_field(answer, tool.parameters)):
        return Planned(tool, sole)
    said = " ".join(told) or answer.text
    properties = tool.parameters.get("properties", {})
    if [schema.get("type") for schema in properties.values()] == ["string"]:
        return Planned(tool, dict.fromkeys(properties, said))
    body = "\n".join([*(told or [turn.text]), *(step.result or "" for step in turn.steps)])
    filled = fill(tool.parameters, Text(body[:LONGEST]), purpose="reply", reply=said)
    return Planned(tool, filled.value if isinstance(filled.value, dict) else {})


def _empty(planned: Planned) -> bool:
    """Whether a call has nothing yet of what it needs."""
    return bool(planned.missing) and planned.arguments.keys() <= set(planned.missing)


def _pointed(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """A call on the thing that "it" stands for, or one once more: "Delete it", "Off again"."""
    said = set(map(stem, words(turn.text)))
    acts = [tool for tool in tools if _refers(turn) and not turn.text.endswith("?")
            and not said.isdisjoint(profile_of(tool).acts | profile_of(tool).verbs)]  # fmt: skip
    made = [tool for step in turn.past[::-1] for tool in tools
            if tool.name == step.name and goes_on(turn.text)]  # fmt: skip
    text = _text_of(turn, without_cue(turn.text))
    calls = (forced((tool,), text, None) for tool in acts[:1] or made)
    return next((each for each in calls if acts or not all(map(_empty, each))), [])


def _referred(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """Calls with what they lack from what "there" or "it" stands for; none once more as it was."""
    lacks = {word for call in planned for name in (*call.missing, *_untold_ids(call))
             for word in name_words(name)}  # fmt: skip
    meant = any(f" the {word} " in flat(turn.text) for word in lacks)  # "Cancel the order"
    # "Refund the teapot", which is in what came back
    meant |= bool(lacks) and any(things.says(parsed(s.result or ""), turn.text) for s in turn.past)
    if not goes_on(turn.text) and not _refers(turn) and not meant:
        return planned
    again = has(flat(turn.text), table("agent")["again"])
    made = [] if again else [(step.name, step.arguments) for step in turn.past]
    whole = [chain.chained(turn, call, turn.past) for call in planned]
    return [call for call in whole if (call.tool.name, call.arguments) not in made]


def _refers(turn: Turn) -> bool:
    """Whether a message has a word that stands for a thing said before: "it", "the second"."""
    return bool(has(flat(turn.text), word_set("agent", "refers"))) or things.points(turn.text)


def _text_of(turn: Turn, text: str | None = None) -> Text:
    raw = _resolved(turn, turn.text if text is None else text)
    if len(raw) > LONGEST:
        raw = f"{raw[: LONGEST // 2]}\n{raw[-LONGEST // 2 :]}"
    return Text(raw, turn.pictures, today_in(turn.prompt.messages))


def _resolved(turn: Turn, text: str) -> str:
    """A text with the name of the place that "at home" or "there" stands for."""
    number = things.unwrapped(parsed(turn.past[-1].result or "")) if turn.past else None
    if type(number) in (int, float):  # "Take 5 from that"
        text = _THAT.sub(str(number), text)
    text = _CAPITAL.sub(lambda of: table("almanac")["capitals"].get(of[1], of[0]), text)
    said, agent = flat(text), table("agent")
    where = _WHEREABOUTS.search(text)
    word = has(said, [*agent["at_home"], "there"]) or (where and where[0])
    if not word or has(said, ("is there", "are there")):
        return text
    there, past = word == "there", turn.past[::-1]
    told = where[where.lastindex or 0].lower() if where else ""
    cues = [told, f"{told}s"] if where and where[0] == word else agent["homes"]
    places = [str(value) for step in past for key, value in (step.arguments or {}).items()
              if there and key.lower() in things.keys("places")]  # fmt: skip
    clauses = [c for c in memory.stated(turn) if there or has(flat(c), cues)]
    for clause in map(Text, clauses[:4]):
        places += [span.text for span in clause.spans("city") or clause.spans("name")[-1:]]
    pointing = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    return pointing.sub(lambda _: f"in {places[0]}", text) if places else text
