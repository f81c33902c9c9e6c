"""Each broken section fails when it is run without the others; the sound ones do not."""

import copy
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from helpers.notebooks.gates import Book
from helpers.notebooks.jobs import Job, Pool, Result, cores
from helpers.notebooks.registry import load, select
from helpers.notebooks.sections import Excerpt, parts
from tests.mutants import Mutant, sections

SOUND = "sound"


@dataclass
class Run:
    book: Book
    part: Excerpt
    job: Job
    result: Result

    def problems(self) -> Iterator[str]:
        return self.part.problems(self.result.problem, self.job.executed, self.book)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Run]]:
    """By the name of the mutant: the runs of all parts of the broken notebook."""
    folder = tmp_path_factory.mktemp("parts")
    (notebook,) = select([sections.NOTEBOOK], load())
    planned = []
    for mutant in (None, *sections.MUTANTS):
        book = Book.open(notebook.path, load())
        if mutant:
            mutant.make(book)
        for part in parts(book):
            job = Job(
                notebook,
                folder / f"{len(planned)}.ipynb",
                os.environ | {"CLARIFAI_BACKEND": "mock"},
                part=part.notebook,
            )
            planned.append((mutant.name if mutant else SOUND, book, part, job))
    pool = Pool([job for *_, job in planned], 4 * cores())
    found: dict[str, list[Run]] = {}
    for (name, book, part, job), result in zip(planned, pool.results, strict=True):
        found.setdefault(name, []).append(Run(book, part, job, result.result()))
    return found


def test_the_sound_sections_are_proved(runs: dict[str, list[Run]]) -> None:
    assert not [problem for run in runs[SOUND] for problem in run.problems()]
    proved = [section.title for run in runs[SOUND] for section in run.part.proves]
    assert len(proved) == len(set(proved)) >= 4


@pytest.mark.parametrize("mutant", sections.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_section_is_not_proved(
    runs: dict[str, list[Run]], mutant: Mutant[Callable[[Book], object]]
) -> None:
    assert [problem for run in runs[mutant.name] for problem in run.problems()]


def test_a_section_that_needs_all_above_it_is_left_to_the_whole_notebook() -> None:
    (notebook,) = select([sections.NOTEBOOK], load())
    book = Book.open(notebook.path, load())
    assert "Read the reply" not in [s.title for part in parts(book) for s in part.proves]
    alone = copy.deepcopy(book)
    next(iter(sections.MUTANTS)).make(alone)
    assert "Read the reply" in [s.title for part in parts(alone) for s in part.proves]


def test_the_code_of_other_sections_is_not_in_a_part() -> None:
    (notebook,) = select([sections.NOTEBOOK], load())
    book = Book.open(notebook.path, load())
    for part in parts(book):
        kept = {n for n, cell in enumerate(part.notebook.cells) if cell.cell_type == "code"}
        assert kept >= {position for section in part.proves for position in section.code}
        assert kept < {n for n, cell in enumerate(book.notebook.cells) if cell.cell_type == "code"}
