"""An OpenAI call as the Clarifai API request that it becomes.

    call = as_clarifai_request("/chat/completions", {"model": MODEL, "messages": [...]})
    call.rpc, call.path, call.json

The OpenAI format is not a second API of Clarifai's models but a wrapping of the first: the whole
body travels as text, in the part `msg` of one input, to the model's method `openai_transport`, and
the reply comes back as text in the part `return`. For a stream the method is
`openai_stream_transport`, and every event is a message of its own, but `[DONE]`, which the model's
side swallows and the gateway adds again. That is the contract of the model's side,
`OpenAIModelClass` in Clarifai's SDK; assumed(same-request): that the gateway builds the very same
request, since its source is not public.

`clarifai-grpc` is imported when a function is called: it takes a quarter of a second.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic_core import from_json

from helpers.mock import OPENAI_PATH
from helpers.models import parse_model

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api.service_pb2 import PostModelOutputsRequest

Json = dict[str, Any]
Message = Any
"""A protobuf message; its class has no types that mypy could read."""
Rpc = Literal["PostModelOutputs", "GenerateModelOutputs"]

DEFAULT_API = "/chat/completions"
"""What a message without `openai_endpoint` asks for."""

WHOLE = "openai_transport"
STREAM = "openai_stream_transport"


@dataclass(frozen=True)
class ClarifaiRequest:
    """One request to the Clarifai API: what is called, and the message that it is called with."""

    rpc: Rpc
    message: PostModelOutputsRequest

    @property
    def path(self) -> str:
        """Where the same request goes in REST, with POST."""
        ids = self.message
        path = f"/v2/users/{ids.user_app_id.user_id}/apps/{ids.user_app_id.app_id}"
        path += f"/models/{ids.model_id}"
        if ids.version_id:
            path += f"/versions/{ids.version_id}"
        return path + ("/outputs" if self.rpc == "PostModelOutputs" else "/outputs/generate")

    @property
    def json(self) -> Json:
        """The message as JSON: what REST sends, and what is readable."""
        return as_json(self.message)


def as_clarifai_request(path: str, params: Json) -> ClarifaiRequest:
    """The Clarifai API request that a POST of `params` to the OpenAI-compatible `path` becomes.

    `path` is one such as "/chat/completions", or all of it. Raises ModelReferenceError.
    """
    from clarifai_grpc.grpc.api.resources_pb2 import UserAppIDSet
    from clarifai_grpc.grpc.api.service_pb2 import PostModelOutputsRequest

    model = parse_model(params["model"])
    message = PostModelOutputsRequest(
        user_app_id=UserAppIDSet(user_id=model.user_id, app_id=model.app_id),
        model_id=model.model_id,
        version_id=model.version_id or "",
    )
    data = message.inputs.add().data
    data.metadata["_method_name"] = STREAM if params.get("stream") else WHOLE
    body = {**params, "openai_endpoint": path.removeprefix(OPENAI_PATH)}
    data.parts.add(id="msg").data.string_value = json.dumps(body, ensure_ascii=False)
    rpc: Rpc = "GenerateModelOutputs" if params.get("stream") else "PostModelOutputs"
    return ClarifaiRequest(rpc, message)


def as_openai_request(msg: str) -> tuple[str, Json]:
    """What the model's side reads from the part `msg`: the path, and the OpenAI request.

    Raises ValueError for what is no JSON object.
    """
    params = from_json(msg, allow_inf_nan=False)
    if not isinstance(params, dict):
        raise ValueError("The message is not a JSON object")
    path = params.pop("openai_endpoint", None) or DEFAULT_API
    return str(path), params


def as_json(message: Message) -> Json:
    """A Clarifai message as REST has it: the fields' own names, and codes as numbers."""
    from google.protobuf.json_format import MessageToDict

    as_dict: Json = MessageToDict(
        message, preserving_proto_field_name=True, use_integers_for_enums=True
    )
    return as_dict
