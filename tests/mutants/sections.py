"""Ways to break a section, that show when it is run without the others."""

from collections.abc import Callable

from helpers.notebooks.gates import Book
from tests.mutants import Mutants

PROVED = "sections proved"
NOTEBOOK = "02"

MUTANTS: Mutants[Callable[[Book], object]] = Mutants("a notebook's sections")
mutant = MUTANTS.mutant


def rewrite(book: Book, old: str, new: str) -> None:
    [cell] = [each for each in book.notebook.cells if old in each.source]
    cell.source = cell.source.replace(old, new)


@mutant("one that does not run after the setup cell alone, and does not say so", caught_by=PROVED)
def _(book: Book) -> None:
    rewrite(book, "*Builds on [Ask](#Ask).*\n", "")


@mutant("one that takes an import from another", caught_by=PROVED)
def _(book: Book) -> None:
    rewrite(book, "others = [\n", "parse_model(MODEL)\nothers = [\n")


@mutant("one that takes a function from another", caught_by=PROVED)
def _(book: Book) -> None:
    rewrite(book, "names = [\n", "def shown(name):\n    return name\n\n\nnames = [\n")
    rewrite(book, "others = [\n", "shown(MODEL)\nothers = [\n")


@mutant("one whose output another has a part in", caught_by=PROVED)
def _(book: Book) -> None:
    rewrite(book, "names = [\n", "transcribed = []\nnames = [\n")
    rewrite(book, "others = [\n", "print(len(globals().get('transcribed', 'none')))\nothers = [\n")
    [cell] = [each for each in book.notebook.cells if "transcribed', 'none'" in each.source]
    cell.outputs[0].text = "0\n" + cell.outputs[0].text
