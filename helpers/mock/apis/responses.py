"""Responses: `POST /responses`, whole and streamed.

The model sees the same conversation as in chat completions: input items become its messages, and
what it says becomes output items.
"""

from __future__ import annotations

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

from openai.types.responses import Response
from openai.types.responses.response_create_params import ResponseCreateParamsBase
from pydantic_core import to_json

from helpers.mock.apis import turn as turns
from helpers.mock.apis.items import Conversation, read_items
from helpers.mock.apis.turn import CREATED, Turn
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.requests import InvalidRequest, Json, validator
from helpers.mock.simulated.model import Prompt, Tool

_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "top_logprobs": (0, 20),
    "max_output_tokens": (1, float("inf")),
    "max_tool_calls": (1, float("inf")),
}
_UNSERVED = {
    "access_programs": (),
    "background": (False,),
    "background_options": (),
    "context_management": ([],),
    "conversation": (),
    "image": (),
    "moderation": (),
    "prompt": (),
}
"""What OpenAI's API has and this does not serve, each with the values that ask for nothing."""

_LOGPROBS, _ENCRYPTED = "message.output_text.logprobs", "reasoning.encrypted_content"
_ENCRYPTED_CONTENT = b64encode(b"Simulated: nothing is hidden here.").decode()

_MOST_KEPT = 256
_LONGEST_KEPT = 1_000_000

# assumed: nothing follows the last event, as on OpenAI's own wire.
LAST_FRAME = b""


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of the output, finished, and the tokens of its text or arguments."""

    value: Json
    pieces: list[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A request as it is understood, and all that the reply to it is made of."""

    request: Json
    body: Json
    """The reply but for `status`, `output` and what else is known at its end only."""
    items: list[_Item]
    ending: Json
    """What is known at the end only."""


def frame(event: bytes) -> bytes:
    """An event of a stream, as it is sent: with its type, which is its first key, as a name."""
    name = event[len(b'{"type":"') : event.index(b'"', len(b'{"type":"'))]
    return b"event: " + name + b"\ndata: " + event + b"\n\n"


def create(model: Model, params: Json) -> bytes:
    """Answer a request with a `Response`, as JSON.

    The runner dumps its backend's object, so that every field is there, null or not.
    Raises InvalidRequest, and ApiError for a model that does not chat.
    """
    answer = _answer(model, params)
    output = [item.value for item in answer.items]
    response = Response.model_validate(answer.body | answer.ending | {"output": output})
    return Response.__pydantic_serializer__.to_json(response, by_alias=True)


def stream(model: Model, params: Json) -> Iterator[bytes]:
    """Answer a request with the JSON of one `ResponseStreamEvent` after another.

    A bad request raises at once, as in `create`, and not when the first event is asked for.
    """
    return _numbered(_events(_answer(model, params)))


def _answer(model: Model, params: Json) -> _Answer:
    require(model, "chat")
    request = _read(params)
    tools = _tools(request)
    if tools:
        turns.check_can(model, "tools", "tools")
    choice, offered = _choice(request.get("tool_choice") or "auto", tools)
    before = _CONVERSATIONS.find(request.get("previous_response_id"))
    conversation = read_items(model, request["input"], before)
    instructions = request.get("instructions")
    system = [{"role": "system", "content": instructions}] if instructions else []
    shape = (request.get("text") or {}).get("format", {})
    prompt = Prompt(
        vendor=model.vendor,
        messages=system + conversation.messages,
        tools=offered,
        choice=choice,
        parallel=request.get("parallel_tool_calls") is not False,
        json_schema=shape["schema"] if shape.get("type") == "json_schema" else None,
        json_object=shape.get("type") == "json_object",
        reasoning="reasoning" in model.kinds,
        images=conversation.images,
    )
    digest = turns.digest({key: request[key] for key in request if key not in _NOT_IN_DIGEST})
    limit = request.get("max_output_tokens")
    if limit is not None:
        limit = min(limit, model.max_model_len or limit)
    turn = turns.take(model, prompt, digest, limit)
    items = _items(request, turn, digest)
    if request.get("store") is not False:
        _CONVERSATIONS.keep(f"resp_{digest}", conversation.followed_by(turn))
    body = _body(model, request, digest)
    return _Answer(request, body, items, _ending(request, prompt, turn))


# Whether a reply is streamed changes nothing about it.
_NOT_IN_DIGEST = frozenset({"stream", "stream_options"})


def _read(params: Json) -> Json:
    """The request, checked but for its input, which `items` reads."""
    turns.refuse_unserved(params, _UNSERVED)
    params = {key: value for key, value in params.items() if key != "openai_endpoint"}
    _check_kinds(params)
    if isinstance(params.get("tools"), list):
        # OpenAI takes a tool without these, though its types ask for them.
        defaults = {"parameters": None, "strict": False}
        params["tools"] = [
            defaults | tool if isinstance(tool, dict) else tool for tool in params["tools"]
        ]
    # The error of a union of all the kinds of items would say little.
    request = validator(ResponseCreateParamsBase)(params | {"input": ""})
    if params.get("input") is None:
        raise InvalidRequest("input", "Field required")
    request["input"] = params["input"]
    turns.check_ranges(request, _RANGES)
    for index, wanted in enumerate(request.get("include") or ()):
        if wanted not in (_LOGPROBS, _ENCRYPTED):
            raise InvalidRequest(f"include.{index}", "Is not served by the mock")
    return request


