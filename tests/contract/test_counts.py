"""What a prompt counts for, and what a limit, a stop or an effort leaves of a reply."""

from typing import Any

import pytest

from helpers.mock import tokens
from helpers.mock.requests import without_nulls
from helpers.mock.server import MockServer
from tests.contract.chat import PLAIN, WEATHER, asks
from tests.contract.generated import CHAT, IMAGES, RESPONSES
from tests.contract.test_bounds import NAMED, SAYS_LITTLE, ask, call, calling, done, user
from tests.contract.test_vision import data_uri, flag
from tests.contract.wire import Reply


def usage(mock: MockServer, path: str = CHAT, **change: Any) -> int:
    """How many tokens a prompt counts for."""
    counted = ask(mock, path, **change).json()["usage"]
    return int(counted["prompt_tokens" if path == CHAT else "input_tokens"])


# What a prompt counts for


def test_a_prompt_counts_for_its_texts_and_three_for_each_message_and_in_all(
    mock: MockServer,
) -> None:
    texts = "Be brief.", "Who was it?", "get_weather", '{"location": "Oslo"}', "7 degrees"
    messages = [
        {"role": "system", "content": texts[0]},
        user([{"type": "text", "text": texts[1]}]),
        {"role": "assistant", "tool_calls": [call("c", texts[2], texts[3])]},
        done("c", texts[4]),
    ]
    pieces = sum(len(tokens.split(text)) for text in texts)
    assert usage(mock, messages=messages) == pieces + 3 * len(messages) + 3
    picture = {"type": "image_url", "image_url": {"url": data_uri(flag())}}
    with_picture = user([{"type": "text", "text": texts[1]}, picture])
    counted = [usage(mock, model=PLAIN, messages=[each]) for each in (messages[1], with_picture)]
    assert counted[1] == counted[0] + 85


def test_a_prompt_that_fills_the_window_is_read_and_one_more_token_is_refused(
    mock: MockServer,
) -> None:
    for words, status in ((8185, 200), (8186, 400)):
        reply = ask(mock, CHAT, model=SAYS_LITTLE, messages=[user("word " * words)])
        assert reply.status == status, reply.body
    assert reply.json()["details"].startswith(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in"
        " 8193 tokens."
    )


def part(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "refusal" if kind == "refusal" else "text": text}


