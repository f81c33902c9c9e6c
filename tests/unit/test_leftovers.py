"""A file that a notebook leaves in its folder is noticed, and laid at the right door."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.notebooks.book import Book
from helpers.notebooks.leftovers import files, left_behind


@pytest.fixture
def books(tmp_path: Path) -> list[Book]:
    """Two notebooks; the second names a file."""
    made = []
    for name, code in (("one", "1 + 1"), ("two", 'open("notes.txt", "w")')):
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell(code)]), path)
        made.append(Book(nbformat.read(path, 4), path))
    return made


def blamed(books: list[Book], before: frozenset[Path]) -> list[list[str]]:
    return [[text.split()[1] for text in left_behind(book, before)] for book in books]


def test_a_file_is_left_by_who_names_it_and_else_by_any(tmp_path: Path, books: list[Book]) -> None:
    before = files(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert blamed(books, before) == [[], ["notes.txt"]]
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "secret.bin").write_bytes(b"x")
    assert blamed(books, before)[0] == [str(Path("more", "secret.bin"))]


def test_what_was_there_and_what_git_ignores_is_not_left(tmp_path: Path, books: list[Book]) -> None:
    (tmp_path / "data.csv").write_text("x")
    before = files(tmp_path)
    (tmp_path / "data.csv").write_text("changed")
    for folder in ("pictures", ".ipynb_checkpoints", "__pycache__"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.png").write_bytes(b"x")
    assert blamed(books, before) == [[], []]
