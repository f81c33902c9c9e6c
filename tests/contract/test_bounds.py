"""What is at a bound is taken and what is beyond it refused, by name; what is asked is counted."""

from typing import Any

import pytest

from helpers.mock import tokens
from helpers.mock.requests import without_nulls
from helpers.mock.server import MockServer
from tests.contract.chat import OPEN, PLAIN, WEATHER, WHO, asks
from tests.contract.generated import CHAT, EMBEDDINGS, IMAGES, RESPONSES
from tests.contract.test_vision import data_uri, flag
from tests.contract.wire import Reply, send

ADA = "openai/embed/models/text-embedding-ada-002"
SMALL = "openai/embed/models/text-embedding-3-small"
SAYS_LITTLE = "deepseek-ai/deepseek-ocr/models/DeepSeek-OCR"
LEAST: dict[str, dict[str, Any]] = {
    CHAT: {"model": OPEN, "messages": WHO},
    RESPONSES: {"model": OPEN, "input": "Who are you?"},
    EMBEDDINGS: {"model": ADA, "input": "Hi"},
    IMAGES: {"model": "xai/image-generation/models/grok-2-image-1212", "prompt": "zzz"},
}


def ask(mock: MockServer, path: str, **change: Any) -> Reply:
    return send(mock, LEAST[path] | change, path)


def usage(mock: MockServer, path: str = CHAT, **change: Any) -> int:
    """How many tokens a prompt counts for."""
    counted = ask(mock, path, **change).json()["usage"]
    return int(counted["prompt_tokens" if path == CHAT else "input_tokens"])


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def call(id_: str, name: str = "f", arguments: str = "{}") -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(*ids: str) -> dict[str, Any]:
    return {"role": "assistant", "tool_calls": [call(id_) for id_ in ids]}


def done(id_: str, content: Any = "7") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id_, "content": content}


def function(name: str = "f", **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name} | more}


def allowed(*tools: Any) -> dict[str, Any]:
    return {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [*tools]}}


