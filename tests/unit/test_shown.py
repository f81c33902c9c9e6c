"""Exchanges as a learner sees them: lines of text, and a diagram, whatever was said."""

from typing import Any

import pytest

from helpers.transcript import Exchange, Transcript
from helpers.transcript.read import sent

QUESTION = {"role": "user", "content": "Weather in Oslo?"}
CALL = {"id": "a", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "7 °C"}


def chat(*messages: Any, reply: Any = None, status: int | None = 200, **more: Any) -> Exchange:
    body = {"choices": [{"message": reply}], **more} if reply else more
    return Exchange("POST", "/chat/completions", {"messages": [*messages]}, status, body)


def lines(*exchanges: Exchange) -> list[str]:
    return [line.strip() for line in str(Transcript([*exchanges])).splitlines()]


def steps(*exchanges: Exchange) -> list[str]:
    """What is said in the diagram, without who is in it."""
    drawn = Transcript([*exchanges]).to_mermaid().splitlines()
    return [line.strip() for line in drawn[2:] if ": " in line]


def native(data: Any, **more: Any) -> Exchange:
    path = "/v2/users/a/apps/b/models/detector/outputs"
    return Exchange("POST", path, {"inputs": []}, 200, {"outputs": [{"data": data}], **more})


def test_tokens_are_shown_where_they_are_known() -> None:
    yes = {"role": "assistant", "content": "Yes."}
    assert lines(chat(QUESTION, reply=yes, usage={"total_tokens": 9}))[0] == (
        "1. POST /chat/completions → 200, 9 tokens"
    )
    assert lines(chat(QUESTION, reply=yes))[0] == "1. POST /chat/completions → 200"


def test_what_is_passed_on_and_not_read_is_named() -> None:
    parts = [{"type": "text", "text": "Weather in Oslo?", "cache_control": {"type": "ephemeral"}}]
    messages = [{**QUESTION, "mood": 1}, {"role": "user", "content": parts}]
    asked = {"messages": messages, "metadata": {"a": "b"}, "seed": 3, "tool_resources": {}}
    told = lines(Exchange("POST", "/chat/completions", asked))
    passed = "metadata, tool_resources, mood of message 1, cache_control of message 2"
    assert told[1] == f"→ passed on: {passed}"


def test_a_refusal_is_shown_and_a_message_without_words_is_not() -> None:
    refused = {"role": "assistant", "content": None, "refusal": "I can't help with that."}
    assert lines(chat(QUESTION, reply=refused))[2:] == [
        "← assistant refuses: I can't help with that."
    ]
    assert steps(chat(QUESTION, reply=refused))[-1] == "M-->>P: I can't help with that."
    assert lines(chat(QUESTION, reply=CALLED))[2:] == [
        '← calls get_weather({"city": "Oslo"}), id a'
    ]
    assert "→ tool, for a: 7 °C" in lines(chat(QUESTION, CALLED, RESULT))


def response(**body: Any) -> dict[str, Any]:
    text = {"type": "message", "content": [{"type": "output_text", "text": "Sunny."}]}
    return {"status": "completed", "output": [text], **body}


@pytest.mark.parametrize("streamed", [False, True])
def test_the_reply_of_a_response_is_shown_whole_or_streamed(streamed: bool) -> None:
    done = {"type": "response.completed", "response": response()}
    body: Any = [{"type": "response.created"}, done] if streamed else response()
    exchange = Exchange("POST", "/responses", {"input": "Weather?"}, 200, body, stream=streamed)
    assert lines(exchange)[1:] == ["→ user: Weather?", "← assistant: Sunny."]


