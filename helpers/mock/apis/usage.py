"""How many tokens a prompt counts for, how many of them a cache has, and whether they fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.catalogue import Model
from helpers.mock.requests import InvalidRequest, Json

_IMAGE_TOKENS = 85
"""What a picture counts for, whatever its size: the lowest figure on OpenAI's pricing page."""

_BLOCK = 16
"""A cache has whole blocks of so many tokens: vLLM's own number."""
_OPENAI_BLOCK, _OPENAI_LEAST = 128, 1024
"""OpenAI's guide to prompt caching: from 1,024 tokens on, in steps of 128."""


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """The tokens of a prompt, and those that the conversation's last request had already."""

    total: int
    cached: int


def prompt_tokens(model: Model, messages: list[Json], tools: Any, field: str) -> PromptTokens:
    """Count a conversation and the tools offered with it.

    Cached is the prefix that must have been sent before: all up to the last turn of the assistant,
    whose reply cannot be in the request otherwise. So the count comes from the request alone, and
    the same request has the same one, whatever was asked before it.

    Raises InvalidRequest, which names `field`, for a prompt that the model cannot hold.
    """
    total = tokens.count(to_json(tools).decode()) if tools else 0
    sent_before = 0
    for message in messages:
        total += 3 + _message_tokens(message)
        if message["role"] == "assistant":
            sent_before = total
    total += 3
    window = model.max_model_len
    if window is not None and total > window:
        raise InvalidRequest(
            field,
            f"This model's maximum context length is {window} tokens. However, your messages"
            f" resulted in {total} tokens. Please reduce the length of the messages.",
            "context_window",
            quoted=True,
        )
    return PromptTokens(total, _cached(model, sent_before))


def _cached(model: Model, sent_before: int) -> int:
    if model.vendor.is_openai:
        sent_before = sent_before if sent_before >= _OPENAI_LEAST else 0
        return sent_before - sent_before % _OPENAI_BLOCK
    return sent_before - sent_before % _BLOCK


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
