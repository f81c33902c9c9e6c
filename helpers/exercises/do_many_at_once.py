"""The exercises of `14_do_many_at_once`.

Their functions are given an `ask` that sends nothing, so that each answer can be told by its order,
its time and its cost. They run in a thread, as the notebook's event loop is taken by the check.
"""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from typing import Any

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice

from helpers.checks import Answer, Hint, Right, Wrong, exercise, returned


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
        # The first to be asked is the last to answer.
        await asyncio.sleep(0.3 / len(self.reviews))
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


def _awaited(function: Any, *arguments: Any) -> Any:
    result = returned(function, *arguments)
    if not inspect.isawaitable(result):
        return result

    async def finish() -> Any:
        return await result

    name = getattr(function, "__name__", "your function")
    try:
        with ThreadPoolExecutor(1) as pool, redirect_stdout(io.StringIO()):
            result = pool.submit(asyncio.run, finish()).result()
    except Exception as error:
        raise Hint(f"`{name}` raised {type(error).__name__}: {error}") from error
    if result is None:
        raise Hint(f"`{name}` {NOTHING_RETURNED}")
    return result


NOTHING_RETURNED = "returned None: return the result."
NOT_ASKED = "a mood is still missing, and its review was not sent: ask for those that are `None`."
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
    right=[
        Right(
            code="""\
async def fill(reviews, moods, ask):
    async def mood_of(review, mood):
        if mood is not None:
            return mood
        return (await ask(review)).choices[0].message.content
    return await asyncio.gather(*map(mood_of, reviews, moods))
"""
        ),
        Right(
            code="""\
async def fill(reviews, moods, ask):
    async with asyncio.TaskGroup() as group:
        tasks = {n: group.create_task(ask(reviews[n])) for n, m in enumerate(moods) if not m}
    return [tasks[n].result().choices[0].message.content if n in tasks else m
            for n, m in enumerate(moods)]
"""
        ),
        Right(
            code="""\
async def fill(reviews, moods, ask):
    async def one(n):
        moods[n] = (await ask(reviews[n])).choices[0].message.content
    await asyncio.gather(*[one(n) for n in range(len(moods)) if moods[n] is None])
    return moods
"""
        ),
        Right(
            code="""\
async def fill(reviews, moods, ask):
    gaps = [n for n, mood in enumerate(moods) if mood is None]
    outcomes = await asyncio.gather(*(attempt(n, lambda n: ask(reviews[n])) for n in gaps))
    found = {each.item: each.text for each in outcomes}
    return [found.get(n, mood) for n, mood in enumerate(moods)]
"""
        ),
        Right(
            code="""\
async def fill(reviews, moods, ask):
    tasks = [asyncio.create_task(ask(r)) for r, m in zip(reviews, moods) if m is None]
    await asyncio.wait(tasks)
    waiting = iter(tasks)
    return tuple(m or next(waiting).result().choices[0].message.content for m in moods)
"""
        ),
    ],
    wrong=[
        Wrong(TOO_MANY, edit={" if mood is None]": "]"}),
        Wrong(NOT_IN_PLACE, edit={"filled = list(moods)": "filled = [None] * len(moods)"}),
        Wrong(
            NOT_IN_PLACE,
            edit={
                "list(moods)": "[mood for mood in moods if mood]",
                "filled[n] = reply.choices[0].message.content": (
                    "filled.append(reply.choices[0].message.content)"
                ),
            },
        ),
        Wrong(NOT_IN_PLACE, edit={"    return filled\n": "    return filled[1:]\n"}),
        Wrong(NOT_IN_PLACE, edit={"zip(missing, replies)": "zip(missing, reversed(replies))"}),
        Wrong(
            ONE_BY_ONE,
            edit={
                "await asyncio.gather(*(ask(reviews[n]) for n in missing))": (
                    "[await ask(reviews[n]) for n in missing]"
                )
            },
        ),
        Wrong(NOT_ASKED, edit={"enumerate(moods) if": "list(enumerate(moods))[:3] if"}),
        Wrong("`fill` " + NOTHING_RETURNED, edit={"    return ": "    "}),
        Wrong(NOT_TEXTS, edit={"reply.choices[0].message.content": "reply"}),
        Wrong(NOT_TEXTS, edit={"reply.choices[0].message.content": "reply.choices[0].message"}),
    ],
)
def fill_the_gaps(answer: Answer, fill: Callable[..., Any]) -> str | None:
    asked = _Asked(SAID)
    filled = _awaited(fill, list(REVIEWS), list(MOODS), asked)
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
WRONG_SUM = "what you return is not what the replies cost: add `cost` of each usage."
WRONG_COUNT = "the number that you return is not the number of requests that you sent."

