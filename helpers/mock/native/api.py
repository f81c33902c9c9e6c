"""Clarifai's native API: what each of its calls answers, whether REST or gRPC carries it.

Messages are those of `clarifai-grpc`. An error is a status in the reply, with Clarifai's code, also
where the transport has statuses of its own, and also for a call that the mock does not serve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import blake2b

from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.message_factory import GetMessageClass

from helpers.mock.apis.context import Context
from helpers.mock.errors import NOT_IMPLEMENTED, ApiError
from helpers.mock.gateway import authorize, request_id
from helpers.mock.native import Message, known, methods

_CALLS: dict[str, Callable[[Message], Message]] = {
    "GetModel": known.get_model,
    "ListModels": known.list_models,
    "GetModelVersion": known.get_model_version,
    "ListModelVersions": known.list_model_versions,
    "GetModelType": known.get_model_type,
    "ListModelTypes": known.list_model_types,
    "GetUser": known.get_user,
    "GetDeployment": known.get_deployment,
    "GetNodepool": known.get_nodepool,
}
"""The calls that only tell what is known; the others are PostModelOutputs and the streams."""
SERVED = (*_CALLS, "PostModelOutputs", "GenerateModelOutputs")

DESCRIBED = service_pb2.DESCRIPTOR.services_by_name["V2"].methods_by_name
"""Every call that Clarifai's API has, with the types of its messages."""


@cache
def types(rpc: str) -> tuple[Message, Message]:
    """The classes of a call's request and of its reply."""
    described = DESCRIBED[rpc]
    return GetMessageClass(described.input_type), GetMessageClass(described.output_type)


def call(rpc: str, request: Message, metadata: Mapping[str, bytes], context: Context) -> Message:
    """Answer a call that has one reply; an error is its status. Header names are in lower case."""
    try:
        authorize(metadata.get("authorization", b""))
        if rpc == "PostModelOutputs":
            reply = methods.post_model_outputs(request, context)
        elif rpc in _CALLS:
            reply = _CALLS[rpc](request)
        else:
            raise ApiError(NOT_IMPLEMENTED, _unserved(rpc))
    except ApiError as error:
        return refuse(error, _bytes(request), metadata, rpc)
    return _finished(reply, _req_id(_bytes(request), metadata))


def generate(
    request: Message, metadata: Mapping[str, bytes], context: Context
) -> Iterator[Message]:
    """Answer GenerateModelOutputs: one MultiOutputResponse for each piece of the reply."""
    req_id = _req_id(_bytes(request), metadata)
    try:
        authorize(metadata.get("authorization", b""))
        for output in methods.generate_model_outputs(request, context):
            yield _finished(service_pb2.MultiOutputResponse(outputs=[output]), req_id)
    except ApiError as error:
        yield refuse(error, _bytes(request), metadata)


def stream(
    rpc: str, requests: Iterator[Message], metadata: Mapping[str, bytes]
) -> Iterator[Message]:
    """Refuse a call whose requests are a stream, once the first of them has come."""
    for request in requests:
        try:
            authorize(metadata.get("authorization", b""))
            if rpc == "StreamModelOutputs":
                methods.stream_model_outputs(request)
            raise ApiError(NOT_IMPLEMENTED, _unserved(rpc))
        except ApiError as error:
            yield refuse(error, _bytes(request), metadata, rpc)
            return


def refuse(
    error: ApiError, request: bytes, metadata: Mapping[str, bytes], rpc: str = "PostModelOutputs"
) -> Message:
    """The reply to a request, perhaps not even a message, that cannot be answered."""
    reply = types(rpc)[1]()
    reply.status.code = error.status.code
    reply.status.description = error.status.description
    reply.status.details = error.details
    return _finished(reply, _req_id(request, metadata))


def _unserved(rpc: str) -> str:
    return f"The mock does not serve {rpc}. It serves {', '.join(sorted(SERVED))}."


def _finished(reply: Message, req_id: str) -> Message:
    """The reply with its status complete, a success where it has no other, and ids for outputs."""
    if reply.status.code == status_code_pb2.ZERO:
        reply.status.code = status_code_pb2.SUCCESS
        reply.status.description = "Ok"
    reply.status.req_id = req_id
    if isinstance(reply, service_pb2.MultiOutputResponse):
        for number, output in enumerate(reply.outputs):
            seed = f"{number}".encode() + output.SerializeToString(deterministic=True)
            output.id = output.id or blake2b(seed, digest_size=16).hexdigest()
    return reply


def _req_id(request: bytes, metadata: Mapping[str, bytes]) -> str:
    digest = blake2b(request, digest_size=16).hexdigest()
    return request_id(digest, metadata.get("x-clarifai-request-id-prefix", b""))


def _bytes(request: Message) -> bytes:
    return bytes(request.SerializeToString(deterministic=True))
