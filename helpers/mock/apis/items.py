"""The input of a response, as the messages that chat completions would send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openai.types.responses import (
    EasyInputMessageParam,
    ResponseFunctionToolCallParam,
    ResponseInputImageParam,
    ResponseInputTextParam,
    ResponseOutputRefusalParam,
    ResponseOutputTextParam,
    ResponseReasoningItemParam,
)
from openai.types.responses.response_input_item_param import FunctionCallOutput, ItemReference

from helpers.mock.apis import openai_rules
from helpers.mock.apis.checks import check_vision
from helpers.mock.apis.stored import Conversation, Stored
from helpers.mock.apis.turn import Output
from helpers.mock.catalogue import Model
from helpers.mock.pictures import describe
from helpers.mock.requests import InvalidRequest, Json, validator, without_nulls


def followed_by(conversation: Conversation, turn: Output) -> Conversation:
    """A conversation and what the model said; what it only thought is no message."""
    if turn.reasoning and not (turn.text or turn.calls):
        return conversation
    message: Json = {"role": "assistant", "content": "".join(turn.text or ())}
    if turn.calls:
        message["tool_calls"] = [
            _tool_call(call_id, name, "".join(arguments)) for call_id, name, arguments in turn.calls
        ]
    return Conversation([*conversation.messages, message], conversation.images)


def read_items(model: Model, value: Any, before: Conversation, stored: Stored) -> Conversation:
    """A conversation and the `input` that goes on with it; `stored` has what items refer to.

    Raises InvalidRequest, which names the item, or the part of it, that does not fit.
    """
    if isinstance(value, str):
        value = [{"role": "user", "content": value}]
    if not isinstance(value, list):
        raise InvalidRequest("input", "Should be a text or a list of items", "type")
    if not value:
        raise InvalidRequest("input", "There should be at least one item", "range")
    reader = _Reader(model, before, stored)
    for index, item in enumerate(value):
        reader.read(item, f"input.{index}")
    if reader.open_calls:
        ids = ", ".join(sorted(reader.open_calls))
        raise InvalidRequest(
            "input", f"No function_call_output answers the calls {ids}", "unanswered_calls"
        )
    return Conversation(reader.messages, reader.images)


def _tool_call(call_id: str, name: str, arguments: str) -> Json:
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


class _Reader:
    def __init__(self, model: Model, before: Conversation, stored: Stored) -> None:
        self.model = model
        self.stored = stored
        self.messages = list(before.messages)
        self.images = before.images
        calls = self.messages[-1].get("tool_calls", ()) if self.messages else ()
        self.open_calls: set[str] = {call["id"] for call in calls}
        self._in_calls = False

    def read(self, item: Any, path: str) -> None:
        if not isinstance(item, dict):
            raise InvalidRequest(
                path, "Should be an item: an object with a type, or a role", "type"
            )
        # An item of an earlier reply comes back with all its nulls.
        item = without_nulls(item)
        refers = "id" in item and "role" not in item
        kind = item.get("type", "item_reference" if refers else "message")
        read = _KINDS.get(kind) if isinstance(kind, str) else None
        if read is None:
            problem = f"Is not served by the mock, which takes {', '.join(_KINDS)}"
            raise InvalidRequest(f"{path}.type", problem, "unserved_part")
        read(self, item, path)
        if kind != "item_reference":
            self._in_calls = kind == "function_call"

    def _message(self, item: Json, path: str) -> None:
        content = item.get("content")
        if isinstance(content, list):
            parts = [self._part(piece, f"{path}.content.{i}") for i, piece in enumerate(content)]
            self._check(EasyInputMessageParam, item | {"content": ""}, path)
            for i, piece in enumerate(content):
                broken = openai_rules.of_part(piece["type"], item["role"], f"{path}.content.{i}")
                openai_rules.check(self.model, broken)
            content = [part for part, _ in parts]
            images = tuple(seen for _, seen in parts if seen)
            if all(part["type"] == "text" for part in content):
                content = "\n".join(part["text"] for part in content)
        else:
            self._check(EasyInputMessageParam, item, path)
            images = ()
        role = item["role"]
        if role == "user":
            self.images = images or self.images
        elif images:
            problem = f"A message of the {role} has no pictures"
            raise InvalidRequest(f"{path}.content", problem, "type")
        self.messages.append({"role": role, "content": content})

    def _part(self, part: Any, path: str) -> tuple[Json, str | None]:
        """A part of a message in the shape of chat completions, and what it shows if it does."""
        if not isinstance(part, dict):
            raise InvalidRequest(path, "Should be an object with a type", "type")
        match part.get("type"):
            case "input_text":
                self._check(ResponseInputTextParam, part, path)
                return {"type": "text", "text": part["text"]}, None
            case "output_text":
                self._check(ResponseOutputTextParam, {"annotations": []} | part, path)
                return {"type": "text", "text": part["text"]}, None
            case "refusal":
                self._check(ResponseOutputRefusalParam, part, path)
                return {"type": "text", "text": part["refusal"]}, None
            case "input_image":
                self._check(ResponseInputImageParam, {"detail": "auto"} | part, path)
                check_vision(self.model, f"{path}.type")
                url = part.get("image_url")
                if url is None:
                    problem = "Field required; no files are kept"
                    raise InvalidRequest(f"{path}.image_url", problem, "unserved")
                seen = describe.describe(url, f"{path}.image_url")
                return {"type": "image_url", "image_url": {"url": url}}, seen
        problem = "Only input_text and input_image are served"
        raise InvalidRequest(f"{path}.type", problem, "unserved_part")

    def _function_call(self, item: Json, path: str) -> None:
        self._check(ResponseFunctionToolCallParam, item, path)
        if item["call_id"] in self.open_calls:
            raise InvalidRequest(f"{path}.call_id", "Is that of another call", "unanswered_calls")
        self.open_calls.add(item["call_id"])
        call = _tool_call(item["call_id"], item["name"], item["arguments"])
        if self._in_calls:
            self.messages[-1]["tool_calls"].append(call)
        else:
            self.messages.append({"role": "assistant", "content": None, "tool_calls": [call]})

    def _function_call_output(self, item: Json, path: str) -> None:
        output = item.get("output")
        if isinstance(output, list):
            parts = [self._part(piece, f"{path}.output.{i}")[0] for i, piece in enumerate(output)]
            self._check(FunctionCallOutput, item | {"output": ""}, path)
            output = "\n".join(part.get("text", "(a picture)") for part in parts)
        else:
            self._check(FunctionCallOutput, item, path)
        call_id = item.get("call_id")
        if call_id not in self.open_calls:
            problem = "Answers no function_call before it"
            raise InvalidRequest(f"{path}.call_id", problem, "unanswered_calls")
        self.open_calls.discard(call_id)
        self.messages.append({"role": "tool", "tool_call_id": call_id, "content": output})

    def _reasoning(self, item: Json, path: str) -> None:
        # The model does not read what it thought before.
        self._check(ResponseReasoningItemParam, item, path)

    def _item_reference(self, item: Json, path: str) -> None:
        self._check(ItemReference, item, path)
        self.read(self.stored.item(item["id"], path), path)

    def _check(self, item_type: Any, value: Json, path: str) -> None:
        try:
            validator(item_type)(value)
        except InvalidRequest as error:
            field = path if error.field == "body" else f"{path}.{error.field}"
            raise InvalidRequest(field, error.problem, error.rule) from None


_KINDS: dict[str, Callable[[_Reader, Json, str], None]] = {
    "message": _Reader._message,
    "function_call": _Reader._function_call,
    "function_call_output": _Reader._function_call_output,
    "reasoning": _Reader._reasoning,
    "item_reference": _Reader._item_reference,
}