TOKENS = (100, 300, 200, 700, 50)


@exercise(
    "stay-in-budget",
    sends=False,
    correct="you stopped at the reply with which the budget was spent.",
    right=[
        Right(
            code="""\
from decimal import Decimal
async def within(budget, reviews, ask):
    spent, count = Decimal(0), 0
    for review in reviews:
        usage = (await ask(review)).usage
        spent += Decimal(cost(usage.prompt_tokens, usage.completion_tokens))
        count += 1
        if spent >= budget:
            return count, spent
    return count, spent
"""
        ),
        Right(edit={"return count, spent": "return count, round(spent, 9)"}),
        Right(
            code="""\
async def within(budget, reviews, ask):
    costs = []
    while len(costs) < len(reviews) and sum(costs) < budget:
        reply = await ask(reviews[len(costs)])
        costs.append(cost(reply.usage.prompt_tokens, reply.usage.completion_tokens))
    return [len(costs), sum(costs)]
"""
        ),
        Right(
            code="""\
async def within(budget, reviews, ask):
    tokens_in = tokens_out = count = 0
    for review in reviews:
        reply = await ask(review)
        count += 1
        tokens_in += reply.usage.prompt_tokens
        tokens_out += reply.usage.completion_tokens
        if cost(tokens_in, tokens_out) >= budget:
            break
    return count, cost(tokens_in, tokens_out)
"""
        ),
        Right(
            code="""\
async def within(budget, reviews, ask):
    left, count = budget, 0
    for count, review in enumerate(reviews, start=1):
        reply = await ask(review)
        left -= cost(reply.usage.prompt_tokens, reply.usage.completion_tokens)
        if left <= 1e-15:
            print("budget spent")
            break
    return count, budget - left
"""
        ),
    ],
    wrong=[
        Wrong(TOO_FAR, edit={"            break\n": "            pass\n"}),
        Wrong(TOO_FAR, edit={"spent >= budget:": "spent >= 2 * budget:"}),
        Wrong(TOO_SOON, edit={"if spent >= budget:": "if spent:"}),
        Wrong(WRONG_SUM, edit={"spent += cost": "spent = count * 0 + cost"}),
        Wrong(WRONG_SUM, edit={"return count, spent": "return count, budget"}),
        Wrong(WRONG_SUM, edit={"usage.completion_tokens)": "0)"}),
        Wrong(WRONG_COUNT, edit={"return count, spent": "return count - 1, spent"}),
        Wrong(WRONG_COUNT, edit={"return count, spent": "return len(reviews), spent"}),
        Wrong(
            NOT_TWO,
            code="""\
async def within(budget, reviews, ask):
    spent = 0
    for review in reviews:
        usage = (await ask(review)).usage
        spent += cost(usage.prompt_tokens, usage.completion_tokens)
        if spent >= budget:
            return spent
print(await within(0.00004, reviews[:8], ask))
""",
        ),
        Wrong(NOTHING_SPENT, edit={"spent += cost": "cost"}),
    ],
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
        result = _awaited(within, budget, [f"review {n}" for n in range(5)], asked)
        try:
            count, spent = map(float, result)
        except (TypeError, ValueError):
            return NOT_TWO
        sent = len(asked.reviews)
        if not spent:
            return NOTHING_SPENT
        if abs(spent - sum(costs[:sent])) > 1e-9:
            return WRONG_SUM
        if sent != wanted:
            return TOO_FAR if sent > wanted else TOO_SOON
        if count != sent:
            return WRONG_COUNT
    return None
