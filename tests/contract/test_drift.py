"""Drift is caught, difference by difference, and an unaltered copy shows none.

The other backend is the mock itself behind a layer that changes one thing on its way out.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from helpers.mock import MOCK_PAT, start
from helpers.mock.record.drift import (
    Difference,
    Observation,
    compare,
    observe,
)
from helpers.mock.server import MockServer
from tests.contract.altered import BY_NAME, Altered, body, message, set_in


@pytest.fixture(scope="module")
def ours() -> Iterator[dict[str, Observation]]:
    with start() as mock:
        yield observe(mock.base_url, MOCK_PAT)


def found(
    ours: dict[str, Observation],
    altered: tuple[Altered, MockServer],
    names: list[str],
    alter: Callable[[int, str, bytes], tuple[int, str, bytes]],
) -> list[Difference]:
    altered[0].alter = alter
    theirs = observe(altered[1].base_url, MOCK_PAT, [BY_NAME[name] for name in names])
    return list(compare({name: ours[name] for name in names}, theirs))


def events(change: Callable[[list[Any]], Any]) -> Any:
    """Change the list of a stream's events: JSON, or the text [DONE]."""

    def alter(status: int, content_type: str, content: bytes) -> tuple[int, str, bytes]:
        blocks = [block.rpartition("data: ") for block in content.decode().split("\n\n")[:-1]]
        values = [json.loads(data) if data[0] == "{" else data for _, _, data in blocks]
        names = {id(value): name for value, (name, _, _) in zip(values, blocks, strict=True)}
        changed = change(values)
        out = ""
        for each in values if changed is None else changed:
            data = each if isinstance(each, str) else json.dumps(each)
            out += f"{names.get(id(each), '')}data: {data}\n\n"
        return status, content_type, out.encode()

    return alter


def each_chunk(change: Callable[[Any], Any]) -> Any:
    return events(lambda values: [change(v) for v in values if isinstance(v, dict)] and None)


def _args(event: Any) -> str:
    """The part of a tool call's arguments that a chunk brings."""
    choices = event["choices"] if isinstance(event, dict) else []
    calls = choices[0]["delta"].get("tool_calls", []) if choices else []
    return "".join(call["function"].get("arguments", "") for call in calls)


