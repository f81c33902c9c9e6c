"""The plainest value that a schema allows, for what a text does not say."""

import math
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from helpers.mock.simulated.json_schema import Schema, fits, matches, matching, merge
from helpers.mock.simulated.measures import whole
from helpers.mock.simulated.texts import table
from helpers.pointer import resolve
from helpers.strict import is_type

NOTHING: Any = object()
"""Stands for "no value", where None is one."""
SAYS_NOTHING: tuple[Any, ...] = (None, "", "unknown", "other", [], {})
"""Values of a reply that say that nobody told."""

_DEEPEST = 24
_MOST = 4_000
"""Tries to make a value, items of a list, and characters of a text."""
_MOST_PARTS = 20
_MOST_WAYS = 100
_TRIES = 3
"""How many objects and lists are made at most until one fits."""
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")


def kind_of(schema: Schema) -> str:
    """The first type of a schema; the one that its keywords imply where it names none."""
    if isinstance(kind := schema.get("type"), str):
        return kind
    implied = table("plain")["implied"]
    meant = (kind for kind in implied if not schema.keys().isdisjoint(implied[kind]))
    return next(chain(listed(schema, "type", str), meant), "string")


def resolved(schema: Any, root: Any, left: int = _DEEPEST) -> Any:
    """A schema with its references and what all of it must fit merged into one.

    `left` bounds the work: the more parts, the less deep.
    """
    if not isinstance(schema, dict):
        return {}
    parts = [resolve(schema["$ref"], root)] if "$ref" in schema else []
    parts += listed(schema, "allOf")[:_MOST_PARTS]
    if not parts or left < len(parts):
        return schema
    whole = {name: rule for name, rule in schema.items() if name not in ("$ref", "allOf")}
    for part in parts:
        whole = merge(resolved(part, root, left - len(parts)), whole)
    return whole


def alternatives(schema: Schema, root: Any) -> list[Schema]:
    """What a union allows, each merged with what stands beside it; [schema] where it is none."""
    for keyword in ("anyOf", "oneOf"):
        if options := listed(schema, keyword, dict):
            rest = {key: rule for key, rule in schema.items() if key != keyword}
            return [merge(rest, resolved(option, root)) for option in options[:_MOST_PARTS]]
    kinds = listed(schema, "type", str)
    return [dict(schema, type=kind) for kind in kinds] if len(kinds) > 1 else [schema]


def listed(schema: Schema, key: str, of: type = object) -> list[Any]:
    """What a schema lists under a key, of one type."""
    value = schema.get(key)
    return [each for each in value if isinstance(each, of)] if isinstance(value, list) else []


def named(schema: Schema, key: str) -> dict[str, Any]:
    """What a schema has under a key, by name."""
    value = schema.get(key)
    return value if isinstance(value, dict) else {}


def _count(schema: Schema, key: str, otherwise: int = 0) -> int:
    value: Any = schema.get(key)
    return min(max(int(value), 0), _MOST) if is_type(value, "integer") else otherwise