NAMED = {"type": "function", "function": {"name": "g"}}
ROOT = {"type": "object", "properties": {f"a{n}": {"type": "null"} for n in range(5001)},
        "required": [f"a{n}" for n in range(5001)], "additionalProperties": False}  # fmt: skip
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    *[(path, {"bogus": 1}, f"{method}() got an unexpected keyword argument 'bogus'")
      for path, method in ((CHAT, "Completions.create"), (RESPONSES, "Responses.create"),
                           (EMBEDDINGS, "Embeddings.create"), (IMAGES, "Images.generate"))],
    *[(path, {name: {}}, f"{name}: Is not served by the mock")
      for path, names in (
          (CHAT, "audio modalities web_search_options"),
          (RESPONSES, "access_programs background background_options context_management "
                      "conversation image moderation prompt"),
          (IMAGES, "background frame_count frame_duration_ms output_format partial_images svg"))
      for name in names.split()],
    (CHAT, {"max_tokens": 0}, "max_tokens: Should be at least 1"),
    (CHAT, {"max_completion_tokens": 0}, "max_completion_tokens: Should be at least 1"),
    (CHAT, {"temperature": 3}, "temperature: Should be between 0 and 2"),
    (CHAT, {"presence_penalty": -3}, "presence_penalty: Should be between -2 and 2"),
    (CHAT, {"logprobs": True, "top_logprobs": -1}, "top_logprobs: Should be between 0 and 20"),
    (CHAT, {"function_call": "auto"}, "functions: Deprecated: send `tools` and `tool_choice`"),
    (CHAT, {"messages": []}, "messages: There should be at least one message"),
    (CHAT, {"messages": [user(["x"])]}, "messages.0.content.0: Should be a valid dictionary"),
    (CHAT, {"messages": [*WHO, calling("b", "a")]},
     "messages: No tool message answers the tool calls a, b"),
    (CHAT, {"messages": [calling("a"), done("a"), done("a")]},
     "messages.2.tool_call_id: Answers no tool call of the message before it"),
    (CHAT, {"messages": [calling("a"), done("a"), calling("b")]}, "messages: No tool message"),
    (CHAT, {"tools": [WEATHER], "tool_choice": allowed(WEATHER, {})},
     "tool_choice.allowed_tools.tools.1.function.name: Is none of the `tools`"),
    (CHAT, {"tools": [WEATHER], "tool_choice": allowed(NAMED)},
     "tool_choice.allowed_tools.tools.0.function.name: Is none of the `tools`"),
    (CHAT, {"tool_choice": "required"}, "tool_choice: Asks for a call"),
    (CHAT, {"tools": [function("n" * 65)]}, "tools.0.function.name: Should be letters"),
    (CHAT, {"messages": [user([{"type": "image_url", "image_url": {"url": "x"}}])]},
     "messages.0.content.0.type: https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
     " does not do vision. It does: chat, reasoning, tools."),
    (CHAT, {"model": PLAIN, "tools": [function(strict=True, parameters=ROOT)]},
     "tools.0.function.parameters: Has 5,001 properties"),
    (RESPONSES, {"max_tool_calls": 0}, "max_tool_calls: Should be at least 1"),
    (RESPONSES, {"max_output_tokens": 0}, "max_output_tokens: Should be at least 1"),
    (RESPONSES, {"top_logprobs": 21}, "top_logprobs: Should be between 0 and 20"),
    (RESPONSES, {"top_logprobs": -1}, "top_logprobs: Should be between 0 and 20"),
    (RESPONSES, {"temperature": 2.5}, "temperature: Should be between 0 and 2"),
    (RESPONSES, {"temperature": -0.5}, "temperature: Should be between 0 and 2"),
    (RESPONSES, {"top_p": 1.5}, "top_p: Should be between 0 and 1"),
    (RESPONSES, {"top_p": -0.5}, "top_p: Should be between 0 and 1"),
    (RESPONSES, {"tools": [3]}, "tools.0: Should be a valid dictionary"),
    (RESPONSES, {"tools": 3}, "tools: Should be a list"),
    (RESPONSES, {"include": ["file_search_call.results"]}, "include.0: Is not served by the mock"),
    (RESPONSES, {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"name": "g"}]},
                 "tools": [{"type": "function", "name": "f"}]},
     "tool_choice.tools.0.name: Is none of the `tools`"),
    (RESPONSES, {"input": [{"content": "x"}]}, "input.0.role: Field required"),
    (RESPONSES, {"input": [{"id": 3}]}, "input.0.id: Should be a text"),
    (RESPONSES, {"input": [{"type": "item_reference"}]}, "input.0.id: Field required"),
    (RESPONSES, {"input": [{"type": "reasoning"}]}, "input.0.id: Field required"),
    (RESPONSES, {"input": [{"type": "computer_call"}]}, "input.0.type: Is not served by the mock, "
     "which takes message, function_call, function_call_output, reasoning, item_reference"),
    (RESPONSES, {"input": [{"role": "assistant", "content": [{"type": "refusal"}]}]},
     "input.0.content.0.refusal: Field required"),
    (RESPONSES, {"input": [{"role": "assistant", "content": [{"type": "output_text"}]}]},
     "input.0.content.0.text: Field required"),
    (RESPONSES, {"input": [user([{"type": "input_text"}])]},
     "input.0.content.0.text: Field required"),
    (RESPONSES, {"input": [user([7])]}, "input.0.content.0: Should be an object with a type"),
    (RESPONSES, {"model": PLAIN, "input": [user([{"type": "input_image"}])]},
     "input.0.content.0.image_url: Field required; no files are kept"),
    (RESPONSES, {"model": PLAIN, "input": [user([{"type": "input_image", "detail": 1}])]},
     "input.0.content.0.detail: Should be "),
    (RESPONSES, {"input": [{"type": "function_call", "call_id": n, "name": "f", "arguments": "{}"}
                           for n in "ba"]},
     "input: No function_call_output answers the calls a, b"),
    (RESPONSES, {"input": [{"type": "function_call_output", "call_id": "a", "output": [7]}]},
     "input.0.output.0: Should be an object with a type"),
    (RESPONSES, {"input": [{"type": "function_call_output", "call_id": "a"}]},
     "input.0.output: Field required"),
    (RESPONSES, {"input": [{"type": "function_call_output", "output": [], "status": 3}]},
     "input.0.status: Should be "),
    (EMBEDDINGS, {"input": [1] * 8192},
     "input: This model's maximum context length is 8191 tokens; this has 8192"),
    (EMBEDDINGS, {"input": [[1], [1] * 8192]}, "input.1: This model's maximum"),
    (EMBEDDINGS, {"input": [2**31]}, "input.0: Should be a token: a whole number from 0"),
    (EMBEDDINGS, {"input": ["a"] * 2049}, "input: Should have at most 2048 items"),
    (EMBEDDINGS, {"input": [[1] * 8000] * 38}, "input: Has more than 300,000 tokens in all"),
    (IMAGES, {"n": 11}, "n: Should be between 1 and 10"),
    (IMAGES, {"prompt": " \n"}, "prompt: Should not be empty"),
    (IMAGES, {"prompt": "x" * 32_001}, "prompt: Should have at most 32,000 characters"),
    *[(IMAGES, {"size": size}, "size: Should be such as 1024x1024, each side from 16 to 2048")
      for size in ("16x15", "15x16", "2049x16", "16x2049", "1024", "x1024x1024")],
]  # fmt: skip


