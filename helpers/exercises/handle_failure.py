"""The exercises of `13_handle_failure`."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from typing import Any

import openai

from helpers.checks import Answer, Hint, Right, Wrong, exercise
from helpers.faults import fault
from helpers.transcript import transcript


def _tried(
    function: Callable[[], Any], name: str | None = None, times: int = 9
) -> tuple[Any, Answer]:
    """What the reader's function returns or raises, under a fault, and what it sent meanwhile."""
    before = transcript().requests
    with fault(name, times=times) if name else nullcontext(), redirect_stdout(io.StringIO()):
        try:
            outcome = function()
        except Exception as error:  # noqa: BLE001 - judged by who asked
            outcome = error
    return outcome, Answer(transcript().since(before).exchanges)


NEVER = (
    "the failed prediction was not sent again: catch the error, and compare"
    ' `error.body["code"]`, a number. (`error.code` is a string.)'
)
ANY = "the model that is not deployed was asked twice as well: both are 400, so look at the code."
TOO_OFTEN = (
    "send a failed prediction again only once: after two failures, you sent a third request."
)
SWALLOWED = "an error is lost: raise what you do not send again, and a second failure too."
NO_REPLY = "the second request was answered, but `ask_twice` does not return the reply."
PAGE = "a page of HTML is a body without a code: ask whether `error.body` is a dictionary first."


@exercise(
    "send-again",
    sends=False,
    refusals=True,
    correct="a failed prediction is sent again once, and everything else is raised.",
    right=[
        Right(edit={"openai.BadRequestError": "openai.APIStatusError"}),
        Right(
            code="""\
def ask_twice():
    for last in (False, True):
        try:
            return send(once)
        except openai.APIError as error:
            if last or error.code != "21313":
                raise
"""
        ),
        Right(
            code="""\
def ask_twice():
    try:
        return send(once)
    except openai.BadRequestError as error:
        if error.body["code"] == 21313:
            return send(once)
        raise
"""
        ),
        Right(
            code="""\
FAILED = 21313
def ask_twice(tries=2):
    try:
        return send(client)
    except openai.APIStatusError as error:
        body = error.body if isinstance(error.body, dict) else {}
        if body.get("code") == FAILED and tries > 1:
            print("again")
            return ask_twice(tries - 1)
        raise
"""
        ),
        Right(
            code="""\
def ask_twice():
    try:
        reply = send(once)
    except openai.APIError as error:
        if str(getattr(error, "code", "")) != str(21313):
            raise error
        reply = send(once)
    return reply
"""
        ),
        Right(
            code="""\
def failed(error):
    return isinstance(error, openai.BadRequestError) and "21313" in explain(error)
def ask_twice():
    try:
        return send(once)
    except openai.APIError as error:
        if failed(error):
            return send(once)
        raise
"""
        ),
    ],
    wrong=[
        Wrong(NEVER, edit={"!= 21313": '!= "21313"'}),
        Wrong(NEVER, edit={'error.body.get("code") != 21313': "error.code != 21313"}),
        Wrong(NEVER, edit={"except openai.BadRequestError": "except openai.InternalServerError"}),
        Wrong(
            ANY,
            edit={
                'if not isinstance(error.body, dict) or error.body.get("code") != 21313:\n'
                "            raise": "print(explain(error))"
            },
        ),
        Wrong(ANY, edit={"!= 21313": "not in (21313, 21353)"}),
        Wrong(
            TOO_OFTEN,
            code="""\
def ask_twice():
    for _ in range(5):
        try:
            return send(once)
        except openai.BadRequestError as error:
            if error.body["code"] != 21313:
                raise
""",
        ),
        Wrong(
            TOO_OFTEN,
            code="""\
def ask_twice():
    while True:
        try:
            return send(once)
        except openai.BadRequestError as error:
            if error.body["code"] != 21313:
                raise
""",
        ),
        Wrong(SWALLOWED, edit={"            raise\n": "            return None\n"}),
        Wrong(
            SWALLOWED,
            edit={
                "    return send(once)\n\n": (
                    "    try:\n        return send(once)\n"
                    "    except openai.BadRequestError as error:\n        print(error)\n\n"
                )
            },
        ),
        Wrong(
            NO_REPLY,
            code="""\
def ask_twice():
    try:
        return send(once)
    except openai.BadRequestError as error:
        if error.body["code"] != 21313:
            raise
    send(once)
""",
        ),
        Wrong(
            PAGE,
            edit={
                "openai.BadRequestError": "openai.APIStatusError",
                "not isinstance(error.body, dict) or ": "",
                'error.body.get("code")': 'error.body["code"]',
            },
        ),
    ],
)
def send_again(answer: Answer, ask_twice: Any) -> str | None:
    outcome, did = _tried(ask_twice, "prediction_failed", times=1)
    if len(did.exchanges) < 2:
        return NEVER
    if isinstance(outcome, Exception):
        return NEVER if isinstance(outcome, openai.APIError) else _raised(outcome)
    if outcome is None:
        return NO_REPLY
    outcome, did = _tried(ask_twice, "not_deployed")
    if len(did.exchanges) > 1:
        return ANY
    if not isinstance(outcome, openai.BadRequestError):
        return SWALLOWED
    outcome, did = _tried(ask_twice, "prediction_failed")
    if len(did.exchanges) > 2:
        return TOO_OFTEN
    if not isinstance(outcome, openai.BadRequestError):
        return SWALLOWED
    outcome, did = _tried(ask_twice, "html_403")
    return None if isinstance(outcome, openai.PermissionDeniedError) else PAGE


