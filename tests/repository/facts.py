"""Facts that test themselves: docs/facts.toml, and what refers to it.

    python -m tests.repository.facts

writes the hashes of the sources as they are installed here, once a fact that changed was read
again.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.version import Version

from helpers.notebooks.provenance import locked_packages
from helpers.notebooks.registry import PROJECT
from tests.repository.gate import gate

TABLE = Path("docs") / "facts.toml"
COMMAND = "python -m tests.repository.facts"
ABSENT = "absent"
_DIGITS = 16
_MARKED = re.compile(r"\b(assumed|fact)\b(?:\(([\w-]+)\)|`?:)")


@dataclass(frozen=True)
class Fact:
    """What is taken for true; the table says what each field is."""

    id: str
    statement: str
    evidence: str
    ask: str = ""
    source: dict[str, str] = field(default_factory=dict)
    value: dict[str, object] = field(default_factory=dict)
    rests: list[dict[str, str]] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """How code refers to it."""
        return f"{'assumed' if self.ask else 'fact'}({self.id})"

    def changes(self) -> Iterator[str]:
        """What is not as it was when this was written down."""
        for of, wanted in self.source.items():
            if not _older(of) and digest(of) != wanted:
                yield f"the source of {of} is another"
        for of, value in self.value.items():
            if (now := found(of)) != value:
                yield f"{of} is {now!r} and not {value!r}"


def read(root: Path) -> list[Fact]:
    """The table of a copy of the project."""
    content = tomllib.loads((root / TABLE).read_text(encoding="utf-8"))
    return [Fact(**each) for each in content["fact"]]


def found(of: str) -> Any:
    """What `module:attribute.attribute` is here; ABSENT if there is no such thing."""
    module, _, path = of.partition(":")

    def step(value: Any, name: str) -> Any:
        return value.get(name, ABSENT) if isinstance(value, dict) else getattr(value, name, ABSENT)

    return reduce(step, path.split("."), import_module(module))


def _older(of: str) -> bool:
    """Whether its package is older here than the one in the lock, which was read."""
    package = of.partition(".")[0].replace("_", "-")
    [read] = locked_packages(names=[package]).values()
    return Version(version(package)) < Version(read)


def digest(of: str) -> str:
    """The beginning of the hash of a function's source; ABSENT if there is none."""
    function = found(of)
    if function == ABSENT:
        return ABSENT
    source = inspect.getsource(inspect.unwrap(function))
    return hashlib.sha256(source.encode()).hexdigest()[:_DIGITS]


@gate("facts", "says of each assumption which it is, and of each fact that it still holds")
def problems(root: Path) -> Iterator[str]:
    """Marks without an entry, entries without a mark, and facts that hold no more."""
    facts, places = read(root), marks(root)
    known = {fact.mark for fact in facts}
    for mark in sorted(places.keys() - known):
        yield f"{places[mark][0]} refers to {mark}, which {TABLE} does not have"
    for fact in facts:
        rests = [*places.get(fact.mark, ()), *(f"{e['file']}: “{e['words']}”" for e in fact.rests)]
        if not rests:
            yield f"{TABLE}: nothing rests on {fact.id}; mark what does, {fact.mark}, or drop it"
        if not (fact.ask or fact.source or fact.value):
            yield f"{TABLE}: {fact.id} has nothing to check it by"
        for each in fact.rests:
            if each["words"] not in (root / each["file"]).read_text(encoding="utf-8"):
                yield f"{TABLE}: {each['file']} no more says “{each['words']}”"
        for change in fact.changes():
            yield (
                f"{fact.id} may hold no more: {change}. It was: {fact.statement}"
                f" On it rest {'; '.join(rests)}. Read them again, then: {COMMAND}"
            )


def marks(root: Path) -> dict[str, list[str]]:
    """Where code refers to a fact, by the mark. One without an id is there under its own text."""
    places: dict[str, list[str]] = {}
    for path in sorted((root / "helpers").rglob("*")):
        if path.suffix in (".py", ".toml"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for kind, id in _MARKED.findall(line):
                    if id or kind == "assumed":
                        place = f"{path.relative_to(root).as_posix()}:{number}"
                        places.setdefault(f"{kind}({id})", []).append(place)
    return places


def renew(root: Path) -> None:
    """Write the hashes of what is installed here."""
    text = (root / TABLE).read_text(encoding="utf-8")
    for fact in read(root):
        for of in fact.source:
            text = re.sub(rf'"{re.escape(of)}" = "\w*"', f'"{of}" = "{digest(of)}"', text)
    (root / TABLE).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    renew(PROJECT)
