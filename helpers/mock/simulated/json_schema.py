"""JSON Schema, as much as a reply needs: what fits, and what matches a pattern.

The `jsonschema` package decides what fits: it interprets, so a schema never seen costs nothing to
compile. In a browser, where a part of it has no build, three keywords do. Values are made by rules
that keep the common keywords by themselves; `is_plain` tells whether a schema has only those, and
its values need no check.
A schema that contradicts itself, refers to nothing or is not a schema at all never raises.
"""

import importlib
import re
from functools import lru_cache
from typing import Any

from helpers.mock.simulated.texts import table
from helpers.remember import remember
from helpers.strict import is_type

Schema = dict[str, Any]

_LARGEST_CHECKED = 2_000


@lru_cache(maxsize=1)
def _kept() -> frozenset[str]:
    return frozenset(table("plain")["keywords"]["kept"].split())


def is_plain(schema: Any) -> bool:
    """Whether a schema has only keywords that a value made by the rules keeps without a check."""
    work, kept = [schema], _kept()
    for seen, each in enumerate(work):
        if seen > _LARGEST_CHECKED:
            return True
        if isinstance(each, bool):
            return each
        if not isinstance(each, dict) or not kept.issuperset(each):
            return False
        if not isinstance(each.get("type", ""), str):
            return False
        properties = each.get("properties", {})
        if not isinstance(properties, dict):
            return False
        work += properties.values()
        work += [each[key] for key in ("items", "additionalProperties") if key in each]
    return True


@lru_cache(maxsize=1)
def _validator() -> Any:
    """The validator's class; its import takes longer than many a reply, and few need it."""
    jsonschema = importlib.import_module("jsonschema")

    def pattern(_: Any, rule: Any, value: Any, __: Any) -> Any:
        if isinstance(value, str) and not matches(rule, value):
            yield jsonschema.ValidationError("does not match")

    base = jsonschema.Draft202012Validator
    return jsonschema.validators.extend(base, {"pattern": pattern})


def fits(value: Any, schema: Any, root: Any = None) -> bool:
    """Whether a value is valid; also where the schema itself is wrong, and nobody can say."""
    if schema is True or schema is None or schema == {}:
        return True
    if not isinstance(schema, dict):
        return False
    if len(schema) == 1 and isinstance(schema.get("type"), str):
        return is_type(value, schema["type"])
    try:
        validator = _validator()(schema if root is None else root)
        return bool(validator.evolve(schema=schema).is_valid(value))
    except ModuleNotFoundError:
        return _fits_at_first_sight(value, schema)
    except RecursionError:
        return True
    except Exception:  # noqa: BLE001 - a schema may be wrong in any way, and references nothing
        return True


def _fits_at_first_sight(value: Any, schema: Schema) -> bool:
    """Whether a value has the type, is one of those listed, and has the required properties."""
    kinds, listed, required = (schema.get(key) for key in ("type", "enum", "required"))
    if isinstance(kinds, str):
        kinds = [kinds]
    if isinstance(kinds, list) and not any(is_type(value, str(kind)) for kind in kinds):
        return False
    if isinstance(listed, list) and not any(equal(value, option) for option in listed):
        return False
    if isinstance(required, list) and isinstance(value, dict):
        return all(name in value for name in required)
    return True


