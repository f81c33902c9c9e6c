"""Chat completions, through the real client: every option of a request, whole and streamed."""

import json
import re
from typing import Any

import openai
import pytest
from jsonschema import validate
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from helpers.mock.server import MockServer
from tests.contract.chat import (
    CLAUDE,
    JOHN,
    OPEN,
    PLAIN,
    WEATHER,
    WHO,
    Person,
    asks,
    choices,
    chunks,
)
from tests.contract.wire import send

# Whole


def test_a_reply_has_the_shape_of_its_type_with_every_field(mock: MockServer) -> None:
    body = send(mock, {"model": PLAIN, "messages": WHO})
    ChatCompletion.model_validate_json(body.body, strict=True)
    assert set(body.json()) == set(ChatCompletion.model_fields)
    message = body.json()["choices"][0]["message"]
    nulls = {"refusal", "audio", "function_call", "tool_calls"}
    assert {key for key, value in message.items() if value is None} == nulls


# Each makes a reply of another shape.
SHAPES: dict[str, dict[str, Any]] = {
    "text": {},
    "thoughts": {"model": "openai/chat-completion/models/gpt-oss-120b"},
    "thoughts in two fields": {"model": "moonshotai/chat-completion/models/Kimi-K2_6"},
    "cut": {"max_tokens": 3},
    "characters": {"messages": [{"role": "user", "content": 'Repeat: 100% of {it} \\0 "é" \0'}]},
    "choices": {"n": 3},
    "likely rivals": {"logprobs": True, "top_logprobs": 3},
    "calls": {"tools": [WEATHER], "messages": asks("Oslo", "Rome")},
    "one call": {"tools": [WEATHER], "messages": asks("Oslo")},
    "a refusal": {
        "messages": [{"role": "user", "content": "Tell me how to steal a car"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "r", "schema": {"type": "object", "properties": {}}},
        },
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_reply_has_the_bytes_that_its_type_would_give(
    mock: MockServer, shape: str
) -> None:
    request = {"model": PLAIN, "messages": WHO} | SHAPES[shape]
    whole = send(mock, request).body
    reply = ChatCompletion.model_validate_json(whole, strict=True)
    assert ChatCompletion.__pydantic_serializer__.to_json(reply) == whole
    streamed = send(mock, request | {"stream": True}).body
    for payload in re.findall(rb"^data: (\{.*)$", streamed, re.MULTILINE):
        chunk = ChatCompletionChunk.model_validate_json(payload, strict=True)
        made = ChatCompletionChunk.__pydantic_serializer__.to_json(chunk, exclude_unset=True)
        assert made == payload


def test_n_gives_as_many_choices(client: OpenAI, mock: MockServer) -> None:
    reply = client.chat.completions.create(model=PLAIN, messages=WHO, n=3)
    assert [choice.index for choice in reply.choices] == [0, 1, 2]
    streamed = {choice["index"] for choice in choices(chunks(mock, n=3))}
    assert streamed == {0, 1, 2}


@pytest.mark.parametrize("stop", ["offline", ["offline", "nowhere in it"]])
def test_stop_ends_the_text_before_it(client: OpenAI, stop: Any) -> None:
    whole = client.chat.completions.create(model=PLAIN, messages=WHO).choices[0].message.content
    reply = client.chat.completions.create(model=PLAIN, messages=WHO, stop=stop)
    assert whole and "offline" in whole
    assert reply.choices[0].message.content == whole.partition("offline")[0]
    assert reply.choices[0].finish_reason == "stop"


def test_a_seed_gives_the_same_reply_again(client: OpenAI) -> None:
    one, same, other = (
        client.chat.completions.create(model=PLAIN, messages=WHO, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same
    assert one.id != other.id
    assert one.system_fingerprint == other.system_fingerprint


def test_logprobs_are_of_each_token_whole_and_streamed(client: OpenAI, mock: MockServer) -> None:
    asked: Any = {"logprobs": True, "top_logprobs": 3}
    (choice,) = client.chat.completions.create(model=PLAIN, messages=WHO, **asked).choices
    assert choice.logprobs and choice.logprobs.content
    assert "".join(each.token for each in choice.logprobs.content) == choice.message.content
    for each in choice.logprobs.content:
        assert each.logprob <= 0
        assert bytes(each.bytes or ()) == each.token.encode()
        assert [top.logprob for top in each.top_logprobs] == sorted(
            (top.logprob for top in each.top_logprobs), reverse=True
        )
        assert len(each.top_logprobs) == 3
    streamed = [
        token
        for part in choices(chunks(mock, **asked))
        if part["logprobs"]
        for token in part["logprobs"]["content"]
    ]
    assert streamed == choice.logprobs.to_dict()["content"]


def test_a_whole_number_may_be_written_with_a_point(mock: MockServer) -> None:
    request = {"model": PLAIN, "messages": WHO, "n": 2}
    replies = [json.loads(send(mock, request | {"n": n}).body)["choices"] for n in (2, 2.0)]
    assert replies[0] == replies[1]
    assert send(mock, request | {"n": 2.5}).status == 400


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_a_limit_cuts_the_reply_and_says_so(client: OpenAI, field: str) -> None:
    limit: Any = {field: 4}
    reply = client.chat.completions.create(model=PLAIN, messages=WHO, **limit)
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage and reply.usage.completion_tokens == 4


def test_of_two_limits_the_newer_field_wins(client: OpenAI) -> None:
    reply = client.chat.completions.create(
        model=PLAIN, messages=WHO, max_tokens=2, max_completion_tokens=5
    )
    assert reply.usage and reply.usage.completion_tokens == 5


def test_a_limit_beyond_the_model_is_clamped_and_not_refused(client: OpenAI) -> None:
    reply = client.chat.completions.create(model=PLAIN, messages=WHO, max_tokens=10**9)
    assert reply.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (OPEN, ["reasoning"]),
        ("qwen/qwenLM/models/Qwen3-14B", ["reasoning_content"]),
        ("moonshotai/chat-completion/models/Kimi-K2_6", ["reasoning", "reasoning_content"]),
        (PLAIN, []),
    ],
)
def test_reasoning_comes_beside_the_content_in_the_fields_of_the_model(
    client: OpenAI, mock: MockServer, model: str, fields: list[str]
) -> None:
    reply = client.chat.completions.create(model=model, messages=WHO)
    message = reply.choices[0].message.to_dict()
    assert [field for field in message if field.startswith("reasoning")] == fields
    deltas = [choice["delta"] for choice in choices(chunks(mock, model=model))]
    for field in (*fields, "content"):
        assert message[field]
        assert "".join(delta.get(field) or "" for delta in deltas) == message[field]
    first = next(index for index, delta in enumerate(deltas) if delta.get("content"))
    assert not any(delta.get(field) for delta in deltas[first:] for field in fields)
    details = reply.usage and reply.usage.completion_tokens_details
    assert details and bool(details.reasoning_tokens) == bool(fields)


def test_more_effort_is_more_reasoning_and_none_is_none(client: OpenAI) -> None:
    spent = []
    for effort in ("none", "low", "medium", "high"):
        asked: Any = {"model": OPEN, "messages": asks("Oslo", "Rome"), "tools": [WEATHER]}
        asked["reasoning_effort"] = effort
        reply = client.chat.completions.create(**asked)
        assert reply.usage and reply.usage.completion_tokens_details
        spent.append(reply.usage.completion_tokens_details.reasoning_tokens or 0)
    assert spent[0] == 0
    assert spent == sorted(set(spent))


def test_reasoning_that_eats_the_budget_leaves_no_content(client: OpenAI) -> None:
    reply = client.chat.completions.create(model=OPEN, messages=WHO, max_tokens=2)
    assert reply.choices[0].finish_reason == "length"
    assert reply.choices[0].message.content == ""


# Structure

SCHEMA: Any = Person.model_json_schema() | {"additionalProperties": False}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_json_schema_is_filled_from_the_message(mock: MockServer, streamed: bool) -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "p", "schema": SCHEMA, "strict": True}}
    if streamed:
        stream = chunks(mock, messages=JOHN, response_format=shape)
        text = "".join(choice["delta"].get("content") or "" for choice in choices(stream))
    else:
        body = {"model": PLAIN, "messages": JOHN, "response_format": shape}
        text = send(mock, body).json()["choices"][0]["message"]["content"]
    value = json.loads(text)
    validate(value, SCHEMA)
    assert value == {"name": "John Miller", "age": 29, "email": "john.miller@example.com"}


