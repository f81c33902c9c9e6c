"""The registry and the folder agree; other promises are checked where a notebook is collected."""

from pathlib import Path

from helpers.notebooks import gates
from helpers.notebooks.registry import REGISTRY, Notebook, load

FOLDER = REGISTRY.parent


def test_the_registrys_notebooks_are_on_disk() -> None:
    assert not gates.missing(FOLDER, load())


def test_a_listed_notebook_that_is_not_on_disk_is_named(tmp_path: Path) -> None:
    first: Notebook = load()[0]
    assert any(first.path.name in problem for problem in gates.missing(tmp_path, [first]))
