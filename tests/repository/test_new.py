"""A new notebook runs, and keeps every promise once what is marked TODO in it is written."""

import errno
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from helpers.notebooks import provenance
from helpers.notebooks.new import NewError, new
from helpers.notebooks.registry import load

# The number after the last, however many there are.
NUMBER = max(int(notebook.name[:2]) for notebook in load()) + 1
NAME = f"{NUMBER}_try_it_out"


def python(project: Path, *arguments: str) -> str:
    """What Python prints in the copy of the project, with the `helpers` of the copy."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_what_is_left(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "TODO: " in text
    path.write_text(text.replace("TODO: ", "Well: "), encoding="utf-8")


def lock_what_is_installed(lock: Path) -> None:
    """The tests are also run with an older and a newer openai than the lock's."""
    text = lock.read_text(encoding="utf-8")
    for name in provenance.PACKAGES:
        text = re.sub(rf"(?m)^{name}==[^ ;\\]+", f"{name}=={version(name)}", text)
    lock.write_text(text, encoding="utf-8")


def test_a_new_notebook_is_green_when_it_is_written(copy: Path) -> None:
    lock_what_is_installed(copy / provenance.LOCK.name)
    made = python(copy, "-m", "helpers", "new", NAME).splitlines()
    assert made[0].endswith(f"{NAME}.ipynb")
    for name in (f"{NAME}.ipynb", "registry.toml"):
        write_what_is_left(copy / "notebooks" / name)
    python(copy, "-m", "helpers", "refresh", NAME)
    # The gates on the file are among its tests.
    tests = [f"notebooks/{NAME}.ipynb", "tests/notebooks/test_exercises.py"]
    python(copy, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *tests, "-k", NAME[3:])
    for command in (["check"], ["format", "--check"]):
        python(copy, "-m", "ruff", *command, "--no-cache", "helpers", "notebooks")


def test_it_takes_its_place_among_the_others(copy: Path) -> None:
    registry = copy / "notebooks" / "registry.toml"
    entries = registry.read_text(encoding="utf-8")
    first = entries.index("[[notebook]]")
    registry.write_text(entries[:first] + entries[entries.index("[[notebook]]", first + 1) :])
    new("01_begin", copy)
    assert [notebook.name[:2] for notebook in load(registry)][:3] == ["01", "02", "03"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("97_Do_Something", "not a name for a notebook"),
        ("do_something", "not a name for a notebook"),
        ("97_class", "not a name for a notebook"),
        ("02_basic_inference", "There is a notebook 02_basic_inference"),
        ("02_something_else.ipynb", "choose another number"),
        ("98_basic_inference", "There is a helpers/exercises/basic_inference.py"),
    ],
)
def test_what_is_there_is_left_alone(name: str, says: str, copy: Path) -> None:
    before = sorted(copy.rglob("*.*"))
    with pytest.raises(NewError, match=says):
        new(name, copy)
    assert sorted(copy.rglob("*.*")) == before


def test_the_name_that_is_given_as_an_example_can_be_taken(copy: Path) -> None:
    pages = ("README.md", "CONTRIBUTING.md", "helpers/README.md")
    text = "".join((copy / page).read_text(encoding="utf-8") for page in pages)
    names = set(re.findall(r"(\d\d_do_something)", text))
    assert len(names) == 1
    assert new(names.pop(), copy)


def test_a_new_notebook_on_a_full_disk_leaves_nothing(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = copy / "notebooks" / "registry.toml"
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    write_text = Path.write_text

    def fill(path: Path, text: str, **options: Any) -> int:
        if registry.name in path.name:
            write_text(path, text[:9], **options)
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(path, text, **options)

    monkeypatch.setattr(Path, "write_text", fill)
    with pytest.raises(OSError, match=r"No space left on device: .*registry\.toml"):
        new(NAME, copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
