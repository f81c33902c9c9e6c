"""What the simulated recogniser sees in a picture: concepts, and where the shapes are.

It is no neural network. Of a picture's pixels it says what can be measured: colours, brightness,
flat or detailed, simple shapes, and a few things that a drawing is made of (a yellow circle high up
is a sun). A picture that is only named by its address is not fetched: the words of the file's name
are all there is to go by, so that `cat1.jpeg` shows a cat. What the mock drew itself it can see.

The same picture always has the same concepts.
"""

from __future__ import annotations

import base64
import binascii
import colorsys
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise, zip_longest
from urllib.parse import unquote, urlsplit

from helpers.mock.pictures import draw

_GRID = 96
"""A picture is looked at as at most this many cells each way."""

_MOST_PIXELS = 50_000_000

# What Pillow raises for a damaged file depends on the format.
_UNREADABLE = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError)


_PROBLEM = "cannot identify image file: it should be a PNG, JPEG, GIF or WebP, whole"


class NotAPicture(ValueError):
    """Bytes that no picture can be read from."""


class NotFetched(ValueError):
    """A picture that is only named by its address, and of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Concept:
    """Something seen, and how sure the recogniser is of it, from 0 to 1."""

    name: str
    value: float

    @property
    def id(self) -> str:
        """`ai_` and eight letters or digits, as Clarifai's ids of concepts are."""
        return _IDS.get(self.name) or "ai_" + _letters(self.name.encode(), 8)


