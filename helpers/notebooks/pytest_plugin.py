"""A pytest plugin that makes `pytest --nbval` strict, offline, and quick.

Loaded by `addopts` in pyproject.toml, so that it applies to any selection of tests. A notebook is
executed once, by papermill, while others are; what came of it is then compared with the stored
outputs cell by cell, by nbval and by `compare`. In a notebook of the tutorial the gates on an
execution follow, and the proof of its exercises, which were answered in the same kernel.
"""

import copy
import gc
import itertools
import os
import tempfile
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from helpers.notebooks import forkserver, gates, leftovers, voice
from helpers.notebooks import world as worlds
from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.engine import Execute
from helpers.notebooks.exercises import unproved
from helpers.notebooks.gates import Book
from helpers.notebooks.gates.executed import ANYWHERE, EXECUTED, Execution
from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.jobs import Job, Pool, Result, cores, hear_interrupts
from helpers.notebooks.registry import REGISTRY, Notebook, load
from helpers.notebooks.sections import Excerpt, parts
from helpers.notebooks.steady import steady
from helpers.notebooks.world import World, another
from helpers.transcript import Transcript

# A notebook waits half of its time: for its kernel, or for a reply that is slow on purpose.
AT_A_TIME = 4 * cores()

registry = cache(load)


def pytest_configure(config: pytest.Config) -> None:
    """No key, no proxy and no other host: for this process and for those that it starts.

    Raises UsageError where the environment holds a real key, which a test run has no use for, and
    for kernels that there are not.
    """
    if names := loopback_only.real_keys(os.environ):
        raise pytest.UsageError(
            f"{' and '.join(names)} in the environment of a test run: tests need no key, and what"
            f" they run must not see one. First: unset {' '.join(names)}"
        )
    hermetic = loopback_only.environment(os.environ)
    os.environ.clear()
    os.environ.update(hermetic)
    loopback_only.install()
    hear_interrupts()
    kernels = os.environ.get("KERNELS", "forked")
    if kernels not in ("forked", "ordinary"):
        raise pytest.UsageError(f"KERNELS is {kernels!r}; it can be 'ordinary', or unset")
    if kernels == "forked" and forkserver.AVAILABLE:
        # Here and in what tests start, before Jupyter has read it.
        os.environ[forkserver.VARIABLE] = forkserver.NAME
        if config.getoption("numprocesses", None):
            forkserver.share()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Three more than there are cores, as many tests wait for something; xdist's, if it is told."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores() + 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All notebooks go to one worker, which runs them side by side; the rest as `--dist` has it."""
    from xdist.scheduler import LoadGroupScheduling, LoadScopeScheduling

    # In the order of `pytest_collection_modifyitems`, and not those first that are many.
    config.option.loadscopereorder = False

    grouped = config.getoption("dist") == "loadgroup"
    base: type[Any] = LoadGroupScheduling if grouped else LoadScopeScheduling

    class Scheduling(base):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            scope = str(super()._split_scope(nodeid))
            return "notebooks" if scope.endswith(".ipynb") else scope

    return Scheduling(config, log)


