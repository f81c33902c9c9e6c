"""The exercises of `05_stream_a_reply`."""

from __future__ import annotations

from typing import Any

from helpers.checks import Answer, Wrong, exercise

NO_TEXT = "there is no text: append the content of every delta to it."
NONE = "the text has `None` in it: a delta without text has that for its content."
NOT_ALL = "the text is not all that was received: append to it, so that nothing is overwritten."
NO_REASON = "the finish reason is missing: one chunk has it, in its choice."
NO_USAGE = "the usage is missing: it is in the last chunk, which has no choices."


@exercise(
    "collect-a-stream",
    correct="text, finish reason and usage are those that were received.",
    wrong=[
        Wrong(NONE, edit={'choice.delta.content or ""': "str(choice.delta.content)"}),
        Wrong(
            NOT_ALL,
            edit={'text += choice.delta.content or ""': "text = choice.delta.content or text"},
        ),
        Wrong(NO_REASON, edit={"choice.finish_reason or finish_reason": "None"}),
        Wrong(
            NO_USAGE,
            edit={"usage = chunk.usage or usage": "if chunk.choices: usage = chunk.usage or usage"},
        ),
    ],
)
def collect_a_stream(
    answer: Answer, text: str, finish_reason: str | None, usage: Any
) -> str | None:
    received = answer.received[-1]
    if not text:
        return NO_TEXT
    if text != received.text:
        return NONE if "None" in text else NOT_ALL
    if finish_reason != received.finish_reason:
        return NO_REASON
    return None if usage is not None else NO_USAGE


OPEN = "you left the loop, but the connection is still open: close the stream."
TO_THE_END = "the reply was received to its end: leave the loop before that."
TOO_SOON = "the text does not end with a full stop: leave the loop when it does."


@exercise(
    "stop-after-a-sentence",
    correct="one sentence was received, and the connection is closed.",
    wrong=[
        Wrong(OPEN, edit={"with stream:": "if True:"}),
        Wrong(TO_THE_END, edit={"break": 'text = text.partition(".")[0] + "."'}),
        Wrong(TOO_SOON, edit={'text.endswith(".")': "text"}),
    ],
)
def stop_after_a_sentence(answer: Answer, text: str, stream: Any) -> str | None:
    if not stream.response.is_closed:
        return OPEN
    if answer.received[-1].finish_reason is not None:
        return TO_THE_END
    return None if text.endswith(".") else TOO_SOON
