"""Read an exchange: what was sent and what came back, alike for every API and for streams.

    sent(exchange).tool_choice == "required"
    [call.name for call in received(exchange).calls] == ["get_weather", "get_weather"]

Chat completions and the Responses API say the same things in two forms; here they have one. What
comes from elsewhere may be any JSON: what is missing, null or of another type reads as empty, and
nothing here raises for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.transcript.exchange import Exchange

# --- foreign JSON, with defaults ---


def as_object(value: Any) -> dict[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; none for anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def string(value: Any) -> str:
    """A text; an empty one for anything else."""
    return value if isinstance(value, str) else ""


def text_of(content: Any, *, named: bool = False) -> str:
    """The text of a message's content, of its parts with a blank between.

    `named`, a part that has no text is shown as its type: `[image_url]`.
    """
    if isinstance(content, list):
        said = [part if isinstance(part, str) else _text_of_part(part, named) for part in content]
        return " ".join(filter(None, said))
    return string(content)


def _text_of_part(part: Any, named: bool) -> str:
    text = as_object(part).get("text", as_object(part).get("refusal"))
    if isinstance(text, str):
        return text
    kind = string(as_object(part).get("type"))
    return f"[{kind}]" if named and kind else ""


def reason(body: Any, width: int = 300) -> str:
    """What the body of an error says, in the server's own words: code, description, details.

    Empty if it says nothing. Clarifai's errors, OpenAI's, and those of other servers.
    """
    if isinstance(body, str):
        return _cut(" ".join(body.split()), width)
    if isinstance(body, list):  # Gemini's errors, and a stream that ends with one
        return next(filter(None, (reason(part, width) for part in reversed(objects(body)))), "")
    whole = as_object(body)
    told = (whole.get(name) for name in ("error", "status", "detail"))
    # A status may be the number that the head has, too.
    error = next((each for each in told if each and isinstance(each, str | list | dict)), whole)
    if isinstance(error, str):
        return _cut(error, width)
    if isinstance(error, list):
        return _cut(json.dumps(error, ensure_ascii=False), width)
    names = ("code", "type", "description", "message", "msg", "details")
    words = [
        said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        for said in map(error.get, names)
        if said not in ("", None, [], {})
    ]
    return _cut(": ".join(dict.fromkeys(words)), width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


# --- what a request says ---


@dataclass(frozen=True)
class OfferedTool:
    """A function as a request offers it. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]
    strict: bool


@dataclass(frozen=True)
class ProposedCall:
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
        return [{"role": "user", "content": said}] if isinstance(said, str) else objects(said)

    @property
    def roles(self) -> list[str]:
        return [role for message in self.messages if (role := string(message.get("role")))]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Who said what: the role and the text of each message."""
        return [(m["role"], text_of(m.get("content"))) for m in self.messages if "role" in m]

    @property
    def text(self) -> str:
        """All that is said in the messages, one on each line."""
        return "\n".join(text_of(message.get("content")) for message in self.messages)

    @property
    def tools(self) -> dict[str, OfferedTool]:
        """The functions on offer by their names."""
        return {tool.name: tool for tool in _tools(self.body.get("tools"))}

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema that the reply has to fit, with what it refers to put in; or empty."""
        chat, responses = self.body.get("response_format"), self.body.get("text")
        form = as_object(as_object(chat).get("json_schema")) or as_object(responses).get("format")
        schema = as_object(as_object(form).get("schema"))
        return as_object(_resolved(schema, as_object(schema.get("$defs"))))

    @property
    def called(self) -> list[str]:
        """The ids of the calls in the conversation so far."""
        ids = [call.id for message in self.messages for call in calls_of(message)]
        return ids + [string(item.get("call_id")) for item in self._items("function_call")]

    @property
    def answered(self) -> list[str]:
        """The ids of the calls that are answered, in order, each as often as it is."""
        ids = [str(m.get("tool_call_id")) for m in self.messages if m.get("role") == "tool"]
        return ids + [string(item.get("call_id")) for item in self._items("function_call_output")]

    @property
    def results(self) -> dict[str, str]:
        """What the calls in the conversation were answered with, by their ids."""
        given = [(m.get("tool_call_id"), m.get("content")) for m in self.messages]
        given += [(i.get("call_id"), i.get("output")) for i in self._items("function_call_output")]
        return {id: text_of(result) for id, result in given if isinstance(id, str)}

    def _items(self, kind: str) -> Iterator[dict[str, Any]]:
        return (item for item in self.messages if item.get("type") == kind)


def sent(exchange: Exchange) -> Sent:
    return Sent(as_object(exchange.request))


def _tools(tools: Any) -> Iterator[OfferedTool]:
    for tool in objects(tools):
        if tool.get("type") == "function":
            # Flat in the Responses API, and in a part of its own in chat completions.
            function = as_object(tool.get("function", tool))
            yield OfferedTool(
                string(function.get("name")),
                string(function.get("description")),
                as_object(function.get("parameters")),
                bool(function.get("strict")),
            )


# --- what a reply says ---


@dataclass(frozen=True)
class Received:
    """What a reply says. `finish_reason` is a chat completion's, or the status of a response."""

    text: str = ""
    calls: tuple[ProposedCall, ...] = ()
    finish_reason: str | None = None
    refusal: str = ""
    reasoning: str = ""


def received(exchange: Exchange) -> Received:
    """Empty where no model replied: for an error, a list of models, an embedding."""
    return read_reply(exchange.response)


def read_reply(body: Any) -> Received:
    """The reply in the body of a response; for a stream, in the list of its events."""
    if isinstance(body, list):
        events = objects(body)
        if not any("choices" in event for event in events):
            return _response(_put_together(events))
    elif not as_object(body).get("choices"):
        return _response(as_object(body))
    message = joined_message(body) or {}
    return Received(
        text_of(message.get("content")),
        tuple(calls_of(message)),
        finish_reason(body),
        string(message.get("refusal")),
        _reasoning(message),
    )


