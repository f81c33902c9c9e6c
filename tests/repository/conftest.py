"""Copies of the project, to be broken or added to."""

import filecmp
import shutil
import subprocess
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def lent(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lent = tmp_path_factory.mktemp("lent") / "project"
    shutil.copytree(sound, lent)
    return lent


@pytest.fixture
def copy(sound: Path, lent: Path) -> Iterator[Path]:
    """A copy that a test may change; after it, what it changed is put right for the next."""
    yield lent
    for path in sorted(lent.rglob("*"), reverse=True):  # what is in a folder before the folder
        original = sound / path.relative_to(lent)
        if not original.exists():
            path.rmdir() if path.is_dir() else path.unlink()
    for original in sound.rglob("*"):
        path = lent / original.relative_to(sound)
        if original.is_file() and not (path.is_file() and filecmp.cmp(path, original)):
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(original, path)