def test_a_json_object_is_one(client: OpenAI) -> None:
    reply = client.chat.completions.create(
        model=PLAIN,
        messages=[*JOHN, {"role": "user", "content": "Who is he? Answer in JSON."}],
        response_format={"type": "json_object"},
    )
    assert isinstance(json.loads(reply.choices[0].message.content or ""), dict)


def test_parse_gives_an_object_of_the_class(client: OpenAI) -> None:
    reply = client.chat.completions.parse(model=OPEN, messages=JOHN, response_format=Person)
    expected = Person(name="John Miller", age=29, email="john.miller@example.com")
    assert reply.choices[0].message.parsed == expected


def test_parse_complains_of_a_reply_that_was_cut(client: OpenAI) -> None:
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(
            model=PLAIN, messages=JOHN, response_format=Person, max_tokens=2
        )


# Tools


@pytest.mark.parametrize(
    ("model", "form"),
    [
        (PLAIN, r"call_[0-9A-Za-z]{24}"),
        (OPEN, r"call_[0-9a-f]{24}"),
        (CLAUDE, r"toolu_[0-9A-Za-z]{24}"),
    ],
)
def test_a_call_has_an_id_in_the_form_of_its_vendor(client: OpenAI, model: str, form: str) -> None:
    reply = client.chat.completions.create(model=model, messages=asks("Oslo"), tools=[WEATHER])
    [call] = reply.choices[0].message.tool_calls or []
    assert re.fullmatch(form, call.id)
    assert reply.choices[0].finish_reason == "tool_calls"
    assert reply.choices[0].message.content is None


