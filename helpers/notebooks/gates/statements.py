"""Gates on what prose states without bold; what a statement is: `helpers.notebooks.statements`."""

import re
from collections.abc import Iterator

from helpers.notebooks import statements
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.prose import HEADER, occurs


@gate(
    "statements",
    "states what notebooks/statements.toml has of it, and its cells show that it is so",
)
def _statements(book: Book) -> Iterator[str]:
    prose = [(number - 1, cell.source) for number, cell in book.prose]
    for statement, own in statements.of(book):
        places = [index for index, source in prose if statement.places(source)]
        if own and not places:
            yield f"no longer says {statement.phrase!r}; mend or delete its line in statements.toml"
        for index in places if not statement.known else ():
            try:
                shown = statements.holds(statement, book, index)
            # Whatever an expression raises: what it looks for is not there.
            except Exception as error:  # noqa: BLE001
                yield f"cell {index + 1}: {statement.phrase!r}: {statement.why} fails: {error!r}"
                continue
            if not shown:
                yield f"cell {index + 1} says {statement.phrase!r}, but not so: {statement.why}"


_DIGITS = re.compile(r"(?<![\w.,/#^-])(?<!notebook )(?<!steps )(?<!step )\d+(?:[.,]\d+)*(?![\w/-])")
# What is fenced, in bold (claims), a link (which has gates of its own), or an address.
_HIDDEN = re.compile(
    r"^```.*?^```|\*\*[^*\n]+\*\*|<[^>]*>|\[[^\]]*\]\((?:[^()]|\([^()]*\))*\)|https?://\S+",
    re.MULTILINE | re.DOTALL,
)


@gate("numbers", "has no number in its prose that no cell shows, and no statement accounts for")
def _numbers(book: Book) -> Iterator[str]:
    stated = list(statements.stated(book))
    for number, cell in book.prose:
        shown = statements.around(book, number - 1)
        text = f"{shown.text}\n" + "\n".join(statements.fenced(cell.source))
        source = HEADER.sub(statements.blank, _HIDDEN.sub(statements.blank, cell.source))
        for match in _DIGITS.finditer(source):
            if occurs(match[0], text) or statements.within(stated, number - 1, match):
                continue
            yield (
                f"cell {number}: no cell of its section shows {match[0]}; say in"
                f" notebooks/statements.toml where it is from, in: {_context(cell.source, match)}"
            )


def _context(source: str, match: re.Match[str]) -> str:
    return " ".join(source[max(0, match.start() - 40) : match.end() + 40].split())