def _check_kinds(params: Json) -> None:
    """Refuse tools that OpenAI would run itself, whatever their other fields."""
    tools = params.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else ()):
        if isinstance(tool, dict) and tool.get("type") != "function":
            raise InvalidRequest(f"tools.{index}.type", "Only function tools are served")
    choice = params.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") not in ("function", "allowed_tools"):
        raise InvalidRequest("tool_choice.type", "Only function tools are served")


def _tools(request: Json) -> tuple[Tool, ...]:
    return tuple(
        turns.read_tool(tool, f"tools.{index}")
        for index, tool in enumerate(request.get("tools", ()))
    )


def _choice(choice: Any, tools: tuple[Tool, ...]) -> tuple[str, tuple[Tool, ...]]:
    """What the model must do with tools, and those of them that it may call."""
    if choice in ("none", "auto"):
        return choice, tools
    if not tools:
        raise InvalidRequest("tool_choice", "Asks for a call, but there are no `tools`")
    if isinstance(choice, str):
        return choice, tools
    by_name = {tool.name: tool for tool in tools}
    if choice["type"] == "function":
        if choice["name"] not in by_name:
            raise InvalidRequest("tool_choice.name", "Is none of the `tools`")
        return choice["name"], tools
    allowed = []
    for index, each in enumerate(choice["tools"]):
        name = each.get("name")
        if not isinstance(name, str) or name not in by_name:
            raise InvalidRequest(f"tool_choice.tools.{index}.name", "Is none of the `tools`")
        allowed.append(by_name[name])
    return choice["mode"], tuple(allowed)


def _items(request: Json, turn: Turn, digest: str) -> list[_Item]:
    include = request.get("include") or ()
    items = []
    if turn.reasoning:
        # assumed: the reasoning itself, as open models have it; its summary where one is asked for.
        text = "".join(turn.reasoning)
        summary = (request.get("reasoning") or {}).get("summary")
        reasoning = {
            "id": f"rs_{digest}",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": text}] if summary else [],
            "content": None if summary else [{"type": "reasoning_text", "text": text}],
            "encrypted_content": _ENCRYPTED_CONTENT if _ENCRYPTED in include else None,
            "status": "completed",
        }
        items.append(_Item(reasoning, turn.reasoning))
    if turn.text or (turn.text is not None and not items):
        top = request.get("top_logprobs")
        with_logprobs = top is not None or _LOGPROBS in include
        part: Json = {
            "type": "output_text",
            "text": "".join(turn.text),
            "annotations": [],
            "logprobs": turns.logprobs(turn.text, top) if with_logprobs else [],
        }
        if turn.refused:
            part = {"type": "refusal", "refusal": "".join(turn.text)}
        message = {
            "id": f"msg_{digest}",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [part],
        }
        items.append(_Item(message, turn.text))
    for index, (call_id, name, arguments) in enumerate(turn.calls):
        call = {
            "id": f"fc_{digest}{index:02x}",
            "type": "function_call",
            "status": "completed",
            "arguments": "".join(arguments),
            "call_id": call_id,
            "name": name,
        }
        items.append(_Item(call, arguments))
    if turn.finish_reason == "length":
        items[-1].value["status"] = "incomplete"
    return items


def _body(model: Model, request: Json, digest: str) -> Json:
    def given(field: str, default: Any = None) -> Any:
        value = request.get(field)
        return default if value is None else value

    return {
        "id": f"resp_{digest}",
        "object": "response",
        "created_at": CREATED,
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": given("instructions"),
        "max_output_tokens": given("max_output_tokens"),
        "max_tool_calls": given("max_tool_calls"),
        "metadata": given("metadata", {}),
        "model": model.ref.model_id,
        "output": [],
        "parallel_tool_calls": given("parallel_tool_calls", True),
        "previous_response_id": given("previous_response_id"),
        "prompt_cache_key": given("prompt_cache_key"),
        "prompt_cache_retention": given("prompt_cache_retention"),
        "reasoning": {"effort": None, "summary": None} | given("reasoning", {}),
        "safety_identifier": given("safety_identifier"),
        "service_tier": "default",
        "temperature": given("temperature", 1.0),
        "text": {"format": {"type": "text"}, "verbosity": "medium"} | given("text", {}),
        "tool_choice": given("tool_choice", "auto"),
        "tools": given("tools", []),
        "top_logprobs": given("top_logprobs", 0),
        "top_p": given("top_p", 1.0),
        "truncation": given("truncation", "disabled"),
        "usage": None,
        "user": given("user"),
    }


