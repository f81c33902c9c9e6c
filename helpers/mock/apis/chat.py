"""Chat completions: `POST /chat/completions`, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic_core import to_json

from helpers.mock.apis import turn as turns
from helpers.mock.apis.turn import CREATED, FinishReason, Turn
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.pictures import describe
from helpers.mock.requests import InvalidRequest, Json, validator
from helpers.mock.simulated.model import Prompt, Tool

FINGERPRINT = "fp_simulated"

# The `TypedDict` does not carry the ranges of OpenAI's API reference.
_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "n": (1, 128),
    "top_logprobs": (0, 20),
    "max_tokens": (1, float("inf")),
    "max_completion_tokens": (1, float("inf")),
}


# The runner swallows the backend's last frame; assumed: the gateway adds it, as clients expect one.
LAST_FRAME = b"data: [DONE]\n\n"


def frame(event: bytes) -> bytes:
    """An event of a stream, as it is sent."""
    return b"data: " + event + b"\n\n"


def create(model: Model, params: Json) -> bytes:
    """Answer a request with a `ChatCompletion`, as JSON.

    The runner dumps its backend's object, so that every field is there, null or not.
    Raises InvalidRequest, and ApiError for a model that does not chat.
    """
    request, digest, turn = _answer(model, params)
    usage = _usage(request, turn)
    plain = turn.text is not None and not (turn.calls or turn.refused)
    if not plain or request.get("logprobs") or (request.get("n") or 1) > 1:
        return _whole(model.ref.model_id, request, digest, turn, usage)
    return _mould(model.ref.model_id, turn.finish_reason, bool(turn.reasoning)) % {
        b"id": digest.encode(),
        b"text": to_json("".join(turn.text or ())),
        b"reasoning": to_json("".join(turn.reasoning)),
        b"prompt": b"%d" % usage["prompt_tokens"],
        b"completion": b"%d" % usage["completion_tokens"],
        b"total": b"%d" % usage["total_tokens"],
        b"reasoned": b"%d" % len(turn.reasoning),
    }


@cache
def _mould(name: str, finish_reason: FinishReason, reasoning: bool) -> bytes:
    """A plain text reply, with places for what differs: making the types' objects costs most."""
    turn = Turn(["\0reasoning"] if reasoning else [], ["\0text"], [], finish_reason)
    usage = _usage({"messages": []}, turn)
    places = ("prompt", "completion", "total", "reasoned")
    numbers = {place: 900_000_001 + number for number, place in enumerate(places)}
    for place in places[:3]:
        usage[f"{place}_tokens"] = numbers[place]
    usage["completion_tokens_details"]["reasoning_tokens"] = numbers["reasoned"]
    mould = _whole(name, {}, "\0id", turn, usage).replace(b"%", b"%%")
    for place in ("text", "reasoning"):
        mould = mould.replace(to_json(f"\0{place}"), b"%%(%b)b" % place.encode())
    for place, number in numbers.items():
        mould = mould.replace(b"%d" % number, b"%%(%b)b" % place.encode())
    return mould.replace(to_json("\0id")[1:-1], b"%(id)b")


def _whole(name: str, request: Json, digest: str, turn: Turn, usage: Json) -> bytes:
    text = None if turn.text is None else "".join(turn.text)
    message: Json = {
        "role": "assistant",
        "content": None if turn.refused else text,
        "refusal": text if turn.refused else None,
        "annotations": [],
        "tool_calls": [
            {
                "id": call_id,
                "type": "function",
                "function": {"name": name, "arguments": "".join(arguments)},
            }
            for call_id, name, arguments in turn.calls
        ]
        or None,
    }
    if turn.reasoning:
        message["reasoning_content"] = "".join(turn.reasoning)
    completion = ChatCompletion.model_validate(
        {
            "id": f"chatcmpl-{digest}",
            "object": "chat.completion",
            "created": CREATED,
            "model": name,
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
            "choices": [
                {
                    "index": index,
                    "message": message,
                    "finish_reason": turn.finish_reason,
                    "logprobs": _logprobs(request, turn.text or []),
                }
                for index in range(request.get("n") or 1)
            ],
            "usage": usage,
        }
    )
    return ChatCompletion.__pydantic_serializer__.to_json(completion)


