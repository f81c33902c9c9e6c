"""The exercise of `18_let_a_model_think`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from helpers.checks import Answer, exercise, returned
from helpers.exercises.made_up import Stream

NOT_TWO = "return two strings: the thoughts and the text."
NO_OLD_NAME = "thoughts that come as `reasoning_content` are not found: read either name."
NO_NEW_NAME = "thoughts that come as `reasoning` are not found: read either name."
NOT_STRINGS = "what you return should be two strings: join the pieces, as in `''.join(pieces)`."
SWAPPED = "the two are swapped: the thoughts come first, then the text."
ONCE = "a stream can be gone through once: the second loop finds nothing. Collect both in one."
TWICE = "where a delta has both names, its thoughts are there twice: take one of them."
MIXED = "the text has thoughts in it: keep the two apart."
TEXT_LOST = "the text is not all of what came: add the content of every delta."
THOUGHTS_LOST = "the thoughts are not all of what came: add those of every delta."


FIRST = {"role": "assistant", "content": ""}
SAID: tuple[dict[str, Any], ...] = ({"content": "It is"}, {"content": " 391."}, {})
NEW = (FIRST, {"reasoning": "A sum. "}, {"reasoning": "Easy."}, *SAID, None)
OLD = (FIRST, {"reasoning_content": "A sum. "}, {"reasoning_content": "Easy."}, *SAID, None)
TWO = {"reasoning": "A sum. ", "reasoning_content": "A sum. "}
BOTH = (FIRST, TWO, {"reasoning": "Easy."}, *SAID, None)
PLAIN = (None, FIRST, *SAID)


@exercise(
    "collect-apart",
    sends=False,
    correct="thoughts under either name, and the text, each once and apart.",
)
def collect_apart(answer: Answer, collect: Callable[[Iterable[Any]], Any]) -> str | None:
    for deltas, thoughts, hint in (
        (PLAIN, "", MIXED),
        (NEW, "A sum. Easy.", NO_NEW_NAME),
        (OLD, "A sum. Easy.", NO_OLD_NAME),
        (BOTH, "A sum. Easy.", TWICE),
    ):
        # The chunk with the usage, None here, has no choices.
        choices = ([] if delta is None else [{"index": 0, "delta": delta}] for delta in deltas)
        chunks = Stream({"choices": each} for each in choices)
        result = returned(collect, chunks)
        if not isinstance(result, tuple | list) or len(result) != 2:
            return NOT_TWO
        if not all(isinstance(text, str) for text in result):
            return NOT_STRINGS
        if chunks.times > 1 and list(result) != [thoughts, "It is 391."]:
            return ONCE
        if list(result) == ["It is 391.", thoughts]:
            return SWAPPED
        if "sum" in result[1].casefold():
            return MIXED
        if result[1] != "It is 391.":
            return TEXT_LOST
        if result[0] != thoughts:
            return THOUGHTS_LOST if result[0] and result[0] in thoughts else hint
    return None
