"""Strict comparison of a cell's outputs: those that are stored with those that a run just gave.

nbval compares values; it does not see the following, which this does: the order of outputs, a
result that became a display, an image, metadata, text before a carriage return, and anything at all
in a cell that is stored as never run.
"""

import base64
import io
from collections.abc import Iterable, Sequence
from typing import Any

from nbformat import NotebookNode

from helpers.notebooks.book import ANSI
from helpers.notebooks.steady import steady

PIXELS = ("image/png", "image/jpeg")
PICTURES = (*PIXELS, "image/svg+xml")


PLOT = "plot"
"""The tag of a cell whose picture is another on every machine: fonts differ, or it shows times."""


def differences(
    stored: Sequence[NotebookNode], fresh: Sequence[NotebookNode], *, plot: bool = False
) -> list[str]:
    """What a reader would see differ, one sentence each; nothing when the outputs are the same.

    Both arguments are nbformat 4 outputs, in order. Execution counts are not compared, nor what is
    random by construction (`helpers.notebooks.steady`). Of a `plot`,
    pictures may differ, but not whether there is one, what text says it shows, or its metadata.
    """
    if _shown(stored) == _shown(fresh):  # mostly: what is the same need not be made steady first
        return []
    before, after = _canonical(stored), _canonical(fresh)
    kinds = [_kind(output) for output in before], [_kind(output) for output in after]
    if kinds[0] != kinds[1]:
        return [
            f"stored outputs are {_listed(kinds[0])}; running gave {_listed(kinds[1])}",
            *(f"running gave on {_kind(new)}:\n{new['text']}" for new in after if "text" in new),
        ]
    return [
        f"output {number} ({_kind(old)}): {problem}"
        for number, (old, new) in enumerate(zip(before, after, strict=True), 1)
        for problem in _output_differences(old, new, plot)
    ]


def _canonical(outputs: Sequence[NotebookNode]) -> list[dict[str, Any]]:
    """Neighbouring stream outputs as one per stream, stdout first.

    The kernel cuts streams where its buffers end, and the order of stdout and stderr is a race.
    """
    result: list[dict[str, Any]] = []
    streams: dict[str, str] = {}

    def flush() -> None:
        for name in sorted(streams, reverse=True):
            result.append({"output_type": "stream", "name": name, "text": streams[name]})
        streams.clear()

    for output in steady(outputs):
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
            continue
        flush()
        result += _shown([output])
    flush()
    return result


def _shown(outputs: Sequence[NotebookNode]) -> list[dict[str, Any]]:
    return [{k: v for k, v in output.items() if k != "execution_count"} for output in outputs]


def _kind(output: dict[str, Any]) -> str:
    return str(output["name"] if output["output_type"] == "stream" else output["output_type"])


def _listed(kinds: Iterable[str]) -> str:
    return ", ".join(kinds) or "none"


def _output_differences(old: dict[str, Any], new: dict[str, Any], plot: bool) -> list[str]:
    if old["output_type"] == "stream":
        return _value_differences("text", old["text"], new["text"])
    if old["output_type"] == "error":
        return [
            problem
            for key in ("ename", "evalue")
            for problem in _value_differences(key, old[key], new[key])
        ]
    problems = _value_differences("metadata", old.get("metadata", {}), new.get("metadata", {}))
    data = old["data"], new["data"]
    if data[0].keys() != data[1].keys():
        return [
            *problems,
            f"stored as {_listed(sorted(data[0]))}; running gave {_listed(sorted(data[1]))}",
        ]
    for mime, value in data[0].items():
        if mime in PICTURES and plot:
            continue
        compare = _image_differences if mime in PIXELS else _value_differences
        problems += compare(mime, value, data[1][mime])
    return problems


def _value_differences(what: str, old: Any, new: Any) -> list[str]:
    if isinstance(old, str) and isinstance(new, str):
        old, new = ANSI.sub("", old), ANSI.sub("", new)
    return [] if old == new else [f"{what} stored {old!r}; running gave {new!r}"]


def _image_differences(what: str, old: str, new: str) -> list[str]:
    """Pixels, not bytes: how well a file is compressed depends on the library that wrote it."""
    if old.split() == new.split():
        return []
    # Pillow comes with matplotlib; few notebooks have a picture.
    from PIL import Image, ImageChops

    pictures = [
        Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA") for data in (old, new)
    ]
    if pictures[0].size != pictures[1].size:
        return [f"{what} stored {pictures[0].size} pixels; running gave {pictures[1].size}"]
    # alpha_only=False: of a picture with transparency, getbbox would look at nothing else.
    box = ImageChops.difference(*pictures).getbbox(alpha_only=False)
    return [f"{what} differs within the box {box}"] if box else []
