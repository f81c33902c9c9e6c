"""The plainest value that a schema allows, for what a text does not say."""

import math
from collections.abc import Iterator
from copy import copy
from itertools import chain
from typing import Any

from helpers.mock.simulated.json_schema import Schema, fits, matches, matching, merge, written
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
        if "const" in schema:
            return schema["const"]
        if listed(schema, "enum"):
            return self._option(schema)
        if "default" in schema and not self.salt and fits(schema["default"], schema, self.root):
            return schema["default"]
        options = alternatives(schema, self.root)
        if len(options) > 1 or options[0] is not schema:
            return self._union(options, schema, depth)
        if "if" in schema:
            schema = self._conditional(schema, depth)
        match kind_of(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "integer" | "number" as kind:
                return plain_number(schema, kind == "integer", 0, self.salt)
            case "boolean":
                return self.salt % 2 == 1
            case "null":
                return None
        return plain_string(schema, self.salt)

    def _option(self, schema: Schema) -> Any:
        rest = {key: value for key, value in schema.items() if key != "enum"}
        fitting = [option for option in schema["enum"][:200] if fits(option, rest, self.root)]
        options = fitting or schema["enum"]
        return None if None in options and not self.salt else options[self.salt % len(options)]

    def _union(self, options: list[Schema], schema: Schema, depth: int) -> Any:
        options.sort(key=lambda option: option.get("type") != "null")
        values = (self.value(option, depth + 1) for option in options)
        made = (value for value in values if value is not NOTHING)
        return next((value for value in made if fits(value, schema, self.root)), NOTHING)

    def _conditional(self, schema: Schema, depth: int) -> Schema:
        rest = {key: rule for key, rule in schema.items() if key not in ("if", "then", "else")}
        holds = fits(self.value(rest, depth + 1), schema["if"], self.root)
        for part in ("then", "if") if holds else ("else",):
            rest = merge(rest, resolved(schema.get(part), self.root))
        return rest

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        needed = listed(schema, "required", str)
        least = _count(schema, "minProperties", _MOST_ITEMS)
        rule = named(schema, "propertyNames")
        prefix = plain_string(rule, 0) if "pattern" in rule else "key"
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
        first, rest = (
            (rest, True) if isinstance(rest, list) else (listed(schema, "prefixItems"), rest)
        )
        wanted = list(first)
        if contained := named(schema, "contains"):
            part = merge(rest, contained) if isinstance(rest, dict) else contained
            wanted += [part] * _count(schema, "minContains", _MOST_ITEMS, 1)
        wanted += [rest] * (_count(schema, "minItems", _MOST_ITEMS) - len(wanted))
        made, seen, before = [], set(), self.salt
        unique = schema.get("uniqueItems") is True
        # Where they have to differ, each has a salt of its own.
        salts = iter(range(before, before + 3 * len(wanted)))
        for items in wanted:
            for self.salt in salts if unique else (before,):
                value = self.value(items, depth + 1)
                if value is not NOTHING and not (unique and written(value) in seen):
                    made.append(value)
                    seen.add(written(value) if unique else "")
                    break
            if self.work > _MOST_WORK:
                break
        self.salt = before
        return made


def plain_value(schema: Any, root: Any) -> Any:
    """A value that fits, tried in a few ways; `{}` where none is found."""
    best: Any = NOTHING
    for salt in range(4):
        maker = Plain(root, salt)
        value = maker.value(schema)
        if maker.work > _MOST_WORK:
            # Too large to become any better, or to be looked at again.
            return value
        if value is not NOTHING and fits(value, schema, root):
            return value
        best = value if best is NOTHING else best
    return {} if best is NOTHING else best


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
    if salt:
        plain = f"{plain} {salt + 1}" if plain == "unknown" else f"{plain}{salt}"
    plain += "." * (shortest - len(plain))
    # Where it is too long, what tells one text from another is kept.
    return plain[-longest:] if salt and 0 < longest < len(plain) else plain[:longest]


_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_NUMERIC = frozenset((*_BOUNDS, "multipleOf", "not", "enum"))


def _candidates(schema: Schema, first: float, salt: int) -> Iterator[float]:
    """Numbers near what a schema says, the plainest first."""
    numbers = {key: rule for key, rule in schema.items() if is_type(rule, "number")}
    ends = [numbers[key] for key in _BOUNDS if key in numbers]
    unit = numbers.get("multipleOf") or 1
    # Beside an end that is too large for a step of 1 to matter, its double lies.
    yield from (first, *ends, sum(ends) / 2, *(2 * end for end in ends))
    starts = [math.floor(end / unit) for end in ends] or [0]
    for step in range(64 + salt):
        yield from ((start + sign * step) * unit for start in starts for sign in (1, -1))


def plain_number(schema: Schema, whole: bool, first: float, salt: int) -> Any:
    """A valid number near `first`; others for other salts."""
    rule = {key: schema[key] for key in schema.keys() & _NUMERIC}
    seen: dict[Any, None] = {}
    try:
        for candidate in _candidates(schema, first, salt):
            number: Any = int(candidate) if float(candidate).is_integer() else candidate
            if is_type(number, "integer" if whole else "number") and fits(number, rule):
                seen[number] = None
            if len(seen) > salt:
                break
    except (OverflowError, ValueError, ZeroDivisionError):
        pass
    return next(reversed(seen), int(first) if whole else first)
