"""Gates on diagrams: a reader sees an error in the place of one that cannot be drawn."""

from collections.abc import Iterator

from helpers.notebooks import mermaid
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate


@gate("diagrams", "draws diagrams that can be drawn, of participants that are introduced")
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
