"""papermill's engine as notebooks are run here: each in a kernel with its own environment."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.translators import PythonTranslator, papermill_translators
from traitlets.config import Config

if TYPE_CHECKING:
    from helpers.notebooks.jobs import Job

KERNEL_START_SECONDS = 60

Execute = Callable[[str, int], str]
"""Runs code in a notebook's kernel, after its cells: the text of its outputs, errors included.

It may take as long as so many cells of the notebook.
"""

# The kernels that there are; it takes some time to look for them.
_KERNELS = KernelSpecManager()


class Client(PapermillNotebookClient):  # type: ignore[misc]
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
    def current(self) -> NotebookNode:
        """The cell that it is at."""
        return self._begun[self.at]

    @property
    def finished(self) -> bool:
        """Whether it has come to the last cell."""
        return self.at >= len(self._begun) - 1

    @property
    def place(self) -> str:
        """The cell that it is at: its number, prose included, and its first line of code."""
        if not self._begun:
            return "before the first cell"
        cells = self._begun[: self.at + 1]
        injected = ["injected-parameters" in cell.metadata.get("tags", []) for cell in cells]
        if injected[-1]:
            return "the parameters given"
        lines = cells[-1].source.strip().splitlines()
        line = next((each for each in lines if not each.startswith("#")), lines[0])
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

    def execute_code(self, code: str, cells: int) -> str:
        texts: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
            elif message["msg_type"] == "error":
                texts.append(f"{content['ename']}: {content['evalue']}")

        seconds = cells * self.timeout
        run_sync(self.kc.execute_interactive)(
            code, store_history=False, allow_stdin=False, timeout=seconds, output_hook=keep
        )
        return "".join(texts)


class TutorialEngine(Engine):  # type: ignore[misc]
    """papermill's engine, with an environment of its own for each kernel."""

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
        # As Python: JSON has no tuples, and no keys but text.
        given = {name: Translator.translate(value) for name, value in job.parameters.items()}
        nb_man.nb.metadata.papermill["parameters"] = given
        with _connection() as config:
            client = Client(
                nb_man,
                kernel_name=kernel_name,
                timeout=job.notebook.timeout,
                startup_timeout=KERNEL_START_SECONDS,
                allow_errors=job.keep_going,
                config=config,
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
                client.execute(cwd=str(job.folder), env=job.environment)
            finally:
                _end_tasks()


# What a socket's path may have, in bytes, with the least that any system allows.
_SOCKET_PATH = 103
_SOCKET_NAME = len("/kernel-ipc-00")


@contextmanager
def _connection() -> Iterator[Config]:
    """How to speak with a kernel: over sockets that are files, where the system has them.

    Of many kernels that start at once, one would find its port taken now and then. Where no folder
    is fit for such files, as below a long TMPDIR, it is ports nevertheless.
    """
    with ExitStack() as stack:
        for parent in (None, "/tmp", "/dev/shm") if os.name == "posix" else ():
            try:
                folder = stack.enter_context(tempfile.TemporaryDirectory(dir=parent))
            except OSError:
                continue
            if len(os.fsencode(folder)) + _SOCKET_NAME <= _SOCKET_PATH:
                file = str(Path(folder, "kernel.json"))
                yield Config(KernelManager={"transport": "ipc", "connection_file": file})
                return
        yield Config()


@run_sync
async def _end_tasks() -> None:
    """Cancel what nbclient leaves behind after a time limit; asyncio would complain about it."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Translator(PythonTranslator):  # type: ignore[misc]
    """How a parameter is written into a notebook. papermill's own makes a text of all but JSON."""

    @classmethod
    def translate(cls, val: Any) -> str:
        """Python that gives the value again. Raises TypeError for what cannot be passed."""
        match val:
            case float():
                return str(cls.translate_float(val))
            case None | bool() | int() | str():
                return repr(val)
            case list():
                return f"[{cls._all(val)}]"
            case tuple():
                return f"({cls._all(val)}{',' * (len(val) == 1)})"
            case dict():
                pairs = (f"{cls.translate(key)}: {cls.translate(val[key])}" for key in val)
                return f"{{{', '.join(pairs)}}}"
        raise TypeError(
            f"a {type(val).__name__} cannot be passed to a notebook; numbers, texts, lists, tuples"
            " and dictionaries can"
        )

    @classmethod
    def _all(cls, values: Iterable[Any]) -> str:
        return ", ".join(map(cls.translate, values))


papermill_translators.register("python", Translator)