# One alteration, the request that shows it, and the difference: where, kind, mock, other.
ALTERATIONS: dict[str, tuple[str, Any, Any]] = {
    "status of an error": (
        "errors unknown model",
        lambda status, kind, content: (400, kind, content),
        ("", "status", "404", "400"),
    ),
    "error with 200": (
        "errors no key",
        lambda status, kind, content: (200, kind, content),
        ("", "status", "401", "200"),
    ),
    "error as HTML": (
        "errors wrong type",
        lambda status, kind, content: (status, "text/html", b"<html></html>"),
        ("", "content type", "application/json", "text/html"),
    ),
    "OpenAI's error envelope": (
        "errors unknown model",
        body(lambda v: {"error": v}),
        ("code", "field", "21200", "absent"),
    ),
    "code as a name": (
        "errors unknown model",
        body(lambda v: set_in(v, "code", "MODEL_DOES_NOT_EXIST")),
        ("code", "value", "21200", "'MODEL_DOES_NOT_EXIST'"),
    ),
    "another code": (
        "errors wrong type",
        body(lambda v: set_in(v, "code", 21202)),
        ("code", "value", "21313", "21202"),
    ),
    "details in another field": (
        "errors wrong type",
        body(lambda v: set_in(v, "developer_notes", v.pop("details"))),
        ("developer_notes", "field", "absent", "text"),
    ),
    "missing field": (
        "chat whole",
        body(lambda v: v.pop("system_fingerprint") and None),
        ("system_fingerprint", "field", "text", "absent"),
    ),
    "additional field": (
        "chat whole",
        body(lambda v: set_in(message(v), "citations", [])),
        ("choices[].message.citations", "field", "absent", "list"),
    ),
    "null for a text": (
        "chat whole",
        body(lambda v: set_in(v, "service_tier", None)),
        ("service_tier", "type", "'default'", "null"),
    ),
    "float for a whole number": (
        "chat whole",
        body(lambda v: set_in(v, "created", v["created"] + 0.5)),
        ("created", "type", "integer", "number"),
    ),
    "number as text": (
        "chat whole",
        body(lambda v: set_in(v["usage"], "total_tokens", "9")),
        ("usage.total_tokens", "type", "integer", "text"),
    ),
    "finish reason": (
        "chat limit",
        body(lambda v: set_in(v["choices"][0], "finish_reason", "max_tokens")),
        ("choices[].finish_reason", "value", "'length'", "'max_tokens'"),
    ),
    "finish reason of tool calls": (
        "chat tools",
        body(lambda v: set_in(v["choices"][0], "finish_reason", "stop")),
        ("choices[].finish_reason", "value", "'tool_calls'", "'stop'"),
    ),
    "arguments as an object": (
        "chat tools",
        body(lambda v: set_in(message(v)["tool_calls"][0]["function"], "arguments", {"city": "x"})),
        ("choices[].message.tool_calls[].function.arguments", "type", "JSON text", "object"),
    ),
    "arguments that are no JSON": (
        "chat tools",
        body(lambda v: set_in(message(v)["tool_calls"][0]["function"], "arguments", '{"city')),
        ("choices[].message.tool_calls[].function.arguments", "type", "JSON text", "text"),
    ),
    "argument of another name": (
        "chat tools",
        body(lambda v: set_in(message(v)["tool_calls"][0]["function"], "arguments", '{"town":""}')),
        ("choices[].message.tool_calls[].function.arguments.town", "field", "absent", "text"),
    ),
    "no tool calls": (
        "chat tools",
        body(lambda v: set_in(message(v), "tool_calls", None)),
        ("choices[].message.tool_calls", "type", "list", "null"),
    ),
    "no index of a whole tool call": (
        "chat parallel",
        body(lambda v: [call.pop("index") for call in message(v)["tool_calls"]] and None),
        ("choices[].message.tool_calls[].index", "field", "integer", "absent"),
    ),
    "JSON in a code fence": (
        "chat json_schema",
        body(lambda v: set_in(message(v), "content", f"```\n{message(v)['content']}\n```")),
        ("choices[].message.content", "type", "JSON text", "text"),
    ),
    "value of another type in JSON": (
        "chat json_schema",
        body(lambda v: set_in(message(v), "content", '{"name": "John Miller", "age": "29"}')),
        ("choices[].message.content.age", "type", "integer", "text"),
    ),
    "stream answered whole": (
        "chat stream",
        lambda status, kind, content: (status, "application/json", b"{}"),
        ("", "content type", "text/event-stream", "application/json"),
    ),
    "no role chunk": (
        "chat stream",
        events(lambda v: v[1:]),
        (
            "after the beginning",
            "events",
            "role → reasoning → content",
            "reasoning → content → finish_reason",
        ),
    ),
    "no usage chunk": (
        "chat stream",
        events(lambda v: [*v[:-2], v[-1]]),
        ("after finish_reason", "events", "usage → [DONE]", "[DONE]"),
    ),
    "no [DONE]": (
        "chat stream",
        events(lambda v: v[:-1]),
        ("after usage", "events", "[DONE]", "the end"),
    ),
    "usage before the end": (
        "chat stream",
        events(lambda v: [*v[:-3], v[-2], v[-3], v[-1]]),
        (
            "after content",
            "events",
            "finish_reason → usage → [DONE]",
            "usage → finish_reason → [DONE]",
        ),
    ),
    "role in every chunk": (
        "chat stream",
        each_chunk(
            lambda v: v["choices"] and set_in(v["choices"][0]["delta"], "role", "assistant")
        ),
        (
            "after role",
            "events",
            "reasoning → content → finish_reason",
            "reasoning + role → content + role → role + finish_reason",
        ),
    ),
    "no usage: null": (
        "chat stream",
        each_chunk(lambda v: v["usage"] or v.pop("usage")),
        ("content: usage", "field", "null", "absent"),
    ),
    "object of a chunk": (
        "chat stream",
        each_chunk(lambda v: set_in(v, "object", "chat.completion")),
        ("content: object", "value", "'chat.completion.chunk'", "'chat.completion'"),
    ),
    "finish reason of a stream": (
        "chat limit stream",
        each_chunk(
            lambda v: (
                v["choices"]
                and v["choices"][0]["finish_reason"]
                and set_in(v["choices"][0], "finish_reason", "stop")
            )
        ),
        ("finish_reason: choices[].finish_reason", "value", "'length'", "'stop'"),
    ),
    "arguments of a stream that are no JSON": (
        "chat tools stream",
        events(lambda v: [e for e in v if "}" not in _args(e)]),
        ("all chunks: arguments", "type", "JSON text", "text"),
    ),
    "error chunk": (
        "chat stream",
        events(lambda v: [v[0], {"code": 21313, "description": "Model prediction failed"}]),
        ("after role", "events", "reasoning → content → finish_reason", "no chunk"),
    ),
    "missing event of a response": (
        "responses stream",
        events(lambda v: [e for e in v if e == "[DONE]" or e["type"] != "response.in_progress"]),
        (
            "after response.created",
            "events",
            "response.in_progress → response.output_item.added → response.content_part.added",
            "response.output_item.added → response.content_part.added"
            " → response.reasoning_text.delta",
        ),
    ),
    "no sequence numbers": (
        "responses stream",
        each_chunk(lambda v: v.pop("sequence_number")),
        ("response.completed: sequence_number", "field", "integer", "absent"),
    ),
    "status of a response": (
        "responses limit",
        body(lambda v: set_in(v, "status", "completed")),
        ("status", "value", "'incomplete'", "'completed'"),
    ),
    "type of an output item": (
        "responses tools",
        body(lambda v: set_in(v["output"][-1], "type", "tool_call")),
        ("output[].type", "value", "'function_call' or 'reasoning'", "'reasoning' or 'tool_call'"),
    ),
    "embedding as a list for base64": (
        "embeddings base64",
        body(lambda v: [set_in(e, "embedding", [0.5]) for e in v["data"]] and None),
        ("data[].embedding", "type", "text", "list"),
    ),
    "no usage of embeddings": (
        "embeddings float",
        body(lambda v: v.pop("usage") and None),
        ("usage", "field", "object", "absent"),
    ),
    "image given otherwise": (
        "images url",
        body(lambda v: [set_in(e, "url", None) for e in v["data"]] and None),
        ("data[].url", "type", "text", "null"),
    ),
    "models as a bare list": (
        "models",
        body(lambda v: v["data"]),
        ("", "type", "object", "list"),
    ),
}


