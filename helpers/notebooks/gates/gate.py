"""A gate: a named promise of every notebook, workflow or repository, and how it is checked."""

from collections.abc import Callable, Iterable, Iterator
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

    def problems(self, subject: Subject, names: Iterable[str] = ()) -> dict[str, list[str]]:
        """What breaks the promises, or those named, by the name of the gate; {} if nothing does."""
        found = {name: list(self[name].check(subject)) for name in names or self}
        return {name: texts for name, texts in found.items() if texts}


GATES: Gates[Book] = Gates()
gate = GATES.gate
