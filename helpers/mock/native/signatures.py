"""What the native API says of a model: its type, and the signatures of its methods."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.json_format import ParseDict

from helpers.mock import catalogue
from helpers.mock.apis.turn import CREATED
from helpers.mock.native import STREAM, WHOLE, Json, Message


def message(model: catalogue.Model) -> Message:
    """The model as the API describes it, with its latest version and that one's methods."""
    ref = model.ref
    described = resources_pb2.Model(
        id=ref.model_id,
        name=ref.model_id,
        user_id=ref.user_id,
        app_id=ref.app_id,
        model_type_id=_model_type(model),
    )
    described.created_at.FromSeconds(CREATED)
    version = described.model_version
    version.id = blake2b(ref.name.encode(), digest_size=16).hexdigest()
    version.user_id, version.app_id = ref.user_id, ref.app_id
    version.status.code = status_code_pb2.MODEL_TRAINED
    version.status.description = "Model is trained and ready"
    version.created_at.FromSeconds(CREATED)
    version.method_signatures.extend(signatures(model))
    return described


INPUT_FIELDS = {
    "visual-classifier": ["image"],
    "visual-detector": ["image"],
    "text-to-text": ["text"],
    "text-to-image": ["text"],
    "text-embedder": ["text"],
    "multimodal-to-text": ["image", "text"],
}
"""Each type of model, and the kinds of input that it takes."""


def _model_type(model: catalogue.Model) -> str:
    # assumed: the types of the models that are not visual classifiers.
    if "concepts" in model.kinds:
        return "visual-detector" if "detection" in model.ref.model_id else "visual-classifier"
    if "images" in model.kinds:
        return "text-to-image"
    if "embeddings" in model.kinds:
        return "text-embedder"
    return "multimodal-to-text" if "vision" in model.kinds else "text-to-text"


# --- methods ---

_MSG = [{"name": "msg", "type": "STR", "required": True}]
_TEXT = {"name": "return", "type": "STR"}
# assumed: the parameters that the SDK's template for such models gives them.
_PROMPT: list[Json] = [
    {"name": "prompt", "type": "STR"},
    {
        "name": "chat_history",
        "type": "LIST",
        "type_args": [{"name": "chat_history_item", "type": "JSON_DATA"}],
        "default": "null",
    },
    {"name": "max_tokens", "type": "INT", "default": "256", "is_param": True},
    {"name": "temperature", "type": "FLOAT", "default": "1.0", "is_param": True},
    {"name": "top_p", "type": "FLOAT", "default": "1.0", "is_param": True},
]


def _signature(
    name: str, description: str, inputs: list[Json], output: Json, stream: bool = False
) -> Json:
    return {
        "name": name,
        "method_type": "UNARY_STREAMING" if stream else "UNARY_UNARY",
        "description": description,
        "input_fields": inputs,
        "output_fields": [output | {"iterator": True}] if stream else [output],
    }


_TRANSPORTS = [
    _signature(WHOLE, "Answer a request in the OpenAI format.", _MSG, _TEXT),
    _signature(STREAM, "Answer a request in the OpenAI format, as a stream.", _MSG, _TEXT, True),
]
_PROMPTED = [
    _signature("predict", "Answer a prompt.", _PROMPT, _TEXT),
    _signature("generate", "Answer a prompt, piece by piece.", _PROMPT, _TEXT, True),
]
# assumed: this method; it is how Clarifai's own example calls general-image-detection.
_IMAGE = [{"name": "image", "type": "IMAGE", "required": True}]


def _seen(kind: str) -> Json:
    return {
        "name": "return",
        "type": "LIST",
        "type_args": [{"name": "return_item", "type": kind}],
    }


_RECOGNISERS = {
    "visual-classifier": [_signature("predict", "See concepts.", _IMAGE, _seen("CONCEPT"))],
    "visual-detector": [_signature("predict", "See what is where.", _IMAGE, _seen("REGION"))],
}


@cache
def signatures(model: catalogue.Model) -> tuple[Message, ...]:
    """The methods of a model, as `MethodSignature` messages."""
    listed = _RECOGNISERS.get(_model_type(model))
    if listed is None:
        listed = _TRANSPORTS + (_PROMPTED if "chat" in model.kinds else [])
    return tuple(ParseDict(each, resources_pb2.MethodSignature()) for each in listed)
