"""Copies of the project, to be broken or added to."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.copies import copied

Tree = dict[str, tuple[int, int] | None]


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("sound") / "project")


@pytest.fixture(scope="session")
def lent(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lent = tmp_path_factory.mktemp("lent") / "project"
    shutil.copytree(sound, lent)
    return lent


@pytest.fixture(scope="session")
def as_lent(sound: Path) -> Tree:
    return tree(sound)


@pytest.fixture
def copy(sound: Path, lent: Path, as_lent: Tree) -> Iterator[Path]:
    """A copy that a test may change; after it, what it changed is put right for the next."""
    yield lent
    left = tree(lent)
    for name in sorted(left.keys() - as_lent.keys(), reverse=True):  # what is in a folder first
        path = lent / name
        path.rmdir() if path.is_dir() else path.unlink()
    for name, written in as_lent.items():
        if left.get(name) == written:
            continue
        path = lent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if written is None else shutil.copy2(sound / name, path)


def tree(root: Path) -> Tree:
    """What is in a folder: the size of each file and when it was written; None for a folder."""
    found: Tree = {}
    for folder, folders, files in os.walk(root):
        place = Path(folder).relative_to(root).as_posix()
        found |= {f"{place}/{name}": None for name in folders}
        for name in files:
            written = Path(folder, name).lstat()
            found[f"{place}/{name}"] = (written.st_size, written.st_mtime_ns)
    return found
