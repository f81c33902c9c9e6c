"""An error for what is not there yet, or no more, says which cell makes it.

Cells run out of order, and a kernel that was restarted, end in `name 'client' is not defined` or in
`KeyError: 'CLARIFAI_PAT'`. Python knows no more; the notebook does, and its file is there to be
read. A name can also be that of something else, which a cell further down has made since. What the
notebook says is added to the error as a note, so that the error itself stays Python's.

`install` is called by `use_endpoint`, and in this project's own kernel before the first cell
(`helpers/notebooks/ipython_kernel_config.json`): a cell may come before the setup cell.
"""

from __future__ import annotations

import ast
import json
import os
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

# Where JupyterLab and VS Code say which notebook a kernel is for.
_VARIABLE, _NAME = "JPY_SESSION_NAME", "__vsc_ipynb_file__"
# Until the cell with this call has put that into the environment, most errors are for want of it.
_EXPORTS, _EXPORTED = "use_endpoint", "CLARIFAI_API_BASE"
_LONGEST = 60
FIRST = "Run that cell first"


@dataclass(frozen=True)
class Cell:
    """A code cell, the heading that it stands below, and the names that it makes and uses."""

    source: str
    section: str
    makes: frozenset[str]
    uses: frozenset[str] = frozenset()

    def told(self, name: str) -> str:
        """Where it is, and the line in it that makes the name."""
        lines = [line.strip() for line in self.source.splitlines()]
        word = re.compile(rf"\b{re.escape(name)}\b")
        line = next(filter(word.search, lines), lines[0])
        return f"the cell in “{self.section}” with the line `{line[:_LONGEST]}`"


def install(shell: Any) -> None:
    """Have a shell of IPython's say it, unless it already deals with errors in a way of its own."""
    if shell and not shell.custom_exceptions:
        shell.set_custom_exc((Exception,), _tell)


load_ipython_extension = install


def _tell(
    shell: Any,
    kind: type[Exception],
    error: Exception,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    # A group of tasks wraps what the one of them raised that a reader's line is in.
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
        kind, trace = type(error), error.__traceback__ or trace
    if told := first(shell, error):
        error.add_note(told)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def first(shell: Any, error: Exception) -> str | None:
    """Which cell to run before the one that raised in a shell; None if unknown."""
    run = shell.history_manager.input_hist_raw
    return advice(error, read(_candidates(shell.user_ns), run), run)


def advice(error: Exception, cells: list[Cell], run: Sequence[str]) -> str | None:
    """Which cell to run, after those that were `run`, of which the last raised; None if unknown."""
    current = run[-1].strip()
    here = next((n for n, cell in enumerate(cells) if cell.source == current), len(cells))
    if isinstance(error, NameError):
        return _made_by(error.name or "", cells, here)
    itself = here < len(cells) and _EXPORTS in cells[here].makes
    if _EXPORTED not in os.environ and not itself:
        return _made_by(_EXPORTS, cells, here)
    return _made_since(cells, here, run) if here < len(cells) else None


def _made_by(name: str, cells: list[Cell], here: int) -> str | None:
    above = [cell for cell in cells[:here] if name in cell.makes]
    below = [cell for cell in cells[here:] if name in cell.makes]
    if above:
        return (
            f"`{name}` comes from {above[-1].told(name)}. {FIRST},"
            " or all that is above this one: Run > Run All Above Selected Cell."
        )
    return f"`{name}` comes from below, {below[0].told(name)}. {FIRST}." if below else None


def _made_since(cells: list[Cell], here: int, run: Sequence[str]) -> str | None:
    """Of the names that a cell uses, one that was made last by another cell than the one above."""
    known = {cell.source: cell for cell in cells}
    ran = [known[source.strip()] for source in run[:-1] if source.strip() in known]
    for name in sorted(cells[here].uses):
        meant = next((cell for cell in reversed(cells[:here]) if name in cell.makes), None)
        made = next((cell for cell in reversed(ran) if name in cell.makes), None)
        if meant and made and meant != made:
            return (
                f"`{name}` was made last by {made.told(name)}; here it is meant to come from"
                f" {meant.told(name)}. {FIRST}."
            )
    return None


def read(paths: Iterable[Path], run: Iterable[str]) -> list[Cell]:
    """The code cells of the notebook that most of the cells that were run come from."""
    ran = {source.strip() for source in run if source.strip()}
    best: list[Cell] = []
    for path in paths:
        try:
            cells = [*_cells(json.loads(path.read_text(encoding="utf-8")))]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if not best or _common(cells, ran) > _common(best, ran):
            best = cells
    return best


def _common(cells: list[Cell], ran: set[str]) -> int:
    return len(ran & {cell.source for cell in cells})


def _candidates(variables: dict[str, Any]) -> Iterator[Path]:
    """The notebook of this kernel where somebody says it; else all that are here."""
    for said in (os.environ.get(_VARIABLE), variables.get(_NAME)):
        # The first is a path in JupyterLab's own folder, which may be one above.
        for path in (Path(said), Path(Path(said).name)) if said else ():
            if path.is_file():
                yield path
                return
    yield from sorted(Path().glob("*.ipynb"))


def _cells(notebook: dict[str, Any]) -> Iterator[Cell]:
    section = "the beginning"
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for before, line in pairwise(["", *source.splitlines()]):
                if line.startswith("#") and not before.strip():
                    section = line.strip("# ")
        elif cell["cell_type"] == "code" and source.strip():
            yield Cell(source.strip(), section, *names(source))


def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a cell makes, and what it uses, functions in it included."""
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except SyntaxError:  # a magic, or an answer that is half written
        return frozenset(), frozenset()
    symbols = table.get_symbols()
    made = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    return frozenset(made), frozenset(_used(table))


def changed(source: str) -> frozenset[str]:
    """What a cell changes in place: with a method, or a value for a part of it."""
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except SyntaxError:
        return frozenset()
    alone = [node.value for node in nodes if isinstance(node, ast.Expr)]
    calls = [value.func for value in alone if isinstance(value, ast.Call)]
    parts = [n for n in nodes if isinstance(getattr(n, "ctx", None), ast.Store | ast.Del)]
    wholes = [n.value for n in calls + parts if isinstance(n, ast.Attribute | ast.Subscript)]
    return frozenset(whole.id for whole in wholes if isinstance(whole, ast.Name))


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _used(inner)
