"""What can honestly be said of a picture without a vision model: format, size, main colours."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

from helpers.mock.pictures import draw
from helpers.mock.pictures.see import colour_name
from helpers.mock.requests import InvalidRequest

if TYPE_CHECKING:
    from PIL.Image import Image

_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*(;base64)?,")
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_PIXELS = 50_000_000
_LONGEST_ADDRESS = 200


def describe(url: str, field: str) -> str:
    """Say what is known of a picture given as a data URI or an address.

    Nothing is fetched: of a remote picture only the address is known, and of one that the mock
    drew itself everything. Raises InvalidRequest, which names `field`, for what is no picture.
    """
    if url[:5].lower() == "data:":
        return _measured(_decoded(url, field), field)
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        raise InvalidRequest(
            field, "Should be an http(s) address or a data URI like data:image/png;base64,iVBO..."
        )
    drawing = draw.find(url)
    if drawing is not None:
        return _measured(drawing.png(), field)
    address = url if len(url) <= _LONGEST_ADDRESS else url[:_LONGEST_ADDRESS] + "…"
    return f"{address}, not fetched, because simulated replies are made offline"


def _decoded(url: str, field: str) -> bytes:
    head = _DATA_URI.match(url[:200])
    if head is None or not head[2]:
        raise InvalidRequest(field, "The data URI should begin with data:image/png;base64, or such")
    if not (head[1] or "").lower().startswith("image/"):
        raise InvalidRequest(field, f"The data URI holds {head[1] or 'text'}, not a picture")
    try:
        return b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(field, f"The data URI is not valid base64: {error}") from error


def _measured(data: bytes, field: str) -> str:
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise InvalidRequest(field, f"Has more than {_MOST_PIXELS:,} pixels")
            size = f"{image.width} × {image.height} pixels"
            parts = [str(image.format), size, _colours(image)]
            note = image.info.get("Description")
    except InvalidRequest:
        raise
    # What Pillow raises for a file that is cut short or damaged depends on the format.
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError) as error:
        problem = "Is not a picture that can be read: PNG, JPEG, GIF or WebP, whole"
        raise InvalidRequest(field, problem) from error
    if isinstance(note, str) and note:
        parts.append(f"described in the file as “{note[:_LONGEST_ADDRESS]}”")
    return ", ".join(parts)


def _colours(image: Image) -> str:
    """The names of the commonest colours, sampled; transparent parts count as white."""
    from PIL import Image as images

    # A JPEG can be read at a fraction of its size, many times faster.
    image.draft("RGB", (128, 128))
    small = image.convert("RGBA").resize((64, 64), images.Resampling.NEAREST)
    flat = images.alpha_composite(images.new("RGBA", small.size, "white"), small).convert("RGB")
    names = Counter[str]()
    for count, colour in flat.getcolors(64 * 64) or ():
        assert isinstance(colour, tuple)
        names[colour_name(*colour)] += count
    total = names.total()
    # Equally common ones in the order of their names, whatever Pillow's order.
    ranked = sorted(names.items(), key=lambda each: (-each[1], each[0]))
    common = [name for name, count in ranked[:4] if count >= total / 20]
    (first, count), rest = ranked[0], common[1:]
    if count >= total * 0.95:
        return f"{first} all over" if count == total else f"nearly all {first}"
    lead = f"mostly {first}" if count > total / 2 else first
    return f"{lead}, with some {_listed(rest)}" if rest else lead


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
