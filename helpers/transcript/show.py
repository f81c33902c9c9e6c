"""Exchanges as a notebook shows them: lines of text, and a sequence diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from helpers.transcript.exchange import Exchange
from helpers.transcript.read import (
    ProposedCall,
    as_object,
    calls_of,
    objects,
    reason,
    received,
    sent,
    string,
    text_of,
)


def lines(exchanges: list[Exchange]) -> Iterator[str]:
    """Each message once, in order: who says it to whom, and the tools that are called with what."""
    shown: list[list[str]] = []
    for number, exchange in enumerate(exchanges, 1):
        counted = "" if exchange.tokens is None else f", {exchange.tokens} tokens"
        outcome = exchange.status or exchange.error
        yield f"{number}. {exchange.method} {exchange.path} → {outcome}{counted}"
        if _native_model(exchange):
            yield f"   ← {_seen(exchange)}"
            continue
        if passed := ", ".join(_passed_on(exchange)):
            yield f"   → passed on: {_short(passed)}"
        said = [list(_said(message)) for message in sent(exchange).messages]
        # What was shown before is sent again, with the reply that came after it.
        for told in said[len(shown) :] if said[: len(shown)] == shown else said:
            yield from (f"   → {line}" for line in told)
        answered = list(_said(_reply(exchange)))
        yield from (f"   ← {line}" for line in answered)
        shown = [*said, answered]


# What a reply is made from, of a request and of a message; all else is only passed on.
_READ = {
    "dimensions", "encoding_format", "image", "input", "instructions", "logprobs",
    "max_completion_tokens", "max_output_tokens", "max_tokens", "max_tool_calls", "mcp_servers",
    "messages", "model", "n", "parallel_tool_calls", "previous_response_id", "prompt", "reasoning",
    "reasoning_effort", "response_format", "seed", "size", "stop", "stream", "stream_options",
    "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p",
    "annotations", "arguments", "call_id", "content", "detail", "id", "image_url", "name",
    "output", "reasoning_content", "refusal", "role", "status", "summary", "tool_call_id",
    "tool_calls", "type",
}  # fmt: skip


def _passed_on(exchange: Exchange) -> Iterator[str]:
    messages = {f" of message {at}": each for at, each in enumerate(sent(exchange).messages, 1)}
    for where, part in (messages and {"": as_object(exchange.request), **messages}).items():
        parts = part, *objects(part.get("content"))
        names = (name for each in parts for name, value in each.items() if value is not None)
        yield from (name + where for name in names if name not in _READ)


def _reply(exchange: Exchange) -> dict[str, Any]:
    """The reply as a message, from either API; empty where there is none."""
    if message := exchange.message:
        return message
    reply = received(exchange)
    if not reply.text and not reply.calls:
        return {}
    calls = [
        {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
        for call in reply.calls
    ]
    return {"role": "assistant", "content": reply.text or None, "tool_calls": calls}


def _said(message: dict[str, Any]) -> Iterator[str]:
    role = string(message.get("role")) or string(message.get("type")) or "assistant"
    if role == "tool":
        role = f"tool, for {message.get('tool_call_id')}"
    if message.get("content") is not None:
        # JupyterLab breaks a longer line in the middle of a word.
        yield _short(f"{role}: {text_of(message['content'], named=True)}", 92)
    elif refusal := string(message.get("refusal")):
        yield f"{role} refuses: {_short(refusal)}"
    for call in calls_of(message):
        yield f"calls {_called(call)}, id {call.id}"


def _called(call: ProposedCall) -> str:
    return f"{call.name}({_short(call.arguments)})"


def _short(text: str, width: int = 88) -> str:
    text = " ".join(text.split())
    if len(text) <= width:
        return text
    # Half a word is a spelling mistake.
    return re.sub(r"(?<!\w)\w{1,20}$", "", text[: width - 1]) + "…"


# --- the diagram ---


def diagram(exchanges: list[Exchange]) -> list[str]:
    """The lines of a sequence diagram: its name, who is in it, then what is said, in order."""
    drawn = _Diagram()
    for exchange in exchanges:
        if model := _native_model(exchange):
            drawn.native(model, _seen(exchange))
        else:
            drawn.chat(exchange)
    return ["accTitle: Who sent what to whom, in order", *drawn.participants(), *drawn.steps]


class _Diagram:
    """The program stands between the model and its functions, which never meet."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._functions: dict[str, str] = {}
        self._others: dict[str, str] = {}
        # Calls that the model proposed, and those of them that are seen to run.
        self._proposed: list[ProposedCall] = []
        self._running: list[ProposedCall] = []

    def participants(self) -> list[str]:
        everybody = {
            **({"M": "Model"} if "M" in self._others else {}),
            "P": "Your program",
            **{short: name for name, short in self._functions.items()},
            **({"C": "Clarifai"} if "C" in self._others else {}),
        }
        return [f"participant {short} as {_label(name)}" for short, name in everybody.items()]

    def chat(self, exchange: Exchange) -> None:
        messages = sent(exchange).messages
        results = {string(m.get("tool_call_id")): m for m in messages if m.get("role") == "tool"}
        answered = [call for call in self._proposed if call.id in results]
        for call in answered:
            if call not in self._running:
                self._run(call)
            text = text_of(results[call.id].get("content"), named=True)
            self._step(self._function(call), "-->>", "P", text)
        self._proposed, self._running = [], []
        said = [m for m in messages if m.get("role") != "tool"]
        question = text_of(said[-1].get("content"), named=True) if said else ""
        if answered and string(said[-1].get("role") if said else "") != "user":
            question = f"{len(answered)} results" if len(answered) > 1 else "the result"
        self._step("P", "->>", "M", question or exchange.path)
        reply = received(exchange)
        for call in reply.calls:
            self._proposed.append(call)
            self._step("M", "-->>", "P", _called(call))
        answer = reply.text or reply.refusal
        if answer or not reply.calls:
            failed = (exchange.status or 0) >= 400 or not exchange.status
            outcome = str(exchange.status or exchange.error)
            self._step("M", "-->>", "P", outcome if failed else answer or outcome)

    def native(self, model: str, seen: str) -> None:
        """A call of Clarifai's own API. While the model waits for results, a function makes it."""
        caller = "P"
        if self._proposed:
            waiting = [call for call in self._proposed if call not in self._running]
            if waiting:
                self._run(waiting[0])
            caller = self._function(self._running[-1])
        self._step(caller, "->>", "C", model)
        self._step("C", "-->>", caller, seen)

    def _run(self, call: ProposedCall) -> None:
        self._running.append(call)
        self._step("P", "->>", self._function(call), f"run {_called(call)}")

    def _function(self, call: ProposedCall) -> str:
        return self._functions.setdefault(call.name or "?", f"F{len(self._functions) + 1}")

    def _step(self, sender: str, arrow: str, receiver: str, text: str) -> None:
        self._others |= {sender: "", receiver: ""}
        self.steps.append(f"{sender}{arrow}{receiver}: {_label(text)}")


