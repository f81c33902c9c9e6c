"""Whatever is sent: a reply that fits its type, or a 4xx that names the field; and never a 500.

Requests are generated from the types that the `openai` package declares for them, by hand where it
has to be a valid one, and by spoiling a valid one.
"""

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openai.types import CreateEmbeddingResponse, Image
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from helpers.mock.server import MockServer
from helpers.strict import problems
from tests.contract.generated import (
    APIS,
    CHAT,
    EMBEDDINGS,
    IMAGES,
    RESPONSES,
    SEES,
    declared,
    functions,
    is_closed,
    post,
    schemas,
    sentences,
    text,
)
from tests.contract.wire import Reply, send
from tests.examples import examples

OPEN = "openai/chat-completion/models/gpt-oss-120b"
"""Takes any schema, also as a strict one."""


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


json_values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


def check(path: str, body: Any, reply: Reply) -> None:
    """The promise: a reply of the right type, or a refusal that says what is wrong."""
    if reply.status == 200:
        check_reply(path, reply)
        return
    assert 400 <= reply.status < 500, (reply.status, body)
    refusal = reply.json()
    assert set(refusal) == {"code", "description", "details", "req_id"}
    if refusal["code"] == 21313:
        named = re.match(r"([^\s:]+): \S", refusal["details"])
        assert named, refusal
        assert is_in(body, named[1]), (refusal["details"], body)


def is_in(body: Any, field: str) -> bool:
    """Whether all but the last part of a field's path is in the request."""
    *parents, _ = field.split(".")
    for part in parents:
        if isinstance(body, dict) and part in body:
            body = body[part]
        elif isinstance(body, list) and part.isdigit() and int(part) < len(body):
            body = body[int(part)]
        else:
            return False
    return True


STREAMED: dict[str, TypeAdapter[Any]] = {
    CHAT: TypeAdapter(ChatCompletionChunk),
    RESPONSES: TypeAdapter(ResponseStreamEvent),
}


def check_reply(path: str, reply: Reply) -> None:
    if reply.headers["content-type"].startswith("text/event-stream"):
        for data in re.findall(rb"^data: (\{.*\})$", reply.body, re.MULTILINE):
            STREAMED[path].validate_json(data, strict=True)
    elif path == CHAT:
        ChatCompletion.model_validate_json(reply.body, strict=True)
    elif path == RESPONSES:
        Response.model_validate_json(reply.body, strict=True)
    elif path == EMBEDDINGS and isinstance(reply.json()["data"][0]["embedding"], list):
        CreateEmbeddingResponse.model_validate_json(reply.body, strict=True)
    elif path == IMAGES:
        # Not of the whole: Clarifai's documentation shows a null where the type has a number.
        TypeAdapter(list[Image]).validate_python(reply.json()["data"], strict=True)


@examples(50)
# Deferred, because to find the strategies of these types takes a second of every run's collection.
@given(request=st.deferred(lambda: st.one_of(*map(declared, APIS))))
def test_a_request_of_the_declared_type_is_answered_or_refused_by_field(
    mock: MockServer, request: tuple[str, Any]
) -> None:
    path, body = request
    check(path, body, post(mock, path, body))


turns = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "system", "developer"]),
            "content": sentences,
        }
    ),
    min_size=1,
    max_size=4,
)


options = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "top_p": st.floats(0, 1),
        "n": st.integers(1, 3),
        "seed": st.integers(-(2**63), 2**63 - 1),
        "stop": text | st.lists(text, max_size=4),
        "max_tokens": st.integers(1, 50),
        "max_completion_tokens": st.integers(1, 2**40),
        "logprobs": st.booleans(),
        "user": text,
        "reasoning_effort": st.sampled_from(["low", "high"]),
    },
)


