"""Small notebooks, made for a test and executed by real kernels."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest

from helpers.notebooks.registry import Notebook, Objective

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
