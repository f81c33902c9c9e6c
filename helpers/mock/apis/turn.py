"""The model's turn, as chat completions and responses both have it: what it says, cut to size."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal, NamedTuple

from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.apis.context import Bend
from helpers.mock.catalogue import Model
from helpers.mock.requests import Json
from helpers.mock.simulated.model import Prompt, answer

CREATED = 1_735_689_600
"""When every reply was made: a mock without a clock gives the same bytes twice."""

FinishReason = Literal["stop", "length", "tool_calls"]


class Output(NamedTuple):
    """What the model says, cut to the request's limits; tokens are texts that join to the whole."""

    reasoning: list[str]
    text: list[str] | None
    calls: list[tuple[str, str, list[str]]]
    """For each tool call its id, the tool's name, and the tokens of its arguments."""
    finish_reason: FinishReason
    refused: bool = False
    """Whether the text is a refusal that has a place of its own."""

    @property
    def tokens(self) -> int:
        called = sum([len(c[2]) for c in self.calls]) if self.calls else 0
        return len(self.reasoning) + len(self.text or ()) + called


class Limits(NamedTuple):
    """How long a turn may be, and how much is thought before it."""

    tokens: int | None = None
    stop: tuple[str, ...] = ()
    effort: str | None = None
    """`reasoning_effort`, one of OpenAI's words for it."""


def take(
    model: Model, prompt: Prompt, digest: str, limits: Limits, bends: Iterable[Bend] = ()
) -> Output:
    """Let the model answer, within the limits."""
    reply = answer(prompt)
    if reply.reasoning:
        reply = reply._replace(reasoning=_thought(reply.reasoning, limits.effort))
    for bend in bends:
        reply = bend(prompt, reply)
    reasoning = tokens.split(reply.reasoning) if reply.reasoning else []
    text = None if reply.text is None else _until_stop(reply.text, limits.stop)
    pieces = None if text is None else tokens.split(text)
    calls = [
        (_call_id(model, digest, index), call.name, tokens.split(call.arguments))
        for index, call in enumerate(reply.calls)
    ]
    turn = Output(reasoning, pieces, calls, "tool_calls" if calls else "stop", reply.refused)
    most = limits.tokens
    return turn if most is None or turn.tokens <= most else _cut(turn, most)


def effort(request: Json, told: str | None) -> str | None:
    """The effort that a request tells, or none where it switches the thoughts of the model off.

    assumed(thinking-switch): which models have that switch, in the options of their template.
    """
    switches = request.get("chat_template_kwargs")
    return "none" if isinstance(switches, dict) and switches.get("thinking") is False else told


def _thought(reasoning: str, effort: str | None) -> str | None:
    """The reasoning for an effort: none of it, its first sentence, all of it, or a check as well.

    assumed(reasoning-efforts): the words are OpenAI's; how much longer a live model thinks for each
    is not known.
    """
    if effort in ("none", "minimal"):
        return None
    if effort == "low":
        return reasoning.partition(". ")[0].rstrip(".") + "."
    if effort in ("high", "xhigh", "max"):
        return f"{reasoning} Before I answer, I check it once more. {reasoning} It holds."
    return reasoning


def _cut(turn: Output, limit: int) -> Output:
    """The first `limit` tokens of a turn: reasoning is spent first, then text, then tool calls."""
    reasoning = turn.reasoning[:limit]
    left = limit - len(reasoning)
    text = None if turn.text is None else turn.text[:left]
    left -= len(text or ())
    calls = []
    for call_id, name, arguments in turn.calls:
        if left <= 0:
            break
        calls.append((call_id, name, arguments[:left]))
        left -= len(arguments)
    text = text if calls or text is not None else []
    return Output(reasoning, text, calls, "length", turn.refused)


def _until_stop(text: str, stops: Iterable[str]) -> str:
    ends = [text.find(stop) for stop in stops if stop and stop in text]
    return text[: min(ends)] if ends else text


def _call_id(model: Model, digest: str, index: int) -> str:
    seed = f"{digest}{index}".encode()
    style = model.vendor.call_id_style
    if style == "hex":
        return "call_" + blake2b(seed, digest_size=12).hexdigest()
    number = int.from_bytes(blake2b(seed, digest_size=24).digest(), "big")
    letters = []
    for _ in range(24):
        number, rest = divmod(number, 62)
        letters.append(_BASE62[rest])
    return ("toolu_" if style == "anthropic" else "call_") + "".join(letters)


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def digest(request: Json) -> str:
    """24 hexadecimal digits that name the reply to a request."""
    return blake2b(to_json(request), digest_size=12).hexdigest()


def logprobs(pieces: Iterable[str], top: int | None) -> list[Json]:
    """A made-up but steady log probability of each token, and of others that lose to it."""
    return [_logprob(piece, top or 0) for piece in pieces]


def _logprob(piece: str, top: int) -> Json:
    chance = -blake2b(piece.encode(), digest_size=2).digest()[0] / 512
    rivals = [(piece, chance), *((f"{piece}{n}", chance - n) for n in range(1, top))][:top]

    def entry(token: str, logprob: float) -> Json:
        return {"token": token, "bytes": list(token.encode()), "logprob": logprob}

    return {
        **entry(piece, chance),
        "top_logprobs": [entry(token, logprob) for token, logprob in rivals],
    }