def output(id_: str, value: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": id_, "output": value}


@pytest.mark.parametrize(
    ("items", "messages"),
    [
        (
            [user("Hi"), {"role": "assistant", "content": [
                part("output_text", "I do."), part("refusal", "I will not."),
            ]}, user("So?")],
            [user("Hi"), {"role": "assistant", "content": "I do.\nI will not."}, user("So?")],
        ),
        (
            [{"type": "function_call", "call_id": id_, "name": "f", "arguments": "{}"}
             for id_ in "ab"] + [output("b", "one"), output("a", [part("input_text", "two"),
                                                                  part("input_text", "three")])],
            [calling("a", "b"), done("b", "one"), done("a", "two\nthree")],
        ),
        (
            [{"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
             output("a", "one"),
             {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
             output("a", [{"type": "input_image", "image_url": "https://a.b/c.png"}])],
            [calling("a"), done("a", "one"), calling("a"), done("a", "(a picture)")],
        ),
        (
            [{"type": "reasoning", "id": "rs_1", "summary": []}, user("Hi")],
            [user("Hi")],
        ),
    ],
)  # fmt: skip
def test_items_count_for_the_messages_that_they_stand_for(
    mock: MockServer, items: list[Any], messages: list[Any]
) -> None:
    asked = {"model": "anthropic/completion/models/claude-sonnet-4"}
    assert usage(mock, RESPONSES, input=items, **asked) == usage(mock, messages=messages, **asked)


def test_what_a_response_said_counts_when_it_is_gone_on_with(mock: MockServer) -> None:
    tool = {"type": "function", **WEATHER["function"]}
    question = asks("Oslo")[0]
    for asked in ({"input": "Who are you?"}, {"input": [question], "tools": [tool]}):
        first = ask(mock, RESPONSES, model=PLAIN, **asked).json()
        given = asked["input"] if isinstance(asked["input"], list) else [user(asked["input"])]
        ids = [item["call_id"] for item in first["output"] if "call_id" in item]
        then: list[Any] = [*(output(id_, "7") for id_ in ids), user("So?")]
        whole = [*given, *first["output"], *then]
        assert usage(
            mock, RESPONSES, model=PLAIN, previous_response_id=first["id"], input=then
        ) == usage(mock, RESPONSES, model=PLAIN, input=whole)


def told(reply: Reply) -> str:
    """The text of a reply of either API."""
    body = reply.json()
    if "choices" in body:
        return str(body["choices"][0]["message"]["content"])
    return str(body["output"][-1]["content"][0]["text"])


def test_what_was_said_before_is_read_as_of_who_said_it(mock: MockServer) -> None:
    first = ask(mock, RESPONSES, model=PLAIN, input="Repeat exactly: Rio is my parrot.").json()
    on = {"model": PLAIN, "previous_response_id": first["id"]}
    assert told(ask(mock, RESPONSES, input="What did you just say?", **on)) == "Rio is my parrot."
    rule = "Your name is Ada. Answer with your name only."
    system = {"role": "system", "content": rule}
    texts = [
        told(ask(mock, RESPONSES, model=PLAIN, instructions=rule)),
        told(ask(mock, CHAT, model=PLAIN, messages=[system, user("Who are you?")])),
        told(ask(mock, CHAT, model=PLAIN, messages=[user("Who are you?")])),
    ]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("path", [CHAT, RESPONSES])
def test_a_tool_is_chosen_by_its_description(mock: MockServer, path: str) -> None:
    described = {"f": "Read the thermostat's state.", "g": "Tell the time."}
    tools: list[dict[str, Any]] = [
        {"name": name, "description": each, "parameters": {"type": "object", "properties": {}}}
        for name, each in described.items()
    ]
    for question, name in (("Read the thermostat, please.", "f"), ("What time is it?", "g")):
        if path == CHAT:
            offered = [{"type": "function", "function": each} for each in tools]
            reply = ask(mock, path, model=PLAIN, messages=[user(question)], tools=offered).json()
            [called] = reply["choices"][0]["message"]["tool_calls"]
            assert called["function"] == {"name": name, "arguments": "{}"}
        else:
            offered = [{"type": "function"} | each for each in tools]
            reply = ask(mock, path, model=PLAIN, input=question, tools=offered).json()
            [called] = reply["output"]
            assert (called["name"], called["arguments"]) == (name, "{}")


# What a limit leaves, and how much is thought

THOUGHTS = " ".join(
    f"get_weather fits the request; location is {city}." for city in ("Oslo", "Rome")
)


@pytest.mark.parametrize(
    ("effort", "thought"),
    [
        ("none", None),
        ("minimal", None),
        ("low", THOUGHTS.partition(" get")[0]),
        ("medium", THOUGHTS),
        *(
            (effort, f"{THOUGHTS} Before I answer, I check it once more. {THOUGHTS} It holds.")
            for effort in ("high", "xhigh", "max")
        ),
    ],
)
def test_an_effort_is_so_much_thought(mock: MockServer, effort: str, thought: str | None) -> None:
    asked = {"messages": asks("Oslo", "Rome"), "tools": [WEATHER], "reasoning_effort": effort}
    message = ask(mock, CHAT, **asked).json()["choices"][0]["message"]
    assert message.get("reasoning") == thought
    assert len(message["tool_calls"]) == 2


@pytest.mark.parametrize(
    ("limit", "kept", "finish"),
    [
        (14, ['{"location": "Oslo"}', '{"location": "Rome"}'], "tool_calls"),
        (13, ['{"location": "Oslo"}', '{"location": "Rome'], "length"),
        (8, ['{"location": "Oslo"}', '{"'], "length"),
        (7, ['{"location": "Oslo"}'], "length"),
        (1, ['{"'], "length"),
    ],
)
def test_a_limit_cuts_calls_where_it_is_reached(
    mock: MockServer, limit: int, kept: list[str], finish: str
) -> None:
    asked = {"messages": asks("Oslo", "Rome"), "tools": [WEATHER], "reasoning_effort": "none"}
    reply = ask(mock, CHAT, **asked, max_tokens=limit).json()
    [choice] = reply["choices"]
    assert choice["finish_reason"] == finish
    assert [each["function"]["arguments"] for each in choice["message"]["tool_calls"]] == kept
    assert choice["message"]["content"] is None
    assert reply["usage"]["completion_tokens"] == limit


def test_a_limit_that_thoughts_reach_leaves_an_empty_text_and_no_calls(mock: MockServer) -> None:
    asked = {"messages": asks("Oslo", "Rome"), "tools": [WEATHER], "max_tokens": 2}
    message = ask(mock, CHAT, **asked).json()["choices"][0]["message"]
    assert (message["content"], message["tool_calls"]) == ("", None)
    assert message["reasoning"] == "".join(tokens.split(THOUGHTS)[:2])


@pytest.mark.parametrize(
    ("asked", "text", "finish"),
    [
        ({"max_tokens": 3}, "one two three", "stop"),
        ({"max_tokens": 2}, "one two", "length"),
        ({"stop": ["three", "two", "nowhere"]}, "one ", "stop"),
        ({"stop": "nowhere"}, "one two three", "stop"),
        ({"stop": ""}, "one two three", "stop"),
        ({"stop": "one"}, "", "stop"),
    ],
)
def test_a_text_ends_at_its_limit_or_before_the_first_stop(
    mock: MockServer, asked: dict[str, Any], text: str, finish: str
) -> None:
    said = [user("Repeat exactly: one two three")]
    [choice] = ask(mock, CHAT, model=PLAIN, messages=said, **asked).json()["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (text, finish)


# The same request


@pytest.mark.parametrize(
    ("path", "ways"),
    [
        (CHAT, ({"max_tokens": 50}, {"max_completion_tokens": 50},
                {"max_tokens": 7, "max_completion_tokens": 50})),
        (CHAT, ({}, {"stream": False}, {"openai_endpoint": "/chat/completions"})),
        (CHAT, ({"top_p": 0.5}, {"top_p": "0.5"})),
        (RESPONSES, ({}, {"stream": False}, {"text": None})),
    ],
)  # fmt: skip
def test_a_request_is_the_same_in_whichever_way_it_is_said(
    mock: MockServer, path: str, ways: tuple[dict[str, Any], ...]
) -> None:
    bodies = [ask(mock, path, **way).json() for way in ways]
    assert len({body["id"] for body in bodies}) == 1
    assert without_nulls(bodies[0]["usage"])


def test_a_model_that_calls_no_tools_answers_in_words_what_it_is_told_to_call(
    mock: MockServer,
) -> None:
    for choice in ("auto", "required", NAMED):
        reply = ask(mock, CHAT, model=SAYS_LITTLE, tools=[WEATHER], tool_choice=choice)
        [said] = reply.json()["choices"]
        assert said["finish_reason"] == "stop" and said["message"]["content"]


def test_a_picture_that_is_drawn_says_what_it_shows_and_for_what(mock: MockServer) -> None:
    shown = [
        ask(mock, IMAGES, prompt=prompt).json()["data"][0]["revised_prompt"]
        for prompt in ("zzz", "A cat in a tree")
    ]
    begin, end = "A flat drawing, simulated offline, of ", ", for the prompt “{}”"
    assert shown[0] == begin + "plain shapes" + end.format("zzz")
    assert shown[1].startswith(begin) and shown[1].endswith(end.format("A cat in a tree"))
    assert "plain shapes" not in shown[1] and "cat" in shown[1].removesuffix(
        end.format("A cat in a tree")
    )
