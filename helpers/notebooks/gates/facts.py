"""Gates on what prose states without bold; what a fact is: `helpers.notebooks.facts`."""

import re
from collections.abc import Iterator

from helpers.notebooks import facts, prose
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate


@gate("facts", "states what notebooks/facts.toml has of it, and its cells show that it is so")
def _facts(book: Book) -> Iterator[str]:
    for fact, own in facts.of(book):
        places = [
            index
            for index, cell in enumerate(book.notebook.cells)
            if cell.cell_type == "markdown" and fact.places(cell.source)
        ]
        if own and not places:
            yield f"no longer says {fact.phrase!r}; change or delete that line of facts.toml"
        for index in places if not fact.known else ():
            try:
                shown = facts.holds(fact, book, index)
            # Whatever an expression raises: what it looks for is not there.
            except Exception as error:  # noqa: BLE001
                yield f"cell {index + 1}: {fact.phrase!r}: {fact.why} fails: {error!r}"
                continue
            if not shown:
                yield f"cell {index + 1} says {fact.phrase!r}, but it is not so that {fact.why}"


_DIGITS = re.compile(r"(?<![\w.,/#-])(?<!notebook )(?<!steps )(?<!step )\d+(?:[.,]\d+)*(?![\w/-])")
# What is fenced, in bold (claims), a link (which has gates of its own), or an address.
_HIDDEN = re.compile(
    r"^```.*?^```|\*\*[^*\n]+\*\*|<[^>]*>|\[[^\]]*\]\([^)]*\)|https?://\S+",
    re.MULTILINE | re.DOTALL,
)


@gate("numbers", "has no number in its prose that no cell shows, and no fact accounts for")
def _numbers(book: Book) -> Iterator[str]:
    stated = list(facts.stated(book))
    for number, cell in book.prose:
        shown = facts.around(book, number - 1)
        text = f"{shown.text}\n" + "\n".join(facts.fenced(cell.source))
        source = prose.HEADER.sub(facts.blank, _HIDDEN.sub(facts.blank, cell.source))
        for match in _DIGITS.finditer(source):
            if prose.occurs(match[0], text) or facts.within(stated, number - 1, match):
                continue
            yield (
                f"cell {number}: no cell of its section shows {match[0]}; say in"
                f" notebooks/facts.toml where it is from, in: {_context(cell.source, match)}"
            )


def _context(source: str, match: re.Match[str]) -> str:
    return " ".join(source[max(0, match.start() - 40) : match.end() + 40].split())
