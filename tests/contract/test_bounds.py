"""What is at a bound is taken, and what is beyond it is refused, by name."""

from typing import Any

import pytest

from helpers.mock.server import MockServer
from tests.contract.chat import OPEN, PLAIN, WEATHER, WHO
from tests.contract.generated import CHAT, EMBEDDINGS, IMAGES, RESPONSES
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


def allowed(*tools: Any, mode: str = "auto") -> dict[str, Any]:
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [*tools]}}


NAMED = {"type": "function", "function": {"name": "g"}}
ROOT = {"type": "object", "properties": {f"a{n}": {"type": "null"} for n in range(5001)},
        "required": [f"a{n}" for n in range(5001)], "additionalProperties": False}  # fmt: skip
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    *[(path, {"bogus": 1}, f"{method}() got an unexpected keyword argument 'bogus'")
      for path, method in ((CHAT, "Completions.create"), (RESPONSES, "Responses.create"),
                           (EMBEDDINGS, "Embeddings.create"), (IMAGES, "Images.generate"))],
    (CHAT, {"top_k": "many"}, "top_k: Should be a number"),
    (IMAGES, {"size": "٣٢x٣٢"}, "size: Should be such as 1024x1024"),
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
    (CHAT, {"messages": [user(["x"])]}, "messages.0.content.0: Should be an object"),
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
    (CHAT, {"tools": [WEATHER], "tool_choice": {"type": "custom", "custom": {"name": "f"}}},
     "tool_choice.type: Only function tools are served"),
    (CHAT, {"tools": [WEATHER], "tool_choice": allowed(mode="required")},
     "tool_choice.allowed_tools.tools: Asks for a call, but allows no tool"),
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
    (RESPONSES, {"tools": [3]}, "tools.0: Should be an object"),
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
    *[(RESPONSES, {"model": PLAIN, "input": [{"role": role, "content": [
        {"type": kind, "text": "Hi", "refusal": "No."}]}]},
       f"input.0.content.0.type: Should be {right} in a message of the {role}")
      for role, kind, right in (("assistant", "input_text", "output_text or refusal"),
                                ("user", "output_text", "input_text or input_image"),
                                ("system", "refusal", "input_text or input_image"))],
    (RESPONSES, {"model": PLAIN, "input": [{"role": "system", "content": [
        {"type": "input_image", "image_url": "https://a.b/c.png"}]}]},
     "input.0.content: A message of the system has no pictures"),
    (CHAT, {"model": PLAIN, "messages": [WHO[0] | {"name": "n" * 65}]},
     "messages.0.name: Should have at most 64 characters"),
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
    (CHAT, {"model": PLAIN, "tools": [function("n" * 64, strict=True)]}),
    (CHAT, {"model": PLAIN, "tools": [function(parameters={}, strict=True)]}),
    (CHAT, {"response_format": {"type": "json_schema", "json_schema": {"name": "n" * 64}}}),
    (CHAT, {"model": PLAIN, "messages": [WHO[0] | {"name": "n" * 64}]}),
    (CHAT, {"messages": [
        *WHO, {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}, *WHO]}),
    (CHAT, {"messages": [calling("a", "b"), done("b"), done("a"), calling("a"), done("a")]}),
    *((CHAT, {"messages": [WHO[0] | {"tool_calls": each}]}) for each in (1, ["a"], {"a": 1})),
    (CHAT, {"timeout": 3, "extra_headers": {}, "top_k": 3}),
    (CHAT, {"top_k": "3"}),
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


def test_openai_takes_128_tools_and_no_more_and_others_any_number(mock: MockServer) -> None:
    tools = [function(f"f{n}") for n in range(129)]
    assert ask(mock, CHAT, tools=tools).status == 200
    assert ask(mock, CHAT, model=PLAIN, tools=tools[:128]).status == 200
    refused = ask(mock, CHAT, model=PLAIN, tools=tools).json()
    assert refused["details"] == "tools: Should have at most 128 items"


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
