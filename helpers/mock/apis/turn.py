"""What chat completions and responses have in common: a request's checks, and the model's turn."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.catalogue import Kind, Model
from helpers.mock.requests import InvalidRequest, Json
from helpers.mock.simulated.model import Prompt, Reply, Tool, answer

CREATED = 1_735_689_600
"""When every reply was made: a mock without a clock gives the same bytes twice."""

Bend = Callable[[Prompt, Reply], Reply]
bend: ContextVar[Bend | None] = ContextVar("bend", default=None)
"""How a fault that strikes the request at hand changes what the model says."""

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

_IMAGE_TOKENS = 85
"""What a picture counts for, whatever its size: the lowest figure on OpenAI's pricing page."""


FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class Turn:
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
        arguments = sum(len(pieces) for _, _, pieces in self.calls)
        return len(self.reasoning) + len(self.text or ()) + arguments


def take(
    model: Model, prompt: Prompt, digest: str, limit: int | None, stop: Iterable[str] = ()
) -> Turn:
    """Let the model answer, up to one of the `stop` texts and to `limit` tokens."""
    reply = answer(prompt)
    if (bent := bend.get()) is not None:
        reply = bent(prompt, reply)
    reasoning = tokens.split(reply.reasoning or "")
    text = None if reply.text is None else _until_stop(reply.text, stop)
    pieces = None if text is None else tokens.split(text)
    calls = [
        (_call_id(model, digest, index), call.name, tokens.split(call.arguments))
        for index, call in enumerate(reply.calls)
    ]
    turn = Turn(reasoning, pieces, calls, "tool_calls" if calls else "stop", reply.refused)
    return turn if limit is None or turn.tokens <= limit else _cut(turn, limit)


def _cut(turn: Turn, limit: int) -> Turn:
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
    return Turn(reasoning, text, calls, "length", turn.refused)


def _until_stop(text: str, stops: Iterable[str]) -> str:
    ends = [text.find(each) for each in stops if each and each in text]
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


def check_ranges(request: Json, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Raise InvalidRequest for a number out of bounds; the types do not carry them."""
    for field, (low, high) in ranges.items():
        value = request.get(field)
        if value is not None and not low <= value <= high:
            bounds = (
                f"at least {low:g}" if high == float("inf") else f"between {low:g} and {high:g}"
            )
            raise InvalidRequest(field, f"Input should be {bounds}")


def refuse_unserved(request: Json, unserved: Mapping[str, Collection[Any]]) -> None:
    """Raise InvalidRequest for a field that is not served, unless it has a value that asks nothing.

    `unserved` has, for each such field, the values that are allowed beside null.
    """
    for field, allowed in unserved.items():
        value = request.get(field)
        if value is not None and value not in allowed:
            raise InvalidRequest(field, "Is not served by the mock")


def check_can(model: Model, kind: Kind, field: str) -> None:
    """Raise InvalidRequest when the request uses, in `field`, what the model cannot do."""
    if kind not in model.kinds:
        can = ", ".join(sorted(model.kinds))
        raise InvalidRequest(field, f"{model.url} does not do {kind}. It does: {can}.")


def read_tool(function: Json, path: str) -> Tool:
    """A function that the model may call, checked; `path` is where it stands in the request."""
    if not _TOOL_NAME.fullmatch(function["name"]):
        raise InvalidRequest(f"{path}.name", "Letters, digits, _ and -, at most 64 of them")
    parameters = function.get("parameters") or {}
    strict = bool(function.get("strict"))
    if strict:
        check_strict(parameters, f"{path}.parameters")
    return Tool(function["name"], function.get("description") or "", parameters, strict)


def check_strict(schema: Any, path: str) -> None:
    """OpenAI's rule for `strict`: no object may have properties that are optional or not declared.

    assumed: refused for every vendor's models, though some backends take any schema.
    """
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            check_strict(each, f"{path}.{index}")
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if schema.get("type") == "object" or isinstance(properties, dict):
        if schema.get("additionalProperties") is not False:
            raise InvalidRequest(
                f"{path}.additionalProperties", "Must be false when strict is true"
            )
        names = properties if isinstance(properties, dict) else {}
        required = schema.get("required")
        required = required if isinstance(required, list) else []
        missing = sorted(name for name in names if name not in required)
        if missing:
            raise InvalidRequest(
                f"{path}.required", f"Must list every property when strict is true: {missing}"
            )
    for key, value in schema.items():
        if key in ("enum", "const", "default", "examples"):
            continue
        named = key in ("properties", "$defs", "definitions") and isinstance(value, dict)
        for name, each in value.items() if named else [("", value)]:
            check_strict(each, f"{path}.{key}.{name}" if named else f"{path}.{key}")


def prompt_tokens(messages: list[Json], tools: Any) -> int:
    """How many tokens a conversation and the tools offered with it count for."""
    count = sum(3 + _message_tokens(message) for message in messages) + 3
    return count + tokens.count(to_json(tools).decode()) if tools else count


def _message_tokens(message: Json) -> int:
    content = message.get("content")
    if isinstance(content, str):
        count = tokens.count(content)
    else:
        count = sum(
            _IMAGE_TOKENS if part["type"] == "image_url" else tokens.count(part.get("text", ""))
            for part in content or ()
        )
    for call in message.get("tool_calls") or ():
        function = call.get("function", {})
        count += tokens.count(function.get("name", "")) + tokens.count(
            function.get("arguments", "")
        )
    return count


def logprobs(pieces: Iterable[str], top: int | None) -> list[Json]:
    """A made-up but steady log probability of each token, and of others that lose to it."""
    return [_logprob(piece, top or 0) for piece in pieces]


def _logprob(piece: str, top: int) -> Json:
    chance = -blake2b(piece.encode(), digest_size=2).digest()[0] / 512
    rivals = [(piece, chance), *((f"{piece}{n}", chance - n) for n in range(1, top))][:top]

    def entry(token: str, logprob: float) -> Json:
        return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

    return {
        **entry(piece, chance),
        "top_logprobs": [entry(token, logprob) for token, logprob in rivals],
    }
