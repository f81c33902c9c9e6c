"""The models that recognise concepts: what they answer for a picture."""

from __future__ import annotations

from hashlib import blake2b

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from helpers.mock import catalogue
from helpers.mock.apis.turn import CREATED
from helpers.mock.errors import MODEL_INVALID_ARGUMENT, ApiError
from helpers.mock.native import Message
from helpers.mock.native.signatures import message
from helpers.mock.pictures import see
from helpers.mock.pictures.file import NotAPicture
from helpers.mock.pictures.shapes import Shape

_DEFAULT_CONCEPTS = 20
_MOST_CONCEPTS = 200
_GUESSED = "Simulated: not fetched; these concepts go with the words of the address"


def recognise(model: catalogue.Model, image: Message, given: Message, info: Message) -> Message:
    """The Output for an Image: concepts, or regions of a detector, the surest first.

    `given` is the Input, and `info` the OutputInfo that says how many concepts, how sure and which.
    A picture that cannot be read is a status of this output alone.
    """
    output = resources_pb2.Output(input=given, model=message(model))
    output.created_at.FromSeconds(CREATED)
    output.id = blake2b(given.SerializeToString(deterministic=True), digest_size=16).hexdigest()
    detects = "detection" in model.ref.model_id
    try:
        by_bytes = image.base64 or not image.url
        sight = see.look(image.base64) if by_bytes else see.imagine(image.url)
        if sight.file is None and detects:
            raise see.NotFetched("was not fetched, because the mock is offline: send its bytes")
    except (NotAPicture, see.NotFetched) as error:
        unread = isinstance(error, NotAPicture)
        output.status.code = (
            status_code_pb2.INPUT_INVALID_ARGUMENT if unread else status_code_pb2.INPUT_INVALID_URL
        )
        output.status.description = f"cannot identify image file: {error}"
        return output
    concepts, missing = _selected(sight, info)
    output.status.code = status_code_pb2.MIXED_STATUS if missing else status_code_pb2.SUCCESS
    output.status.description = "Mixed Success" if missing else "Ok"
    notes = [_GUESSED] if sight.file is None else []
    notes += [f"Unknown concepts: {', '.join(missing)}"] if missing else []
    output.status.details = "; ".join(notes)
    data = output.data.parts.add(id="return").data if given.data.parts else output.data
    if detects:
        data.regions.extend(_region(shape, model) for shape in sight.shapes)
    else:
        data.concepts.extend(_concept(concept, model) for concept in concepts)
    return output


def _selected(sight: see.Sight, info: Message) -> tuple[list[see.Concept], list[str]]:
    """The concepts that are asked for, and the names of those that the recogniser lacks."""
    config = info.output_config
    if config.select_concepts:
        names = [concept.name or concept.id for concept in config.select_concepts]
        values = {name: see.value_of(name, sight) for name in names}
        missing = [name for name in names if values[name] is None]
        if len(missing) == len(names):
            details = f"The model has none of the concepts {', '.join(names)}"
            raise ApiError(MODEL_INVALID_ARGUMENT, details)
        concepts = [see.Concept(name, value) for name, value in values.items() if value]
        concepts.sort(key=lambda each: -each.value)
    else:
        concepts, missing = list(sight.concepts), []
    most = config.max_concepts or _number(info, "max_concepts", _DEFAULT_CONCEPTS)
    if not 1 <= most <= _MOST_CONCEPTS:
        details = f"max_concepts is {most:g}: it can be 1 to {_MOST_CONCEPTS}"
        raise ApiError(MODEL_INVALID_ARGUMENT, details)
    least = config.min_value or _number(info, "min_value", 0)
    return [concept for concept in concepts if concept.value >= least][: int(most)], missing


def _number(info: Message, name: str, default: float) -> float:
    """A setting among the older, untyped parameters."""
    try:
        return float(info.params[name]) if name in info.params else default
    except (TypeError, ValueError) as error:
        raise ApiError(MODEL_INVALID_ARGUMENT, f"{name} should be a number") from error


def _concept(concept: see.Concept, model: catalogue.Model) -> Message:
    return resources_pb2.Concept(
        id=concept.id,
        name=concept.name,
        value=concept.value,
        app_id=model.ref.app_id,
        user_id=model.ref.user_id,
    )


def _region(shape: Shape, model: catalogue.Model) -> Message:
    region = resources_pb2.Region(value=0.95)
    region.id = blake2b(repr(shape).encode(), digest_size=16).hexdigest()
    box = region.region_info.bounding_box
    box.left_col, box.top_row = shape.left, shape.top
    box.right_col, box.bottom_row = shape.right, shape.bottom
    for name, value in ((shape.form, 0.95), (shape.colour, 0.9)):
        region.data.concepts.append(_concept(see.Concept(name, value), model))
    return region
