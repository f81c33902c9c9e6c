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
    def subjects(self) -> list[str]:
        """The things in the prompt that can be drawn, at most four."""
        words = _words(self.caption)
        found = [_THING_OF_WORD[word] for word in words if word in _THING_OF_WORD]
        return list(dict.fromkeys(found))[:4]

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


COLOURS: dict[str, str] = {
    "red": "#d62f2f", "orange": "#f28c1e", "yellow": "#f6d13b", "green": "#3c9d4b",
    "blue": "#2f6fd6", "purple": "#7b3fb5", "violet": "#7b3fb5", "pink": "#f08fc0",
    "brown": "#7a4a21", "black": "#111111", "white": "#ffffff", "grey": "#8c8c8c",
    "gray": "#8c8c8c", "golden": "#e0b020", "gold": "#e0b020", "cyan": "#27b8c8",
    "turquoise": "#27b8c8", "silver": "#b8bcc4",
}  # fmt: skip
_GROUNDS: dict[str, tuple[str, str]] = {
    "night": ("#10183c", "#1c2b24"),
    "sea": ("#bfe3f5", "#2468a8"),
    "desert": ("#bfe3f5", "#dfb46a"),
    "snow": ("#c9d8e6", "#ffffff"),
    "sunset": ("#f7a35c", "#5a4a3a"),
    "": ("#bfe3f5", "#7cbf5c"),
}
_GROUND_OF_WORD = {
    word: ground
    for ground, words in {
        "night": "night dark moon midnight stars space galaxy",
        "sea": "sea ocean beach water lake river boat ship sail harbour harbor island underwater",
        "desert": "desert sand dune dunes camel sahara",
        "snow": "snow snowy winter ice arctic ski",
        "sunset": "sunset sunrise dusk dawn evening",
    }.items()
    for word in words.split()
}

# Each thing is drawn in a square of 100 by 100: shape, colour or "*" for its own, coordinates.
_THINGS: dict[str, tuple[str, str, str]] = {
    "cat": ("cat cats kitten kittens", "#e08a3c", """
        ellipse * 25 45 75 95; ellipse * 32 18 68 52; polygon * 34 28 34 4 48 20;
        polygon * 66 28 66 4 52 20; ellipse #111111 41 30 45 36; ellipse #111111 55 30 59 36;
        polygon #f08fc0 47 40 53 40 50 44; line * 73 85 92 60"""),
    "dog": ("dog dogs puppy puppies", "#8a5a2c", """
        ellipse * 15 45 75 80; ellipse * 58 20 90 52; ellipse #4a2c12 56 20 66 48;
        rect * 22 70 30 96; rect * 60 70 68 96; ellipse #111111 76 30 80 35;
        ellipse #111111 84 38 92 44; line * 17 56 4 36"""),
    "bird": ("bird birds parrot owl eagle robin", "#2f6fd6", """
        ellipse * 20 35 70 75; ellipse * 55 22 82 50; polygon #f28c1e 80 32 98 38 80 42;
        ellipse #111111 68 30 73 36; polygon * 25 50 2 38 6 66"""),
    "fish": ("fish fishes shark goldfish whale dolphin", "#f28c1e", """
        ellipse * 15 32 72 72; polygon * 66 52 96 30 96 74; ellipse #ffffff 26 42 36 52;
        ellipse #111111 29 45 33 49"""),
    "tree": ("tree trees forest wood woods oak palm jungle", "#2f7d3a", """
        rect #7a4a21 44 55 56 100; ellipse * 12 22 58 66; ellipse * 42 22 88 66;
        ellipse * 26 2 74 48"""),
    "house": ("house houses home cottage cabin hut barn castle", "#d8b48a", """
        rect * 18 45 82 98; polygon #b5443a 8 48 50 10 92 48; rect #7a4a21 42 66 58 98;
        rect #bfe3f5 24 56 36 70; rect #bfe3f5 64 56 76 70"""),
    "city": ("city cities skyline building buildings tower skyscraper street", "#6c7a8c", """
        rect * 5 40 25 98; rect #8a97a8 28 15 48 98; rect #55606e 51 30 72 98; rect * 75 50 95 98;
        rect #f6d13b 33 24 38 30; rect #f6d13b 33 44 38 50; rect #f6d13b 57 42 62 48;
        rect #f6d13b 80 60 85 66; rect #f6d13b 11 52 16 58"""),
    "mountain": ("mountain mountains hill hills alps volcano", "#7d8795", """
        polygon * 0 98 42 10 78 98; polygon #ffffff 31 33 42 10 51 32 41 40;
        polygon #69727e 46 98 74 40 100 98"""),
    "sun": ("sun sunny sunset sunrise summer", "#f6d13b", "ellipse * 20 20 80 80"),
    "moon": ("moon lunar night", "#f4efd2", "ellipse * 20 15 80 75"),
    "star": ("star stars starry", "#f6d13b", """
        polygon * 50 5 61 38 96 38 68 58 79 92 50 71 21 92 32 58 4 38 39 38"""),
    "flower": ("flower flowers rose roses tulip garden daisy sunflower", "#f08fc0", """
        rect #3c9d4b 48 50 52 100; ellipse * 30 6 52 34; ellipse * 50 6 72 34;
        ellipse * 24 26 48 54; ellipse * 54 26 78 54; ellipse * 38 34 64 62;
        ellipse #f6d13b 42 24 60 44"""),
    "boat": ("boat boats ship ships sailboat yacht ferry sail", "#b5443a", """
        polygon * 8 70 92 70 78 94 22 94; rect #7a4a21 48 10 52 70;
        polygon #ffffff 54 12 54 64 88 64; polygon #ffffff 46 22 46 64 20 64"""),
    "car": ("car cars taxi bus truck vehicle van", "#d62f2f", """
        rect * 5 55 95 80; polygon * 20 55 34 34 68 34 82 55;
        polygon #bfe3f5 28 53 37 38 49 38 49 53;
        polygon #bfe3f5 53 53 53 38 65 38 74 53; ellipse #111111 16 70 36 90;
        ellipse #111111 64 70 84 90"""),
    "train": ("train trains metro railway locomotive tram subway", "#2f6fd6", """
        rect * 5 30 95 78; rect #bfe3f5 12 40 28 56; rect #bfe3f5 34 40 50 56;
        rect #bfe3f5 56 40 72 56; ellipse #111111 14 72 30 88; ellipse #111111 42 72 58 88;
        ellipse #111111 70 72 86 88"""),
    "robot": ("robot robots android machine", "#9aa6b2", """
        rect * 30 12 70 42; rect * 22 46 78 86; ellipse #27b8c8 38 20 46 30;
        ellipse #27b8c8 54 20 62 30; rect #d62f2f 48 4 52 12;
        rect * 10 50 20 78; rect * 80 50 90 78; rect * 32 86 42 99; rect * 58 86 68 99"""),
    "person": ("person people man woman men women child children boy girl astronaut", "#2f6fd6", """
        ellipse #e8b48c 38 5 62 32; polygon * 28 36 72 36 66 72 34 72; rect #30343c 36 72 47 99;
        rect #30343c 53 72 64 99; line * 30 40 12 62; line * 70 40 88 62"""),
    "heart": ("heart hearts love valentine", "#d62f2f", """
        ellipse * 14 16 54 54; ellipse * 46 16 86 54; polygon * 17 44 83 44 50 92"""),
    "apple": ("apple apples fruit orange oranges tomato cherry", "#d62f2f", """
        ellipse * 18 28 60 92; ellipse * 40 28 82 92; rect #7a4a21 48 10 52 32;
        ellipse #3c9d4b 52 10 74 24"""),
    "ball": ("ball balls balloon balloons circle planet earth globe", "#d62f2f", """
        ellipse * 15 15 85 85; ellipse #ffffff 30 28 42 40"""),
    "square": ("square squares cube box boxes block rectangle", "#2f6fd6", "rect * 15 15 85 85"),
    "triangle": ("triangle triangles pyramid pyramids", "#f28c1e", "polygon * 50 8 94 92 6 92"),
}  # fmt: skip
_THING_OF_WORD = {word: name for name, (words, *_) in _THINGS.items() for word in words.split()}
_IN_THE_SKY = frozenset({"sun", "moon", "star"})


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


