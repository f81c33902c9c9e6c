"""Plots say what they show, and are legible on any page: they bring their paper."""

import io
from types import ModuleType
from typing import Any

import pytest
from PIL import Image, ImageColor

PAPER = "#ffffff"


@pytest.fixture(scope="module")
def plots() -> ModuleType:
    """Imported only here: of all that collect these tests, one runs them, and needs matplotlib."""
    from helpers import plots

    return plots


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_stands_out_from_the_paper_as_wcag_aa_asks(plots: ModuleType) -> None:
    style = plots.matplotlib.rc_params_from_file(plots.STYLE, use_default_template=False)
    inks = [style[name] for name in style if name.endswith("color") and "face" not in name]
    for colour in (*inks, *style["axes.prop_cycle"].by_key()["color"]):
        darker, lighter = sorted([luminance(f"#{colour.lstrip('#')}"), luminance(PAPER)])
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, colour


def test_type_is_twelve_pixels_high_as_it_is_shown(plots: ModuleType, displayed: list[Any]) -> None:
    figure, axes = plots.subplots()
    axes.set(title="A title", xlabel="x")
    plots.show(figure, alt="Nothing but axes.")
    [(_, metadata)] = displayed
    pixels = metadata["image/png"]["width"] / figure.get_size_inches()[0] / 72
    texts = [axes.title, axes.xaxis.label, *axes.get_xticklabels()]
    assert min(text.get_size() for text in texts) * pixels >= 12


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    calls: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, *, metadata, raw: calls.append((data, metadata)),
    )
    return calls


def test_a_plot_has_a_background_and_carries_its_alt_text(
    plots: ModuleType, displayed: list[Any]
) -> None:
    figure, axes = plots.subplots()
    axes.plot([0, 1], [0, 1])
    plots.show(figure, alt="A line that\n    rises.")
    [(data, metadata)] = displayed
    picture = Image.open(io.BytesIO(data["image/png"]))
    assert picture.convert("RGB").getpixel((0, 0)) == ImageColor.getrgb(PAPER)
    assert data["text/plain"] == metadata["image/png"]["alt"] == "A line that rises."


def test_a_plot_without_alt_text_is_refused(plots: ModuleType, displayed: list[Any]) -> None:
    figure, _ = plots.subplots()
    with pytest.raises(ValueError, match="say in a sentence what the plot shows"):
        plots.show(figure, alt=" ")
    assert not displayed


def test_without_matplotlib_it_is_said_what_a_plot_would_show(
    plots: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plots, "matplotlib", None)
    figure, (left, right) = plots.subplots(ncols=2)
    left.plot([1, 2]).set_title("Nothing")
    right[0].bar(["a"], [1])
    plots.show(figure, alt="A rise.")
    said = capsys.readouterr().out
    assert said.startswith("There is no plot here") and said.endswith("It would show: A rise.\n")
