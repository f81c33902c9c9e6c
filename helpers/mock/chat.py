"""Chat completions: `POST /chat/completions`, whole and streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.model import Prompt, Tool, answer
from helpers.mock.schema import InvalidRequest, Json, validator

CREATED = 1_735_689_600
"""When every reply was made: a mock without a clock gives the same bytes twice."""

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
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Turn:
    """What the model says, cut to the request's limits; tokens are texts that join to the whole."""

    reasoning: list[str]
    text: list[str] | None
    calls: list[tuple[str, str, list[str]]]
    """For each tool call its id, the tool's name, and the tokens of its arguments."""
    finish_reason: Literal["stop", "length", "tool_calls"]

    @property
    def tokens(self) -> int:
        arguments = sum(len(pieces) for _, _, pieces in self.calls)
        return len(self.reasoning) + len(self.text or ()) + arguments


def create(model: Model, params: Json) -> bytes:
    """Answer a request with a `ChatCompletion`, as JSON.

    The runner dumps its backend's object, so that every field is there, null or not.
    Raises InvalidRequest, and ApiError for a model that does not chat.
    """
    request, digest = _read(model, params)
    turn = _turn(model, request, digest)
    message: Json = {
        "role": "assistant",
        "content": None if turn.text is None else "".join(turn.text),
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
            "model": model.ref.model_id,
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
            "usage": _usage(request, turn),
        }
    )
    return ChatCompletion.__pydantic_serializer__.to_json(completion)


def stream(model: Model, params: Json) -> Iterator[bytes]:
    """Answer a request with the JSON of one `ChatCompletionChunk` after another.

    A bad request raises at once, as in `create`, and not when the first chunk is asked for.
    """
    request, digest = _read(model, params)
    return _chunks(model, request, digest, _turn(model, request, digest))


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
        if request.get("logprobs"):
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


def _read(model: Model, params: Json) -> tuple[Json, str]:
    """The request as the runner would hand it to its backend, and a digest that names its reply."""
    require(model, "chat")
    params = {key: value for key, value in params.items() if not _dropped(key, value)}
    if isinstance(params.get("messages"), list):
        params["messages"] = [_without_nulls(message) for message in params["messages"]]
    if isinstance(params.get("top_p"), str):
        params["top_p"] = _number("top_p", params["top_p"])
    request = validator(CompletionCreateParamsBase)(params)
    _check(request)
    limit = request.get("max_completion_tokens") or request.get("max_tokens")
    if limit is not None:
        request["max_completion_tokens"] = min(limit, model.max_model_len or limit)
    return request, blake2b(to_json(request), digest_size=12).hexdigest()


def _dropped(key: str, value: Any) -> bool:
    # The runner's own key for the path; and the nulls that it takes out, since some backends choke
    # on them.
    return key == "openai_endpoint" or (value is None and key in ("tools", "tool_choice"))


def _without_nulls(message: Any) -> Any:
    # A reply goes back as it came, and it came with all its fields, null or not.
    # assumed: that is let through, though the types have no null there.
    if isinstance(message, dict) and message.get("role") == "assistant":
        return {key: value for key, value in message.items() if value is not None}
    return message


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidRequest(field, "Input should be a valid number") from error


def _check(request: Json) -> None:
    """What the types cannot say."""
    for field, (low, high) in _RANGES.items():
        value = request.get(field)
        if value is not None and not low <= value <= high:
            raise InvalidRequest(field, f"Input should be between {low:g} and {high:g}")
    if not request["messages"]:
        raise InvalidRequest("messages", "There should be at least one message")
    if "functions" in request or "function_call" in request:
        raise InvalidRequest("functions", "Deprecated: send `tools` and `tool_choice`")
    if request.get("top_logprobs") is not None and not request.get("logprobs"):
        raise InvalidRequest("top_logprobs", "Asks for `logprobs` to be true")
    _check_tools(request)
    _check_answers(request["messages"])


def _check_tools(request: Json) -> None:
    tools = request.get("tools", [])
    names = set()
    for index, tool in enumerate(tools):
        if tool["type"] != "function":
            raise InvalidRequest(f"tools.{index}.type", "Only function tools are served")
        function = tool["function"]
        if not _TOOL_NAME.fullmatch(function["name"]):
            raise InvalidRequest(
                f"tools.{index}.function.name", "Letters, digits, _ and -, at most 64 of them"
            )
        names.add(function["name"])
        if function.get("strict"):
            _check_strict(function.get("parameters", {}), f"tools.{index}.function.parameters")
    choice = request.get("tool_choice")
    if choice in (None, "none", "auto"):
        return
    if not tools:
        raise InvalidRequest("tool_choice", "Asks for a call, but there are no `tools`")
    if isinstance(choice, dict):
        if choice["type"] != "function":
            raise InvalidRequest("tool_choice.type", "Only function tools are served")
        if choice["function"]["name"] not in names:
            raise InvalidRequest("tool_choice.function.name", "Is none of the `tools`")


