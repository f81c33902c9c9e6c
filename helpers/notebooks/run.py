"""Execute notebooks with papermill: into copies to look at, or in place to renew their outputs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, cast

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook
from tqdm import tqdm

from helpers.notebooks import prose, provenance
from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.registry import PROJECT, Notebook
from helpers.transcript import FILE_VARIABLE, Transcript

BUILD = PROJECT / "build"
KERNEL_START_SECONDS = 60


class RunError(ValueError):
    """A run that cannot begin; the message says what to change."""


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


def run(
    notebooks: Sequence[Notebook],
    *,
    output: Path = BUILD,
    parameters: Mapping[str, Any] | None = None,
    backend: str | None = None,
    jobs: int | None = None,
) -> list[Result]:
    """Execute notebooks into `output`, `jobs` at a time (as many as there are cores).

    Beside each executed copy stands its transcript, as JSON lines; `summary.json` has the results.
    A notebook gets those of the `parameters` that it declares, and is skipped where `backend` is
    not among its own. A failure does not stop the others. Raises RunError before any execution.
    """
    parameters = parameters or {}
    _check_parameters(notebooks, parameters)
    _make_folder(output)
    environment = dict(os.environ)
    if backend:
        environment["CLARIFAI_BACKEND"] = backend
    executions = [
        _Execution(
            notebook,
            output / notebook.path.name,
            {name: parameters[name] for name in notebook.parameters if name in parameters},
            environment,
            skip=backend is not None and backend not in notebook.backends,
        )
        for notebook in notebooks
    ]
    results = _execute_all(executions, jobs)
    summary = json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False)
    (output / "summary.json").write_text(summary + "\n", encoding="utf-8")
    return results


def refresh(
    notebooks: Sequence[Notebook], *, output: Path = BUILD, jobs: int | None = None
) -> list[Result]:
    """Execute notebooks on the mock, storing their outputs in place; a failing one stays as it was.

    Of cells, only outputs and execution counts change, and the requests and tokens that the opening
    names, so that the same code gives the same bytes, on any supported Python. The metadata say
    what made the outputs. Raises RunError.
    """
    _make_folder(output)
    environment = loopback_only.environment(os.environ) | {"CLARIFAI_BACKEND": "mock"}
    executions = [
        _Execution(notebook, output / notebook.path.name, {}, environment) for notebook in notebooks
    ]
    results = _execute_all(executions, jobs)
    for execution, result in zip(executions, results, strict=True):
        if result.status == "ok":
            _store_outputs(execution, result)
    return results


def table(results: Sequence[Result]) -> str:
    """The results for people: one row for each notebook."""
    rows = [("notebook", "status", "seconds", "requests", "tokens", "model", "backend")]
    for result in results:
        short = [model.rpartition("/models/")[2] for model in result.models]
        rows.append(
            (
                result.notebook,
                result.status,
                f"{result.seconds:.1f}",
                str(result.requests),
                str(result.tokens),
                short[0] + (f" +{len(short) - 1}" if len(short) > 1 else "") if short else "-",
                result.backend or "-",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = {2, 3, 4}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _check_parameters(notebooks: Sequence[Notebook], parameters: Mapping[str, Any]) -> None:
    known = {name for notebook in notebooks for name in notebook.parameters}
    unknown = ", ".join(parameters.keys() - known)
    if unknown:
        those = ", ".join(notebook.name for notebook in notebooks)
        raise RunError(
            f"{those}: no parameter {unknown}. There is {', '.join(sorted(known)) or 'none'}."
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / "summary.json"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RunError(f"Cannot write to the folder {folder}: {error.strerror}.") from None


# --- execution ---


class _Execution:
    """One notebook on its way: what it needs, and its kernel while there is one."""

    def __init__(
        self,
        notebook: Notebook,
        copy: Path,
        parameters: Mapping[str, Any],
        environment: Mapping[str, str],
        skip: bool = False,
    ) -> None:
        self.notebook = notebook
        self.copy = copy
        self.parameters = parameters
        self.transcript = copy.with_suffix(".transcript.jsonl")
        self.environment = {
            **environment,
            FILE_VARIABLE: str(self.transcript),
            # Without the start-up files and settings that the user may have.
            "IPYTHONDIR": str(copy.parent / ".ipython"),
        }
        self.skip = skip
        self.stopped = threading.Event()
        self.client: _Client | None = None

    def run(self, on_cell: Callable[[], object]) -> Result:
        """Never raises for what a notebook does: it is in the result."""
        if self.skip:
            return Result(self.notebook.name, "skipped", 0.0, 0, 0, (), None, str(self.copy))
        self.copy.unlink(missing_ok=True)
        self.transcript.unlink(missing_ok=True)
        started = time.perf_counter()
        problem = None
        try:
            execute_notebook(
                str(self.notebook.path),
                str(self.copy),
                dict(self.parameters),
                engine_name=_Engine.NAME,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                execution=self,
                on_cell=on_cell,
            )
        except PapermillExecutionError as error:
            problem = self._at_cell(f"{error.ename}: {error.evalue}")
        except CellTimeoutError:
            problem = self._at_cell(f"still running after {self.notebook.timeout} s")
        except DeadKernelError:
            problem = self._at_cell("the kernel died")
        except Exception as error:  # noqa: BLE001 - a kernel can fail in any way, the others go on
            problem = self._at_cell(f"{type(error).__name__}: {error}")
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

    def _at_cell(self, what: str) -> str:
        """The problem in one line, with the cell where it happened."""
        what = re.sub(r"\x1b\[[0-9;]*m", "", what).strip().partition("\n")[0]
        return f"{self.client.place}: {what}" if self.client else what


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, which knows at which cell it is."""

    place = "before the first cell"
    on_cell: Callable[[], object]
    stopped: threading.Event

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        self.place = _place(self.nb.cells[: cell_index + 1])
        if self.stopped.is_set():
            raise DeadKernelError("stopped")
        try:
            return cast(NotebookNode, super().execute_cell(cell, cell_index, **kwargs))
        finally:
            self.on_cell()


