"""Which calls come next: what the message asks for, what a result leads to, what ends a run."""

import re

from helpers.mock.simulated import asking, memory, passages, results, say, things
from helpers.mock.simulated.carry import completed, goes_on, without_cue
from helpers.mock.simulated.chain import (
    LONGEST,
    answer_to_question,
    chained,
    from_earlier,
    from_last,
    from_list,
    led_to,
    was_asked,
)
from helpers.mock.simulated.find import Text, today_in
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import OPENERS, VERBS
from helpers.mock.simulated.plan import Planned, fill, forced, plan
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import (
    asks,
    flat,
    has,
    name_words,
    sentences,
    stem,
    table,
    word_set,
    words,
)

_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)*")
_CAPITAL = re.compile(table("patterns")["requests"]["capital"])


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
    left = [chained(turn, call) for call in _not_made(turn, wanted)]
    left = left or (led_to(turn, tools, _text_of(turn)) if turn.steps else [])
    ready = [call for call in left if not call.missing and not call.unclear]
    if prompt.choice == "required" and not ready:
        if ending is not None and not (left and not turn.steps):
            return [_ended(turn, ending)], []
        return left or wanted, []
    return ready, [call for call in left if call.missing or call.unclear]


def declined(turn: Turn) -> list[str]:
    """The names of the tools that a message asks for, where none may be called."""
    wanted = _wanted(turn, turn.prompt.tools)
    return list(dict.fromkeys(call.tool.name for call in wanted))


def ends(tool: Tool) -> bool:
    """Whether a tool ends a run with its answer: final_result, submit_answer, finish."""
    name = [*name_words(tool.name)]
    own = word_set("agent", "ends")
    named = not own.isdisjoint(name) and set(name) <= own | word_set("agent", "ends_beside")
    return named or bool(has(flat(tool.description), table("agent")["ends_said"]))


def _forced(turn: Turn, tools: tuple[Tool, ...], name: str | None) -> list[Planned]:
    """At least one call, filled from earlier turns too where the last message lacks something."""
    chosen = forced(tools, _text_of(turn), name)
    return [from_earlier(turn, call) if call.missing else call for call in chosen]


