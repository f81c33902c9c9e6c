"""Every notebook keeps every promise, and no promise is empty: `tests/mutants/`."""

from pathlib import Path

import pytest

from helpers.notebooks import gates
from helpers.notebooks.registry import REGISTRY, Notebook, load

FOLDER = REGISTRY.parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_keeps_every_promise(path: Path) -> None:
    found = gates.problems(gates.Book.open(path, load()))
    if found:
        lines = [f"[{name}] {text}" for name, texts in found.items() for text in texts]
        pytest.fail("\n".join(lines), pytrace=False)


def test_the_registrys_notebooks_are_on_disk() -> None:
    assert not gates.missing(FOLDER, load())


def test_a_listed_notebook_that_is_not_on_disk_is_named(tmp_path: Path) -> None:
    first: Notebook = load()[0]
    assert any(first.path.name in problem for problem in gates.missing(tmp_path, [first]))
