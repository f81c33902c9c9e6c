"""Clarifai's native API: what each of its calls answers, whether REST or gRPC carries it.

Messages are those of `clarifai-grpc`. A model has methods; which one a request calls stands in the
metadata of its input, and its arguments in the input's parts. That and the errors follow
`ModelClass` in Clarifai's SDK, which is what models run in. An error is a status in the reply, with
Clarifai's code, also where the transport has statuses of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.json_format import MessageToDict
from pydantic_core import from_json, to_json

from helpers.mock import catalogue
from helpers.mock.apis import chat
from helpers.mock.apis.table import APIS, STREAMING_APIS
from helpers.mock.errors import (
    DOES_NOT_EXIST,
    MODEL_INVALID_ARGUMENT,
    MODEL_PREDICTION_FAILED,
    ApiError,
    Status,
)
from helpers.mock.gateway import authorize, known_model, request_id
from helpers.mock.native import STREAM, WHOLE, Json, Message, as_openai_request
from helpers.mock.native.concepts import recognise
from helpers.mock.native.signatures import INPUT_FIELDS, message, signatures
from helpers.models import ModelRef

FAILURE = Status(10020, "Failure", 400)
_MOST_INPUTS = 128


def call(rpc: str, request: Message, metadata: Mapping[str, bytes]) -> Message:
    """Answer a call that has one reply; an error is its status. Header names are in lower case."""
    reply_type, respond = _CALLS[rpc]
    try:
        authorize(metadata.get("authorization", b""))
        reply = respond(request)
    except ApiError as error:
        reply = reply_type(status=_status(error))
    return _finished(reply, _req_id(_bytes(request), metadata))


def generate(request: Message, metadata: Mapping[str, bytes]) -> Iterator[Message]:
    """Answer GenerateModelOutputs: one MultiOutputResponse for each piece of the reply."""
    req_id = _req_id(_bytes(request), metadata)
    try:
        authorize(metadata.get("authorization", b""))
        for output in _generated(request):
            yield _finished(service_pb2.MultiOutputResponse(outputs=[output]), req_id)
    except ApiError as error:
        yield _finished(service_pb2.MultiOutputResponse(status=_status(error)), req_id)


def refuse(error: ApiError, request: bytes, metadata: Mapping[str, bytes]) -> Message:
    """The reply to what is not even a message."""
    reply = service_pb2.MultiOutputResponse(status=_status(error))
    return _finished(reply, _req_id(request, metadata))


def _status(error: ApiError) -> Message:
    status = service_pb2.MultiOutputResponse().status
    status.code = error.status.code
    status.description = error.status.description
    status.details = error.details
    return status


def _finished(reply: Message, req_id: str) -> Message:
    """The reply with its status complete: a success where it has no other."""
    if reply.status.code == status_code_pb2.ZERO:
        reply.status.code = status_code_pb2.SUCCESS
        reply.status.description = "Ok"
    reply.status.req_id = req_id
    return reply


def _req_id(request: bytes, metadata: Mapping[str, bytes]) -> str:
    digest = blake2b(request, digest_size=16).hexdigest()
    return request_id(digest, metadata.get("x-clarifai-request-id-prefix", b""))


def _bytes(request: Message) -> bytes:
    return bytes(request.SerializeToString(deterministic=True))


# --- calling a method of a model ---


def _post_model_outputs(request: Message) -> Message:
    model = _asked(request, request.version_id)
    if not 1 <= len(request.inputs) <= _MOST_INPUTS:
        details = f"{len(request.inputs)} inputs, where 1 to {_MOST_INPUTS} are possible"
        raise ApiError(MODEL_INVALID_ARGUMENT, details)
    name = _method_name(request, "predict")
    if name == "_GET_SIGNATURES":
        return _signatures(model)
    method = _method(model, name, _WHOLE)
    reply = service_pb2.MultiOutputResponse()
    for each in request.inputs:
        reply.outputs.append(method(model, each, request))
    successes = {output.status.code == status_code_pb2.SUCCESS for output in reply.outputs}
    if successes == {True}:
        return reply
    codes = {output.status.code for output in reply.outputs}
    if True in successes or status_code_pb2.MIXED_STATUS in codes:
        reply.status.code, reply.status.description = status_code_pb2.MIXED_STATUS, "Mixed Success"
    else:
        reply.status.code, reply.status.description = FAILURE.code, FAILURE.description
    return reply


def _signatures(model: catalogue.Model) -> Message:
    """The answer to `_GET_SIGNATURES`, with which a client finds out what a model can do."""
    reply = service_pb2.MultiOutputResponse()
    output = reply.outputs.add()
    output.status.code = status_code_pb2.SUCCESS
    listed = {each.name: MessageToDict(each) for each in signatures(model)}
    output.data.text.raw = to_json(listed).decode()
    return reply


def _generated(request: Message) -> Iterator[Message]:
    model = _asked(request, request.version_id)
    if len(request.inputs) != 1:
        raise ApiError(FAILURE, "Generate requires exactly one input")
    method = _method(model, _method_name(request, "generate"), _STREAMED)
    yield from method(model, request.inputs[0], request)


def _asked(request: Message, version_id: str) -> catalogue.Model:
    ids = request.user_app_id
    return known_model(ModelRef(ids.user_id, ids.app_id, request.model_id, version_id or None))


def _method_name(request: Message, default: str) -> str:
    metadata = request.inputs[0].data.metadata
    return str(metadata["_method_name"]) if "_method_name" in metadata else default


def _method(model: catalogue.Model, name: str, methods: dict[str, Any]) -> Any:
    if name not in methods or name not in {each.name for each in signatures(model)}:
        has = ", ".join(each.name for each in signatures(model))
        raise ApiError(FAILURE, f"Method {name} not found in model class. It has: {has}.")
    return methods[name]


def _arguments(model: catalogue.Model, name: str, data: Message) -> Json:
    """The arguments of a call by their names: a value each, or a message where it is not simple."""
    fields = next(each for each in signatures(model) if each.name == name).input_fields
    parts = {part.id: part.data for part in data.parts}
    if not parts:
        # The older form, without parts: the input itself is the first argument.
        parts = {fields[0].name: data}
    found = {
        field.name: _value(field, parts[field.name]) for field in fields if field.name in parts
    }
    for field in fields:
        if field.required and found.get(field.name) is None:
            raise ApiError(FAILURE, f"Field {field.name} is required but not set")
    return found


def _value(field: Message, data: Message) -> Any:
    types = resources_pb2.ModelTypeField.DataType
    if field.type == types.STR:
        return data.string_value or data.text.raw
    if field.type == types.INT:
        return data.int_value
    if field.type == types.FLOAT:
        return data.float_value
    if field.type == types.IMAGE:
        return data.image if data.HasField("image") else None
    # A list of JSON objects.
    return [_plain(MessageToDict(part.data.struct_value)) for part in data.parts]


def _plain(value: Any) -> Any:
    """JSON as it was before it became a protobuf `Struct`, which has no whole numbers."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text_output(text: str, given: Message) -> Message:
    output = resources_pb2.Output()
    output.status.code = status_code_pb2.SUCCESS
    output.status.description = "Ok"
    if given.parts:
        output.data.parts.add(id="return").data.string_value = text
    else:
        output.data.string_value = output.data.text.raw = text
    return output


