"""Gates on what is taught: a cell for each objective, and exercises that check themselves."""

from collections.abc import Iterator

from helpers.checks import NOT_YET
from helpers.notebooks.answers import answers
from helpers.notebooks.book import Book, tags
from helpers.notebooks.exercises import Posed, read
from helpers.notebooks.gates.gate import gate

PREFIX = "objective:"


@gate("objective cells", "shows each objective in the output of a cell that is tagged with its id")
def _objective_cells(book: Book) -> Iterator[str]:
    if book.entry is None:
        return
    wanted = [objective.id for objective in book.entry.objectives]
    shown = set()
    for number, cell in book.cells:
        for tag in tags(cell):
            if not tag.startswith(PREFIX):
                continue
            objective = tag.removeprefix(PREFIX)
            if objective not in wanted:
                yield f"cell {number}: tagged {tag}; its objectives are {', '.join(wanted)}"
            elif cell.get("outputs"):
                shown.add(objective)
    for objective in wanted:
        if objective not in shown:
            yield f"no code cell with an output is tagged {PREFIX}{objective}"


@gate("exercises", "poses exercises with a stub, a check that it fails, and a solution")
def _exercises(book: Book) -> Iterator[str]:
    found = list(read(book.notebook))
    if not found:
        yield "no cell is tagged exercise; end with one or two"
    for exercise in found:
        if isinstance(exercise, str):
            yield exercise
            continue
        if not exercise.said.startswith(NOT_YET):
            said = f"its stored check says {exercise.said!r}, and not 'Not yet: ...'"
            yield f"exercise {exercise.id}: {said}"
        try:
            if not answers(exercise.id).wrong:
                yield f"exercise {exercise.id}: no known wrong answer; add one with its hint"
        except LookupError as error:
            yield str(error)
    checks = [exercise.check for exercise in found if isinstance(exercise, Posed)]
    if checks and ["import checks" in code for code in checks] != [True] + [False] * len(
        checks[1:]
    ):
        yield "the first check, and only that, begins with 'from helpers import checks'"
