"""Each broken copy of a notebook is caught by the gate that it names, and the sound one passes."""

import copy
import io
import os
import pickle
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from helpers.notebooks import gates
from helpers.notebooks.gates import Book
from helpers.notebooks.registry import PROJECT, REGISTRY, load
from tests.mutants import Mutant, executed, stored
from tests.mutants import innocent as innocents

NOTEBOOKS = sorted(REGISTRY.parent.glob("*.ipynb"))


def by_name(mutant: object) -> str:
    return mutant.name if isinstance(mutant, Mutant) else str(mutant)


@pytest.fixture(scope="module", autouse=True)
def _unvalidated() -> Iterator[None]:
    """To validate each cell that is added took a seventh of the time of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nbformat.v4.nbbase.validate", lambda *_, **__: None)
        yield


@pytest.fixture(scope="module")
def books() -> list[Book]:
    return [Book.open(path, load()) for path in NOTEBOOKS]


@pytest.fixture(scope="module")
def copied(books: list[Book]) -> Callable[[], Iterator[Book]]:
    """Copies of the books, in a small part of the time that `copy.deepcopy` takes."""
    pickled = [(book, dumped(book.notebook)) for book in books]
    return lambda: (replace(book, notebook=pickle.loads(data)) for book, data in pickled)


def dumped(notebook: NotebookNode) -> bytes:
    """Pickled so that a node is filled at once, and not by a call for each of its items."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.dispatch_table = {NotebookNode: lambda node: (filled, (dict(node),))}
    pickler.dump(notebook)
    return file.getvalue()


def filled(items: dict[str, object]) -> NotebookNode:
    node = NotebookNode()
    dict.update(node, items)
    return node


@pytest.fixture(scope="module")
def before(books: list[Book]) -> Callable[[str], list[list[str]]]:
    """What a gate finds in each of the sound notebooks."""
    return cache(lambda gate: [list(gates.GATES[gate].check(book)) for book in books])


def test_every_gate_has_a_mutant() -> None:
    assert {mutant.caught_by for mutant in stored.MUTANTS} == gates.GATES.keys()


def test_every_gate_has_an_innocent_twin() -> None:
    assert {innocent.caught_by for innocent in innocents.INNOCENTS} == gates.GATES.keys()


def test_the_sound_notebooks_pass(books: list[Book]) -> None:
    assert books
    assert not [gates.problems(book) for book in books if gates.problems(book)]


@pytest.mark.parametrize("mutant", stored.MUTANTS, ids=by_name)
def test_its_gate_catches_a_broken_file(
    copied: Callable[[], Iterator[Book]], mutant: Mutant[Callable[[Book], object]]
) -> None:
    for broken in copied():
        mutant.make(broken)
        assert any(gates.GATES[mutant.caught_by].check(broken)), broken.path.name


@pytest.mark.parametrize("innocent", innocents.INNOCENTS, ids=by_name)
def test_its_gate_lets_an_innocent_file_pass(
    copied: Callable[[], Iterator[Book]],
    before: Callable[[str], list[list[str]]],
    innocent: Mutant[Callable[[Book], object]],
) -> None:
    found = before(innocent.caught_by)
    for sound, expected in zip(copied(), found, strict=True):
        innocent.make(sound)
        assert list(gates.GATES[innocent.caught_by].check(sound)) == expected, sound.path.name


def test_no_gate_repeats_a_key(books: list[Book]) -> None:
    """A finding goes to a build log, which more people read than the notebook."""
    book = copy.deepcopy(books[0])
    stored.a_pat_in_prose(book)
    assert stored.PAT not in str(gates.problems(book))


# --- Executed -------------------------------------------------------------------------------------

# An escape sequence as a JUnit report has it: XML cannot hold the escape character itself.
COLOUR = re.compile(r"#x1B\[[0-9;]*m")
HANGS = "hangs"
LIMIT = "--nbval-cell-timeout=1"  # for the cell that hangs; others have what a busy machine needs
PAIRS = {mutant.name: mutant.make() for mutant in executed.MUTANTS}
if sys.platform == "win32":
    PAIRS = {name: pair for name, pair in PAIRS.items() if not pair.not_on_windows}
SHARED = [pair for pair in PAIRS.values() if not pair.own_kernel]
ALONE = {name: pair for name, pair in PAIRS.items() if pair.own_kernel}
Failures = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Failures:
    """What a run of pytest, in kernels as this run's, says of the sound and the broken cells.

    (notebook, cell) -> failure.
    """
    folder, apart = (tmp_path_factory.mktemp(name) for name in ("notebooks", HANGS))
    write(folder / "sound.ipynb", [pair.sound for pair in PAIRS.values()])
    write(folder / "broken.ipynb", [pair.broken for pair in SHARED])
    for number, (name, pair) in enumerate(ALONE.items()):
        write((apart if name == HANGS else folder) / f"broken_{number}.ipynb", [pair.broken])
    return run(folder) | run(apart, LIMIT)


def run(folder: Path, *more: str) -> Failures:
    report = folder / "report.xml"
    options = ["-c", PROJECT / "pyproject.toml", "-p", "no:cacheprovider", "--color=no", *more]
    subprocess.run(
        [sys.executable, "-m", "pytest", folder, *options, f"--junitxml={report}"],
        # A key and a backend that the run has to take away.
        env=os.environ | {"CLARIFAI_PAT": "0" * 32, "CLARIFAI_BACKEND": "live"},
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return read(report)


def write(path: Path, cells: list[NotebookNode]) -> None:
    nbformat.write(executed.notebook(cells), path)


def read(report: Path) -> Failures:
    return {
        (Path(case.attrib["classname"]).name.split(".")[-2], case.attrib["name"]): "".join(
            COLOUR.sub("", failure.text or "") for failure in case.findall("failure")
        )
        for case in ElementTree.parse(report).iter("testcase")
    }


def test_the_sound_cells_pass(failures: Failures) -> None:
    sound = {cell: text for (book, cell), text in failures.items() if book == "sound"}
    assert len(sound) == len(PAIRS)
    assert not "".join(sound.values())


@pytest.mark.parametrize("name", PAIRS)
def test_a_broken_cell_fails_and_says_why(failures: Failures, name: str) -> None:
    pair = PAIRS[name]
    if pair.own_kernel:
        text = failures[f"broken_{[*ALONE].index(name)}", "Cell 0"]
    else:
        text = failures["broken", f"Cell {SHARED.index(pair)}"]
    assert pair.says in text
