"""`notebooks/README.md`: the notebooks in their order, from the registry and their openings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers.beside import text
from helpers.notebooks.registry import Notebook
from helpers.text import write_whole

COMMAND = "python -m helpers contents"

_NEEDS = re.compile(r"\*\*What you'll need:\*\* (.*?)(?:, and no key)?[.:](?:\s|$)")


def contents(notebooks: Sequence[Notebook]) -> str:
    """The whole file."""
    return text(__file__, "contents.template") + "".join(
        f"| {' | '.join(_row(notebook))} |\n" for notebook in notebooks
    )


def write(notebooks: Sequence[Notebook]) -> None:
    """Write it beside the notebooks."""
    path = notebooks[0].path.with_name("README.md")
    write_whole(path, contents(notebooks))


def _row(notebook: Notebook) -> tuple[str, ...]:
    return (
        f"[{notebook.title}]({notebook.path.name})",
        str(notebook.minutes),
        "<br>".join(objective.text for objective in notebook.objectives),
        _needs(notebook),
        ", ".join(notebook.backends),
    )


def _needs(notebook: Notebook) -> str:
    """What its opening asks for, in the first sentence and without what none asks for."""
    for cell in notebook.cells:
        if match := _NEEDS.search("".join(cell["source"])):
            # The first letter of the first word, which may be of code or of a link.
            return re.sub("[A-Za-z]", lambda first: first[0].upper(), match[1], count=1)
    return ""
