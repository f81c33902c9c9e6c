"""Each broken transcript and exercise is caught by the gate that it names; the sound ones pass."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers.notebooks.exercises import unproved
from helpers.notebooks.gates import Book
from helpers.notebooks.gates.executed import EXECUTED, Execution, problems
from helpers.notebooks.registry import load, select
from helpers.transcript import Transcript
from helpers.transcript import capture as module
from tests.mutants import Mutant, exercises, innocent_sent, sent
from tests.mutants.exercises import Lesson
from tests.shells import shell


@dataclass
class Ran:
    """A notebook with a tool loop, run in this process, and the shell that ran it."""

    execution: Execution
    shell: InteractiveShell

    def execute(self, code: str, cells: int) -> str:
        with capture_output() as captured:
            self.shell.run_cell(code)
        return str(captured.stdout)


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    (notebook,) = select(["04"], load())
    book = Book.open(notebook.path, load())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_BACKEND", "mock")
        patch.setattr(module, "_transcript", transcript := Transcript())
        with shell() as made:
            for _, cell in book.code:
                made.run_cell(cell.source, store_history=True).raise_error()
            execution = Execution(book, book.notebook, copy.deepcopy(transcript))
            yield Ran(execution, made)


def test_every_gate_has_a_mutant_and_an_innocent_twin() -> None:
    assert {mutant.caught_by for mutant in sent.MUTANTS} == EXECUTED.keys()
    assert {twin.caught_by for twin in innocent_sent.INNOCENTS} == EXECUTED.keys()


def test_the_sound_transcript_passes(ran: Ran) -> None:
    assert not problems(ran.execution)


@pytest.mark.parametrize("mutant", sent.MUTANTS, ids=lambda mutant: mutant.name)
def test_its_gate_catches_a_broken_transcript(
    ran: Ran, mutant: Mutant[Callable[[Execution], object]]
) -> None:
    broken = copy.deepcopy(ran.execution)
    mutant.make(broken)
    assert any(EXECUTED[mutant.caught_by].check(broken))


@pytest.mark.parametrize("twin", innocent_sent.INNOCENTS, ids=lambda twin: twin.name)
def test_what_is_innocent_passes_its_gate(
    ran: Ran, twin: Mutant[Callable[[Execution], object]]
) -> None:
    sound = copy.deepcopy(ran.execution)
    twin.make(sound)
    assert not list(EXECUTED[twin.caught_by].check(sound))


def test_the_sound_exercise_is_proved(ran: Ran) -> None:
    assert not list(unproved(ran.execution.executed, ran.execute))


@pytest.mark.parametrize("mutant", exercises.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_exercise_is_not_proved(
    ran: Ran, mutant: Mutant[Callable[[Lesson], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Lesson(copy.deepcopy(ran.execution.executed))
    mutant.make(broken)
    monkeypatch.setattr("helpers.notebooks.exercises.answers", lambda id: broken.known)
    assert any(unproved(broken.notebook, ran.execute))
