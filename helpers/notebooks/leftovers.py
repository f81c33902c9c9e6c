"""What a notebook leaves behind in its folder, where the next reader or commit would find it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from helpers.notebooks.book import Book
from helpers.notebooks.gates.reach import OWN_FOLDERS

_NOT_LEFT = frozenset({*OWN_FOLDERS, ".ipynb_checkpoints", "__pycache__", "node_modules"})


def files(folder: Path) -> frozenset[Path]:
    """The files below a folder, without those that git ignores there."""
    return frozenset(
        path
        for path in folder.rglob("*")
        if _NOT_LEFT.isdisjoint(path.relative_to(folder).parts) and path.is_file()
    )


def left_behind(book: Book, before: frozenset[Path]) -> Iterator[str]:
    """The files that were not there `before`, unless they are named in another notebook alone.

    Notebooks run at the same time: a file that none of them names may be anybody's.
    """
    folder = book.path.parent
    for path in sorted(files(folder) - before):
        naming = [
            notebook
            for notebook in folder.glob("*.ipynb")
            if path.name in notebook.read_text("utf-8")
        ]
        if not naming or book.path in naming:
            yield (
                f"leaves {path.relative_to(folder)} in its folder; write to a folder of `tempfile`"
            )
