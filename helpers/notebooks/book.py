"""What the gates look at: a notebook as it is on disk, its place, and the registry."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode, reader

from helpers.notebooks.registry import Notebook, parsed

FENCE = re.compile(r"\s*(```|~~~)")
# Colours, as in a traceback.
ANSI = re.compile(r"\x1b\[[0-9;]*m")
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What the kernel says of its language, without Python's version.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
Numbered = Iterator[tuple[int, NotebookNode]]
Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Block:
    """A heading, a line of text, or code (a cell or a fenced block), and the cell that it is in."""

    cell: int
    kind: str
    text: str = ""
    level: int = 0


@dataclass
class Book:
    """A notebook with its place and the registry. Cells are counted from 1, prose included."""

    notebook: NotebookNode
    path: Path
    registry: list[Notebook] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path, registry: list[Notebook]) -> "Book":
        """As it is on disk: unlike `nbformat.read`, this repairs no missing or doubled cell id."""
        return cls(reader.reads(path.read_text(encoding="utf-8")), path, registry)

    @property
    def entry(self) -> Notebook | None:
        """What the registry says of it."""
        here = self.path.resolve()
        named = (entry for entry in self.registry if entry.path.name == here.name)
        return next((entry for entry in named if entry.path.resolve() == here), None)

    @property
    def cells(self) -> Numbered:
        return iter(enumerate(self.notebook.cells, 1))

    @property
    def code(self) -> Numbered:
        return ((number, cell) for number, cell in self.cells if cell.cell_type == "code")

    @property
    def prose(self) -> Numbered:
        return ((number, cell) for number, cell in self.cells if cell.cell_type == "markdown")

    def nodes(self, *kinds: type[Node]) -> Iterator[tuple[int, Node]]:
        """Every node of these kinds in the code cells' syntax trees."""
        return ((number, node) for number, cell in self.code for node in _nodes(cell.source, kinds))

    @property
    def blocks(self) -> Iterator[Block]:
        """All of it in reading order."""
        for number, cell in self.cells:
            if cell.cell_type == "markdown":
                yield from _blocks(number, cell.source)
            else:
                yield Block(number, "code")

    @property
    def headings(self) -> list[Block]:
        prose = (block for number, cell in self.prose for block in _blocks(number, cell.source))
        return [block for block in prose if block.kind == "heading"]


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def code_lines(cell: NotebookNode) -> list[str]:
    """Its lines without the blank ones."""
    return [line for line in cell.source.splitlines() if line.strip()]


@cache
def _blocks(number: int, source: str) -> tuple[Block, ...]:
    """Those of a cell of prose."""
    blocks, fenced = [], False
    for line in source.splitlines():
        if FENCE.match(line):
            fenced = not fenced
            if fenced:
                blocks.append(Block(number, "code"))
        elif not fenced and (heading := HEADING.match(line)):
            blocks.append(Block(number, "heading", heading[2], len(heading[1])))
        elif not fenced and line.strip():
            blocks.append(Block(number, "text", line))
    return tuple(blocks)


@cache
def _nodes(source: str, kinds: tuple[type[Node], ...]) -> tuple[Node, ...]:
    tree = parsed(source)
    return tuple(node for node in ast.walk(tree) if isinstance(node, kinds)) if tree else ()


def tree_of(cell: NotebookNode) -> ast.Module | None:
    """The cell's syntax tree, `%magics` and `!commands` included; None if it is not Python."""
    return parsed(cell.source)