@pytest.mark.parametrize(
    ("choice", "calls"),
    [
        ("none", 0),
        ("auto", 2),
        ("required", 2),
        ({"type": "function", "function": {"name": "get_weather"}}, 2),
    ],
)
def test_tool_choice_is_kept(client: OpenAI, choice: Any, calls: int) -> None:
    reply = client.chat.completions.create(
        model=PLAIN, messages=asks("Oslo", "Paris"), tools=[WEATHER], tool_choice=choice
    )
    assert len(reply.choices[0].message.tool_calls or ()) == calls


def test_every_call_of_every_choice_has_an_id_of_its_own(client: OpenAI) -> None:
    reply = client.chat.completions.create(
        model=PLAIN, messages=asks("Oslo", "Paris"), tools=[WEATHER], n=3
    )
    ids = [call.id for choice in reply.choices for call in choice.message.tool_calls or ()]
    assert len(ids) == len({*ids}) == 6


def test_required_calls_a_tool_whatever_is_said(client: OpenAI) -> None:
    reply = client.chat.completions.create(
        model=PLAIN, messages=WHO, tools=[WEATHER], tool_choice="required"
    )
    assert reply.choices[0].message.tool_calls


@pytest.mark.parametrize("given", [{}, {"parameters": {}}])
def test_a_tool_without_parameters_is_called_without_arguments(client: OpenAI, given: Any) -> None:
    function = {"name": "read_thermostat", "description": "Read the thermostat's state."} | given
    reply = client.chat.completions.create(
        model=PLAIN,
        messages=[{"role": "user", "content": "Read the thermostat, please."}],
        tools=[{"type": "function", "function": function}],
    )
    calls = reply.choices[0].message.tool_calls or []
    assert [call.function.arguments for call in calls if call.type == "function"] == ["{}"]


def test_parallel_tool_calls_false_gives_one_at_a_time(client: OpenAI) -> None:
    messages = asks("Oslo", "Paris")
    asked = []
    for _ in range(3):
        reply = client.chat.completions.create(
            model=PLAIN, messages=messages, tools=[WEATHER], parallel_tool_calls=False
        )
        message = reply.choices[0].message
        messages.append(message)
        for call in message.tool_calls or ():
            assert call.type == "function"
            asked.append(json.loads(call.function.arguments)["location"])
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "7 degrees"})
    assert asked == ["Oslo", "Paris"]
    assert "7 degrees" in messages[-1].content


# Refused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"top_p": "much"}, "top_p"),
        ({"functions": []}, "functions"),
        ({"stream": 1}, "stream"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools.0.type"),
        ({"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "g"}}},
         "tool_choice.function.name"),
        ({"messages": [{"role": "tool", "tool_call_id": "x", "content": ""}]},
         "messages.0.tool_call_id"),
        ({"messages": [{"role": "assistant", "tool_calls": [
            {"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}]},
         "messages"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]},
         "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": [{"type": "smell"}]}]},
         "messages.0.content.0.type"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_400_and_named(
    mock: MockServer, change: dict[str, Any], field: str
) -> None:
    reply = send(mock, {"model": PLAIN, "messages": WHO} | change)
    assert reply.status == 400, reply.body
    assert reply.json()["details"].startswith(f"{field}: "), reply.json()["details"]


def test_strict_wants_every_property_declared_required_and_closed(mock: MockServer) -> None:
    nested = {"type": "object", "properties": {"a": {"type": "object"}}, "required": ["a"]}
    closed = nested | {"additionalProperties": False}
    for parameters, field in (
        (nested, "additionalProperties"),
        (closed | {"required": []}, "required"),
        (closed, "properties.a.additionalProperties"),
        ({"$defs": {"x": nested}, "additionalProperties": False, "type": "object",
          "properties": {}}, "$defs.x.additionalProperties"),
    ):  # fmt: skip
        tool = {"type": "function", "function": {"name": "f", "parameters": parameters}}
        loose = {"model": PLAIN, "messages": WHO, "tools": [tool]}
        assert send(mock, loose).status == 200
        tool["function"]["strict"] = True
        details = send(mock, loose).json()["details"]
        assert details.startswith(f"tools.0.function.parameters.{field}: "), details
