"""The exercises of `14_do_many_at_once`.

Their functions are given an `ask` that sends nothing, so that each answer can be told by its order,
its time and its cost.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice

from helpers.checks import Answer, Hint, exercise, returned
from helpers.transcript import transcript


class _Asked:
    """An `ask` that answers after a moment, and counts what is under way."""

    def __init__(self, answers: dict[str, str], tokens: Sequence[int] = (20,)) -> None:
        self.answers, self.tokens = answers, tokens
        self.reviews: list[str] = []
        self.now = self.most = 0

    async def __call__(self, review: str) -> ChatCompletion:
        tokens = self.tokens[len(self.reviews) % len(self.tokens)]
        self.reviews.append(review)
        self.now += 1
        self.most = max(self.most, self.now)
        # The longer a review, the sooner its answer: the last of those missing comes first.
        await asyncio.sleep(10 / len(review) ** 2)
        self.now -= 1
        message = ChatCompletionMessage(role="assistant", content=self.answers.get(review, "?"))
        return ChatCompletion(
            id="chatcmpl-0",
            choices=[Choice(finish_reason="stop", index=0, message=message)],
            created=0,
            model="",
            object="chat.completion",
            usage=CompletionUsage(
                prompt_tokens=10 * tokens, completion_tokens=tokens, total_tokens=11 * tokens
            ),
        )


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


NOT_TWO = "return two numbers: how many were asked about, and what they cost."
NOTHING_SPENT = "nothing is counted as spent: add the cost of each reply's usage."
TOO_FAR = "the budget was spent before the last request: leave the loop as soon as it is."
TOO_SOON = "the budget is not spent yet: go on asking."
AT_ONCE = "several were asked at once, before anybody knew what they cost: ask one after another."
MET = "a budget that is met exactly is spent as well: stop where the cost is the budget or more."
WRONG_SUM = "what you return is not what the replies cost: add `cost` of each usage."
WRONG_COUNT = "the number that you return is not the number of requests that you sent."

TOKENS = (100, 300, 200, 700, 50)


@exercise(
    "stay-in-budget",
    sends=False,
    correct="you stopped at the reply with which the budget was spent.",
)
def stay_in_budget(
    answer: Answer, within: Callable[..., Any], cost: Callable[[int, int], float]
) -> str | None:
    costs = [cost(10 * tokens, tokens) for tokens in TOKENS]
    # The budget may be met, lie between two replies, or be more than all of them cost.
    for wanted, budget in (
        (3, sum(costs[:3]) - 1e-12),
        (4, sum(costs[:3]) + costs[3] / 2),
        (5, 1.0),
    ):
        asked = _Asked({}, TOKENS)
        result = returned(within, budget, [f"review {n}" for n in range(5)], asked)
        try:
            count, spent = map(float, result)
        except (TypeError, ValueError):
            return NOT_TWO
        sent = len(asked.reviews)
        if spent == sent:
            return NOT_TWO
        if not spent:
            return NOTHING_SPENT
        if asked.most > 1:
            return AT_ONCE
        if abs(spent - sum(costs[:sent])) > 1e-9:
            return WRONG_SUM
        if sent != wanted:
            return TOO_FAR if sent > wanted else TOO_SOON
        if count != sent:
            return WRONG_COUNT
    # Where replies cost nothing, no rounding stands between the cost and the budget.
    asked = _Asked({}, (0,))
    returned(within, 0.0, REVIEWS, asked)
    return MET if len(asked.reviews) > 1 else None
