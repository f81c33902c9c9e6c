"""Learners at random: cells out of order, twice, left out, changed, in kernels that are restarted.

    python -m tests.notebooks.monkey --seeds 100 [--seed 17] [NOTEBOOK ...]

`make monkey` runs this. A seed says all that a learner does, so one that fails can be done again.
Wherever it goes, a cell comes to its end, or its error says what to do: a name that is not there
says which cell makes it, and a request that is refused says why. A check says its one line.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from nbformat import NotebookNode

from helpers.checks import CORRECT, NOT_YET, UNREADABLE
from helpers.endpoint import DEFAULT_MODEL
from helpers.missing import FIRST
from helpers.notebooks import forkserver
from helpers.notebooks.book import ANSI, Book, tags
from helpers.notebooks.exercises import posed
from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.jobs import Job, Pool, cores
from helpers.notebooks.registry import Notebook, load, select

# What a learner puts in the place of one like it.
LIKE = (
    ("London", "New York", "Paris", "Tokyo", "Lima", "Atlantis"),
    ("English", "French", "German", "Spanish", "Klingon"),
    ("Who are you?", "Hello!", "What is 2 + 2?", "Count from 1 to 10.", "Tell me a joke.", "?"),
    (
        DEFAULT_MODEL,
        "https://clarifai.com/anthropic/completion/models/claude-sonnet-4",
        "https://clarifai.com/gcp/generate/models/gemini-2_5-flash",
    ),
)
NUMBERS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max_steps", "n", "seed")
# A code of Clarifai's, and what it says.
REASON = re.compile(r"^\d{5}: \S", re.MULTILINE)
MOST = 600
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Step:
    """A cell that is run, by its position in the notebook, as its code then is."""

    cell: int
    source: str
    changed: bool


Life = list[Step]
"""What is run in one kernel, up to a restart."""


def lives(notebook: NotebookNode, seed: int) -> list[Life]:
    """What a learner does: mostly what comes next, and now and then something else."""
    dice = random.Random(seed)
    cells = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    solutions = {each.stub: each.solution for each in posed(notebook)}
    found: list[Life] = [[]]
    at = dice.choice([0, 0, dice.randrange(len(cells))])
    for _ in range(len(cells)):
        if at >= len(cells):
            at = dice.randrange(len(cells))
        original = source = notebook.cells[cells[at]].source
        if dice.random() < 0.5:
            source = solutions.get(source, source)
        if dice.random() < 0.2:
            source = changed(source, dice)
        found[-1].append(Step(cells[at], source, source != original))
        at = dice.choices(
            [at + 1, at, at + 2, dice.randrange(len(cells))], weights=[75, 8, 9, 8]
        ).pop()
        if dice.random() < 0.03:
            found.append([])
            at = dice.choice([at, 0])
    return [life for life in found if life]


def changed(source: str, dice: random.Random) -> str:
    """The code with one of its texts or numbers in another's place; the same if it has none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return source
    places = [
        (node, other) for node in _data(tree) if (other := _other(node.value, dice)) is not None
    ]
    if not places:
        return source
    node, other = dice.choice(places)
    lines = source.splitlines(keepends=True)
    if node.end_lineno != node.lineno or node.end_col_offset is None:
        return source
    line = lines[node.lineno - 1].encode()
    cut = line[: node.col_offset] + repr(other).encode() + line[node.end_col_offset :]
    lines[node.lineno - 1] = cut.decode()
    text = "".join(lines)
    try:  # a text that is a part of another is not written as it is by itself
        ast.parse(text)
    except SyntaxError:
        return source
    return text


def _data(tree: ast.AST) -> Iterator[ast.Constant]:
    """Texts, and numbers that have a name of their own: no index, no axis, no step."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str()):
                yield node
            case ast.Assign(targets=[ast.Name()], value=ast.Constant(value=int()) as number):
                yield number
            case ast.keyword(arg=str(name), value=ast.Constant(value=int()) as number):
                if name in NUMBERS:
                    yield number


def _other(value: object, dice: random.Random) -> str | int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return dice.choice([value + 1, max(1, value - 1), value * 2])
    for group in LIKE:
        if value in group:
            return dice.choice([each for each in group if each != value])
    return None


def job(notebook: Notebook, life: Life, folder: Path) -> Job:
    """A kernel's life as a notebook of its own, run where the notebook is."""
    stored = Book.open(notebook.path, [notebook]).notebook
    part = copy.deepcopy(stored)
    part.cells = []
    for number, step in enumerate(life):
        cell = copy.deepcopy(stored.cells[step.cell])
        cell.id, cell.source = f"step-{number}", step.source
        part.cells.append(cell)
    environment = os.environ | {
        "CLARIFAI_BACKEND": "mock",
        "JPY_SESSION_NAME": notebook.path.name,  # as JupyterLab says it
    }
    return Job(notebook, folder / notebook.path.name, environment, part=part, keep_going=True)


