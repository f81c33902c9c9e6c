"""Chat completions: `POST /chat/completions`, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from helpers.mock.apis import chat_wire, checks, openai_rules
from helpers.mock.apis.chat_wire import ChatReply
from helpers.mock.apis.context import Context
from helpers.mock.apis.turn import Limits, Output, digest, effort, take
from helpers.mock.apis.usage import prompt_tokens
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.pictures import describe
from helpers.mock.requests import InvalidRequest, Json, number, read
from helpers.mock.simulated.model import Prompt, Tool

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
_UNSERVED = {"audio": (), "modalities": (["text"],), "web_search_options": ()}
"""What OpenAI's API has and this does not serve, each with the values that ask for nothing."""

_MOST_WORK = 400_000
"""How many tokens, with their likely rivals, all choices of a reply may have together."""
_MOST_TIMES = 1_000
"""How often a model repeats, at most, what it was told to."""
_SHAPES = {"tools", "response_format"}
"""What may make a reply of other than words, or of more of them than were said."""

# The runner swallows the backend's last frame, by fact(runner-drops-done); assumed(chat-ends): the
# gateway adds it, as clients expect one.
LAST_FRAME = b"data: [DONE]\n\n"


def frame(event: bytes) -> bytes:
    """An event of a stream, as it is sent."""
    return b"data: " + event + b"\n\n"


def create(model: Model, params: Json, context: Context) -> bytes:
    """Answer a request with a `ChatCompletion`, as JSON.

    Raises InvalidRequest, and ApiError for a model that does not chat.
    """
    return chat_wire.whole(_answer(model, params, context))


def stream(model: Model, params: Json, context: Context) -> Iterator[bytes]:
    """Answer a request with the JSON of one `ChatCompletionChunk` after another.

    A bad request raises at once, as in `create`, and not when the first chunk is asked for. Where
    this chunk does not depend on the model, it comes before the model is asked.
    """
    reply = _answer(model, params, context)
    if not reply.begins_alike:
        reply.turns()
    return chat_wire.chunks(reply)


def _answer(model: Model, params: Json, context: Context) -> ChatReply:
    require(model, "chat")
    request = _read(model, params)
    prompt = _prompt(model, request)
    counted = prompt_tokens(model, request["messages"], request.get("tools"), "messages", context)
    stop = request.get("stop") or ()
    limits = Limits(
        request.get("max_completion_tokens"),
        (stop,) if isinstance(stop, str) else tuple(stop),
        effort(request, request.get("reasoning_effort")),
    )
    name, choices = digest(request), request.get("n") or 1
    rivals = 1 + request.get("top_logprobs", 0)
    most = _MOST_WORK // (choices * rivals)

    def turns() -> Iterator[Output]:
        first = take(model, prompt, name, limits, context.bends)
        if first.tokens > most:
            problem = f"Asks for more than {_MOST_WORK:,} tokens and likely rivals in all"
            raise InvalidRequest("n", problem, "work")
        yield first
        for index in range(1, choices):
            other = prompt._replace(variant=index)
            yield take(model, other, f"{name}.{index}", limits, context.bends)

    alike = not (context.bends or request.keys() & _SHAPES) and counted.total * _MOST_TIMES < most
    return ChatReply(model, request, name, counted, turns(), alike)


def _read(model: Model, params: Json) -> Json:
    """The request as the runner would hand it to its backend."""
    if isinstance(params.get("top_p"), str):
        params = params | {"top_p": number("top_p", params["top_p"])}
    _refuse_parts(params.get("messages"))
    declared, method = CompletionCreateParamsBase, "Completions.create"
    request = read(params, declared, method, _UNSERVED, model.takes)
    for message in request["messages"]:
        if "tool_calls" in message and message["role"] != "assistant":
            del message["tool_calls"]  # of which its type knows nothing
    _check(model, request)
    # From here on the same request is the same, whichever of these ways it was said in: the runner
    # makes one limit of both, and forces `include_usage`.
    name = "max_completion_tokens"
    if name in request:
        request.pop("max_tokens", None)
    elif "max_tokens" in request:
        request = {name if key == "max_tokens" else key: request[key] for key in request}
    if not request.get("stream"):
        request.pop("stream", None)
    request.pop("stream_options", None)
    return request