@dataclass
class Plain:
    """Makes values that fit; it does only so much work."""

    root: Any
    work: int = 0

    def value(self, schema: Any) -> Any:
        """The plainest value."""
        return next(self.ways(schema), NOTHING)

    def ways(self, schema: Any, depth: int = 0) -> Iterator[Any]:
        """Values that fit, the plainest first; of objects and lists, values that may fit."""
        self.work += 1
        schema = resolved(schema, self.root)
        kind, options = kind_of(schema), alternatives(schema, self.root)
        if depth > _DEEPEST or self.work > _MOST:
            yield copy(table("plain")["smallest"].get(kind))
            return
        made: Iterable[Any] = [schema["const"]] if "const" in schema else listed(schema, "enum")
        if made:
            made = sorted(made, key=lambda way: way is not None)
        elif options[0] is not schema:
            options.sort(key=lambda option: option.get("type") != "null")
            made = chain.from_iterable(self.ways(option, depth + 1) for option in options)
        elif kind in ("object", "array"):
            make = self._object if kind == "object" else self._array
            yield from (make(schema, depth, nth) for nth in range(_TRIES))
        elif kind in ("boolean", "null"):
            made = (None, False, True)
        else:
            made = _numbers(schema) if kind in ("integer", "number") else _texts(schema)
        usual = [schema["default"]] if "default" in schema else []
        for way in chain(usual, islice(made, _MOST_WAYS)):
            self.work += 1
            if fits(way, schema, self.root):
                yield way

    def _object(self, schema: Schema, depth: int, nth: int) -> dict[str, Any]:
        """An object of which each property has the value that comes so far down."""
        made: dict[str, Any] = {}
        needed = listed(schema, "required", str)
        least = _count(schema, "minProperties")
        prefix = next(_texts(named(schema, "propertyNames")))
        others = (f"{prefix}{number}" for number in range(1, least + 1))
        # What is required may grow while it is made.
        for name in chain(needed, (*named(schema, "properties"), *others)):
            if name in made or (name not in needed and len(made) >= least):
                continue
            if ways := [*islice(self.ways(schema_of(name, schema), depth + 1), nth + 1)]:
                made[name] = ways[-1]
            needed += listed(named(schema, "dependentRequired"), name, str)
        return made

    def _array(self, schema: Schema, depth: int, nth: int) -> list[Any]:
        rest = schema.get("items", True)
        wanted = listed(schema, "prefixItems")
        if "contains" in schema:
            part = {"allOf": [rest, schema["contains"]]}
            wanted += [part] * _count(schema, "minContains", 1)
        wanted += [rest] * (_count(schema, "minItems") - len(wanted))
        made: list[Any] = []
        for items in wanted:
            ways = islice(self.ways(items, depth + 1), nth, None)
            others = made if schema.get("uniqueItems") is True else ()
            made += islice((way for way in ways if way not in others), 1)
            if self.work > _MOST:
                break
        return made


def plain_value(schema: Any, root: Any) -> Any:
    """A value that fits, tried in a few ways; `{}` where none is found."""
    made, maker = {}, Plain(root)
    for made in islice(maker.ways(schema), _TRIES):
        # What is too large does not become any better.
        if maker.work > _MOST or fits(made, schema, root):
            break
    return made


def schema_of(name: str, schema: Schema) -> Any:
    """The schema that an object's schema has for the property of this name."""
    patterns, others = named(schema, "patternProperties"), schema.get("additionalProperties")
    found = [rule for pattern, rule in patterns.items() if matches(pattern, name)]
    return named(schema, "properties").get(name, {"allOf": found} if found else others)


def _texts(schema: Schema) -> Iterator[str]:
    """Texts that claim nothing."""
    shortest = _count(schema, "minLength")
    longest = _count(schema, "maxLength", _MOST)
    if "pattern" in schema:
        yield matching(schema["pattern"], shortest, longest) or ""
    plain: str = table("plain")["formats"].get(str(schema.get("format")), "unknown")
    for number in range(_MOST_WAYS):
        text = f"{plain} {number + 1}" if number else plain
        # Where it is too long, what tells one text from another is kept.
        yield text.ljust(shortest, ".")[-longest:] if longest else ""


def _numbers(schema: Schema) -> Iterable[float]:
    """Numbers at the bounds of a schema, and near them."""
    ends = [schema[key] for key in _BOUNDS if is_type(schema.get(key), "number")] or [0]
    unit = schema["multipleOf"] if is_type(schema.get("multipleOf"), "number") else 1
    steps = [sign * step for step in range(_MOST_WAYS // 2) for sign in (1, -1)]
    try:
        grid = [(end // unit + step) * unit for step in steps for end in ends]
        near = map(whole, (0, *ends, min(ends) / 2 + max(ends) / 2, *grid))
        return dict.fromkeys(filter(math.isfinite, near))
    except (OverflowError, ZeroDivisionError):
        return ()
