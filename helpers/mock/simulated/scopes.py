"""Scopes: the leaves of a schema that compete for one text, and what has a scope of its own."""

from dataclasses import dataclass, field
from typing import Any, Literal

from helpers.mock.simulated import want
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.knowledge import STOP_STEMS, WANTS, stem
from helpers.mock.simulated.plain import Plain, alternatives, kind_of, resolved
from helpers.mock.simulated.want import Want, name_words

Purpose = Literal["call", "reply"]
Path = tuple[str, ...]
DEEPEST = 12
MOST_LEAVES = 300
_SIBLINGS = {
    kind: (frozenset(each["names"].split()), frozenset(each["siblings"].split()))
    for kind, each in WANTS["siblings"].items()
}


@dataclass(slots=True)
class Scope:
    """The leaves of an object and of the objects in it, and what has a scope of its own."""

    wants: list[Want] = field(default_factory=list)
    inner: list[tuple[Path, Schema, bool, bool]] = field(default_factory=list)
    fixed: dict[Path, Any] = field(default_factory=dict)
    nullable: set[Path] = field(default_factory=set)
    siblings: dict[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """The scope of a whole schema, read once, and the words that are the tool's own."""

    scope: Scope
    tool: frozenset[str]


def known(root: Schema, hint: str) -> Known:
    """The scope of what a tool takes."""
    scopes, scope = Scopes(root, "call", hint), Scope()
    options = scopes.options(resolved(root, root))
    if options:
        scopes.collect(options[0], (), True, scope, 0)
    return Known(scope, scopes.tool)


class Scopes:
    """Reads a schema into scopes."""

    def __init__(self, root: Schema, purpose: Purpose, hint: str) -> None:
        self.root, self.purpose, self.hint = root, purpose, hint
        self.tool = frozenset(map(stem, name_words(hint)))
        self.work = 0
        self._plain = Plain(root)

    def _least(self, schema: Any) -> Any:
        """A value for what is too deep, or too much, to be filled: null where that is allowed."""
        options = alternatives(resolved(schema, self.root), self.root)
        if any(option.get("type") == "null" for option in options):
            return None
        # One maker for all of them, which knows how much it has made.
        return self._plain.value(schema)

    def collect(self, schema: Any, path: Path, required: bool, scope: Scope, depth: int) -> None:
        self.work += 1
        schema = resolved(schema, self.root)
        options = alternatives(schema, self.root)
        rest = [option for option in options if option.get("type") != "null"]
        if len(rest) < len(options) or schema.get("nullable") is True:
            scope.nullable.add(path)
        if "const" in schema or (rest and "const" in rest[0] and len(rest) == 1):
            scope.fixed[path] = schema.get("const", rest[0].get("const") if rest else None)
            return
        if self.work > MOST_LEAVES or not rest:
            return
        if len(rest) > 1 and any(kind_of(each) in ("object", "array") for each in rest):
            scope.inner.append((path, schema, required, False))
            return
        kind, schema = kind_of(rest[0]), rest[0]
        if kind == "object":
            self._collect_object(schema, path, required, scope, depth)
        elif kind == "array" and self._is_list_of_parts(schema):
            scope.inner.append((path, schema, required, True))
        elif kind != "null":
            if kind == "array":
                schema = dict(schema, items=resolved(schema.get("items"), self.root))
            leaf = want.read(path, schema, required, self._holder(path))
            if leaf.kinds and path in scope.siblings:
                leaf.kinds = {scope.siblings[path]: 1.0}
            if leaf.type == "boolean":
                self.tool |= leaf.stems - STOP_STEMS
            elif leaf.type == "enum":
                self.tool |= {
                    stem(w) for _, terms in leaf.options for w in (terms or ((),))[0] if len(w) > 2
                }
            scope.wants.append(leaf)

    def _collect_object(
        self, schema: Schema, path: Path, required: bool, scope: Scope, depth: int
    ) -> None:
        properties = schema.get("properties")
        if not isinstance(properties, dict) or depth > DEEPEST or len(path) > 6:
            return
        named = schema.get("required")
        named = named if isinstance(named, list) else []
        for kind, (names, siblings) in _SIBLINGS.items():
            if not siblings.isdisjoint(properties):
                scope.siblings |= {(*path, name): kind for name in names if name in properties}
        # What a tool takes alone is what it is for, whether it has to be said or not.
        sole = self.purpose == "call" and len(properties) == 1
        for name, inner in properties.items():
            wanted = required and (name in named or sole)
            self.collect(inner, (*path, name), wanted, scope, depth + 1)

    def options(self, schema: Schema) -> list[Schema]:
        """The alternatives of a schema that is resolved, but for null."""
        options = alternatives(schema, self.root)
        return [option for option in options if option.get("type") != "null"]

    def _is_list_of_parts(self, schema: Schema) -> bool:
        items = resolved(schema.get("items"), self.root)
        kinds = map(kind_of, alternatives(items, self.root))
        return any(kind in ("object", "array") for kind in kinds)

    def _holder(self, path: Path) -> str:
        holders = [part for part in path[:-1] if not part.isdigit()]
        return holders[-1] if holders else self.hint
