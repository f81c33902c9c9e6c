"""Sections: the parts of a notebook that can be run by themselves.

A section begins with a heading of the second level. It runs after the one with the setup cell, and
after those that it says it builds on, in a paragraph of its own below its heading:

    *Builds on [Ask](#Ask) and [Read the reply](#Read-the-reply).*

They in turn may build on others. Run so, in a kernel of its own, a section shows what it shows in
the whole notebook.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from helpers.notebooks.book import Book, tags
from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.gates.code import is_setup
from helpers.notebooks.gates.links import anchor

LINE = re.compile(r"^\*Builds on (.+)\.\*$", re.MULTILINE)
ALONE = "run after no section but those that it says it builds on"
_TARGET = re.compile(r"\]\(#([^)\s]+)\)")


@dataclass(frozen=True)
class Section:
    """`code` are the positions of its code cells in the notebook, counted from 0."""

    title: str
    anchor: str
    code: tuple[int, ...]
    builds_on: tuple[str, ...]
    """The anchors that it names."""


@dataclass(frozen=True)
class Excerpt:
    """A notebook with some of the sections, and those that it proves.

    A section is proved where nothing runs before it but what it needs.
    """

    notebook: NotebookNode
    proves: tuple[Section, ...]

    def problems(self, problem: str | None, executed: NotebookNode, book: Book) -> Iterator[str]:
        """Why it failed, or what the sections show otherwise than in the whole notebook."""
        if problem:
            names = " and ".join(repr(section.title) for section in self.proves)
            yield f"{names}, {ALONE}: {problem}"
            return
        for section in self.proves:
            for position in section.code:
                cell, fresh = book.notebook.cells[position], executed.cells[position]
                plot = PLOT in tags(cell)
                for difference in differences(cell.outputs, fresh.outputs, plot=plot):
                    yield f"{section.title!r}, {ALONE}: cell {position + 1}: {difference}"


def sections(book: Book) -> list[Section]:
    """All of them; what stands above the first heading of the second level is none."""
    cells = book.notebook.cells
    headings = [block for block in book.headings if block.level == 2]
    ends = [*(block.cell - 1 for block in headings[1:]), len(cells)]
    found = []
    for heading, end in zip(headings, ends, strict=True):
        start = heading.cell - 1
        code = (n for n in range(start, end) if cells[n].cell_type == "code")
        # Above the heading, its cell may have the end of another section; below, another heading.
        text = cells[start].source.partition(f"## {heading.text}\n")[2].partition("\n## ")[0]
        line = LINE.match(text.lstrip("\n"))
        named = (_TARGET.findall(line[1]) or [line[1]]) if line else []
        found.append(Section(heading.text, anchor(heading.text), tuple(code), tuple(named)))
    return found


def parts(book: Book) -> Iterator[Excerpt]:
    """As many as it takes to prove all sections that the whole notebook does not prove."""
    all_of_them = [section for section in sections(book) if section.code]
    needs = _needs(book, all_of_them)
    proved = {*_proved(all_of_them, needs)}
    # From the end, as a section that needs others mostly proves them as well.
    for section in reversed(all_of_them):
        if section not in proved:
            chosen = [other for other in all_of_them if other in needs[section] or other is section]
            proves = [other for other in _proved(chosen, needs) if other not in proved]
            proved |= {*proves}
            yield Excerpt(_only(book.notebook, chosen), tuple(proves))


def _needs(book: Book, all_of_them: list[Section]) -> dict[Section, set[Section]]:
    """For each section, those with what it needs: what it builds on, and what they build on."""
    setup = [n for n, cell in enumerate(book.notebook.cells) if is_setup(cell)]
    named = {section.anchor: section for section in all_of_them}
    always = {each for each in all_of_them if {*setup} & {*each.code}}
    needs: dict[Section, set[Section]] = {}
    for section in all_of_them:
        others = [named[anchor] for anchor in section.builds_on if named.get(anchor) in needs]
        needs[section] = (always - {section}).union(others, *(needs[other] for other in others))
    return needs


def _proved(run: list[Section], needs: dict[Section, set[Section]]) -> Iterator[Section]:
    before: set[Section] = set()
    for section in run:
        if before <= needs[section]:
            yield section
        before.add(section)


def _only(notebook: NotebookNode, chosen: list[Section]) -> NotebookNode:
    """A copy in which the code of other sections is none; all cells are where they were."""
    part = copy.deepcopy(notebook)
    code = {position for section in chosen for position in section.code}
    for position, cell in enumerate(part.cells):
        if cell.cell_type == "code" and position not in code:
            cell.cell_type = "raw"
            del cell["outputs"], cell["execution_count"]
    return part
