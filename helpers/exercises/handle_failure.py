"""The exercises of `13_handle_failure`."""

from __future__ import annotations

from typing import Any

from helpers.checks import Answer, Wrong, exercise

FAILED, NOT_DEPLOYED = 21313, 21353

NEVER = "the failed prediction was not sent again: catch the error, and look at its code."
ANY = "the model that is not deployed was asked twice as well: both are 400, so look at the code."
TOO_OFTEN = "a failed prediction is to be sent again once: more than that was sent."


@exercise(
    "send-again",
    correct="the failed prediction was sent again and answered, and nothing else was sent twice.",
    wrong=[
        Wrong(NEVER, edit={"!= 21313": '!= "21313"'}),
        Wrong(NEVER, edit={"except openai.BadRequestError": "except openai.InternalServerError"}),
        Wrong(ANY, edit={'if error.body["code"] != 21313:\n            raise': "pass"}),
        Wrong(ANY, edit={"!= 21313": "not in (21313, 21353)"}),
        Wrong(TOO_OFTEN, edit={"raise\n": "raise\n    send(once)\n"}),
    ],
)
def send_again(answer: Answer) -> str | None:
    outcomes = [_code(exchange.response) for exchange in answer.exchanges]
    if outcomes[1:2] != [None]:
        return NEVER
    if NOT_DEPLOYED in outcomes and outcomes[-1] != NOT_DEPLOYED:
        return ANY
    return None if outcomes == [FAILED, None, NOT_DEPLOYED] else TOO_OFTEN


def _code(body: Any) -> Any:
    return body.get("code") if isinstance(body, dict) else None


CUT = "the last reply is cut off: ask again while its finish reason is `length`."
NOT_DOUBLED = "each limit is to be twice the one before: look at those that you sent."
TOO_MANY = "the reply was whole, and you asked again: return it."


@exercise(
    "ask-for-more",
    correct="each limit is twice the one before, and the last reply is whole.",
    wrong=[
        Wrong(CUT, edit={'!= "length"': '== "length"'}),
        Wrong(CUT, edit={"limit = limit * 2": "pass", "raise ReplyError(f": "return str("}),
        Wrong(NOT_DOUBLED, edit={"limit * 2": "limit + 40"}),
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
    ],
)
def ask_for_more(answer: Answer) -> str | None:
    limits = [sent.body.get("max_completion_tokens") for sent in answer.sent]
    reasons = [received.finish_reason for received in answer.received]
    if reasons[-1] == "length":
        return CUT
    if any(reason != "length" for reason in reasons[:-1]):
        return TOO_MANY
    doubled = [(limits[0] or 0) * 2**number for number in range(len(limits))]
    return None if limits == doubled and len(limits) > 1 else NOT_DOUBLED
