"""Outputs without what is random by construction, as `random.toml` names it.

What is compared and what `refresh` stores goes through here: a second run gives the same, and not
one output is left out for that.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from nbformat import NotebookNode

from helpers.beside import table


@dataclass(frozen=True)
class Replacement:
    """`pattern` is replaced by `write`, in text of the MIME type `kind`; * is all text."""

    name: str
    kind: str
    pattern: re.Pattern[str]
    write: str

    def applied(self, text: str, seen: dict[str, int]) -> str:
        """The text with each value replaced, and numbered as it was first `seen`."""

        def replaced(match: re.Match[str]) -> str:
            number = seen.setdefault(match[0], len(seen) + 1)
            return match.expand(self.write).replace("{n}", str(number))

        return self.pattern.sub(replaced, text)


@cache
def rules() -> tuple[Replacement, ...]:
    """In the order in which they apply."""
    return tuple(
        Replacement(rule["name"], rule["in"], re.compile(rule["pattern"]), rule["write"])
        for rule in table(__file__, "random.toml")["rule"]
    )


def steady(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell, nbformat 4, as any other run would give them."""
    writer = _Writer()
    result = copy.deepcopy(list(outputs))
    for output in result:
        for key in ("text", "ename", "evalue", "traceback"):
            if key in output:
                output[key] = writer.steady(output[key], "text/plain")
        for kind, value in output.get("data", {}).items():
            if kind not in ("image/png", "image/jpeg"):
                output.data[kind] = writer.steady(value, kind)
    return result


@dataclass
class _Writer:
    """What was seen in the outputs of one cell."""

    seen: dict[str, dict[str, int]] = field(default_factory=dict)

    def steady(self, value: Any, kind: str) -> Any:
        match value:
            case str():
                for rule in rules():
                    if rule.kind in ("*", kind):
                        value = rule.applied(value, self.seen.setdefault(rule.name, {}))
                return value
            case list():
                return [self.steady(part, kind) for part in value]
            case dict():
                return type(value)({key: self.steady(part, kind) for key, part in value.items()})
        return value
