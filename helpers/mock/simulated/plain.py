"""The plainest value that a schema allows, for what a text does not say."""

import math
from collections.abc import Iterator
from copy import copy
from typing import Any

from helpers.mock.simulated import json_schema
from helpers.mock.simulated.json_schema import Schema, equal, fits, merge
from helpers.mock.simulated.texts import table
from helpers.pointer import resolve

NOTHING: Any = object()
"""Stands for "no value", where None is one."""

_DEEPEST = 24
_MOST_WORK = 4_000
_MOST_ITEMS = 500


def kind_of(schema: Schema) -> str:
    """The first type of a schema; the one that its keywords imply where it names none."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        kinds = next((kind for kind in kinds if isinstance(kind, str)), None)
    if isinstance(kinds, str):
        return kinds
    implied = table("plain")["implied"]
    return next((k for k in implied if not schema.keys().isdisjoint(implied[k])), "string")


def resolved(schema: Any, root: Any) -> Any:
    """A schema with its references and what all of it must fit merged into one."""
    if not isinstance(schema, dict):
        return {}
    for _ in range(5):
        if "$ref" in schema:
            target = resolve(schema["$ref"], root)
            schema = {key: value for key, value in schema.items() if key != "$ref"}
            schema = merge(target, schema) if isinstance(target, dict) else schema
        elif isinstance(schema.get("allOf"), list):
            parts = [
                resolved(each, root) if isinstance(each, dict) and len(schema) < 200 else each
                for each in schema["allOf"][:20]
                if each is not schema
            ]
            schema = {key: value for key, value in schema.items() if key != "allOf"}
            for part in parts:
                if isinstance(part, dict):
                    schema = merge(schema, {k: v for k, v in part.items() if k != "allOf"})
        else:
            break
    return schema


def alternatives(schema: Schema, root: Any) -> list[Schema]:
    """What a union allows, each merged with what stands beside it; [schema] where it is none."""
    for keyword in ("anyOf", "oneOf"):
        options = schema.get(keyword)
        if isinstance(options, list) and options:
            rest = {key: value for key, value in schema.items() if key != keyword}
            return [
                merge(rest, resolved(option, root))
                for option in options[:20]
                if isinstance(option, dict)
            ] or [rest]
    kinds = schema.get("type")
    if isinstance(kinds, list) and len(kinds) > 1:
        named = [dict(schema, type=kind) for kind in kinds if isinstance(kind, str)]
        return named or [{key: rule for key, rule in schema.items() if key != "type"}]
    return [schema]


class Plain:
    """Makes one value; another for another salt."""

    def __init__(self, root: Any, salt: int = 0) -> None:
        self.root = root
        self.salt = salt
        self.work = 0

    def value(self, schema: Any, depth: int = 0) -> Any:
        self.work += 1
        if schema is False:
            return NOTHING
        if not isinstance(schema, dict):
            return "unknown"
        if depth > _DEEPEST or self.work > _MOST_WORK:
            kind = kind_of(schema)
            return None if kind == "null" else copy(table("plain")["smallest"].get(kind, ""))
        schema = resolved(schema, self.root)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._option(schema)
        if "default" in schema and not self.salt and fits(schema["default"], schema, self.root):
            return schema["default"]
        options = alternatives(schema, self.root)
        if len(options) > 1 or options[0] is not schema:
            return self._union(options, schema, depth)
        if "if" in schema:
            schema = self._conditional(schema, depth)
        return self._typed(schema, depth)

    def _typed(self, schema: Schema, depth: int) -> Any:
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
        if any(option.get("type") == "null" for option in options) and fits(
            None, schema, self.root
        ):
            return None
        first: Any = NOTHING
        for option in options:
            value = self.value(option, depth + 1)
            if value is not NOTHING and fits(value, schema, self.root):
                return value
            first = value if first is NOTHING else first
        return first

    def _conditional(self, schema: Schema, depth: int) -> Schema:
        rest = {k: v for k, v in schema.items() if k not in ("if", "then", "else")}
        holds = fits(self.value(rest, depth + 1), schema["if"], self.root)
        branch = schema.get("then" if holds else "else")
        parts = [branch, schema["if"] if holds else None]
        for part in parts:
            if isinstance(part, dict):
                rest = merge(rest, resolved(part, self.root))
        return rest

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        names = [each for each in _list(schema.get("required")) if isinstance(each, str)]
        dependent = schema.get("dependentRequired")
        for name in names:
            value = self.value(schema_of(name, schema), depth + 1)
            if value is not NOTHING:
                made[name] = value
            if isinstance(dependent, dict):
                names += [
                    e for e in _list(dependent.get(name)) if isinstance(e, str) and e not in names
                ]
        dependent = schema.get("dependentSchemas")
        for name, part in dependent.items() if isinstance(dependent, dict) else ():
            if name in made and isinstance(part, dict):
                made = self._object(part, depth + 1) | made
        self._more(made, schema, depth)
        return made

    def _more(self, made: dict[str, Any], schema: Schema, depth: int) -> None:
        """As many properties as there must be, the ones with a name of their own first."""
        least = bound_of(schema.get("minProperties"), 0)
        if len(made) >= least:
            return
        known = schema.get("properties")
        for name in (
            *(known if isinstance(known, dict) else ()),
            *_new_names(schema, min(least, _MOST_ITEMS)),
        ):
            if len(made) >= min(least, _MOST_ITEMS):
                return
            value = self.value(schema_of(name, schema), depth + 1)
            if name not in made and value is not NOTHING:
                made[name] = value

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        items = schema.get("prefixItems", schema.get("items"))
        prefix = items if isinstance(items, list) else []
        rest = (
            schema.get("additionalItems", True)
            if items is schema.get("items") and prefix
            else schema.get("items", True)
        )
        least = min(bound_of(schema.get("minItems"), 0), _MOST_ITEMS)
        made = [self.value(each, depth + 1) for each in prefix[: max(least, 0)]]
        contains = schema.get("contains")
        if isinstance(contains, dict):
            wanted = bound_of(schema.get("minContains"), 1)
            part = merge(rest, contains) if isinstance(rest, dict) else contains
            made += self._several(part, wanted, schema, depth)
        made += self._several(rest, least - len(made), schema, depth, made)
        return [each for each in made if each is not NOTHING]

    def _several(
        self, items: Any, count: int, schema: Schema, depth: int, made: list[Any] | None = None
    ) -> list[Any]:
        found: list[Any] = []
        before = self.salt
        for salt in range(count * 3 if schema.get("uniqueItems") is True else count):
            if schema.get("uniqueItems") is True:
                self.salt = before + salt
            value = self.value(items, depth + 1)
            if schema.get("uniqueItems") is not True or not any(
                equal(value, e) for e in (*found, *(made or ()))
            ):
                found.append(value)
            if len(found) >= count or self.work > _MOST_WORK:
                break
        self.salt = before
        return found


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
    properties = schema.get("properties")
    known = properties.get(name, NOTHING) if isinstance(properties, dict) else NOTHING
    patterns = schema.get("patternProperties")
    for pattern, sub in patterns.items() if isinstance(patterns, dict) else ():
        if json_schema.matches(pattern, name):
            both = isinstance(known, dict) and isinstance(sub, dict)
            known = merge(known, sub) if both else sub
    return schema.get("additionalProperties", True) if known is NOTHING else known


def _new_names(schema: Schema, count: int) -> Iterator[str]:
    """Names for properties that the schema does not name."""
    patterns = schema.get("patternProperties")
    names = schema.get("propertyNames")
    rules = [names] if isinstance(names, dict) else []
    rules += [{"pattern": pattern} for pattern in patterns] if isinstance(patterns, dict) else []
    for rule in rules:
        yield from (option for option in _list(rule.get("enum")) if isinstance(option, str))
        for salt in range(min(count, 50) * 2 + 5):
            value = plain_string(rule, salt)
            if fits(value, rule):
                yield value
    yield from (f"key{number}" for number in range(1, count * 2 + 5))


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def bound_of(value: Any, otherwise: int) -> int:
    """A bound of a schema as a whole number; `otherwise` where it has none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return otherwise
    return max(int(value), 0)


