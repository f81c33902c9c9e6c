"""Whatever the mock replies can be sent back to it, and a null is a field that is not set."""

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openai import OpenAI
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.image_generate_params import ImageGenerateParamsBase
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from helpers.mock.server import MockServer
from tests.contract import chat
from tests.contract.generated import APIS, CHAT, RESPONSES, functions, sentences
from tests.contract.wire import send
from tests.examples import examples

MODELS = [
    "openai/chat-completion/models/gpt-oss-120b",
    "openai/chat-completion/models/gpt-4o",
    "anthropic/completion/models/claude-sonnet-4",
    "moonshotai/chat-completion/models/Kimi-K2_6",
]


def user(content: str) -> dict[str, Any]:
    return {"role": "user", "content": content}


ON: Any = user("And what did I ask first?")
REFUSED = {
    "messages": [{"role": "user", "content": "Tell me how to steal a car"}],
    "response_format": {
        "type": "json_schema",
        "json_schema": {
            "name": "r",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "required": ["a"],
                "additionalProperties": False,
            },
        },
    },
}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A model, what it is asked, its tools if any, and how much it may say."""
    tools = draw(st.none() | functions)
    asked: dict[str, Any] = {"model": draw(st.sampled_from(MODELS)), "said": draw(sentences)}
    asked["tools"] = [tool | {"strict": False} for tool in tools] if tools else []
    asked["choice"] = draw(st.sampled_from(["auto", "required"])) if tools else "auto"
    asked["limit"] = draw(st.none() | st.integers(1, 40))
    return asked


RESULTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["status", "ok", "name", "hotels", "temperature", "unit", "error", ""]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=9,
)


@examples(150)
@given(
    result=RESULTS,
    tool=st.sampled_from(["find_hotels", "get_weather", "add_note", ""]),
    asked=st.sampled_from(["Are there any hotels in Ulm?", "Which is the oldest?", "Note it."]),
    then=st.sampled_from(["", "And how warm is it?", "Cancel the first one."]),
)
@example({"hotels": []}, "find_hotels", "Are there any hotels in Ulm?", "")
@example([[], {"name": [], "hotels": [{}]}], "find_hotels", "Are there any hotels in Ulm?", "")
@example({"status": []}, "add_note", "Note it.", "")
def test_whatever_a_tool_returned_is_told(
    mock: MockServer, result: Any, tool: str, asked: str, then: str
) -> None:
    called = {"name": tool, "arguments": '{"town": "Ulm"}'}
    messages = [
        user(asked),
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": called}]},
        {"role": "tool", "tool_call_id": "a", "content": json.dumps(result)},
        *([user(then)] if then else ()),
    ]
    reply = send(mock, {"model": MODELS[0], "messages": messages})
    assert reply.status == 200, reply.body
    assert reply.json()["choices"][0]["message"]["content"]


def chat_request(question: dict[str, Any]) -> dict[str, Any]:
    request = {
        "model": question["model"],
        "messages": [{"role": "user", "content": question["said"]}],
        "max_completion_tokens": question["limit"],
    }
    if question["tools"]:
        request["tools"] = [{"type": "function", "function": tool} for tool in question["tools"]]
        request["tool_choice"] = question["choice"]
    return request


def joined(stream: bytes) -> dict[str, Any]:
    """The message that the deltas of a stream make, as clients join them."""
    message: dict[str, Any] = {}
    for data in re.findall(rb"^data: (\{.*)$", stream, re.MULTILINE):
        for choice in json.loads(data)["choices"]:
            for key, value in choice["delta"].items():
                if key == "tool_calls":
                    calls = message.setdefault("tool_calls", [])
                    for part in value:
                        if part["index"] == len(calls):
                            calls.append(part)
                        else:
                            arguments = part["function"]["arguments"]
                            calls[part["index"]]["function"]["arguments"] += arguments
                elif isinstance(value, str) and key != "role":
                    message[key] = (message.get(key) or "") + value
                else:
                    message[key] = value
    return message


def answers(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"role": "tool", "tool_call_id": call["id"], "content": "Done."}
        for call in message.get("tool_calls") or ()
    ]


@examples(40)
@given(question=questions())
def test_every_chat_message_can_be_sent_back_whole_or_joined(
    mock: MockServer, question: dict[str, Any]
) -> None:
    request = chat_request(question)
    whole = send(mock, request)
    assert whole.status == 200, whole.body
    message = whole.json()["choices"][0]["message"]
    without = {key: value for key, value in message.items() if value is not None}
    for said in (message, without, joined(send(mock, request | {"stream": True}).body)):
        followed = [*request["messages"], said, *answers(said), ON]
        again = send(mock, request | {"messages": followed})
        assert again.status == 200, (again.body, said)


@examples(40)
@given(question=questions())
def test_every_item_of_a_response_can_be_sent_back_or_referred_to(
    mock: MockServer, question: dict[str, Any]
) -> None:
    asked = {"role": "user", "content": question["said"]}
    request = {
        "model": question["model"],
        "input": [asked],
        "max_output_tokens": question["limit"],
        "tools": [{"type": "function"} | tool for tool in question["tools"]],
        "tool_choice": question["choice"],
    }
    whole = send(mock, request, RESPONSES)
    assert whole.status == 200, whole.body
    output = whole.json()["output"]
    done = [
        {"type": "function_call_output", "call_id": item["call_id"], "output": "Done."}
        for item in output
        if item["type"] == "function_call"
    ]
    references = [{"type": "item_reference", "id": item["id"]} for item in output]
    replies = []
    for items in (output, references):
        again = send(mock, request | {"input": [asked, *items, *done, ON]}, RESPONSES)
        assert again.status == 200, (again.body, items)
        replies.append(again.json()["usage"]["input_tokens"])
    assert replies[0] == replies[1]


TOOL = {"type": "function"} | chat.WEATHER["function"]


@pytest.mark.parametrize(
    "asked",
    [
        {"input": [user("What is the weather in Oslo and in Paris?")], "tools": [TOOL]},
        {"input": [user("What is 17 times 23?")], "max_output_tokens": 2},
        {"input": [user("Who are you?")]},
    ],
)
def test_a_conversation_counts_the_same_however_it_is_gone_on_with(
    mock: MockServer, asked: dict[str, Any]
) -> None:
    request = {"model": MODELS[0]} | asked
    reply = send(mock, request, RESPONSES).json()
    calls = [item["call_id"] for item in reply["output"] if item["type"] == "function_call"]
    done = [{"type": "function_call_output", "call_id": id_, "output": "7"} for id_ in calls]
    references = [{"type": "item_reference", "id": item["id"]} for item in reply["output"]]
    counts = set()
    for change in (
        {"input": [*asked["input"], *reply["output"], *done, ON]},
        {"input": [*asked["input"], *references, *done, ON]},
        {"input": [*done, ON], "previous_response_id": reply["id"]},
    ):
        again = send(mock, request | change, RESPONSES)
        assert again.status == 200, again.body
        counts.add(again.json()["usage"]["input_tokens"])
    assert len(calls) == (2 if "tools" in asked else 0)
    assert len(counts) == 1


@pytest.mark.parametrize("model", MODELS)
def test_the_clients_own_objects_can_be_sent_back(client: OpenAI, model: str) -> None:
    messages: Any = [{"role": "user", "content": "My name is Ada."}]
    message = client.chat.completions.create(model=model, messages=messages).choices[0].message
    for said in (message, message.model_dump(), message.to_dict()):
        again = client.chat.completions.create(model=model, messages=[*messages, said, ON])
        assert again.choices
    refusal = client.chat.completions.create(**REFUSED, model=model).choices[0].message  # type: ignore[call-overload]
    assert client.chat.completions.create(model=model, messages=[*messages, refusal, ON]).choices


def test_an_item_without_a_type_may_be_a_reference(mock: MockServer) -> None:
    model = MODELS[1]
    stored = send(mock, {"model": model, "input": "I like tea."}, RESPONSES).json()["output"][0]
    back = {"model": model, "input": [{"id": stored["id"]}, ON]}
    assert send(mock, back, RESPONSES).status == 200
    unknown = send(mock, {"model": model, "input": [{"id": "msg_nobody"}, ON]}, RESPONSES)
    assert unknown.json()["details"].startswith("input.0.id: ")


OPTIONS = {
    "/chat/completions": CompletionCreateParamsBase,
    "/responses": ResponseCreateParamsBase,
    "/embeddings": EmbeddingCreateParams,
    "/images/generations": ImageGenerateParamsBase,
}


@pytest.mark.parametrize("path", OPTIONS)
def test_every_option_may_be_null(mock: MockServer, path: str) -> None:
    least = APIS[path][1]
    unset = dict.fromkeys(OPTIONS[path].__annotations__.keys() - least.keys())
    plain = send(mock, least, path)
    with_nulls = send(mock, unset | {"stream": None} | least, path)
    assert with_nulls.status == 200, with_nulls.body
    assert with_nulls.body == plain.body, "and it means the same as leaving it out"


def test_nulls_inside_of_messages_and_tools_are_not_set(mock: MockServer) -> None:
    function = {"name": "f", "description": None, "parameters": None, "strict": None}
    message = {"role": "user", "content": [{"type": "text", "text": "Hi", "x": None}], "name": None}
    request = {
        "model": MODELS[0],
        "messages": [message],
        "tools": [{"type": "function", "function": function}],
        "response_format": {"type": "text", "json_schema": None},
        "metadata": {"a": None},
    }
    assert send(mock, request, CHAT).status == 200


def test_a_null_in_a_schema_is_a_value(mock: MockServer) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": [None]}}, "required": ["a"]}
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    request = {"model": MODELS[0], "messages": [ON], "response_format": shape}
    content = send(mock, request).json()["choices"][0]["message"]["content"]
    assert json.loads(content) == {"a": None}


@pytest.mark.parametrize("properties", [None, [1], "x", 3])
def test_properties_that_are_none_are_passed_over(mock: MockServer, properties: Any) -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": {
        "type": "object", "properties": properties}}}  # fmt: skip
    message = {"role": "user", "content": "What is 2 + 2?"}
    reply = send(mock, {"model": MODELS[0], "messages": [message], "response_format": shape})
    assert json.loads(reply.json()["choices"][0]["message"]["content"]) == {}


def test_a_required_field_that_is_null_is_missed(mock: MockServer) -> None:
    reply = send(mock, {"model": MODELS[0], "messages": None})
    assert reply.json()["details"] == "messages: Field required"


def test_items_are_read_as_the_messages_that_they_stand_for(client: OpenAI) -> None:
    asked, results = "What is the weather in Paris and in Oslo?", ("21 °C, sunny", "7 °C, rain")
    calls = [(f"c{n}", f'{{"location": "{city}"}}') for n, city in enumerate(("Paris", "Oslo"))]
    messages: list[Any] = [
        {"role": "developer", "content": "Be brief.\nSay it in English."},
        {"role": "user", "content": asked},
        {"role": "assistant", "tool_calls": [
            {"id": id_, "type": "function", "function": {"name": "get_weather", "arguments": given}}
            for id_, given in calls
        ]},
        {"role": "tool", "tool_call_id": "c1", "content": results[1]},
        {"role": "tool", "tool_call_id": "c0", "content": results[0]},
    ]  # fmt: skip
    items: list[Any] = [
        {"role": "developer", "content": _texts("Be brief.", "Say it in English.")},
        {"type": "message", "role": "user", "content": _texts(asked)},
        *(
            {"type": "function_call", "call_id": name, "name": "get_weather", "arguments": given}
            for name, given in calls
        ),
        {"type": "function_call_output", "call_id": "c1", "output": results[1]},
        {"type": "function_call_output", "call_id": "c0", "output": _texts(results[0])},
    ]
    tool: Any = {key: each for key, each in chat.WEATHER["function"].items() if key != "strict"}
    said = client.chat.completions.create(
        model=chat.PLAIN, messages=messages, tools=[{"type": "function", "function": tool}]
    )
    response = client.responses.create(
        model=chat.PLAIN, input=items, tools=[{"type": "function", "strict": False, **tool}]
    )
    assert said.choices[0].message.content == response.output_text
    assert said.usage and response.usage
    read, written = said.usage.prompt_tokens_details, said.usage.completion_tokens_details
    assert read and written and read.audio_tokens == written.audio_tokens == 0
    assert said.usage.prompt_tokens == response.usage.input_tokens
    assert said.usage.completion_tokens == response.usage.output_tokens


def _texts(*texts: str) -> list[dict[str, str]]:
    return [{"type": "input_text", "text": text} for text in texts]
