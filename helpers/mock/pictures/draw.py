"""Pictures drawn from a prompt with a few flat shapes: plainly no photograph, and free.

A drawing is a pure function of its address, so that it can be served without being stored.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from helpers.mock.pictures.file import chunk
from helpers.mock.pictures.scene import Scene, data, words_of

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

PATH = "/simulated/images/"
"""Where the drawings are served, below the root of the mock."""

LARGEST_SIDE = 2048
_CAPTION = 120
_ADDRESS = re.compile(
    re.escape(PATH) + r"(\d{2,4})x(\d{2,4})/([0-9a-f]{8})/([^/?#]{0,1500})\.png(?:[?#].*)?"
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What to draw: its size in pixels, the words of the prompt that it shows, and a variant."""

    width: int
    height: int
    variant: str
    """8 hexadecimal digits, which differ by model, prompt and number of the picture."""
    caption: str

    @property
    def path(self) -> str:
        """Where it is served, below the root of the mock."""
        caption = quote(self.caption, safe="")
        return f"{PATH}{self.width}x{self.height}/{self.variant}/{caption}.png"

    @property
    def scene(self) -> Scene:
        """The things in the prompt that can be drawn."""
        return Scene.of(self.caption)

    def png(self) -> bytes:
        """The picture, as a PNG file that holds its caption as well."""
        return _png(self)


def of(prompt: str, size: tuple[int, int], *salt: str) -> Drawing:
    """The drawing for a prompt; `salt` is whatever else should make it another one."""
    seed = "\0".join([prompt, *salt]).encode()
    variant = blake2b(seed, digest_size=4).hexdigest()
    return Drawing(*size, variant, " ".join(prompt.split())[:_CAPTION])


def find(address: str) -> Drawing | None:
    """The drawing at an address, or a path, of any mock; None when there is none."""
    match = _ADDRESS.fullmatch(address[max(address.find(PATH), 0) :])
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    caption = unquote(match[4])
    if max(width, height) > LARGEST_SIDE or min(width, height) < 16 or len(caption) > _CAPTION:
        return None
    return Drawing(width, height, match[3], caption)


@lru_cache(maxsize=32)
def _png(drawing: Drawing) -> bytes:
    from PIL import Image, ImageDraw

    # Drawn small and enlarged by whole pixels: quick, and the same on every machine.
    scale = max(1, min(drawing.width, drawing.height) // 256)
    width, height = -(-drawing.width // scale), -(-drawing.height // scale)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    random = Random(drawing.variant)
    words = words_of(drawing.caption)
    _draw_ground(draw, width, height, words)
    side = min(width, height)
    for figure in drawing.scene.placed(width / side, height / side, random):
        own = data()["things"][figure.name]["colour"]
        colour = data()["colours"].get(figure.colour, own)
        place = (figure.left * side, figure.top * side, figure.size * side / 100)
        _draw_thing(draw, figure.name, colour, *place)
    if not drawing.scene.figures:
        _draw_pattern(draw, width, height, words, random)
    _draw_caption(draw, width, height, drawing.caption)
    large = image.resize((width * scale, height * scale), Image.Resampling.NEAREST)
    return _encoded(large.crop((0, 0, drawing.width, drawing.height)), drawing.caption)


def _draw_ground(draw: ImageDraw, width: int, height: int, words: list[str]) -> None:
    *grounds, plain = data()["grounds"].values()
    ground = next((kind for kind in grounds if set(words) & set(kind["words"].split())), plain)
    draw.rectangle((0, 0, width, height), fill=ground["above"])
    draw.rectangle((0, height * 2 // 3, width, height), fill=ground["below"])


def _draw_thing(
    draw: ImageDraw, name: str, own: str, left: float, top: float, scale: float
) -> None:
    for part in data()["things"][name]["parts"].split(";"):
        shape, colour, *numbers = part.split()
        fill = own if colour == "*" else colour
        offsets = (left, top) * (len(numbers) // 2)
        points: list[Any] = [
            round(int(number) * scale + offset)
            for number, offset in zip(numbers, offsets, strict=True)
        ]
        match shape:
            case "ellipse":
                draw.ellipse(points, fill=fill)
            case "rect":
                draw.rectangle(points, fill=fill)
            case "polygon":
                draw.polygon(points, fill=fill)
            case "line":
                draw.line(points, fill=fill, width=max(1, round(scale * 7)))


def _draw_pattern(
    draw: ImageDraw, width: int, height: int, words: list[str], random: Random
) -> None:
    """For a prompt that names nothing that can be drawn: shapes, in its colours if it names any."""
    colours = data()["colours"]
    named = [colours[word] for word in words if word in colours]
    palette = named or random.sample(sorted(set(colours.values())), 4)
    draw.rectangle((0, 0, width, height), fill=palette[0])
    shapes = ["ball", "square", "triangle", "star"]
    side = min(width, height)
    for index in range(9):
        scale = side * random.uniform(0.2, 0.45) / 100
        left, top = random.uniform(-0.1, 0.85) * width, random.uniform(-0.1, 0.75) * height
        colour = palette[index % len(palette)] if len(palette) > 1 else random.choice(_TINTS)
        _draw_thing(draw, random.choice(shapes), colour, left, top, scale)


_TINTS = ("#ffffff", "#f4efd2", "#30343c")


def _draw_caption(draw: ImageDraw, width: int, height: int, caption: str) -> None:
    from PIL import ImageFont

    # Pillow's bitmap font is part of its source; a font of the machine would differ.
    font = ImageFont.load_default_imagefont()
    most = max(1, (width - 4) // 6)
    text = caption if len(caption) <= most else caption[: most - 2] + ".."
    draw.rectangle((0, height - 13, width, height), fill="#ffffff")
    draw.text((3, height - 12), text.encode("latin-1", "replace"), fill="#111111", font=font)


def _encoded(image: Any, caption: str) -> bytes:
    """A PNG file; Pillow's own would depend on the compression library that it was built with."""
    width, height = image.size
    rows = image.tobytes()
    stride = width * 3
    lines = bytearray()
    above = b""
    for start in range(0, len(rows), stride):
        row = rows[start : start + stride]
        # Each row says first how it is coded: 2 as the difference from the one above, 0 plainly.
        lines += b"\2" + bytes(stride) if row == above else b"\0" + row
        above = row
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            chunk(b"iTXt", b"Description\0\0\0\0\0" + caption.encode()),
            chunk(b"IDAT", zlib.compress(lines, 6)),
            chunk(b"IEND", b""),
        ]
    )
