"""Tasks handed to an executor, their evidence kept as it comes in; what is there is not run again.

The executor is anything with the interface of `concurrent.futures`: processes of this machine, or a
Dask cluster, whose workers may come and go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from helpers.evidence.task import Evidence, Task, code_hash, perform
from helpers.notebooks import provenance
from helpers.problem import Problem


class MatrixError(Problem):
    """A matrix that cannot be filled; the message says what to do."""


@dataclass(frozen=True)
class Outcome:
    """How far a run came: evidence made, evidence found, and tasks left for lack of budget."""

    made: int
    found: int
    left: int
    tokens: int


def fill(
    tasks: Sequence[Task],
    folder: Path,
    executor: Executor,
    *,
    checked: str,
    at_a_time: int = 2,
    budget: int | None = None,
    on_done: Callable[[Evidence], object] = lambda _: None,
) -> Outcome:
    """Write one file of evidence for each task into `folder`.

    No task begins once `budget` tokens are spent; those under way come to their end. `checked` is
    the day that the evidence names. Raises MatrixError if the executor breaks down.
    """
    waiting = deque(task for task in tasks if not _is_there(task, folder))
    found, made, tokens = len(tasks) - len(waiting), 0, 0
    pending: dict[Future[Evidence], Task] = {}
    while True:
        while waiting and len(pending) < at_a_time and (budget is None or tokens < budget):
            task = waiting.popleft()
            pending[executor.submit(perform, task, checked)] = task
        if not pending:
            return Outcome(made, found, len(waiting), tokens)
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            task = pending.pop(future)
            try:
                evidence = future.result()
            except Exception as error:  # a worker that died, in any executor's words
                raise MatrixError(
                    f"{task.file} could not be made ({type(error).__name__}: {error}). Run the"
                    " same command again: it continues from the files that are there."
                ) from error
            evidence.write(folder / task.file)
            made, tokens = made + 1, tokens + evidence.tokens
            on_done(evidence)


def _is_there(task: Task, folder: Path) -> bool:
    there = Evidence.read(folder / task.file)
    return bool(there and not there.stale(code_hash(task.read_notebook()), provenance.versions()))


def processes(at_a_time: int) -> Executor:
    """So many processes of this machine, none of them a copy of this one and its threads."""
    return ProcessPoolExecutor(at_a_time, mp_context=get_context("spawn"))


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """The Dask cluster at an address, such as `tcp://scheduler:8786`.

    A task whose worker died is run again by another. Raises MatrixError without the package.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MatrixError("To use a cluster: pip install 'distributed>=2025'.") from None
    with Client(address) as client, client.get_executor(pure=False, retries=3) as executor:
        yield executor