@pytest.mark.parametrize(("path", "change", "said"), REFUSED)
def test_what_is_beyond_a_bound_or_not_served_is_refused_and_said(
    mock: MockServer, path: str, change: dict[str, Any], said: str
) -> None:
    reply = ask(mock, path, **change)
    assert reply.status == 400, reply.body
    assert reply.json()["details"].startswith(said), reply.json()["details"]


TAKEN: list[tuple[str, dict[str, Any]]] = [
    (CHAT, {"max_tokens": 1}),
    (CHAT, {"max_completion_tokens": 1}),
    (CHAT, {"logprobs": True, "top_logprobs": 0}),
    (CHAT, {"logprobs": True, "top_logprobs": 20}),
    (CHAT, {"modalities": ["text"]}),
    (CHAT, {"model": PLAIN, "tools": [function(f"f{n}") for n in range(128)]}),
    (CHAT, {"tools": [function(f"f{n}") for n in range(129)]}),
    (CHAT, {"model": PLAIN, "tools": [function("n" * 64, strict=True)]}),
    (CHAT, {"model": PLAIN, "tools": [function(parameters={}, strict=True)]}),
    (CHAT, {"response_format": {"type": "json_schema", "json_schema": {"name": "n" * 64}}}),
    (CHAT, {"model": PLAIN, "messages": [WHO[0] | {"name": "n" * 64}]}),
    (CHAT, {"messages": [
        *WHO, {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}, *WHO]}),
    (CHAT, {"messages": [calling("a", "b"), done("b"), done("a"), calling("a"), done("a")]}),
    (CHAT, {"timeout": 3, "extra_headers": {}, "top_k": 3}),
    (RESPONSES, {"max_output_tokens": 1, "max_tool_calls": 1}),
    (RESPONSES, {"temperature": 0, "top_p": 0, "top_logprobs": 0}),
    (RESPONSES, {"temperature": 2, "top_p": 1, "top_logprobs": 20}),
    (RESPONSES, {"background": False, "context_management": []}),
    (RESPONSES, {"input": [user("Hi") | {"id": "msg_1", "type": "message"}]}),
    (RESPONSES, {"input": [user("Hi") | {"id": "msg_1"}]}),
    (EMBEDDINGS, {"input": [1] * 8191}),
    (EMBEDDINGS, {"input": [2**31 - 1, 0]}),
    (IMAGES, {"n": 10, "size": "16x16", "partial_images": 0, "stream": False}),
    (IMAGES, {"background": "opaque", "output_format": "png", "size": "2048x16"}),
    (IMAGES, {"background": "auto", "size": "16x2048"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "change"), TAKEN)
def test_what_is_at_a_bound_or_asks_for_nothing_is_taken(
    mock: MockServer, path: str, change: dict[str, Any]
) -> None:
    reply = ask(mock, path, **change)
    assert reply.status == 200, reply.body


def test_inputs_to_embed_are_counted_one_by_one_and_together(
    mock: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.mock.apis.embeddings._MOST_INPUTS", 2)
    monkeypatch.setattr("helpers.mock.apis.embeddings._MOST_TOKENS", 4)
    status = {
        (given, more): ask(mock, EMBEDDINGS, input=[given] * more).status
        for given, more in (("a", 2), ("a", 3), ("a b", 2), ("a b c", 2))
    }
    assert [*status.values()] == [200, 400, 200, 400]


def test_a_vector_of_nothing_points_along_the_first_axis(
    mock: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "helpers.mock.meaning.direction", lambda _, dimensions: [0] * (dimensions - 1) + [2]
    )
    for dimensions, expected in ((1, [1]), (3, [1, 0, 0])):
        reply = ask(mock, EMBEDDINGS, model=SMALL, dimensions=dimensions).json()
        assert reply["data"][0]["embedding"] == expected
    assert ask(mock, EMBEDDINGS, model=SMALL).json()["data"][0]["embedding"] == [0] * 1535 + [1]


@pytest.mark.parametrize(
    ("asked", "work"),
    [
        ({}, 3),
        ({"n": 2}, 6),
        ({"n": 2, "logprobs": True}, 6),
        ({"n": 2, "logprobs": True, "top_logprobs": 3}, 24),
    ],
)
def test_work_is_tokens_times_choices_times_what_is_likely_at_each(
    mock: MockServer, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], work: int
) -> None:
    for most, status in ((work, 200), (work - 1, 400)):
        monkeypatch.setattr("helpers.mock.apis.chat._MOST_WORK", most)
        # Of another user each time, so that it is not remembered.
        reply = ask(mock, CHAT, max_tokens=3, model=PLAIN, user=str(most), **asked)
        assert reply.status == status, (most, reply.body)


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