def problems(job: Job, life: Life) -> Iterator[str]:
    """What a learner is left alone with, by the place."""
    if job.ended is not None:
        yield f"step {job.ended + 1}, cell {life[min(job.ended, len(life) - 1)].cell + 1}: no end"
        return
    cells = [cell for cell in job.executed.cells if cell.get("id", "").startswith("step-")]
    for number, (cell, step) in enumerate(zip(cells, life, strict=True), 1):
        for why in _problems(cell, step):
            yield f"step {number}, cell {step.cell + 1}: {why}"


def _problems(cell: NotebookNode, step: Step) -> Iterator[str]:
    printed = ""
    for output in cell.outputs:
        if output.output_type == "stream":
            printed += output.text
        if output.output_type == "error" and not helpful(output):
            said = ANSI.sub("", "\n".join(output.traceback))
            yield said[said.rfind(f"{output.ename}: ") :]
    # What asyncio says of tasks beside the one that ended the cell for want of a name; and IPython
    # prints an error that it cannot lay out, with what is said of it.
    beside = "Task exception was never retrieved" in printed or FIRST in printed
    if TRACEBACK in printed and not beside:
        yield printed[printed.index(TRACEBACK) :]
    failed = any(output.output_type == "error" for output in cell.outputs)
    if "check" in tags(cell) and not failed:
        if not printed.startswith((CORRECT, NOT_YET)):
            yield f"the check says {printed!r}"
        elif UNREADABLE in printed:
            yield f"the check gives up: {printed}"


def helpful(error: NotebookNode) -> bool:
    """Whether an error says what to do: which cell to run, or what was refused, and why."""
    text = ANSI.sub("", "\n".join(error.traceback))
    refused = error.ename == "BadRequestError" and REASON.search(text)
    return FIRST in text or bool(refused)


def run(notebook: Notebook, seeds: Sequence[int], at_a_time: int) -> Iterator[tuple[int, str]]:
    """The seeds that leave a learner alone, each with where and how."""
    stored = Book.open(notebook.path, [notebook]).notebook
    with TemporaryDirectory(prefix="monkey-") as folder:
        done = [(seed, n, life) for seed in seeds for n, life in enumerate(lives(stored, seed))]
        jobs = []
        for seed, n, life in done:
            place = Path(folder, f"{seed}-{n}")
            place.mkdir()
            jobs.append(job(notebook, life, place))
        pool = Pool(jobs, at_a_time)
        try:
            for (seed, n, life), each, result in zip(done, jobs, pool.results, strict=True):
                result.result()
                for problem in problems(each, life):
                    yield seed, f"kernel {n + 1}, {problem}"
        finally:
            pool.stop()


@click.command()
@click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("--seeds", default=100, show_default=True, help="How many learners, over all.")
@click.option("--seed", type=int, help="This one alone, in each notebook.")
@click.option("-j", "--jobs", type=click.IntRange(1), default=2 * cores(), show_default=True)
def main(names: tuple[str, ...], seeds: int, seed: int | None, jobs: int) -> None:
    """Send learners through the notebooks at random; exit status 1 if one is left alone."""
    if forkserver.AVAILABLE:
        os.environ[forkserver.VARIABLE] = forkserver.NAME
    hermetic = loopback_only.environment(os.environ)
    os.environ.clear()
    os.environ.update(hermetic)
    notebooks = select(names, load())
    began, failed = time.monotonic(), 0
    for number, notebook in enumerate(notebooks):
        picked = [seed] if seed is not None else range(number, seeds, len(notebooks))
        for which, problem in run(notebook, picked, jobs):
            failed += 1
            click.echo(
                f"{notebook.name}: {problem[:MOST]}\n  make monkey SEED={which} NB={notebook.name}"
            )
    click.echo(f"{failed} left alone, {time.monotonic() - began:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
