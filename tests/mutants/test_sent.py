"""Each broken transcript is caught by the gate that it names, and the sound one passes."""

import copy
from collections.abc import Callable, Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import transcript as module
from helpers.notebooks.gates import Book
from helpers.notebooks.gates.executed import EXECUTED, Execution, problems
from helpers.notebooks.registry import load, select
from helpers.transcript import Transcript
from tests.mutants import Mutant, sent


@pytest.fixture(scope="module")
def execution() -> Iterator[Execution]:
    """A notebook with a tool loop, run in this process."""
    (notebook,) = select(["04"], load())
    book = Book.open(notebook.path, load())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_BACKEND", "mock")
        patch.setattr(module, "_transcript", transcript := Transcript())
        shell = InteractiveShell.instance()
        try:
            for _, cell in book.code:
                shell.run_cell(cell.source, store_history=True).raise_error()
        finally:
            InteractiveShell.clear_instance()
        yield Execution(book, book.notebook, transcript)


def test_every_gate_has_a_mutant() -> None:
    assert {mutant.caught_by for mutant in sent.MUTANTS} == EXECUTED.keys()


def test_the_sound_transcript_passes(execution: Execution) -> None:
    assert not problems(execution)


@pytest.mark.parametrize("mutant", sent.MUTANTS, ids=lambda mutant: mutant.name)
def test_its_gate_catches_a_broken_transcript(
    execution: Execution, mutant: Mutant[Callable[[Execution], object]]
) -> None:
    broken = copy.deepcopy(execution)
    mutant.make(broken)
    assert list(EXECUTED[mutant.caught_by].check(broken))