def _refuse_parts(messages: Any) -> None:
    """Parts that no model here reads, those of other servers among them, which OpenAI has not."""
    for _, path, part in _parts(messages if isinstance(messages, list) else ()):
        kind = part.get("type") if isinstance(part, dict) else None
        if isinstance(kind, str) and kind not in ("text", "refusal", "image_url"):
            problem = f"{kind!r} is not served: models here read text and pictures"
            raise InvalidRequest(f"{path}.type", problem, "unserved_part")


def _parts(messages: Iterable[Any]) -> Iterator[tuple[int, str, Any]]:
    """Of every part the number of its message, its path, and what it is."""
    for index, message in enumerate(messages):
        if isinstance(message, dict) and isinstance(content := message.get("content"), list):
            for place, part in enumerate(content):
                yield index, f"messages.{index}.content.{place}", part


def _check(model: Model, request: Json) -> None:
    """What the types cannot say."""
    checks.check_ranges(request, _RANGES)
    if not request["messages"]:
        raise InvalidRequest("messages", "There should be at least one message", "range")
    if "functions" in request or "function_call" in request:
        problem = "Deprecated: send `tools` and `tool_choice`"
        raise InvalidRequest("functions", problem, "deprecated_functions")
    if "top_logprobs" in request and not request.get("logprobs"):
        raise InvalidRequest("top_logprobs", "Asks for `logprobs` to be true", "top_logprobs")
    if "stream_options" in request and not request.get("stream"):
        raise InvalidRequest("stream_options", "Asks for `stream` to be true", "stream_options")
    openai_rules.check(model, openai_rules.of_chat(request))
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
                    "unanswered_calls",
                )
            open_ids.discard(message["tool_call_id"])
            continue
        if open_ids:
            break
        if "tool_calls" in message:
            open_ids = {call["id"] for call in message["tool_calls"]}
    if open_ids:
        problem = f"No tool message answers the tool calls {', '.join(sorted(open_ids))}"
        raise InvalidRequest("messages", problem, "unanswered_calls")


def _prompt(model: Model, request: Json) -> Prompt:
    sent = request.get("tools", ())
    tools = _tools(model, sent)
    choice, offered = checks.choose(
        request.get("tool_choice") or "auto", tools, sent=bool(sent), nested=True
    )
    shape = request.get("response_format", {})
    schema = None
    if shape.get("type") == "json_schema":
        described = shape["json_schema"]
        schema = described.get("schema", {})
        path = "response_format.json_schema.schema"
        checks.check_schema(model, described.get("schema"), described.get("strict"), path)
    json_object = shape.get("type") == "json_object"
    if json_object:
        checks.check_json_word(model, request["messages"], "messages")
    return Prompt(
        vendor=model.vendor,
        messages=request["messages"],
        tools=offered,
        choice=choice,
        parallel=request.get("parallel_tool_calls", True),
        json_schema=schema,
        json_object=json_object,
        reasoning="reasoning" in model.kinds,
        images=_images(model, request["messages"]),
    )


def _tools(model: Model, tools: Any) -> tuple[Tool, ...]:
    if not tools:
        return ()
    for index, tool in enumerate(tools):
        if tool["type"] != "function":
            raise InvalidRequest(f"tools.{index}.type", checks.ONLY_FUNCTIONS, "unserved_tool")
    paths = [f"tools.{index}.function" for index in range(len(tools))]
    return checks.read_tools(model, [tool["function"] for tool in tools], paths)


def _images(model: Model, messages: list[Json]) -> tuple[str, ...]:
    """What the pictures in the last of the user's messages that has any show; all are checked."""
    seen: dict[int, list[str]] = {}
    for index, path, part in _parts(messages):
        if part["type"] == "image_url":
            checks.check_vision(model, f"{path}.type")
            shows = describe.describe(part["image_url"]["url"], f"{path}.image_url.url")
            seen.setdefault(index, []).append(shows)
    return tuple(seen[max(seen)]) if seen else ()
