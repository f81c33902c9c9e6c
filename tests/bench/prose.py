"""How much of what the prose says is checked: `python -m tests.bench.prose [NOTEBOOK]...`.

Numbers (also in words), directions, names in code and links are changed one at a time, and the
gates on the stored notebook are asked whether they notice. That its cells were changed, which
`make refresh` would cure, does not count. What only an execution shows (claims of calls, requests
and tokens) counts as caught where it is claimed in bold. Printed by notebook and by kind; with
--survivors, what nothing notices is listed. Nothing fails here.

Counted is what can become false of what the notebook shows: not advice (`In practice`, `Next` and
solutions), not what the reader is told to do first, not idioms, and "one" only where other numbers
stand before the same noun. A name is changed twice: for one of another notebook, and for another
one of the same (`name swapped`), which is right elsewhere.
"""

import copy
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import click

from helpers.notebooks.gates import GATES, Book
from helpers.notebooks.registry import load, select

JUDGES = (
    *("claims", "unclaimed", "header", "links", "link texts", "objectives", "title", "sections"),
    *("opening", "ending", "diagrams", "exercises", "statements", "numbers", "names", "alt text"),
)
OPPOSITES = {
    "more": "less", "less": "more", "fewer": "more", "before": "after", "after": "before",
    "above": "below", "below": "above", "first": "last", "last": "first", "second": "third",
    "third": "second", "higher": "lower", "lower": "higher", "longer": "shorter",
    "shorter": "longer", "faster": "slower", "slower": "faster", "largest": "smallest",
    "smallest": "largest", "nearest": "farthest", "cheaper": "dearer", "quicker": "slower",
}  # fmt: skip
NUMERALS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("fifteen", "twenty", "thirty", "hundred"),
)
IDIOMS = re.compile(
    r"once more|one after (?:the other|another)|at (?:first|last)|(?:more|less) than one"
    r"|(?:before|after) you\b|(?:^|[.:;] +)(?:\*\*)?First\b|first the problem|after all\b|no more"
    r"|for the (?:first|last) time|check after each change|one by one|at once more|what is more",
    re.IGNORECASE | re.MULTILINE,
)
ASIDES = re.compile(r"^## (?:In practice|Next)\b.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"```.*?```|<details>.*?</details>|\]\([^)]*\)|<[^>]*>|https?://\S+", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/-])")
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((\d\d)_(\w+\.ipynb)|\]\(#([^)]+)|(?<=\[)(?:[Nn]otebook )?\d+(?=\]\()")
CLAIM_OF_CALLS = re.compile(
    r"\*\*[^*\n]*(?:requests?|tokens?|calls?)\b[^*\n]*\*\*|^About .*$", re.M
)


@dataclass(frozen=True)
class Change:
    """One change of a cell's text."""

    kind: str
    cell: int
    old: str
    new: str
    start: int
    end: int
    context: str


def changes(book: Book) -> Iterator[Change]:
    """Every change, in the order of the text."""
    spans = sorted({span for _, cell in book.prose for span in SPAN.findall(cell.source)})
    aside = False
    for number, cell in book.prose:
        first = re.match(r"## (.*)", cell.source)
        aside = first[1].strip() in ("In practice", "Next") if first else aside
        masked = HIDDEN.sub(_blank, cell.source)
        masked = ASIDES.sub(_blank, masked)
        words = IDIOMS.sub(_blank, SPAN.sub(_blank, masked))
        found = [] if aside else list(_found(masked, words))
        found += [("link", match) for match in LINK.finditer(cell.source)]
        for kind, match in found:
            start, end = match.span(1) if kind == "name" else match.span()
            old = cell.source[start:end]
            context = " ".join(cell.source[max(0, start - 50) : end + 50].split())
            kinds = ("name", "name swapped") if kind == "name" else (kind,)
            for each in kinds:
                yield Change(each, number - 1, old, _other(each, old, spans), start, end, context)


def _found(masked: str, words: str) -> Iterator[tuple[str, re.Match[str]]]:
    yield from (("number", match) for match in NUMBER.finditer(words))
    yield from (("numeral", match) for match in _words((*NUMERALS, *_ones())).finditer(words))
    yield from (("direction", match) for match in _words(tuple(OPPOSITES)).finditer(words))
    yield from (("name", match) for match in SPAN.finditer(masked))


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


@cache
def _words(of: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(of)})\b", re.IGNORECASE)