def equal(one: Any, other: Any) -> bool:
    """Equality as JSON sees it, where true is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def merge(one: Schema, other: Schema) -> Schema:
    """A schema for what fits both, as far as that can be written in one."""
    merged = dict(one)
    for key, theirs in other.items():
        ours = merged.get(key)
        if key not in merged or equal(ours, theirs):
            merged[key] = theirs
        elif key == "properties" and isinstance(ours, dict) and isinstance(theirs, dict):
            merged[key] = ours | {
                name: merge(ours[name], schema)
                if isinstance(ours.get(name), dict) and isinstance(schema, dict)
                else schema
                for name, schema in theirs.items()
            }
        elif key == "required" and isinstance(ours, list) and isinstance(theirs, list):
            merged[key] = ours + [name for name in theirs if name not in ours]
        elif key == "enum" and isinstance(ours, list) and isinstance(theirs, list):
            merged[key] = [value for value in ours if any(equal(value, it) for it in theirs)]
        elif key == "type":
            merged[key] = _common_types(ours, theirs)
        elif key in ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"):
            merged[key] = max((ours, theirs), key=_number)
        elif key in ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"):
            merged[key] = min((ours, theirs), key=_number)
        elif key in ("items", "additionalProperties", "contains") and (
            isinstance(ours, dict) and isinstance(theirs, dict)
        ):
            merged[key] = merge(ours, theirs)
        elif key in ("items", "additionalProperties") and False in (ours, theirs):
            merged[key] = False
        elif key in ("title", "description", "default", "$defs", "definitions", "examples"):
            merged[key] = theirs
        else:
            # Two patterns, two alternatives: keep the second as a further condition.
            conditions = merged.get("allOf")
            merged["allOf"] = [*(conditions if isinstance(conditions, list) else ()), {key: theirs}]
    return merged


def _common_types(one: Any, other: Any) -> Any:
    ours = one if isinstance(one, list) else [one]
    theirs = other if isinstance(other, list) else [other]
    common = [name for name in ours if name in theirs]
    if not common and {"integer", "number"} & set(map(str, ours)) & {"integer", "number"}:
        common = ["integer"] if {"integer", "number"} & set(map(str, theirs)) else []
    return common[0] if len(common) == 1 else common


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


# Patterns

# The parser of `re` has no public name; its output is a list of (operation, argument) pairs.
_parser: Any = importlib.import_module("re._parser")
_UNBOUNDED = 1_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_NOT_DIGIT": _LETTERS,
    "CATEGORY_WORD": _LETTERS + "0123456789_",
    "CATEGORY_NOT_WORD": "- .,",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": _LETTERS,
}
_PRINTABLE = _LETTERS + _LETTERS.upper() + "0123456789 -_.,:;/@#+*!?()[]{}<>='\"&%$~^|\\`"


@remember(256)
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """A JSON Schema pattern as a Python one; None if it is not one (schemas write JavaScript's)."""
    if not isinstance(pattern, str) or len(pattern) > 2_000:
        return None
    try:
        # JavaScript's $ has no exception for a last newline, and its groups no P.
        translated = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
        return re.compile(re.sub(r"(?<!\\)\$(?=$|\)|\|)", r"\\Z", translated))
    except (re.error, OverflowError, RecursionError, ValueError):
        return None


def matches(pattern: Any, text: str) -> bool:
    """Whether a text matches, as far as that can be found out in little time."""
    compiled = compile_pattern(pattern)
    if compiled is None:
        return True
    return not (is_risky(pattern) and len(text) > 20) and compiled.search(text) is not None


@remember(256)
def is_risky(pattern: str) -> bool:
    """Whether matching could take exponential time: a repeat of nothing but a repeat."""

    def risky(tree: Any, inside: bool) -> bool:
        items = list(tree)
        for operation, argument in items:
            name = str(operation)
            if "REPEAT" in name:
                unbounded = argument[1] >= _UNBOUNDED
                if inside and unbounded and len(items) == 1:
                    return True
                if risky(argument[2], inside or unbounded):
                    return True
            elif name == "SUBPATTERN":
                if risky(argument[3], inside):
                    return True
            elif name == "BRANCH" and any(risky(each, inside) for each in argument[1]):
                return True
        return False

    compiled = compile_pattern(pattern)
    return compiled is not None and risky(_parser.parse(compiled.pattern), False)


@remember(256)
def matching(pattern: str, shortest: int = 0, longest: int = 1_000, variant: int = 0) -> str | None:
    """A short string that matches, between two lengths; another one for another variant.

    None if none was found. Look-arounds are ignored when making it, and then checked.
    """
    compiled = compile_pattern(pattern)
    if compiled is None or (shortest > 20 and is_risky(pattern)):
        return None
    tree = _parser.parse(compiled.pattern)
    maker = _Maker()
    for extra in (*range(6), *range(8, min(shortest, 300) + 8)):
        for shift in (variant, variant + 1, variant + 7):
            try:
                maker.extra = extra
                text = maker.text(tree, shift)
            except (RecursionError, ValueError, IndexError):
                return None
            if not _ends(pattern):  # what follows a match is free
                text += str(variant) if variant else ""
                text += "x" * (shortest - len(text))
            fine = shortest <= len(text) <= longest and len(text) < 5_000
            if fine and not (is_risky(pattern) and len(text) > 20) and compiled.search(text):
                return text
    return None


def _ends(pattern: str) -> bool:
    return pattern.endswith("$") and not pattern.endswith("\\$")


_MOST_PARTS = 20_000


class _Maker:
    """Makes texts for a pattern, within a bound on the work of all of them."""

    def __init__(self) -> None:
        self.left = _MOST_PARTS
        self.extra = self.variant = 0
        self.groups: dict[int, str] = {}

    def text(self, tree: Any, variant: int) -> str:
        parts = []
        for operation, argument in tree:
            self.left -= 1
            if self.left < 0:
                raise ValueError("a text that matches would be too long")
            parts.append(self._part(str(operation), argument, variant))
        return "".join(parts)

    def _part(self, name: str, argument: Any, variant: int) -> Any:
        match name:
            case "LITERAL":
                return chr(argument)
            case "NOT_LITERAL":
                return _pick([c for c in _PRINTABLE if ord(c) != argument], variant)
            case "ANY":
                return _pick(_LETTERS, variant)
            case "IN":
                return _pick(_class_members(argument), variant)
            case "BRANCH":
                return self.text(_pick(argument[1], variant), variant)
            case "SUBPATTERN":
                text = self.text(argument[3], variant)
                if argument[0] is not None:
                    self.groups[argument[0]] = text
                return text
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, body = argument
                times = min(max(least, self.extra), most, _MOST_PARTS)
                return "".join(self.text(body, 0 if i else variant) for i in range(times))
            case "ATOMIC_GROUP":
                return self.text(argument, variant)
            case "GROUPREF":
                return self.groups.get(argument, "")
        return ""


def _class_members(items: Any) -> list[str]:
    members: list[str] = []
    negated = False
    for operation, argument in items:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            members.append(chr(argument))
        elif name == "RANGE":
            low, high = argument
            members += [chr(code) for code in range(low, min(high, low + 200) + 1)]
        elif name == "CATEGORY":
            members += _CATEGORIES.get(str(argument), _LETTERS)
    if not negated:
        return members
    taken = set(members)
    return [c for c in _PRINTABLE if c not in taken] or ["\u2603"]


def _pick(options: Any, variant: int) -> Any:
    return options[variant % len(options)]
