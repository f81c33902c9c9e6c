"""The plainest value that a schema allows, for what a text does not say."""

import math
from collections.abc import Iterator
from copy import copy
from typing import Any

from helpers.mock.simulated.json_schema import Schema, equal, fits, matches, matching, merge
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
            parts = [resolved(part, root) for part in schema["allOf"][:20] if part is not schema]
            schema = {key: value for key, value in schema.items() if key != "allOf"}
            for part in parts:
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
            return copy(table("plain")["smallest"].get(kind_of(schema)))
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
        nullable = any(option.get("type") == "null" for option in options)
        if nullable and fits(None, schema, self.root):
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
        for part in (schema.get("then"), schema["if"]) if holds else (schema.get("else"),):
            rest = merge(rest, resolved(part, self.root))
        return rest

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        names, dependent = _names(schema.get("required")), schema.get("dependentRequired")
        least = min(bound_of(schema.get("minProperties"), 0), _MOST_ITEMS)
        for at, name in enumerate(_all_names(names, schema, least)):
            if at >= len(names) and len(made) >= least:
                break
            value = self.value(schema_of(name, schema), depth + 1)
            if value is not NOTHING:
                made[name] = value
            if isinstance(dependent, dict):
                names += [each for each in _names(dependent.get(name)) if each not in names]
        return made

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        prefix, rest = schema.get("prefixItems"), schema.get("items", True)
        made = [self.value(each, depth + 1) for each in prefix] if isinstance(prefix, list) else []
        if isinstance(rest, list):  # as older schemas write it
            made, rest = [self.value(each, depth + 1) for each in rest], True
        unique = schema.get("uniqueItems") is True
        if isinstance(contained := schema.get("contains"), dict):
            part = merge(rest, contained) if isinstance(rest, dict) else contained
            self._add(made, part, bound_of(schema.get("minContains"), 1), depth, unique=unique)
        least = min(bound_of(schema.get("minItems"), 0), _MOST_ITEMS)
        self._add(made, rest, least - len(made), depth, unique=unique)
        return [each for each in made if each is not NOTHING]

    def _add(self, made: list[Any], items: Any, count: int, depth: int, *, unique: bool) -> None:
        """So many more values; where they have to differ, each with a salt of its own."""
        before, most = self.salt, len(made) + count
        for salt in range(count * (3 if unique else 1)):
            self.salt = before + salt * unique
            value = self.value(items, depth + 1)
            if not unique or not any(equal(value, each) for each in made):
                made.append(value)
            if len(made) >= most or self.work > _MOST_WORK:
                break
        self.salt = before


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
        if matches(pattern, name):
            both = isinstance(known, dict) and isinstance(sub, dict)
            known = merge(known, sub) if both else sub
    return schema.get("additionalProperties", True) if known is NOTHING else known


def _all_names(required: list[str], schema: Schema, count: int) -> Iterator[str]:
    """The names of an object's properties: the required, which may grow, then others to take."""
    yield from required
    known = schema.get("properties")
    yield from (name for name in (known if isinstance(known, dict) else ()) if name not in required)
    rule = schema.get("propertyNames")
    rule = rule if isinstance(rule, dict) else {}
    prefix = plain_string(rule, 0) if "pattern" in rule else "key"
    yield from (f"{prefix}{number}" for number in range(1, count + 1))


def _names(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


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
    made = matching(pattern, shortest, longest) if isinstance(pattern, str) else None
    if made is not None:
        return made
    plain = table("plain")["formats"].get(form, "unknown") if isinstance(form, str) else "unknown"
    if salt:
        plain = f"{plain} {salt + 1}" if plain == "unknown" else f"{plain}{salt}"
    plain += "." * (shortest - len(plain))
    # Where it is too long, what tells one text from another is kept.
    return plain[-longest:] if salt and 0 < longest < len(plain) else plain[:longest]


_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_NUMERIC = frozenset((*_BOUNDS, "multipleOf", "not", "enum"))


def _candidates(schema: Schema, first: float, salt: int) -> Iterator[float]:
    """Numbers near what a schema says, the plainest first."""
    yield from (first, 1, 0.5)
    bounds = [schema.get(key) for key in (*_BOUNDS, "multipleOf")]
    given = [None if isinstance(b, bool) or not isinstance(b, int | float) else b for b in bounds]
    ends = [bound for bound in given[:4] if bound is not None]
    unit = given[4] or 1
    yield sum(ends) / 2
    for bound in ends:
        base = math.floor(bound / unit)
        yield from (bound, *((base + k) * unit for k in (0, 1, -1, 2)))
        yield from (bound + 0.5, bound - 0.5)
        yield from (math.nextafter(bound, math.inf), math.nextafter(bound, -math.inf))
    start = math.floor(max(ends[:1], default=0) / unit)
    yield from ((start + sign * k) * unit for k in range(64 + salt) for sign in (1, -1))


def plain_number(schema: Schema, whole: bool, first: float, salt: int) -> Any:
    """A valid number near `first`; others for other salts."""
    rule = {key: schema[key] for key in schema.keys() & _NUMERIC}
    seen: list[Any] = []
    try:
        for candidate in _candidates(schema, first, salt):
            number: Any = int(candidate) if float(candidate).is_integer() else candidate
            wrong = not math.isfinite(number) or (whole and isinstance(number, float))
            if not wrong and number not in seen and fits(number, rule):
                seen.append(number)
                if len(seen) > salt:
                    return number
    except (OverflowError, ValueError, ZeroDivisionError):
        pass
    return seen[-1] if seen else int(first) if whole else first
