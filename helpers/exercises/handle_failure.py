"""The exercises of `13_handle_failure`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import openai

from helpers.checks import Answer, attempted, exercise
from helpers.faults import fault


def _tried(function: Any, name: str | None = None, times: int = 9) -> tuple[Any, Answer]:
    """What the reader's function returns or raises, under a fault, and what it sent meanwhile."""
    with fault(name, times=times) if name else nullcontext():
        return attempted(function)


NEVER = (
    "the failed prediction was not sent again: catch the error, and compare"
    ' `error.body["code"]`, a number. (`error.code` is a string.)'
)
ANY = "the model that is not deployed was asked twice as well: both are 400, so look at the code."
TOO_OFTEN = "after two failures, you sent a third request: send it again only once."
SWALLOWED = "an error is lost: raise what you do not send again, and a second failure too."
FIRST = "the error that you raise is the first request's: raise the second's, which is the newer."
NO_REPLY = "the second request was answered, but `ask_twice` does not return the reply."
TWICE = "a request that was answered is sent once more: return its reply."
RETRIES = "a model that was busy is asked again and again, by the client itself: send with `once`."
PAGE = "a page of HTML is a body without a code: ask whether `error.body` is a dictionary first."


@exercise(
    "send-again",
    sends=False,
    refusals=True,
    correct="a failed prediction is sent again once, and everything else is raised.",
)
def send_again(answer: Answer, ask_twice: Any) -> str | None:
    outcome, did = _tried(ask_twice, "prediction_failed", times=1)
    if len(did.exchanges) < 2:
        return NEVER
    if did.error:
        return NEVER if isinstance(outcome, openai.APIError) else did.stopped
    if not hasattr(outcome, "choices") and outcome != did.received[-1].text:
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
    with fault("prediction_failed", times=1):
        outcome, did = _tried(ask_twice, "busy")
    if isinstance(outcome, openai.BadRequestError):
        return FIRST
    if len(did.exchanges) > 2:
        return RETRIES
    outcome, did = _tried(ask_twice, "html_403")
    if not isinstance(outcome, openai.PermissionDeniedError):
        return PAGE
    outcome, did = _tried(ask_twice)
    return TWICE if len(did.exchanges) > 1 else None


TOO_SOON = "a `ReplyError` came although a higher limit would do: double the limit, and go on."
CUT = "what you return is cut off: ask again while the finish reason is `length`."
LOOKS_WHOLE = "a reply can be cut at a full stop, or before the limit: only its finish reason says."
NOT_DOUBLED = "each limit should be twice the one before, from 16 on: look at the ones you sent."
TOO_MANY = "the reply was whole, and you asked again: return it."
NOT_THE_REPLY = "return the text of the reply that is whole, and nothing before or after it."
FIVE = "where every reply is cut off, send five requests, and no more."
NOT_GIVEN_UP = "where every reply is cut off, raise a `ReplyError` after the fifth."


@exercise(
    "ask-for-more",
    sends=False,
    errors=True,
    correct="each limit is twice the one before, the reply is whole, and five tries are the most.",
)
def ask_for_more(answer: Answer, in_full: Any, ReplyError: type[Exception]) -> str | None:
    outcome, did = _tried(in_full)
    if error := answer.error or did.error:
        return TOO_SOON if isinstance(error, ReplyError) else answer.stopped or did.stopped
    whole = [received.finish_reason in ("stop", "completed") for received in did.received]
    if not any(whole[-1:]):
        return CUT
    if any(whole[:-1]):
        return TOO_MANY
    if _limits(did) != [16 * 2**number for number in range(len(whole))]:
        return NOT_DOUBLED
    if outcome != did.received[-1].text:
        return NOT_THE_REPLY
    outcome, did = _tried(in_full, "reasoning_overrun")
    if len(did.exchanges) != 5:
        return FIVE
    if not isinstance(outcome, ReplyError):
        return NOT_GIVEN_UP
    return LOOKS_WHOLE if _taken_in(in_full) else None


def _taken_in(in_full: Any) -> bool:
    """Whether `in_full`, if it asks by `send`, goes by how a reply looks and not by its reason."""
    names, asked = getattr(in_full, "__globals__", {}), list[Any]()
    send: Any = names.get("send")

    def made_up(*client: Any, **options: Any) -> Any:
        reply = send(*client, **options)
        if not options.get("stream"):
            asked.append(reply.choices[0])
            cut = len(asked) == 1
            asked[-1].finish_reason = "length" if cut else "stop"
            asked[-1].message.content = "Yes." if cut else "Yes. And no"
            reply.usage.completion_tokens = 1
        return reply

    names["send"] = made_up
    try:
        outcome, _ = _tried(in_full)
    finally:
        names["send"] = send
    return bool(asked) and outcome != "Yes. And no"


def _limits(answer: Answer) -> list[Any]:
    names = "max_completion_tokens", "max_tokens", "max_output_tokens"
    return [next((sent.body[n] for n in names if sent.body.get(n)), None) for sent in answer.sent]
