"""What a drawing of a prompt shows: which things, how many, of what colour, and where.

    Scene.of("Two dogs under a tree").told  # "two dogs under a tree"

Things are put where there is room, whole, on the ground or in the sky; what the prompt says is in,
on or under something is drawn there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, partial
from random import Random

from helpers.beside import table

_MOST = 8
"""How many things a drawing has room for."""

COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight")
"""The numbers in words, from one."""
_NUMBERS = {word: number for number, word in enumerate(COUNTED, 1)}
_NUMBERS |= {"a": 1, "an": 1, "pair": 2, "couple": 2, "several": 3, "some": 3, "many": 5}
_WITHIN = {"in": "in", "inside": "in", "on": "on", "atop": "on", "under": "under", "below": "under",
           "beneath": "under"}  # fmt: skip
_LONE = frozenset({"sun", "moon"})
_IN_THE_SKY = _LONE | {"star"}

_DENIED = re.compile(r"\b(?:no|without)(?: any| an?| the)? [a-z]+")

_GROUND = 0.9
"""Where the feet stand, as a share of the height: below it is the caption."""
_SEATS = {"in": (0.30, 0.42), "on": (0.30, 0.14), "under": (0.42, 1.0)}
"""Of what is in, on or under a thing: its size, and where its feet are, as shares of that thing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing in a drawing; its box is a square, in shares of the picture's shorter side."""

    name: str
    colour: str | None = None
    place: str = ""
    """In, on or under the next thing that `host` names, or nowhere in particular."""
    host: str = ""
    left: float = 0
    top: float = 0
    size: float = 0


data = partial(table, __file__, "drawing.toml")
"""Colours, grounds and things."""


@cache
def _things() -> dict[str, tuple[str, int]]:
    """For each word the thing that it names, and how many of them it means by itself."""
    found: dict[str, tuple[str, int]] = {}
    for name, thing in data()["things"].items():
        found |= dict.fromkeys(thing["many"].split(), (name, 2))
        found |= dict.fromkeys(thing["one"].split(), (name, 1))
    return found


def words_of(text: str) -> list[str]:
    """The words and numbers of a prompt, in lower case."""
    return re.findall(r"[a-z]+|\d+", text.lower())


@dataclass(frozen=True, slots=True)
class Scene:
    """The things that a prompt names, in its order."""

    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, prompt: str) -> Scene:
        """What can be drawn of a prompt; nothing, if it names no thing that is known."""
        groups: list[list[Figure]] = []
        count: int | None = None
        colour = place = None
        for word in words_of(_DENIED.sub("", prompt.lower())):
            colour = None if word in ("a", "an", "the") else colour  # "a blue door, a tree"
            if word.isdigit() or word in _NUMBERS:
                count = int(word) if word.isdigit() else _NUMBERS[word]
            elif word in data()["colours"]:
                colour = word
            elif word in _things():
                name, several = _things()[word]
                if place and groups and name not in _IN_THE_SKY:
                    groups[-1] = [replace(member, place=place, host=name) for member in groups[-1]]
                many = max(1, min(count if count and several > 1 else several, _MOST))
                # "At night, under the moon" has one.
                twins = (group for group in groups if name in _LONE and group[0].name == name)
                if twin := next(twins, None):
                    groups.remove(twin)
                    colour = colour or twin[0].colour
                groups.append([Figure(name, colour)] * many)
                count = colour = place = None
            elif word in _WITHIN:
                place, count = _WITHIN[word], None
            elif any(word in ground["words"].split() for ground in data()["grounds"].values()):
                place = None
        return cls(tuple(thing for group in groups for thing in group)[:_MOST])

    @property
    def told(self) -> str:
        """The things in words, such as "two brown dogs under a tree and a moon"."""
        told = []
        for figure, many in self.counted():
            text = phrase(figure.name, many, figure.colour or "")
            at = f" {figure.place} {phrase(figure.host)}" if figure.place else ""
            told.append(text + at)
        hosts = {figure.host for figure in self.figures}
        named = [
            text
            for text, (figure, many) in zip(told, self.counted(), strict=True)
            if not (figure.name in hosts and many == 1 and not figure.colour)
        ]
        return listed(named)

    def counted(self) -> list[tuple[Figure, int]]:
        """Each kind of figure, and how many of it there are."""
        kinds = dict.fromkeys(self.figures)
        return [(figure, self.figures.count(figure)) for figure in kinds]

    def placed(self, width: float, height: float, random: Random) -> list[Figure]:
        """The figures with their boxes, in a picture of that width and height, farthest first.

        Lengths are shares of the shorter side, which is 1; no box leaves the picture.
        """
        names = {figure.name for figure in self.figures}
        guests = [figure for figure in self.figures if figure.host in names]
        free = [figure for figure in self.figures if figure not in guests]
        sky = [thing for thing in free if thing.name in _IN_THE_SKY]
        ground = [thing for thing in free if thing.name not in _IN_THE_SKY]
        placed = [
            *_row(sky, width, 0.28, 0.03, random),
            *_row(ground, width, 0.66, None, random, floor=height * _GROUND),
        ]
        order = list(data()["things"])
        placed.sort(key=lambda each: -order.index(each.name))
        for host in dict.fromkeys(guest.host for guest in guests):
            box = next(thing for thing in placed if thing.name == host)
            seated = [guest for guest in guests if guest.host == host]
            placed += _seated(seated, box, width)
        return placed


def _row(
    figures: list[Figure],
    width: float,
    largest: float,
    top: float | None,
    random: Random,
    floor: float = 0,
) -> list[Figure]:
    """Figures side by side, hanging from `top` or standing on `floor`."""
    placed = []
    slot = width / max(1, len(figures))
    for number, figure in enumerate(figures):
        size = min(largest, 0.96 * slot) * random.uniform(0.88, 1.0)
        shift = random.uniform(-0.3, 0.3) * (slot - size)
        left = slot * (number + 0.5) - size / 2 + shift
        placed.append(
            replace(figure, left=left, top=floor - size if top is None else top, size=size)
        )
    return placed


def _seated(figures: list[Figure], host: Figure, width: float) -> list[Figure]:
    """Figures that are in, on or under another one."""
    placed = []
    for number, figure in enumerate(figures):
        share, feet = _SEATS[figure.place]
        size = host.size * share
        middle = host.left + host.size / 2 + (number - (len(figures) - 1) / 2) * size
        left = min(max(middle - size / 2, 0), width - size)
        top = max(host.top + host.size * feet - size, 0)
        placed.append(replace(figure, left=left, top=top, size=size))
    return placed


def phrase(name: str, many: int = 1, colour: str = "") -> str:
    """A thing in words: "a red car", "two trees"."""
    what = f"{colour} {name}".strip()
    if many > 1:
        return f"{COUNTED[many - 1]} {plural(what)}"
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def plural(name: str) -> str:
    """More than one of a thing."""
    irregular = {"person": "people", "fish": "fish", "city": "cities"}
    *before, last = name.split(" ")
    return " ".join([*before, irregular.get(last, last + ("es" if last.endswith("x") else "s"))])


def listed(words: list[str]) -> str:
    """Words with commas, and an "and" before the last."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
