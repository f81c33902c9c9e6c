"""Notebooks on their way through papermill, a few at a time, each in a kernel of its own.

`run`, `refresh` and the tests all execute notebooks here, in one way.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook
from tqdm import tqdm
from traitlets.config import Config

from helpers.notebooks import forkserver, provenance
from helpers.notebooks.exercises import Execute
from helpers.notebooks.registry import Notebook
from helpers.transcript import FILE_VARIABLE, Transcript

KERNEL_START_SECONDS = 60


@dataclass(frozen=True)
class Result:
    """How the execution of one notebook went. `tokens` is what the replies' usage adds up to."""

    notebook: str
    status: Literal["ok", "failed", "skipped"]
    seconds: float
    requests: int
    tokens: int
    models: tuple[str, ...]
    backend: str | None
    copy: str
    problem: str | None = None


class Job:
    """One notebook to be executed: what it needs, and its kernel while there is one.

    It is executed as it is stored, or as the `part` given. With `keep_going`, a cell that raises
    does not end it. `afterwards` gets what runs more code in the kernel, once all cells have run.
    Beside the executed copy stands its transcript.
    """

    def __init__(
        self,
        notebook: Notebook,
        copy: Path,
        environment: Mapping[str, str],
        *,
        part: NotebookNode | None = None,
        parameters: Mapping[str, Any] | None = None,
        skip: bool = False,
        keep_going: bool = False,
        afterwards: Callable[[Execute], None] | None = None,
    ) -> None:
        self.notebook = notebook
        # papermill changes the directory of this process, that is of all jobs, to write to a file.
        self.copy = copy = copy.absolute()
        self.part = part
        self.parameters = dict(parameters or {})
        self.transcript = copy.with_suffix(".transcript.jsonl")
        self.environment = {
            **environment,
            **forkserver.environment("".join(cell["source"]) for cell in notebook.cells),
            FILE_VARIABLE: str(self.transcript),
            # Without the start-up files and settings that the user may have.
            "IPYTHONDIR": str(copy.parent / ".ipython"),
        }
        self.skip = skip
        self.keep_going = keep_going
        self.afterwards = afterwards
        self.stopped = threading.Event()
        self.client: _Client | None = None
        self.ended: int | None = None
        """The position of the cell that did not come to its end, such as one that hangs."""

    @property
    def executed(self) -> NotebookNode:
        """The notebook with what its cells gave, as far as it was run."""
        return cast(
            NotebookNode, self.client.nb if self.client else nbformat.read(self.notebook.path, 4)
        )

    def run(self, on_cell: Callable[[], object] = lambda: None) -> Result:
        """Never raises for what a notebook does: it is in the result."""
        if self.skip:
            return Result(self.notebook.name, "skipped", 0.0, 0, 0, (), None, str(self.copy))
        self.copy.unlink(missing_ok=True)
        self.transcript.unlink(missing_ok=True)
        started = time.perf_counter()
        problem = None
        try:
            execute_notebook(
                self.part or str(self.notebook.path),
                str(self.copy),
                self.parameters,
                engine_name=_Engine.NAME,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                # To write the copy after each cell takes longer than to run most of them.
                request_save_on_cell_execute=False,
                job=self,
                on_cell=on_cell,
            )
        except PapermillExecutionError as error:
            problem = self._at_cell(f"{error.ename}: {error.evalue}")
        except Exception as error:  # noqa: BLE001 - a kernel can fail in any way, the others go on
            self.ended = self.client.at if self.client else 0
            problem = self._at_cell(self._why(error))
        try:
            transcript = Transcript.read(self.transcript)
        except ValueError:  # the kernel was killed in the middle of a line
            transcript = Transcript()
        return Result(
            notebook=self.notebook.name,
            status="failed" if problem else "ok",
            seconds=round(time.perf_counter() - started, 1),
            requests=transcript.requests,
            tokens=transcript.tokens,
            models=tuple(provenance.models(transcript)),
            backend=_backend(self.client.nb.cells if self.client else ()),
            copy=str(self.copy),
            problem=problem,
        )

    def stop(self) -> None:
        """Kill the kernel, from another thread; `run` then comes to its end."""
        self.stopped.set()
        manager = self.client and self.client.km
        process = getattr(manager and manager.provisioner, "process", None)
        if process is not None:
            with suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()

    def _why(self, error: Exception) -> str:
        match error:
            case CellTimeoutError():
                return f"still running after {self.notebook.timeout} s"
            case DeadKernelError():
                return "the kernel died"
        return f"{type(error).__name__}: {error}"

    def _at_cell(self, what: str) -> str:
        """The problem in one line, with the cell where it happened."""
        what = re.sub(r"\x1b\[[0-9;]*m", "", what).strip().partition("\n")[0]
        return f"{self.client.place}: {what}" if self.client else what