@lru_cache(maxsize=32)
def _png(drawing: Drawing) -> bytes:
    from PIL import Image, ImageDraw

    # Drawn small and enlarged by whole pixels: quick, and the same on every machine.
    scale = max(1, min(drawing.width, drawing.height) // 256)
    width, height = -(-drawing.width // scale), -(-drawing.height // scale)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    random = Random(drawing.variant)
    words = _words(drawing.caption)
    _draw_ground(draw, width, height, words)
    if drawing.subjects:
        _draw_subjects(draw, width, height, drawing.subjects, words, random)
    else:
        _draw_pattern(draw, width, height, words, random)
    _draw_caption(draw, width, height, drawing.caption)
    large = image.resize((width * scale, height * scale), Image.Resampling.NEAREST)
    return _encoded(large.crop((0, 0, drawing.width, drawing.height)), drawing.caption)


def _draw_ground(draw: ImageDraw, width: int, height: int, words: list[str]) -> None:
    name = next((_GROUND_OF_WORD[word] for word in words if word in _GROUND_OF_WORD), "")
    above, below = _GROUNDS[name]
    draw.rectangle((0, 0, width, height), fill=above)
    draw.rectangle((0, height * 2 // 3, width, height), fill=below)


def _draw_subjects(
    draw: ImageDraw,
    width: int,
    height: int,
    subjects: list[str],
    words: list[str],
    random: Random,
) -> None:
    colours = _colours_by_thing(words)
    # What is farther away, or larger, is drawn first, so that a cat sits before its tree.
    order = list(_THINGS)
    size = min(width, height) * (0.62 if len(subjects) < 3 else 0.46)
    for position, name in enumerate(sorted(subjects, key=order.index, reverse=True)):
        share = (position + 0.5) / len(subjects)
        left = width * share - size / 2 + random.uniform(-0.05, 0.05) * width
        top = height * random.uniform(0.02, 0.08) if name in _IN_THE_SKY else height * 0.86 - size
        scale = 0.45 if name in _IN_THE_SKY else random.uniform(0.9, 1.05)
        # The feet stay on the ground, whatever the size.
        top += 0 if name in _IN_THE_SKY else size * (1 - scale)
        colour = colours.get(name, _THINGS[name][1])
        _draw_thing(draw, name, colour, left, top, size * scale / 100)


def _colours_by_thing(words: list[str]) -> dict[str, str]:
    """The colour named before a thing, as in "a small red boat"."""
    found: dict[str, str] = {}
    colour: str | None = None
    for word in words:
        colour = COLOURS.get(word, colour)
        thing = _THING_OF_WORD.get(word)
        if thing and colour:
            found.setdefault(thing, colour)
            colour = None
    return found


def _draw_thing(
    draw: ImageDraw, name: str, own: str, left: float, top: float, scale: float
) -> None:
    for part in _THINGS[name][2].split(";"):
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
    named = [COLOURS[word] for word in words if word in COLOURS]
    palette = named or random.sample(sorted(set(COLOURS.values())), 4)
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
    note = b"Description\0\0\0\0\0" + caption.encode()
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"iTXt", note),
        (b"IDAT", zlib.compress(lines, 6)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
