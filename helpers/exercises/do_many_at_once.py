"""The exercises of `14_do_many_at_once`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from helpers.checks import Answer, Wrong, exercise

NOT_ASKED = "a mood is still missing, and its review was not sent: ask for those that are `None`."
TOO_MANY = "more was sent than what was missing: ask only where the mood is `None`."
NOT_FIVE = "five moods are to be returned, in the order of the reviews: put each where it belongs."


@exercise(
    "fill-the-gaps",
    sends=False,
    correct="only the missing reviews were sent, and each answer is in its place.",
    wrong=[
        Wrong(TOO_MANY, edit={"if mood is None]": "]"}),
        Wrong(NOT_FIVE, edit={"    filled = list(moods)\n": "    filled = [None] * len(moods)\n"}),
        Wrong(
            NOT_FIVE,
            edit={
                "list(moods)": "[mood for mood in moods if mood]",
                "filled[n] = reply.choices[0].message.content": (
                    "filled.append(reply.choices[0].message.content)"
                ),
            },
        ),
        Wrong(NOT_FIVE, edit={"    return filled\n": "    return filled[1:]\n"}),
    ],
)
def fill_the_gaps(answer: Answer, reviews: Sequence[str], filled: Sequence[str]) -> str | None:
    texts = [sent.text for sent in answer.sent]
    asked = [n for n, review in enumerate(reviews) if any(review in text for text in texts)]
    if not {1, 3} <= set(asked):
        return NOT_ASKED
    if len(texts) > 2:
        return TOO_MANY
    # Requests that are sent at once need not arrive in order: what matters is who was asked what.
    said = {
        n: got.text
        for n in asked
        for text, got in zip(texts, answer.received, strict=True)
        if reviews[n] in text
    }
    wanted = [said.get(n, "positive") for n in range(len(reviews))]
    return None if list(filled) == wanted else NOT_FIVE


NOTHING_SPENT = "nothing is counted as spent: add the cost of each reply's usage."
TOO_FAR = "the budget was spent before the last request: leave the loop as soon as it is."
TOO_SOON = "the budget is not spent yet: go on asking."
WRONG_SUM = "what you return is not what the replies cost: add `cost` of each usage."


@exercise(
    "stay-in-budget",
    correct="you stopped at the reply with which the budget was spent.",
    wrong=[
        Wrong(TOO_FAR, edit={"            break\n": "            pass\n"}),
        Wrong(TOO_FAR, edit={"spent >= budget:": "spent >= 2 * budget:"}),
        Wrong(TOO_SOON, edit={"if spent >= budget:": "if spent:"}),
        Wrong(WRONG_SUM, edit={"spent += cost": "spent = count * 0 + cost"}),
        Wrong(WRONG_SUM, edit={"return count, spent": "return count, budget"}),
    ],
)
def stay_in_budget(
    answer: Answer, count: int, spent: float, budget: float, cost: Callable[[Any], float]
) -> str | None:
    costs = [cost(SimpleNamespace(**exchange.usage or {})) for exchange in answer.exchanges]
    if not spent:
        return NOTHING_SPENT
    if abs(spent - sum(costs)) > 1e-12:
        return WRONG_SUM
    if sum(costs[:-1]) >= budget:
        return TOO_FAR
    return None if sum(costs) >= budget and count == len(costs) else TOO_SOON
