"""Responses, through the real client: whole, streamed and parsed, with tools and pictures."""

import asyncio
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, OpenAI
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.shared import Reasoning
from pydantic import TypeAdapter

from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from tests.contract import chat
from tests.contract.chat import JOHN, OPEN, PLAIN, Person
from tests.contract.test_openai_model_class import set_fields
from tests.contract.wire import send

WEATHER: Any = {"type": "function", **chat.WEATHER["function"]}
SAID: str = JOHN[0]["content"]


def events(mock: MockServer, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The events as they are on the wire, each checked against its type."""
    reply = send(mock, {"model": PLAIN, "stream": True} | body, path="/responses")
    assert reply.status == 200, reply.body
    *frames, rest = reply.body.decode().split("\n\n")
    assert rest == "", "nothing follows the last event"
    check = TypeAdapter[Any](ResponseStreamEvent).validate_json
    seen = []
    for number, frame in enumerate(frames):
        name, data = frame.split("\n")
        event = check(data.removeprefix("data: "), strict=True).to_dict()
        assert name == f"event: {event['type']}"
        assert event["sequence_number"] == number
        seen.append(event)
    return seen


def kinds(seen: list[dict[str, Any]]) -> list[str]:
    """The types of events, a run of deltas counted as one."""
    names = [event["type"].removeprefix("response.") for event in seen]
    return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]


TEXT = [
    "output_item.added", "content_part.added", "output_text.delta", "output_text.done",
    "content_part.done", "output_item.done",
]  # fmt: skip
CALL = [
    "output_item.added", "function_call_arguments.delta", "function_call_arguments.done",
    "output_item.done",
]  # fmt: skip
REASONING = [
    "output_item.added", "content_part.added", "reasoning_text.delta", "reasoning_text.done",
    "content_part.done", "output_item.done",
]  # fmt: skip
SUMMARY = [
    "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
    "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
]  # fmt: skip


def test_a_reply_has_the_shape_of_its_type_with_every_field(client: OpenAI) -> None:
    raw = client.responses.with_raw_response.create(model=PLAIN, input="Who are you?")
    body = raw.http_response.json()
    Response.model_validate_json(raw.http_response.content, strict=True)
    declared = {each.alias or name for name, each in Response.model_fields.items()}
    assert set(body) == declared | {"store", "frequency_penalty", "presence_penalty"}
    assert body["reasoning"] == dict.fromkeys(Reasoning.model_fields)
    assert body["text"] == {"format": {"type": "text"}, "verbosity": "medium"}
    response = raw.parse()
    assert response.output_text
    assert (response.status, response.model, response.error) == ("completed", "gpt-4o", None)
    (message,) = response.output
    assert message.type == "message"
    assert response.id.removeprefix("resp_") == message.id.removeprefix("msg_")
    usage = response.usage
    assert usage is not None
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens > 0


def test_what_was_asked_comes_back_in_the_reply(client: OpenAI) -> None:
    asked: dict[str, Any] = {
        "instructions": "Be brief.",
        "metadata": {"a": "b"},
        "temperature": 0.5,
        "top_p": 0.5,
        "max_output_tokens": 50,
        "tools": [WEATHER],
        "tool_choice": {"type": "function", "name": "get_weather"},
        "parallel_tool_calls": False,
        "truncation": "auto",
        "user": "me",
    }
    response = client.responses.create(model=PLAIN, input="Oslo?", **asked)
    assert {key: value for key, value in response.to_dict().items() if key in asked} | {
        "tools": [WEATHER]
    } == asked


def test_instructions_and_developer_messages_are_read_as_the_systems(client: OpenAI) -> None:
    rule = "Your name is Ada. Answer with your name only."
    by_field = client.responses.create(model=PLAIN, instructions=rule, input="Who are you?")
    by_message = client.responses.create(
        model=PLAIN,
        input=[{"role": "developer", "content": rule}, {"role": "user", "content": "Who are you?"}],
    )
    plain = client.responses.create(model=PLAIN, input="Who are you?")
    assert by_field.usage and by_message.usage and plain.usage
    assert by_field.usage.input_tokens == by_message.usage.input_tokens > plain.usage.input_tokens


def test_a_message_is_a_text_or_a_list_of_parts(client: OpenAI) -> None:
    parts = [{"type": "input_text", "text": "Who are you?"}]
    texts = {
        client.responses.create(model=PLAIN, input=given).output_text  # type: ignore[arg-type]
        for given in (
            "Who are you?",
            [{"role": "user", "content": "Who are you?"}],
            [{"type": "message", "role": "user", "content": parts}],
        )
    }
    assert len(texts) == 1


def test_a_stream_of_text_has_the_whole_sequence(mock: MockServer) -> None:
    seen = events(mock, {"input": "Who are you?"})
    assert kinds(seen) == ["created", "in_progress", *TEXT, "completed"]
    text = "".join(event["delta"] for event in seen if event["type"].endswith("text.delta"))
    assert seen[-1]["response"]["output"][0]["content"][0]["text"] == text
    assert seen[0]["response"]["status"] == "in_progress"
    assert seen[0]["response"]["output"] == []
    assert seen[0]["response"]["usage"] is None


@pytest.mark.parametrize(("summary", "expected"), [(None, REASONING), ("auto", SUMMARY)])
def test_a_reasoning_model_streams_its_reasoning_or_a_summary_of_it_first(
    mock: MockServer, summary: str | None, expected: list[str]
) -> None:
    asked = {"model": OPEN, "input": "What is 2 + 2?", "reasoning": {"summary": summary}}
    seen = events(mock, asked)
    assert kinds(seen) == ["created", "in_progress", *expected, *TEXT, "completed"]
    assert seen[-1]["response"]["usage"]["output_tokens_details"]["reasoning_tokens"] > 0


def test_several_calls_are_streamed_one_after_the_other(mock: MockServer) -> None:
    seen = events(mock, {"input": "The weather in Oslo and in Paris?", "tools": [WEATHER]})
    assert kinds(seen) == ["created", "in_progress", *CALL, *CALL, "completed"]
    done = [event for event in seen if event["type"].endswith("arguments.done")]
    assert [event["arguments"] for event in done] == [
        '{"location": "Oslo"}',
        '{"location": "Paris"}',
    ]
    assert [event["output_index"] for event in done] == [0, 1]


@pytest.mark.parametrize(
    "asked",
    [
        {"input": "Who are you?"},
        {"model": OPEN, "input": "The weather in Oslo?", "tools": [WEATHER]},
        {"model": OPEN, "input": "Who are you?", "max_output_tokens": 3},
        {"model": OPEN, "input": "Who?", "reasoning": {"summary": "auto"}, "top_logprobs": 2},
    ],
)
def test_a_stream_ends_in_what_comes_whole_otherwise(
    mock: MockServer, asked: dict[str, Any]
) -> None:
    whole = send(mock, {"model": PLAIN} | asked, path="/responses").json()
    last = events(mock, asked)[-1]["response"]
    assert set_fields(last) == set_fields(whole)


def test_a_tool_is_called_and_its_result_told(client: OpenAI) -> None:
    conversation: list[Any] = [{"role": "user", "content": "The weather in Oslo and in Paris?"}]
    for model in (OPEN, PLAIN):
        first = client.responses.create(model=model, input=conversation, tools=[WEATHER])
        calls = [item for item in first.output if item.type == "function_call"]
        assert len(calls) == 2
        results = [
            {"type": "function_call_output", "call_id": call.call_id, "output": "7 degrees"}
            for call in calls
        ]
        last = client.responses.create(
            model=model, input=[*conversation, *first.output, *results], tools=[WEATHER]
        )
        assert last.output_text.count("7 degrees") == 2
        kept = client.responses.create(
            model=model,
            previous_response_id=first.id,
            input=results,  # type: ignore[arg-type]
            tools=[WEATHER],
        )
        assert kept.output_text == last.output_text, "the earlier response stands for the input"
        assert kept.previous_response_id == first.id


@pytest.mark.parametrize(
    ("choice", "calls"),
    [
        ("none", 0),
        ("auto", 1),
        ("required", 1),
        ({"type": "function", "name": "get_weather"}, 1),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"name": "get_weather"}]}, 1),
    ],
)
def test_tool_choice_is_kept(client: OpenAI, choice: Any, calls: int) -> None:
    response = client.responses.create(
        model=PLAIN, input="The weather in Oslo?", tools=[WEATHER], tool_choice=choice
    )
    assert sum(item.type == "function_call" for item in response.output) == calls


def test_parallel_tool_calls_false_gives_one(client: OpenAI) -> None:
    response = client.responses.create(
        model=PLAIN,
        input="The weather in Oslo and in Paris?",
        tools=[WEATHER],
        parallel_tool_calls=False,
    )
    assert [item.type for item in response.output] == ["function_call"]


def test_max_output_tokens_cuts_and_says_so(client: OpenAI) -> None:
    full = client.responses.create(model=PLAIN, input="Who are you?")
    response = client.responses.create(model=PLAIN, input="Who are you?", max_output_tokens=3)
    assert response.status == "incomplete"
    assert response.incomplete_details and response.usage
    assert response.incomplete_details.reason == "max_output_tokens"
    assert response.usage.output_tokens == 3
    assert response.output_text and full.output_text.startswith(response.output_text)
    assert response.output[-1].status == "incomplete"


def test_reasoning_that_eats_the_budget_leaves_no_message(client: OpenAI) -> None:
    response = client.responses.create(model=OPEN, input="Who are you?", max_output_tokens=2)
    assert [item.type for item in response.output] == ["reasoning"]
    assert (response.status, response.output_text) == ("incomplete", "")


def test_text_is_parsed_into_a_class(client: OpenAI) -> None:
    response = client.responses.parse(model=OPEN, input=SAID, text_format=Person)
    expected = Person(name="John Miller", age=29, email="john.miller@example.com")
    assert response.output_parsed == expected
    with client.responses.stream(model=OPEN, input=SAID, text_format=Person) as stream:
        assert stream.get_final_response().output_parsed == expected


def test_a_json_object_is_one(client: OpenAI) -> None:
    response = client.responses.create(
        model=PLAIN,
        input=f"Give the name as JSON. {SAID}",
        text={"format": {"type": "json_object"}},
    )
    assert response.output_text.startswith("{")


def test_the_stream_helper_gives_the_text_and_the_calls(client: OpenAI) -> None:
    with client.responses.stream(model=OPEN, input="Who are you?") as stream:
        text = "".join(each.delta for each in stream if each.type == "response.output_text.delta")
        assert text == stream.get_final_response().output_text
    with client.responses.stream(model=OPEN, input="Weather in Oslo?", tools=[WEATHER]) as stream:
        call = stream.get_final_response().output[-1]
    assert call.type == "function_call"
    assert call.parsed_arguments == {"location": "Oslo"}


def test_the_asynchronous_client_gets_the_same(client: OpenAI, mock: MockServer) -> None:
    async def ask() -> tuple[str, str, Any]:
        async with AsyncOpenAI(base_url=mock.base_url, api_key=MOCK_PAT) as asynchronous:
            whole = await asynchronous.responses.create(model=OPEN, input="Who are you?")
            async with asynchronous.responses.stream(model=OPEN, input="Who are you?") as stream:
                streamed = await stream.get_final_response()
            parsed = await asynchronous.responses.parse(model=OPEN, input=SAID, text_format=Person)
            return whole.output_text, streamed.output_text, parsed.output_parsed

    whole, streamed, parsed = asyncio.run(ask())
    expected = client.responses.create(model=OPEN, input="Who are you?").output_text
    assert whole == streamed == expected
    assert parsed.name == "John Miller"


def test_logprobs_are_given_where_they_are_asked_for(client: OpenAI) -> None:
    response = client.responses.create(
        model=PLAIN, input="Hi", include=["message.output_text.logprobs"], top_logprobs=2
    )
    (message,) = response.output
    assert message.type == "message" and message.content[0].type == "output_text"
    logprobs = message.content[0].logprobs or []
    assert "".join(each.token for each in logprobs) == response.output_text
    assert {len(each.top_logprobs) for each in logprobs} == {2}


def test_an_id_is_that_of_the_request_and_of_all_before_it(client: OpenAI) -> None:
    one, same = (client.responses.create(model=PLAIN, input="One") for _ in range(2))
    other = client.responses.create(model=PLAIN, input="Two")
    assert one.id == same.id != other.id
    after = {
        client.responses.create(model=PLAIN, input="Three", previous_response_id=each.id).id
        for each in (one, other)
    }
    assert len(after) == 2


def test_a_response_that_is_not_stored_cannot_be_gone_on_with(client: OpenAI) -> None:
    unstored = client.responses.create(model=PLAIN, input="Forget this", store=False)
    with pytest.raises(BadRequestError) as caught:
        client.responses.create(model=PLAIN, input="So?", previous_response_id=unstored.id)
    assert "send the whole conversation" in str(caught.value.body)


CALLED = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": 1}, "input"),
        ({"input": ["Hi"]}, "input.0"),
        ({"input": [{"role": "robot", "content": "Hi"}]}, "input.0.role"),
        ({"input": [{"role": "user"}]}, "input.0.content"),
        ({"input": [{"role": "user", "content": [{"type": "text"}]}]}, "input.0.content.0.type"),
        ({"input": [{"role": "user", "content": [{"type": "input_file"}]}]},
         "input.0.content.0.type"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input.0.id"),
        ({"input": [{"type": "computer_call"}]}, "input.0.type"),
        ({"input": [{"type": ["message"]}]}, "input.0.type"),
        ({"input": [CALLED]}, "input"),
        ({"input": [{k: v for k, v in CALLED.items() if k != "name"}]}, "input.0.name"),
        ({"input": [CALLED, CALLED]}, "input.1.call_id"),
        (
            {"input": [{"type": "function_call_output", "call_id": "c2", "output": ""}]},
            "input.0.call_id",
        ),
        ({"previous_response_id": "resp_unknown"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"tools": [{"type": "web_search"}]}, "tools.0.type"),
        ({"tools": [WEATHER, {"type": "mcp", "server_label": "x"}]}, "tools.1.type"),
        ({"tools": [{"type": "function"}]}, "tools.0.name"),
        ({"tools": [WEATHER | {"name": "no spaces"}]}, "tools.0.name"),
        ({"tools": [WEATHER | {"parameters": {"type": "object"}}]},
         "tools.0.parameters.additionalProperties"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [WEATHER], "tool_choice": {"type": "function", "name": "g"}},
         "tool_choice.name"),
        ({"tools": [WEATHER], "tool_choice": {"type": "web_search"}}, "tool_choice.type"),
        ({"include": ["file_search_call.results"]}, "include.0"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"temperature": "warm"}, "temperature"),
        ({"text": {"format": {"type": "json_schema"}}}, "text.format.name"),
        ({"stream": "yes"}, "stream"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_400_and_named(
    mock: MockServer, change: dict[str, Any], field: str
) -> None:
    reply = send(mock, {"model": PLAIN, "input": "Hi"} | change, path="/responses")
    assert reply.status == 400, reply.body
    assert reply.json()["details"].startswith(f"{field}: "), reply.json()


def test_a_bad_request_is_refused_before_a_stream_begins(mock: MockServer) -> None:
    body = {"model": PLAIN, "input": "Hi", "background": True, "stream": True}
    assert send(mock, body, path="/responses").status == 400


def test_a_tool_without_strict_and_parameters_is_taken_as_openai_does(client: OpenAI) -> None:
    tool: Any = {"type": "function", "name": "ping", "description": "Ping the server."}
    response = client.responses.create(
        model=PLAIN, input="Ping the server", tools=[tool], tool_choice="required"
    )
    assert response.output[0].type == "function_call"
