"""The methods of models, and the requests that call them.

Which method a request calls stands in the metadata of its input, and the arguments in the input's
parts; that and the errors follow `ModelClass` in Clarifai's SDK, which is what models run in.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.json_format import MessageToDict
from pydantic_core import from_json, to_json

from helpers.mock import catalogue
from helpers.mock.apis import chat
from helpers.mock.apis.context import Context
from helpers.mock.apis.table import APIS, STREAMING_APIS
from helpers.mock.errors import FAILURE, MODEL_INVALID_ARGUMENT, MODEL_PREDICTION_FAILED, ApiError
from helpers.mock.native import STREAM, WHOLE, Json, Message, as_openai_request
from helpers.mock.native.concepts import recognise
from helpers.mock.native.known import asked
from helpers.mock.native.signatures import signatures
from helpers.mock.requests import InvalidRequest, number, without_nulls
from helpers.text import whole

_MOST_INPUTS = 128
_TYPES = resources_pb2.ModelTypeField.DataType


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of a model's method with one of the inputs of a request."""

    model: catalogue.Model
    given: Message
    request: Message
    context: Context

    @property
    def output_info(self) -> Message:
        return self.request.model.model_version.output_info


def post_model_outputs(request: Message, context: Context) -> Message:
    """A MultiOutputResponse with an Output for each input."""
    model = asked(request)
    if not 1 <= len(request.inputs) <= _MOST_INPUTS:
        details = f"{len(request.inputs)} inputs, where 1 to {_MOST_INPUTS} are possible"
        raise ApiError(MODEL_INVALID_ARGUMENT, details)
    name = _method_name(request, "predict")
    if name == "_GET_SIGNATURES":
        return _signatures(model)
    method = _method(model, name, _WHOLE)
    reply = service_pb2.MultiOutputResponse()
    for each in request.inputs:
        reply.outputs.append(method(_Call(model, each, request, context)))
    successes = {output.status.code == status_code_pb2.SUCCESS for output in reply.outputs}
    if successes == {True}:
        return reply
    codes = {output.status.code for output in reply.outputs}
    if True in successes or status_code_pb2.MIXED_STATUS in codes:
        reply.status.code, reply.status.description = status_code_pb2.MIXED_STATUS, "Mixed Success"
    else:
        reply.status.code, reply.status.description = FAILURE.code, FAILURE.description
        reply.status.details = reply.outputs[0].status.description
    return reply


def generate_model_outputs(request: Message, context: Context) -> Iterator[Message]:
    """An Output for each piece of the reply."""
    model = asked(request)
    if len(request.inputs) != 1:
        raise ApiError(FAILURE, "Generate requires exactly one input")
    method = _method(model, _method_name(request, "generate"), _STREAMED)
    yield from method(_Call(model, request.inputs[0], request, context))


def stream_model_outputs(request: Message) -> None:
    """Refuse the first message of StreamModelOutputs: no model of the mock has such a method."""
    name = _method_name(request, "stream") if request.inputs else "stream"
    _method(asked(request), name, {})


def _signatures(model: catalogue.Model) -> Message:
    """The answer to `_GET_SIGNATURES`, with which a client finds out what a model can do."""
    reply = service_pb2.MultiOutputResponse()
    output = reply.outputs.add()
    output.status.code = status_code_pb2.SUCCESS
    listed = {signature.name: MessageToDict(signature) for signature in signatures(model)}
    output.data.text.raw = to_json(listed).decode()
    return reply


def _method_name(request: Message, default: str) -> str:
    metadata = request.inputs[0].data.metadata
    return str(metadata["_method_name"]) if "_method_name" in metadata else default


def _method(model: catalogue.Model, name: str, methods: dict[str, Any]) -> Any:
    if name not in methods or name not in {signature.name for signature in signatures(model)}:
        has = ", ".join(signature.name for signature in signatures(model))
        raise ApiError(FAILURE, f"Method {name} not found in model class. It has: {has}.")
    return methods[name]


