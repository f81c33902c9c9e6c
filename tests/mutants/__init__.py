"""Copies broken on purpose, each with the gate that must catch it.

`python -m tests.mutants` writes the table in tests/README.md; a test fails while it is out of date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- mutants: begin -->\n", "<!-- mutants: end -->\n"

Broken = TypeVar("Broken", bound=Callable[..., object])


@dataclass(frozen=True)
class Mutant(Generic[Broken]):
    """A named way to break something, and the gate that has to notice."""

    name: str
    caught_by: str
    make: Broken


class Mutants(list[Mutant[Broken]]):
    """The mutants of one kind of thing, collected by their decorator."""

    def __init__(self, of: str) -> None:
        self.of = of

    def mutant(self, name: str, *, caught_by: str) -> Callable[[Broken], Broken]:
        def register(make: Broken) -> Broken:
            self.append(Mutant(name, caught_by, make))
            return make

        return register


def table() -> str:
    """Every mutant and the gate that catches it, as Markdown."""
    from tests.mutants import (
        environment,
        executed,
        exercises,
        left,
        repository,
        sections,
        sent,
        stored,
        workflows,
    )

    lines = ["| broken copy of | how | gate that catches it |", "|---|---|---|"]
    families = (stored, executed, left, sections, sent, exercises)
    for module in (*families, environment, repository, workflows):
        for mutant in module.MUTANTS:
            name = mutant.name.replace("|", "\\|")
            lines.append(f"| {module.MUTANTS.of} | {name} | {mutant.caught_by} |")
    return "\n".join(lines) + "\n"


def readme() -> str:
    """tests/README.md as it has to be: its own prose, and the table of today."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"
