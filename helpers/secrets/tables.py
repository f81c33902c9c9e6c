"""Take secrets out of the columns of tables: Markdown, HTML, CSV, and those that programs print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from helpers.secrets.names import AROUND, SECRET, is_secret, may_be_secret

# What parts the cells of a line: the first of these that it has; and of a row of HTML.
_BETWEEN_CELLS = [re.compile(rf"({each})") for each in ("[|│┃║]", "\t", "[,;]", " {2,}")]
_ROW, _CELL = re.compile(r"(?i)(?=<tr\b)"), re.compile(r"(?i)(<t[hd]\b[^<>]*>)")
_TAGS = re.compile(r"<[^<>]*>")
_HEADING = re.compile(r"[\w -]{2,40}")
# What is mixed enough for a key, under the name of one.
_KEY = re.compile(
    r"(?<![^\s`\"'>])(?=\S{0,99}\d)(?=\S{0,99}[A-Za-z0-9]{12})[\w.~+/=-]+(?![^\s`\"'<])"
)


def _cells(line: str) -> list[str]:
    between = (each for each in _BETWEEN_CELLS if each.search(line))
    return next(between, _BETWEEN_CELLS[0]).split(line)


def hide_in_tables(text: str) -> str:
    """A text without what is in a column that has the name of a secret."""
    if "<t" in text.lower():
        text = "".join(_hide_in_rows(map(_CELL.split, _ROW.split(text))))
    return "\n".join(_hide_in_rows(map(_cells, text.split("\n"))))


def _hide_in_rows(rows: Iterable[list[str]]) -> Iterator[str]:
    """Rows, of cells and what parts them; headings are in the last row that names a secret."""
    headings: list[str] = []
    for cells in rows:
        named = [_TAGS.sub("", cell).strip(AROUND) for cell in cells]
        named = [name if _HEADING.fullmatch(name) and may_be_secret(name) else "" for name in named]
        if len(headings) == len(cells):
            for n, heading in enumerate(headings):
                cells[n] = _KEY.sub(partial(_hide_in_cell, heading), cells[n])
        headings = named if any(named) else headings
        yield "".join(cells)


def _hide_in_cell(heading: str, match: re.Match[str]) -> str:
    return SECRET if is_secret(heading, match[0]) else match[0]