def _arguments(call: _Call, name: str) -> Json:
    """The arguments of a call by their names: a value each, or a message where it is not simple."""
    data = call.given.data
    fields = next(
        signature for signature in signatures(call.model) if signature.name == name
    ).input_fields
    parts = {part.id: part.data for part in data.parts} or _older_parts(data, fields)
    strange = ", ".join(sorted(id for id in parts if id not in {field.name for field in fields}))
    if strange:
        takes = f"takes no {strange}. It takes: {', '.join(field.name for field in fields)}."
        raise ApiError(FAILURE, f"{name} of {call.model.url} {takes}")
    found = {
        field.name: _value(field, parts[field.name]) for field in fields if field.name in parts
    }
    for field in fields:
        if field.required and found.get(field.name) is None:
            raise ApiError(FAILURE, f"Field {field.name} is required but not set")
    return found


def _older_parts(data: Message, fields: Any) -> dict[str, Message]:
    """The arguments in the older form, without parts: the input itself has a picture or a text."""
    media = {name: data for name in ("image", "video", "audio") if data.HasField(name)}
    return {fields[0].name: data} | media


def _value(field: Message, data: Message) -> Any:
    if field.type == _TYPES.STR:
        return data.string_value or data.text.raw
    if field.type == _TYPES.INT:
        return data.int_value
    if field.type == _TYPES.FLOAT:
        return data.float_value
    if field.type == _TYPES.IMAGE:
        return data.image if data.HasField("image") else None
    if field.type == _TYPES.LIST:
        return [_value(field.type_args[0], part.data) for part in data.parts]
    # A protobuf `Struct` has no whole numbers.
    return whole(MessageToDict(data.struct_value))


def _text_output(text: str, call: _Call) -> Message:
    output = resources_pb2.Output()
    output.status.code = status_code_pb2.SUCCESS
    output.status.description = "Ok"
    if call.given.data.parts:
        output.data.parts.add(id="return").data.string_value = text
    else:
        output.data.string_value = output.data.text.raw = text
    return output


# --- the methods of models that speak the OpenAI format ---


def _openai_transport(call: _Call) -> Message:
    msg = _arguments(call, WHOLE)["msg"]
    try:
        path, params = _openai_params(call.model, msg)
        if params.get("stream") and path in STREAMING_APIS:
            raise ValueError(f"A request with stream is for {STREAM}")
        reply = _api(path).create(call.model, params, call.context)
    except (ValueError, ApiError) as error:
        return _text_output(_failure(error), call)
    output = _text_output(reply.decode(), call)
    # The model's side does not count the tokens of the other APIs.
    return _with_usage(output, from_json(reply)) if path in STREAMING_APIS else output


def _openai_stream_transport(call: _Call) -> Iterator[Message]:
    msg = _arguments(call, STREAM)["msg"]
    try:
        path, params = _openai_params(call.model, msg)
        if path not in STREAMING_APIS:
            raise ValueError("Streaming is only supported for chat completions and responses.")
        if not params.get("stream"):
            raise ValueError(f"A request without stream is for {WHOLE}")
        events = _api(path).stream(call.model, params, call.context)
    except (ValueError, ApiError) as error:
        yield _text_output(_failure(error), call)
        return
    for event in events:
        output = _text_output(event.decode(), call)
        yield _with_usage(output, from_json(event)) if b'"usage":{' in event else output


def _openai_params(model: catalogue.Model, msg: str) -> tuple[str, Json]:
    path, params = as_openai_request(msg)
    # The model's side puts in its own name whatever was sent.
    params.setdefault("model", model.url)
    return path, without_nulls(params)


def _api(path: str) -> Any:
    if path not in APIS:
        raise ValueError(f"Unsupported endpoint: {path}")
    return APIS[path]


def _failure(error: Exception) -> str:
    """What the model's side returns in place of a reply; the call itself has succeeded."""
    if not isinstance(error, ApiError):
        error = ApiError(MODEL_PREDICTION_FAILED, str(error))
    return error.body().decode()


