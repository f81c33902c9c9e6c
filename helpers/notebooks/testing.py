"""What `make test` runs: everything, or the notebooks that are named or were changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from helpers.notebooks.registry import PROJECT, Notebook, RegistryError, select

CHANGED = "changed"


def chosen(names: Sequence[str], notebooks: Sequence[Notebook]) -> list[Path] | None:
    """The files of the notebooks named; None for no name, which means all there is to test.

    `changed` takes those changed or added since the last commit. A notebook that is not in the
    registry is named by its path. Raises RegistryError for what there is not.
    """
    if not names:
        return None
    paths: list[Path] = []
    for name in names:
        if name == CHANGED:
            paths += changed()
        elif Path(name).suffix == ".ipynb" and Path(name).is_file():
            paths.append(Path(name).resolve())
        else:
            paths += [notebook.path for notebook in select([name], notebooks)]
    for notebook in notebooks:
        if notebook.path in paths:
            _ = notebook.cells  # which says what is wrong with them, however they were named
    return list(dict.fromkeys(paths))


def changed(root: Path = PROJECT) -> list[Path]:
    """The notebooks that git finds changed or added since the last commit."""
    commands = (
        ["diff", "--name-only", "-z", "--relative", "--diff-filter=d", "HEAD"],
        ["ls-files", "--others", "--exclude-standard", "-z"],
    )
    names: set[str] = set()
    for command in commands:
        done = subprocess.run(
            ["git", *command, "--", "notebooks/*.ipynb"], cwd=root, capture_output=True, text=True
        )
        if done.returncode:
            raise RegistryError(f"git cannot say what was changed: {done.stderr.strip()}")
        names |= {*filter(None, done.stdout.split("\0"))}
    return [root / name for name in sorted(names)]


def command(paths: Sequence[Path] | None, jobs: int | None, arguments: Sequence[str]) -> list[str]:
    """The call of pytest. Notebooks that are named share a process, and run side by side in it."""
    # Of notebooks elsewhere, pytest would take the settings from there.
    given = ["-c", str(PROJECT / "pyproject.toml"), *map(str, paths)] if paths else []
    at_a_time = [] if paths else ["-n", str(jobs or "auto")]
    return [sys.executable, "-m", "pytest", *given, *at_a_time, *arguments]