def usage_of(body: Any) -> dict[str, Any] | None:
    """The tokens that a reply reports, or None."""
    for each in reversed(body if isinstance(body, list) else [body]):
        whole = as_object(each)
        usage = whole.get("usage") or as_object(whole.get("response")).get("usage")
        if usage and isinstance(usage, dict):
            return dict(usage)
    return None


def total_tokens(usage: Any) -> int | None:
    """All tokens that a usage tells of, as far as they are known; None if it tells of none."""
    counted = {name: n for name, n in as_object(usage).items() if type(n) is int}
    if "total_tokens" in counted:
        return counted["total_tokens"]
    parts = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")
    return sum(counted.get(name, 0) for name in parts) if counted.keys() & {*parts} else None


def calls_of(message: dict[str, Any]) -> Iterator[ProposedCall]:
    """The calls that a message of chat completions proposes."""
    for call in objects(message.get("tool_calls")):
        if "function" in call:
            function = as_object(call["function"])
            yield ProposedCall(
                string(call.get("id")), string(function.get("name")), _arguments(function)
            )


def joined_message(body: Any) -> dict[str, Any] | None:
    """The assistant's message of a chat completion, put together if it was streamed.

    None if there was none. Of several choices, the first.
    """
    if not isinstance(body, list):
        choices = objects(as_object(body).get("choices"))
        message = choices[0].get("message") if choices else None
        return message if isinstance(message, dict) else None
    choices = [choice for event in objects(body) for choice in objects(event.get("choices"))]
    joined = _Joined()
    for choice in choices:
        if choice.get("index") in (0, None):
            joined.add(as_object(choice.get("delta")))
    return joined.message() if choices else None


@dataclass
class _Joined:
    """The pieces of a message."""

    texts: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[object, dict[str, Any]]] = field(default_factory=list)

    def add(self, delta: dict[str, Any]) -> None:
        for name in ("content", "refusal", *_REASONING):
            if piece := text_of(delta.get(name)):
                self.texts[name] = self.texts.get(name, "") + piece
        for part in objects(delta.get("tool_calls")):
            call = self._call(part)
            call["id"] = call["id"] or string(part.get("id"))
            function = as_object(part.get("function"))
            call["function"]["name"] += string(function.get("name"))
            call["function"]["arguments"] += _arguments(function)

    def _call(self, part: dict[str, Any]) -> dict[str, Any]:
        """The call that a part belongs to. Some servers send no index, or the same for all."""
        index, call_id = part.get("index"), string(part.get("id"))
        named = bool(as_object(part.get("function")).get("name"))
        if index is None and not call_id and not named and self.calls:
            return self.calls[-1][1]
        if call_id or index is not None or not named:
            for known, earlier in self.calls[::-1]:
                if known == index and call_id in ("", earlier["id"]):
                    return earlier
        function = {"name": "", "arguments": ""}
        call: dict[str, Any] = {"id": "", "type": "function", "function": function}
        self.calls.append((index, call))
        return call

    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": None, **self.texts}
        if self.calls:
            message["tool_calls"] = [call for _, call in self.calls]
        return message


_REASONING = ("reasoning_content", "reasoning")


def _reasoning(message: dict[str, Any]) -> str:
    return next(filter(None, (string(message.get(name)) for name in _REASONING)), "")


def _arguments(function: dict[str, Any]) -> str:
    """The arguments as text; some servers send them as an object."""
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        return json.dumps(arguments, ensure_ascii=False)
    return string(arguments)


def finish_reason(body: Any) -> str | None:
    """Why the first choice of a chat completion ended, as far as it is said."""
    events = objects(body if isinstance(body, list) else [body])
    reasons = [c.get("finish_reason") for event in events for c in objects(event.get("choices"))]
    if not isinstance(body, list):
        reasons = reasons[:1]
    return next((each for each in reversed(reasons) if each and isinstance(each, str)), None)


def _response(body: dict[str, Any]) -> Received:
    items = objects(body.get("output"))
    calls = tuple(
        ProposedCall(string(item.get("call_id")), string(item.get("name")), _arguments(item))
        for item in items
        if item.get("type") == "function_call"
    )
    said = [text_of(item.get("content")) for item in items if item.get("type") == "message"]
    return Received("\n".join(said), calls, string(body.get("status")) or None)


def _put_together(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A streamed response: its last event has it whole, or its items were done one by one.

    Of one that broke off, the text so far.
    """
    done = [e.get("item") for e in events if e.get("type") == "response.output_item.done"]
    so_far = (e.get("delta") for e in events if e.get("type") == "response.output_text.delta")
    if not any(as_object(item).get("type") == "message" for item in done):
        done.append({"type": "message", "content": "".join(map(string, so_far))})
    whole: dict[str, Any] = {"output": done}
    for event in events:
        if event.get("type") in ("response.completed", "response.incomplete", "response.failed"):
            parts = as_object(event.get("response")).items()
            whole |= {key: value for key, value in parts if value}
    return whole


def _resolved(part: Any, definitions: dict[str, Any], depth: int = 0) -> Any:
    if isinstance(part, list):
        return [_resolved(each, definitions, depth + 1) for each in part]
    if not isinstance(part, dict) or depth > 30:
        return part
    if isinstance(name := part.get("$ref"), str):
        return _resolved(definitions.get(name.rpartition("/")[2], {}), definitions, depth + 1)
    return {
        key: _resolved(each, definitions, depth + 1) for key, each in part.items() if key != "$defs"
    }
