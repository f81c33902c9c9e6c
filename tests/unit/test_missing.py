"""An error for what is not there yet says which cell makes it, in whatever order cells are run."""

import os
from pathlib import Path

import nbformat
import pytest

from helpers.missing import FIRST, Cell, advice, read
from helpers.notebooks.jobs import Job
from tests.unit.conftest import MakeNotebook

SETUP = "from helpers import use_endpoint\n\nuse_endpoint()"
IN_A_GROUP = "raise ExceptionGroup('of tasks', [NameError(name='question')])"
KEY = "import os\n\nkey = os.environ['CLARIFAI_PAT']"


def problem(make: MakeNotebook, folder: Path, sources: list[str], order: list[int]) -> str | None:
    """How a notebook's cells end in a kernel when they are run in this order."""
    notebook = make(folder, "01_asks", *sources)
    part = nbformat.read(notebook.path, 4)
    code = part.cells[1:]
    part.cells = [nbformat.v4.new_code_cell(code[n].source) for n in order]
    environment = {name: value for name, value in os.environ.items() if "CLARIFAI" not in name}
    return Job(notebook, folder / "copy.ipynb", environment, part=part).run().problem


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ([3], "`question` comes from the cell in “01_asks” with the line `question = 1`. " + FIRST),
        ([1], "`use_endpoint` comes from the cell in “01_asks” with the line `from helpers"),
        ([0, 3], "`question` comes from the cell in"),
        ([0, 4], "`question` comes from the cell in"),
    ],
)
def test_a_kernel_tells_before_the_setup_and_after_it(
    make_notebook: MakeNotebook, tmp_path: Path, order: list[int], told: str
) -> None:
    sources = [SETUP, KEY, "question = 1", "question + 1", IN_A_GROUP]
    said = problem(make_notebook, tmp_path, sources, order)
    assert said and told in said


def test_an_error_of_another_kind_stays_as_it_is(
    make_notebook: MakeNotebook, tmp_path: Path
) -> None:
    said = problem(make_notebook, tmp_path, [SETUP, "{}['a']", "a = 1"], [0, 1])
    assert said and said.endswith("KeyError: 'a'")


LACKS = {name: NameError(name=name) for name in "abc"}


def cells(*sources: str) -> list[Cell]:
    """A cell for each, `a` for one that makes it and `-a` for one that uses it."""
    return [
        Cell(f"{source} {n}", f"Part {n}", *(frozenset(x) for x in made_and_used(source)))
        for n, source in enumerate(sources)
    ]


def made_and_used(source: str) -> tuple[set[str], set[str]]:
    used = source.removeprefix("-")
    return (set(), {used}) if used != source else ({source}, set())


@pytest.fixture(autouse=True)
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLARIFAI_API_BASE", "http://127.0.0.1")


def test_of_several_cells_the_nearest_above_is_named() -> None:
    found = advice(LACKS["a"], cells("a", "b", "a", "-a", "a"), ["-a 3"])
    assert found and "“Part 2”" in found and FIRST in found


def test_a_cell_below_is_named_where_none_is_above() -> None:
    found = advice(LACKS["b"], cells("a", "b"), ["a 0"])
    assert found and found.startswith("`b` comes from below, the cell in “Part 1”")
    assert advice(LACKS["c"], cells("a", "b"), ["a 0"]) is None


def test_a_name_that_another_cell_has_made_since_is_named() -> None:
    there = cells("a", "-a", "a")
    found = advice(ValueError(), there, ["a 0", "a 2", "-a 1"])
    assert found and found.startswith("`a` was made last by the cell in “Part 2”")
    assert "from the cell in “Part 0”" in found and FIRST in found
    assert advice(ValueError(), there, ["a 2", "a 0", "-a 1"]) is None
    assert advice(ValueError(), there, ["a 2", "an answer of the reader's"]) is None


def test_the_setup_cell_is_not_told_to_run_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLARIFAI_API_BASE")
    there = cells("use_endpoint", "a")
    assert advice(ValueError(), there, ["use_endpoint 0"]) is None
    assert "Part 0" in str(advice(ValueError(), there, ["a 1"]))


def test_the_notebook_is_the_one_whose_cells_were_run(
    make_notebook: MakeNotebook, tmp_path: Path
) -> None:
    made = [make_notebook(tmp_path, f"0{n}_x", f"a = {n}", "%time b = 1").path for n in range(3)]
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    found = read([tmp_path / "broken.ipynb", *made], ["a = 1", ""])
    assert [cell.source for cell in found] == ["a = 1", "%time b = 1"]
    assert [cell.makes for cell in found] == [{"a"}, set()]
