"""What has to agree in this repository does, and each broken copy of it is caught."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.notebooks.registry import PROJECT
from tests.mutants import Mutant, repository
from tests.repository.gates import GATES
from tests.repository.setup import undeclared


@pytest.fixture(scope="module")
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


@pytest.mark.parametrize("gate", GATES)
def test_the_repository_keeps_every_promise(gate: str, sound: Path) -> None:
    if problems := list(GATES[gate](sound)):
        pytest.fail("\n".join(problems), pytrace=False)


def test_every_gate_has_a_mutant() -> None:
    assert {mutant.caught_by for mutant in repository.MUTANTS} == GATES.keys()


@pytest.mark.parametrize("mutant", repository.MUTANTS, ids=lambda mutant: mutant.name)
def test_its_gate_catches_a_broken_copy(
    mutant: Mutant[Callable[[Path], object]], sound: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "project"
    shutil.copytree(sound, broken)
    mutant.make(broken)
    assert list(GATES[mutant.caught_by](broken))


def test_what_is_imported_and_not_declared_is_noticed() -> None:
    assert undeclared(["import numpy.linalg\nfrom PIL import Image"], {"numpy"}) == {"pillow"}
    assert undeclared(["import httpx"], set()) == {"httpx"}
