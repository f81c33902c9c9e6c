"""Notebooks on their way through papermill, a few at a time, each in a kernel of its own.

`run`, `refresh` and the tests all execute notebooks here, in one way.
"""

from __future__ import annotations

import json
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
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors, remove_error_markers
from papermill.parameterize import parameterize_notebook
from tqdm import tqdm

from helpers.endpoint import EndpointError, read_dotenv
from helpers.mock import MOCK_PAT
from helpers.notebooks import forkserver, provenance
from helpers.notebooks.book import ANSI
from helpers.notebooks.engine import Client, Execute, TutorialEngine
from helpers.notebooks.registry import Notebook
from helpers.notebooks.world import World
from helpers.secrets import hide_known, known_secrets
from helpers.text import fit
from helpers.transcript import FILE_VARIABLE, Transcript

# What a kernel must not see: that it runs in a test, and how.
OF_TESTS = re.compile(rf"PYTEST_.*|PY_COLORS|KERNELS|{forkserver.VARIABLE}")
MAX_PROBLEM = 600


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
    does not end it. It runs where it is, or in another `world`. `afterwards` gets what runs more
    code in the kernel, once all cells have run.
    Beside the executed copy stands its transcript. Both are written in a folder of the job's own,
    and put there when they are whole, so that another run may use the same place.
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
        world: World | None = None,
    ) -> None:
        self.notebook = notebook
        self.copy = copy.absolute()
        self.part = part
        self.parameters = dict(parameters or {})
        self.folder = world.folder if world else notebook.path.parent
        self._environment = {**environment, **(world.environment if world else {})}
        self._startup = world.startup if world else ""
        self._folder = self.copy.parent
        self.skip = skip
        self.keep_going = keep_going
        self.afterwards = afterwards
        self.stopped = threading.Event()
        self.client: Client | None = None
        self.ended: int | None = None
        """The position of the cell that did not come to its end, such as one that hangs."""

    @property
    def transcript(self) -> Path:
        """Where what the cells send is written: as they run in the job's own folder."""
        return self._folder / self.copy.with_suffix(".transcript.jsonl").name

    @property
    def environment(self) -> dict[str, str]:
        """The kernel's: nothing in it tells `make test` from `make run`."""
        return {
            **{k: v for k, v in self._environment.items() if not OF_TESTS.fullmatch(k)},
            **forkserver.environment("".join(cell["source"]) for cell in self.notebook.cells),
            FILE_VARIABLE: str(self.transcript),
            # Without the start-up files and settings that the user may have.
            "IPYTHONDIR": str(self._folder / ".ipython"),
        }

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
        started = time.perf_counter()
        home = self.copy.parent
        with tempfile.TemporaryDirectory(
            dir=home, prefix=".running-", ignore_cleanup_errors=True
        ) as own:
            self._folder = Path(own)
            if self._startup:
                startup = self._folder / ".ipython" / "profile_default" / "startup"
                startup.mkdir(parents=True)
                (startup / "00_world.py").write_text(self._startup, encoding="utf-8")
            problem = self._execute(on_cell)
            try:
                transcript = Transcript.read(self.transcript)
            except ValueError:  # the kernel was killed in the middle of a line
                transcript = Transcript()
            try:
                self._publish(home)
            except OSError as error:
                problem = problem or f"the end: {error.strerror}: its copy is not whole"
            self._folder = home
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

    def _execute(self, on_cell: Callable[[], object]) -> str | None:
        """What went wrong, and where; None if all went well."""
        try:
            self._execute_cells(on_cell)
        except PapermillExecutionError as error:
            return self._at_cell(self._told(error))
        except Exception as error:  # noqa: BLE001 - a kernel can fail in any way, the others go on
            self.ended = self.client.at if self.client else 0
            return self._at_cell(self._why(error))
        if self.client and not self.client.finished:
            return self._at_cell("SystemExit: the cells below it were not run")
        return None

    def _execute_cells(self, on_cell: Callable[[], object]) -> None:
        """As `papermill.execute_notebook` does, which writes and reads the notebook three times."""
        notebook = self.part or nbformat.read(self.notebook.path, 4)
        notebook.metadata.papermill = {}
        for cell in notebook.cells:
            cell.metadata.setdefault("tags", [])
        if self.parameters:
            notebook = parameterize_notebook(
                notebook, self.parameters, kernel_name="python3", language="python"
            )
        remove_error_markers(notebook)
        TutorialEngine.execute_notebook(
            notebook, "python3", progress_bar=False, job=self, on_cell=on_cell
        )
        raise_for_execution_errors(notebook, None)

    def _publish(self, home: Path) -> None:
        """Put the transcript where it belongs, and the copy of a whole notebook: each whole."""
        if self.client and not self.part:
            own = self._folder / self.copy.name
            text = self._without_secrets(fit(nbformat.writes(self.client.nb)))
            own.write_text(text + "\n", encoding="utf-8", newline="\n")
            own.replace(self.copy)
        self.transcript.touch()
        self.transcript.replace(home / self.transcript.name)

    def _without_secrets(self, text: str) -> str:
        """A text of the kernel's without the keys in its environment or in `.env`."""
        given = self.environment
        with suppress(EndpointError):  # which the kernel says
            given = read_dotenv() | given
        secrets = known_secrets(given) - {MOCK_PAT}
        return hide_known(text, secrets | {json.dumps(secret)[1:-1] for secret in secrets})

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

    def _told(self, error: PapermillExecutionError) -> str:
        """An exception with all that it says: its message, and the notes that were added to it."""
        if not error.traceback and self.client:
            # IPython only prints what is wrong with a magic that is not there, or misused.
            printed = [o.text for o in self.client.current.outputs if o.output_type == "stream"]
            return "".join(printed) or str(error.ename)
        notes: list[str] = []
        for part in reversed([ANSI.sub("", part) for part in error.traceback]):
            if part.startswith(error.ename):
                return "\n".join([f"{error.ename}: {error.evalue}", *reversed(notes)])
            notes.append(part)
        return f"{error.ename}: {error.evalue}"

    def _at_cell(self, what: str) -> str:
        """The problem in one line, with the cell where it happened."""
        line = " ".join(self._without_secrets(ANSI.sub("", what)).split())
        if len(line) > MAX_PROBLEM:
            line = f"{line[:MAX_PROBLEM]} ..."
        return f"{self.client.place}: {line}" if self.client else line


def hear_interrupts() -> None:
    """Take Ctrl-C again where a shell has started this run in the background, deaf to it.

    What tests start would inherit that, and be waited for without end where they send it one.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


def _backend(cells: Iterable[NotebookNode]) -> str | None:
    """The backend that a notebook says it used, in the line that `use_endpoint` prints."""
    for cell in cells:
        for output in cell.get("outputs", []):
            if found := re.match(r"Backend: (\w+)\.", output.get("text", "")):
                return found[1]
    return None
