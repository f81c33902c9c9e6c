"""The simulated model: what to do with a turn.

Not a language model. It makes the tool calls that the user's last message asks for, puts what came
back into a sentence, talks about what the conversation itself has, and says plainly what it cannot
know. The same prompt always has the same reply: no clock, no random source, no state.
"""

import json
import re

from helpers.mock.simulated import agent, asking, results, say, structure, style, sums
from helpers.mock.simulated.arithmetic import digits, numbers
from helpers.mock.simulated.find import TODAY, today_in
from helpers.mock.simulated.glossary import tongue
from helpers.mock.simulated.plan import Planned
from helpers.mock.simulated.prompt import Call, Prompt, Reply, Tool
from helpers.mock.simulated.reading import Turn, read
from helpers.mock.simulated.refusals import REFUSAL, refuses
from helpers.mock.simulated.texts import (
    Said,
    first_word,
    listing,
    quoted,
    spelt,
    table,
    word_set,
    words,
)

__all__ = ["Call", "Prompt", "Reply", "Tool", "answer"]

_REFUSED = Said(REFUSAL, "The user asks for help with a crime.")
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d")


def answer(prompt: Prompt) -> Reply:
    """The reply to a prompt."""
    turn = read(prompt)
    ready, waiting = agent.next_calls(turn)
    if ready:
        chosen = ready if prompt.parallel else ready[:1]
        written = (json.dumps(call.arguments, ensure_ascii=False) for call in chosen)
        made = tuple(map(Call, (call.tool.name for call in chosen), written))
        return Reply(None, made, _about(chosen) if prompt.reasoning else None)
    schema, wanted = structure.form(turn), structure.wanted(turn)
    bare = structure.unformed(turn) if schema else turn
    said = _REFUSED if refuses(turn.text) else _in_words(bare, waiting)
    apart = said.text == REFUSAL and (prompt.vendor.refuses_apart or not wanted)
    if not apart:
        said = structure.structured(turn, said, schema) if schema else style.styled(turn, said)
    refused = wanted and (apart or said.honest)
    return Reply(said.text, (), said.why if prompt.reasoning else None, refused)


def _about(chosen: list[Planned]) -> str:
    told: list[str] = []
    for call in chosen[:4]:
        values = [f"{spelt(k)} is {quoted(str(each))}" for k, each in call.arguments.items()]
        shown = f"; {', '.join(values)}" if values else ""
        told.append(f"{call.tool.name} fits the request{shown}.")
    return " ".join(told)


def _in_words(turn: Turn, waiting: list[Planned]) -> Said:
    asked = _question(turn, waiting[0]) if waiting else None
    if any(step.result is not None for step in turn.steps):
        told = _results(turn)
        return told._replace(text=f"{told.text} {asked.text}") if asked else told
    computed = sums.compute(turn.ask) if waiting else None
    if computed and {*numbers(digits(turn.ask))} <= {*numbers(computed.text)}:
        return computed
    if asked is not None:
        return asking.answered(turn) or asked
    if turn.prompt.choice == "none" and turn.prompt.tools and (names := agent.declined(turn)):
        text = table("talk")["honest"]["none"].format(names=listing(names), asked=quoted(turn.ask))
        live = table("talk")["honest"]["live"]
        return Said(f"{text}\n{live}", "A tool would fit, but tool_choice is none.")
    return say.respond(turn)


def _results(turn: Turn) -> Said:
    """What the calls of this turn returned; what failed again in the same way is said once."""
    steps = [step for step in turn.steps if step.result is not None]
    repaired = {step.name for step in steps if step.arguments}
    steps = [step for step in steps if step.arguments or step.name not in repaired]
    names = listing(list(dict.fromkeys(step.name or "the tool" for step in steps)))
    why = f"{names} returned what the user asked for; I put it into words."
    which = first_word(turn.ask) in word_set("agent", "asks_back")
    of = [*turn.past, *steps] if which else steps if "than" in words(turn.ask) else []
    if best := asking.compared(turn.ask, of) if of else "":
        return Said(best, why)
    if (said := asking.read(turn, steps[-1])) is not None and not said.honest:
        return said._replace(why=why)
    if (said := asking.yes_or_no(turn, steps)) is not None:
        return said._replace(text=" ".join([said.text, *_day_taken(turn)]))
    code = style.language(turn) or tongue(turn.text)
    told = [results.told(step, code) for step in steps]
    told += [other for step in steps if (other := asking.in_unit(turn.text, step))]
    computed = sums.expressions(turn.text)
    # "1024x1024" may be a value of a call, and no sum.
    values = str([step.arguments for step in steps])
    taken = computed and computed.text.partition(" = ")[0] in values
    if computed and not taken and computed.short and computed.short not in words(" ".join(told)):
        told.append(computed.text)
    return Said(" ".join(dict.fromkeys([*told, *_day_taken(turn)])), why)


def _day_taken(turn: Turn) -> list[str]:
    """Which day "tomorrow" was counted from, where no one has said what today is."""
    dated = any(_DATE.search(str(step.arguments)) for step in turn.steps)
    relative = word_set("agent", "relative") & {*words(turn.text)}
    if not relative or not dated or today_in(turn.prompt.messages):
        return []
    return [table("talk")["honest"]["today"].format(day=TODAY.isoformat())]


def _question(turn: Turn, waiting: Planned) -> Said:
    """What to ask for when a call lacks what only the user can say, or is not sure."""
    if waiting.unclear and not waiting.missing:
        values = {"assistant": turn.prompt.vendor.assistant, "tool": waiting.tool.name}
        unclear = " ".join(waiting.unclear[:6])
        text = table("talk")["honest"]["unclear"].format(words=unclear, **values)
        return Said(text, f"{waiting.tool.name} does not account for all of the request.")
    wanted = listing([_asked_for(waiting.tool, name) for name in waiting.missing[:4]])
    return Said(
        f"Please tell me {wanted}: I need it for {waiting.tool.name}.",
        f"{waiting.tool.name} fits, but the user has not said {wanted}.",
    )


def _asked_for(tool: Tool, name: str) -> str:
    """A property as it is asked for: "the party size (how many people)"."""
    schema = tool.parameters.get("properties", {}).get(name, {})
    options = schema.get("enum") if isinstance(schema, dict) else None
    label, hints = spelt(name), table("agent")["hints"]
    hint = next((hints[word] for word in reversed(words(label)) if word in hints), "")
    if isinstance(options, list) and len(options) <= 6:
        hint = ", ".join(map(str, options))
    return f"the {label}{f' ({hint})' if hint else ''}"