@dataclass(frozen=True, slots=True)
class Shape:
    """A patch of one colour: its form and its box, in fractions of the picture's size."""

    form: str
    colour: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the box, across and down."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def area(self) -> float:
        """The share of the picture that the box covers."""
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is seen in a picture; the concepts that are surest come first."""

    concepts: tuple[Concept, ...]
    shapes: tuple[Shape, ...] = ()
    guessed: bool = False
    """Whether it was not looked at: the words of its address are all that is known."""


@lru_cache(maxsize=64)
def look(picture: bytes) -> Sight:
    """What the pixels show. Raises NotAPicture."""
    cells, width = _cells(picture)
    colours = [colour_name(*cell) for cell in cells]
    shapes = tuple(_shapes(colours, width))
    found = [
        *_colour_concepts(colours),
        *_tone_concepts(cells),
        *_style_concepts(cells, width),
        *_shape_concepts(shapes),
        *_scene_concepts(colours, width, shapes),
    ]
    return Sight(_ranked(found, picture), shapes)


@lru_cache(maxsize=64)
def imagine(url: str) -> Sight:
    """What a picture shows, judged by its address alone; a `data:` URL has its pixels with it.

    Raises NotAPicture, and NotFetched for an address whose words name nothing that is known.
    """
    if url.startswith("data:"):
        try:
            return look(base64.b64decode(url.partition(",")[2], validate=True))
        except binascii.Error as error:
            raise NotAPicture("cannot decode the base64 of a data URL") from error
    drawing = draw.find(url)
    drawn = look(drawing.png()) if drawing else Sight(())
    name = drawing.caption if drawing else unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    words = re.findall(r"[a-z]+", name.partition(".")[0].lower())
    families = [_FAMILY_OF[word] for word in words if word in _FAMILY_OF]
    if not (families or drawing):
        raise NotFetched("not fetched, because the mock is offline: send the picture's bytes")
    # Each word's own name before what goes with it.
    names = dict.fromkeys(each for rank in zip_longest(*families) for each in rank if each)
    found = [Concept(each, 0.999 - 0.009 * place) for place, each in enumerate(names)]
    ranked = _ranked([*found, *drawn.concepts], url.encode())
    return Sight(ranked, drawn.shapes, guessed=drawing is None)


def value_of(name: str, sight: Sight) -> float | None:
    """How sure it is of one concept; None for a name that the recogniser does not know."""
    for concept in sight.concepts:
        if name in (concept.name, concept.id):
            return concept.value
    by_id = {Concept(each, 0).id: each for each in _VOCABULARY}
    if name not in _VOCABULARY and name not in by_id:
        return None
    seed = f"{by_id.get(name, name)} {sight.concepts[0]}"
    return blake2b(seed.encode(), digest_size=1).digest()[0] / 10_000


def _cells(picture: bytes) -> tuple[list[tuple[int, int, int]], int]:
    """The picture in at most 96 by 96 colours, row by row, and how many are in a row."""
    from PIL import Image

    try:
        file = Image.open(io.BytesIO(picture))
        if file.width * file.height > _MOST_PIXELS:
            raise ValueError(f"{file.width} by {file.height} pixels are too many")
        image = file.convert("RGBA")
    except (*_UNREADABLE, Image.DecompressionBombError) as error:
        raise NotAPicture(_PROBLEM) from error
    scale = min(1.0, _GRID / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    paper = Image.new("RGBA", size, "white")
    # The nearest pixel, and no mean of several: a drawing's colours stay what they are.
    paper.alpha_composite(image.resize(size, Image.Resampling.NEAREST))
    raw = paper.convert("RGB").tobytes()
    return list(zip(raw[::3], raw[1::3], raw[2::3], strict=True)), size[0]


_HUES = (
    (15, "red"), (42, "orange"), (70, "yellow"), (165, "green"), (195, "turquoise"),
    (255, "blue"), (290, "purple"), (345, "pink"), (360, "red"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def colour_name(red: int, green: int, blue: int) -> str:
    """The plain name of a colour whose parts go from 0 to 255."""
    hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    if value < 0.2:
        return "black"
    if saturation < 0.12:
        return "white" if value > 0.92 else "gray"
    name = next(name for end, name in _HUES if hue * 360 <= end)
    if name == "orange" and value < 0.65:
        return "brown"
    return "pink" if name == "red" and saturation < 0.5 and value > 0.6 else name


def _colour_concepts(colours: list[str]) -> Iterator[Concept]:
    shares = Counter(colours)
    for colour, count in shares.most_common(6):
        if count >= 0.01 * len(colours):
            yield Concept(colour, 0.86 + 0.13 * (count / len(colours)) ** 0.5)
    vivid = [colour for colour in shares if colour not in ("black", "white", "gray")]
    if not vivid:
        yield Concept("monochrome", 0.96)
    elif sum(shares[colour] >= 0.01 * len(colours) for colour in vivid) >= 4:
        yield Concept("colorful", 0.93)


def _tone_concepts(cells: list[tuple[int, int, int]]) -> Iterator[Concept]:
    light = sorted(0.299 * red + 0.587 * green + 0.114 * blue for red, green, blue in cells)
    mean = sum(light) / len(light) / 255
    if mean > 0.6:
        yield Concept("bright", 0.7 + 0.3 * mean - 0.01)
    if mean < 0.35:
        yield Concept("dark", 0.99 - 0.4 * mean)
    if light[len(light) * 19 // 20] - light[len(light) // 20] > 150:
        yield Concept("contrast", 0.85)


def _style_concepts(cells: list[tuple[int, int, int]], width: int) -> Iterator[Concept]:
    same = sum(left == right for left, right in pairwise(cells)) / max(1, len(cells) - 1)
    if same > 0.75:
        yield Concept("illustration", 0.8 + 0.19 * same)
        yield Concept("graphic", 0.79 + 0.19 * same)
        yield Concept("design", 0.75 + 0.19 * same)
        yield Concept("no person", 0.9)
    else:
        yield Concept("texture", 0.95 - 0.2 * same)
        yield Concept("detail", 0.92 - 0.2 * same)
    ratio = width * width / len(cells)
    if ratio > 1.2:
        yield Concept("horizontal", 0.8)
    elif ratio < 0.83:
        yield Concept("vertical", 0.8)


def _shape_concepts(shapes: tuple[Shape, ...]) -> Iterator[Concept]:
    if not shapes:
        return
    yield Concept("shape", 0.94)
    for shape in shapes:
        yield Concept(shape.form, 0.9 + 0.09 * min(1, shape.area * 4))
    if len(shapes) >= 4:
        yield Concept("group", 0.82)


def _scene_concepts(colours: list[str], width: int, shapes: tuple[Shape, ...]) -> Iterator[Concept]:
    """What a drawing of simple shapes is likely to mean."""
    band = width * max(1, len(colours) // width // 5)
    above, below = Counter(colours[:band]), Counter(colours[-band:])
    sky = above["blue"] + above["turquoise"] > 0.6 * band
    if sky:
        yield Concept("sky", 0.97)
    if below["green"] > 0.6 * band:
        yield Concept("grass", 0.96)
        if sky:
            yield Concept("landscape", 0.955)
            yield Concept("nature", 0.953)
            yield Concept("outdoors", 0.951)
    for shape in shapes:
        round_and_high = shape.form == "circle" and shape.middle[1] < 0.5
        if round_and_high and shape.colour in ("yellow", "orange"):
            yield Concept("sun", 0.975)
        if round_and_high and shape.colour in ("white", "gray") and above["black"] > 0.6 * band:
            yield Concept("moon", 0.965)
            yield Concept("night", 0.962)
        for base in shapes:
            if not _stands_on(shape, base):
                continue
            if shape.form == "triangle" and base.area > shape.area / 2:
                yield Concept("house", 0.985)
                yield Concept("building", 0.94)
            if shape.colour == "green" and base.colour == "brown":
                yield Concept("tree", 0.978)


def _stands_on(upper: Shape, lower: Shape) -> bool:
    return (
        lower.form in ("square", "rectangle")
        and lower.left < upper.middle[0] < lower.right
        and abs(upper.bottom - lower.top) < 0.04
    )


def _shapes(colours: list[str], width: int) -> Iterator[Shape]:
    """Patches of one colour that lie free: those at the picture's edge are its background."""
    height = len(colours) // width
    seen = [False] * len(colours)
    for start, colour in enumerate(colours):
        if seen[start]:
            continue
        rows = _patch(colours, width, start, seen)
        top, bottom = min(rows), max(rows)
        left, right = min(row[0] for row in rows.values()), max(row[1] for row in rows.values())
        at_edge = left == 0 or top == 0 or right == width - 1 or bottom == height - 1
        across, down = right - left + 1, bottom - top + 1
        # Smoothed edges make slivers of further colours, two cells wide at most.
        if at_edge or min(across, down) < 3 or across * down < 0.004 * len(colours):
            continue
        yield Shape(
            _form([rows[row][1] - rows[row][0] + 1 for row in sorted(rows)], across),
            colour,
            left / width,
            top / height,
            (right + 1) / width,
            (bottom + 1) / height,
        )


