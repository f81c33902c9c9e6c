"""The exercises of `10_use_the_responses_api`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, exercise, returned

STILL_NESTED = "the tool is still nested: what is in `function` belongs next to `type`."
NO_TYPE = "the tool has no `type`: in both forms it says that it is a function."
NO_STRICT = "`strict` is missing, and not every server takes that as false: write it into the tool."
STRICT_LOST = "a tool that says `strict` itself should keep what it says."
NOT_FALSE = "a tool that does not say `strict` should say false: not null, and not true."
FIELD_LOST = "a field of the tool got lost: the name, the description and the parameters all stay."
CHANGED = "the tool that your function was given has changed: make a new dictionary."
NOT_A_DICTIONARY = "`flattened` should return one dictionary, the tool."

_PLAIN = {"type": "function", "function": {"name": "probe", "description": "d", "parameters": {}}}
_STRICT = {"type": "function", "function": {"name": "probe", "parameters": {}, "strict": True}}
_LOOSE = {"type": "function", "function": {"name": "probe", "parameters": {}, "strict": False}}


@exercise(
    "flatten-tools",
    sends=False,
    refusals=True,
    correct="the tool is in the flat form, and says whether it is strict.",
)
def flatten_tools(answer: Answer, flattened: Callable[[Any], Any]) -> str | None:
    given = copy.deepcopy(_PLAIN)
    flat = returned(flattened, given)
    if not isinstance(flat, dict):
        return NOT_A_DICTIONARY
    if given != _PLAIN:
        return CHANGED
    if "function" in flat:
        return STILL_NESTED
    if flat.get("type") != "function":
        return NO_TYPE
    if not _PLAIN["function"].items() <= flat.items():  # type: ignore[attr-defined]
        return FIELD_LOST
    if "strict" not in flat:
        return NO_STRICT
    if flat["strict"] is not False:
        return NOT_FALSE
    kept = [
        returned(flattened, copy.deepcopy(schema)).get("strict") for schema in (_STRICT, _LOOSE)
    ]
    return None if kept == [True, False] else STRICT_LOST


ALONE = "the last request has only the new question: put what was said before it."
NO_REPLY = "your first question is there; what the model said to it is not: `response.output`."
NOT_THE_REPLY = "a reply is there, but not the one that the model gave: send `response.output`."
NO_FIRST = "the reply is there, but not your first question, which has the name in it."
ON_THE_SERVER = "that relies on the server to keep the first response: send its items instead."
NO_QUESTION = "the last item has to be your new question."
SAME_QUESTION = "the last item is the first question again: ask for the name."
OTHER_API = "that went to chat completions: ask with `client.responses`."


@exercise(
    "keep-the-items",
    correct="the last request has the first question, what was said, and the new question.",
)
def keep_the_items(answer: Answer) -> str | None:
    last = answer.sent[-1]
    if answer.exchanges[-1].path != "/responses":
        return OTHER_API
    if last.body.get("previous_response_id"):
        return ON_THE_SERVER
    if len(last.messages) < 2:
        return ALONE
    asked = [item for item in last.messages if item.get("role") == "user"]
    said = [reply.text for reply in answer.received[:-1]]
    if "assistant" not in last.roles:
        return NO_REPLY
    if not any(text and text in last.text for text in said):
        return NOT_THE_REPLY
    if last.messages[-1].get("role") != "user":
        return NO_QUESTION
    if len(asked) < 2:
        return NO_FIRST
    first, *_, new = (text for role, text in last.said if role == "user")
    return SAME_QUESTION if new == first else None
