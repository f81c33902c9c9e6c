"""Whatever a backend sends, a transcript can be read, counted, shown and drawn."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.transcript import Exchange, Transcript
from helpers.transcript.read import ProposedCall, read_reply, reason, received, sent, total_tokens
from tests.examples import QUICK


def streamed(*deltas: Any) -> list[Any]:
    return [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]


def call(name: str = "f", **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": "{}"}, **more}


@pytest.mark.parametrize(
    ("deltas", "calls"),
    [
        ([{"tool_calls": [call(id="a")]}], [ProposedCall("a", "f", "{}")]),
        (
            [{"tool_calls": [call(id="a")]}, {"tool_calls": [call("g", id="b")]}],
            [ProposedCall("a", "f", "{}"), ProposedCall("b", "g", "{}")],
        ),
        (
            [{"tool_calls": [call(id="a", index=0)]}, {"tool_calls": [call("g", id="b", index=0)]}],
            [ProposedCall("a", "f", "{}"), ProposedCall("b", "g", "{}")],
        ),
        (
            [{"tool_calls": [call(), call("g")]}],
            [ProposedCall("", "f", "{}"), ProposedCall("", "g", "{}")],
        ),
        (
            [
                {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f"}}]},
                {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
                {"tool_calls": [{"index": 0, "id": "a", "function": None}]},
                None,
            ],
            [ProposedCall("a", "f", "{}")],
        ),
        (
            [
                {"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{"}}]},
                {"tool_calls": [{"function": {"arguments": "}"}}]},
            ],
            [ProposedCall("a", "f", "{}")],
        ),
        (
            [{"tool_calls": [{"function": {"name": "f", "arguments": {}}}]}],
            [ProposedCall("", "f", "{}")],
        ),
        (
            [{"tool_calls": [call(index=0)]}, {"tool_calls": [{"index": 0, "function": {}}]}],
            [ProposedCall("", "f", "{}")],
        ),
        (
            [{"tool_calls": [call("get_", index=0)]}, {"tool_calls": [call("it", index=0)]}],
            [ProposedCall("", "get_it", "{}{}")],
        ),
        (
            [{"tool_calls": [call(id="a")]}, {"tool_calls": [call("", id="a")]}],
            [ProposedCall("a", "f", "{}{}")],
        ),
    ],
)
def test_calls_of_a_stream_come_together(deltas: list[Any], calls: list[ProposedCall]) -> None:
    assert list(read_reply(streamed(*deltas)).calls) == calls


def test_a_stream_is_its_first_choice_with_refusal_and_reasoning_under_either_name() -> None:
    other = {"choices": [{"index": 1, "delta": {"content": "other"}}]}
    for name in ("reasoning", "reasoning_content"):
        events = streamed({name: "So "}, {name: "so."}, {"content": "Yes"}, {"refusal": "No"})
        reply = read_reply([*events, other])
        assert (reply.text, reply.reasoning, reply.refusal) == ("Yes", "So so.", "No")


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 3, "completion_tokens": None, "total_tokens": None}, 3),
        ({"input_tokens": 3, "output_tokens": 4}, 7),
        ({"total_tokens": "7"}, None),
        ({"total_tokens": 5}, 5),
        (None, None),
    ],
)
def test_tokens_are_counted_as_far_as_they_are_known(usage: Any, tokens: int | None) -> None:
    assert total_tokens(usage) == tokens
    assert Transcript([Exchange("POST", "/x", None, 200, {"usage": usage})]).tokens == (tokens or 0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": 1, "description": "Bad", "details": "very", "req_id": "x"}, "1: Bad: very"),
        ({"error": {"message": "Bad", "type": "t"}}, "t: Bad"),
        ({"status": {"code": 1, "description": "Bad"}}, "1: Bad"),
        ({"detail": [{"msg": "Bad"}]}, '[{"msg": "Bad"}]'),
        ({"error": "Bad"}, "Bad"),
        ({"status": 503, "message": "Bad"}, "Bad"),
        ({"error": True, "code": 7, "message": "Bad"}, "7: Bad"),
        ({"error": {"message": {"why": "Bad"}}}, '{"why": "Bad"}'),
        ([{"choices": []}, {"error": {"message": "Bad"}}], "Bad"),
        ("<p>\n Bad</p>", "<p> Bad</p>"),
        (None, ""),
        ({"object": "list"}, ""),
    ],
)
def test_the_reason_is_in_the_server_s_words(body: Any, words: str) -> None:
    assert reason(body) == words


def test_calls_of_one_reply_are_drawn_together_and_run_in_pairs() -> None:
    question = {"role": "user", "content": "Paris; and #1 Oslo?"}
    said = {"role": "assistant", "tool_calls": [call(id="a"), call("g", id="b")]}
    told = [{"role": "tool", "tool_call_id": each, "content": each} for each in ("b", "a")]
    transcript = Transcript(
        [
            Exchange("POST", "/c", {"messages": [question]}, 200, {"choices": [{"message": said}]}),
            Exchange(
                "POST",
                "/c",
                {"messages": [question, said, *told]},
                200,
                {"choices": [{"message": {"role": "assistant", "content": "Sun."}}]},
            ),
        ]
    )
    assert [line.strip() for line in transcript.to_mermaid().splitlines()] == [
        "sequenceDiagram",
        "accTitle: Who sent what to whom, in order",
        "participant M as Model",
        "participant P as Your program",
        "participant F1 as f",
        "participant F2 as g",
        "P->>M: Paris#59; and #35;1 Oslo?",
        "M-->>P: f({})",
        "M-->>P: g({})",
        "P->>F1: run f({})",
        "F1-->>P: a",
        "P->>F2: run g({})",
        "F2-->>P: b",
        "P->>M: 2 results",
        "M-->>P: Sun.",
    ]
    assert "Paris; and #1 Oslo?" in str(transcript), "in print, the text is as it was sent"


NAMES = [
    *("choices", "delta", "message", "tool_calls", "function", "name", "arguments", "id", "index"),
    *("content", "role", "usage", "total_tokens", "output", "response", "type", "item", "status"),
    *("messages", "input", "tools", "parameters", "call_id", "outputs", "data", "concepts", "text"),
    *("regions", "finish_reason", "refusal", "error", "tool_call_id", "model", "code", "detail"),
]
TEXTS = [
    *("", "function", "tool", "user", "message", "function_call", "function_call_output"),
    *("a;b", "\ud83d"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=14,
)
CHOICES = st.builds(
    lambda message, delta: {"choices": [{"message": message, "delta": delta, "index": 0}]},
    JSON,
    st.builds(lambda calls: {"tool_calls": calls}, st.lists(JSON, max_size=3)),
)
MESSAGES = st.builds(lambda messages: {"messages": messages}, st.lists(JSON, max_size=3))
PATHS = st.sampled_from(["/chat/completions", "/v2/users/a/apps/b/models/c/outputs"])


@QUICK
@given(st.lists(st.tuples(PATHS, JSON | MESSAGES, JSON | CHOICES | st.lists(CHOICES)), max_size=3))
def test_any_json_is_read_shown_and_drawn(exchanges: list[tuple[str, Any, Any]]) -> None:
    transcript = Transcript(
        [Exchange("POST", path, request, 200, reply) for path, request, reply in exchanges]
    )
    assert isinstance(transcript.tokens, int)
    str(transcript).encode()
    assert transcript.to_mermaid().encode().startswith(b"sequenceDiagram")
    for each in transcript.exchanges:
        assert all(isinstance(c.arguments, str) for c in received(each).calls)
        assert sent(each).text is not None
        for read in (sent(each).tools, sent(each).called, sent(each).answered, sent(each).roles):
            assert isinstance(read, dict | list)
        assert isinstance(reason(each.response), str)