def test_a_response_that_only_calls_has_no_words() -> None:
    call = {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"}
    exchange = Exchange("POST", "/responses", {"input": "Hi"}, 200, response(output=[call]))
    assert lines(exchange)[2:] == ["← calls f({}), id a"]


def test_what_is_said_has_92_characters_at_most_with_who_says_it() -> None:
    for length, shown in ((86, "x" * 86), (87, "x" * 85 + "…")):
        said = chat({"role": "user", "content": "x" * length})
        assert lines(said)[1] == f"→ user: {shown}"
    answered = chat({"role": "tool", "tool_call_id": "call_1", "content": "x" * 100})
    assert len(lines(answered)[1].removeprefix("→ ")) == 92


def test_a_long_text_ends_with_a_whole_word() -> None:
    said = chat({"role": "user", "content": "largest " * 20}, QUESTION)
    assert lines(said)[1] == "→ user: " + "largest " * 10 + "…"
    assert lines(said)[2] == "→ user: Weather in Oslo?"
    long = {"id": "a", "function": {"name": "f", "arguments": "x" * 89}}
    called = chat(QUESTION, reply=CALLED | {"tool_calls": [long]})
    assert lines(called)[2] == f"← calls f({'x' * 87}…), id a"


def test_each_message_is_shown_once_and_all_of_them_where_another_conversation_begins() -> None:
    answer = {"role": "assistant", "content": "Sun."}
    more = {"role": "user", "content": "And in Rome?"}
    on = chat(QUESTION, answer, more, reply=answer)
    assert lines(chat(QUESTION, reply=answer), on)[3:] == [
        "2. POST /chat/completions → 200", "→ user: And in Rome?", "← assistant: Sun.",
    ]  # fmt: skip
    assert lines(chat(more, reply=answer), on)[4:] == [
        "→ user: Weather in Oslo?", "→ assistant: Sun.", "→ user: And in Rome?",
        "← assistant: Sun.",
    ]  # fmt: skip


def test_a_function_that_calls_clarifai_stands_between_the_two() -> None:
    seen = native({"concepts": [{"name": "train"}]})
    drawn = Transcript([
        chat(QUESTION, reply=CALLED), seen, seen, chat(QUESTION, CALLED, RESULT | {"content": ""}),
    ]).to_mermaid()  # fmt: skip
    assert [line.strip() for line in drawn.splitlines()] == [
        "sequenceDiagram",
        "accTitle: Who sent what to whom, in order",
        "participant M as Model",
        "participant P as Your program",
        "participant F1 as get_weather",
        "participant C as Clarifai",
        "P->>M: Weather in Oslo?",
        'M-->>P: get_weather({"city":<br/>"Oslo"})',
        'P->>F1: run get_weather({"city":<br/>"Oslo"})',
        *("F1->>C: detector", "C-->>F1: concepts: train") * 2,
        "F1-->>P: …",
        "P->>M: the result",
        "M-->>P: 200",
    ]
    alone = Transcript([seen]).to_mermaid().splitlines()
    assert [line.strip() for line in alone[2:4]] == [
        "participant P as Your program",
        "participant C as Clarifai",
    ]


def test_a_long_text_above_an_arrow_is_cut_and_broken_between_words() -> None:
    said = chat({"role": "user", "content": "What is the weather in Oslo now? " * 4})
    rows = "What is the weather in Oslo", "now? What is the weather in", "Oslo now? What is the …"
    assert steps(said)[0] == "P->>M: " + "<br/>".join(rows)


def test_a_picture_in_a_question_is_named_in_both() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:..."}}
    asked = {"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}
    assert lines(chat(asked))[1] == "→ user: What is it? [image_url]"
    assert steps(chat(asked))[0] == "P->>M: What is it? [image_url]"
    assert sent(chat(asked)).text == "What is it?", "what was said has no such word"


def test_what_goes_with_a_result_is_a_question_where_a_user_asks_it() -> None:
    before = chat(QUESTION, reply=CALLED)
    alone = chat(QUESTION, CALLED, RESULT)
    assert steps(before, alone)[-2] == "P->>M: the result"
    more = {"role": "user", "content": "And in Rome?"}
    assert steps(before, chat(QUESTION, CALLED, RESULT, more))[-2] == "P->>M: And in Rome?"


@pytest.mark.parametrize(("status", "error", "shown"), [(429, None, "429"), (None, "Lost", "Lost")])
def test_a_failure_is_drawn_as_what_it_is(status: Any, error: Any, shown: str) -> None:
    said = {"role": "assistant", "content": "Half an"}
    exchange = chat(QUESTION, reply=said, status=status)
    exchange.error = error
    assert steps(exchange)[-1] == f"M-->>P: {shown}"


def test_a_native_reply_is_its_concepts_its_regions_or_how_it_went() -> None:
    named = native({"concepts": [{"name": "train"}, {"name": "railway"}]})
    assert lines(named)[1] == "← concepts: train, railway"
    assert lines(native({"regions": [{}, {}]}))[1] == "← 2 regions"
    failed = native({}, status={"code": 10020, "description": "Failure"})
    assert lines(failed)[1] == "← 10020: Failure"
    lost = native({})
    lost.status, lost.error, lost.response = None, "Lost", None
    assert lines(lost)[1] == "← Lost"
    assert steps(named) == ["P->>C: detector", "C-->>P: concepts: train, railway"]


def test_a_request_says_its_model_and_its_schema_of_either_api() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {}}}
    forms: list[dict[str, Any]] = [
        {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}},
        {"text": {"format": {"type": "json_schema", "schema": schema}}},
    ]
    for form in forms:
        read = sent(Exchange("POST", "/x", {"model": "m", **form}))
        assert (read.model, read.schema) == ("m", {"type": "object", "properties": {"a": {}}})
    assert sent(Exchange("POST", "/x", {})).model == ""