def _patch(
    colours: list[str], width: int, start: int, seen: list[bool]
) -> dict[int, tuple[int, int]]:
    """For each row of the patch around `start` its first and its last column."""
    rows: dict[int, tuple[int, int]] = {}
    queue = deque([start])
    seen[start] = True
    while queue:
        cell = queue.popleft()
        row, column = divmod(cell, width)
        first, last = rows.get(row, (column, column))
        rows[row] = (min(first, column), max(last, column))
        for step, inside in (
            (-1, column > 0),
            (1, column < width - 1),
            (-width, row > 0),
            (width, cell + width < len(colours)),
        ):
            if inside and not seen[cell + step] and colours[cell + step] == colours[start]:
                seen[cell + step] = True
                queue.append(cell + step)
    return rows


def _form(widths: list[int], across: int) -> str:
    """The name of a shape, from the width of each of its rows; holes do not count."""
    down = len(widths)
    fill = sum(widths) / (across * down)
    even = 0.83 < across / down < 1.2
    quarter = max(1, down // 4)
    top, bottom = sum(widths[:quarter]) / quarter, sum(widths[-quarter:]) / quarter
    if fill > 0.92:
        return "square" if even else "rectangle"
    if max(top, bottom) > 2.2 * min(top, bottom):
        return "triangle"
    if fill > 0.68:
        return "circle" if even else "ellipse"
    return "diamond" if fill > 0.42 and min(top, bottom) < across / 2 else "figure"


def _ranked(found: Iterable[Concept], seed: bytes) -> tuple[Concept, ...]:
    """The surest first, each name once, and general ones after them so that there are enough."""
    values: dict[str, float] = {}
    for concept in found:
        values[concept.name] = max(values.get(concept.name, 0.0), concept.value)
    lowest = min(values.values(), default=0.9)
    shift = blake2b(seed, digest_size=2).digest()
    turn = shift[0] % len(_GENERAL)
    for place, name in enumerate(_GENERAL[turn:] + _GENERAL[:turn]):
        values.setdefault(name, lowest * 0.97 ** (place + 1))
    # A picture's own last digits, as every real one has.
    named = [
        Concept(name, round(value - int.from_bytes(shift, "big") / 65536 / 1000, 7))
        for name, value in values.items()
    ]
    return tuple(sorted(named, key=lambda concept: (-concept.value, concept.name)))


def _letters(seed: bytes, count: int) -> str:
    number = int.from_bytes(blake2b(seed, digest_size=16).digest(), "big")
    letters = []
    for _ in range(count):
        number, rest = divmod(number, 62)
        letters.append("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rest])
    return "".join(letters)


# The first twenty are those that Clarifai's documentation shows for its sample of a train, with the
# ids that its concepts have.
_TRAIN = {
    "train": "ai_HLmqFqBf", "railway": "ai_fvlBqXZR", "subway system": "ai_SHNDcmJ3",
    "station": "ai_6kTjGfF6", "locomotive": "ai_RRXLczch", "transportation system": "ai_Xxjc3MhT",
    "travel": "ai_VRmbGVWh", "commuter": "ai_jlb9q33b", "platform": "ai_2gkfMDsM",
    "traffic": "ai_tr0MBp64", "railroad track": "ai_46lGZ4Gm", "blur": "ai_l4WckcJN",
    "urban": "ai_CpFBRWzD", "no person": "ai_786Zr311", "business": "ai_6lhccv44",
    "track": "ai_971KsJkn", "city": "ai_WBQfVV0p", "fast": "ai_dSCKh8xv", "road": "ai_TZ3C79C6",
    "terminal": "ai_VSVscs9k",
}  # fmt: skip
_IDS = _TRAIN

_FAMILIES: dict[str, tuple[str, ...]] = {
    "metro train subway railway": tuple(_TRAIN),
    "cat cats kitten kitty": (
        "cat", "animal", "pet", "mammal", "kitten", "domestic", "cute", "fur", "portrait", "eye",
        "whisker", "looking", "tabby",
    ),
    "dog dogs puppy": (
        "dog", "puppy", "animal", "pet", "mammal", "canine", "cute", "domestic", "fur", "portrait",
        "breed", "sit", "friendship",
    ),
    "food meal lunch dinner pizza": (
        "food", "meal", "plate", "delicious", "dinner", "lunch", "vegetable", "cooking", "dish",
        "restaurant", "healthy", "cuisine",
    ),
    "wedding bride people person portrait family": (
        "people", "adult", "woman", "man", "two", "wear", "portrait", "love", "ceremony", "wedding",
        "happiness", "group",
    ),
    "beach sea ocean travel holiday": (
        "beach", "water", "sea", "ocean", "sand", "travel", "summer", "sky", "seashore",
        "vacation", "nature", "outdoors",
    ),
    "mountain mountains landscape nature": (
        "mountain", "landscape", "nature", "travel", "outdoors", "sky", "snow", "scenic", "hike",
        "tree",
    ),
    "car cars automobile": (
        "car", "vehicle", "transportation system", "road", "drive", "wheel", "fast", "automotive",
        "engine", "traffic",
    ),
    "city street skyline building": (
        "city", "architecture", "building", "urban", "street", "travel", "downtown", "skyline",
        "tower", "outdoors",
    ),
    "house home": (
        "house", "home", "architecture", "building", "family", "roof", "window", "outdoors", "tree",
        "grass",
    ),
    "flower flowers rose garden": (
        "flower", "nature", "flora", "garden", "leaf", "petal", "summer", "floral", "bloom",
        "color",
    ),
    "bird birds": (
        "bird", "animal", "wildlife", "nature", "wing", "feather", "beak", "outdoors", "fly", "sky",
    ),
}  # fmt: skip
_FAMILY_OF = {word: family for words, family in _FAMILIES.items() for word in words.split()}

_GENERAL = (
    "image", "picture", "art", "abstract", "visual", "background", "pattern", "decoration", "style",
    "symbol", "creativity", "modern", "visuals", "surface", "desktop", "conceptual", "simplicity",
    "element", "paper", "display",
)  # fmt: skip

_MEASURED = (
    "black", "white", "gray", "brown", "monochrome", "colorful", "bright", "dark", "contrast",
    "illustration", "graphic", "design", "texture", "detail", "horizontal", "vertical", "shape",
    "group", "square", "rectangle", "triangle", "circle", "ellipse", "diamond", "figure", "sun",
    "moon", "night",
)  # fmt: skip

_VOCABULARY = frozenset(
    (
        *_GENERAL,
        *_MEASURED,
        *(name for _, name in _HUES),
        *(name for family in _FAMILIES.values() for name in family),
    )
)
"""Every concept that the recogniser knows, whatever it is shown."""
