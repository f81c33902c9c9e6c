"""The exercises of `10_use_the_responses_api`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, exercise, returned
from helpers.exercises.basic_inference import continued

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


ON_THE_SERVER = "that relies on the server to keep the first response: send its items instead."
ONE_REQUEST = "one request was sent: send `first`, and then `second` with all that was said."
OTHER_API = "that went to chat completions: ask with `client.responses`."


@exercise(
    "keep-the-items",
    correct="the last request has the first question, what was said, and the new question.",
)
def keep_the_items(answer: Answer) -> str | None:
    if answer.exchanges[-1].path != "/responses":
        return OTHER_API
    if answer.sent[-1].body.get("previous_response_id"):
        return ON_THE_SERVER
    return continued(answer) if len(answer.sent) > 1 else ONE_REQUEST
