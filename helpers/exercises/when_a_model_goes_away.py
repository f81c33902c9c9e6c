"""The exercise of `19_when_a_model_goes_away`."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import ExitStack, redirect_stdout
from typing import Any

import openai

from helpers.checks import Answer, Hint, Right, Wrong, exercise
from helpers.faults import fault
from helpers.models import parse_model
from helpers.transcript import transcript

FIRST_ONLY = "the first model is gone, and your function gave up: catch its error, and go on."
BUSY = "the first model is busy, and your function gave up: a 429 is a reason to go on as well."
NOT_TWO = "return two things: the name of the model that answered, and the reply."
WRONG_NAME = "the name that you return is not the name of the model that answered."
ON_AND_ON = "a model had answered, and another was asked: return the first reply that comes."
TOO_MUCH = "an error that no other model can fix, a wrong key, led to another request: raise it."
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
    before = transcript().requests
    asked = [{"role": "user", "content": "How much is 6 * 7?"}]
    with ExitStack() as stack, redirect_stdout(io.StringIO()):
        for number, name in faults.items():
            stack.enter_context(fault(name, model=MODELS[number]))
        try:
            outcome = first_of(list(MODELS), asked)
        except Exception as error:  # noqa: BLE001 - judged by who asked
            outcome = error
    sent = Answer(transcript().since(before).exchanges).sent
    if any(each.messages != asked for each in sent):
        raise Hint(OTHER_MESSAGES)
    names = [parse_model(each.model).url for each in sent]
    # A client that tries one model again has asked it once.
    return outcome, list(dict.fromkeys(names))


CATCHES = "except (openai.NotFoundError, openai.RateLimitError)"


@exercise(
    "go-on",
    sends=False,
    refusals=True,
    correct="it goes on where another model can help, and raises the rest.",
    right=[
        Right(edit={CATCHES: "except (openai.RateLimitError, openai.NotFoundError)"}),
        Right(
            code="""\
def first_of(models, messages):
    for number, model in enumerate(models):
        try:
            reply = client.chat.completions.create(model=model, messages=messages)
        except openai.APIStatusError as error:
            if error.status_code not in (404, 429) or number == len(models) - 1:
                raise
            continue
        return model, reply
"""
        ),
        Right(
            code="""\
def first_of(models, messages):
    model, *others = models
    try:
        return model, client.chat.completions.create(model=model, messages=messages)
    except (openai.NotFoundError, openai.RateLimitError):
        if not others:
            raise
        return first_of(others, messages)
"""
        ),
        Right(
            code="""\
def first_of(models, messages):
    once = client.with_options(max_retries=0)
    errors = []
    for model in models:
        try:
            return [model, once.chat.completions.create(model=model, messages=messages)]
        except openai.NotFoundError as error:
            errors.append(error)
        except openai.RateLimitError as error:
            errors.append(error)
            print("busy:", model)
    raise errors[-1]
"""
        ),
        Right(
            code="""\
def first_of(models, messages):
    waiting = list(models)
    while waiting:
        model = waiting.pop(0)
        try:
            reply = client.chat.completions.create(messages=messages, model=model)
            return model, reply
        except openai.APIStatusError as error:
            if error.status_code in {404, 429} and waiting:
                continue
            raise error
"""
        ),
    ],
    wrong=[
        Wrong(BUSY, edit={CATCHES: "except openai.NotFoundError"}),
        Wrong(FIRST_ONLY, edit={CATCHES: "except openai.RateLimitError"}),
        Wrong(TOO_MUCH, edit={CATCHES: "except openai.APIError"}),
        Wrong(GIVEN_UP, edit={"for model in models:": "for model in models[:2]:"}),
        Wrong(LOST, edit={"    raise last\n": "    return None\n"}),
        Wrong(OTHER_ERROR, edit={"    raise last\n": '    raise RuntimeError("none")\n'}),
        Wrong(ORDER, edit={"for model in models:": "for model in reversed(models):"}),
        Wrong(OTHER_MESSAGES, edit={"messages=messages": "messages=question"}),
        Wrong(WRONG_NAME, edit={"return model, client": "return models[0], client"}),
        Wrong(
            NOT_TWO,
            code="""\
def first_of(models, messages):
    for model in models:
        try:
            return client.chat.completions.create(model=model, messages=messages)
        except (openai.NotFoundError, openai.RateLimitError) as error:
            last = error
    raise last
""",
        ),
        Wrong(
            ON_AND_ON,
            code="""\
def first_of(models, messages):
    found, last = None, None
    for model in models:
        try:
            reply = client.chat.completions.create(model=model, messages=messages)
            found = found or (model, reply)
        except (openai.NotFoundError, openai.RateLimitError) as error:
            last = error
    if found is None:
        raise last
    return found
""",
        ),
    ],
)
def go_on(answer: Answer, first_of: Callable[..., Any]) -> str | None:
    outcome, asked = _tried(first_of, {0: "invalid_key"})
    if asked[:1] != MODELS[:1]:
        return ORDER
    if len(asked) > 1 or not isinstance(outcome, openai.AuthenticationError):
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
    outcome, asked = _tried(first_of, {0: "busy", 1: "unknown_model", 2: "unknown_model"})
    if not isinstance(outcome, Exception):
        return LOST
    if len(asked) < 3:
        return GIVEN_UP
    return None if isinstance(outcome, openai.NotFoundError) else OTHER_ERROR
