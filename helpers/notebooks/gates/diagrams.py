"""Gates on diagrams: a reader sees an error in the place of one that cannot be drawn."""

from collections.abc import Iterator

from helpers.notebooks import mermaid
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate


@gate("diagrams", "draws diagrams that can be drawn, and as a cell drew what was sent")
def _diagrams(book: Book) -> Iterator[str]:
    for number, cell in book.cells:
        texts = [cell.source] if cell.cell_type == "markdown" else []
        texts += [
            output.data["text/markdown"]
            for output in cell.get("outputs", [])
            if "text/markdown" in output.get("data", {})
        ]
        for diagram in (diagram for text in texts for diagram in mermaid.diagrams(text)):
            yield from (f"cell {number}: {problem}" for problem in mermaid.problems(diagram))
    yield from _otherwise(book)


def _otherwise(book: Book) -> Iterator[str]:
    """Diagrams in prose of the same participants as one that a cell drew, in which others speak."""
    drawn = [
        mermaid.arrows(diagram)
        for _, cell in book.code
        for output in cell.outputs
        for diagram in mermaid.diagrams(output.get("data", {}).get("text/markdown", ""))
    ]
    for number, cell in book.prose:
        for diagram in mermaid.diagrams(cell.source):
            said = mermaid.arrows(diagram)
            alike = [each for each in drawn if {*sum(each, ())} == {*sum(said, ())}]
            if alike and said not in alike:
                yield f"cell {number}: it draws {said}; what was sent is {alike[0]}"
