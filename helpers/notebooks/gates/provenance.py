"""Gates on where outputs come from, and on what the reader is told of that."""

from collections.abc import Iterator

from nbformat import NotebookNode

from helpers.notebooks import provenance
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate


@gate("provenance", "says in its metadata what made its outputs, and they are still those")
def _provenance(book: Book) -> Iterator[str]:
    yield from (f"{problem}; run `make refresh`" for problem in _not_made_so(book.notebook))


def _not_made_so(notebook: NotebookNode) -> Iterator[str]:
    """Why its outputs are not those of its cells, run on the mock with what the lock pins."""
    made = notebook.metadata.get(provenance.KEY)
    if made is None:
        yield f"no metadata.{provenance.KEY}: nobody knows what made its outputs"
        return
    hashes = provenance.hashes(notebook)
    if made.get("backend") != "mock":
        yield f"made on the backend {made.get('backend')!r}, not on 'mock'"
    if made.get("packages") != (locked := provenance.locked_packages()):
        yield f"made with {made.get('packages')}; locked are {locked}"
    if made.get("sources") != hashes["sources"]:
        yield "its cells were changed after its outputs were made"
    if made.get("outputs") != hashes["outputs"]:
        yield "its outputs are not, or not all, those that were made then"


@gate("labelled", "shows below its setup cell that the replies are simulated")
def _labelled(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        shown = "".join(output.get("text", "") for output in cell.outputs)
        if "use_endpoint()" in cell.source and "simulated" not in shown:
            yield f"cell {number}: no word that replies are simulated; run `make refresh`"
