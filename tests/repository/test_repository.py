"""What has to agree in this repository does, and each broken copy of it is caught."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutants import Mutant, repository
from tests.repository.gates import GATES
from tests.repository.setup import undeclared


@pytest.mark.parametrize("gate", GATES)
def test_the_repository_keeps_every_promise(gate: str, sound: Path) -> None:
    if problems := list(GATES[gate].check(sound)):
        pytest.fail("\n".join(problems), pytrace=False)


def test_every_gate_has_a_mutant() -> None:
    assert {mutant.caught_by for mutant in repository.MUTANTS} == GATES.keys()


@pytest.mark.parametrize("mutant", repository.MUTANTS, ids=lambda mutant: mutant.name)
def test_its_gate_catches_a_broken_copy(
    mutant: Mutant[Callable[[Path], object]], copy: Path
) -> None:
    mutant.make(copy)
    assert any(GATES[mutant.caught_by].check(copy))


def test_what_is_imported_and_not_declared_is_noticed() -> None:
    assert undeclared(["import numpy.linalg\nfrom PIL import Image"], {"numpy"}) == {"pillow"}
    assert undeclared(["import httpx"], set()) == {"httpx"}
