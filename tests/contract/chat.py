"""Questions to the chat API, and the chunks of a streamed reply."""

import json
from collections.abc import Iterator
from typing import Any

from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel

from helpers.mock.server import MockServer
from tests.contract.wire import send

OPEN = "openai/chat-completion/models/gpt-oss-120b"


PLAIN = "openai/chat-completion/models/gpt-4o"


CLAUDE = "anthropic/completion/models/claude-sonnet-4"


WHO: Any = [{"role": "user", "content": "Who are you?"}]


JOHN: Any = [
    {
        "role": "user",
        "content": "John Miller is 29 years old and his email is john.miller@example.com.",
    }
]


WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"location": {"type": "string"}},
            "required": ["location"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}


class Person(BaseModel):
    name: str
    age: int
    email: str


def asks(*cities: str) -> Any:
    return [{"role": "user", "content": f"What is the weather in {' and in '.join(cities)}?"}]


def chunks(mock: MockServer, **asked: Any) -> list[dict[str, Any]]:
    """The chunks as they are on the wire, each checked against its type."""
    reply = send(mock, {"model": PLAIN, "messages": WHO, "stream": True} | asked)
    *frames, done, rest = reply.body.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    payloads = [frame.removeprefix("data: ") for frame in frames]
    for payload in payloads:
        ChatCompletionChunk.model_validate_json(payload, strict=True)
    return [json.loads(payload) for payload in payloads]


def choices(stream: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for chunk in stream:
        yield from chunk["choices"]
