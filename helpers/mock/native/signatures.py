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
        model_type_id=model_type(model),
        use_cases=sorted(model.use_cases),
    )
    described.created_at.FromSeconds(CREATED)
    if model.featured_order is not None:
        described.featured_order.value = model.featured_order
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
# assumed(output-fields): all but those of the visual models.
OUTPUT_FIELDS = {
    "visual-classifier": ["concepts"],
    "visual-detector": ["regions[...].data.concepts", "regions[...].region_info.bounding_box"],
    "text-to-text": ["text"],
    "text-to-image": ["image"],
    "text-embedder": ["embeddings"],
    "multimodal-to-text": ["text"],
}
"""Each type of model, and the kinds of output that it has."""


def model_type(model: catalogue.Model) -> str:
    """The id of a model's type."""
    # assumed(model-types): the types of the models that are not visual classifiers.
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


def _input(name: str, kind: str, default: str = "null", *, of: str | None = None) -> Json:
    """A field that may be left out; a setting, unless null stands for it then."""
    field: Json = {"name": name, "type": kind}
    if of is not None:
        field["type_args"] = [{"name": f"{name}_item", "type": of}]
    if default:
        field["default"] = default
    return field if default in ("", "null") else field | {"is_param": True}


def _prompt(model: catalogue.Model) -> list[Json]:
    """What `predict` and `generate` of a chat model take.

    As in the SDK's template for such models, and as Clarifai's saved outputs call them.
    assumed(method-defaults): the defaults, and that a picture and an effort are taken by models
    that can do with them.
    """
    vision, reasoning = "vision" in model.kinds, "reasoning" in model.kinds
    return [
        _input("prompt", "STR", ""),
        *([_input("image", "IMAGE"), _input("images", "LIST", of="IMAGE")] if vision else []),
        _input("chat_history", "LIST", of="JSON_DATA"),
        _input("tools", "LIST", of="JSON_DATA"),
        _input("tool_choice", "STR"),
        _input("max_tokens", "INT", "256"),
        _input("temperature", "FLOAT", "1.0"),
        _input("top_p", "FLOAT", "1.0"),
        *([_input("reasoning_effort", "STR", "medium")] if reasoning else []),
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
# assumed(image-method): this method; it is how Clarifai's own example calls
# general-image-detection.
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
    listed = _RECOGNISERS.get(model_type(model))
    if listed is None and "chat" in model.kinds:
        prompt = _prompt(model)
        listed = [
            *_TRANSPORTS,
            _signature("predict", "Answer a prompt.", prompt, _TEXT),
            _signature("generate", "Answer a prompt, piece by piece.", prompt, _TEXT, True),
        ]
    return tuple(
        ParseDict(signature, resources_pb2.MethodSignature()) for signature in listed or _TRANSPORTS
    )