@examples(25)
@given(messages=turns, asked=options)
def test_a_valid_chat_is_answered_and_streamed_alike(
    mock: MockServer, messages: Any, asked: Any
) -> None:
    body = {"model": SEES, "messages": messages} | asked
    whole, streamed = (post(mock, CHAT, body | {"stream": stream}) for stream in (False, True))
    assert (whole.status, streamed.status) == (200, 200), (whole.body, streamed.body)
    check_reply(CHAT, whole)
    check_reply(CHAT, streamed)
    chunks = [
        json.loads(data) for data in re.findall(r"^data: (\{.*)$", streamed.body.decode(), re.M)
    ]
    for choice in whole.json()["choices"]:
        parts = [
            part["delta"].get("content") or ""
            for chunk in chunks
            for part in chunk["choices"]
            if part["index"] == choice["index"]
        ]
        assert "".join(parts) == choice["message"]["content"]
    usage = whole.json()["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["total_tokens"] == chunks[-1]["usage"]["total_tokens"]
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    assert limit is None or usage["completion_tokens"] <= limit * asked.get("n", 1)


@examples(25)
@given(said=sentences, tools=functions, choice=st.sampled_from(["auto", "required", "none"]))
def test_any_tool_is_called_with_arguments_that_fit(
    mock: MockServer, said: str, tools: Any, choice: str
) -> None:
    parameters = {tool["name"]: Draft202012Validator(tool["parameters"]) for tool in tools}
    chat = {
        "messages": [{"role": "user", "content": said}],
        "tools": [{"type": "function", "function": tool} for tool in tools],
    }
    flat = {"input": said, "tools": [{"type": "function"} | tool for tool in tools]}
    called = []
    for path, body in ((CHAT, chat), (RESPONSES, flat)):
        reply = post(mock, path, {"model": SEES, "tool_choice": choice} | body)
        if any(tool["strict"] and list(problems(tool["parameters"])) for tool in tools):
            # A model of OpenAI's takes no schema as strict that its rules do not allow.
            assert reply.status == 400, reply.body
            continue
        assert reply.status == 200, reply.body
        check_reply(path, reply)
        if path == CHAT:
            made = reply.json()["choices"][0]["message"]["tool_calls"] or []
            calls = [call["function"] for call in made]
        else:
            calls = [item for item in reply.json()["output"] if item["type"] == "function_call"]
        for call in calls:
            parameters[call["name"]].validate(json.loads(call["arguments"]))
        called.append([(call["name"], call["arguments"]) for call in calls])
    if not called:
        return
    assert called[0] == called[1], "both APIs ask the same model"
    assert bool(called[0]) or choice != "required"
    assert not called[0] or choice != "none"


@examples(25)
@given(said=sentences, schema=schemas)
def test_a_reply_in_a_schema_always_fits_it(
    mock: MockServer, said: str, schema: dict[str, Any]
) -> None:
    shape = {"name": "reply", "schema": schema, "strict": True}
    chat = {
        "model": OPEN,
        "messages": [{"role": "user", "content": said}],
        "response_format": {"type": "json_schema", "json_schema": shape},
    }
    response = {
        "model": OPEN,
        "input": said,
        "text": {"format": {"type": "json_schema"} | shape},
    }
    message = post(mock, CHAT, chat).json()["choices"][0]["message"]
    part = post(mock, RESPONSES, response).json()["output"][-1]["content"][0]
    if part["type"] == "refusal":
        assert part["refusal"] == message["refusal"] and message["content"] is None
        assert is_closed(schema, part["refusal"]), "a field could have said that nobody told"
        return
    assert part["text"] == message["content"]
    Draft202012Validator(schema).validate(json.loads(message["content"]))


@examples(25)
@given(
    given=st.one_of(
        st.text(min_size=1, max_size=200),
        st.lists(st.text(min_size=1, max_size=50), min_size=1, max_size=3),
        st.lists(st.integers(0, 100_000), min_size=1, max_size=9),
        st.lists(st.lists(st.integers(0, 100_000), min_size=1, max_size=9), min_size=1, max_size=3),
    ),
    dimensions=st.integers(1, 1536),
)
def test_anything_can_be_embedded(mock: MockServer, given: Any, dimensions: int) -> None:
    body = APIS[EMBEDDINGS][1] | {"input": given, "dimensions": dimensions}
    reply = post(mock, EMBEDDINGS, body)
    assert reply.status == 200, reply.body
    check_reply(EMBEDDINGS, reply)
    for item in reply.json()["data"]:
        assert len(item["embedding"]) == dimensions
        assert abs(sum(each * each for each in item["embedding"]) - 1) < 1e-5


# Spoiled requests

RICH: dict[str, dict[str, Any]] = {
    CHAT: {
        "model": SEES,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Weather in Oslo?"}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "get", "arguments": '{"place": "Oslo"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "7 degrees"},
            {"role": "user", "content": "And in Paris?"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "get",
                    "description": "The weather",
                    "parameters": {
                        "type": "object",
                        "properties": {"place": {"type": "string", "enum": ["Oslo", "Paris"]}},
                        "required": ["place"],
                        "additionalProperties": False,
                    },
                    "strict": True,
                },
            }
        ],
        "tool_choice": {"type": "function", "function": {"name": "get"}},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "x", "schema": {"type": "object", "properties": {}}},
        },
        "stop": ["x"],
        "stream_options": {"include_usage": True},
        "logprobs": True,
        "top_logprobs": 2,
        "n": 2,
        "max_tokens": 9,
        "store": True,
        "metadata": {"a": "b"},
        "stream": True,
    },
    RESPONSES: {
        "model": SEES,
        "instructions": "Be brief.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Weather in Oslo?"}]},
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "x"}]},
            {"type": "function_call", "call_id": "c1", "name": "get", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "7 degrees"},
            {
                "type": "message",
                "role": "assistant",
                "id": "msg_1",
                "status": "completed",
                "content": [{"type": "output_text", "text": "7", "annotations": []}],
            },
            {"role": "user", "content": "And in Paris?"},
        ],
        "tools": [{"type": "function", "name": "get", "parameters": {}, "strict": False}],
        "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"name": "get"}]},
        "text": {"format": {"type": "json_schema", "name": "x", "schema": {"type": "object"}}},
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "metadata": {"a": "b"},
        "max_output_tokens": 9,
        "stream": True,
    },
    EMBEDDINGS: APIS[EMBEDDINGS][1] | {"dimensions": 8, "encoding_format": "float", "user": "me"},
    IMAGES: APIS[IMAGES][1] | {"n": 2, "response_format": "b64_json", "quality": "low"},
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything within a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, each in items:
        found.append((*path, key))
        if isinstance(each, dict | list):
            found += places(each, (*path, key))
    return found


