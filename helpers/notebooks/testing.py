"""A pytest plugin that makes `pytest --nbval` strict, offline, and safe to run in parallel.

Loaded by `addopts` in pyproject.toml, so that it applies to any selection of tests. The cells of a
notebook of the tutorial are followed by its gates on the execution that they were, and by the proof
of its exercises in the same kernel.
"""

import copy
import os
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from helpers.notebooks import forked
from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.exercises import unproved
from helpers.notebooks.gates import Book
from helpers.notebooks.gates.executed import EXECUTED, Execution
from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.registry import load
from helpers.transcript import FILE_VARIABLE, Transcript

OUTPUT_MESSAGES = ("stream", "display_data", "execute_result", "error")


def pytest_configure(config: pytest.Config) -> None:
    """No key, no proxy and no other host: for this process and for those that it starts.

    Raises UsageError where the environment holds a real key, which a test run has no use for.
    """
    if names := loopback_only.real_keys(os.environ):
        raise pytest.UsageError(
            f"{' and '.join(names)} in the environment of a test run: tests need no key, and what"
            f" they run is to see none. First: unset {' '.join(names)}"
        )
    hermetic = loopback_only.environment(os.environ)
    os.environ.clear()
    os.environ.update(hermetic)
    loopback_only.install()
    if forked.AVAILABLE and os.environ.get("KERNELS") != "ordinary":
        # Here and in what tests start, before Jupyter has read it.
        os.environ[forked.VARIABLE] = forked.NAME


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whatever `--dist` says, the cells of a notebook share one worker, hence one kernel."""
    from xdist.scheduler import LoadScopeScheduling

    return LoadScopeScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """nbval's notebooks as ours."""
    collected = yield
    return [
        NotebookFile.from_parent(parent, path=file_path) if isinstance(each, IPyNbFile) else each
        for each in collected
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After nbval's comparison of values, compare all that a reader sees."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        # nbval edits the stored outputs as it compares them.
        stored, fresh = copy.deepcopy(item.cell.outputs), item.parent.outputs_of(item.cell_num)
        plot = PLOT in item.cell.metadata.get("tags", [])
        compare = partial(differences, stored, fresh, plot=plot)
        get_message = item.parent.get_kernel_message
        patch.setattr(item.parent, "get_kernel_message", _keep(get_message, fresh))
        patch.setattr(item.parent.kernel, "await_reply", _await_while_alive(item))
        patch.setattr(item.config.option, "nbval_cell_timeout", _timeout(item))
        try:
            result = yield
        except NbCellError as error:
            # nbval names the kind of output that is new or missing, but not what it says.
            error.inner_traceback = "\n".join([error.inner_traceback, *compare()])
            raise
    if problems := compare():
        traceback = "\n".join(problems)
        raise NbCellError(item.cell_num, "Cell outputs differ", item.cell.source, traceback)
    return result


class NotebookFile(IPyNbFile):  # type: ignore[misc]
    """A notebook that keeps what its cells showed and sent, for the checks that follow them."""

    def collect(self) -> Iterator[pytest.Item]:
        yield from super().collect()
        self.book = Book.open(self.path, load())
        self._outputs: dict[int, list[NotebookNode]] = {}
        if self.book.entry is not None:
            for name in EXECUTED:
                yield ExecutedGate.from_parent(self, name=name)
            yield ExercisesProof.from_parent(self, name="exercises proved")

    def setup(self) -> None:
        """Start a kernel that is as it is for `make refresh`.

        It uses the mock even where a `.env` holds a PAT, and no start-up files of the user's
        IPython.
        """
        self._folder = tempfile.TemporaryDirectory()
        self._transcript = Path(self._folder.name) / "transcript.jsonl"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLARIFAI_BACKEND", "mock")
            patch.setenv("IPYTHONDIR", self._folder.name)
            patch.setenv(FILE_VARIABLE, str(self._transcript))
            super().setup()
        # nbval keeps its cells out of the history, and so out of the count.
        self.kernel.execute_cell_input = partial(self.kernel.kc.execute, stop_on_error=False)

    def teardown(self) -> None:
        super().teardown()
        self._folder.cleanup()

    def outputs_of(self, cell: int) -> list[NotebookNode]:
        """Where the outputs of a code cell, counted from 0, are kept as it runs."""
        return self._outputs.setdefault(cell, [])

    def execution(self) -> Execution:
        """What ran, once all of it has."""
        executed = copy.deepcopy(self.book.notebook)
        code = [cell for cell in executed.cells if cell.cell_type == "code"]
        if list(self._outputs) != list(range(len(code))):
            pytest.skip("not all cells of the notebook were run before, in order")
        for count, (cell, outputs) in enumerate(zip(code, self._outputs.values(), strict=True), 1):
            cell.outputs, cell.execution_count = outputs, count
        return Execution(self.book, executed, Transcript.read(self._transcript))

    def execute(self, code: str) -> str:
        """Run code after the cells: what it prints or raises."""
        message = self.kernel.execute_cell_input(code, allow_stdin=False)
        self.kernel.await_reply(message, timeout=60)
        texts = []
        while True:
            reply = self.get_kernel_message(timeout=5)
            content = reply["content"]
            if reply["parent_header"].get("msg_id") != message:
                continue
            if reply["msg_type"] == "stream":
                texts.append(content["text"])
            elif reply["msg_type"] == "error":
                texts.append(f"{content['ename']}: {content['evalue']}")
            elif content.get("execution_state") == "idle":
                return "".join(texts)


class _Check(pytest.Item):
    """Something to check when all cells have run. `problems` has one sentence for each breach."""

    parent: NotebookFile

    def problems(self) -> Iterator[str]:
        raise NotImplementedError

    def runtest(self) -> None:
        if problems := list(self.problems()):
            pytest.fail("\n".join(problems), pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.name}: {self.name}"


class ExecutedGate(_Check):
    """One of the gates on an execution."""

    def problems(self) -> Iterator[str]:
        return EXECUTED[self.name].check(self.parent.execution())


class ExercisesProof(_Check):
    """The stub of each exercise fails, its solution passes, wrong answers get their hints."""

    def problems(self) -> Iterator[str]:
        return unproved(self.parent.execution().executed, self.parent.execute)


def _timeout(item: IPyNbCell) -> float:
    """The registry's time limit for a cell; that of the command line in other notebooks."""
    limits = {notebook.path: float(notebook.timeout) for notebook in load()}
    return limits.get(item.path, float(item.config.option.nbval_cell_timeout))


def _await_while_alive(item: IPyNbCell) -> Callable[..., None]:
    """`await_reply`, that does not wait out the time limit for a kernel that has died."""
    kernel = item.parent.kernel
    await_reply = kernel.await_reply

    def wait(message_id: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            try:
                await_reply(message_id, timeout=min(1, timeout))
                return
            except Empty:
                if not kernel.is_alive():
                    item.raise_cell_error("The kernel died", "No output: its process has ended.")
                if time.monotonic() > deadline:
                    raise

    return wait


def _keep(
    get_message: Callable[..., dict[str, Any]], outputs: list[NotebookNode]
) -> Callable[..., dict[str, Any]]:
    """`get_message`, that also appends to `outputs` what nbformat would store of each message.

    A cleared or updated display is left to nbval, which fails such a cell.
    """

    def get(*args: Any, **kwargs: Any) -> dict[str, Any]:
        message = get_message(*args, **kwargs)
        if message["msg_type"] in OUTPUT_MESSAGES:
            outputs.append(output_from_msg(message))
        return message

    return get