def _ending(request: Json, prompt: Prompt, turn: Turn) -> Json:
    read = turns.prompt_tokens(prompt.messages, request.get("tools"))
    usage = {
        "input_tokens": read,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
        "output_tokens": turn.tokens,
        "output_tokens_details": {"reasoning_tokens": len(turn.reasoning)},
        "total_tokens": read + turn.tokens,
    }
    if turn.finish_reason == "length":
        details = {"reason": "max_output_tokens"}
        return {"status": "incomplete", "incomplete_details": details, "usage": usage}
    return {"status": "completed", "completed_at": CREATED, "usage": usage}


# Streamed

_Event = tuple[str, Json]
"""The type of an event, but for the "response." before it, and its other fields."""


def _numbered(events: Iterator[_Event]) -> Iterator[bytes]:
    for number, (kind, fields) in enumerate(events):
        yield to_json({"type": f"response.{kind}", "sequence_number": number, **fields})


def _events(answer: _Answer) -> Iterator[_Event]:
    opening = {"response": _dumped(answer.body)}
    yield "created", opening
    yield "in_progress", opening
    for index, item in enumerate(answer.items):
        kind = item.value["type"]
        unfinished = _UNFINISHED[kind] | {"status": "in_progress"}
        yield "output_item.added", {"output_index": index, "item": item.value | unfinished}
        place = {"item_id": item.value["id"], "output_index": index}
        if kind == "function_call":
            yield from _deltas("function_call_arguments", item.pieces, place)
            yield (
                "function_call_arguments.done",
                place | {"arguments": item.value["arguments"]},
            )
        elif kind == "reasoning" and item.value["summary"]:
            place["summary_index"] = 0
            part = item.value["summary"][0]
            yield "reasoning_summary_part.added", {**place, "part": part | {"text": ""}}
            yield from _deltas("reasoning_summary_text", item.pieces, place)
            yield "reasoning_summary_text.done", place | {"text": part["text"]}
            yield "reasoning_summary_part.done", {**place, "part": part}
        else:
            place["content_index"] = 0
            part = item.value["content"][0]
            yield "content_part.added", {**place, "part": part | _EMPTY_PART[part["type"]]}
            if part["type"] == "refusal":
                yield from _deltas("refusal", item.pieces, place)
                yield "refusal.done", place | {"refusal": part["refusal"]}
            elif kind == "reasoning":
                yield from _deltas("reasoning_text", item.pieces, place)
                yield "reasoning_text.done", place | {"text": part["text"]}
            else:
                logprobs = part["logprobs"]
                yield from _deltas("output_text", item.pieces, place, logprobs)
                done = {"text": part["text"], "logprobs": logprobs}
                yield "output_text.done", place | done
            yield "content_part.done", {**place, "part": part}
        yield "output_item.done", {"output_index": index, "item": item.value}
    output = [item.value for item in answer.items]
    finished = _dumped(answer.body | answer.ending | {"output": output})
    yield answer.ending["status"], {"response": finished}


_UNFINISHED: dict[str, Json] = {
    "reasoning": {"summary": [], "content": None},
    "message": {"content": []},
    "function_call": {"arguments": ""},
}
_EMPTY_PART: dict[str, Json] = {
    "reasoning_text": {"text": ""},
    "output_text": {"text": "", "logprobs": []},
    "refusal": {"refusal": ""},
}


def _deltas(
    kind: str, pieces: list[str], place: Json, logprobs: list[Json] | None = None
) -> Iterator[_Event]:
    for index, piece in enumerate(pieces):
        delta = place | {"delta": piece}
        if logprobs is not None:
            delta["logprobs"] = logprobs[index : index + 1]
        yield f"{kind}.delta", delta


def _dumped(body: Json) -> Json:
    """A reply as a backend would stream it: with the fields that it set, null or not."""
    response = Response.model_validate(body)
    dumped: Json = response.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return dumped


# Remembered for `previous_response_id`


class _Conversations:
    """The last conversations, each by the id of the response that ended it.

    The ids come from the request, the id before it included, so that the same conversation has the
    same ids, whichever server or process had it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = Lock()

    def find(self, response_id: str | None) -> Conversation:
        """The conversation up to a response; an empty one for no response."""
        if response_id is None:
            return Conversation([], ())
        with self._lock:
            found = self._kept.get(response_id)
            if found is not None:
                self._kept.move_to_end(response_id)
                return found
        raise InvalidRequest(
            "previous_response_id",
            f"{response_id[:80]!r} is not among the last {_MOST_KEPT} responses that this mock has"
            " stored; send the whole conversation in `input`",
        )

    def keep(self, response_id: str, conversation: Conversation) -> None:
        if conversation.length > _LONGEST_KEPT:
            return
        with self._lock:
            self._kept[response_id] = conversation
            self._kept.move_to_end(response_id)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


_CONVERSATIONS = _Conversations()
