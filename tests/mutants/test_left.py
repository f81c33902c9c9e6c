"""A file that a notebook leaves in its folder is noticed, and laid at the right door."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.notebooks.book import Book
from helpers.notebooks.leftovers import files, left_behind
from tests.mutants import Mutant, left


def blamed(folder: Path, change: Callable[[Path], object]) -> list[bool]:
    """Whether each of two notebooks, of which each names a file, leaves something behind."""
    books = []
    for name, file in (("one", "notes.txt"), ("two", "of_another.txt")):
        path = folder / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell(f'open("{file}", "w")')]), path)
        books.append(Book(nbformat.read(path, 4), path))
    (folder / "data.csv").write_text("x")
    before = files(folder)
    change(folder)
    return [any(left_behind(book, before)) for book in books]


@pytest.mark.parametrize("mutant", left.MUTANTS, ids=lambda mutant: mutant.name)
def test_what_is_left_is_noticed(tmp_path: Path, mutant: Mutant[Callable[[Path], object]]) -> None:
    of_one, of_two = blamed(tmp_path, mutant.make)
    assert of_one and of_two == ("no notebook names" in mutant.name)


@pytest.mark.parametrize("twin", left.INNOCENTS, ids=lambda twin: twin.name)
def test_what_is_innocent_is_not(tmp_path: Path, twin: Mutant[Callable[[Path], object]]) -> None:
    assert not blamed(tmp_path, twin.make)[0]
