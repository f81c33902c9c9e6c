"""A gate: a named promise of every notebook, and the check that it is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from helpers.notebooks.gates.book import Book

Check = Callable[[Book], Iterator[str]]


@dataclass(frozen=True)
class Gate:
    """`check` gives one sentence for each breach: where it is, and what to do."""

    name: str
    promise: str
    check: Check


GATES: dict[str, Gate] = {}


def gate(name: str, promise: str) -> Callable[[Check], Check]:
    """Register a check under `name`."""

    def register(check: Check) -> Check:
        GATES[name] = Gate(name, promise, check)
        return check

    return register
