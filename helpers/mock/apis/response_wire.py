"""A turn of the model as the Responses API sends it: one object, or a stream of events."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from openai.types.responses import Response
from pydantic_core import to_json

from helpers.mock.apis.turn import CREATED, Output, logprobs
from helpers.mock.apis.usage import PromptTokens
from helpers.mock.catalogue import Model
from helpers.mock.requests import Json

LOGPROBS, ENCRYPTED = "message.output_text.logprobs", "reasoning.encrypted_content"
"""What can be included in a reply beside what it always has."""
_ENCRYPTED_CONTENT = b64encode(b"Simulated: nothing is hidden here.").decode()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the output, finished, and the tokens of its text or arguments."""

    value: Json
    pieces: list[str]


@dataclass(frozen=True, slots=True)
class ResponsesReply:
    """All that the reply to a request is made of."""

    body: Json
    """The reply but for `status`, `output` and what else is known at its end only."""
    items: list[Item]
    ending: Json
    """What is known at the end only."""


def answer(
    model: Model, request: Json, digest: str, turn: Output, prompt: PromptTokens
) -> ResponsesReply:
    """What the reply to a request is made of; `digest` names it."""
    body = _body(model, request, digest)
    return ResponsesReply(body, _items(request, turn, digest), _ending(turn, prompt))


def whole(answer: ResponsesReply) -> bytes:
    """The reply as a `Response`: every field is there, null or not, as the runner dumps it."""
    output = [item.value for item in answer.items]
    response = Response.model_validate(answer.body | answer.ending | {"output": output})
    return Response.__pydantic_serializer__.to_json(response, by_alias=True)


def events(answer: ResponsesReply) -> Iterator[bytes]:
    """The reply as one `ResponseStreamEvent` after another."""
    return _numbered(_events(answer))


def _items(request: Json, turn: Output, digest: str) -> list[Item]:
    include = request.get("include") or ()
    items = []
    if turn.reasoning:
        # assumed(responses-reasoning): the reasoning itself, as open models have it; its summary
        # where one is asked for.
        text = "".join(turn.reasoning)
        summary = (request.get("reasoning") or {}).get("summary")
        reasoning = {
            "id": f"rs_{digest}",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": text}] if summary else [],
            "content": None if summary else [{"type": "reasoning_text", "text": text}],
            "encrypted_content": _ENCRYPTED_CONTENT if ENCRYPTED in include else None,
            "status": "completed",
        }
        items.append(Item(reasoning, turn.reasoning))
    if turn.text or (turn.text is not None and not items):
        top = request.get("top_logprobs")
        with_logprobs = top is not None or LOGPROBS in include
        part: Json = {
            "type": "output_text",
            "text": "".join(turn.text),
            "annotations": [],
            "logprobs": logprobs(turn.text, top) if with_logprobs else [],
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
        items.append(Item(message, turn.text))
    for index, (call_id, name, arguments) in enumerate(turn.calls):
        call = {
            "id": f"fc_{digest}{index:02x}",
            "type": "function_call",
            "status": "completed",
            "arguments": "".join(arguments),
            "call_id": call_id,
            "name": name,
        }
        items.append(Item(call, arguments))
    if turn.finish_reason == "length":
        items[-1].value["status"] = "incomplete"
    return items


def _body(model: Model, request: Json, digest: str) -> Json:
    given = {name: value for name, value in request.items() if name in _ECHOED}
    for name in ("reasoning", "text"):
        given[name] = _ECHOED[name] | given.get(name, {})
    return {
        "id": f"resp_{digest}",
        "object": "response",
        "created_at": CREATED,
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "model": model.ref.model_id,
        "output": [],
        "service_tier": "default",
        "usage": None,
        **_ECHOED,
        **given,
    }


_ECHOED: Json = {
    "frequency_penalty": 0.0, "instructions": None, "max_output_tokens": None,
    "max_tool_calls": None, "metadata": {},
    "parallel_tool_calls": True, "previous_response_id": None, "prompt_cache_key": None,
    "prompt_cache_retention": None, "reasoning": {"effort": None, "summary": None},
    "presence_penalty": 0.0, "safety_identifier": None, "store": True, "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"}, "tool_choice": "auto", "tools": [],
    "top_logprobs": 0, "top_p": 1.0, "truncation": "disabled", "user": None,
}  # fmt: skip
"""What a reply repeats of its request, or these values for what was not set.

assumed(responses-fields): those that the `openai` package does not declare are what Open Responses,
the specification that several providers share, asks of a reply.
"""


def _ending(turn: Output, prompt: PromptTokens) -> Json:
    usage = {
        "input_tokens": prompt.total,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": prompt.cached},
        "output_tokens": turn.tokens,
        "output_tokens_details": {"reasoning_tokens": len(turn.reasoning)},
        "total_tokens": prompt.total + turn.tokens,
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


def _events(answer: ResponsesReply) -> Iterator[_Event]:
    opening = {"response": _dumped(answer.body)}
    yield "created", opening
    yield "in_progress", opening
    for index, item in enumerate(answer.items):
        unfinished = _UNFINISHED[item.value["type"]] | {"status": "in_progress"}
        yield "output_item.added", {"output_index": index, "item": item.value | unfinished}
        place = {"item_id": item.value["id"], "output_index": index}
        # A call has its text itself, any other item in its first part.
        [part] = item.value.get("summary") or item.value.get("content") or [item.value]
        around, counted, said, field = _SAID[part["type"]]
        likely = {"logprobs": part["logprobs"]} if "logprobs" in part else {}
        if around:
            place[counted] = 0
            empty = part | {field: ""} | {name: [] for name in likely}
            yield f"{around}.added", {**place, "part": empty}
        for number, piece in enumerate(item.pieces):
            of_this = {name: each[number : number + 1] for name, each in likely.items()}
            yield f"{said}.delta", place | {"delta": piece} | of_this
        yield f"{said}.done", place | {field: part[field]} | likely
        if around:
            yield f"{around}.done", {**place, "part": part}
        yield "output_item.done", {"output_index": index, "item": item.value}
    output = [item.value for item in answer.items]
    finished = _dumped(answer.body | answer.ending | {"output": output})
    yield answer.ending["status"], {"response": finished}


_UNFINISHED: dict[str, Json] = {
    "reasoning": {"summary": [], "content": None},
    "message": {"content": []},
    "function_call": {"arguments": ""},
}
_SAID = {
    "function_call": ("", "", "function_call_arguments", "arguments"),
    "summary_text": ("reasoning_summary_part", "summary_index", "reasoning_summary_text", "text"),
    "reasoning_text": ("content_part", "content_index", "reasoning_text", "text"),
    "output_text": ("content_part", "content_index", "output_text", "text"),
    "refusal": ("content_part", "content_index", "refusal", "refusal"),
}
"""By the type of what has a text: the events of its part, which counts so; those of the text, and
where the text is."""


def _dumped(body: Json) -> Json:
    """A reply as a backend would stream it: with the fields that it set, null or not."""
    response = Response.model_validate(body)
    dumped: Json = response.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return dumped
