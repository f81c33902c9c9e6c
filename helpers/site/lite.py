"""`make lite`: the notebooks as JupyterLite, with the mock in the same tab.

The cells are as they are in the clone. Nothing is asked of another origin: Pyodide is npm's, and
every package comes from the site.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import nbformat

from helpers.notebooks.registry import PROJECT, Notebook, load
from helpers.site import wheels

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
KERNEL_PACKAGES = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
"""What the kernel installs as it starts, unless it is told that all is there."""

CONTENTS = "assets"
STORES = ["asyncStorage", "localStorageWrapper", "memoryStorageDriver"]
"""Where the tab keeps files, the first that the browser lets it use; the last forgets them."""
INSTEAD = "Its outputs are those of a clone, where `make lab` runs it."


def build(out: Path, venv: Path, npm: Path) -> None:
    """Write the whole of it to `out`, an empty folder or none; raises FileExistsError for another.

    `venv` is the environment with JupyterLite, and `npm` the folder of npm's packages.
    Building into a folder that is there already was seen to lose the address of our Pyodide.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty; remove it first")
    scratch = out.with_name(out.name + "-parts")
    shutil.rmtree(scratch, ignore_errors=True)
    stage = scratch / "static" / "pyodide"
    stage.mkdir(parents=True)
    core = npm / "pyodide"
    for name in CORE:
        shutil.copy(core / name, stage)
    packages = _packages(stage, scratch, venv / "share" / "jupyter" / "labextensions")
    lock = wheels.pyodide_lock(core, stage)
    (stage / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    contents(scratch / "contents", load())
    (scratch / "jupyter-lite.json").write_text(_settings(packages), encoding="utf-8")
    _jupyter_lite(venv, scratch, out)
    shutil.copytree(stage, out / "static" / "pyodide", dirs_exist_ok=True)


def _packages(stage: Path, scratch: Path, labextensions: Path) -> list[str]:
    """Put every wheel into the stage; returns the names of those that are loaded at the start."""
    locked = wheels.pins((PROJECT / "requirements.lock").read_text(encoding="utf-8"))
    # Pyodide's kernel imports it, and nothing else does.
    of_the_site = wheels.pins((PROJECT / "requirements-site.lock").read_text(encoding="utf-8"))
    chosen = [*wheels.needed(locked), of_the_site["micropip"]]
    wheels.download(chosen, stage, scratch)
    wheels.build(PROJECT, stage)
    brought = labextensions / "@jupyterlite" / "pyodide-kernel-extension" / "static" / "pypi"
    for name in ("piplite", "ipykernel", "pyodide_kernel"):
        (wheel,) = brought.glob(f"{name}-*.whl")
        shutil.copy(wheel, stage)
    wheels.empty("jedi", stage)
    return sorted({*KERNEL_PACKAGES, *(pin.name for pin in chosen), wheels.PROJECT_NAME})


def contents(folder: Path, notebooks: list[Notebook]) -> None:
    """The files that a tab has; those that do not run there are one link from those that do."""
    folder.mkdir()
    for notebook in notebooks:
        copy = nbformat.read(notebook.path, as_version=4)
        if notebook.browser:
            said = f"**This notebook doesn't run in a browser tab.** {notebook.browser} {INSTEAD}"
            copy.cells.insert(0, nbformat.v4.new_markdown_cell(said, id="browser"))
        nbformat.write(copy, folder / notebook.path.name)
    source = PROJECT / "notebooks" / CONTENTS
    if source.is_dir():
        shutil.copytree(source, folder / CONTENTS)


def _settings(packages: list[str]) -> str:
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": packages,
            "lockFileURL": "./static/pyodide/pyodide-lock.json",
        },
    }
    stores = {f"{kind}StorageDrivers": STORES for kind in ("contents", "settings", "workspaces")}
    data = {
        **stores,
        "enableMemoryStorage": True,
        "appName": "Clarifai's OpenAI-compatible endpoint",
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        "disabledExtensions": ["@jupyterlab/apputils-extension:announcements"],
    }
    return json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": data}, indent=1)


def _jupyter_lite(venv: Path, folder: Path, out: Path) -> None:
    subprocess.run(
        [
            venv / "bin" / "jupyter-lite", "build", "--no-sourcemaps",
            "--apps=notebooks", "--apps=tree", "--apps=lab",
            f"--lite-dir={folder}", f"--contents={folder / 'contents'}", f"--output-dir={out}",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
