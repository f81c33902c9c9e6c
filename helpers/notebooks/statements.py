"""What the prose states without bold, and why it is so: `notebooks/statements.toml`.

A statement is a piece of a notebook's prose, word for word, with what shows it: an expression
over the cells around it, or, of what no cell shows, where it is known from. So prose that is
changed and a cell that is changed are noticed alike. In an expression there are

    above, below     the nearest code cells: .code, .out, and .lines, those of the output
    section          all code cells under the same `##` heading, likewise
    cell("text")     the first code cell with that text in its code
    book, notebook(4)   all code cells of this notebook, or of another
    here             the prose itself: .code is what is fenced in it
    count(pattern, text), number(pattern, text), numbers(text)   by regular expression
    package("openai")   a package, for what it says of itself
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from nbformat import NotebookNode

from helpers.beside import table
from helpers.notebooks.book import Book
from helpers.notebooks.prose import output_text
from helpers.notebooks.registry import REGISTRY

EVERY = "every"
_tables = partial(table, str(REGISTRY), "statements.toml")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Statement:
    """A piece of prose, and why it is true: an expression, or where it is `known` from."""

    phrase: str
    why: str
    known: bool

    def places(self, source: str) -> list[tuple[int, int]]:
        """Where the prose says it: begin and end."""
        return _places(self.phrase, source)


@cache
def _places(phrase: str, source: str) -> list[tuple[int, int]]:
    return [match.span() for match in _spaced(phrase).finditer(source)]


@cache
def _spaced(phrase: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?!\w)")


@cache
def load() -> dict[str, tuple[Statement, ...]]:
    """The statements by the name of the notebook, and those of `every` notebook."""
    found: dict[str, tuple[Statement, ...]] = {}
    for kind in ("shown", "known"):
        for name, statements in _tables().get(kind, {}).items():
            made = (Statement(phrase, why, kind == "known") for phrase, why in statements.items())
            found[name] = (*found.get(name, ()), *made)
    return found


def of(book: Book) -> list[tuple[Statement, bool]]:
    """The statements of a notebook, and whether each has to be stated in it."""
    statements = load()
    own = [(statement, True) for statement in statements.get(book.path.stem, ())]
    return own + [(statement, False) for statement in statements.get(EVERY, ())]


def names(book: Book) -> list[str]:
    """What the prose of a notebook names in code and no cell near has, in the order of reading."""
    return list(_tables()["names"].get(book.path.stem, ()))


@dataclass(frozen=True)
class Shown:
    """Some code cells, as a reader sees them: their code, and their output as text."""

    code: str
    out: str

    @classmethod
    def of(cls, cells: list[NotebookNode]) -> Shown:
        code = [cell for cell in cells if cell.cell_type == "code"]
        return cls("\n".join(c.source for c in code), "\n".join(map(output_text, code)))

    @property
    def lines(self) -> list[str]:
        return [line for line in self.out.splitlines() if line.strip()]

    @property
    def text(self) -> str:
        return f"{self.code}\n{self.out}"


def holds(statement: Statement, book: Book, position: int) -> bool:
    """Whether the cells around the prose at this index show it.

    Raises:
        Exception: What the expression raises.
    """
    names = {"__builtins__": {}, **_ANYWHERE, **_names(book, position, statement.why)}
    # The expressions are this project's own, as its tests are.
    return bool(eval(statement.why, names))  # noqa: S307


def _names(of: Book, position: int, why: str) -> dict[str, Any]:
    cells = of.notebook.cells
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]

    def cell(text: str) -> Shown:
        return Shown.of([next(cells[i] for i in code if text in cells[i].source)])

    names: dict[str, Callable[[], Any]] = {
        "above": lambda: Shown.of([cells[i] for i in code if i < position][-1:]),
        "below": lambda: Shown.of([cells[i] for i in code if i > position][:1]),
        "section": lambda: around(of, position),
        "here": lambda: Shown("\n".join(fenced(cells[position].source)), cells[position].source),
        "book": lambda: book(of),
        "cell": lambda: cell,
        "notebook": lambda: partial(_of_notebook, of),
    }
    return {name: make() for name, make in names.items() if name in why}


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise LookupError(f"nothing matches {pattern!r}")
    return float(found[1].replace(",", ""))


_BUILTINS = (len, sum, max, min, set, sorted, any, all, range, zip, abs, round, list, str, int)
_ANYWHERE: dict[str, Any] = {function.__name__: function for function in _BUILTINS} | {
    "count": lambda pattern, text: len(re.findall(pattern, text, re.MULTILINE)),
    "number": _number,
    "numbers": lambda text: [float(found) for found in _NUMBER.findall(text)],
    "package": importlib.import_module,
}


def fenced(source: str) -> list[str]:
    """The fenced pieces of a text: examples, diagrams, solutions."""
    return FENCED.findall(source)


def book(of: Book) -> Shown:
    """All code cells of a notebook, and what is fenced in its prose."""
    examples = [piece for _, cell in of.prose for piece in fenced(cell.source)]
    shown = Shown.of(of.notebook.cells)
    return Shown("\n".join([shown.code, *examples]), shown.out)


def around(of: Book, position: int) -> Shown:
    """The code cells of the `##` sections that a cell is in; where there are none, of all."""
    starts = [block.cell - 1 for block in of.headings if block.level == 2]
    start = max((begin for begin in starts if begin < position), default=0)
    end = min((begin for begin in starts if begin > position), default=len(of.notebook.cells))
    cells = of.notebook.cells[start:end]
    return Shown.of(cells) if any(cell.cell_type == "code" for cell in cells) else book(of)


def _of_notebook(of: Book, number: int) -> Shown:
    entry = next(notebook for notebook in of.registry if notebook.name.startswith(f"{number:02}_"))
    return book(Book.open(entry.path, of.registry))


def stated(book: Book) -> Iterator[tuple[int, int, int]]:
    """What statements account for: the index of the cell, begin and end."""
    statements = [statement for statement, _ in of(book)]
    for number, cell in book.prose:
        for statement in statements:
            yield from ((number - 1, *place) for place in statement.places(cell.source))


def within(stated: list[tuple[int, int, int]], cell: int, match: re.Match[str]) -> bool:
    """Whether statements account for a piece of the cell at this index."""
    return any(
        cell == place and start <= match.start() and match.end() <= end
        for place, start, end in stated
    )


def blank(match: re.Match[str]) -> str:
    """What stands for something that is not to be read, of the same length."""
    return "\0" * len(match[0])
