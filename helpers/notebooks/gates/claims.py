"""Gates on what prose says of outputs; the form of a claim: `helpers.notebooks.prose`."""

from collections.abc import Iterator

from helpers.notebooks import prose
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate


@gate("claims", "says in bold code nothing of an output that the output does not show")
def _claims(book: Book) -> Iterator[str]:
    yield from prose.contradictions(book.notebook)


@gate("unclaimed", "repeats right after a cell nothing of its output without claiming it")
def _unclaimed(book: Book) -> Iterator[str]:
    yield from prose.unclaimed(book.notebook)


@gate("header", "names the registry's minutes, its requests and its tokens before any code")
def _header(book: Book) -> Iterator[str]:
    header = prose.header(book.notebook)
    if header is None:
        yield f"one paragraph has to be just {prose.HEADER_FORM!r}"
    elif book.entry and header[0] != book.entry.minutes:
        yield f"{header[0]} minutes in its opening, {book.entry.minutes} in the registry"
