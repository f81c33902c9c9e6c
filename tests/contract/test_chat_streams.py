"""A reply that is streamed: its chunks, the helper that gathers them, and many side by side."""

import asyncio
import http.client
import json
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

from helpers.mock import MOCK_PAT, OPENAI_PATH, catalogue
from helpers.mock.apis import chat, turn
from helpers.mock.apis.context import Context
from helpers.mock.server import MockServer
from helpers.models import parse_model
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


@pytest.mark.parametrize("cities", [("Oslo",), ("Oslo", "Paris")])
def test_streamed_calls_are_opened_named_and_then_filled(
    mock: MockServer, cities: tuple[str, ...]
) -> None:
    stream = chunks(mock, messages=asks(*cities), tools=[WEATHER])
    deltas = [choice["delta"] for choice in choices(stream)]
    assert deltas[0]["role"] == "assistant"
    assert deltas[0]["content"] is None
    assert ("tool_calls" in deltas[0]) == (len(cities) == 1)
    calls: dict[int, str] = {}
    for delta in deltas:
        for part in delta.get("tool_calls", ()):
            if part["index"] not in calls:
                assert part["id"] and part["function"] == {"name": "get_weather", "arguments": ""}
                calls[part["index"]] = ""
            else:
                assert "id" not in part and "name" not in part["function"]
                calls[part["index"]] += part["function"]["arguments"]
    assert [json.loads(text)["location"] for text in calls.values()] == list(cities)
    assert stream[-2]["choices"][0]["finish_reason"] == "tool_calls"


# Streams


@pytest.mark.parametrize("tools", [{}, {"tools": [WEATHER]}])
def test_a_stream_begins_before_the_model_has_answered(
    monkeypatch: pytest.MonkeyPatch, tools: dict[str, Any]
) -> None:
    asked: list[Any] = []

    def take(*of: Any) -> Any:
        asked.append(of)
        return turn.take(*of)

    monkeypatch.setattr(chat, "take", take)
    model = catalogue.find(parse_model(OPEN))
    assert model is not None
    events = chat.stream(model, {"model": OPEN, "messages": WHO} | tools, Context())
    first = json.loads(next(events))
    assert first["choices"][0]["delta"]["role"] == "assistant"
    assert bool(asked) == bool(tools), "what the model does with tools is seen in the first chunk"
    assert len(list(events)) > 3 and len(asked) == 1


def test_a_stream_has_the_role_the_text_the_finish_the_usage(mock: MockServer) -> None:
    first, *middle, finish, usage = chunks(mock)
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    assert all(list(chunk["choices"][0]["delta"]) == ["content"] for chunk in middle)
    assert finish["choices"][0]["delta"] == {}
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert all(chunk["usage"] is None for chunk in (first, *middle, finish))
    assert usage["choices"] == []
    whole = send(mock, {"model": PLAIN, "messages": WHO}).json()
    tokens = {key: usage["usage"][key] for key in whole["usage"] if key.endswith("tokens")}
    assert tokens.items() <= whole["usage"].items(), "also for a client that did not ask for it"
    text = "".join(chunk["choices"][0]["delta"]["content"] for chunk in middle)
    assert text == whole["choices"][0]["message"]["content"]


def test_chunks_reach_a_reader_one_by_one(mock: MockServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=10)
    # A text of a thousand tokens or so; another word each time, so that none is remembered.
    words = " ".join(f"word{number}" for number in range(1000))
    messages = [{"role": "user", "content": f"Repeat exactly: {words}"}]
    body = json.dumps({"model": PLAIN, "messages": messages, "stream": True})
    headers = {"authorization": f"Key {MOCK_PAT}"}
    connection.request("POST", f"{OPENAI_PATH}/chat/completions", body, headers)
    reply = connection.getresponse()
    sizes = []
    while piece := reply.read1(1 << 20):
        sizes.append(len(piece))
    connection.close()
    assert len(sizes) > 20, "not in a single burst"
    assert max(sizes) < sum(sizes) / 4


def test_the_stream_helper_gathers_text_calls_and_parsed_objects(client: OpenAI) -> None:
    with client.chat.completions.stream(model=OPEN, messages=WHO) as stream:
        text = "".join(event.delta for event in stream if event.type == "content.delta")
        assert text == stream.get_final_completion().choices[0].message.content
    with client.chat.completions.stream(
        model=CLAUDE, messages=asks("Oslo", "Paris"), tools=[WEATHER]
    ) as stream:
        done = [e for e in stream if e.type == "tool_calls.function.arguments.done"]
    assert [json.loads(event.arguments)["location"] for event in done] == ["Oslo", "Paris"]
    with client.chat.completions.stream(
        model=PLAIN, messages=JOHN, response_format=Person
    ) as stream:
        parsed = stream.get_final_completion().choices[0].message.parsed
    assert parsed and parsed.age == 29


def test_the_asynchronous_client_gets_the_same(client: OpenAI, mock: MockServer) -> None:
    async def ask() -> tuple[Any, str, Any]:
        async with AsyncOpenAI(base_url=mock.base_url, api_key=MOCK_PAT) as asynchronous:
            chat = asynchronous.chat.completions
            whole = await chat.create(model=OPEN, messages=WHO)
            text = ""
            async for chunk in await chat.create(model=OPEN, messages=WHO, stream=True):
                text += "".join(choice.delta.content or "" for choice in chunk.choices)
            parsed = await chat.parse(model=OPEN, messages=JOHN, response_format=Person)
            return whole, text, parsed.choices[0].message.parsed

    whole, text, parsed = asyncio.run(ask())
    assert whole == client.chat.completions.create(model=OPEN, messages=WHO)
    assert text == whole.choices[0].message.content
    assert parsed.name == "John Miller"


def test_streams_side_by_side_are_not_mixed_up(mock: MockServer) -> None:
    async def ask(asynchronous: AsyncOpenAI, number: int) -> bool:
        said = f"number {number} " * 50
        stream = await asynchronous.chat.completions.create(
            model=PLAIN,
            messages=[{"role": "user", "content": f"Repeat exactly: {said}"}],
            stream=True,
        )
        text = "".join(
            [choice.delta.content or "" async for chunk in stream for choice in chunk.choices]
        )
        return said.strip() in text

    async def all_of_them() -> list[bool]:
        async with AsyncOpenAI(base_url=mock.base_url, api_key=MOCK_PAT) as asynchronous:
            return await asyncio.gather(*(ask(asynchronous, number) for number in range(16)))

    assert all(asyncio.run(all_of_them()))