def _label(text: str) -> str:
    """A text as Mermaid shows it: a semicolon would end the statement, # begin an escape.

    Long lines would draw the participants apart, until nobody can read the diagram on a page.
    """
    lines = wrap(text, 28, max_lines=3, placeholder=" …", break_on_hyphens=False)
    return re.sub("[#;]", lambda sign: f"#{ord(sign[0])};", "<br/>".join(lines)) or "…"


# --- Clarifai's own API ---

_NATIVE = re.compile(r"/v2/users/.+/models/([^/]+)(?:/versions/[^/]+)?/outputs")


def _native_model(exchange: Exchange) -> str | None:
    """The id of the model that a request to the native API calls; None for any other request."""
    return match[1] if (match := _NATIVE.fullmatch(exchange.path)) else None


def _seen(exchange: Exchange) -> str:
    """What a reply of the native API says, in short: concepts, regions, or how it went."""
    reply = as_object(exchange.response)
    data = as_object(next(iter(objects(reply.get("outputs"))), {}).get("data"))
    if names := [string(concept.get("name")) for concept in objects(data.get("concepts"))]:
        return _short("concepts: " + ", ".join(names))
    if regions := objects(data.get("regions")):
        return f"{len(regions)} regions"
    return reason(reply) or str(exchange.status or exchange.error)