def _raised(error: Exception) -> str:
    return f"`ask_twice` raised {type(error).__name__}: {error}"


CUT = "what you return is cut off: ask again while the finish reason is `length`."
NOT_DOUBLED = "each limit should be twice the one before, from 16 on: look at the ones you sent."
TOO_MANY = "the reply was whole, and you asked again: return it."
NOT_THE_REPLY = "return the text of the reply that is whole, and nothing before or after it."
FIVE = "where every reply is cut off, send five requests, and no more."
NOT_GIVEN_UP = "where every reply is cut off, raise a `ReplyError` after the fifth."


@exercise(
    "ask-for-more",
    sends=False,
    correct="each limit is twice the one before, the reply is whole, and five tries are the most.",
    right=[
        Right(edit={"max_completion_tokens": "max_tokens"}),
        Right(
            code="""\
def in_full(limit=16, tries=5):
    choice = send(max_completion_tokens=limit).choices[0]
    sent = 1
    while choice.finish_reason == "length":
        if sent == tries:
            raise ReplyError("still cut off")
        limit *= 2
        choice = send(max_completion_tokens=limit).choices[0]
        sent += 1
    return choice.message.content
"""
        ),
        Right(
            code="""\
def in_full(limit=16, tries=5):
    for n in range(tries):
        try:
            return whole(send(max_completion_tokens=limit * 2**n)).content
        except ReplyError as error:
            last = error
    raise last
"""
        ),
        Right(
            code="""\
def in_full(limit=16, tries=5):
    reply = send(max_tokens=limit)
    if reply.choices[0].finish_reason == "stop":
        return reply.choices[0].message.content
    if tries == 1:
        raise ReplyError(f"still cut off at {limit}")
    return in_full(2 * limit, tries - 1)
"""
        ),
        Right(
            code="""\
def in_full(limit=16, tries=5):
    for budget in [limit << n for n in range(tries)]:
        print("with", budget)
        choice = send(max_completion_tokens=budget).choices[0]
        if choice.finish_reason != "length":
            break
    else:
        raise ReplyError("no luck")
    return choice.message.content
in_full()
"""
        ),
        Right(
            code="""\
def in_full(limit=16, tries=5):
    once_more = client.with_options(max_retries=0)
    while tries > 0:
        reply = client.chat.completions.create(
            model=MODEL, messages=question, max_completion_tokens=limit
        )
        [choice] = reply.choices
        if choice.finish_reason == "stop":
            return choice.message.content
        limit, tries = limit + limit, tries - 1
    raise ReplyError("cut off")
print(in_full())
"""
        ),
    ],
    wrong=[
        Wrong(CUT, edit={'!= "length"': '== "length"'}),
        Wrong(NOT_GIVEN_UP, edit={"raise ReplyError(f": "return str("}),
        Wrong(NOT_DOUBLED, edit={"limit * 2": "limit + 40"}),
        Wrong(NOT_DOUBLED, edit={"limit = limit * 2": "limit = limit * 4"}),
        Wrong(
            TOO_MANY,
            edit={
                '        if reply.choices[0].finish_reason != "length":\n'
                "            return reply.choices[0].message.content\n": "",
                'raise ReplyError(f"still cut off after {tries} requests")': (
                    "return reply.choices[0].message.content"
                ),
            },
        ),
        Wrong(
            NOT_THE_REPLY,
            edit={
                "    for _ in range(tries):\n": '    text = ""\n    for _ in range(tries):\n',
                '        if reply.choices[0].finish_reason != "length":\n'
                "            return reply.choices[0].message.content\n": (
                    "        text += reply.choices[0].message.content\n"
                    '        if reply.choices[0].finish_reason != "length":\n'
                    "            return text\n"
                ),
            },
        ),
        Wrong(NOT_THE_REPLY, edit={"return reply.choices[0].message.content": "return reply"}),
        Wrong(FIVE, edit={"for _ in range(tries):": "while True:"}),
        Wrong(FIVE, edit={"range(tries)": "range(tries - 1)"}),
        Wrong(NOT_GIVEN_UP, edit={"raise ReplyError(f": "raise ValueError(f"}),
    ],
)
def ask_for_more(answer: Answer, in_full: Any, ReplyError: type[Exception]) -> str | None:
    outcome, did = _tried(in_full)
    if isinstance(outcome, Exception):
        raise Hint(f"`in_full()` raised {type(outcome).__name__}: {outcome}")
    reasons = [received.finish_reason for received in did.received]
    if reasons[-1:] == ["length"] or len(reasons) < 2:
        return CUT
    if "stop" in reasons[:-1]:
        return TOO_MANY
    if _limits(did) != [16 * 2**number for number in range(len(reasons))]:
        return NOT_DOUBLED
    if outcome != did.received[-1].text:
        return NOT_THE_REPLY
    outcome, did = _tried(in_full, "reasoning_overrun")
    if len(did.exchanges) != 5:
        return FIVE
    return None if isinstance(outcome, ReplyError) else NOT_GIVEN_UP


def _limits(answer: Answer) -> list[Any]:
    names = "max_completion_tokens", "max_tokens"
    return [next((sent.body[n] for n in names if sent.body.get(n)), None) for sent in answer.sent]