class Pool:
    """Jobs that run in threads, so many at a time, begun in the order given."""

    def __init__(
        self,
        jobs: Sequence[Job],
        at_a_time: int,
        on_cell: Callable[[], object] = lambda: None,
    ) -> None:
        # Every thread would make its own, if all asked for it at once.
        KernelProvisionerFactory.instance()
        self._jobs = jobs
        self._threads = ThreadPoolExecutor(at_a_time)
        self.results = [self._threads.submit(job.run, on_cell) for job in jobs]

    def stop(self) -> None:
        """End what still runs, and its kernels."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for job in self._jobs:
            job.stop()
        self._threads.shutdown()


def execute(jobs: Sequence[Job], at_a_time: int | None = None) -> list[Result]:
    """The results in order, with a progress bar. An interrupt ends all kernels before it goes on.

    As many run at a time as there are cores, if nothing is said.
    """
    cells = sum(len(job.notebook.cells) for job in jobs if not job.skip)
    with tqdm(total=cells, unit="cell", disable=None, leave=False, file=sys.stderr) as bar:
        pool = Pool(jobs, at_a_time or cores(), bar.update)
        try:
            pending = {*pool.results}
            while pending:
                # With a time limit, because Windows delivers no interrupt to a wait without one.
                pending = wait(pending, timeout=1, return_when=FIRST_COMPLETED).not_done
        finally:
            pool.stop()
    return [result.result() for result in pool.results]


def cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# The kernels that there are; it takes some time to look for them.
_KERNELS = KernelSpecManager()


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, which knows at which cell it is."""

    job: Job
    on_cell: Callable[[], object]
    at = 0
    _begun: Sequence[NotebookNode] = ()

    def create_kernel_manager(self) -> Any:
        self.km = self.kernel_manager_class(
            kernel_name=self.kernel_name, kernel_spec_manager=_KERNELS, config=self.config
        )
        return self.km

    @property
    def place(self) -> str:
        """The cell that it is at: its number, prose included, and its first line."""
        if not self._begun:
            return "before the first cell"
        cells = self._begun[: self.at + 1]
        injected = ["injected-parameters" in cell.metadata.get("tags", []) for cell in cells]
        if injected[-1]:
            return "the parameters given"
        line = cells[-1].source.strip().partition("\n")[0]
        return f"cell {len(cells) - sum(injected)} ({line})"

    def papermill_execute_cells(self) -> None:
        # A copy: papermill puts a cell of its own before one that raised, when all is over.
        self._begun = list(self.nb.cells)
        super().papermill_execute_cells()
        if self.job.afterwards and self.at == len(self._begun) - 1:
            self.at += 1
            self.job.afterwards(self.execute_code)

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        self.at = cell_index
        if self.job.stopped.is_set():
            raise DeadKernelError("stopped")
        try:
            return cast(NotebookNode, super().execute_cell(cell, cell_index, **kwargs))
        finally:
            self.on_cell()

    def execute_code(self, code: str) -> str:
        texts: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
            elif message["msg_type"] == "error":
                texts.append(f"{content['ename']}: {content['evalue']}")

        run_sync(self.kc.execute_interactive)(
            code, allow_stdin=False, timeout=self.timeout, output_hook=keep
        )
        return "".join(texts)


class _Engine(Engine):  # type: ignore[misc]
    """papermill's engine, with an environment of its own for each kernel."""

    NAME = "tutorial"

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        job: Job,
        on_cell: Callable[[], object],
        **ignored: Any,
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            client = _Client(
                nb_man,
                kernel_name=kernel_name,
                timeout=job.notebook.timeout,
                startup_timeout=KERNEL_START_SECONDS,
                allow_errors=job.keep_going,
                config=_connection(folder),
                extra_arguments=[
                    # Neither its warning that what is said is not encrypted, nor that it was
                    # interrupted, as each is before it ends.
                    "--IPKernelApp.log_level=CRITICAL",
                    # What is run here is nobody's history, and need not be written to a disk.
                    "--HistoryManager.hist_file=:memory:",
                ],
                # A kernel that is asked to end in the middle of a cell complains on the terminal.
                shutdown_kernel="immediate",
            )
            client.job = job
            client.on_cell = on_cell
            job.client = client
            # Not papermill's cwd, for which it would change the directory of all jobs.
            try:
                client.execute(cwd=str(job.notebook.path.parent), env=job.environment)
            except BaseException:
                # For papermill, which saves the copy by itself only when all has gone well.
                nb_man.output_path = str(job.copy)
                raise
            finally:
                _end_tasks()


def _connection(folder: str) -> Config:
    """How to speak with a kernel: over files in a folder, where the system has such sockets.

    Of many kernels that start at once, one would find its port taken now and then.
    """
    if os.name != "posix":
        return Config()
    return Config(
        KernelManager={"transport": "ipc", "connection_file": str(Path(folder, "kernel.json"))}
    )


@run_sync
async def _end_tasks() -> None:
    """Cancel what nbclient leaves behind after a time limit; asyncio would complain about it."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


papermill_engines.register(_Engine.NAME, _Engine)


def _backend(cells: Iterable[NotebookNode]) -> str | None:
    """The backend that a notebook says it used, in the line that `use_endpoint` prints."""
    for cell in cells:
        for output in cell.get("outputs", []):
            if found := re.match(r"Backend: (\w+)\.", output.get("text", "")):
                return found[1]
    return None