# What executes notebooks, or starts programs. Begun first, it does not end last.
LONGEST = ("notebooks/", "tests/notebooks/", "tests/mutants/", "tests/repository/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; else all stays in its order."""

    def rank(item: pytest.Item) -> int:
        return next((n for n, room in enumerate(LONGEST) if item.nodeid.startswith(room)), 9)

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: the garbage collector need not look through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """nbval's notebooks as ours."""
    collected = yield
    return [
        NotebookFile.from_parent(parent, path=file_path) if isinstance(file, IPyNbFile) else file
        for file in collected
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After nbval's comparison of values, compare all that a reader sees."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    # nbval edits the stored outputs as it compares them, and knows nothing of what is random.
    stored, fresh = item.cell.outputs, item.parent.fresh(item)
    as_compared = copy.deepcopy if stored == fresh else steady
    item.cell.outputs, item.parent.kernel.outputs = as_compared(stored), as_compared(fresh)
    item.options["skip"] = False  # what a tag leaves out is executed all the same
    plot = PLOT in item.cell.metadata.get("tags", [])
    compare = partial(differences, stored, fresh, plot=plot)
    try:
        result = yield
    except NbCellError as error:
        # nbval names the kind of output that is new or missing, but not what it says.
        error.inner_traceback = "\n".join([error.inner_traceback, *compare()])
        raise
    if problems := compare():
        item.raise_cell_error("Cell outputs differ", "\n".join(problems))
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    if executions := session.stash.get(EXECUTIONS, None):
        executions.stop()


class Kept:
    """The execution of a notebook, and what is kept of it for the checks.

    The kernel is as it is for `make refresh`: on the mock, even where a `.env` holds a PAT. Of a
    part of the notebook, what is kept is in the job.
    """

    result: Future[Result]

    def __init__(
        self,
        notebook: Notebook,
        copy: Path,
        *,
        part: Excerpt | None = None,
        prove: bool = False,
        world: World | None = None,
    ) -> None:
        self.job = Job(
            notebook,
            copy,
            os.environ | voice.environment() | {"CLARIFAI_BACKEND": "mock"},
            part=part.notebook if part else None,
            keep_going=part is None,
            afterwards=None if part else self._afterwards,
            world=world,
        )
        self.part = part
        self._prove = prove
        self.transcript: Transcript | None = None
        """What the cells sent; None if not all of them were run."""
        self.unproved: list[str] | None = None
        """What is wrong with the exercises; None if they were not all answered."""

    @property
    def problem(self) -> str | None:
        """Where it failed, and how; waited for."""
        return self.result.result().problem

    def _afterwards(self, execute: Execute) -> None:
        self.transcript = Transcript.read(self.job.transcript)
        if self._prove:
            self.unproved = list(unproved(self.job.executed, execute))


class Executions:
    """Those of a session's notebooks, and of parts of them, which are on their way."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self.before = leftovers.files(REGISTRY.parent)
        self._folder = tempfile.TemporaryDirectory()
        self._numbers = itertools.count()
        files = dict.fromkeys(i.parent for i in items if isinstance(i, IPyNbCell | Check))
        answered = {item.parent for item in items if isinstance(item, ExercisesProof)}
        divided = {item.parent for item in items if isinstance(item, SectionsProof)}
        # What takes a reader long takes long here; begun first, it does not end last.
        longest = sorted(files, key=lambda file: -file.notebook.minutes)
        place = Path(self._folder.name) / "world"
        other = another(REGISTRY.parent, place) if worlds.chosen() else None
        self.whole = {
            file: Kept(file.notebook, self._copy(file), prove=file in answered, world=other)
            for file in longest
        }
        self.parts = {
            file: [Kept(file.notebook, self._copy(file), part=part) for part in parts(file.book)]
            for file in longest
            if file in divided
        }
        everything = [*self.whole.values(), *itertools.chain(*self.parts.values())]
        self._pool = Pool([kept.job for kept in everything], AT_A_TIME)
        for kept, result in zip(everything, self._pool.results, strict=True):
            kept.result = result

    def _copy(self, file: "NotebookFile") -> Path:
        return Path(self._folder.name) / f"{next(self._numbers)}_{file.path.name}"

    def stop(self) -> None:
        self._pool.stop()
        self._folder.cleanup()


EXECUTIONS = pytest.StashKey[Executions]()


class Replay:
    """What nbval takes for a kernel: it gives a cell the outputs that are already there."""

    def __init__(self) -> None:
        self.outputs: list[NotebookNode] = []

    def execute_cell_input(self, source: str, allow_stdin: bool) -> str:
        idle = {"output_type": "status", "execution_state": "idle"}
        self._messages = iter([*self.outputs, idle])
        return "the cell"

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        content = dict(next(self._messages))
        kind = content.pop("output_type")
        return {"msg_type": kind, "content": content, "parent_header": {"msg_id": "the cell"}}

    def await_reply(self, message_id: str, timeout: float) -> None:
        pass

    def await_idle(self, message_id: str, timeout: float) -> None:
        pass

    def is_alive(self) -> bool:
        return True

    def stop(self) -> None:
        pass


class NotebookFile(IPyNbFile):  # type: ignore[misc]
    """A notebook that is executed once, for all the checks on it."""

    def collect(self) -> Iterator[pytest.Item]:
        self.book = Book.open(self.path, registry())
        # In another voice, outputs are others: what has to hold whatever the words is left.
        other = voice.chosen()
        if other:
            yield Spoken.from_parent(self, name="replies shown")
        else:
            yield from super().collect()
            if self.path.resolve().parent == REGISTRY.parent:
                yield Promises.from_parent(self, name="promises kept")
        if self.book.entry is not None:
            for name in ANYWHERE if other else EXECUTED:
                yield ExecutedGate.from_parent(self, name=name)
            yield ExercisesProof.from_parent(self, name="exercises proved")
            if not other:
                yield SectionsProof.from_parent(self, name="sections proved")

    @property
    def notebook(self) -> Notebook:
        """Its entry in the registry, or one made up for a notebook that is not of the tutorial."""
        timeout = int(self.config.option.nbval_cell_timeout)
        return self.book.entry or Notebook(self.path.stem, self.path, "", (), 0, timeout, ())

    def setup(self) -> None:
        stash = self.session.stash
        if EXECUTIONS not in stash:
            stash[EXECUTIONS] = Executions(self.session.items)
        self.kept = stash[EXECUTIONS].whole[self]
        self.parts = stash[EXECUTIONS].parts.get(self, [])
        self.kernel = Replay()
        self.setup_sanitize_files()

    def fresh(self, item: IPyNbCell) -> list[NotebookNode]:
        """The outputs that running a cell gave. Raises NbCellError if it did not run to its end."""
        problem, ended = self.kept.problem, self.kept.job.ended
        position, cell = self.executed[item.cell_num]
        if ended is not None and position >= ended:
            item.raise_cell_error("Not run to its end", problem)
        return list(cell.outputs)

    @cached_property
    def executed(self) -> list[tuple[int, NotebookNode]]:
        """The code cells, as they were executed, and their positions in the notebook."""
        executed = [c for c in self.kept.job.executed.cells if c.cell_type == "code"]
        stored = [n for n, c in enumerate(self.book.notebook.cells) if c.cell_type == "code"]
        return list(zip(stored, executed, strict=True))

    @cached_property
    def execution(self) -> Execution:
        """What ran, once all of it has."""
        problem, transcript = self.kept.problem, self.kept.transcript
        if transcript is None:
            pytest.fail(f"Not all of its cells were run: {problem}", pytrace=False)
        # papermill puts cells of its own between those of a notebook that fails.
        executed = copy.deepcopy(self.book.notebook)
        for position, fresh in self.executed:
            cell = executed.cells[position]
            cell.outputs, cell.execution_count = fresh.outputs, fresh.execution_count
        return Execution(self.book, executed, transcript)


class Check(pytest.Item):
    """Something to check when all cells have run. `problems` has one sentence for each breach."""

    parent: NotebookFile

    def problems(self) -> list[str]:
        raise NotImplementedError

    def runtest(self) -> None:
        problems = self.problems()
        excuse = voice.excuses(self.path.stem).get(self.name) if voice.chosen() else None
        if excuse and not problems:
            pytest.fail("holds in this voice: take its excuse out of voice.toml", pytrace=False)
        if problems and not excuse:
            pytest.fail("\n".join(problems), pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.name}: {self.name}"


class Promises(Check):
    """The gates on the file, as it is stored, and that running it leaves no other."""

    def problems(self) -> list[str]:
        self.parent.kept.result.result()
        book = self.parent.book
        found = gates.problems(book)
        found["files"] = list(leftovers.left_behind(book, self.session.stash[EXECUTIONS].before))
        return [f"[{name}] {text}" for name, texts in found.items() for text in texts]


class ExecutedGate(Check):
    """One of the gates on an execution."""

    def problems(self) -> list[str]:
        return list(EXECUTED[self.name].check(self.parent.execution))


class Spoken(Check):
    """It runs to its end in another voice, and shows what the model says in it."""

    def problems(self) -> list[str]:
        problem = self.parent.kept.problem
        return [*([problem] if problem else []), *voice.constants(self.parent.execution)]


class ExercisesProof(Check):
    """The stub of each exercise fails, its solution passes, wrong answers get their hints."""

    def problems(self) -> list[str]:
        problem, unproved = self.parent.kept.problem, self.parent.kept.unproved
        return [f"Not all answered: {problem}"] if unproved is None else unproved


class SectionsProof(Check):
    """Each section runs after what it says it builds on, and shows the same."""

    def problems(self) -> list[str]:
        return [
            problem
            for kept in self.parent.parts
            for problem in kept.part.problems(kept.problem, kept.job.executed, self.parent.book)
        ]
