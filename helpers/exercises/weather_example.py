"""The exercise of `04_weather_example`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from helpers.checks import REFUSED, STOPPED, Answer, Right, Wrong, exercise, returned
from helpers.transcript import transcript
from helpers.transcript.read import Call

NOT_OFFERED = "a request offers no `{}`: put both tools into `tools`, in every request."
NOT_CALLED = "no call of `{}` came: does your second question need it, and is it offered?"
UNFINISHED = "the last reply still asks for a tool: send its results, and ask again."
UNANSWERED = "the call {} was never answered: every call needs a message with its id."
NOT_THE_RESULT = "the answer to {} does not hold what the function returns, {}."
FORGOT = "the last request has one question: go on in the same `messages`."
RUN_TOOLS = "your function leaves the loop to `run_tools`: write it yourself."
NOT_THE_TEXT = "`converse` should return the text of the last reply, the one without calls."
NO_ANSWER = "the last request does not hold the first answer: append the reply without calls too."

_BOTH = "tools=[weather_tool, fahrenheit_tool]"
_NAMES = "weather_tool", "fahrenheit_tool"


@exercise(
    "two-tools",
    correct="both tools were offered, every call got its result, and the conversation went on.",
    right=[
        Right(edit={"append(message)": "append(message.model_dump(exclude_none=True))"}),
        Right(edit={"append(message)": "append(message.to_dict())"}),
        Right(
            edit={
                "for step in range(5)": "while True",
                '    raise RuntimeError("no answer after 5 steps")\n': "",
                "json.dumps(result)": "str(result)",
            }
        ),
        Right(
            edit={
                "        if not message.tool_calls:\n            return message.content\n": "",
                "        for call in message.tool_calls:": (
                    '        if response.choices[0].finish_reason == "stop":\n'
                    "            return message.content\n"
                    "        for call in message.tool_calls or []:"
                ),
            }
        ),
        Right(
            edit={
                'functions = {"get_weather": get_weather, "to_fahrenheit": to_fahrenheit}': "",
                "result = functions[call.function.name](**json": "result = globals()["
                "call.function.name](**json",
            }
        ),
        Right(
            edit={
                "            result = functions[call.function.name]"
                "(**json.loads(call.function.arguments))\n": """\
            arguments = json.loads(call.function.arguments)
            if call.function.name == "get_weather":
                result = get_weather(arguments["location"])
            else:
                result = {"fahrenheit": to_fahrenheit(arguments["celsius"]), "unit": "F"}
"""
            }
        ),
        Right(edit={"in New York and in London": "in London", "20 degrees": "15 degrees"}),
        Right(
            code="""\
def converse(messages):
    reply = client.chat.completions.create(
        model=MODEL, messages=messages, tools=[tool(to_fahrenheit), tool(get_the_weather)]
    ).choices[0].message
    messages += [reply]
    for call in reply.tool_calls or ():
        known = {"get_the_weather": get_the_weather, "to_fahrenheit": to_fahrenheit}
        result = known[call.function.name](**json.loads(call.function.arguments))
        messages += [dict(role="tool", tool_call_id=call.id, content=f"{result}")]
    return converse(messages) if reply.tool_calls else reply.content
def get_the_weather(location: str) -> dict:
    '''Get the current weather of a city.'''
    return get_weather(location)
