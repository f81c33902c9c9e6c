"""What the native API says of a model: its type, and the signatures of its methods."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.json_format import ParseDict

from helpers.beside import table
from helpers.mock import catalogue
from helpers.mock.apis.turn import CREATED
from helpers.mock.native import Json, Message


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


TYPES: dict[str, dict[str, list[str]]] = table(__file__, "signatures.toml")["types"]
"""Each type of model, and the kinds of input that it takes and of output that it has."""


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


@cache
def signatures(model: catalogue.Model) -> tuple[Message, ...]:
    """The methods of a model, as `MethodSignature` messages."""
    known = table(__file__, "signatures.toml")
    methods: list[Json] = known["methods"].get(model_type(model)) or [
        *known["methods"]["openai"],
        *(known["methods"]["chat"] if "chat" in model.kinds else ()),
    ]
    prompt = [field for field in known["prompt"] if field.get("only", "chat") in model.kinds]
    described = ({"method_type": "UNARY_UNARY", "input_fields": prompt} | each for each in methods)
    return tuple(
        ParseDict(each, resources_pb2.MethodSignature(), ignore_unknown_fields=True)
        for each in described
    )
