"""Image generation: `POST /images/generations`."""

from __future__ import annotations

import re
from base64 import b64encode

from openai.types import Image
from openai.types.image_generate_params import ImageGenerateParamsBase
from pydantic_core import to_json

from helpers.mock.apis.checks import check_ranges
from helpers.mock.apis.context import Context
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.pictures import draw
from helpers.mock.requests import InvalidRequest, Json, read

_LONGEST_PROMPT = 32_000
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})", re.ASCII)
_UNSERVED = {
    "background": ("auto", "opaque"),
    "frame_count": (),
    "frame_duration_ms": (),
    "output_format": ("png",),
    "partial_images": (0,),
    "stream": (False,),
    "svg": (),
}
"""What OpenAI's API has and this does not serve, each with the values that ask for nothing."""


def create(model: Model, params: Json, context: Context) -> bytes:
    """Answer a request with an `ImagesResponse`, as JSON; the pictures are drawn, not generated.

    `created` and `usage` are null, as in the reply that Clarifai's documentation shows.
    Raises InvalidRequest, and ApiError for a model that makes no images.
    """
    require(model, "images")
    request = read(params, ImageGenerateParamsBase, "Images.generate", _UNSERVED)
    check_ranges(request, {"n": (1, 10)})
    prompt = request["prompt"]
    if not prompt.strip():
        raise InvalidRequest("prompt", "Should not be empty", "range")
    if len(prompt) > _LONGEST_PROMPT:
        problem = f"Should have at most {_LONGEST_PROMPT:,} characters"
        raise InvalidRequest("prompt", problem, "range")
    size = _size(request.get("size") or "auto")
    images = []
    for number in range(request.get("n") or 1):
        drawing = draw.of(prompt, size, model.ref.name, str(number))
        inline = request.get("response_format") == "b64_json"
        image = Image(
            b64_json=b64encode(drawing.png()).decode() if inline else None,
            revised_prompt=_revised(drawing),
            url=None if inline else context.root + drawing.path,
        )
        images.append(image.model_dump())
    return to_json({"created": None, "data": images, "usage": None})


def _size(text: str) -> tuple[int, int]:
    if text == "auto":
        return 1024, 1024
    match = _SIZE.fullmatch(text)
    sides = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(16 <= side <= draw.LARGEST_SIDE for side in sides):
        problem = f"Should be such as 1024x1024, each side from 16 to {draw.LARGEST_SIDE}"
        raise InvalidRequest("size", problem, "range")
    return sides


def _revised(drawing: draw.Drawing) -> str:
    shown = drawing.scene.told or "plain shapes"
    return f"A flat drawing, simulated offline, of {shown}, for the prompt “{drawing.caption}”"