# --- the methods of models that speak the OpenAI format ---


def _openai_transport(model: catalogue.Model, given: Message, request: Message) -> Message:
    msg = _arguments(model, WHOLE, given.data)["msg"]
    try:
        path, params = _openai_params(model, msg)
        if params.get("stream") and path in STREAMING_APIS:
            raise ValueError(f"A request with stream is for {STREAM}")
        reply = _api(path).create(model, params)
    except (ValueError, ApiError) as error:
        return _text_output(_failure(error), given.data)
    output = _text_output(reply.decode(), given.data)
    # The model's side does not count the tokens of the other APIs.
    return _with_usage(output, from_json(reply)) if path in STREAMING_APIS else output


def _openai_stream_transport(
    model: catalogue.Model, given: Message, request: Message
) -> Iterator[Message]:
    msg = _arguments(model, STREAM, given.data)["msg"]
    try:
        path, params = _openai_params(model, msg)
        if path not in STREAMING_APIS:
            raise ValueError("Streaming is only supported for chat completions and responses.")
        if not params.get("stream"):
            raise ValueError(f"A request without stream is for {WHOLE}")
        events = _api(path).stream(model, params)
    except (ValueError, ApiError) as error:
        yield _text_output(_failure(error), given.data)
        return
    for event in events:
        output = _text_output(event.decode(), given.data)
        yield _with_usage(output, from_json(event)) if b'"usage":{' in event else output


def _openai_params(model: catalogue.Model, msg: str) -> tuple[str, Json]:
    path, params = as_openai_request(msg)
    # The model's side puts in its own name whatever was sent.
    params.setdefault("model", model.url)
    return path, params


def _api(path: str) -> Any:
    if path not in APIS:
        raise ValueError(f"Unsupported endpoint: {path}")
    return APIS[path]


