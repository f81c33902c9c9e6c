"""A turn of the model as chat completions send it: one object, or a stream of chunks.

Plain dictionaries, with the fields of the `openai` package's types in their order: to build and
check its objects would cost more than all else that a request does. The contract tests hold them to
the types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from openai.types.completion_usage import CompletionTokensDetails, PromptTokensDetails
from pydantic import BaseModel
from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.apis.turn import CREATED, Output, logprobs
from helpers.mock.apis.usage import PromptTokens
from helpers.mock.catalogue import Model
from helpers.mock.requests import Json

FINGERPRINT = "fp_simulated"


@dataclass(slots=True)
class ChatReply:
    """A request as it is understood, and all that the reply to it is made of."""

    model: Model
    request: Json
    digest: str
    prompt: PromptTokens
    saying: Iterator[Output]
    """What the model says for each of the choices. InvalidRequest: it is too much."""
    begins_alike: bool
    """Whether a stream begins with the same chunk whatever the model says."""
    _said: list[Output] = field(default_factory=list)

    def turns(self) -> list[Output]:
        """What the model says, which is asked once."""
        self._said.extend(self.saying)
        return self._said


@cache
def _fields(reply_type: type[BaseModel]) -> Json:
    """Every field of a type, as null: what a runner dumps where its backend sets nothing."""
    return dict.fromkeys(reply_type.model_fields)


def whole(answer: ChatReply) -> bytes:
    """The reply as a `ChatCompletion`: every field is there, as the runner dumps it."""
    choices = [
        _fields(Choice)
        | {
            "finish_reason": turn.finish_reason,
            "logprobs": _logprobs(answer.request, turn.text or []),
            "message": _message(answer, turn),
            "index": index,
        }
        for index, turn in enumerate(answer.turns())
    ]
    return to_json(
        _fields(ChatCompletion)
        | {
            "id": f"chatcmpl-{answer.digest}",
            "choices": choices,
            "created": CREATED,
            "model": answer.model.ref.model_id,
            "object": "chat.completion",
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
            "usage": _usage(answer),
        }
    )


def _message(answer: ChatReply, turn: Output) -> Json:
    text = None if turn.text is None else "".join(turn.text)
    message = _fields(ChatCompletionMessage) | {
        "content": None if turn.refused else text,
        "refusal": text if turn.refused else None,
        "role": "assistant",
        "annotations": [],
    }
    if turn.calls:
        # assumed(call-index): as in a stream, with the models that Clarifai hosts itself.
        indexed = answer.model.vendor.call_id_style == "hex"
        message["tool_calls"] = [
            {
                "id": call_id,
                "function": {"arguments": "".join(arguments), "name": name},
                "type": "function",
                **({"index": index} if indexed else {}),
            }
            for index, (call_id, name, arguments) in enumerate(turn.calls)
        ]
    if turn.reasoning:
        message |= dict.fromkeys(answer.model.vendor.reasoning_fields, "".join(turn.reasoning))
    return message


def _usage(answer: ChatReply) -> Json:
    turns = answer.turns()
    accepted, rejected = _predicted(answer)
    total, completion = answer.prompt.total, sum([turn.tokens for turn in turns]) + rejected
    return _fields(CompletionUsage) | {
        "completion_tokens": completion,
        "prompt_tokens": total,
        "total_tokens": total + completion,
        "completion_tokens_details": _fields(CompletionTokensDetails)
        | {
            "accepted_prediction_tokens": accepted,
            "audio_tokens": 0,
            "reasoning_tokens": sum([len(turn.reasoning) for turn in turns]),
            "rejected_prediction_tokens": rejected,
        },
        "prompt_tokens_details": _fields(PromptTokensDetails)
        | {"audio_tokens": 0, "cached_tokens": answer.prompt.cached},
    }


def _predicted(answer: ChatReply) -> tuple[int, int]:
    """How many tokens of a `prediction` came true and how many did not, which are paid as well.

    Only OpenAI's own service reads it, as its API reference says; others ignore it.
    """
    prediction = answer.request.get("prediction")
    if not prediction or not answer.model.vendor.is_openai:
        return 0, 0
    content = prediction["content"]
    parts = [{"text": content}] if isinstance(content, str) else content
    pieces = Counter(piece for part in parts for piece in tokens.split(part["text"]))
    accepted = (pieces & Counter(answer.turns()[0].text or ())).total()
    return accepted, pieces.total() - accepted


def _logprobs(request: Json, pieces: list[str]) -> Json | None:
    if not request.get("logprobs"):
        return None
    return {"content": logprobs(pieces, request.get("top_logprobs")), "refusal": None}


def chunks(answer: ChatReply) -> Iterator[bytes]:
    """The reply as one `ChatCompletionChunk` after another, as a backend streams it."""
    for index in range(answer.request.get("n") or 1):
        for choice in _choices(answer, index):
            yield _chunk(answer, [choice])
    # Clarifai's runner forces include_usage, also on a client that asked for no usage.
    yield _chunk(answer, [], _usage(answer))


def _chunk(answer: ChatReply, choices: list[Json], usage: Json | None = None) -> bytes:
    return to_json(
        {
            "id": f"chatcmpl-{answer.digest}",
            "choices": choices,
            "created": CREATED,
            "model": answer.model.ref.model_id,
            "object": "chat.completion.chunk",
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
            "usage": usage,
        }
    )


def _choices(answer: ChatReply, index: int) -> Iterator[Json]:
    def choice(delta: Json, finish: str | None = None, likely: Any = None) -> Json:
        return {"delta": delta, "index": index, "finish_reason": finish, "logprobs": likely}

    turn = None if answer.begins_alike else answer.turns()[index]
    # One call opens its message by itself; in every other case the role comes first, alone.
    calls = turn.calls if turn and turn.text is None else []
    opened_by_call = len(calls) == 1 and not (turn and turn.reasoning)
    if not opened_by_call:
        yield choice({"content": None if calls else "", "refusal": None, "role": "assistant"})
    turn = answer.turns()[index]
    for piece in turn.reasoning:
        yield choice(dict.fromkeys(answer.model.vendor.reasoning_fields, piece))
    for piece in turn.text or ():
        if turn.refused:
            yield choice({"refusal": piece})
        else:
            yield choice({"content": piece}, likely=_logprobs(answer.request, [piece]))
    for position, (call_id, name, arguments) in enumerate(turn.calls):
        opening: Json = {
            "index": position,
            "id": call_id,
            "function": {"arguments": "", "name": name},
            "type": "function",
        }
        role: Json = {"content": None, "role": "assistant"} if opened_by_call else {}
        yield choice({**role, "tool_calls": [opening]})
        for piece in arguments:
            part = {"index": position, "function": {"arguments": piece}}
            yield choice({"tool_calls": [part]})
    yield choice({}, finish=turn.finish_reason)
