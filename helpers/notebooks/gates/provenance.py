"""Gates on where outputs come from, and on what the reader is told of that."""

from collections.abc import Iterator

from helpers.notebooks import provenance
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate


@gate("provenance", "says in its metadata what made its outputs, and they are still those")
def _provenance(book: Book) -> Iterator[str]:
    yield from (f"{problem}; run `make refresh`" for problem in provenance.problems(book.notebook))


@gate("labelled", "shows below its setup cell that the replies are simulated")
def _labelled(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        shown = "".join(output.get("text", "") for output in cell.outputs)
        if "use_endpoint()" in cell.source and "simulated" not in shown:
            yield f"cell {number}: no word that replies are simulated; run `make refresh`"
