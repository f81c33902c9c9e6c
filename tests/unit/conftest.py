"""Small notebooks, made for a test and executed by real kernels; and servers for an endpoint."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from helpers import endpoint
from helpers.notebooks.registry import Notebook, Objective
from tests.unit.stranger import Handler, Server

MakeNotebook = Callable[..., Notebook]


@pytest.fixture(scope="session")
def make_notebook() -> MakeNotebook:
    """Write `NAME.ipynb` into a folder, from sources; the first may be tagged `parameters`."""

    def make(
        folder: Path,
        name: str,
        *sources: str,
        parameters: str | None = None,
        timeout: int = 30,
        backends: tuple[str, ...] = ("mock", "live", "compatible"),
    ) -> Notebook:
        cells = [nbformat.v4.new_markdown_cell(f"# {name}")]
        if parameters is not None:
            cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        cells += [nbformat.v4.new_code_cell(source) for source in sources]
        for number, cell in enumerate(cells):
            cell.id = f"cell-{number}"
        path = folder / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return Notebook(name, path, name, (Objective("run", "Run"),), 1, timeout, backends)

    return make


def alive(pid: int) -> bool:
    """Whether a process runs. One that has ended may be there until somebody waits for it."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.keys = []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a process that has chosen nothing yet, in an empty folder."""
    monkeypatch.setattr(endpoint, "_endpoint", None)
    monkeypatch.setattr(endpoint, "_given", {})
    for name in list(os.environ):
        if name.startswith("CLARIFAI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, server: Server) -> Server:
    """A server in the place of Clarifai."""
    monkeypatch.setattr(endpoint, "LIVE_URL", server.url)
    return server