def _with_usage(output: Message, reply: Json) -> Message:
    """Count the tokens as the model's side does: all that are not the prompt's are completion."""
    usage = reply.get("usage") or (reply.get("response") or {}).get("usage")
    if usage:
        output.prompt_tokens = usage.get("prompt_tokens") or usage.get("input_tokens") or 0
        output.completion_tokens = usage.get("total_tokens", 0) - output.prompt_tokens
        details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
        output.cached_tokens = details.get("cached_tokens") or 0
    return output


# --- predict and generate ---


def _predict(call: _Call) -> Message:
    if "concepts" in call.model.kinds:
        image = _arguments(call, "predict")["image"]
        return recognise(call.model, image, call.given, call.output_info)
    reply = from_json(_prompted(chat.create, call, "predict"))
    message = reply["choices"][0]["message"]
    text = _calls(message) or message["content"] or ""
    return _with_usage(_text_output(text, call), reply)


def _generate(call: _Call) -> Iterator[Message]:
    for event in _prompted(chat.stream, call, "generate"):
        for choice in from_json(event)["choices"]:
            text = _calls(choice["delta"]) or choice["delta"].get("content") or ""
            yield _text_output(text, call)


def _calls(message: Json) -> str:
    """Tool calls as the methods return them: JSON text, as in Clarifai's template of a model."""
    return json.dumps(message["tool_calls"], indent=2) if message.get("tool_calls") else ""


def _prompted(ask: Callable[[catalogue.Model, Json, Context], Any], call: _Call, name: str) -> Any:
    try:
        return ask(call.model, _completion(call, name), call.context)
    except (ValueError, TypeError, OverflowError) as error:
        raise ApiError(FAILURE, str(error)) from error


def _completion(call: _Call, name: str) -> Json:
    """The chat completion that a call of `predict` or `generate` is made into."""
    # assumed(older-parameters): the older way to set parameters still works for these models.
    params = MessageToDict(call.output_info.params)
    older = {name: params[name] for name in _PARAMETERS if name in params}
    arguments = without_nulls(older | _arguments(call, name))

    def parameter(wanted: str, default: float) -> float:
        # Single precision is all that the message has room for.
        return round(number(wanted, arguments.get(wanted, default)), 6)

    messages = list(arguments.get("chat_history") or ())
    text = arguments.get("prompt", "")
    content: list[Json] = [{"type": "text", "text": text}] if text.strip() else []
    pictures = [arguments.get("image"), *arguments.get("images", ())]
    content += [_picture(image) for image in pictures if image is not None]
    if content:
        messages.append({"role": "user", "content": content})
    chosen = {
        wanted: arguments[wanted]
        for wanted in ("tools", "tool_choice", "reasoning_effort")
        if arguments.get(wanted)
    }
    return chosen | {
        "model": call.model.url,
        "messages": messages,
        "max_completion_tokens": int(parameter("max_tokens", 256)),
        "temperature": parameter("temperature", 1),
        "top_p": parameter("top_p", 1),
        "stream": name == "generate",
    }


_PARAMETERS = ("max_tokens", "temperature", "top_p", "tools", "tool_choice", "reasoning_effort")
"""What can be set beside the input itself."""


def _picture(image: Message) -> Json:
    """An Image as a part of a chat message."""
    if not (image.base64 or image.url):
        raise InvalidRequest("image", "Is empty: send the picture's bytes, or its address")
    # What kind of picture it is, its own first bytes say.
    url = f"data:image/jpeg;base64,{b64encode(image.base64).decode()}" if image.base64 else ""
    return {"type": "image_url", "image_url": {"url": url or image.url}}


_WHOLE: dict[str, Any] = {WHOLE: _openai_transport, "predict": _predict}
_STREAMED: dict[str, Any] = {STREAM: _openai_stream_transport, "generate": _generate}
