"""Responses and their events: each field with its value, and no other."""

import json
import re
from typing import Any

import pytest

from helpers.mock.requests import without_nulls
from helpers.mock.server import MockServer
from tests.contract.chat import OPEN, PLAIN, WEATHER, asks
from tests.contract.generated import RESPONSES
from tests.contract.test_bodies import EMPTY, REFUSE, REFUSED, SAY, THOUGHT, WHEN
from tests.contract.wire import send


def response(model: str, **more: Any) -> dict[str, Any]:
    """What a response says of itself and of its request, for one that sets nothing."""
    return {
        "object": "response", "created_at": WHEN, "completed_at": None, "status": "in_progress",
        "background": False, "error": None, "incomplete_details": None,
        "model": model.rsplit("/", 1)[1], "output": [], "service_tier": "default", "usage": None,
        "frequency_penalty": 0, "presence_penalty": 0, "temperature": 1, "top_p": 1,
        "instructions": None, "max_output_tokens": None, "max_tool_calls": None, "metadata": {},
        "parallel_tool_calls": True, "previous_response_id": None, "prompt_cache_key": None,
        "prompt_cache_retention": None, "reasoning": {"effort": None, "summary": None},
        "safety_identifier": None, "store": True, "tool_choice": "auto", "tools": [],
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "top_logprobs": 0, "truncation": "disabled", "user": None,
    } | more  # fmt: skip


def spent(prompt: int, output: int, reasoning: int = 0) -> dict[str, Any]:
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": prompt + output,
    }


def item(id_: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "type": kind, "status": "completed"} | more


def text_part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


Event = tuple[str, dict[str, Any]]


def streamed(
    mock: MockServer, **asked: Any
) -> tuple[str, dict[str, Any], list[Event], dict[str, Any]]:
    """The digits of the ids, the response at the start, the events, and it at the end."""
    reply = send(mock, {"model": PLAIN, "input": SAY, "stream": True} | asked, RESPONSES)
    assert reply.status == 200, reply.body
    events: list[Event] = []
    for number, frame in enumerate(reply.body.decode().split("\n\n")[:-1]):
        name, _, data = frame.partition("\ndata: ")
        event = json.loads(data)
        kind = event.pop("type")
        assert (name, event.pop("sequence_number")) == (f"event: {kind}", number)
        events.append((kind.removeprefix("response."), event))
    (first, opening), (second, again), *between, (last, ending) = events
    assert (first, second, last) == ("created", "in_progress", ending["response"]["status"])
    assert opening == again
    assert {*again} == {*ending} == {"response"}
    begun, done = opening["response"], ending["response"]
    digits = begun.pop("id").removeprefix("resp_")
    assert re.fullmatch("[0-9a-f]{24}", digits)
    assert done.pop("id") == f"resp_{digits}"
    return digits, begun, between, done


def part_events(
    at: int, name: str, kind: str, part: dict[str, Any], pieces: list[str], **more: Any
) -> list[Event]:
    """The events of a part of an item, which has one."""
    key = "refusal" if kind == "refusal" else "text"
    place = {"item_id": name, "output_index": at, "content_index": 0}
    empty = part | {key: ""}
    return [
        ("content_part.added", place | {"part": empty}),
        *((f"{kind}.delta", place | {"delta": piece} | more) for piece in pieces),
        (f"{kind}.done", place | {key: part[key]} | more),
        ("content_part.done", place | {"part": part}),
    ]


def message_events(at: int, name: str) -> tuple[dict[str, Any], list[Event]]:
    part = text_part("one two")
    message = item(name, "message", role="assistant", content=[part])
    begun = message | {"status": "in_progress", "content": []}
    return message, [
        ("output_item.added", {"output_index": at, "item": begun}),
        *part_events(at, name, "output_text", part, ["one", " two"], logprobs=[]),
        ("output_item.done", {"output_index": at, "item": message}),
    ]


THOUGHTS = ["The", " user", " says", " what", " to", " say", "."]


def test_a_response_streams_its_text_and_says_all_of_itself_twice(mock: MockServer) -> None:
    digits, begun, events, done = streamed(mock)
    message, expected = message_events(0, f"msg_{digits}")
    assert begun == response(PLAIN)
    assert events == expected
    ended = {"status": "completed", "completed_at": WHEN, "output": [message]}
    assert done == response(PLAIN, **ended, usage=spent(12, 2))
    whole = send(mock, {"model": PLAIN, "input": SAY}, RESPONSES).json()
    assert without_nulls(whole) == without_nulls({"id": f"resp_{digits}"} | done)


@pytest.mark.parametrize("hidden", [False, True])
def test_a_response_streams_its_thoughts_before_its_text(mock: MockServer, hidden: bool) -> None:
    include = ["reasoning.encrypted_content"] if hidden else []
    digits, begun, events, done = streamed(mock, model=OPEN, include=include)
    part = {"type": "reasoning_text", "text": THOUGHT}
    thinking = item(f"rs_{digits}", "reasoning", summary=[], content=[part])
    thinking["encrypted_content"] = events[0][1]["item"]["encrypted_content"]
    assert isinstance(thinking["encrypted_content"], str) == hidden
    unfinished = thinking | {"status": "in_progress", "content": None}
    message, then = message_events(1, f"msg_{digits}")
    assert events == [
        ("output_item.added", {"output_index": 0, "item": unfinished}),
        *part_events(0, f"rs_{digits}", "reasoning_text", part, THOUGHTS),
        ("output_item.done", {"output_index": 0, "item": thinking}),
        *then,
    ]
    assert begun == response(OPEN)
    ended = {"status": "completed", "completed_at": WHEN, "output": [thinking, message]}
    assert done == response(OPEN, **ended, usage=spent(12, 9, 7))