messages = [{"role": "system", "content": "Use your tools."}]
for question in ("How much is 7 degrees Celsius in Fahrenheit?", "What's the weather in London?"):
    messages.append({"role": "user", "content": question})
    print(converse(messages))"""
        ),
    ],
    wrong=[
        Wrong(NOT_OFFERED.format("to_fahrenheit"), edit={", fahrenheit_tool]": "]"}),
        Wrong(NOT_OFFERED.format("get_weather"), edit={"[weather_tool, ": "["}),
        Wrong(
            NOT_CALLED.format("to_fahrenheit"),
            edit={"How much is 20 degrees Celsius in Fahrenheit?": "Thank you!"},
        ),
        Wrong(
            UNFINISHED,
            edit={
                "        for call in": "        return ''\n        for call in",
                '    "How much is 20 degrees Celsius in Fahrenheit?",\n': "",
            },
        ),
        Wrong(
            "the call `get_weather(",
            edit={
                "        for call in": "        if 'York' in str(messages): return ''\n"
                "        for call in",
                "    messages.append({": "    messages = []\n    messages.append({",
            },
        ),
        Wrong(
            "the answer to `to_fahrenheit(",
            edit={"json.dumps(result)": "json.dumps(result if 'location' in str(result) else 0)"},
        ),
        Wrong("the answer to `get_weather(", edit={"json.dumps(result)": '"done"'}),
        Wrong(
            FORGOT,
            edit={"    messages.append({": "    messages = []\n    messages.append({"},
        ),
        Wrong(
            NO_ANSWER,
            edit={
                "        messages.append(message)\n        if not message.tool_calls:\n"
                "            return message.content\n": "        if not message.tool_calls:\n"
                "            return message.content\n        messages.append(message)\n"
            },
        ),
        Wrong("`converse(", edit={"return message.content": "return print(message.content)"}),
        Wrong(NOT_THE_TEXT, edit={"return message.content": "return message"}),
        Wrong(
            RUN_TOOLS,
            code="""\
def converse(messages):
    tools = [weather.get_weather, to_fahrenheit]
    return run_tools(client, model=MODEL, messages=messages, tools=tools).content
messages = []
for question in ("How's the weather in London?", "How much is 20 degrees Celsius in Fahrenheit?"):
    messages.append({"role": "user", "content": question})
    print(converse(messages))""",
        ),
        Wrong(REFUSED, edit={'"tool_call_id": call.id': '"tool_call_id": "1"'}),
        Wrong(REFUSED, edit={"            messages.append(\n": "            print(\n"}),
        Wrong(REFUSED, edit={"json.dumps(result)": "result"}),
        Wrong(REFUSED, edit={"not message.tool_calls": "message.tool_calls"}),
        Wrong(STOPPED + "AttributeError", edit={"(**json.loads": "(json.loads"}),
        Wrong(STOPPED + "KeyError", edit={', "to_fahrenheit": to_fahrenheit': ""}),
    ],
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
    results = {
        message.get("tool_call_id"): str(message.get("content"))
        for sent in answer.sent
        for message in sent.messages
    }
    for id, call in calls.items():
        shown = f"`{call.name}({call.arguments})`"
        if id not in results:
            return UNANSWERED.format(shown)
        due = _due(call, functions["weather" if "weather" in call.name else "fahrenheit"])
        if not all(value in results[id] for value in due):
            return NOT_THE_RESULT.format(shown, " and ".join(due))
    return _went_on(answer) or _returns(converse)


def _returns(converse: Callable[..., Any]) -> str | None:
    """What is wrong with what the reader's function returns, of which the cell shows nothing."""
    if "run_tools" in getattr(getattr(converse, "__code__", None), "co_names", ()):
        return RUN_TOOLS
    before = transcript().requests
    text = returned(converse, [{"role": "user", "content": "How much is 7 °C in Fahrenheit?"}])
    said = Answer(transcript().since(before).exchanges).received
    return None if said and text == said[-1].text else NOT_THE_TEXT


def _due(call: Call, function: Callable[..., Any]) -> list[str]:
    """The values that a function returns for a call."""
    result = returned(function, *call.parse().values())
    values = result.values() if isinstance(result, dict) else [result]
    return [json.dumps(value).strip('"').removesuffix(".0") for value in values]


def _went_on(answer: Answer) -> str | None:
    said = answer.sent[-1].said
    if [role for role, _ in said].count("user") < 2:
        return FORGOT
    first = next(received.text for received in answer.received if not received.calls)
    return None if ("assistant", first) in said else NO_ANSWER
