"""What was recorded is served again, to the client that asks the same."""

import json
from typing import Any

import openai
import pytest
from openai import OpenAI

from helpers.faults import fault
from helpers.mock import MOCK_PAT
from helpers.mock.record.record import record
from helpers.mock.record.replay import replay
from tests.contract.recorders import MODEL, QUESTION, REQUEST_ID, client_of, post

TOOL: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


# --- what is served again ---


def weather(client: OpenAI, results: dict[str, str], shuffle: bool = False) -> list[Any]:
    """A conversation with tools, as a program leads it."""
    messages: list[Any] = [
        {"role": "user", "content": "What is the weather in Paris and in Lagos?"}
    ]
    reply = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL])
    message = reply.choices[0].message
    messages.append(message)
    answers = [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "content": results[json.loads(call.function.arguments)["city"]],
        }
        for call in message.tool_calls
    ]
    messages += reversed(answers) if shuffle else answers
    chunks = client.chat.completions.create(
        model=MODEL, messages=messages, tools=[TOOL], stream=True
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return [message.model_dump(), text]


def test_conversation_replays_though_the_results_of_tools_vary(recorder, tmp_path):
    recorded = weather(client_of(recorder), {"Paris": "20 °C", "Lagos": "31 °C"})
    assert "31" in recorded[1]
    with replay(tmp_path) as server:
        client = client_of(server, MOCK_PAT)
        assert weather(client, {"Paris": "warm", "Lagos": "warmer"}, shuffle=True) == recorded


def test_responses_conversation_replays_as_well(mock, recorder, tmp_path):
    def talk(client: OpenAI, result: str) -> tuple[int, bytes] | Any:
        items: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
        tool: Any = {"type": "function", **TOOL["function"], "strict": False}
        reply = client.responses.create(model=MODEL, input=items, tools=[tool])
        items += reply.output
        [call] = [each for each in reply.output if each.type == "function_call"]
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
        return client.responses.create(model=MODEL, input=items, tools=[tool]).output_text

    recorded = talk(client_of(recorder), "20 °C")
    with replay(tmp_path) as server:
        assert talk(client_of(server), "another") == recorded != ""


def test_conversation_of_a_server_whose_ids_have_the_form_of_keys_replays(hostile, tmp_path):
    def conversation(call_id: str) -> Any:
        call = {"id": call_id, "type": "function", "function": {"name": "f", "arguments": "{}"}}
        said = {"role": "assistant", "content": None, "tool_calls": [call]}
        answer = {"role": "tool", "tool_call_id": call_id, "content": call_id}
        return {"messages": [{"role": "user", "content": "Hi"}, said, answer]}

    with record(tmp_path, hostile[0]) as server:
        post(server, conversation(f"call_{REQUEST_ID}"))
    with replay(tmp_path) as server:
        assert post(server, conversation("another"))[0] == 200


def test_repeated_request_gets_its_recordings_in_turn_and_then_from_the_first(
    mock, recorder, tmp_path
):
    client = client_of(recorder, MOCK_PAT)
    with fault("busy", times=1, mock=mock.url), pytest.raises(openai.RateLimitError):
        client.chat.completions.create(**QUESTION)
    client.chat.completions.create(**QUESTION)
    with replay(tmp_path) as server:
        assert [post(server, QUESTION)[0] for _ in range(4)] == [429, 200, 429, 200]


def test_both_forms_of_a_models_name_are_the_same_request(recorder, tmp_path):
    client_of(recorder).chat.completions.create(**QUESTION)
    with replay(tmp_path) as server:
        short = MODEL.removeprefix("https://clarifai.com/")
        assert client_of(server).chat.completions.create(**QUESTION | {"model": short}).choices


def test_replay_gives_the_same_events_and_bodies(mock, recorder, tmp_path):
    def ask(client: OpenAI) -> list[str]:
        events = client.responses.create(model=MODEL, input="Who are you?", stream=True)
        chunks = client.chat.completions.create(**QUESTION, stream=True)
        return [each.to_json() for each in [*events, *chunks, client.models.list()]]

    recorded = ask(client_of(recorder))
    with replay(tmp_path) as server:
        assert ask(client_of(server)) == recorded


def test_request_that_was_not_recorded_is_shown_the_nearest(recorder, tmp_path):
    client = client_of(recorder)
    client.chat.completions.create(**QUESTION)
    client.chat.completions.create(**QUESTION, temperature=0.5, max_completion_tokens=9)
    other = {**QUESTION, "messages": [{"role": "user", "content": "Who am I?"}]}
    with replay(tmp_path) as server, pytest.raises(openai.NotFoundError) as caught:
        client_of(server).chat.completions.create(**other, temperature=0.7)
    body: Any = caught.value.body
    assert body.keys() == {"code", "description", "details", "req_id"}
    details = body["details"]
    assert "The nearest is 001_chat_completions_who_are_you.json, which differs in" in details
    assert 'messages.0.content (recorded "Who are you?", sent "Who am I?")' in details
    assert "temperature (recorded nothing, sent 0.7)" in details
    with replay(tmp_path) as server:
        details = json.loads(post(server, {}, "/embeddings")[1])["details"]
    assert details.endswith("was not recorded. Recorded are: POST /chat/completions")


def test_stream_that_broke_off_breaks_off_again(mock, recorder, tmp_path):
    with fault("drop_midstream", after=4, mock=mock.url), pytest.raises(openai.APIConnectionError):
        list(client_of(recorder, MOCK_PAT).chat.completions.create(**QUESTION, stream=True))
    received = []
    with replay(tmp_path) as server, pytest.raises(openai.APIConnectionError):
        for chunk in client_of(server).chat.completions.create(**QUESTION, stream=True):
            received.append(chunk)
    assert len(received) == 4