def test_an_unaltered_copy_shows_no_drift(ours, altered):
    assert found(ours, altered, list(BY_NAME), lambda *same: same) == []


@pytest.mark.parametrize("name", ALTERATIONS)
def test_each_alteration_is_caught(ours, altered, name):
    probe, alter, expected = ALTERATIONS[name]
    seen = found(ours, altered, [probe], alter)
    assert Difference(probe, *expected) in seen
    # The rest of the set does not see it, and it is not drowned in other differences.
    assert {each.probe for each in seen} == {probe}


@pytest.mark.parametrize(
    ("probe", "alter"),
    [
        ("chat whole", body(lambda v: set_in(v, "id", "chatcmpl-other"))),
        ("chat whole", body(lambda v: set_in(message(v), "content", "Something else."))),
        ("chat whole", body(lambda v: set_in(v["usage"], "total_tokens", 1))),
        ("chat whole", body(lambda v: set_in(v, "created", 1))),
        ("chat parallel", body(lambda v: message(v)["tool_calls"].pop() and None)),
        ("chat parallel stream", events(lambda v: [e for e in v if not _second_call(e)])),
        ("chat stream", events(lambda v: [v[0], v[1], v[1], *v[1:]])),
        ("embeddings float", body(lambda v: set_in(v["data"][0], "embedding", [0, 1, 0.5]))),
        ("errors wrong type", body(lambda v: set_in(v, "details", "Other words."))),
        ("models", body(lambda v: v["data"].pop() and None)),
    ],
)
def test_what_may_differ_is_no_drift(ours, altered, probe, alter):
    assert found(ours, altered, [probe], alter) == []


def _second_call(event: Any) -> bool:
    choices = event["choices"] if isinstance(event, dict) else []
    calls = choices[0]["delta"].get("tool_calls", []) if choices else []
    return any(call["index"] > 0 for call in calls)


def test_alterations_together_are_told_one_by_one(ours, altered):
    def change(value: Any) -> None:
        value.pop("service_tier")
        value["created"] = "today"
        value["choices"][0]["finish_reason"] = "end"

    seen = found(ours, altered, ["chat whole"], body(change))
    assert {(each.where, each.kind) for each in seen} == {
        ("service_tier", "field"),
        ("created", "type"),
        ("choices[].finish_reason", "value"),
    }
