"""Whatever is sent: a reply that fits its type, or a 4xx that names the field; and never a 500.

Requests are generated from the types that the `openai` package declares for them, by hand where it
has to be a valid one, and by spoiling a valid one.
"""

import copy
import http.client
import json
import os
import re
import socket
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openai.types import CreateEmbeddingResponse, Image
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.image_generate_params import ImageGenerateParamsBase
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsBase
from pydantic import TypeAdapter

from helpers.mock import MOCK_PAT, OPENAI_PATH
from helpers.mock.server import MockServer
from helpers.strict import problems
from tests.contract.wire import Reply, send

CHAT, RESPONSES = "/chat/completions", "/responses"
EMBEDDINGS, IMAGES = "/embeddings", "/images/generations"
SEES = "openai/chat-completion/models/gpt-5"
OPEN = "openai/chat-completion/models/gpt-oss-120b"
"""Takes any schema, also as a strict one."""
WHO = [{"role": "user", "content": "What is the weather in Oslo?"}]

# For each API: the type of its requests, a model, and the least that is asked of it.
APIS: dict[str, tuple[Any, dict[str, Any]]] = {
    CHAT: (CompletionCreateParamsBase, {"model": SEES, "messages": WHO}),
    RESPONSES: (ResponseCreateParamsBase, {"model": SEES, "input": WHO}),
    EMBEDDINGS: (
        EmbeddingCreateParams,
        {"model": "openai/embed/models/text-embedding-3-small", "input": ["Hi", "there"]},
    ),
    IMAGES: (
        ImageGenerateParamsBase,
        {
            "model": "xai/image-generation/models/grok-2-image-1212",
            "prompt": "A cat",
            "size": "32x32",
        },
    ),
}


def examples(number: int) -> settings:
    """The same examples every time; `SEEK=20 pytest ...` tries 20 times as many, and other ones."""
    seek = int(os.environ.get("SEEK", "0"))
    return settings(
        max_examples=number * (seek or 1),
        derandomize=not seek,
        database=None,
        deadline=None,
        # The server is the same for all examples: that is the point.
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


text = st.text(max_size=30)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


def as_json(value: Any) -> Any:
    """A value of a Python type, as it would be sent: any iterable, also an endless one, a list."""
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, str | int | float | bool | None):
        return value
    return [as_json(each) for each in islice(value, 5)] if isinstance(value, Iterable) else None


def post(mock: MockServer, path: str, body: Any) -> Reply:
    return send(mock, json.dumps(body).encode("utf-8", "surrogatepass"), path)


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


# Requests of the declared types


def declared(path: str) -> st.SearchStrategy[tuple[str, Any]]:
    request_type, least = APIS[path]
    fields = get_type_hints(request_type)
    if path == RESPONSES:
        # Of the many kinds of items and tools nearly all are refused: they are spoiled below.
        fields = {name: each for name, each in fields.items() if name not in ("input", "tools")}
    return st.builds(
        # What is asked for would mostly be refused for its model or for having no messages.
        lambda body, kept, stream: (
            path,
            as_json(body)
            | {field: least[field] for field in {*kept, "model"}}
            | {"stream": stream},
        ),
        st.fixed_dictionaries({}, optional={k: st.from_type(v) for k, v in fields.items()}),
        st.sets(st.sampled_from(sorted(least)), min_size=1),
        st.booleans(),
    )


@examples(50)
# Deferred, because to find the strategies of these types takes a second of every run's collection.
@given(request=st.deferred(lambda: st.one_of(*map(declared, APIS))))
def test_a_request_of_the_declared_type_is_answered_or_refused_by_field(
    mock: MockServer, request: tuple[str, Any]
) -> None:
    path, body = request
    check(path, body, post(mock, path, body))


# Valid requests

names = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True)
SAID = "What is the weather in Oslo? Send John Miller, 29, x@y.org, red http://a.b/c on 2024-01-02"
words = st.sampled_from(SAID.split())
sentences = st.one_of(
    st.lists(words, min_size=1, max_size=12).map(" ".join), st.text(min_size=1, max_size=50)
)


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, values, max_size=3).map(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": sorted(properties),
            "additionalProperties": False,
        }
    )


