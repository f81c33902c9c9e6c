"""Right and wrong answers to the exercises, which prove their checks.

They are in `helpers/exercises/answers/`, a file for each module of checks, under the id of the
exercise. An answer is the solution with something edited, or code of its own; a wrong one has what
its hint begins with, or the name of that hint in the module, or in `helpers.checks`:

    [[force-a-call.right]]
    edit = [['tools=[tool], ', 'tools=[tool, other], ']]

    [[force-a-call.wrong]]
    hint = "AUTO"
    edit = [['"required"', '"auto"']]
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from helpers import checks, exercises
from helpers.checks import find

FOLDER = Path(exercises.__file__).with_name("answers")


@dataclass(frozen=True, kw_only=True)
class Right:
    """Another right answer: the solution with something edited, or code of its own."""

    edit: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None

    def answer(self, solution: str) -> str:
        """The answer as code. Raises ValueError when the solution does not have what is edited."""
        if self.code is not None:
            return self.code
        for old, new in self.edit.items():
            if old not in solution:
                raise ValueError(f"the solution has no {old!r} to edit")
            solution = solution.replace(old, new)
        return solution


@dataclass(frozen=True)
class Wrong(Right):
    """A wrong answer that readers give, written in the same way, and what its hint begins with."""

    hint: str


@dataclass(frozen=True)
class Answers:
    """The answers to one exercise, its solution not among them."""

    right: Sequence[Right] = ()
    wrong: Sequence[Wrong] = ()


@cache
def answers(id: str) -> Answers:
    """The answers that are known for an exercise; none where it has no file.

    Raises LookupError if there is no such exercise.
    """
    module = sys.modules[find(id).check.__module__]
    path = FOLDER / f"{module.__name__.rpartition('.')[2]}.toml"
    if not path.is_file():
        return Answers()
    known = tomllib.loads(path.read_text(encoding="utf-8")).get(id, {})
    hints = vars(checks) | vars(module)

    def written(each: dict[str, Any]) -> dict[str, Any]:
        return {"edit": dict(each.get("edit", [])), "code": each.get("code")}

    return Answers(
        [Right(**written(each)) for each in known.get("right", [])],
        [
            Wrong(hints.get(each["hint"], each["hint"]), **written(each))
            for each in known.get("wrong", [])
        ],
    )
