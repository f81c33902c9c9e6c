"""Copies of the project, to be broken or added to."""

import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.notebooks.registry import PROJECT


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is committed, or would be with `git add`."""
    copy = tmp_path_factory.mktemp("sound") / "project"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=PROJECT, text=True)
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, copy / name)
    return copy


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    changed = tmp_path / "project"
    shutil.copytree(sound, changed)
    return changed
