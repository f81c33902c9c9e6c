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

_DEEPEST = 24
_MOST = 4_000
"""Tries to make a value, items of a list, and characters of a text."""
_MOST_PARTS = 20
_MOST_WAYS = 100
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
    """Makes one value; another for another salt."""

    root: Any
    salt: int = 0
    work: int = 0

    def value(self, schema: Any, depth: int = 0) -> Any:
        """Of the values that fit, in the order of plainness, that which the salt says."""
        self.work += 1
        if not isinstance(schema, dict):
            return NOTHING if schema is False else "unknown"
        schema = resolved(schema, self.root)
        kind = kind_of(schema)
        if depth > _DEEPEST or self.work > _MOST:
            return copy(table("plain")["smallest"].get(kind))
        if "default" in schema and not self.salt and fits(schema["default"], schema, self.root):
            return schema["default"]
        options = alternatives(schema, self.root)
        ways: Iterable[Any] = [schema["const"]] if "const" in schema else listed(schema, "enum")
        if ways:
            ways = sorted(ways, key=lambda way: way is not None)
        elif options[0] is not schema:
            options.sort(key=lambda option: option.get("type") != "null")
            ways = (self.value(option, depth + 1) for option in options)
        elif kind == "object":
            return self._object(schema, depth)
        elif kind == "array":
            return self._array(schema, depth)
        elif kind in ("boolean", "null"):
            ways = (None, False, True)
        else:
            ways = _numbers(schema) if kind in ("integer", "number") else _texts(schema)
        made = (way for way in islice(ways, _MOST_WAYS) if self._fits(way, schema))
        return [NOTHING, *islice(made, self.salt + 1)][-1]

    def _fits(self, value: Any, schema: Schema) -> bool:
        self.work += 1
        return value is not NOTHING and fits(value, schema, self.root)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        needed = listed(schema, "required", str)
        least = _count(schema, "minProperties")
        prefix = next(_texts(named(schema, "propertyNames")))
        others = (f"{prefix}{number}" for number in range(1, least + 1))
        # What is required may grow while it is made.
        for name in chain(needed, (*named(schema, "properties"), *others)):
            if name in made or (name not in needed and len(made) >= least):
                continue
            value = self.value(schema_of(name, schema), depth + 1)
            if value is not NOTHING:
                made[name] = value
            needed += listed(named(schema, "dependentRequired"), name, str)
        return made

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        rest = schema.get("items", True)
        wanted = listed(schema, "prefixItems")
        if "contains" in schema:
            part = {"allOf": [rest, schema["contains"]]}
            wanted += [part] * _count(schema, "minContains", 1)
        wanted += [rest] * (_count(schema, "minItems") - len(wanted))
        made, before = [], self.salt
        for number, items in enumerate(wanted):
            # Where they have to differ, each has a salt of its own.
            self.salt = before + number * (schema.get("uniqueItems") is True)
            made.append(self.value(items, depth + 1))
            if self.work > _MOST:
                break
        self.salt = before
        return [value for value in made if value is not NOTHING]


def plain_value(schema: Any, root: Any) -> Any:
    """A value that fits, tried in a few ways; `{}` where none is found."""
    made: Any = {}
    for salt in range(3):
        maker = Plain(root, salt)
        value = maker.value(schema)
        made = value if value is not NOTHING else made
        # What is too large does not become any better.
        if maker.work > _MOST or (value is not NOTHING and fits(value, schema, root)):
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
