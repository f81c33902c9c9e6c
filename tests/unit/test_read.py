"""Bodies of requests and replies of any server, read to what they say: at bounds, and in order."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.transcript import Exchange, Transcript, capture
from helpers.transcript.events import EventReader, ServerSentEvent, is_last, read_events
from helpers.transcript.read import (
    OfferedTool,
    ProposedCall,
    Received,
    finish_reason,
    joined_message,
    read_reply,
    reason,
    sent,
    text_of,
    total_tokens,
    usage_of,
)


def lines(path: str, request: Any, response: Any = None) -> list[str]:
    exchange = Exchange("POST", path, request, 200, response)
    return [line.strip() for line in str(Transcript([exchange])).splitlines()]


def test_a_reason_is_cut_at_300_characters() -> None:
    assert reason("x" * 300) == "x" * 300
    assert reason("x" * 301) == "x" * 299 + "…"
    assert reason({"error": "x" * 301}) == reason({"detail": "x" * 301}) == reason("x" * 301)
    assert reason({"detail": ["größer"]}) == '["größer"]'
    assert reason({"message": {"a": "größer"}}) == '{"a": "größer"}'


def test_a_reason_says_each_thing_once_in_the_order_of_servers() -> None:
    names = ("code", "type", "description", "message", "msg", "details")
    assert reason({name: f"its {name}" for name in reversed(names)}) == ": ".join(
        f"its {name}" for name in names
    )
    assert reason({"code": 0, "message": "m", "msg": "m"}) == "0: m"
    assert reason({"code": "", "type": None, "message": [], "details": {}}) == ""
    assert reason({"error": None, "status": {}, "detail": "x"}) == "x"


@pytest.mark.parametrize(
    ("content", "text", "named"),
    [
        ("a", "a", "a"),
        (["a", "", {"text": "b"}, {"refusal": "c"}, {"type": "image_url"}, 7], "a b c",
         "a b c [image_url]"),
        ([{"type": "x", "text": None, "refusal": "c"}], "", "[x]"),
        ({"text": "a"}, "", ""),
        (None, "", ""),
    ],
)  # fmt: skip
def test_the_text_of_a_content_is_that_of_its_parts(content: Any, text: str, named: str) -> None:
    assert text_of(content) == text
    assert text_of(content, named=True) == named


MESSAGES: list[Any] = [
    {"role": "system", "content": "Be brief."},
    {"content": "Who said this?"},
    {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f"}}, {"id": "z"}]},
    {"role": "tool", "tool_call_id": "a", "content": "7"},
    "no message",
]


def test_a_request_says_who_said_what() -> None:
    asked = sent(Exchange("POST", "/x", {"messages": MESSAGES}))
    assert asked.messages == MESSAGES[:-1]
    assert asked.roles == ["system", "assistant", "tool"]
    assert asked.said == [("system", "Be brief."), ("assistant", ""), ("tool", "7")]
    assert asked.text == "Be brief.\nWho said this?\n\n7"
    assert (asked.called, asked.answered) == (["a"], ["a"])
    assert asked.results == {"a": "7"}
    item = {"type": "function_call_output", "call_id": "b", "output": [{"text": "8"}]}
    assert sent(Exchange("POST", "/x", {"input": [item]})).results == {"b": "8"}
    assert sent(Exchange("POST", "/x", {"input": "Hi"})).messages == [
        {"role": "user", "content": "Hi"}
    ]


def test_the_tools_on_offer_are_functions_in_either_form() -> None:
    described: dict[str, Any] = {"name": "f", "description": "Do it.", "parameters": {"a": 1}}
    tools = [
        {"type": "function", "function": described | {"strict": True}},
        {"type": "function"} | described | {"name": "g"},
        {"type": "custom", "name": "h"},
        {"type": "function", "function": {"name": "i"}},
    ]
    assert sent(Exchange("POST", "/x", {"tools": tools})).tools == {
        "f": OfferedTool("f", "Do it.", {"a": 1}, True),
        "g": OfferedTool("g", "Do it.", {"a": 1}, False),
        "i": OfferedTool("i", "", {}, False),
    }


def schema_of(schema: Any) -> Any:
    form = {"type": "json_schema", "json_schema": {"schema": schema}}
    return sent(Exchange("POST", "/x", {"response_format": form})).schema


def test_what_a_schema_refers_to_is_put_in_also_in_lists() -> None:
    texts = {"type": "string"}
    schema = {
        "anyOf": [{"$ref": "#/$defs/A"}, {"type": "array", "items": {"$ref": "#/$defs/B"}}],
        "$defs": {"A": texts},
    }
    assert schema_of(schema) == {"anyOf": [texts, {"type": "array", "items": {}}]}
    itself = {"$ref": "#/$defs/A", "$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}]}}}
    found, depth = schema_of(itself), 0
    while "anyOf" in found:
        [found], depth = found["anyOf"], depth + 1
    assert found == {"$ref": "#/$defs/A"} and 9 <= depth <= 11, "it ends somewhere"


def response(*items: Any, **more: Any) -> dict[str, Any]:
    return {"output": [*items], **more}


def message(text: str) -> dict[str, Any]:
    return {"type": "message", "content": [{"type": "output_text", "text": text}]}


CALL = {"type": "function_call", "call_id": "c", "name": "f", "arguments": {"a": "ö"}}


def test_a_response_is_its_messages_and_its_calls() -> None:
    body = response(message("one"), CALL, message("two"), status="incomplete")
    read = Received("one\ntwo", (ProposedCall("c", "f", '{"a": "ö"}'),), "incomplete")
    assert read_reply(body) == read
    assert read_reply(response()) == Received()
    done = [{"type": "response.output_item.done", "item": item} for item in body["output"]]
    for last in ("response.completed", "response.incomplete", "response.failed"):
        end = {"type": last, "response": {"output": None, "status": "incomplete"}}
        assert (
            read_reply([{"type": "response.created", "response": {"status": "x"}}, *done, end])
            == read
        )
    pieces = [{"type": "response.output_text.delta", "delta": text} for text in ("on", None, "e")]
    assert read_reply(pieces) == Received("one")
    assert read_reply([*pieces, *done]).text == "one\ntwo"


def test_a_completion_is_its_first_choice() -> None:
    said = {"content": "Yes", "refusal": "No", "reasoning": "So", "tool_calls": [
        {"id": "a", "function": {"name": "f", "arguments": {"a": "ö"}}}, {"id": "b"}]}  # fmt: skip
    body = {"choices": [{"message": said, "finish_reason": "stop"}, {"finish_reason": "length"}]}
    calls = (ProposedCall("a", "f", '{"a": "ö"}'),)
    assert read_reply(body) == Received("Yes", calls, "stop", "No", "So")
    assert joined_message(body) == said
    assert joined_message({"choices": [{}]}) is None
    thought = {"reasoning_content": "first", "reasoning": "second"}
    assert read_reply({"choices": [{"message": thought}]}).reasoning == "first"


def test_a_stream_of_a_completion_is_put_together() -> None:
    events: list[Any] = [
        {"choices": [{"index": 0, "delta": {"content": "one "}}]},
        {"choices": [{"index": 1, "delta": {"content": "other"}}]},
        "no event",
        {"choices": [{"delta": {"content": "two"}, "finish_reason": "length"}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": None}]},
        {"choices": [], "usage": {"total_tokens": 3}},
        {"usage": None},
    ]
    assert joined_message(events) == {"role": "assistant", "content": "one two"}
    assert (finish_reason(events), usage_of(events)) == ("length", {"total_tokens": 3})
    assert joined_message([{"choices": []}]) is None
    assert joined_message([{"choices": [{"index": 0}]}]) == {"role": "assistant", "content": None}
    assert finish_reason({"choices": [{"finish_reason": 7}]}) is None


@pytest.mark.parametrize(
    ("usage", "total"),
    [
        ({"prompt_tokens": 1, "completion_tokens": 2}, 3),
        ({"input_tokens": 1, "output_tokens": 2, "other": 9}, 3),
        ({"output_tokens": 2}, 2),
        ({"total_tokens": 9, "prompt_tokens": 1}, 9),
        ({"other": 9}, None),
        ({"prompt_tokens": True}, None),
    ],
)
def test_tokens_are_the_sum_of_what_is_told(usage: Any, total: int | None) -> None:
    assert total_tokens(usage) == total
    assert usage_of({"response": {"usage": usage}}) == usage
    assert usage_of([{"usage": usage}, {"usage": "many"}, {"usage": {}}, "no event"]) == usage


# Events


@pytest.mark.parametrize(
    ("data", "last"),
    [
        ("[DONE]", True),
        ("DONE", False),
        (None, False),
        ({"choices": [{"finish_reason": None}, {"finish_reason": "stop"}]}, True),
        ({"choices": [{"finish_reason": None}, "stop"]}, False),
        ({"choices": "stop"}, False),
        ({}, False),
        *(({"type": name}, True) for name in ("response.completed", "response.incomplete",
                                              "response.failed", "message_stop")),
        ({"type": "response.created"}, False),
    ],
)  # fmt: skip
def test_a_reply_ends_where_its_api_says_so(data: Any, last: bool) -> None:
    assert is_last(data) == last


def test_an_event_is_written_with_each_of_its_fields() -> None:
    event = ServerSentEvent("one\ntwo", "named", "7", "10")
    written = b"event: named\nid: 7\nretry: 10\ndata: one\ndata: two\n\n"
    assert event.encode() == written
    assert read_events(written) == [event]
    assert ServerSentEvent("").encode() == b"data: \n\n"


def test_pieces_may_end_inside_of_a_mark_a_line_end_or_a_letter() -> None:
    reader = EventReader()
    pieces = [b"\xef", b"\xbb\xbfdata: a\r", b"\ndata: \xc3", b"\xb6\r\n", b"\r"]
    assert [reader.feed(piece) for piece in pieces] == [[], [], [], [], [ServerSentEvent("a\nö")]]
    assert reader.feed(b"\n:comment\ndata: b\nid: 7") == []
    assert reader.rest == "data: b\nid: 7"


# What is passed on

READ = {
    "/chat/completions":
        "logprobs max_completion_tokens max_tokens mcp_servers model n parallel_tool_calls"
        " reasoning_effort response_format seed stop stream stream_options temperature tool_choice"
        " tools top_logprobs top_p",
    "/responses":
        "instructions max_output_tokens max_tool_calls previous_response_id reasoning text",
    "/embeddings": "dimensions encoding_format input",
    "/images/generations": "image prompt size",
}  # fmt: skip
IN_MESSAGES = (
    "annotations arguments call_id detail id image_url name output reasoning_content refusal role"
    " status summary tool_call_id tool_calls type"
)


@pytest.mark.parametrize("path", READ)
def test_what_a_reply_is_made_from_is_not_only_passed_on(path: str) -> None:
    message = {"content": "Hi"} | dict.fromkeys(IN_MESSAGES.split(), 1)
    asked = {"messages": [message]} | dict.fromkeys(READ[path].split(), 1)
    assert not [line for line in lines(path, asked) if "passed on" in line]
    told = lines(path, asked | {"user": "me", "seeds": 1})
    assert told[1] == "→ passed on: user, seeds"


# A library that is imported later


LIBRARY = """
class HTTPTransport:
    def handle_request(self, request): ...
class AsyncHTTPTransport:
    async def handle_async_request(self, request): ...
class SyncByteStream: ...
class AsyncByteStream: ...
"""


def test_a_library_is_watched_as_soon_as_it_is_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sends_later.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr(capture, "_endpoint", None)
    monkeypatch.setattr(capture, "_LIBRARIES", ("sends_never", "sends_later"))
    endpoint: Any = None
    for _ in range(2):
        capture.start_capture(endpoint)
    finders = [each for each in sys.meta_path if isinstance(each, capture._Later)]
    assert len(finders) == 1
    assert finders[0].find_spec("json", None) is None
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("sends_never")
    library = importlib.import_module("sends_later")
    monkeypatch.delitem(sys.modules, "sends_later")
    assert library.HTTPTransport._captured
    assert library.HTTPTransport.handle_request.__wrapped__
    assert finders == [each for each in sys.meta_path if isinstance(each, capture._Later)]
