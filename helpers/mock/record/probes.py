"""The requests that the mock and a real backend are compared by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from helpers.mock.requests import Json

CHAT_MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
EMBEDDING_MODEL = "https://clarifai.com/openai/embed/models/text-embedding-3-small"
IMAGE_MODEL = "https://clarifai.com/xai/image-generation/models/grok-2-image-1212"
UNKNOWN_MODEL = "https://clarifai.com/openai/chat-completion/models/no-such-model"


@dataclass(frozen=True)
class Probe:
    """One request. `name` begins with the API that it is about; `body` is JSON, or bytes if not."""

    name: str
    path: str
    body: Json | bytes | None = None
    method: str = "POST"
    authorization: str | None = None
    """In place of the real key; "" for no header at all."""

    @property
    def about(self) -> str:
        """The first word of the name, by which probes can be chosen."""
        return self.name.partition(" ")[0]

    def content(self, model: str | None = None) -> bytes | None:
        """What is sent; `model` in place of the one for chat."""
        if not isinstance(self.body, dict):
            return self.body
        other = {"model": model} if model and self.body.get("model") == CHAT_MODEL else {}
        return json.dumps(self.body | other).encode()

    def headers(self, key: str) -> dict[str, str]:
        value = f"Bearer {key}" if self.authorization is None else self.authorization
        headers = {"content-type": "application/json"}
        return headers | {"authorization": value} if value else headers


_WEATHER: Json = {
    "name": "get_weather",
    "description": "The weather in a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
_PERSON: Json = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
_ASKED = "What is the weather in Paris?"
_ASKED_TWICE = "What is the weather in Paris, and what is it in Lagos? Call the tool for both."
_CALL: Json = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'},
}


def _chat(name: str, said: str | list[Json], **fields: Any) -> Probe:
    messages = said if isinstance(said, list) else [{"role": "user", "content": said}]
    body = {"model": CHAT_MODEL, "messages": messages, **fields}
    return Probe(f"chat {name}", "/chat/completions", body)


def _responses(name: str, said: str, **fields: Any) -> Probe:
    body = {"model": CHAT_MODEL, "input": said, **fields}
    return Probe(f"responses {name}", "/responses", body)


def _error(name: str, path: str = "/chat/completions", **fields: Any) -> Probe:
    body = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": "Hi"}], **fields}
    return Probe(f"errors {name}", path, {k: v for k, v in body.items() if v is not None})


def _probes() -> Iterator[Probe]:
    yield Probe("models", "/models", method="GET")

    tools = [{"type": "function", "function": _WEATHER}]
    strict = {"name": "person", "schema": _PERSON, "strict": True}
    json_schema = {"type": "json_schema", "json_schema": strict}
    john = "John Miller is 29 years old. Give his name and his age as JSON."
    yield _chat("whole", "Who are you?")
    yield _chat("stream", "Who are you?", stream=True)
    yield _chat("limit", "Tell me a story.", max_tokens=5)
    yield _chat("limit stream", "Tell me a story.", max_completion_tokens=5, stream=True)
    yield _chat("tools", _ASKED, tools=tools, tool_choice="required")
    yield _chat("tools stream", _ASKED, tools=tools, tool_choice="required", stream=True)
    yield _chat("parallel", _ASKED_TWICE, tools=tools, tool_choice="required")
    yield _chat("parallel stream", _ASKED_TWICE, tools=tools, tool_choice="required", stream=True)
    said: Json = {"role": "assistant", "content": None, "tool_calls": [_CALL]}
    result: Json = {"role": "tool", "tool_call_id": "call_1", "content": '{"celsius": 21}'}
    asked: Json = {"role": "user", "content": _ASKED}
    yield _chat("results", [asked, said, result], tools=tools)
    yield _chat("json_object", john, response_format={"type": "json_object"})
    yield _chat("json_schema", john, response_format=json_schema)
    yield _chat("json_schema stream", john, response_format=json_schema, stream=True)

    flat = [{"type": "function", **_WEATHER, "strict": True}]
    yield _responses("whole", "Who are you?")
    yield _responses("stream", "Who are you?", stream=True)
    yield _responses("limit", "Tell me a story.", max_output_tokens=16)
    yield _responses("tools", _ASKED, tools=flat, tool_choice="required")
    yield _responses("tools stream", _ASKED, tools=flat, tool_choice="required", stream=True)

    for encoding in ("float", "base64"):
        body = {"model": EMBEDDING_MODEL, "input": ["One", "Two"], "encoding_format": encoding}
        yield Probe(f"embeddings {encoding}", "/embeddings", body)
    for form in ("url", "b64_json"):
        body = {"model": IMAGE_MODEL, "prompt": "A small red boat", "response_format": form}
        yield Probe(f"images {form}", "/images/generations", body)

    yield _error("unknown model", model=UNKNOWN_MODEL)
    yield _error("unknown model stream", model=UNKNOWN_MODEL, stream=True)
    yield _error("name that is no model", model="gpt-oss-120b")
    yield _error("no model", model=None)
    yield _error("no messages", messages=None)
    yield _error("empty messages", messages=[])
    yield _error("wrong type", temperature="hot")
    yield _error("out of range", temperature=9)
    yield _error("tool choice without tools", tool_choice="required")
    yield _error("embeddings of a chat model", "/embeddings", messages=None, input="Hi")
    yield _error("no such path", "/audio/speech")
    yield Probe("errors wrong method", "/chat/completions", method="GET")
    yield Probe("errors no JSON", "/chat/completions", b'{"model": ')
    yield Probe("errors no object", "/chat/completions", b"[]")
    hello: Json = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": "Hi"}]}
    yield Probe("errors no key", "/chat/completions", hello, authorization="")
    yield Probe("errors malformed key", "/chat/completions", hello, authorization="Bearer nonsense")
    yield Probe("errors malformed scheme", "/chat/completions", hello, authorization="nonsense")


PROBES: tuple[Probe, ...] = tuple(_probes())