@pytest.mark.parametrize("path", RICH)
def test_the_requests_that_are_spoiled_below_are_good(mock: MockServer, path: str) -> None:
    reply = post(mock, path, RICH[path])
    assert reply.status == 200, reply.body
    check_reply(path, reply)


hostile = json_values | st.sampled_from(
    [
        10**400,
        -(10**400),
        1e308,
        "\ud800",
        "\0",
        "a" * 10_000,
        [[]] * 100,
        {"$ref": "#"},
        {"": None},
    ]
)


@pytest.mark.parametrize("path", RICH)
@examples(60)
@given(data=st.data())
def test_a_request_with_one_thing_spoiled_is_answered_or_refused_by_field(
    mock: MockServer, path: str, data: st.DataObject
) -> None:
    body = copy.deepcopy(RICH[path])
    *parents, last = data.draw(st.sampled_from(places(body)))
    target = body
    for part in parents:
        target = target[part]
    if data.draw(st.booleans()):
        target[last] = data.draw(hostile)
    else:
        del target[last]
    check(path, body, post(mock, path, body))


@pytest.mark.parametrize("path", RICH)
@examples(25)
@given(raw=st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
@example(b"")
@example(b'{"model": "\xff"}')
@example(b'{"model": "a", "model": "b"}')
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b'{"model": NaN}')
@example(b'{"model": "\\ud800"}')
@example(b"\xef\xbb\xbf{}")
def test_any_bytes_are_refused(mock: MockServer, path: str, raw: bytes) -> None:
    reply = send(mock, raw, path)
    assert 400 <= reply.status < 500
    assert reply.json()["details"]
