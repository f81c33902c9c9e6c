"""What a notebook leaves in its folder: what the next reader would find, and what is innocent."""

from collections.abc import Callable
from pathlib import Path

from tests.mutants import Mutants

MUTANTS: Mutants[Callable[[Path], object]] = Mutants("a notebook's folder, after a run")
INNOCENTS: Mutants[Callable[[Path], object]] = Mutants("a notebook's folder, in order")
mutant, innocent = MUTANTS.mutant, INNOCENTS.mutant
GATE = "files"


def write(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")


@mutant("a file that it names", caught_by=GATE)
def _(folder: Path) -> None:
    write(folder / "notes.txt")


@mutant("a file in a new folder, which no notebook names", caught_by=GATE)
def _(folder: Path) -> None:
    write(folder / "more" / "state.bin")


@innocent("a file that another notebook names", caught_by=GATE)
def _(folder: Path) -> None:
    write(folder / "of_another.txt")


@innocent("a file that was there, and is written again", caught_by=GATE)
def _(folder: Path) -> None:
    write(folder / "data.csv")


@innocent("files that git ignores", caught_by=GATE)
def _(folder: Path) -> None:
    for ignored in ("pictures", ".ipynb_checkpoints", "__pycache__"):
        write(folder / ignored / "x.png")
