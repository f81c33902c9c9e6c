"""Gates: what every committed notebook promises, each as a check that can fail.

They read a notebook as it is stored and execute nothing. `tests/mutants/` breaks notebooks on
purpose and shows that the gate named there notices.
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import GATES
from helpers.notebooks.registry import Notebook

__all__ = ["GATES", "Book", "missing", "problems"]

for _module in iter_modules(__path__):  # each registers its own
    import_module(f"{__name__}.{_module.name}")


def problems(book: Book) -> dict[str, list[str]]:
    """The problems of a notebook by the name of the gate; an empty dict when there is none."""
    return {
        name: [f"{book.path.name}: {text}" for text in texts]
        for name, texts in GATES.problems(book).items()
    }


def missing(folder: Path, registry: list[Notebook]) -> list[str]:
    """Registered notebooks that are not in `folder`: the other half of the gate "listed"."""
    return [
        f"{entry.path.name}: in the registry, but not on disk; add it or take its entry out"
        for entry in registry
        if not (folder / entry.path.name).is_file()
    ]