@cache
def _names() -> list[str]:
    """Every name in code of all notebooks."""
    cells = [cell for entry in load() for cell in entry.cells if cell["cell_type"] == "markdown"]
    return sorted({name for cell in cells for name in SPAN.findall("".join(cell["source"]))})


@cache
def _ones() -> tuple[str, ...]:
    """ "one" with each noun that other numerals stand before."""
    numbered = re.compile(rf"\b(?:{'|'.join(NUMERALS)}) (\w+s)\b")
    nouns = {
        noun.removesuffix("s")
        for entry in load()
        for cell in entry.cells
        if cell["cell_type"] == "markdown"
        for noun in numbered.findall("".join(cell["source"]))
    }
    return tuple(f"one(?= {noun}\\b)" for noun in sorted(nouns))


def _other(kind: str, text: str, spans: list[str]) -> str:
    low = text.lower()
    if kind == "link":
        if text.startswith("](#"):
            return f"{text}-not"
        if text.startswith("]("):
            others = [entry.path.name for entry in load()]
            here = others.index(text[2:])
            return f"]({others[here - 1]}"
        return re.sub(r"\d+", lambda m: str(int(m[0]) % 19 + 1), text)
    if kind == "direction":
        new = OPPOSITES[low]
    elif kind == "numeral":
        rank = ("one", *NUMERALS).index(low)
        new = NUMERALS[rank % len(NUMERALS)]
    elif kind == "name swapped":
        return spans[bisect(spans, text) % len(spans)]
    elif kind == "name":
        others = [name for name in _names() if name not in spans]
        return others[bisect(others, text) % len(others)]
    else:
        return re.sub(r"\d(?=\D*$)", lambda m: str((int(m[0]) + 1) % 10), text)
    return new.capitalize() if text[0].isupper() else new


def caught(book: Book, change: Change, sound: list[list[str]]) -> bool:
    """Whether a gate says something that it does not say of the sound notebook."""
    source = book.notebook.cells[change.cell].source
    for claim in CLAIM_OF_CALLS.finditer(source):
        if claim.start() <= change.start < claim.end():
            return True
    broken = copy.copy(book)
    broken.notebook = copy.copy(book.notebook)
    broken.notebook.cells = list(book.notebook.cells)
    cell = broken.notebook.cells[change.cell] = copy.copy(book.notebook.cells[change.cell])
    cell.source = source[: change.start] + change.new + source[change.end :]
    return any(
        list(GATES[name].check(broken)) != said for name, said in zip(JUDGES, sound, strict=True)
    )


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("--survivors", is_flag=True, help="List what nothing notices.")
def main(names: tuple[str, ...], survivors: bool) -> None:
    tried, noticed = Counter[str](), Counter[str]()
    for notebook in select(names, load()):
        book = Book.open(notebook.path, load())
        sound = [list(GATES[name].check(book)) for name in JUDGES]
        lines = []
        for change in changes(book):
            seen = caught(book, change, sound)
            for key in (notebook.name, change.kind, "all"):
                tried[key] += 1
                noticed[key] += seen
            if not seen and survivors:
                place = (
                    f"    cell {change.cell + 1}: {change.kind} {change.old!r} -> {change.new!r}"
                )
                lines.append(f"{place} in: {change.context}")
        print(_share(notebook.name, tried, noticed), *lines, sep="\n", flush=True)
    for kind in ("number", "numeral", "direction", "name", "name swapped", "link", "all"):
        print(_share(kind, tried, noticed))


def _share(key: str, tried: Counter[str], noticed: Counter[str]) -> str:
    return f"{key:32} {noticed[key] / max(1, tried[key]):4.0%} of {tried[key]} changes noticed"


if __name__ == "__main__":
    main()
