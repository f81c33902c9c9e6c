"""The gate on names in code in prose: what the cells around them, or of their section, have."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from helpers.notebooks import sections, statements
from helpers.notebooks.book import Book, tags
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.gates.links import anchor

ABOUT_MORE = ("In practice", "Next")
_SPAN = re.compile(r"`([^`\n]+)`")
_TITLE = re.compile(r"^## +(.+?) *$", re.MULTILINE)


@gate("names", "names in code what its cells have, there or in a section that it builds on")
def _names(book: Book) -> Iterator[str]:
    """What the prose names and nothing near has is in statements.toml, in the order of reading."""
    found, listed = list(_foreign(book)), statements.names(book)
    changes = SequenceMatcher(a=listed, b=[name for _, name in found], autojunk=False)
    for kind, start, end, first, last in changes.get_opcodes():
        if kind == "equal":
            continue
        for name in listed[start:end]:
            yield f"no longer names `{name}`; take it out of [names] in notebooks/statements.toml"
        for number, name in found[first:last]:
            yield (
                f"cell {number}: neither the cells around it nor a section that this one builds on"
                f" have `{name}`; mend it, say what it builds on, or list it in"
                f" notebooks/statements.toml under [names], "
                f"{f'after {listed[start - 1]!r}' if start else 'first'}"
            )


def _foreign(book: Book) -> Iterator[tuple[int, str]]:
    """Each name in code whose words nothing near has, in the order of reading, and its cell."""
    own, places = _words(statements.book(book).text), _Places(book)
    stated = list(statements.stated(book))
    for number, cell in book.prose:
        source = statements.FENCED.sub(statements.blank, cell.source)
        for match in _SPAN.finditer(source):
            near = places.near(number, source[: match.start()])
            known = own if near is None else near & own
            if _words(match[1]) - known and not statements.within(stated, number - 1, match):
                yield number, match[1]


class _Places:
    """Which words of code a piece of prose may name without saying where they are from."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.sections = {section.anchor: section for section in sections.sections(book)}
        self.titles = [(block.cell, block.text) for block in book.headings if block.level == 2]

    def near(self, number: int, before: str) -> set[str] | None:
        """Those of the cells around, and of the section; of a point of the summary, those of the
        sections that show its objective; None for what is about more than the notebook."""
        titles = [text for cell, text in self.titles if cell < number][-1:] + _TITLE.findall(before)
        if not titles or titles[-1] in ABOUT_MORE:
            return None
        cells = self.book.notebook.cells
        # A solution stands some cells below its task.
        below = (each for each in cells[number - 1 : number + 7] if each.cell_type == "markdown")
        examples = "\n".join(piece for each in below for piece in statements.fenced(each.source))
        if titles[-1] == "Summary":
            indices = self._of_objective(before.rpartition("## Summary")[2].count("\n- ") - 1)
            return None if not indices else _words(self._text(indices))
        code = [index for index, cell in enumerate(cells) if cell.cell_type == "code"]
        around = {*[i for i in code if i < number][-2:], *[i for i in code if i >= number][:2]}
        setup = next((i for i in code if "parameters" in tags(cells[i])), -1) + 1
        around |= {i for i in code if i < setup} | self._of_section(anchor(titles[-1]))
        return _words(self._text(around) + examples)

    def _of_section(self, title: str) -> set[int]:
        wanted, taken = [title], dict[str, sections.Section]()
        while wanted:
            title = wanted.pop()
            if title in self.sections and title not in taken:
                taken[title] = self.sections[title]
                wanted += taken[title].builds_on
        return {index for section in taken.values() for index in section.code}

    def _of_objective(self, point: int) -> set[int]:
        objectives = self.book.entry.objectives if self.book.entry else ()
        if not 0 <= point < len(objectives):
            return set()
        tag, cells = f"objective:{objectives[point].id}", self.book.notebook.cells
        codes = (section.code for section in self.sections.values())
        return {i for code in codes if any(tag in tags(cells[j]) for j in code) for i in code}

    def _text(self, indices: set[int]) -> str:
        cells = [self.book.notebook.cells[index] for index in sorted(indices)]
        return statements.Shown.of(cells).text


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))
