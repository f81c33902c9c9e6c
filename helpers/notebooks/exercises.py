"""The exercises of a notebook: found by their tags, and proved in its kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from helpers.checks import CORRECT, NOT_YET, find
from helpers.notebooks.answers import Right, Wrong, answers
from helpers.notebooks.book import tags
from helpers.notebooks.engine import Execute

SOLUTION = re.compile(
    r"<details>\s*<summary>.*?</summary>.*?```python\n(.*?)```.*?</details>", re.S
)
PREFIX = "exercise:"

# What an answer leaves behind must not help or harm the next one. Of what it raises, the name and
# the message are read; to lay out the rest took as long as all else that answers do.
REMEMBER = """\
%xmode Minimal
def _copies(names):
    return {
        name: value.copy() if isinstance(value, (list, dict)) else value
        for name, value in names.items()
        if not name.startswith("_")
    }
def _restore():
    for name in [name for name in globals() if not name.startswith("_") and name not in _kept]:
        del globals()[name]
    globals().update(_copies(_kept))
_kept = _copies(globals())"""
RESTORE = "_restore()\n"
# Runs cells as if each had been sent by itself: that took longer than what is in them. What one
# prints ends with `END`.
END = "\0"
AT_ONCE = f"""\
async def _at_once(cells):
    import sys
    shell = get_ipython()
    for cell in cells:
        try:
            code = shell.transform_cell(cell)
        except SyntaxError:
            code = "invalid"
        if shell.should_run_async(cell, transformed_cell=code):
            result = await shell.run_cell_async(cell, store_history=True, transformed_cell=code)
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        else:
            shell.run_cell(cell, store_history=True)
        sys.stderr.flush()
        print({END!r}, flush=True)"""


@dataclass(frozen=True)
class Posed:
    """An exercise as a notebook poses it: its stub, its check and its solution, as code."""

    id: str
    stub: str
    check: str
    solution: str
    said: str
    """What the stored check says of the stub."""


def posed(notebook: NotebookNode) -> list[Posed]:
    """The exercises, in order. Incomplete ones are left to the gate on them."""
    return [exercise for exercise in read(notebook) if isinstance(exercise, Posed)]


def unproved(notebook: NotebookNode, execute: Execute) -> Iterator[str]:
    """Stubs that pass, right answers that do not, wrong ones that get another hint than theirs."""
    execute(f"{REMEMBER}\n{AT_ONCE}", 1)
    for exercise in posed(notebook):
        proofs, tried = answers(exercise.id), []
        given = [Wrong("", code=exercise.stub), Right(), *proofs.right, *proofs.wrong]
        for number, answer in enumerate(given, -1):
            name = {-1: "stub", 0: "solution"}.get(number, f"answer {number}")
            try:
                tried.append((name, answer, answer.answer(exercise.solution)))
            except ValueError as error:
                yield f"exercise {exercise.id}: its {name}: {error}"
        cells = [cell for *_, code in tried for cell in (RESTORE + code, exercise.check)]
        printed = execute(f"await _at_once({cells!r})", len(cells)).split(END)[:-1]
        for (name, answer, _), *texts in zip(tried, printed[::2], printed[1::2], strict=True):
            correct = CORRECT + find(exercise.id).correct
            due = NOT_YET + answer.hint if isinstance(answer, Wrong) else correct
            # A verdict is laid out in lines.
            said = " ".join(texts[1].split()) or texts[0]
            if not said.startswith(" ".join(due.split())):
                yield f"exercise {exercise.id}: its {name} gets {said!r}, and not {due!r}"


def read(notebook: NotebookNode) -> Iterator[Posed | str]:
    """Each exercise, or a sentence that says what it lacks."""
    cells = notebook.cells
    for position, cell in enumerate(cells):
        marks = tags(cell)
        if "exercise" not in marks and not any(tag.startswith(PREFIX) for tag in marks):
            continue
        place = f"cell {position + 1}"
        ids = [tag.removeprefix(PREFIX) for tag in marks if tag.startswith(PREFIX)]
        if len(ids) != 1 or "exercise" not in marks:
            yield f"{place}: tag it exercise, and exercise:ID once"
            continue
        task = cells[position - 1] if position else None
        if task is None or not re.search(r"(?m)^### \S", task.source):
            yield f"{place}: set the task of exercise {ids[0]} in prose right above: '### ...'"
        following = cells[position + 1 :]
        ahead = next((n for n, later in enumerate(following) if "exercise" in tags(later)), None)
        following = following[:ahead]
        check = next((later for later in following if "check" in tags(later)), None)
        solutions = [
            match[1]
            for later in following
            if later.cell_type == "markdown"
            for match in SOLUTION.finditer(later.source)
        ]
        if check is None or f'check("{ids[0]}"' not in check.source:
            yield f'{place}: add a cell below, tagged check, that says checks.check("{ids[0]}")'
        elif len(solutions) != 1:
            yield (
                f"{place}: exercise {ids[0]} has {len(solutions)} solutions; one is needed,"
                " as a python block in <details>"
            )
        else:
            said = " ".join("".join(output.get("text", "") for output in check.outputs).split())
            yield Posed(ids[0], cell.source, check.source, solutions[0], said)
