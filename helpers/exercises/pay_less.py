"""The exercises of `20_pay_less`: their functions send nothing, or with a `send` of the check's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion
from openai.types.completion_usage import PromptTokensDetails

from helpers.checks import Answer, exercise, returned
from helpers.exercises.made_up import reply

NOT_MESSAGES = "return a list of messages, each as it was given."
CHANGED = "the list that your function was given has changed: build a new one."
NO_INSTRUCTIONS = "the instructions are gone: keep everything before the first user's message."
DOUBLED = "the instructions come more than once: where there are few turns, send each message once."
CUT = "a turn is cut in the middle: begin with a user's message, so that no result loses its call."
TOO_MANY = "there are more turns than asked for: leave out the old ones."
TOO_FEW = "turns are missing: keep as many as asked for, or all where there are fewer."
OUT_OF_ORDER = "keep the messages in their order, and all that belong to a turn."


def _said(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": text}


RULES = [_said("system", "Answer in one sentence."), _said("developer", "Today is Monday.")]
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_rooms", "arguments": "{}"}}
TURNS = [
    [_said("user", "Hello!"), _said("assistant", "Hello.")],
    [
        _said("user", "Is a room free?"),
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "room 12"},
        _said("assistant", "Room 12 is free."),
    ],
    [_said("user", "Does it have a bath?"), _said("assistant", "It does.")],
    [_said("user", "I take it.")],
]


def _turns(messages: Sequence[Any]) -> int:
    return sum(each["role"] == "user" for each in messages)


def _kept(last_turns: Callable[..., Any], rules: list[Any], number: int) -> str | None:
    given = [*rules, *(each for turn in TURNS for each in turn)]
    passed = deepcopy(given)
    result = returned(last_turns, passed, number)
    if passed != given:
        return CHANGED
    if not isinstance(result, list | tuple) or any(each not in given for each in result):
        return NOT_MESSAGES
    wanted = [*rules, *(each for turn in TURNS[-number:] for each in turn)]
    result = list(result)
    if result == wanted:
        return None
    if result[: len(rules)] != rules:
        return NO_INSTRUCTIONS
    rest = result[len(rules) :]
    if any(each in rules for each in rest):
        return DOUBLED
    if not rest or rest[0]["role"] != "user":
        return CUT
    if _turns(result) != _turns(wanted):
        return TOO_MANY if _turns(result) > _turns(wanted) else TOO_FEW
    return OUT_OF_ORDER


@exercise(
    "last-turns",
    sends=False,
    correct="the instructions and whole turns are left, and what you were given is as it was.",
)
def keep_the_last_turns(answer: Answer, last_turns: Callable[..., Any]) -> str | None:
    for rules in (RULES, RULES[:1], []):
        for number in (2, 3, 1, len(TURNS), len(TURNS) + 3):
            if hint := _kept(last_turns, rules, number):
                return hint
    return None


NOT_TWO = "return two numbers: how many questions were asked, and what the replies cost."
NOTHING_SPENT = "nothing is counted as spent: add the cost of each reply's usage."
OTHER_SEND = "your function asked nothing with the `send` that it was given: call that one."
TOO_FAR = "the budget was spent before the last request: leave the loop as soon as it is."
TOO_SOON = "the budget is not spent yet: go on asking."
MET = "a budget that is met exactly is spent as well: stop where the cost is the budget or more."
WRONG_SUM = "what you return is not what the replies cost: add `cost` of each usage."
WRONG_COUNT = "the number that you return is not the number of requests that you sent."

TOKENS = (100, 300, 200, 700, 50)


class _Sent:
    """A `send` whose replies have known costs."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self.tokens, self.count = tokens, 0

    def __call__(self, question: str) -> ChatCompletion:
        tokens = self.tokens[self.count % len(self.tokens)]
        self.count += 1
        return reply(usage=_usage(tokens))


def _usage(tokens: int) -> CompletionUsage:
    return CompletionUsage(
        prompt_tokens=10 * tokens,
        completion_tokens=tokens,
        total_tokens=11 * tokens,
        prompt_tokens_details=PromptTokensDetails(cached_tokens=8 * tokens),
    )


@exercise(
    "stay-in-budget",
    sends=False,
    correct="you stopped at the reply with which the budget was spent.",
)
def stay_in_budget(
    answer: Answer, within: Callable[..., Any], cost: Callable[[CompletionUsage], float]
) -> str | None:
    costs = [cost(_usage(tokens)) for tokens in TOKENS]
    # The budget may be met, lie between two replies, or be more than all of them cost.
    for wanted, budget in (
        (3, sum(costs[:3]) - 1e-12),
        (4, sum(costs[:3]) + costs[3] / 2),
        (5, 1.0),
    ):
        send = _Sent(TOKENS)
        result = returned(within, budget, [f"question {n}" for n in range(5)], send)
        try:
            count, spent = map(float, result)
        except (TypeError, ValueError):
            return NOT_TWO
        if not send.count:
            return OTHER_SEND
        if spent == send.count:
            return NOT_TWO
        if not spent:
            return NOTHING_SPENT
        replies = [n for n in range(send.count + 1) if abs(spent - sum(costs[:n])) < 1e-9]
        if replies != [send.count]:
            return TOO_FAR if replies and send.count > wanted else WRONG_SUM
        if send.count != wanted:
            return TOO_FAR if send.count > wanted else TOO_SOON
        if count != send.count:
            return WRONG_COUNT
    # Where replies cost nothing, no rounding stands between the cost and the budget.
    send = _Sent((0,))
    returned(within, 0.0, [f"question {n}" for n in range(5)], send)
    return MET if send.count > 1 else None
