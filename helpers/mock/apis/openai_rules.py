"""What OpenAI's own service asks of a request besides its types; other services do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helpers.mock.catalogue import Model
from helpers.mock.ledger import holds
from helpers.mock.requests import InvalidRequest, Json

_EMPTY = "Should have at least one item"
_MOST_STOPS, _MOST_BIAS, _MOST_METADATA = 4, 100, 16
_SAID = ("content", "tool_calls", "function_call", "refusal", "audio")
_NAME_OF_A_SCHEMA = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME_OF_A_MESSAGE = re.compile(r"[^\s<|\\/>]{1,64}")


Broken = Iterator[tuple[str, str, str]]
"""The field, what is wrong with it, and the rule that says so, one after another."""


def check(model: Model, broken: Broken) -> None:
    """Raise InvalidRequest for the first rule that is broken and that the model has."""
    for field, text, rule in broken:
        if holds(rule, model):
            raise InvalidRequest(field, text, rule)


def of_chat(request: Json) -> Broken:
    """What a request for chat completions breaks."""
    if request.get("tools") == []:
        yield "tools", _EMPTY, "empty_list"
    for index, message in enumerate(request["messages"]):
        for field in ("content", "tool_calls") if [] in message.values() else ():
            if message.get(field) == []:
                yield f"messages.{index}.{field}", _EMPTY, "empty_list"
        if message["role"] == "assistant" and message.keys().isdisjoint(_SAID):
            text = "Is required where there are no tool calls"
            yield f"messages.{index}.content", text, "empty_message"
        if "name" in message and not _NAME_OF_A_MESSAGE.fullmatch(message["name"]):
            text = "Should have at most 64 characters, without blanks and < | \\ / >"
            yield f"messages.{index}.name", text, "lengths"
    for field in ("tool_choice", "parallel_tool_calls"):
        if field in request and "tools" not in request:
            yield field, "Is allowed only where there are `tools`", "tool_options"
    if "metadata" in request and not request.get("store"):
        yield "metadata", "Is allowed only where `store` is true", "metadata"
    described = request.get("response_format", {}).get("json_schema", {})
    yield from _lengths(request, "response_format.json_schema", described)


def of_responses(request: Json) -> Broken:
    """What a request for a response breaks, but for its input."""
    described = (request.get("text") or {}).get("format", {})
    yield from _lengths(request, "text.format", described)


def of_part(kind: str, role: str, path: str) -> Broken:
    """What a part of this type breaks in a message of this role, of a response's input."""
    said = {"output_text", "refusal"}
    if (kind in said) != (role == "assistant"):
        right = " or ".join(sorted(said)) if role == "assistant" else "input_text or input_image"
        yield f"{path}.type", f"Should be {right} in a message of the {role}", "part_of_role"


def _lengths(request: Json, place: str, described: Json) -> Broken:
    stop: Any = request.get("stop")
    if isinstance(stop, list) and len(stop) > _MOST_STOPS:
        yield "stop", f"Should have at most {_MOST_STOPS} items", "lengths"
    for token, bias in request["logit_bias"].items() if "logit_bias" in request else ():
        if abs(bias) > _MOST_BIAS:
            text = f"Should be between -{_MOST_BIAS} and {_MOST_BIAS}"
            yield f"logit_bias.{token}", text, "lengths"
    metadata = request.get("metadata", {})
    if len(metadata) > _MOST_METADATA:
        yield "metadata", f"Should have at most {_MOST_METADATA} items", "lengths"
    for name, value in metadata.items():
        if len(name) > 64 or len(value) > 512:
            yield f"metadata.{name[:64]}", "Should have a name of 64 and a text of 512", "lengths"
    if "name" in described and not _NAME_OF_A_SCHEMA.fullmatch(described["name"]):
        yield f"{place}.name", "Should be letters, digits, _ and -, at most 64 of them", "lengths"
