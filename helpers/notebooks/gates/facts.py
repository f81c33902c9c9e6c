"""Gates on what prose states without bold; what a fact is: `helpers.notebooks.facts`."""

import re
from collections.abc import Iterator

from helpers.notebooks import facts, prose, sections
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.gates.links import anchor
from helpers.notebooks.gates.prose import ENDING


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
        source = prose.HEADER.sub(_blank, _HIDDEN.sub(_blank, cell.source))
        for match in _DIGITS.finditer(source):
            if prose.occurs(match[0], text) or _stated(stated, number - 1, match):
                continue
            yield (
                f"cell {number}: no cell of its section shows {match[0]}; say in"
                f" notebooks/facts.toml where it is from, in: {_context(cell.source, match)}"
            )


_SPAN = re.compile(r"`([^`\n]+)`")


@gate("names", "names in code what its cells have, there or in a section that it builds on")
def _names(book: Book) -> Iterator[str]:
    stated, own = list(facts.stated(book)), _words(facts.book(book).text)
    declared = facts.names(book)
    headings = [block for block in book.headings if block.level == 2]
    found = {each.anchor: each for each in sections.sections(book)}
    for number, cell in book.prose:
        source = facts.FENCED.sub(_blank, cell.source)
        # The titles of the sections that the cell is in: one that begins in it, and the one before.
        above = [block.text for block in headings if block.cell < number][-1:]
        titles = above + [block.text for block in headings if block.cell == number]
        about_all = not titles or any(title in ENDING for title in titles)
        near = None if about_all else _words(_near(book, number, titles, found).text)
        for match in _SPAN.finditer(source):
            words = _words(match[1])
            if match[1] in declared or _stated(stated, number - 1, match):
                continue
            if strange := sorted(words - own):
                yield (
                    f"cell {number}: no cell has {', '.join(strange)} in `{match[1]}`; mend it, or"
                    " list it under [names] in notebooks/facts.toml"
                )
            elif near is not None and (far := sorted(words - near)):
                yield (
                    f"cell {number}: neither the cells around it nor a section that this one builds"
                    f" on have {', '.join(far)} in `{match[1]}`; mend it, or say what it builds on"
                )


def _near(
    book: Book, number: int, titles: list[str], found: dict[str, sections.Section]
) -> facts.Shown:
    """The code of these sections and of those that they build on, and two cells around."""
    cells, wanted = book.notebook.cells, [anchor(title) for title in titles]
    taken: set[str] = set()
    while wanted:
        title = wanted.pop()
        if title in found and title not in taken:
            taken.add(title)
            wanted += found[title].builds_on
    code = [index for index, cell in enumerate(cells) if cell.cell_type == "code"]
    indices = {index for title in taken for index in found[title].code}
    indices |= {*[i for i in code if i < number - 1][-2:], *[i for i in code if i >= number][:2]}
    shown = facts.Shown.of([cells[index] for index in sorted(indices)])
    return facts.Shown(shown.code, "\n".join([shown.out, *facts.fenced(cells[number - 1].source)]))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))


def _stated(stated: list[tuple[int, int, int]], cell: int, match: re.Match[str]) -> bool:
    return any(
        cell == place and start <= match.start() and match.end() <= end
        for place, start, end in stated
    )


def _context(source: str, match: re.Match[str]) -> str:
    return " ".join(source[max(0, match.start() - 40) : match.end() + 40].split())


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match[0])