def _check_strict(schema: Any, path: str) -> None:
    """OpenAI's rule for `strict`: no object may have properties that are optional or not declared.

    assumed: refused for every vendor's models, though some backends take any schema.
    """
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            _check_strict(each, f"{path}.{index}")
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if schema.get("type") == "object" or isinstance(properties, dict):
        if schema.get("additionalProperties") is not False:
            raise InvalidRequest(
                f"{path}.additionalProperties", "Must be false when strict is true"
            )
        missing = sorted(set(properties or ()) - set(schema.get("required", ())))
        if missing:
            raise InvalidRequest(
                f"{path}.required", f"Must list every property when strict is true: {missing}"
            )
    for key, value in schema.items():
        nested = value.values() if key in ("properties", "$defs", "definitions") else [value]
        for each in nested if key not in ("enum", "const", "default", "examples") else ():
            _check_strict(each, f"{path}.{key}")


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


def _turn(model: Model, request: Json, digest: str) -> Turn:
    reply = answer(_prompt(model, request))
    reasoning = tokens.split(reply.reasoning or "")
    text = None if reply.text is None else _until_stop(reply.text, request.get("stop"))
    pieces = None if text is None else tokens.split(text)
    calls = [
        (_call_id(model, digest, index), call.name, tokens.split(call.arguments))
        for index, call in enumerate(reply.calls)
    ]
    turn = Turn(reasoning, pieces, calls, "tool_calls" if calls else "stop")
    limit = request.get("max_completion_tokens")
    return turn if limit is None or turn.tokens <= limit else _cut(turn, limit)


def _cut(turn: Turn, limit: int) -> Turn:
    """The first `limit` tokens of a turn: reasoning is spent first, then text, then tool calls."""
    reasoning = turn.reasoning[:limit]
    left = limit - len(reasoning)
    text = None if turn.text is None else turn.text[:left]
    left -= len(text or ())
    calls = []
    for call_id, name, arguments in turn.calls:
        if left <= 0:
            break
        calls.append((call_id, name, arguments[:left]))
        left -= len(arguments)
    return Turn(reasoning, text if calls or text is not None else [], calls, "length")


def _prompt(model: Model, request: Json) -> Prompt:
    choice = request.get("tool_choice") or "auto"
    shape = request.get("response_format", {})
    return Prompt(
        vendor=model.vendor,
        messages=request["messages"],
        tools=tuple(_tool(each["function"]) for each in request.get("tools", ())),
        choice=choice["function"]["name"] if isinstance(choice, dict) else choice,
        parallel=request.get("parallel_tool_calls", True),
        json_schema=shape["json_schema"].get("schema", {})
        if shape.get("type") == "json_schema"
        else None,
        json_object=shape.get("type") == "json_object",
        reasoning="reasoning" in model.kinds,
    )


def _tool(function: Json) -> Tool:
    return Tool(
        function["name"],
        function.get("description", ""),
        function.get("parameters", {}),
        bool(function.get("strict")),
    )


def _until_stop(text: str, stop: str | list[str] | None) -> str:
    stops = [stop] if isinstance(stop, str) else stop or []
    ends = [text.find(each) for each in stops if each and each in text]
    return text[: min(ends)] if ends else text


def _call_id(model: Model, digest: str, index: int) -> str:
    seed = f"{digest}{index}".encode()
    style = model.vendor.call_id_style
    if style == "hex":
        return "call_" + blake2b(seed, digest_size=12).hexdigest()
    number = int.from_bytes(blake2b(seed, digest_size=24).digest(), "big")
    letters = []
    for _ in range(24):
        number, rest = divmod(number, 62)
        letters.append(_BASE62[rest])
    return ("toolu_" if style == "anthropic" else "call_") + "".join(letters)


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _usage(request: Json, turn: Turn) -> Json:
    prompt = sum(3 + _message_tokens(message) for message in request["messages"]) + 3
    if request.get("tools"):
        prompt += tokens.count(to_json(request["tools"]).decode())
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


_IMAGE_TOKENS = 85
"""What a picture counts for, whatever its size: the lowest figure on OpenAI's pricing page."""


def _message_tokens(message: Json) -> int:
    content = message.get("content")
    if isinstance(content, str):
        count = tokens.count(content)
    else:
        count = sum(
            tokens.count(part["text"]) if part.get("type") == "text" else _IMAGE_TOKENS
            for part in content or ()
        )
    for call in message.get("tool_calls") or ():
        function = call.get("function", {})
        count += tokens.count(function.get("name", "")) + tokens.count(
            function.get("arguments", "")
        )
    return count


def _logprobs(request: Json, pieces: list[str]) -> Json | None:
    if not request.get("logprobs"):
        return None
    return {
        "content": [_logprob(piece, request.get("top_logprobs") or 0) for piece in pieces],
        "refusal": None,
    }


def _logprob(piece: str, top: int) -> Json:
    """A made-up but steady log probability of a token, and of others that lose to it."""
    chance = -blake2b(piece.encode(), digest_size=2).digest()[0] / 512
    rivals = [(piece, chance), *((f"{piece}{n}", chance - n) for n in range(1, top))][:top]

    def entry(token: str, logprob: float) -> Json:
        return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

    return {
        **entry(piece, chance),
        "top_logprobs": [entry(token, logprob) for token, logprob in rivals],
    }
