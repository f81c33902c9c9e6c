"""The list of the notebooks follows the registry."""

from dataclasses import replace

import pytest

from helpers.notebooks.contents import contents
from helpers.notebooks.registry import load


@pytest.mark.parametrize(
    "change", [{"title": "Something else"}, {"minutes": 999}, {"backends": ("live",)}]
)
def test_another_registry_gives_another_list(change: dict[str, object]) -> None:
    first, *others = load()
    assert contents([replace(first, **change), *others]) != contents(load())  # type: ignore[arg-type]
    assert contents(others) != contents(load())


def test_it_names_every_notebook_with_what_it_needs() -> None:
    notebooks = load()
    rows = contents(notebooks).splitlines()[-len(notebooks) :]
    for notebook, row in zip(notebooks, rows, strict=True):
        assert row.count("|") == 6
        assert f"({notebook.path.name})" in row
        assert all(objective.text in row for objective in notebook.objectives)
        assert "| " + str(notebook.minutes) + " |" in row
        assert "|  |" not in row, f"{notebook.name}: its opening does not say what it needs"
