"""What the types of a request cannot say, for chat completions and responses alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from helpers.mock.catalogue import Model
from helpers.mock.ledger import holds
from helpers.mock.requests import InvalidRequest, Json
from helpers.mock.simulated.model import Tool
from helpers.remember import remember
from helpers.strict import malformed, problems

_NO_PARAMETERS = {"type": "object", "properties": {}}
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_TOOLS = 128
ONLY_FUNCTIONS = "Only function tools are served"
_MOST_PROPERTIES = 5_000
"""Of all schemas in a request; OpenAI's limit for one that is strict."""


def check_ranges(request: Json, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Raise InvalidRequest for a number out of bounds; the types do not carry them."""
    for field in filter(request.__contains__, ranges):
        low, high = ranges[field]
        if not low <= request[field] <= high:
            told = f"at least {low:g}" if high == float("inf") else f"between {low:g} and {high:g}"
            raise InvalidRequest(field, f"Should be {told}", "range")


def check_vision(model: Model, field: str) -> None:
    """Raise InvalidRequest when a picture, at `field`, is sent to a model that sees none."""
    if "vision" not in model.kinds:
        can = ", ".join(sorted(model.kinds))
        raise InvalidRequest(field, f"{model.url} does not do vision. It does: {can}.", "vision")


def check_json_word(model: Model, messages: Iterable[Json], field: str) -> None:
    """Raise InvalidRequest when JSON is asked for, and no message has the word."""
    if holds("json_word", model) and not any(
        "json" in str(message.get("content")).lower() for message in messages
    ):
        raise InvalidRequest(
            field, "Must contain the word 'json' in some form, to use json_object", "json_word"
        )


def check_schema(model: Model, schema: Any, strict: Any, path: str) -> None:
    """Raise InvalidRequest for a schema, at `path`, that the model's service does not take."""
    if strict and schema is not None and holds("strict_schema", model):
        for problem in problems(schema):
            field = f"{path}.{problem.path}" if problem.path else path
            raise InvalidRequest(field, problem.text, "strict_schema")
    if _properties(schema) > _MOST_PROPERTIES:
        raise InvalidRequest(path, f"Has more than {_MOST_PROPERTIES:,} properties", "work")


def _properties(schema: Any) -> int:
    """How many properties a schema has, however deep."""
    count, left = 0, [schema]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            named = each.get("properties")
            count += len(named) if isinstance(named, dict) else 0
            left += each.values()
        elif isinstance(each, list):
            left += each
    return count


def read_tools(model: Model, functions: list[Json], paths: list[str]) -> tuple[Tool, ...]:
    """The functions that the model may call, checked; `paths` is where each is in the request.

    A model that calls no tools gets none, and answers in words: Clarifai's own pages print such
    replies.
    """
    if len(functions) > _MOST_TOOLS and holds("most_tools", model):
        raise InvalidRequest("tools", f"Should have at most {_MOST_TOOLS} items", "most_tools")
    read = _read_tools(to_json(functions), model, tuple(paths))
    return read if "tools" in model.kinds else ()


# The same tools come with each request of a conversation.
@remember(64)
def _read_tools(functions: bytes, model: Model, paths: tuple[str, ...]) -> tuple[Tool, ...]:
    read = zip(from_json(functions), paths, strict=True)
    return tuple(_tool(model, function, path) for function, path in read)


def _tool(model: Model, function: Json, path: str) -> Tool:
    if not _TOOL_NAME.fullmatch(function["name"]):
        problem = "Should be letters, digits, _ and -, at most 64 of them"
        raise InvalidRequest(f"{path}.name", problem, "tool_name")
    parameters = function.get("parameters")
    strict = bool(function.get("strict"))
    check_schema(model, parameters or None, strict, f"{path}.parameters")
    if parameters and holds("tool_schema", model):
        for wrong in malformed(parameters):
            raise InvalidRequest(f"{path}.parameters.{wrong.path}", wrong.text, "tool_schema")
    description = function.get("description") or ""
    return Tool(function["name"], description, parameters or _NO_PARAMETERS, strict)


def choose(
    choice: Any, tools: tuple[Tool, ...], *, sent: bool, nested: bool
) -> tuple[str, tuple[Tool, ...]]:
    """What the model must do with tools, and those of them that it may call.

    `sent` is whether the request has tools, which a model that calls none was not given; `nested`
    is whether names are inside of `function`, as in chat completions.
    """
    if choice in ("none", "auto"):
        return str(choice), tools
    if isinstance(choice, dict) and choice["type"] not in ("function", "allowed_tools"):
        raise InvalidRequest("tool_choice.type", ONLY_FUNCTIONS, "unserved_tool")
    if not sent:
        raise InvalidRequest(
            "tool_choice", "Asks for a call, but there are no `tools`", "tool_choice"
        )
    if not tools:
        return "none", tools
    if isinstance(choice, str):
        return choice, tools
    by_name = {tool.name: tool for tool in tools}
    if choice["type"] == "function":
        return _named(choice, by_name, "tool_choice", nested).name, tools
    place = "tool_choice"
    if nested:
        choice, place = choice["allowed_tools"], "tool_choice.allowed_tools"
    allowed = [
        _named(tool, by_name, f"{place}.tools.{index}", nested)
        for index, tool in enumerate(choice["tools"])
    ]
    if not allowed and choice["mode"] == "required":
        raise InvalidRequest(f"{place}.tools", "Asks for a call, but allows no tool", "tool_choice")
    return str(choice["mode"]), tuple(allowed)


def _named(each: Json, by_name: Mapping[str, Tool], path: str, nested: bool) -> Tool:
    if nested:
        each, path = each.get("function"), f"{path}.function"  # type: ignore[assignment]
    name = each.get("name") if isinstance(each, dict) else None
    if not isinstance(name, str) or name not in by_name:
        raise InvalidRequest(f"{path}.name", "Is none of the `tools`", "tool_choice")
    return by_name[name]
