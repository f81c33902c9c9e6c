"""The exercise of `04_weather_example`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, attempted, exercise, returned
from helpers.transcript import transcript
from helpers.transcript.read import ProposedCall

NOT_OFFERED = "a request offers no `{}`: put both tools into `tools`, in every request."
NOT_CALLED = "no call of `{}` came: does your second question need it, and is it offered?"
UNFINISHED = "the last reply still asks for a tool: send its results, and ask again."
UNANSWERED = "the call {} was never answered: every call needs a message with its id."
NOT_THE_RESULT = "the answer to {} is {}, which does not hold what the function returns, {}."
FORGOT = "the last request has one question: go on in the same `messages`."
RUN_TOOLS = "your function leaves the loop to `run_tools`: write it yourself."
ONE_ROUND = "after results, the model may call again, and your function stops: ask in a loop."
NOT_THE_TEXT = "`converse` should return the text of the last reply, the one without calls."
NO_ANSWER = "the last request lacks the first answer: append it too, to the list you were given."

CHAINED = "What is the weather in London, in Fahrenheit?"


@exercise(
    "two-tools",
    correct="both tools were offered, every call got its result, and the conversation went on.",
)
def two_tools(
    answer: Answer,
    get_weather: Callable[[str], dict[str, Any]],
    to_fahrenheit: Callable[[float], float],
    converse: Callable[..., Any],
) -> str | None:
    functions: dict[str, Callable[..., Any]] = {"weather": get_weather, "fahrenheit": to_fahrenheit}
    for name, function in functions.items():
        if not all(any(name in tool for tool in sent.tools) for sent in answer.sent):
            return NOT_OFFERED.format(function.__name__)
    if answer.received[-1].calls:
        return UNFINISHED
    calls = {call.id: call for received in answer.received for call in received.calls}
    for name, function in functions.items():
        if not any(name in call.name for call in calls.values()):
            return NOT_CALLED.format(function.__name__)
    results = {id: result for sent in answer.sent for id, result in sent.results.items()}
    for id, call in calls.items():
        shown = f"`{call.name}({call.arguments})`"
        if id not in results:
            return UNANSWERED.format(shown)
        due = _due(call, functions["weather" if "weather" in call.name else "fahrenheit"])
        if not all(value in results[id] for value in due):
            return NOT_THE_RESULT.format(shown, results[id][:99], " and ".join(due))
    if hint := _went_on(answer):
        return hint
    # One that is left from an earlier cell is not the reader's answer.
    mine = answer.names is None or "converse" in answer.names
    return _returns(converse) if mine else None


def _returns(converse: Callable[..., Any]) -> str | None:
    """What is wrong with what the reader's function returns, of which the cell shows nothing."""
    if "run_tools" in getattr(getattr(converse, "__code__", None), "co_names", ()):
        return RUN_TOOLS
    if inspect.iscoroutinefunction(converse):
        return None  # its client belongs to the notebook's loop, which the check has taken
    _, did = attempted(converse, [{"role": "user", "content": CHAINED}])
    if did.error is None and did.received and did.received[-1].calls:
        return ONE_ROUND
    before = transcript().requests
    text = returned(converse, [{"role": "user", "content": "How much is 7 °C in Fahrenheit?"}])
    said = Answer(transcript().since(before).exchanges).received
    return None if said and text == said[-1].text else NOT_THE_TEXT


def _due(call: ProposedCall, function: Callable[..., Any]) -> list[str]:
    """The values that a function returns for a call, without those that it was given.

    Where there are numbers, they alone: a reader may say in words of their own what is beside them.
    """
    given = call.parse().values()
    result = returned(function, *given)
    values = result.values() if isinstance(result, dict) else [result]
    values = [value for value in values if value not in given]
    values = [value for value in values if isinstance(value, int | float)] or values
    return [json.dumps(value).strip('"').removesuffix(".0") for value in values]


def _went_on(answer: Answer) -> str | None:
    said = answer.sent[-1].said
    if [role for role, _ in said].count("user") < 2:
        return FORGOT
    first = next(received.text for received in answer.received if not received.calls)
    return None if ("assistant", first) in said else NO_ANSWER