def stream(model: Model, params: Json) -> Iterator[bytes]:
    """Answer a request with the JSON of one `ChatCompletionChunk` after another.

    A bad request raises at once, as in `create`, and not when the first chunk is asked for.
    """
    return _chunks(model, *_answer(model, params))


def _chunks(model: Model, request: Json, digest: str, turn: Turn) -> Iterator[bytes]:
    def chunk(choices: list[Json], usage: Json | None = None) -> bytes:
        built = ChatCompletionChunk.model_validate(
            {
                "id": f"chatcmpl-{digest}",
                "object": "chat.completion.chunk",
                "created": CREATED,
                "model": model.ref.model_id,
                "service_tier": "default",
                "system_fingerprint": FINGERPRINT,
                "choices": choices,
                "usage": usage,
            }
        )
        return ChatCompletionChunk.__pydantic_serializer__.to_json(built, exclude_unset=True)

    for index in range(request.get("n") or 1):

        def choice(
            delta: Json, finish: str | None = None, logprobs: Json | None = None, index: int = index
        ) -> bytes:
            return chunk(
                [{"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}]
            )

        # One call opens its message by itself; in every other case the role comes first, alone.
        opened_by_call = len(turn.calls) == 1 and not turn.reasoning and turn.text is None
        if not opened_by_call:
            content = None if turn.calls and turn.text is None else ""
            yield choice({"role": "assistant", "content": content, "refusal": None})
        yield from _texts(choice, "reasoning_content", turn.reasoning)
        if turn.refused:
            yield from _texts(choice, "refusal", turn.text or [])
        elif request.get("logprobs"):
            for piece in turn.text or ():
                yield choice({"content": piece}, logprobs=_logprobs(request, [piece]))
        else:
            yield from _texts(choice, "content", turn.text or [])
        for position, (call_id, name, arguments) in enumerate(turn.calls):
            opening: Json = {
                "index": position,
                "id": call_id,
                "type": "function",
                "function": {"name": name, "arguments": ""},
            }
            role = {"role": "assistant", "content": None} if opened_by_call else {}
            yield choice({**role, "tool_calls": [opening]})
            for piece in arguments:
                delta = {"index": position, "function": {"arguments": piece}}
                yield choice({"tool_calls": [delta]})
        yield choice({}, finish=turn.finish_reason)
    # Clarifai's runner forces include_usage, also on a client that asked for no usage.
    yield chunk([], usage=_usage(request, turn))


def _texts(choice: Any, field: str, pieces: list[str]) -> Iterator[bytes]:
    """A chunk for each piece of text: one is built, and the others are it with another text."""
    if not pieces:
        return
    before, after = choice({field: "\0"}).split(b'"\\u0000"')
    for piece in pieces:
        yield before + to_json(piece) + after


def _answer(model: Model, params: Json) -> tuple[Json, str, Turn]:
    """The request as it is understood, a digest that names its reply, and what the model says."""
    require(model, "chat")
    request = _read(model, params)
    stop = request.get("stop") or ()
    digest = turns.digest(request)
    turn = turns.take(
        model,
        _prompt(model, request),
        digest,
        request.get("max_completion_tokens"),
        [stop] if isinstance(stop, str) else stop,
    )
    return request, digest, turn


def _read(model: Model, params: Json) -> Json:
    """The request as the runner would hand it to its backend."""
    params = {key: value for key, value in params.items() if not _dropped(key, value)}
    if isinstance(params.get("top_p"), str):
        params["top_p"] = _number("top_p", params["top_p"])
    request = validator(CompletionCreateParamsBase)(params)
    _check(request)
    # From here on the same request is the same, whichever of these ways it was said in: the runner
    # makes one limit of both, and forces `include_usage`.
    if "max_tokens" in request:
        request = _with_one_limit(request)
    limit = request.get("max_completion_tokens")
    if limit is not None:
        request["max_completion_tokens"] = min(limit, model.max_model_len or limit)
    if not request.get("stream"):
        request.pop("stream", None)
    request.pop("stream_options", None)
    return request


def _with_one_limit(request: Json) -> Json:
    if request.get("max_completion_tokens") is None:
        request.pop("max_completion_tokens", None)
        name = "max_completion_tokens"
        return {name if key == "max_tokens" else key: value for key, value in request.items()}
    return {key: value for key, value in request.items() if key != "max_tokens"}


def _dropped(key: str, value: Any) -> bool:
    # The runner's own key for the path; and the nulls that it takes out, since some backends choke
    # on them.
    return key == "openai_endpoint" or (value is None and key in ("tools", "tool_choice"))


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidRequest(field, "Input should be a valid number") from error


def _check(request: Json) -> None:
    """What the types cannot say."""
    turns.check_ranges(request, _RANGES)
    if not request["messages"]:
        raise InvalidRequest("messages", "There should be at least one message")
    if "functions" in request or "function_call" in request:
        raise InvalidRequest("functions", "Deprecated: send `tools` and `tool_choice`")
    if request.get("top_logprobs") is not None and not request.get("logprobs"):
        raise InvalidRequest("top_logprobs", "Asks for `logprobs` to be true")
    _check_answers(request["messages"])


def _check_answers(messages: list[Json]) -> None:
    """Every tool call is answered, by its id, before the conversation goes on."""
    open_ids: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_ids:
                raise InvalidRequest(
                    f"messages.{index}.tool_call_id",
                    "Answers no tool call of the message before it",
                )
            open_ids.discard(message["tool_call_id"])
            continue
        if open_ids:
            break
        open_ids = {call["id"] for call in message.get("tool_calls") or ()}
    if open_ids:
        raise InvalidRequest(
            "messages", f"No tool message answers the tool calls {', '.join(sorted(open_ids))}"
        )


def _prompt(model: Model, request: Json) -> Prompt:
    tools = _tools(request.get("tools", ()))
    if tools:
        turns.check_can(model, "tools", "tools")
    shape = request.get("response_format", {})
    return Prompt(
        vendor=model.vendor,
        messages=request["messages"],
        tools=tools,
        choice=_choice(request.get("tool_choice") or "auto", tools),
        parallel=request.get("parallel_tool_calls", True),
        json_schema=shape["json_schema"].get("schema", {})
        if shape.get("type") == "json_schema"
        else None,
        json_object=shape.get("type") == "json_object",
        reasoning="reasoning" in model.kinds,
        images=_images(model, request["messages"]),
    )


def _images(model: Model, messages: list[Json]) -> tuple[str, ...]:
    """What the pictures in the last of the user's messages show; all are checked."""
    seen: list[str] = []
    for index, message in enumerate(messages):
        if message["role"] == "user":
            seen = []
        content = message.get("content")
        for place, part in enumerate(content if isinstance(content, list) else ()):
            path = f"messages.{index}.content.{place}"
            if part["type"] == "image_url":
                turns.check_can(model, "vision", f"{path}.type")
                seen.append(describe.describe(part["image_url"]["url"], f"{path}.image_url.url"))
            elif part["type"] not in ("text", "refusal"):
                raise InvalidRequest(f"{path}.type", "Only text and image_url are served")
    return tuple(seen)


def _tools(tools: Sequence[Json]) -> tuple[Tool, ...]:
    for index, tool in enumerate(tools):
        if tool["type"] != "function":
            raise InvalidRequest(f"tools.{index}.type", "Only function tools are served")
    return tuple(
        turns.read_tool(tool["function"], f"tools.{index}.function")
        for index, tool in enumerate(tools)
    )


def _choice(choice: Any, tools: tuple[Tool, ...]) -> str:
    if choice in ("none", "auto"):
        return str(choice)
    if not tools:
        raise InvalidRequest("tool_choice", "Asks for a call, but there are no `tools`")
    if isinstance(choice, str):
        return choice
    if choice["type"] != "function":
        raise InvalidRequest("tool_choice.type", "Only function tools are served")
    name: str = choice["function"]["name"]
    if name not in (tool.name for tool in tools):
        raise InvalidRequest("tool_choice.function.name", "Is none of the `tools`")
    return name


def _usage(request: Json, turn: Turn) -> Json:
    prompt = turns.prompt_tokens(request["messages"], request.get("tools"))
    completion = turn.tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": len(turn.reasoning),
            "rejected_prediction_tokens": 0,
        },
    }


def _logprobs(request: Json, pieces: list[str]) -> Json | None:
    if not request.get("logprobs"):
        return None
    return {"content": turns.logprobs(pieces, request.get("top_logprobs")), "refusal": None}