def plain_string(schema: Schema, salt: int) -> str:
    """A valid text that claims nothing."""
    shortest = min(bound_of(schema.get("minLength"), 0), 100_000)
    longest = bound_of(schema.get("maxLength"), 100_000)
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str):
        made = json_schema.matching(pattern, shortest, longest, salt)
        if made is not None:
            return made
    plain = table("plain")["formats"].get(form, "unknown") if isinstance(form, str) else "unknown"
    if salt:
        plain = f"{plain} {salt + 1}" if plain == "unknown" else f"{plain}{salt}"
    plain += "." * (shortest - len(plain))
    if len(plain) > longest:
        # Keep what tells one text from another.
        plain = plain[-longest:] if salt and longest else plain[:longest]
    return plain


_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_NUMERIC = frozenset((*_BOUNDS, "multipleOf", "not", "enum"))


def _candidates(schema: Schema, first: float, salt: int) -> Iterator[float]:
    """Numbers near what a schema says, the plainest first."""
    yield from (first, 1, 0.5)
    bounds = [schema.get(k) for k in (*_BOUNDS, "multipleOf")]
    given = [None if isinstance(b, bool) or not isinstance(b, int | float) else b for b in bounds]
    lows = [each for each in given[:2] if each is not None]
    highs = [each for each in given[2:4] if each is not None]
    unit = given[4] or 1
    yield from (*lows, *highs)
    if lows and highs:
        yield (max(lows) + min(highs)) / 2
    for bound in (*lows, *highs):
        base = math.floor(bound / unit)
        yield from ((base + k) * unit for k in (0, 1, -1, 2))
        yield from (bound + 1, bound - 1, bound + 0.5, bound - 0.5)
        yield from (math.nextafter(bound, math.inf), math.nextafter(bound, -math.inf))
    start = math.floor(max(lows) / unit) if lows else 0
    if not lows and highs:
        start = math.ceil(min(highs) / unit) - salt - 64
    yield from ((start + k) * unit for k in range(64 + salt))


def plain_number(schema: Schema, whole: bool, first: float, salt: int) -> Any:
    """A valid number near `first`; others for other salts."""
    rule = {key: schema[key] for key in schema.keys() & _NUMERIC}
    seen: list[Any] = []
    try:
        for candidate in _candidates(schema, first, salt):
            number: Any = candidate
            if isinstance(number, float):
                if not math.isfinite(number) or (whole and not number.is_integer()):
                    continue
                number = int(number) if number.is_integer() else number
            if number not in seen and fits(number, rule):
                seen.append(number)
                if len(seen) > salt:
                    return number
    except (OverflowError, ValueError, ZeroDivisionError):
        pass
    return seen[-1] if seen else int(first) if whole else first
