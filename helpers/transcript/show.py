"""Exchanges as a notebook shows them: lines of text, and a sequence diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helpers.transcript.exchange import Exchange


def lines(exchanges: list[Exchange]) -> Iterator[str]:
    """Each message once, in order: who says it to whom, and the tools that are called with what."""
    shown: list[list[str]] = []
    for number, exchange in enumerate(exchanges, 1):
        usage = exchange.usage or {}
        counted = f", {usage['total_tokens']} tokens" if "total_tokens" in usage else ""
        outcome = exchange.status or exchange.error
        yield f"{number}. {exchange.method} {exchange.path} → {outcome}{counted}"
        if _native_model(exchange):
            yield f"   ← {_seen(exchange)}"
            continue
        said = [list(_said(message)) for message in (exchange.request or {}).get("messages", [])]
        # What was shown before is sent again, with the reply that came after it.
        for told in said[len(shown) :] if said[: len(shown)] == shown else said:
            yield from (f"   → {line}" for line in told)
        reply = exchange.message
        answered = list(_said(reply)) if reply else []
        yield from (f"   ← {line}" for line in answered)
        shown = [*said, answered]


def steps(exchanges: list[Exchange]) -> Iterator[str]:
    seen: set[str] = set()
    names: dict[str, str] = {}
    waiting = False
    for exchange in exchanges:
        if model := _native_model(exchange):
            # A call while the model waits for a result is made by the tool.
            caller = "Tools" if waiting else "You"
            yield f"{caller}->>Clarifai: {model}"
            yield f"Clarifai-->>{caller}: {_seen(exchange)}"
            continue
        for message in (exchange.request or {}).get("messages", []):
            call_id = message.get("tool_call_id")
            if message["role"] == "tool" and call_id not in seen:
                seen.add(call_id)
                yield f"Tools-->>You: {names.get(call_id, 'result')}: {_short(message['content'])}"
        question: Any = next(
            (
                m
                for m in reversed((exchange.request or {}).get("messages", []))
                if m["role"] != "tool"
            ),
            {},
        )
        asked = "user" if question.get("role") == "user" else "results"
        text = _short(_text(question)) if asked == "user" else "tool results"
        yield f"You->>Model: {text}"
        reply = exchange.message
        waiting = bool(reply and reply.get("tool_calls"))
        if reply is None:
            yield f"Model-->>You: {exchange.status or exchange.error}"
            continue
        for call in reply.get("tool_calls") or ():
            names[call["id"]] = call["function"]["name"]
            yield f"Model-->>You: call {_called(call)}"
            yield f"You->>Tools: {_called(call)}"
        if reply.get("content"):
            yield f"Model-->>You: {_short(reply['content'])}"


_NATIVE = re.compile(r"/v2/users/.+/models/([^/]+)(?:/versions/[^/]+)?/outputs")


def _native_model(exchange: Exchange) -> str | None:
    """The id of the model that a request to the native API calls; None for any other request."""
    match = _NATIVE.fullmatch(exchange.path)
    return match[1] if match else None


def _seen(exchange: Exchange) -> str:
    """What a reply of the native API says, in short: concepts, regions, or how it went."""
    reply = exchange.response if isinstance(exchange.response, dict) else {}
    data = (reply.get("outputs") or [{}])[0].get("data", {})
    if "concepts" in data:
        return _short("concepts: " + ", ".join(each["name"] for each in data["concepts"]))
    if "regions" in data:
        return f"{len(data['regions'])} regions"
    return str(reply.get("status", {}).get("description") or exchange.status or exchange.error)


def _said(message: dict[str, Any]) -> Iterator[str]:
    role = message["role"]
    if role == "tool":
        role = f"tool, for {message['tool_call_id']}"
    if message.get("content") is not None:
        yield f"{role}: {_short(_text(message))}"
    for call in message.get("tool_calls") or ():
        yield f"{role} calls {_called(call)}, id {call['id']}"


def _called(call: dict[str, Any]) -> str:
    return f"{call['function']['name']}({_short(call['function']['arguments'])})"


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part.get("text", f"[{part.get('type')}]") for part in content)
    return str(content or "")


def _short(text: str, width: int = 88) -> str:
    text = " ".join(text.split()).replace(";", ",")
    return text if len(text) <= width else text[: width - 1] + "…"
