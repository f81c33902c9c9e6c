"""Read an exchange: what was sent and what came back, alike for every API and for streams.

    sent(exchange).tool_choice == "required"
    [call.name for call in received(exchange).calls] == ["get_weather", "get_weather"]

Chat completions and the Responses API say the same things in two forms; here they have one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from helpers.transcript import Exchange


@dataclass(frozen=True)
class Tool:
    """A function as a request offers it. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]
    strict: bool


@dataclass(frozen=True)
class Call:
    """A call that a reply proposes. `arguments` is the text as it came; what did not come is ""."""

    id: str
    name: str
    arguments: str

    def parse(self) -> Any:
        """The arguments as data. Raises json.JSONDecodeError."""
        return json.loads(self.arguments)


@dataclass(frozen=True)
class Sent:
    """What a request says."""

    body: dict[str, Any]

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def tool_choice(self) -> Any:
        return self.body.get("tool_choice")

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages, or the items that the Responses API has instead of them."""
        said = self.body.get("messages", self.body.get("input"))
        if isinstance(said, str):
            return [{"role": "user", "content": said}]
        return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []

    @property
    def roles(self) -> list[str]:
        return [message["role"] for message in self.messages if "role" in message]

    @property
    def text(self) -> str:
        """All that is said in the messages, one on each line."""
        return "\n".join(_text(message.get("content")) for message in self.messages)

    @property
    def tools(self) -> dict[str, Tool]:
        """The functions on offer by their names."""
        return {tool.name: tool for tool in _tools(self.body.get("tools"))}

    @property
    def called(self) -> list[str]:
        """The ids of the calls in the conversation so far."""
        ids = [call.id for message in self.messages for call in _calls(message)]
        return ids + [item["call_id"] for item in self._items("function_call")]

    @property
    def answered(self) -> list[str]:
        """The ids of the calls that are answered, in order, each as often as it is."""
        ids = [str(m.get("tool_call_id")) for m in self.messages if m.get("role") == "tool"]
        return ids + [item["call_id"] for item in self._items("function_call_output")]

    def _items(self, kind: str) -> Iterator[dict[str, Any]]:
        return (item for item in self.messages if item.get("type") == kind)


@dataclass(frozen=True)
class Received:
    """What a reply says. `finish_reason` is a chat completion's, or the status of a response."""

    text: str
    calls: tuple[Call, ...]
    finish_reason: str | None


def sent(exchange: Exchange) -> Sent:
    return Sent(exchange.request if isinstance(exchange.request, dict) else {})


def received(exchange: Exchange) -> Received:
    """Empty where no model replied: for an error, a list of models, an embedding."""
    body = exchange.response
    if isinstance(body, list):
        events = [event for event in body if isinstance(event, dict)]
        if any("choices" in event for event in events):
            reasons = [c.get("finish_reason") for e in events for c in e.get("choices") or ()]
            return _completion(exchange.message, next(filter(None, reversed(reasons)), None))
        return _response(_put_together(events))
    if not isinstance(body, dict):
        return Received("", (), None)
    if body.get("choices"):
        return _completion(exchange.message, body["choices"][0].get("finish_reason"))
    return _response(body)


def _completion(message: dict[str, Any] | None, reason: str | None) -> Received:
    message = message or {}
    return Received(_text(message.get("content")), tuple(_calls(message)), reason)


def _response(body: dict[str, Any]) -> Received:
    items = body.get("output")
    items = items if isinstance(items, list) else []
    calls = tuple(
        Call(item.get("call_id") or "", item.get("name") or "", item.get("arguments") or "")
        for item in items
        if item.get("type") == "function_call"
    )
    said = [_text(item.get("content")) for item in items if item.get("type") == "message"]
    status = body.get("status")
    return Received("\n".join(said), calls, status if isinstance(status, str) else None)


def _put_together(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A streamed response: its last event has it whole, or its items were done one by one."""
    whole: dict[str, Any] = {"output": [event["item"] for event in events if _is_item(event)]}
    for event in events:
        if event.get("type") in ("response.completed", "response.incomplete", "response.failed"):
            whole |= {key: value for key, value in event["response"].items() if value}
    return whole


def _is_item(event: dict[str, Any]) -> bool:
    return event.get("type") == "response.output_item.done"


def _calls(message: dict[str, Any]) -> Iterator[Call]:
    for call in message.get("tool_calls") or ():
        if "function" in call:
            function = call["function"]
            yield Call(
                call.get("id") or "", function.get("name") or "", function.get("arguments") or ""
            )


def _tools(tools: Any) -> Iterator[Tool]:
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and tool.get("type") == "function":
            # Flat in the Responses API, and in a part of its own in chat completions.
            function = tool.get("function", tool)
            yield Tool(
                function["name"],
                function.get("description") or "",
                function.get("parameters") or {},
                bool(function.get("strict")),
            )


def _text(content: Any) -> str:
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return " ".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
