"""The exercises of `05_stream_a_reply`."""

from __future__ import annotations

from typing import Any

from openai import Stream

from helpers.checks import Answer, exercise
from helpers.transcript import Exchange

NO_TEXT = "there is no text: append the content of every delta to it."
NOT_ONE = "`text` should be one string: join the pieces, as in `''.join(pieces)`."
NONE = "the text has `None` in it: that is the content of a delta without text."
REASONING = "the text has the reasoning in it: a model's thoughts are not part of the reply."
NOT_ALL = "the text is not all that was received: append to it, so that nothing is overwritten."
NO_REASON = "the finish reason is missing: one chunk has it, in its choice."
OTHER_REASON = "`finish_reason` is not what was received: {}."
NO_USAGE = "the usage is missing: it comes after the finish reason, in a chunk without choices."
LEFT = "you left the loop before the stream ended, and its last chunk is the one with the usage."
NOT_THE_USAGE = "`usage` is not the object that was received, of {} tokens in all."


@exercise(
    "collect-a-stream",
    keeps=("text", "finish_reason", "usage"),
    correct="text, finish reason and usage are those that were received.",
)
def collect_a_stream(
    answer: Answer, text: object, finish_reason: str | None, usage: Any, stream: Any = None
) -> str | None:
    exchange = answer.exchanges[-1]
    # A loop that ends at the usage has all that matters, which is known once the stream is closed.
    left = exchange.response is None
    if left and isinstance(stream, Stream):
        stream.close()
    received = answer.received[-1]
    if not text:
        return NO_TEXT
    if not isinstance(text, str):
        return NOT_ONE
    if exchange.response is None or (left and not exchange.usage):
        return LEFT
    if text.strip() != received.text.strip():
        return _wrong_text(text, exchange)
    if not finish_reason:
        return NO_REASON
    if finish_reason != received.finish_reason:
        return OTHER_REASON.format(received.finish_reason)
    if not usage:
        return NO_USAGE
    counted = usage.get("total_tokens") if isinstance(usage, dict) else None
    total = (exchange.usage or {}).get("total_tokens")
    if getattr(usage, "total_tokens", counted) != total:
        return NOT_THE_USAGE.format(total)
    return None


def _wrong_text(text: str, exchange: Exchange) -> str:
    if "None" in text:
        return NONE
    deltas = [
        choice.get("delta", {})
        for event in exchange.response or ()
        for choice in event.get("choices") or ()
    ]
    thoughts = "".join(
        delta.get("reasoning") or delta.get("reasoning_content") or "" for delta in deltas
    )
    return REASONING if thoughts and thoughts[:20] in text else NOT_ALL


OPEN = "you left the loop, but the connection is still open: close the stream."
TO_THE_END = "the reply was received to its end: leave the loop before that."
TOO_SOON = "the text does not end with a full stop: leave the loop when it does."
NOT_RECEIVED = "`text` is not what was received: append the content of every delta to it."


@exercise(
    "stop-after-a-sentence",
    keeps=("text",),
    correct="one sentence was received, and the connection is closed.",
)
def stop_after_a_sentence(answer: Answer, text: str) -> str | None:
    received = answer.received[-1]
    # What was received is known once the connection is closed.
    if answer.exchanges[-1].response is None:
        return OPEN
    if received.finish_reason is not None:
        return TO_THE_END
    if not text.strip().endswith((".", "!", "?")):
        return TOO_SOON
    return None if received.text.startswith(text.strip()) else NOT_RECEIVED
