"""A picture's file: its size and pixels, and what it says of itself.

A PNG may carry a description of what it shows, as a text under the keyword `Description`. This is
how a picture of a tutorial is understood offline; `with_description` puts one in. Pillow, which
reads the pixels, is imported when the first picture comes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_PIXELS = 50_000_000
_LONGEST_TEXT = 1000
_KEYWORD = b"Description"


class NotAPicture(ValueError):
    """Bytes that no picture can be read from; the text says why, and is always the same."""


@dataclass(frozen=True, slots=True)
class File:
    """A picture that was read."""

    form: str
    """PNG, JPEG, GIF or WEBP."""
    size: tuple[int, int]
    """Its width and height in pixels."""
    cells: bytes
    """Its colours in a grid, row by row, three bytes a cell; transparent parts are white."""
    width: int
    """How many cells are in a row."""
    description: str
    """What the file says that it shows, or nothing."""


def read(data: bytes, grid: int) -> File:
    """The picture, in at most `grid` cells each way. Raises NotAPicture."""
    try:
        from PIL import Image
    except ImportError as error:
        problem = "needs Pillow: install the project with its extra `pictures`"
        raise NotAPicture(problem) from error
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise NotAPicture(f"has more than {_MOST_PIXELS:,} pixels")
            form, size = str(image.format), image.size
            # A JPEG can be read at a fraction of its size, many times faster.
            image.draft("RGB", (2 * grid, 2 * grid))
            small = _small(image.convert("RGBA"), grid)
    except NotAPicture:
        raise
    # What Pillow raises for a file that is cut short or damaged depends on the format.
    except (
        OSError,
        SyntaxError,
        ValueError,
        ArithmeticError,
        LookupError,
        TypeError,
        Image.DecompressionBombError,
    ) as error:
        raise NotAPicture("is not a complete PNG, JPEG, GIF or WebP picture") from error
    return File(form, size, small.tobytes(), small.width, description(data))


def _small(image: Image, grid: int) -> Image:
    from PIL import Image

    scale = min(1.0, grid / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    paper = Image.new("RGBA", size, "white")
    # The nearest pixel, and no mean of several: a drawing's colours stay what they are.
    paper.alpha_composite(image.resize(size, Image.Resampling.NEAREST))
    return paper.convert("RGB")


# --- what a PNG says of itself ---


def description(data: bytes) -> str:
    """What a PNG's text `Description` says; nothing where there is none.

    It is one line, but for what is written in the picture, which follows a colon.
    """
    for kind, content in _chunks(data):
        keyword, _, rest = content.partition(b"\0")
        if kind in (b"tEXt", b"zTXt", b"iTXt") and keyword == _KEYWORD:
            shown, colon, written = _text(kind, rest).partition(":\n")
            lines = [" ".join(line.split()) for line in (shown + colon[:1], *written.splitlines())]
            return "\n".join(filter(None, lines))[:_LONGEST_TEXT]
    return ""


def with_description(data: bytes, text: str) -> bytes:
    """The same PNG, with this description in it. Raises NotAPicture for another format."""
    if not data.startswith(_SIGNATURE):
        raise NotAPicture("is not a PNG, and has no place for a description")
    note = chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + text.encode())
    kept = [chunk(kind, content) for kind, content in _chunks(data) if not _describes(content)]
    return _SIGNATURE + kept[0] + note + b"".join(kept[1:])


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG file."""
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _describes(content: bytes) -> bool:
    return content.startswith(_KEYWORD + b"\0")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while data.startswith(_SIGNATURE) and at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _text(kind: bytes, rest: bytes) -> str:
    """The text of a chunk, from after its keyword; nothing for one that is damaged."""
    try:
        if kind == b"tEXt":
            return rest.decode("latin-1")
        if kind == b"zTXt":
            return _inflated(rest[1:]).decode("latin-1")
        packed, (_, _, text) = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-3:]
        return (_inflated(text) if packed else text).decode("utf-8", "replace")
    except (zlib.error, ValueError):
        return ""


def _inflated(data: bytes) -> bytes:
    # So much and no more: a small chunk may grow to fill the memory.
    return zlib.decompressobj().decompress(data, 4 * _LONGEST_TEXT)
