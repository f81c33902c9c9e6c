"""The exercise of `14_do_many_at_once`.

Its function is given an `ask` that sends nothing, so that each answer can be told by its order and
its time.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from openai.types.chat import ChatCompletion

from helpers.checks import Answer, Hint, exercise, returned
from helpers.exercises.made_up import reply
from helpers.transcript import transcript


class _Asked:
    """An `ask` that answers after a moment, and counts what is under way."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.reviews: list[str] = []
        self.now = self.most = 0

    def __repr__(self) -> str:
        return "ask"

    async def __call__(self, review: str) -> ChatCompletion:
        self.reviews.append(review)
        self.now += 1
        self.most = max(self.most, self.now)
        # The longer a review, the sooner its answer: the last of those missing comes first.
        await asyncio.sleep(10 / len(review) ** 2)
        self.now -= 1
        message = {"role": "assistant", "content": self.answers.get(review, "?")}
        choice = {"finish_reason": "stop", "index": 0, "message": message}
        return reply(choices=[choice])


NOT_ASKED = "a mood is still missing, and its review was not sent: ask for those that are `None`."
NOT_AWAITED = "a request is in the list, never sent: await all of them together, as `gather` does."
OTHER_ASK = "the requests went past the `ask` that your function was given: call that one."
TOO_MANY = "you sent more than what was missing: ask only where the mood is `None`."
ONE_BY_ONE = "the requests went one after the other: await them together, as `gather` does."
NOT_TEXTS = "the moods should be strings: take the content of each reply's message."
NOT_IN_PLACE = "return every mood, in the order of the reviews: put each where it belongs."

REVIEWS = ["so good", "so bad", "quite nice", "not bad", "too loud", "much too loud", "fine"]
MOODS = ["positive", None, "positive", None, None, "negative", "positive"]
SAID = {"so bad": "negative", "not bad": "neutral", "too loud": "very negative"}


@exercise(
    "fill-the-gaps",
    sends=False,
    correct="only the missing reviews were sent, at once, and each answer is in its place.",
)
def fill_the_gaps(answer: Answer, fill: Callable[..., Any]) -> str | None:
    asked, before = _Asked(SAID), transcript().requests
    try:
        filled = returned(fill, list(REVIEWS), list(MOODS), asked)
    finally:
        if transcript().requests > before:
            raise Hint(OTHER_ASK)
    if waiting := [coroutine for coroutine in filled if inspect.iscoroutine(coroutine)]:
        for coroutine in waiting:
            coroutine.close()
        return NOT_AWAITED
    if not set(SAID) <= set(asked.reviews):
        return NOT_ASKED
    if len(asked.reviews) > len(SAID):
        return TOO_MANY
    if asked.most < 2:
        return ONE_BY_ONE
    filled = list(filled)
    wanted = [mood or SAID[review] for review, mood in zip(REVIEWS, MOODS, strict=True)]
    if len(filled) == len(wanted) and not all(isinstance(e, str | None) for e in filled):
        return NOT_TEXTS
    return None if filled == wanted else NOT_IN_PLACE
