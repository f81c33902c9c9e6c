"""Gates on prose: what a reader finds around the code."""

import ast
import itertools
from collections.abc import Iterable, Iterator

from helpers.notebooks import sections
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate

OPENING = ["What you'll do", "What you'll learn", "What you'll need"]
ENDING = ["Summary", "Your turn", "In practice", "Next"]


@gate("opening", "says before any code what the reader will do, learn and need")
def _opening(book: Book) -> Iterator[str]:
    before = itertools.takewhile(lambda cell: cell.cell_type == "markdown", book.notebook.cells)
    text = "\n".join(cell.source for cell in before).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for heading in OPENING:
        if heading not in text:
            yield f"{heading!r} is missing before the first code cell; add it"


@gate("objectives", "lists the registry's objectives, and sums up each of them in order")
def _objectives(book: Book) -> Iterator[str]:
    if book.entry is None:
        return
    learn = "\n".join(cell.source for _, cell in book.prose).partition(OPENING[1])[2]
    listed = _bullets(learn.partition(OPENING[2])[0].splitlines())
    section = itertools.dropwhile(lambda block: block.text != ENDING[0], book.blocks)
    summary = itertools.takewhile(
        lambda block: block.kind == "text", itertools.islice(section, 1, None)
    )
    points = _bullets(block.text for block in summary)
    objectives = [objective.text for objective in book.entry.objectives]
    if listed != objectives:
        yield f"{OPENING[1]}: {listed}, in the registry {objectives}; make them one"
    if len(points) != len(objectives):
        yield f"{ENDING[0]}: {len(points)} points for {len(objectives)} objectives; one each"


def _bullets(lines: Iterable[str]) -> list[str]:
    return [line[2:].strip() for line in lines if line.startswith(("- ", "* "))]


@gate("prose", "has prose between any two code cells")
def _prose_between(book: Book) -> Iterator[str]:
    for number, (cell, after) in enumerate(itertools.pairwise(book.notebook.cells), 1):
        if cell.cell_type == after.cell_type == "code":
            yield f"cells {number} and {number + 1}: say between them what comes next and why"
    for number, cell in book.prose:
        if not cell.source.strip():
            yield f"cell {number}: empty; write a sentence, or delete it"


@gate("cell types", "has its code in code cells, and prose in the others")
def _cell_types(book: Book) -> Iterator[str]:
    for number, cell in book.cells:
        if cell.cell_type == "raw":
            yield f"cell {number}: raw, and so neither run nor read; make it code or prose"
    for number, cell in book.prose:
        # Not as IPython reads it, to which a question is a request for help.
        try:
            nodes = ast.walk(ast.parse(cell.source))
        except SyntaxError:
            continue
        if any(isinstance(node, ast.Assign | ast.Call) for node in nodes):
            yield f"cell {number}: code that is never run; make it a code cell, or fence it"


@gate("headings", "follows every heading with a sentence before any code")
def _sentence_after(book: Book) -> Iterator[str]:
    blocks = list(book.blocks)
    for position, block in enumerate(blocks):
        following = (b.kind for b in blocks[position + 1 :] if b.kind != "heading")
        if block.kind == "heading" and next(following, "code") == "code":
            yield f"cell {block.cell}: no sentence follows the heading {block.text!r}; write one"


@gate("ending", f"ends with the sections {', '.join(ENDING)}")
def _ending(book: Book) -> Iterator[str]:
    last = [block.text for block in book.headings if block.level == 2][-len(ENDING) :]
    if last != ENDING:
        yield f"its last sections are {last}; end with {ENDING}"


@gate("sections", "names, where a section builds on others, sections above it")
def _sections(book: Book) -> Iterator[str]:
    above: list[str] = []
    found = sections.sections(book)
    for section in found:
        for name in section.builds_on:
            if name not in above:
                yield f"the section {section.title!r} builds on {name!r}: that is no section above"
        above.append(section.anchor)
    lines = sum(len(sections.LINE.findall(cell.source)) for _, cell in book.prose)
    if lines != sum(bool(section.builds_on) for section in found):
        yield f"{lines} lines say what is built on; each has to stand right below a '## heading'"
