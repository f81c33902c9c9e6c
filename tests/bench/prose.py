"""How much of what the prose says is checked: `python -m tests.bench.prose [NOTEBOOK]...`.

Numbers (also in words), directions and links are changed one at a time, and the gates on the stored
notebook are asked whether they notice. That its cells were changed, which `make refresh` would
cure, does not count. What only an execution shows (claims of calls, requests and tokens) counts as
caught where it is claimed in bold. Printed by notebook; with --survivors, what nothing notices is
listed. Nothing fails here.
"""

import copy
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.notebooks.gates import GATES, Book
from helpers.notebooks.prose import WORDS
from helpers.notebooks.registry import load, select

JUDGES = (
    *("claims", "unclaimed", "header", "links", "link texts", "objectives", "title", "sections"),
    *("opening", "ending", "diagrams", "exercises"),
)
OPPOSITES = {
    "more": "less", "fewer": "more", "before": "after", "after": "before", "above": "below",
    "below": "above", "first": "last", "last": "first", "higher": "lower", "lower": "higher",
    "longer": "shorter", "shorter": "longer", "always": "never", "never": "always",
    "largest": "smallest", "nearest": "farthest", "same": "other", "both": "neither",
}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])\d+(?![\w])")
WORD = re.compile(rf"\b(?:{'|'.join([*WORDS[1:], *OPPOSITES])})\b")
LINK = re.compile(r"\]\((\d\d)_(\w+\.ipynb)|\]\(#([^)]+)")
CLAIM_OF_CALLS = re.compile(
    r"\*\*[^*\n]*(?:requests?|tokens?|calls?)\b[^*\n]*\*\*|^About .*$", re.M
)


@dataclass(frozen=True)
class Change:
    """One change of a cell's text."""

    cell: int
    old: str
    new: str
    start: int
    end: int
    context: str


def changes(book: Book) -> Iterator[Change]:
    """Every change, outside of code, in the order of the text."""
    for number, cell in book.prose:
        text = re.sub(
            r"```.*?```|`[^`]*`|<[^>]*>", lambda m: "`" * len(m[0]), cell.source, flags=re.S
        )
        for form in (NUMBER, WORD, LINK):
            for match in form.finditer(text):
                old = cell.source[match.start() : match.end()]
                around = cell.source[max(0, match.start() - 30) : match.end() + 30]
                yield Change(
                    number - 1,
                    old,
                    _other(old),
                    match.start(),
                    match.end(),
                    " ".join(around.split()),
                )


def _other(text: str) -> str:
    if text in OPPOSITES:
        return OPPOSITES[text]
    if text in WORDS:
        return WORDS[(WORDS.index(text) + 1) % len(WORDS)]
    if text.isdecimal():
        return str(int(text) + 1)
    if text.startswith("](#"):
        return f"{text}-not"
    return text.replace("](0", "](9", 1).replace("](1", "](8", 1)


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


def main(arguments: list[str]) -> None:
    """Print the shares, and with --survivors what nothing notices."""
    names = [name for name in arguments if not name.startswith("-")]
    total = found = 0
    for notebook in select(names, load()):
        book = Book.open(notebook.path, load())
        sound = [list(GATES[name].check(book)) for name in JUDGES]
        tried = [(change, caught(book, change, sound)) for change in changes(book)]
        total, found = total + len(tried), found + sum(noticed for _, noticed in tried)
        share = sum(noticed for _, noticed in tried) / max(1, len(tried))
        print(f"{notebook.name:32} {share:4.0%} of {len(tried)} changes noticed")
        for change, noticed in tried:
            if not noticed and "--survivors" in arguments:
                place = f"    cell {change.cell + 1}: {change.old!r} -> {change.new!r}"
                print(f"{place} in: {change.context}")
    print(f"{'all':32} {found / max(1, total):4.0%} of {total} changes noticed")


if __name__ == "__main__":
    main(sys.argv[1:])
