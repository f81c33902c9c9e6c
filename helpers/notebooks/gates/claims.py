"""Gates on what prose says of outputs; the form of a claim: `helpers.notebooks.prose`."""

from collections.abc import Iterator

from helpers.notebooks import prose, provenance
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate

# The simulated model's replies say what to set.
SETTINGS = ("CLARIFAI_PAT", "CLARIFAI_BASE_URL", "CLARIFAI_BACKEND")


@gate("claims", "says in bold code nothing of an output that the output does not show")
def contradictions(book: Book) -> Iterator[str]:
    """Claims that are in none of the forms, about no cell, or about text that no output shows."""
    for claim in prose.claims(book.notebook):
        if claim.cell is None:
            yield claim.says("no code cell is above it; take the bold or the code away")
        elif not claim.sound:
            yield claim.says("that is no form of a claim (see helpers/notebooks/prose.py)")
        elif claim.shown and not prose.occurs(claim.shown, prose.output_text(claim.cell)):
            yield claim.says("the output above does not show that")


@gate("unclaimed", "repeats right after a cell nothing of its output without claiming it")
def unclaimed(book: Book) -> Iterator[str]:
    """Numbers, quotations and code, up to the next heading, that the output above shows as well.

    What stands in the cell's source is what the reader put in, and need not be claimed; nor need
    what is claimed once be claimed again.
    """
    claimed: dict[int, list[str]] = {}
    for claim in prose.claims(book.notebook):
        claimed.setdefault(id(claim.cell), []).append(claim.text)
    cell, reading = None, False
    for number, each in book.cells:
        if each.cell_type == "code":
            # What a check says to the stub is not what the notebook teaches.
            cell, reading = each, "check" not in each.metadata.get("tags", [])
        if each.cell_type != "markdown" or cell is None:
            continue
        known = "\n".join([cell.source, *claimed.get(id(cell), [])])
        shown = prose.output_text(cell)
        for block in prose.blocks(each.source):
            reading = reading and not block.heading
            for text, sentence in block.values() if reading else ():
                repeated = prose.occurs(text, shown) and not prose.occurs(text, known)
                if repeated and text not in SETTINGS:
                    yield (
                        f"cell {number} ({each.get('id', 'no id')}): {text!r} is in the output"
                        f" above; claim it as **`{text}`**, in: {sentence}"
                    )


@gate("header", "names its minutes, requests, tokens and the versions that it works with")
def _header(book: Book) -> Iterator[str]:
    header = prose.header(book.notebook)
    if header is None:
        yield f"one paragraph has to be just {prose.HEADER_FORM!r}"
    elif book.entry and header[0] != book.entry.minutes:
        yield f"{header[0]} minutes in its opening, {book.entry.minutes} in the registry"
    made = book.notebook.metadata.get(provenance.KEY, {}).get("packages", {})
    works = prose.works_with(book.notebook, made)
    if not any(works in cell.source for _, cell in book.prose):
        yield "its opening names other versions than it works with; run `make refresh`"
