"""Ways to break an exercise that show when it is answered."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from helpers.notebooks.answers import Answers, Right, Wrong, answers
from helpers.notebooks.exercises import Posed, posed
from tests.mutants import Mutants

PROVED = "exercises proved"


@dataclass
class Lesson:
    """A notebook with one exercise, and the answers that prove it."""

    notebook: NotebookNode
    known: Answers = field(init=False)

    def __post_init__(self) -> None:
        self.known = answers(self.exercise.id)

    @property
    def exercise(self) -> Posed:
        (exercise,) = posed(self.notebook)
        return exercise

    def rewrite(self, old: str, new: str) -> None:
        for cell in self.notebook.cells:
            cell.source = cell.source.replace(old, new)

    def expect(self, *wrong: Wrong) -> None:
        """Put these in the place of the known wrong answers."""
        self.known = replace(self.known, wrong=wrong)

    @property
    def wrong(self) -> Wrong:
        return self.known.wrong[0]


MUTANTS: Mutants[Callable[[Lesson], object]] = Mutants("an exercise, answered")
mutant = MUTANTS.mutant


@mutant("its stub passes", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.rewrite(lesson.exercise.stub, lesson.exercise.solution)


@mutant("its solution does not pass", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.rewrite(lesson.exercise.solution, lesson.exercise.stub + "\n")


@mutant("its solution raises", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.rewrite(lesson.exercise.solution, "undefined\n")


@mutant("a right answer does not pass", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.known = Answers(right=[Right(code=lesson.exercise.stub)])


@mutant("a right answer edits what is not in the solution", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.known = Answers(right=[Right(edit={"no such text": ""})])


@mutant("a wrong answer passes", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.expect(Wrong(lesson.wrong.hint))


@mutant("a wrong answer gets another hint than its own", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.expect(replace(lesson.wrong, hint="something else."))


@mutant("a wrong answer edits what is not in the solution", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.expect(Wrong(lesson.wrong.hint, edit={"no such text": ""}))


@mutant("a check that fails on an answer", caught_by=PROVED)
def _(lesson: Lesson) -> None:
    lesson.expect(replace(lesson.wrong, code="to_fahrenheit = None"))
