"""The notebooks run where Colab and Binder would run them, and show what they show in the clone.

`make hosts` runs this, on what is committed; `make test` does not collect it.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.registry import Notebook, load
from helpers.site import colab
from tests.elsewhere.environments import (
    BINDER,
    BINDER_PYTHON,
    COLAB,
    COLAB_PINS,
    COLAB_PYTHON,
    steps,
)

OF_A_KERNEL = {"ipykernel", "ipython", "jupyter-client", "pyzmq", "tornado", "traitlets"}
"""What is loaded before the first cell: replaced, it would need a restart."""
DRAWN_WITH = {"matplotlib", "numpy", "pillow"}

Run = Callable[[NotebookNode, Path, Path], NotebookNode]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a copy of a notebook by a Python, with a folder as the working directory."""

    def run(notebook: NotebookNode, python: Path, folder: Path) -> NotebookNode:
        kernel = tmp_path / "kernels" / "host" / "kernel.json"
        kernel.parent.mkdir(parents=True, exist_ok=True)
        argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        # The other tests' kernels are forked from a process of this environment.
        ordinary = {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}
        spec = {"argv": argv, "display_name": "host", "language": "python", "metadata": ordinary}
        kernel.write_text(json.dumps(spec), encoding="utf-8")
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        copy = nbformat.from_dict(notebook)
        where = {"metadata": {"path": str(folder)}}
        NotebookClient(
            copy, timeout=300, allow_errors=True, kernel_name="host", resources=where
        ).execute()
        return copy

    return run


def unlike(stored: NotebookNode, fresh: NotebookNode) -> list[str]:
    """What a reader would see differ."""
    return [
        f"cell {number}: {problem}"
        for number, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True))
        if old.cell_type == "code"
        for problem in differences(
            old.outputs, new.outputs, plot=PLOT in old.metadata.get("tags", [])
        )
    ]


@pytest.mark.parametrize("python", [COLAB_PYTHON, BINDER_PYTHON])
def test_cells_run_in_the_environment_of_the_host(python: Path, run: Run, tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("import sys; print(sys.prefix)")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    (output,) = run(notebook, python, tmp_path).cells[0].outputs
    assert output["text"].strip() == str(python.parents[1])


@pytest.mark.parametrize("notebook", colab.offered(), ids=lambda notebook: notebook.name)
def test_a_notebook_shows_in_colab_what_it_shows_in_the_clone(notebook: Notebook, run: Run) -> None:
    stored = nbformat.read(notebook.path, as_version=4)
    fresh = run(stored, COLAB_PYTHON, COLAB / colab.CLONE / "notebooks")
    assert unlike(stored, fresh) == []


def test_nothing_that_a_running_kernel_has_loaded_is_replaced() -> None:
    before = dict(re.findall(r"^([a-z0-9-]+)==(.+)$", COLAB_PINS.read_text("utf-8"), re.MULTILINE))
    after = installed(COLAB_PYTHON)
    kept = {name for name, version in before.items() if after[name] == version}
    assert kept >= OF_A_KERNEL | DRAWN_WITH
    assert after["openai"] != before["openai"], "the tutorial asks for a newer one than Colab has"


def installed(python: Path) -> dict[str, str]:
    """The version of each package."""
    command = [str(python), "-m", "pip", "list", "--format=json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {
        package["name"].lower().replace("_", "-"): package["version"]
        for package in json.loads(done.stdout)
    }


def test_where_a_notebook_is_not_offered_it_would_not_run(run: Run) -> None:
    """The reasons in the registry are reasons: without them, a button would open a failure."""
    for notebook in load():
        if notebook.colab:
            stored = nbformat.read(notebook.path, as_version=4)
            fresh = run(stored, COLAB_PYTHON, COLAB / colab.CLONE / "notebooks")
            assert unlike(stored, fresh), f"{notebook.name} runs in Colab by now"


def test_binder_does_what_it_is_told_after_the_clone() -> None:
    assert steps(BINDER / "clone")[-1] == "./.binder/postBuild"


def test_a_notebook_shows_in_binder_what_it_shows_in_the_clone(run: Run) -> None:
    notebook = load()[1]
    stored = nbformat.read(notebook.path, as_version=4)
    assert unlike(stored, run(stored, BINDER_PYTHON, BINDER / "clone" / "notebooks")) == []
