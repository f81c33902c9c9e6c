"""Responses: `POST /responses`, whole and streamed.

The model sees the same conversation as in chat completions: input items become its messages, and
what it says becomes output items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openai.types.responses.response_create_params import ResponseCreateParamsBase

from helpers.mock.apis import checks, openai_rules, response_wire
from helpers.mock.apis.context import Context
from helpers.mock.apis.items import followed_by, read_items
from helpers.mock.apis.response_wire import ENCRYPTED, LOGPROBS, ResponsesReply
from helpers.mock.apis.stored import Conversation
from helpers.mock.apis.turn import Limits, digest, effort, take
from helpers.mock.apis.usage import prompt_tokens
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.requests import InvalidRequest, Json, read
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

# assumed(responses-end): nothing follows the last event, as on OpenAI's own wire.
LAST_FRAME = b""


def frame(event: bytes) -> bytes:
    """An event of a stream, as it is sent: with its type, which is its first key, as a name.

    An error has none.
    """
    if not event.startswith(b'{"type":"'):
        return b"data: " + event + b"\n\n"
    name = event[len(b'{"type":"') : event.index(b'"', len(b'{"type":"'))]
    return b"event: " + name + b"\ndata: " + event + b"\n\n"


def create(model: Model, params: Json, context: Context) -> bytes:
    """Answer a request with a `Response`, as JSON.

    Raises InvalidRequest, and ApiError for a model that does not chat.
    """
    return response_wire.whole(_answer(model, params, context))


def stream(model: Model, params: Json, context: Context) -> Iterator[bytes]:
    """Answer a request with the JSON of one `ResponseStreamEvent` after another.

    A bad request raises at once, as in `create`, and not when the first event is asked for.
    """
    return response_wire.events(_answer(model, params, context))


def _answer(model: Model, params: Json, context: Context) -> ResponsesReply:
    require(model, "chat")
    request = _read(model, params)
    before = context.stored.conversation(request.get("previous_response_id"))
    conversation = read_items(model, request["input"], before, context.stored)
    prompt = _prompt(model, request, conversation)
    counted = prompt_tokens(model, prompt.messages, request.get("tools"), "input", context)
    told = (request.get("reasoning") or {}).get("effort")
    limits = Limits(request.get("max_output_tokens"), effort=effort(request, told))
    name = digest({key: request[key] for key in request if key not in _NOT_IN_DIGEST})
    turn = take(model, prompt, name, limits, context.bends)
    answer = response_wire.answer(model, request, name, turn, counted)
    if request.get("store") is not False:
        items = [item.value for item in answer.items]
        context.stored.keep(f"resp_{name}", followed_by(conversation, turn), items)
    return answer


# Whether a reply is streamed changes nothing about it.
_NOT_IN_DIGEST = frozenset({"stream", "stream_options"})


def _read(model: Model, params: Json) -> Json:
    """The request, checked but for its input, which `items` reads."""
    params = dict(params)
    _check_kinds(params)
    if isinstance(params.get("tools"), list):
        # OpenAI takes a tool without these, though its types ask for them.
        defaults = {"parameters": {}, "strict": False}
        params["tools"] = [
            defaults | tool if isinstance(tool, dict) else tool for tool in params["tools"]
        ]
    # The error of a union of all the kinds of items would say little.
    declared, method = ResponseCreateParamsBase, "Responses.create"
    request = read(params | {"input": ""}, declared, method, _UNSERVED, model.takes)
    if "input" not in params:
        raise InvalidRequest("input", "Field required", "type")
    request["input"] = params["input"]
    checks.check_ranges(request, _RANGES)
    openai_rules.check(model, openai_rules.of_responses(request))
    for index, wanted in enumerate(request.get("include") or ()):
        if wanted not in (LOGPROBS, ENCRYPTED):
            raise InvalidRequest(f"include.{index}", "Is not served by the mock", "unserved")
    return request


def _check_kinds(params: Json) -> None:
    """Refuse tools that OpenAI would run itself, whatever their other fields."""
    tools = params.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else ()):
        if isinstance(tool, dict) and tool.get("type") != "function":
            raise InvalidRequest(f"tools.{index}.type", checks.ONLY_FUNCTIONS, "unserved_tool")


def _prompt(model: Model, request: Json, conversation: Conversation) -> Prompt:
    sent = request.get("tools", ())
    paths = [f"tools.{index}" for index in range(len(sent))]
    tools: tuple[Tool, ...] = checks.read_tools(model, list(sent), paths)
    choice, offered = checks.choose(
        request.get("tool_choice") or "auto", tools, sent=bool(sent), nested=False
    )
    instructions = request.get("instructions")
    system: list[Json] = [{"role": "system", "content": instructions}] if instructions else []
    messages = system + conversation.messages
    shape: Any = (request.get("text") or {}).get("format", {})
    schema = shape["schema"] if shape.get("type") == "json_schema" else None
    checks.check_schema(model, schema, shape.get("strict"), "text.format.schema")
    json_object = shape.get("type") == "json_object"
    if json_object:
        checks.check_json_word(model, messages, "input")
    return Prompt(
        vendor=model.vendor,
        messages=messages,
        tools=offered,
        choice=choice,
        parallel=request.get("parallel_tool_calls") is not False,
        json_schema=schema,
        json_object=json_object,
        reasoning="reasoning" in model.kinds,
        images=conversation.images,
    )
