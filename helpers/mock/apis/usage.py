"""How many tokens a prompt counts for, how many of them a cache has, and whether they fit."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.apis.context import Context
from helpers.mock.catalogue import Model
from helpers.mock.requests import InvalidRequest, Json
from helpers.remember import remember_texts

_IMAGE_TOKENS = 85
"""What a picture counts for, whatever its size: the lowest figure on OpenAI's pricing page."""

_OPENAI_BLOCK, _OPENAI_LEAST = 128, 1024
"""OpenAI's guide to prompt caching: from 1,024 tokens on, in steps of 128."""


class PromptTokens(NamedTuple):
    """The tokens of a prompt, and those that the cache had read already."""

    total: int
    cached: int


def prompt_tokens(
    model: Model, messages: list[Json], tools: Any, field: str, context: Context
) -> PromptTokens:
    """Count a conversation and the tools offered with it, which come before it.

    Raises InvalidRequest, which names `field`, for a prompt that the model cannot hold.
    """
    pieces = [*_split_tools(to_json(tools).decode())] if tools else []
    for message in messages:
        pieces += _pieces(message)
    total = len(pieces) + 3
    window = model.max_model_len
    if window is not None and total > window:
        raise InvalidRequest(
            field,
            f"This model's maximum context length is {window} tokens. However, your messages"
            f" resulted in {total} tokens. Please reduce the length of the messages.",
            "context_window",
            quoted=True,
        )
    cached = context.prefixes.read((context.key, model.url), pieces)
    if model.vendor.is_openai:
        cached = cached - cached % _OPENAI_BLOCK if cached >= _OPENAI_LEAST else 0
    return PromptTokens(total, cached)


# What was said before comes again with each request of a conversation, and so do the tools.
_split, _split_tools = (remember_texts(most)(tokens.split) for most in (512, 32))


def _pieces(message: Json) -> list[str]:
    content: Any = message.get("content") or ()
    pieces = ["<", message["role"], ">"]
    if isinstance(content, str):
        pieces += _split(content)
        content = ()
    for part in content:
        if part.get("type") == "image_url":
            pieces += [part["image_url"]["url"]] * _IMAGE_TOKENS
        else:
            pieces += _split(part.get("text", ""))
    for call in message.get("tool_calls") or ():
        function = call.get("function", {})
        pieces += [p for key in ("name", "arguments") for p in tokens.split(function.get(key, ""))]
    return pieces
