"""The exercise of `19_when_a_model_goes_away`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import openai

from helpers.checks import Answer, Hint, attempted, exercise
from helpers.faults import fault
from helpers.models import parse_model
from helpers.transcript.read import as_object

FIRST_ONLY = "the first model is gone, and your function gave up: catch its error, and go on."
BUSY = "the first model is busy, and your function gave up: a 429 is a reason to go on as well."
NOT_TWO = "return two things: the name of the model that answered, and the reply."
NOT_THE_REPLY = "the second thing should be the reply as it came, with its `choices`."
WRONG_NAME = "the name that you return is not the name of the model that answered."
ON_AND_ON = "a model had answered, and another was asked: return the first reply that comes."
TOO_MUCH = "an error that is neither a 404 nor a 429 led to another request: raise it at once."
LOST = "no model is left, and no error was raised: raise the last one."
GIVEN_UP = "two models failed, and the third was never asked: go on to the end of the list."
OTHER_ERROR = "no model is left: raise the last model's own error."
OTHER_MESSAGES = "other messages were sent than your function was given: pass `messages` on."
ORDER = "ask the models in the order of the list."

MODELS = [
    "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
    "https://clarifai.com/openai/chat-completion/models/gpt-oss-20b",
    "https://clarifai.com/openai/chat-completion/models/gpt-4o",
]


def _tried(first_of: Callable[..., Any], faults: Mapping[int, str]) -> tuple[Any, list[str]]:
    """What the function returns or raises while some models fail, and the models it asked."""
    asked = [{"role": "user", "content": "How much is 6 * 7?"}]
    with ExitStack() as stack:
        for number, name in faults.items():
            stack.enter_context(fault(name, model=MODELS[number]))
        outcome, did = attempted(first_of, list(MODELS), asked)
    chats = [each for each in did.sent if each.model]
    if any(each.messages != asked for each in chats):
        raise Hint(OTHER_MESSAGES)
    names = [parse_model(each.model).url for each in chats]
    # A client that tries one model again has asked it once.
    return outcome, list(dict.fromkeys(names))


@exercise(
    "go-on",
    sends=False,
    refusals=True,
    correct="it goes on where another model can help, and raises the rest.",
)
def go_on(answer: Answer, first_of: Callable[..., Any]) -> str | None:
    for name in ("invalid_key", "prediction_failed", "deploying"):
        outcome, asked = _tried(first_of, {0: name})
        if asked[:1] != MODELS[:1]:
            return ORDER
        if len(asked) > 1 or not isinstance(outcome, openai.APIStatusError):
            return TOO_MUCH
    for name, hint in (("unknown_model", FIRST_ONLY), ("busy", BUSY)):
        outcome, asked = _tried(first_of, {0: name})
        if isinstance(outcome, openai.APIStatusError):
            return hint
        if isinstance(outcome, Exception):
            return f"`first_of` raised {type(outcome).__name__}: {outcome}"
        if not isinstance(outcome, tuple | list) or len(outcome) != 2:
            return NOT_TWO
        if len(asked) > 2:
            return ON_AND_ON
        if outcome[0] != MODELS[1]:
            return WRONG_NAME
        if not hasattr(outcome[1], "choices") and "choices" not in as_object(outcome[1]):
            return NOT_THE_REPLY
    outcome, asked = _tried(first_of, {0: "busy", 1: "unknown_model", 2: "unknown_model"})
    if not isinstance(outcome, Exception):
        return LOST
    if len(asked) < 3:
        return GIVEN_UP
    return None if isinstance(outcome, openai.NotFoundError) else OTHER_ERROR