def test_a_summary_of_the_thoughts_comes_in_their_place(mock: MockServer) -> None:
    wish = {"summary": "auto"}
    digits, begun, events, done = streamed(mock, model=OPEN, reasoning=wish)
    part = {"type": "summary_text", "text": THOUGHT}
    thinking = item(f"rs_{digits}", "reasoning", summary=[part], content=None)
    thinking["encrypted_content"] = None
    unfinished = thinking | {"status": "in_progress", "summary": []}
    place = {"item_id": f"rs_{digits}", "output_index": 0, "summary_index": 0}
    message, then = message_events(1, f"msg_{digits}")
    assert events == [
        ("output_item.added", {"output_index": 0, "item": unfinished}),
        ("reasoning_summary_part.added", place | {"part": part | {"text": ""}}),
        *(("reasoning_summary_text.delta", place | {"delta": piece}) for piece in THOUGHTS),
        ("reasoning_summary_text.done", place | {"text": THOUGHT}),
        ("reasoning_summary_part.done", place | {"part": part}),
        ("output_item.done", {"output_index": 0, "item": thinking}),
        *then,
    ]
    assert begun == response(OPEN, reasoning={"effort": None, "summary": "auto"})
    assert done["output"] == [thinking, message]


def test_a_response_streams_calls_one_after_the_other(mock: MockServer) -> None:
    tool = {"type": "function", **WEATHER["function"]}
    said = asks("Oslo", "Rome")[0]["content"]
    digits, _, events, done = streamed(mock, input=said, tools=[tool])
    expected: list[Event] = []
    calls = []
    for at, city in enumerate(("Oslo", "Rome")):
        arguments = json.dumps({"location": city})
        name = f"fc_{digits}{at:02}"
        call = item(name, "function_call", name="get_weather", arguments=arguments)
        call["call_id"] = done["output"][at]["call_id"]
        calls.append(call)
        place = {"item_id": name, "output_index": at}
        begun = call | {"status": "in_progress", "arguments": ""}
        pieces = ('{"', "locati", "on", '":', ' "', city, '"}')
        expected += [
            ("output_item.added", {"output_index": at, "item": begun}),
            *(("function_call_arguments.delta", place | {"delta": each}) for each in pieces),
            ("function_call_arguments.done", place | {"arguments": arguments}),
            ("output_item.done", {"output_index": at, "item": call}),
        ]
    assert events == expected
    assert done["output"] == calls
    assert len({call["call_id"] for call in calls}) == 2
    assert done["usage"] == spent(done["usage"]["input_tokens"], 14)


def test_a_response_streams_a_refusal_as_one(mock: MockServer) -> None:
    form = {"type": "json_schema", "name": "r", "schema": EMPTY}
    digits, _, events, done = streamed(mock, input=REFUSE, text={"format": form})
    part = {"type": "refusal", "refusal": REFUSED}
    message = item(f"msg_{digits}", "message", role="assistant", content=[part])
    pieces = [event["delta"] for kind, event in events if kind == "refusal.delta"]
    assert "".join(pieces) == REFUSED
    begun = message | {"status": "in_progress", "content": []}
    assert events == [
        ("output_item.added", {"output_index": 0, "item": begun}),
        *part_events(0, f"msg_{digits}", "refusal", part, pieces),
        ("output_item.done", {"output_index": 0, "item": message}),
    ]
    assert done["output"] == [message]


@pytest.mark.parametrize("included", [False, True])
def test_logprobs_of_a_response_come_with_each_piece_and_with_all(
    mock: MockServer, included: bool
) -> None:
    """Asked for by name they are without rivals, and by a number with so many."""
    wish: Any = {"include": ["message.output_text.logprobs"]} if included else {"top_logprobs": 2}
    _, _, events, done = streamed(mock, **wish)
    [part] = done["output"][0]["content"]
    assert [each["token"] for each in part["logprobs"]] == ["one", " two"]
    assert {len(each["top_logprobs"]) for each in part["logprobs"]} == {0 if included else 2}
    given = [event["logprobs"] for kind, event in events if kind.startswith("output_text.")]
    assert given == [[each] for each in part["logprobs"]] + [part["logprobs"]]


def test_a_response_that_is_cut_is_incomplete_at_its_last_item(mock: MockServer) -> None:
    _, _, events, done = streamed(mock, model=OPEN, max_output_tokens=8)
    assert [each["status"] for each in done["output"]] == ["completed", "incomplete"]
    assert done["output"][-1]["content"] == [text_part("one")]
    assert events[-1][1]["item"] == done["output"][-1]
    ended = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    expected = response(OPEN, **ended, output=done["output"], usage=spent(12, 8, 7))
    assert done == expected | {"max_output_tokens": 8}
