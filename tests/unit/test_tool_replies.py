"""The tool loop reads whatever a backend sends, and says in the server's words what is wrong."""

import json
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import AsyncOpenAI, OpenAI

from helpers.mock.client import httpx
from helpers.tools import ToolLoopError, run_tools
from tests.examples import QUICK


def clock() -> str:
    """Tell the time."""
    return "12:00"


def client_of(*replies: Any) -> OpenAI:
    """A client whose server answers with these, in turn; the last for ever."""
    left = list(replies)

    def answer(request: Any) -> Any:
        reply = left.pop(0) if len(left) > 1 else left[0]
        content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        kind = "text/html" if content.startswith(b"<") else "application/json"
        return httpx.Response(200, content=content, headers={"content-type": kind})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return OpenAI(base_url="http://server.test/v1", api_key="x", http_client=http, max_retries=0)


def completion(message: Any, reason: Any = "stop") -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def run(*replies: Any, **options: Any) -> tuple[Any, list[Any]]:
    messages: list[Any] = [{"role": "user", "content": "What time is it?"}]
    reply = run_tools(
        client_of(*replies), model="m", messages=messages, tools=[clock], max_steps=3, **options
    )
    return reply, messages


DONE = completion({"role": "assistant", "content": "Noon."})


def test_an_answer_in_parts_is_text() -> None:
    parts = [{"type": "text", "text": "It is"}, {"type": "text", "text": "noon."}, {"type": "?"}]
    assert run(completion({"role": "assistant", "content": parts}))[0].content == "It is noon."


@pytest.mark.parametrize(
    "call",
    [
        {"id": "a", "type": "function", "function": {"name": "clock", "arguments": None}},
        {"id": "a", "type": "function", "function": {"name": "clock"}},
        {"id": "a", "function": {"name": "clock", "arguments": ""}},
        {"id": "a", "function": {"name": "clock", "arguments": " null"}},
        {"id": "a", "type": None, "function": {"name": "clock", "arguments": {}}},
        {"function": {"name": "clock", "arguments": "{}"}},
        {"id": None, "function": {"name": "clock", "arguments": "{}"}},
    ],
)
def test_a_call_that_says_less_is_run(call: Any) -> None:
    reply, messages = run(completion({"content": None, "tool_calls": [call]}), DONE)
    assert reply.content == "Noon."
    said, told = messages[1], messages[2]
    assert told["content"] == "12:00"
    assert said["role"] == "assistant"
    assert said["tool_calls"][0]["id"] == told["tool_call_id"] != ""
    assert said["tool_calls"][0]["type"] == "function"
    assert said["tool_calls"][0]["function"] == {"name": "clock", "arguments": "{}"}


def test_calls_of_one_id_are_told_apart() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
    _, messages = run(completion({"content": None, "tool_calls": [call, call]}), DONE)
    ids = [each["id"] for each in messages[1]["tool_calls"]]
    assert len(set(ids)) == 2
    assert [each["tool_call_id"] for each in messages[2:4]] == ids


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{"])
def test_a_reply_that_is_not_the_json_that_it_says_it_is(content: bytes) -> None:
    with pytest.raises(ToolLoopError, match="not a reply: it is not JSON"):
        run(content)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"code": 21313, "description": "Failed", "details": "no memory"}, "21313: Failed: no mem"),
        ({"error": {"message": "Overloaded", "code": 529}}, "529: Overloaded"),
        ({"error": "model is loading"}, "model is loading"),
        ([{"error": {"message": "Overloaded", "code": 503}}], "503: Overloaded"),
        ({"status": {"code": 10020, "description": "Failure"}, "choices": None}, "10020: Failure"),
        ({"choices": []}, "no choices"),
        ({"choices": [None]}, "no choices"),
        ({"choices": [{"message": None}]}, "no choices"),
        (b"<html><h1>Bad gateway</h1></html>", "Bad gateway"),
    ],
)
def test_what_is_not_a_reply_is_told_in_the_server_s_words(reply: Any, words: str) -> None:
    with pytest.raises(ToolLoopError, match=words):
        run(reply)


def test_a_refusal_alone_is_an_answer() -> None:
    reply, messages = run(completion({"role": "assistant", "content": None, "refusal": "No."}))
    assert (reply.content, reply.refusal) == (None, "No.")
    assert messages[1]["refusal"] == "No."


def test_fields_of_another_type_change_nothing_and_warn_of_nothing() -> None:
    odd = completion({"role": "assistant", "content": "Noon.", "refusal": 7})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reply, messages = run(odd | {"usage": {"prompt_tokens": "three"}})
    assert reply.content == messages[1]["content"] == "Noon."


def test_a_call_without_an_id_has_its_number_and_an_error_is_in_the_letters_of_the_call() -> None:
    named = [{"function": {"name": name, "arguments": "{}"}} for name in ("größe", "clock")]
    _, messages = run(completion({"tool_calls": named}), DONE)
    assert [each["tool_call_id"] for each in messages[2:4]] == ["call_1", "call_2"]
    assert messages[2]["content"] == (
        '{"error": "there is no tool named \'größe\'; there is: clock"}'
    )


def test_half_a_pair_of_surrogates_ends_nothing() -> None:
    def files() -> str:
        """List the files."""
        return b"caf\xe9.txt".decode("utf-8", "surrogateescape")

    call = {"id": "a", "function": {"name": "files", "arguments": '{"x": "\ud83d"}'}}
    again = {"id": "b", "function": {"name": "files", "arguments": "{}"}}
    messages: list[Any] = [{"role": "user", "content": "Which files? \ud83d"}]
    replies = [completion({"content": "\udc80", "tool_calls": [call, again]}), DONE]
    run_tools(client_of(*replies), model="m", messages=messages, tools=[files])
    json.dumps(messages[1:], ensure_ascii=False).encode()
    assert messages[-2]["content"] == "caf\ufffd.txt"


def test_an_asynchronous_client_is_refused_at_once() -> None:
    client: Any = AsyncOpenAI(base_url="http://server.test/v1", api_key="x")
    with pytest.raises(TypeError, match="async"):
        run_tools(client, model="m", messages=[], tools=[clock])


def test_a_function_that_is_asynchronous_is_refused_at_once() -> None:
    async def later() -> Any:
        """Tell the time."""

    async def each() -> Any:
        """Tell the times."""
        yield 1

    for function in (later, each):
        with pytest.raises(TypeError, match=f"{function.__name__} is async"):
            run_tools(client_of(DONE), model="m", messages=[], tools=[function])


def test_a_function_that_returns_a_coroutine_is_told_as_an_error() -> None:
    async def later() -> str:
        return "later"

    def wait() -> Any:
        """Wait."""
        return later()

    call = {"id": "a", "function": {"name": "wait", "arguments": "{}"}}
    messages: list[Any] = []
    run_tools(
        client_of(completion({"tool_calls": [call]}), DONE),
        model="m",
        messages=messages,
        tools=[wait],
    )
    assert "asynchronous" in messages[1]["content"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "tool_calls",
                    "function",
                    "name",
                    "arguments",
                    "id",
                    "content",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@QUICK
@given(JSON, JSON)
def test_any_json_is_an_answer_or_a_tool_loop_error(message: Any, call: Any) -> None:
    for reply in (message, completion(message), completion({"tool_calls": [call, message]})):
        try:
            run(reply)
        except ToolLoopError as error:
            assert str(error)