def _wanted(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """The calls that the last message asks for, whether they have been made or not."""
    if not turn.text.strip() or say.small_talk(turn) or _declares(turn, tools):
        return []
    text = _text_of(turn, without_cue(turn.text) if goes_on(turn.text) else None)
    planned = plan(tools, text)
    whole = completed(turn) if all(map(_empty, planned)) else None
    if _is_told(turn, planned):
        return []
    if (answer := answer_to_question(turn, tools)) is not None:
        return answer
    if whole is not None:
        planned = plan(tools, _text_of(whole)) or planned
    found = _referred(turn, planned)
    return found if found or not turn.past else _referred(turn, _pointed(turn, tools))


def _is_told(turn: Turn, planned: list[Planned]) -> bool:
    """Whether a question about results needs no more than calls that have been made."""
    made = [(step.name, step.arguments) for step in turn.past]
    again = all((c.tool.name, c.arguments) in made or _says_again(turn, c) for c in planned)
    return again and asking.answered(turn) is not None


def _says_again(turn: Turn, call: Planned) -> bool:
    """Whether a call once more would look for what a question says of the last result.

    Its texts are words of the question, and name nothing that did not come back.
    """
    step = next((each for each in turn.past[::-1] if each.name == call.tool.name), None)
    known = flat(f"{step.result} {step.arguments}") if step else ""
    texts = " ".join(str(pair.span.text) for pair in call.used)
    names = (word for word in texts.split() if not word.islower())
    return step is not None and not goes_on(turn.text) and all(flat(w) in known for w in names)


def _declares(turn: Turn, tools: tuple[Tool, ...]) -> bool:
    """ "I love London." asks for nothing, where all that a tool could do is look something up."""
    said, getters = words(turn.text), word_set("talk", "ask", "getters")
    if was_asked(turn) or goes_on(turn.text) or memory.noted(turn) is None:
        return False
    asked = any(map(asks, sentences(turn.text)))
    if asked or said[0] not in word_set("memory", "subjects"):
        return False
    looks = all(not getters.isdisjoint(name_words(tool.name)) for tool in tools)
    return looks and word_set("talk", "ask", "wishes").isdisjoint(said)


def _not_made(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """What is left of a plan; a call made in other words counts, one with broken arguments not."""
    made = [(step.name, step.arguments) for step in turn.steps if step.arguments is not None]
    left = []
    for call in planned:
        ours = [each for each in made if each[0] == call.tool.name]
        same = [each for each in ours if each[1] == call.arguments]
        other = [each for each in ours if fits(each[1], call.tool.parameters)]
        if served := same or other:
            made.remove(served[0])
        else:
            left.append(call)
    return left


def _ended(turn: Turn, tool: Tool) -> Planned:
    """The call that ends a run, with what the results and the message say."""
    told = " ".join(results.told(step) for step in turn.steps if step.result is not None)
    said = told or say.respond(turn).text
    properties = tool.parameters.get("properties", {})
    if [schema.get("type") for schema in properties.values()] == ["string"]:
        return Planned(tool, dict.fromkeys(properties, said))
    body = "\n".join([told or turn.text, *(step.result or "" for step in turn.steps)])
    text, asked = Text(body[:LONGEST]), _text_of(turn)
    filled = fill(tool.parameters, text, backup=asked, purpose="reply", reply=lambda: said)
    value = filled.value if isinstance(filled.value, dict) else {}
    return Planned(tool, value)


def _empty(planned: Planned) -> bool:
    """Whether a call has nothing yet of what it needs."""
    return bool(planned.missing) and planned.arguments.keys() <= set(planned.missing)


def _pointed(turn: Turn, tools: tuple[Tool, ...]) -> list[Planned]:
    """A call on the thing that "it" stands for, or one once more: "Delete it", "Off again"."""
    text, said = _text_of(turn, without_cue(turn.text)), set(map(stem, words(turn.text)))
    for tool in tools if _refers(turn) and not turn.text.endswith("?") else ():
        if not said.isdisjoint(map(stem, name_words(tool.name)[:1])):
            return forced((tool,), text, tool.name)
    made = [tool for step in turn.past[::-1] for tool in tools if tool.name == step.name]
    calls = (forced((tool,), text, tool.name) for tool in made if goes_on(turn.text))
    whole = (call for call in calls if not all(map(_empty, call)) and _has_all(call, text.raw))
    return next(whole, [])


def _has_all(calls: list[Planned], said: str) -> bool:
    """Whether calls take every telling word: of "the UV index" not only "UV"."""
    took = " ".join(f"{pair.span.text} {pair.value}" for call in calls for pair in call.used)
    again = " ".join(table("agent")["again"])
    return {*passages.content(said)} <= (VERBS | OPENERS).union(passages.content(f"{took} {again}"))


def _referred(turn: Turn, planned: list[Planned]) -> list[Planned]:
    """Calls with what they lack from what "there" or "it" stands for; none once more as it was."""
    if not goes_on(turn.text) and not _refers(turn):
        return [from_list(turn, call) for call in planned]
    made = [(step.name, step.arguments) for step in turn.past]
    made = [] if has(flat(turn.text), table("agent")["again"]) else made
    whole = [from_last(turn, call) for call in planned]
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
    agent = table("agent")
    text = _CAPITAL.sub(lambda of: table("almanac")["capitals"].get(of[1], of[0]), text)
    said = flat(text)
    home = has(said, agent["at_home"])
    if home and (clause := next((c for c in memory.stated(turn)
                                 if has(flat(c), agent["homes"])), None)):  # fmt: skip
        name = [clause, *_NAME.findall(clause)][-1]
        return re.sub(rf"\b{home}\b", f"in {name}", text, flags=re.IGNORECASE)
    if " there " not in said or has(said, ("is there", "are there")):
        return text
    places = [v for step in turn.past for k, v in (step.arguments or {}).items()
              if k.lower() in things.keys("places") and isinstance(v, str)]  # fmt: skip
    told = (span.text for clause in memory.stated(turn)[:4] for span in Text(clause).spans("city"))
    place = places[-1] if places else next(told, "")
    return re.sub(r"\bthere\b", f"in {place}", text, flags=re.IGNORECASE) if place else text
