"""Plots that can be read on a light page and on a dark one, and that say what they show.

    figure, axes = subplots()
    axes.plot(seconds, chunks)
    show(figure, alt="Chunks over time: nothing for a second, and then a steady rise.")

A style sheet would do for the colours, but could not ask for the `alt`.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

try:
    import matplotlib
    from cycler import cycler
    from matplotlib.figure import Figure
except ImportError:
    # A browser tab may have none: what a plot shows is then said in words.
    matplotlib = None  # type: ignore[assignment]
    cycler = Figure = dict  # type: ignore[misc, assignment]

INK, PAPER = "#3d3d3d", "#ffffff"
"""Of text and axes, and of what is behind them: a contrast of 10.7 to 1.

No grey has the 4.5 to 1 of WCAG AA on a white page and on a dark one, so a plot brings its paper.
"""

COLOURS = ("#2b78b4", "#c25500", "#008765", "#a8487f", "#7d6d00")
"""Told apart by people who see few colours, and at least 4.5 to 1 with the paper."""

SIZE = 11
"""Of type, in points: 12 pixels and a bit, as plots are shown."""

STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.facecolor": PAPER,
    "axes.labelcolor": INK,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": SIZE + 1,
    "figure.facecolor": PAPER,
    "font.size": SIZE,
    "legend.fontsize": SIZE,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "savefig.facecolor": PAPER,
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": SIZE,
    "ytick.color": INK,
    "ytick.labelsize": SIZE,
}

DPI = 120


class _Blank:
    """A figure, and its axes, on which nothing can be drawn."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: self

    def __iter__(self) -> Iterator[Any]:
        return iter([self] * self._number)

    def __getitem__(self, index: Any) -> Any:
        return self


def subplots(width: float = 7, height: float = 3.5, **options: Any) -> tuple[Any, Any]:
    """A figure of this many inches, and its axes; `options` are those of `Figure.subplots`.

    Sets matplotlib's style for the rest of the program.
    """
    if matplotlib is None:
        blank = _Blank(options.get("nrows", 1) * options.get("ncols", 1))
        return blank, blank
    # On a slow machine, matplotlib says on stderr that it looks for fonts the first time.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    matplotlib.rcParams.update(STYLE)
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**options)


def show(figure: Any, *, alt: str) -> None:
    """Display a figure in a notebook; `alt` says what it shows, for readers who cannot see it.

    Raises ValueError where that is missing.
    """
    from IPython.display import display

    alt = " ".join(alt.split())
    if not alt:
        raise ValueError("alt is empty; say in a sentence what the plot shows")
    if isinstance(figure, _Blank):
        sentence = f"There is no plot here, since matplotlib is not installed. It would show: {alt}"
        print(sentence)  # noqa: T201
        return
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI)
    width, height = (round(inches * DPI / 1.5) for inches in figure.get_size_inches())
    display(
        {"image/png": png.getvalue(), "text/plain": alt},
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
        raw=True,
    )
