"""The plainest value that a schema allows, for what a text does not say."""

import math
from copy import copy
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
_MOST_WORK = 4_000
_MOST_ITEMS = 500
_MOST_PARTS = 20
_MOST_CHARACTERS = 100_000
_MOST_STEPS = 32
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_NUMERIC = frozenset((*_BOUNDS, "multipleOf", "not"))


def kind_of(schema: Schema) -> str:
    """The first type of a schema; the one that its keywords imply where it names none."""
    if isinstance(kind := schema.get("type"), str):
        return kind
    implied = table("plain")["implied"]
    meant = (kind for kind in implied if not schema.keys().isdisjoint(implied[kind]))
    return next(chain(listed(schema, "type", str), meant), "string")


def resolved(schema: Any, root: Any, left: int = _MOST_PARTS + 4) -> Any:
    """A schema with its references and what all of it must fit merged into one.

    `left` bounds the work: the more parts, the less deep.
    """
    if not isinstance(schema, dict):
        return {}
    parts = [resolve(schema["$ref"], root)] if "$ref" in schema else []
    parts += listed(schema, "allOf")[:_MOST_PARTS]
    left -= len(parts)
    if not parts or left < 0:
        return schema
    whole = {name: rule for name, rule in schema.items() if name not in ("$ref", "allOf")}
    for part in parts:
        whole = merge(resolved(part, root, left), whole)
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


def _count(schema: Schema, key: str, most: int, otherwise: int = 0) -> int:
    value: Any = schema.get(key)
    is_count = is_type(value, "number") and math.isfinite(value)
    return min(max(int(value), 0), most) if is_count else otherwise


class Plain:
    """Makes one value; another for another salt."""

    def __init__(self, root: Any, salt: int = 0) -> None:
        self.root = root
        self.salt = salt
        self.work = 0

    def value(self, schema: Any, depth: int = 0) -> Any:
        self.work += 1
        if not isinstance(schema, dict):
            return NOTHING if schema is False else "unknown"
        if depth > _DEEPEST or self.work > _MOST_WORK:
            return copy(table("plain")["smallest"].get(kind_of(schema)))
        schema = resolved(schema, self.root)
        if told := self._told(schema):
            return told[self.salt % len(told)]
        options = alternatives(schema, self.root)
        if options[0] is not schema:
            return self._union(options, schema, depth)
        match kind_of(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "integer" | "number" as kind:
                return plain_number(schema, kind, 0, self.salt)
            case "boolean":
                return self.salt % 2 == 1
            case "null":
                return None
        return plain_string(schema, self.salt)

    def _told(self, schema: Schema) -> list[Any]:
        """The values that a schema lists, or its default: null first, and those that fit."""
        told = [schema["const"]] if "const" in schema else listed(schema, "enum")[:200]
        if not told and "default" in schema and not self.salt:
            return [each for each in [schema["default"]] if fits(each, schema, self.root)]
        fitting = [each for each in told if fits(each, schema, self.root)]
        return sorted(fitting or told, key=lambda each: each is not None)

    def _union(self, options: list[Schema], schema: Schema, depth: int) -> Any:
        options.sort(key=lambda option: option.get("type") != "null")
        values = (self.value(option, depth + 1) for option in options)
        made = (value for value in values if value is not NOTHING)
        return next((value for value in made if fits(value, schema, self.root)), NOTHING)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        needed = listed(schema, "required", str)
        least = _count(schema, "minProperties", _MOST_ITEMS)
        prefix = plain_string(named(schema, "propertyNames"), 0)
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
            wanted += [part] * _count(schema, "minContains", _MOST_ITEMS, 1)
        wanted += [rest] * (_count(schema, "minItems", _MOST_ITEMS) - len(wanted))
        made, before = [], self.salt
        for number, items in enumerate(wanted):
            # Where they have to differ, each has a salt of its own.
            self.salt = before + number * (schema.get("uniqueItems") is True)
            made.append(self.value(items, depth + 1))
            if self.work > _MOST_WORK:
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
        if maker.work > _MOST_WORK or (value is not NOTHING and fits(value, schema, root)):
            break
    return made


def schema_of(name: str, schema: Schema) -> Any:
    """The schema that an object's schema has for the property of this name."""
    patterns = named(schema, "patternProperties")
    found = [patterns[pattern] for pattern in patterns if matches(pattern, name)]
    if name in (properties := named(schema, "properties")):
        found.append(properties[name])
    return {"allOf": found} if found[1:] else next(iter(found), schema.get("additionalProperties"))


def plain_string(schema: Schema, salt: int) -> str:
    """A valid text that claims nothing."""
    shortest = _count(schema, "minLength", _MOST_CHARACTERS)
    longest = _count(schema, "maxLength", _MOST_CHARACTERS, _MOST_CHARACTERS)
    made = matching(schema["pattern"], shortest, longest) if "pattern" in schema else None
    if made is not None:
        return made
    plain: str = table("plain")["formats"].get(str(schema.get("format")), "unknown")
    plain += f" {salt + 1}" if salt else ""
    # Where it is too long, what tells one text from another is kept.
    return plain.ljust(shortest, ".")[-longest:] if longest else ""


def plain_number(schema: Schema, kind: str, first: float, salt: int) -> Any:
    """A valid number near `first`; others for other salts."""
    rule = {key: schema[key] for key in schema.keys() & _NUMERIC}
    ends = [rule[key] for key in _BOUNDS if is_type(rule.get(key), "number")] or [first]
    unit = rule["multipleOf"] if is_type(rule.get("multipleOf"), "number") else 1
    steps = [sign * step for step in range(_MOST_STEPS) for sign in (1, -1)]
    try:
        middle = min(ends) / 2 + max(ends) / 2
        grid = [(end // unit + step) * unit for step in steps for end in ends]
        near = dict.fromkeys(map(whole, (first, *ends, middle, *grid)))
        finite = (each for each in near if is_type(each, kind) and math.isfinite(each))
        return next(islice((each for each in finite if fits(each, rule)), salt, None), first)
    except (OverflowError, ZeroDivisionError):
        return first