def _failure(error: Exception) -> str:
    """What the model's side returns in place of a reply; the call itself has succeeded."""
    status, details = MODEL_PREDICTION_FAILED, str(error)
    if isinstance(error, ApiError):
        status, details = error.status, error.details
    body = {"code": status.code, "description": status.description, "details": details}
    return to_json(body).decode()


def _with_usage(output: Message, reply: Json) -> Message:
    """Count the tokens as the model's side does: all that are not the prompt's are completion."""
    usage = reply.get("usage") or (reply.get("response") or {}).get("usage")
    if usage:
        output.prompt_tokens = usage.get("prompt_tokens") or usage.get("input_tokens") or 0
        output.completion_tokens = usage.get("total_tokens", 0) - output.prompt_tokens
    return output


def _predict(model: catalogue.Model, given: Message, request: Message) -> Message:
    if "concepts" in model.kinds:
        image = _arguments(model, "predict", given.data)["image"]
        return recognise(model, image, given, _output_info(request))
    try:
        reply = from_json(chat.create(model, _prompted(model, "predict", given, request)))
    except (ValueError, TypeError, OverflowError) as error:
        raise ApiError(FAILURE, str(error)) from error
    text = reply["choices"][0]["message"]["content"] or ""
    return _with_usage(_text_output(text, given.data), reply)


def _generate(model: catalogue.Model, given: Message, request: Message) -> Iterator[Message]:
    try:
        events = chat.stream(model, _prompted(model, "generate", given, request))
    except (ValueError, TypeError, OverflowError) as error:
        raise ApiError(FAILURE, str(error)) from error
    for event in events:
        for choice in from_json(event)["choices"]:
            yield _text_output(choice["delta"].get("content") or "", given.data)


def _prompted(model: catalogue.Model, name: str, given: Message, request: Message) -> Json:
    """The chat completion that a call of `predict` or `generate` is made into."""
    arguments = _arguments(model, name, given.data)
    # assumed: the older way to set parameters still works for these models.
    older = MessageToDict(_output_info(request).params)

    def parameter(wanted: str, default: float) -> float:
        value = arguments.get(wanted, older.get(wanted, default))
        # Single precision is all that the message has room for.
        return round(float(value), 6)

    messages = list(arguments.get("chat_history") or ())
    if arguments.get("prompt", "").strip():
        content = [{"type": "text", "text": arguments["prompt"]}]
        messages.append({"role": "user", "content": content})
    return {
        "model": model.url,
        "messages": messages,
        "max_completion_tokens": int(parameter("max_tokens", 256)),
        "temperature": parameter("temperature", 1),
        "top_p": parameter("top_p", 1),
        "stream": name == "generate",
    }


def _output_info(request: Message) -> Message:
    return request.model.model_version.output_info


_WHOLE: dict[str, Any] = {WHOLE: _openai_transport, "predict": _predict}
_STREAMED: dict[str, Any] = {STREAM: _openai_stream_transport, "generate": _generate}


# --- what is known about models ---


def _get_model(request: Message) -> Message:
    return service_pb2.SingleModelResponse(model=message(_asked(request, request.version_id)))


def _get_model_version(request: Message) -> Message:
    # assumed: without an id it is the latest version, as in every other call.
    version = message(_asked(request, request.version_id)).model_version
    version.id = request.version_id or version.id
    return service_pb2.SingleModelVersionResponse(model_version=version)


def _get_model_type(request: Message) -> Message:
    if request.model_type_id not in INPUT_FIELDS:
        raise ApiError(DOES_NOT_EXIST, f"There is no model type {request.model_type_id!r}.")
    return service_pb2.SingleModelTypeResponse(
        model_type=resources_pb2.ModelType(
            id=request.model_type_id, input_fields=INPUT_FIELDS[request.model_type_id]
        )
    )


def _list_models(request: Message) -> Message:
    ids = request.user_app_id
    found = [
        model
        for model in catalogue.MODELS
        if ids.user_id in ("", model.ref.user_id) and ids.app_id in ("", model.ref.app_id)
    ]
    size = request.per_page or 16
    start = (max(request.page, 1) - 1) * size
    return service_pb2.MultiModelResponse(models=map(message, found[start : start + size]))


_CALLS: dict[str, tuple[Any, Callable[[Message], Message]]] = {
    "PostModelOutputs": (service_pb2.MultiOutputResponse, _post_model_outputs),
    "GetModel": (service_pb2.SingleModelResponse, _get_model),
    "GetModelVersion": (service_pb2.SingleModelVersionResponse, _get_model_version),
    "GetModelType": (service_pb2.SingleModelTypeResponse, _get_model_type),
    "ListModels": (service_pb2.MultiModelResponse, _list_models),
}
UNARY = tuple(_CALLS)
"""The calls that have one reply."""