leaves = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
              st.integers(-100, 100), st.integers(0, 5)),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.integers(-9, 9)),
    st.lists(text, min_size=1, max_size=3, unique=True).map(lambda each: {"enum": each}),
    st.sampled_from(["date", "email", "uri", "uuid"]).map(
        lambda form: {"type": "string", "format": form}),
    st.builds(lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
              st.integers(0, 9), st.integers(0, 5)),
)  # fmt: skip
schemas = objects(
    st.recursive(
        leaves,
        lambda inner: st.one_of(
            objects(inner),
            st.builds(
                lambda items, low: {"type": "array", "items": items, "minItems": low},
                inner,
                st.integers(0, 3),
            ),
            st.lists(inner, min_size=1, max_size=2).map(lambda each: {"anyOf": each}),
        ),
        max_leaves=5,
    )
)
functions = st.lists(
    st.fixed_dictionaries(
        {"name": names, "description": sentences, "parameters": schemas, "strict": st.booleans()}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each["name"],
)
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
    content = post(mock, CHAT, chat).json()["choices"][0]["message"]["content"]
    output = post(mock, RESPONSES, response).json()["output"]
    assert output[-1]["content"][0]["text"] == content
    Draft202012Validator(schema).validate(json.loads(content))


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


# Things that only a broken or hostile client does


def nested(depth: int) -> str:
    """A JSON schema, as text: Python's own encoder does not go as deep as an attacker may."""
    opening = '{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":'
    return opening * depth + '{"type":"string"}' + "}}" * depth


@pytest.mark.parametrize("depth", [20, 60, 95, 1000, 100_000])
@pytest.mark.parametrize(
    ("path", "rest"),
    [
        (CHAT, """"tools": [{"type": "function", "function":
            {"name": "f", "strict": true, "parameters": @}}]"""),
        (CHAT, """"tool_choice": "required", "tools": [{"type": "function", "function":
            {"name": "f", "parameters": @}}]"""),
        (CHAT, """"response_format":
            {"type": "json_schema", "json_schema": {"name": "x", "schema": @}}"""),
        (CHAT, '"metadata": @'),
        (RESPONSES, """"tool_choice": "required", "tools":
            [{"type": "function", "name": "f", "strict": true, "parameters": @}]"""),
        (RESPONSES, '"text": {"format": {"type": "json_schema", "name": "x", "schema": @}}'),
        (RESPONSES, '"metadata": {"a": @}'),
        (EMBEDDINGS, '"user": @'),
        (IMAGES, '"svg": @'),
    ],
)  # fmt: skip
def test_deep_nesting_is_answered_or_refused(
    mock: MockServer, path: str, rest: str, depth: int
) -> None:
    least = json.dumps(APIS[path][1])[:-1]
    reply = send(mock, f"{least}, {rest}}}".replace("@", nested(depth)).encode(), path)
    assert reply.status in (200, 400), reply.body
    assert is_well(mock)


def connect(mock: MockServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", mock.port), timeout=10)


def head(length: int, path: str = CHAT) -> bytes:
    return (
        f"POST {OPENAI_PATH}{path} HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: Key {MOCK_PAT}\r\ncontent-length: {length}\r\n\r\n"
    ).encode()


def is_well(mock: MockServer) -> bool:
    return send(mock, {"model": SEES, "messages": WHO}).status == 200


@pytest.mark.parametrize("path", APIS)
@pytest.mark.parametrize("sent", [b"", b'{"model": "', b'{"model": "\xff'])
def test_half_a_body_disturbs_nobody(mock: MockServer, path: str, sent: bytes) -> None:
    with connect(mock) as connection:
        connection.sendall(head(1000, path) + sent)
        assert is_well(mock), "while it waits for the rest"
    assert is_well(mock), "and when the rest never comes"


def test_a_client_that_hangs_up_in_a_stream_disturbs_nobody(mock: MockServer) -> None:
    said = "Repeat exactly: " + "again and " * 3000
    body = {"model": SEES, "messages": [{"role": "user", "content": said}], "stream": True}
    raw = json.dumps(body).encode()
    for _ in range(5):
        with connect(mock) as connection:
            connection.sendall(head(len(raw)) + raw)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert is_well(mock)
    whole = post(mock, CHAT, body)
    assert whole.body.endswith(b"data: [DONE]\n\n"), (
        "what was left early is not remembered as whole"
    )


def test_a_client_that_does_not_read_does_not_hold_up_another(mock: MockServer) -> None:
    said = "Repeat exactly: " + "again and " * 5000
    body = {"model": SEES, "messages": [{"role": "user", "content": said}], "stream": True}
    raw = json.dumps(body).encode()
    with connect(mock) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head(len(raw)) + raw)
        for _ in range(10):
            assert is_well(mock)


@pytest.mark.parametrize("declared", [True, False])
def test_a_gigantic_body_is_413_and_disturbs_nobody(mock: MockServer, declared: bool) -> None:
    size = 33 * 1024 * 1024
    chunk = b" " * (1 << 20)

    def body() -> Iterable[bytes]:
        yield from [chunk] * (size // len(chunk))

    connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=30)
    headers = {"authorization": f"Key {MOCK_PAT}"}
    headers |= {"content-length": str(size)} if declared else {"transfer-encoding": "chunked"}
    connection.request("POST", OPENAI_PATH + CHAT, body(), headers, encode_chunked=not declared)
    reply = connection.getresponse()
    assert (reply.status, json.loads(reply.read())["code"]) == (413, 40033)
    connection.close()
    assert is_well(mock)


def test_a_large_body_is_read(mock: MockServer) -> None:
    message = {"role": "user", "content": "word " * 400_000}
    roomy = "openai/chat-completion/models/gpt-4_1"
    assert post(mock, CHAT, {"model": roomy, "messages": [message]}).status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        head(-1),
        head(5) + b"{}",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /\xff\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /%00%ff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
    ],
)
def test_what_is_no_http_disturbs_nobody(mock: MockServer, raw: bytes) -> None:
    with connect(mock) as connection:
        connection.settimeout(0.2)
        try:
            connection.sendall(raw)
            assert not re.match(rb"HTTP/1.1 5\d\d", connection.recv(100))
        except OSError:
            pass  # Hung up on, or left to wait for the rest.
    assert is_well(mock)


def test_bad_clients_all_at_once_leave_a_good_one_its_replies(mock: MockServer) -> None:
    bad = [connect(mock) for _ in range(100)]
    try:
        for connection in bad:
            connection.sendall(head(100) + b'{"model"')
        replies = set()
        for connection in bad[:30]:
            connection.close()
            replies.add(send(mock, {"model": SEES, "messages": WHO}).body)
    finally:
        for connection in bad:
            connection.close()
    assert len(replies) == 1
