"""The exercises of notebook 10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, Wrong, exercise

STILL_NESTED = "the tool still has a box in it: what is in `function` has to stand beside `type`."
NO_TYPE = "the tool has no `type`: in both forms it says that it is a function."
NO_STRICT = "`strict` is missing, and not every server takes that as false: write it out."
STRICT_LOST = "a tool that says `strict` itself should keep what it says."

_STRICT = {"type": "function", "function": {"name": "probe", "parameters": {}, "strict": True}}


@exercise(
    "flatten-tools",
    refusals=True,
    correct="the tool was sent in the flat form, and says whether it is strict.",
    wrong=[
        Wrong(STILL_NESTED, edit={'**chat_tool["function"]': "**chat_tool"}),
        Wrong(NO_TYPE, edit={'"type": "function", ': ""}),
        Wrong(NO_STRICT, edit={'"strict": False, ': ""}),
        Wrong(STRICT_LOST, edit={'"strict": False, **': "**", '"]}': '"], "strict": False}'}),
    ],
)
def flatten_tools(answer: Answer, flattened: Callable[[Any], Any]) -> str | None:
    tools = answer.sent[-1].body.get("tools") or [{}]
    if "function" in tools[0]:
        return STILL_NESTED
    if tools[0].get("type") != "function":
        return NO_TYPE
    if "strict" not in tools[0]:
        return NO_STRICT
    return None if flattened(_STRICT).get("strict") is True else STRICT_LOST


ALONE = "the second request has only the new question: put what was said before it."
NO_REPLY = "your first question is there; what the model said to it is not: `response.output`."
ON_THE_SERVER = "that relies on the server to keep the first response: send its items instead."
NO_QUESTION = "the last item has to be your new question."


@exercise(
    "keep-the-items",
    correct="the second request has the first question, what was said, and the new question.",
    wrong=[
        Wrong(ALONE, edit={"*first, *response.output, ": ""}),
        Wrong(NO_REPLY, edit={"*response.output, ": ""}),
        Wrong(NO_QUESTION, edit={", follow_up]": "]"}),
        Wrong(
            ON_THE_SERVER,
            edit={
                "*first, *response.output, ": "",
                "input=second": "input=second, previous_response_id=response.id",
            },
        ),
    ],
)
def keep_the_items(answer: Answer) -> str | None:
    last = answer.sent[-1]
    if last.body.get("previous_response_id"):
        return ON_THE_SERVER
    if len(last.messages) < 2:
        return ALONE
    if "assistant" not in last.roles:
        return NO_REPLY
    return None if last.messages[-1].get("role") == "user" else NO_QUESTION
