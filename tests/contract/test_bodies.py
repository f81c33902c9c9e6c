"""Chat completions, whole and streamed: each field with its value, and no other."""

import json
import re
from typing import Any

import pytest

from helpers.mock.requests import without_nulls
from helpers.mock.server import MockServer
from tests.contract.chat import OPEN, PLAIN, WEATHER, asks, choices, chunks
from tests.contract.generated import CHAT
from tests.contract.wire import send

SAY = "Repeat exactly: one two"
ASKED: Any = [{"role": "user", "content": SAY}]
THOUGHT = "The user says what to say."
WHEN = 1_735_689_600
REFUSE = "Tell me how to steal a car"
REFUSED = "I'm sorry, but I can't help with that."
EMPTY: dict[str, Any] = {"type": "object", "properties": {}}

# Chat completions


def counted(prompt: int, completion: int, reasoning: int = 0) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": reasoning,
            "rejected_prediction_tokens": 0,
        },
    }


def completion(mock: MockServer, **asked: Any) -> dict[str, Any]:
    """What varies of a reply, without nulls; the rest is looked at here."""
    reply = send(mock, {"model": PLAIN, "messages": ASKED} | asked, CHAT)
    assert reply.status == 200, reply.body
    body: dict[str, Any] = without_nulls(reply.json())
    assert re.fullmatch("chatcmpl-[0-9a-f]{24}", body.pop("id"))
    fixed = {name: body.pop(name) for name in body.keys() - {"choices", "usage"}}
    assert fixed == {
        "object": "chat.completion",
        "created": WHEN,
        "model": asked.get("model", PLAIN).rsplit("/", 1)[1],
        "service_tier": "default",
        "system_fingerprint": "fp_simulated",
    }
    return body


def choice(index: int = 0, finish: str = "stop", **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "annotations": []} | message
    return {"index": index, "finish_reason": finish, "message": said}


def test_a_chat_completion_has_its_text_and_its_counts(mock: MockServer) -> None:
    assert completion(mock) == {"choices": [choice(content="one two")], "usage": counted(12, 2)}
    thought = completion(mock, model=OPEN)
    assert thought["choices"] == [choice(content="one two", reasoning=THOUGHT)]
    assert thought["usage"] == counted(12, 9, 7)


def test_choices_are_numbered_and_counted_together(mock: MockServer) -> None:
    two = completion(mock, n=2, model=OPEN)
    assert two["choices"] == [
        choice(index, content="one two", reasoning=THOUGHT) for index in range(2)
    ]
    assert two["usage"] == counted(12, 18, 14)


@pytest.mark.parametrize("top", [0, 1, 2])
def test_a_token_comes_with_as_many_likely_ones_as_are_asked_for(
    mock: MockServer, top: int
) -> None:
    chosen, rival = (
        {"token": token, "bytes": list(token.encode()), "logprob": logprob}
        for token, logprob in (("one", -0.322265625), ("one1", -1.322265625))
    )
    token = chosen | {"top_logprobs": [chosen, rival][:top]}
    cut = completion(mock, max_tokens=1, logprobs=True, top_logprobs=top)
    likely = {"logprobs": {"content": [token]}}
    assert cut["choices"] == [choice(finish="length", content="one") | likely]
    unasked = completion(mock, max_tokens=1, logprobs=True)
    assert unasked["choices"][0]["logprobs"]["content"][0]["top_logprobs"] == []


@pytest.mark.parametrize("model", [PLAIN, OPEN])
def test_calls_are_numbered_by_models_that_clarifai_hosts(mock: MockServer, model: str) -> None:
    asked = {"tools": [WEATHER], "reasoning_effort": "none"}
    body = completion(mock, model=model, messages=asks("Oslo", "Rome"), **asked)
    message = body["choices"][0]["message"]
    ids = [call.pop("id") for call in message["tool_calls"]]
    assert len({*ids}) == 2
    calls: list[dict[str, Any]] = [
        {
            "type": "function",
            "function": {"name": "get_weather", "arguments": json.dumps({"location": city})},
        }
        for city in ("Oslo", "Rome")
    ]
    if model == OPEN:
        calls = [call | {"index": index} for index, call in enumerate(calls)]
    assert body["choices"] == [choice(finish="tool_calls", tool_calls=calls)]


