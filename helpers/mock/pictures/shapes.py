"""Patches of one colour in a picture, and what form they have."""

from __future__ import annotations

import colorsys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


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

    def inside(self, other: Shape) -> bool:
        """Whether the other's box has this one in it."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


HUES = (
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
    name = next(name for end, name in HUES if hue * 360 <= end)
    if name == "orange" and value < 0.65:
        return "brown"
    return "pink" if name == "red" and saturation < 0.5 and value > 0.6 else name


def shapes(colours: list[str], width: int) -> Iterator[Shape]:
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


# --- what shapes mean ---


@dataclass(frozen=True, slots=True)
class Thing:
    """Something made out in a picture, and the shapes that it was made out from."""

    name: str
    colour: str
    shapes: tuple[Shape, ...]

    @property
    def where(self) -> str:
        """Its place in words, such as "at the top left"."""
        across = sum(shape.middle[0] for shape in self.shapes) / len(self.shapes)
        down = sum(shape.middle[1] for shape in self.shapes) / len(self.shapes)
        column = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
        row = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else ""
        if row:
            return f"at the {row} {column}".rstrip()
        return f"on the {column}" if column else "in the middle"


def things(found: tuple[Shape, ...], *, night: bool) -> list[Thing]:
    """What the shapes are: what a drawing makes of several, and the others as what they are."""
    made = [thing for shape in found for thing in _made(shape, found, night=night)]
    used = {shape for thing in made for shape in thing.shapes}
    # A window is a part of its house.
    plain = [shape for shape in found if not (shape in used or any(map(shape.inside, used)))]
    return made + [Thing(shape.form, shape.colour, (shape,)) for shape in plain]


def _made(shape: Shape, found: tuple[Shape, ...], *, night: bool) -> Iterator[Thing]:
    round_and_high = shape.form == "circle" and shape.middle[1] < 0.5
    if round_and_high and shape.colour in ("yellow", "orange"):
        yield Thing("sun", shape.colour, (shape,))
    if round_and_high and shape.colour in ("white", "gray") and night:
        yield Thing("moon", shape.colour, (shape,))
    for base in found:
        if not _stands_on(shape, base):
            continue
        if shape.form == "triangle" and base.area > shape.area / 2:
            yield Thing("house", base.colour, (base, shape))
        if shape.colour == "green" and base.colour == "brown":
            yield Thing("tree", "green", (shape, base))


def _stands_on(upper: Shape, lower: Shape) -> bool:
    return (
        lower.form in ("square", "rectangle")
        and lower.left < upper.middle[0] < lower.right
        and abs(upper.bottom - lower.top) < 0.04
    )
