"""What the simulated recogniser sees in a picture: concepts, and what is where.

It is no neural network. Of a picture's pixels it says what can be measured: colours, brightness,
flat or detailed, simple shapes, and a few things that a drawing is made of (a yellow circle high up
is a sun). A picture that describes itself is believed. One that is only named by its address is not
fetched: the words of the file's name are all there is to go by, so that `cat1.jpeg` shows a cat.

The same picture always has the same concepts.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from itertools import pairwise, zip_longest
from urllib.parse import unquote, urlsplit

from helpers.beside import table
from helpers.mock.pictures import draw
from helpers.mock.pictures.file import File, NotAPicture, read
from helpers.mock.pictures.shapes import HUES, Shape, Thing, colour_name, shapes, things
from helpers.remember import remember

_data = partial(table, __file__, "concepts.toml")
"""The concepts that are known."""

_GRID = 96
"""A picture is looked at as at most this many cells each way."""


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
        known: str | None = _data()["ids"].get(self.name)
        return known or "ai_" + _letters(self.name.encode(), 8)


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is seen in a picture; the concepts that are surest come first."""

    concepts: tuple[Concept, ...]
    shapes: tuple[Shape, ...] = ()
    things: tuple[Thing, ...] = ()
    colours: tuple[tuple[str, int], ...] = ()
    """Each colour by its name, and how much of the picture has it."""
    file: File | None = None
    """The picture itself; None where it was not looked at, and its address is all that is known."""


@remember(64)
def look(picture: bytes) -> Sight:
    """What the pixels show, and what the file says of itself. Raises NotAPicture."""
    file = read(picture, _GRID)
    raw, width = file.cells, file.width
    cells = list(zip(raw[::3], raw[1::3], raw[2::3], strict=True))
    colours = [colour_name(*cell) for cell in cells]
    found = tuple(shapes(colours, width))
    band = width * max(1, len(colours) // width // 5)
    above, below = Counter(colours[:band]), Counter(colours[-band:])
    made = tuple(things(found, night=above["black"] > 0.6 * band))
    concepts = [
        *_families(file.description),
        *_colour_concepts(colours),
        *_tone_concepts(cells),
        *_style_concepts(cells, width),
        *_shape_concepts(found),
        *(Concept(*meaning) for thing in made for meaning in _MEANING.get(thing.name, ())),
        *_ground_concepts(above, below, band),
    ]
    return Sight(_ranked(concepts, picture), found, made, tuple(Counter(colours).items()), file)


@remember(64)
def imagine(url: str) -> Sight:
    """What a picture shows, judged by its address alone; a `data:` URL has its pixels with it.

    Raises NotAPicture, and NotFetched for an address whose words name nothing that is known.
    """
    if url.startswith("data:"):
        try:
            return look(base64.b64decode(url.partition(",")[2], validate=True))
        except binascii.Error as error:
            raise NotAPicture("has a data URL that is not valid base64") from error
    drawing = draw.find(url)
    if drawing is not None:
        return look(drawing.png())
    found = _families(unquote(urlsplit(url).path).rsplit("/", 1)[-1].partition(".")[0])
    if not found:
        raise NotFetched("was not fetched, because the mock is offline: send the picture's bytes")
    return Sight(_ranked(found, url.encode()))


def _families(text: str) -> list[Concept]:
    """What goes with the words of a name or a description: each word's own name first."""
    words = re.findall(r"[a-z]+", text.lower())
    families = [_family_of()[word] for word in words if word in _family_of()]
    names = dict.fromkeys(concept for rank in zip_longest(*families) for concept in rank if concept)
    return [Concept(name, 0.999 - 0.009 * place) for place, name in enumerate(list(names)[:60])]


def value_of(name: str, sight: Sight) -> float | None:
    """How sure it is of one concept; None for a name that the recogniser does not know."""
    for concept in sight.concepts:
        if name in (concept.name, concept.id):
            return concept.value
    by_id = {Concept(each, 0).id: each for each in _vocabulary()}
    if name not in _vocabulary() and name not in by_id:
        return None
    seed = f"{by_id.get(name, name)} {sight.concepts[0]}"
    return blake2b(seed.encode(), digest_size=1).digest()[0] / 10_000


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


def _ground_concepts(above: Counter[str], below: Counter[str], band: int) -> Iterator[Concept]:
    """What is above and below in a drawing of a landscape."""
    sky = above["blue"] + above["turquoise"] > 0.6 * band
    if sky:
        yield Concept("sky", 0.97)
    if below["green"] > 0.6 * band:
        yield Concept("grass", 0.96)
        if sky:
            yield Concept("landscape", 0.955)
            yield Concept("nature", 0.953)
            yield Concept("outdoors", 0.951)


_MEANING: dict[str, tuple[tuple[str, float], ...]] = {
    "sun": (("sun", 0.975),),
    "moon": (("moon", 0.965), ("night", 0.962)),
    "house": (("house", 0.985), ("building", 0.94)),
    "tree": (("tree", 0.978),),
}


def _ranked(found: Iterable[Concept], seed: bytes) -> tuple[Concept, ...]:
    """The surest first, each name once, and general ones after them so that there are enough."""
    values: dict[str, float] = {}
    for concept in found:
        values[concept.name] = max(values.get(concept.name, 0.0), concept.value)
    lowest = min(values.values(), default=0.9)
    shift = blake2b(seed, digest_size=2).digest()
    turn = shift[0] % len(_data()["general"])
    for place, name in enumerate(_data()["general"][turn:] + _data()["general"][:turn]):
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


@cache
def _family_of() -> dict[str, list[str]]:
    families = _data()["families"].items()
    return {word: family for words, family in families for word in words.split()}


@cache
def _vocabulary() -> frozenset[str]:
    """Every concept that the recogniser knows, whatever it is shown."""
    families = [name for family in _data()["families"].values() for name in family]
    hues = [name for _, name in HUES]
    return frozenset([*_data()["general"], *_data()["measured"], *hues, *families])