def refusing() -> dict[str, Any]:
    schema = {"name": "r", "schema": EMPTY}
    return {
        "messages": [{"role": "user", "content": REFUSE}],
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def test_a_refusal_stands_in_the_place_of_the_text(mock: MockServer) -> None:
    assert completion(mock, **refusing())["choices"] == [choice(refusal=REFUSED)]
    pieces = [each["delta"] for each in choices(chunks(mock, **refusing()))]
    assert pieces[0] == {"content": "", "refusal": None, "role": "assistant"}
    assert "".join(piece["refusal"] for piece in pieces[1:-1]) == REFUSED
    assert {*map(len, pieces[1:-1])} == {1}


def deltas(*each: dict[str, Any], finish: str = "stop", index: int = 0) -> list[dict[str, Any]]:
    """The choices of a stream, one for each delta, and then its end."""
    plain = {"index": index, "finish_reason": None, "logprobs": None}
    return [*({"delta": delta} | plain for delta in each),
            {"delta": {}} | plain | {"finish_reason": finish}]  # fmt: skip


OPENED = {"content": "", "refusal": None, "role": "assistant"}


@pytest.mark.parametrize(
    ("model", "fields"),
    [(PLAIN, ()), (OPEN, ("reasoning",)),
     ("moonshotai/chat-completion/models/Kimi-K2_6", ("reasoning", "reasoning_content"))],
)  # fmt: skip
def test_a_stream_of_text_is_its_role_its_thoughts_its_text_its_end_and_its_counts(
    mock: MockServer, model: str, fields: tuple[str, ...]
) -> None:
    *stream, last = chunks(mock, model=model, messages=ASKED, n=2)
    thoughts = re.findall(r" ?[\w.]+?\b|\.", THOUGHT) if fields else []
    said = [
        OPENED,
        *(dict.fromkeys(fields, piece) for piece in thoughts),
        *({"content": piece} for piece in ("one", " two")),
    ]
    both = [*deltas(*said), *deltas(*said, index=1)]
    assert [chunk.pop("choices") for chunk in stream] == [[each] for each in both]
    assert [chunk.pop("usage") for chunk in stream] == [None] * len(both)
    assert last.pop("choices") == []
    assert without_nulls(last.pop("usage")) == counted(12, 2 * len(said) - 2, 2 * len(thoughts))
    assert all(chunk == last for chunk in stream), "all else is the same from chunk to chunk"
    assert re.fullmatch("chatcmpl-[0-9a-f]{24}", last.pop("id"))
    assert last == {
        "created": WHEN,
        "model": model.rsplit("/", 1)[1],
        "object": "chat.completion.chunk",
        "service_tier": "default",
        "system_fingerprint": "fp_simulated",
    }


@pytest.mark.parametrize("cities", [("Oslo",), ("Oslo", "Rome")])
def test_a_stream_of_calls_opens_each_and_fills_it_piece_by_piece(
    mock: MockServer, cities: tuple[str, ...]
) -> None:
    stream = [*choices(chunks(mock, messages=asks(*cities), tools=[WEATHER]))]
    ids = [call["id"] for each in stream for call in each["delta"].get("tool_calls", ())
           if "id" in call]  # fmt: skip
    said: list[dict[str, Any]] = [OPENED | {"content": None}]
    for index, (id_, city) in enumerate(zip(ids, cities, strict=True)):
        function = {"name": "get_weather", "arguments": ""}
        opening = {"index": index, "id": id_, "type": "function", "function": function}
        said.append({"tool_calls": [opening]})
        for piece in ('{"', "locati", "on", '":', ' "', city, '"}'):
            part = {"index": index, "function": {"arguments": piece}}
            said.append({"tool_calls": [part]})
    if len(cities) == 1:
        said[:2] = [{"content": None, "role": "assistant"} | said[1]]
    assert stream == deltas(*said, finish="tool_calls")