def _place(cells: Sequence[NotebookNode]) -> str:
    """The last of these cells: its number in the notebook, prose included, and its first line."""
    injected = ["injected-parameters" in cell.metadata.get("tags", []) for cell in cells]
    if injected[-1]:
        return "the parameters given"
    line = cells[-1].source.strip().partition("\n")[0]
    return f"cell {len(cells) - sum(injected)} ({line})"


class _Engine(Engine):  # type: ignore[misc]
    """papermill's engine, with an environment of its own for each kernel."""

    NAME = "tutorial"

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        execution: _Execution,
        on_cell: Callable[[], object],
        **ignored: Any,
    ) -> None:
        client = _Client(
            nb_man,
            kernel_name=kernel_name,
            timeout=execution.notebook.timeout,
            startup_timeout=KERNEL_START_SECONDS,
            # Not its warning that loopback is not encrypted.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            # A kernel that is asked to end in the middle of a cell complains on the terminal.
            shutdown_kernel="immediate",
        )
        client.on_cell = on_cell
        client.stopped = execution.stopped
        execution.client = client
        # Not papermill's cwd, which changes the directory of this process, that is of all threads.
        try:
            client.execute(cwd=str(execution.notebook.path.parent), env=execution.environment)
        finally:
            _end_tasks()


@run_sync
async def _end_tasks() -> None:
    """Cancel what nbclient leaves behind after a time limit; asyncio would complain about it."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


papermill_engines.register(_Engine.NAME, _Engine)


def _execute_all(executions: Sequence[_Execution], jobs: int | None) -> list[Result]:
    """The results in order. An interrupt ends all kernels before it goes on its way."""
    cells = sum(len(execution.notebook.cells) for execution in executions if not execution.skip)
    with (
        tqdm(total=cells, unit="cell", disable=None, leave=False, file=sys.stderr) as bar,
        ThreadPoolExecutor(jobs or _cores()) as pool,
    ):
        futures = [pool.submit(execution.run, bar.update) for execution in executions]
        pending: set[Future[Result]] = set(futures)
        try:
            while pending:
                # With a time limit, because Windows delivers no interrupt to a wait without one.
                pending = wait(pending, timeout=1, return_when=FIRST_COMPLETED).not_done
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for execution in executions:
                execution.stop()
            raise
    return [future.result() for future in futures]


def _cores() -> int:
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


# --- outputs in place ---

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What the kernel says of its language, without Python's version.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def _store_outputs(execution: _Execution, result: Result) -> None:
    path, transcript = execution.notebook.path, Transcript.read(execution.transcript)
    notebook, executed = nbformat.read(path, 4), nbformat.read(execution.copy, 4)
    for cell, fresh in zip(notebook.cells, executed.cells, strict=True):
        for key in ("execution", "papermill", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = _merged(fresh.outputs)
            cell.execution_count = fresh.execution_count
    notebook.metadata.pop("papermill", None)
    notebook.metadata.kernelspec = KERNELSPEC
    notebook.metadata.language_info = LANGUAGE
    prose.name_measured(notebook, transcript.requests, transcript.tokens)
    notebook.metadata[provenance.KEY] = provenance.record(notebook, result.backend, transcript)
    temporary = path.with_suffix(".tmp")
    try:
        temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        raise RunError(f"Cannot write {path}: {error.strerror}.") from None


def _merged(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of a stream as one: where a kernel cuts it is a matter of timing."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged
