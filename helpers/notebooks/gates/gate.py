"""A gate: a named promise of every notebook, and the check that it is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from helpers.notebooks.book import Book

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Gate(Generic[Subject]):
    """`check` gives one sentence for each breach: where it is, and what to do."""

    name: str
    promise: str
    check: Callable[[Subject], Iterator[str]]


class Gates(dict[str, Gate[Subject]]):
    """The gates that look at one kind of thing, by their names."""

    def gate(
        self, name: str, promise: str
    ) -> Callable[[Callable[[Subject], Iterator[str]]], Callable[[Subject], Iterator[str]]]:
        """Register a check under `name`."""

        def register(
            check: Callable[[Subject], Iterator[str]],
        ) -> Callable[[Subject], Iterator[str]]:
            self[name] = Gate(name, promise, check)
            return check

        return register


GATES: Gates[Book] = Gates()
gate = GATES.gate
