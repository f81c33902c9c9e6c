"""Whether the last run of notebooks came to its end, and kept the rules of every backend."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.reader import NotJSONError

from helpers.notebooks.book import Book
from helpers.notebooks.gates.executed import ANYWHERE, Execution, problems
from helpers.notebooks.registry import Notebook
from helpers.problem import Problem


class VerifyError(Problem):
    """There is no run that could be checked; the message says what to do."""


@dataclass(frozen=True)
class Verdict:
    """The notebooks of the last run that were checked, and what is wrong with them."""

    checked: tuple[str, ...]
    problems: tuple[str, ...]
    older: tuple[str, ...]
    """Those that an earlier run left in the same folder."""


def verify(wanted: Sequence[Notebook] | None, registry: list[Notebook], output: Path) -> Verdict:
    """The verdict on the last run in `output`, or on those `wanted` of it. Raises VerifyError."""
    try:
        results = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VerifyError(f"No run has ended in {output}: run the notebooks first.") from None
    except ValueError:
        raise VerifyError(f"{output}/summary.json is broken: run the notebooks again.") from None
    entries = {notebook.name: notebook for notebook in registry}
    ran = {result["notebook"]: result for result in results if result["status"] != "skipped"}
    names = [notebook.name for notebook in wanted] if wanted else [n for n in entries if n in ran]
    if missing := [name for name in names if name not in ran] or (
        [] if names else ["none of them"]
    ):
        raise VerifyError(f"Not in the last run in {output}: {', '.join(missing)}. Run it first.")
    found = [p for name in names for p in _problems(entries[name], ran[name], registry)]
    left = sorted(path.stem for path in output.glob("*.ipynb") if path.stem in entries)
    older = () if wanted else tuple(name for name in left if name not in ran)
    return Verdict(tuple(names), tuple(found), older)


def _problems(entry: Notebook, result: dict[str, Any], registry: list[Notebook]) -> Iterator[str]:
    if result["status"] != "ok":
        yield f"{entry.name} did not finish: {result['problem']}"
        return
    copy = Path(result["copy"])
    try:
        execution = Execution.read(Book.open(entry.path, registry), copy)
    except (FileNotFoundError, NotJSONError, ValueError):
        yield f"{copy} is not a whole notebook with its transcript: run it again"
        return
    if execution.transcript.requests != result["requests"]:
        yield f"{copy} is of another run than the summary beside it: run it again"
        return
    for gate, texts in problems(execution, ANYWHERE).items():
        yield from (f"[{gate}] {text}" for text in texts)
