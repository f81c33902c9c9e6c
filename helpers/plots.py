"""Plots that can be read on a light page and on a dark one, and that say what they show.

    figure, axes = subplots()
    axes.plot(seconds, chunks)
    show(figure, alt="Chunks over time: nothing for a second, and then a steady rise.")

A style sheet, plots.mplstyle, does for the colours, but could not ask for the `alt`.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    import matplotlib
    from matplotlib.figure import Figure
except ImportError:
    # A browser tab may have none: what a plot shows is then said in words.
    matplotlib = None  # type: ignore[assignment]
    Figure = dict  # type: ignore[misc, assignment]

STYLE = str(Path(__file__).with_suffix(".mplstyle"))
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
    matplotlib.rc_file(STYLE, use_default_template=False)
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
