"""The exercises of `05_stream_a_reply`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, exercise, returned
from helpers.exercises.made_up import Stream

NO_TEXT = "there is no text: append the content of every delta to it."
NO_STREAM = "what you sent asks for no stream: keep `stream=True`, and complete `collect`."
NOT_THREE = "`collect` should return three things: the text, the finish reason and the usage."
NOT_ONE = "the text should be one string: join the pieces, as in `''.join(pieces)`."
NONE = "the text has `None` in it: that is the content of a delta without text."
NO_BLANKS = "the blanks are gone: add the content of every delta as it came, without `strip`."
REASONING = "the text has the reasoning in it: a model's thoughts are not part of the reply."
NOT_ALL = "the text is not all that was received: append to it, so that nothing is overwritten."
NO_REASON = "the finish reason is missing: one chunk has it, in its choice."
OTHER_REASON = "the finish reason was `length` in another stream, and `collect` returned {!r}."
NO_USAGE = "the usage is missing: it comes after the finish reason, in a chunk without choices."
LEFT = "you left the loop before the stream ended, and its last chunk is the one with the usage."
NOT_THE_USAGE = "the usage is not the object that was received, with its `total_tokens`."

_THOUGHT, _TEXT = "A story.", "Once there was a story, and it was cut"
_USAGE = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}


def _chunks() -> list[dict[str, Any]]:
    deltas = [{"role": "assistant", "content": ""}, {"reasoning": _THOUGHT, "content": None}]
    deltas += [{"content": piece} for piece in re.findall(r"\W*\w+", _TEXT)] + [{}]
    choices = [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas]
    choices[-1][0]["finish_reason"] = "length"
    return [{"choices": each} for each in choices] + [{"choices": [], "usage": _USAGE}]


@exercise(
    "collect-a-stream",
    correct="text, finish reason and usage are those that were received.",
)
def collect_a_stream(answer: Answer, collect: Callable[..., Any]) -> str | None:
    stream = Stream(_chunks())
    try:
        result = returned(collect, stream)
        text, finish_reason, usage = result
    except (TypeError, ValueError):
        return NOT_THREE
    if isinstance(result, dict):
        return NOT_THREE
    if not text:
        return NO_TEXT if any(sent.body.get("stream") for sent in answer.sent) else NO_STREAM
    if not isinstance(text, str):
        return NOT_ONE
    if text.strip() != _TEXT:
        return _wrong_text(text) or (LEFT if stream.left else NOT_ALL)
    if not finish_reason:
        return NO_REASON
    if finish_reason != "length":
        return OTHER_REASON.format(finish_reason)
    if not usage:
        return LEFT if stream.left else NO_USAGE
    counted = usage.get("total_tokens") if isinstance(usage, dict) else None
    return None if getattr(usage, "total_tokens", counted) == 21 else NOT_THE_USAGE


def _wrong_text(text: str) -> str | None:
    if "None" in text:
        return NONE
    if text.split() != _TEXT.split() and "".join(text.split()) == "".join(_TEXT.split()):
        return NO_BLANKS
    return REASONING if _THOUGHT in text else None


OPEN = "you left the loop, but the connection is still open: close the stream."
TO_THE_END = "the reply was received to its end: leave the loop before that."
TOO_SOON = "the text does not end with a full stop: leave the loop when it does."
TOO_LATE = "the text goes on after its first sentence: leave the loop where that one ends."
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
    if re.search(r"\.\s", text.strip()):
        return TOO_LATE
    return None if received.text.startswith(text.strip()) else NOT_RECEIVED
