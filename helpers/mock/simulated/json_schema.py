"""JSON Schema, as much as a reply needs: what fits, and what matches a pattern.

The `jsonschema` package decides what fits: it interprets, so a schema never seen costs nothing to
compile. In a browser, where a part of it has no build, three keywords do. Values are made by rules
that keep the common keywords by themselves; `is_plain` tells whether a schema has only those, and
its values need no check.
A schema that contradicts itself, refers to nothing or is not a schema at all never raises.
"""

import importlib
import re
import string
from functools import lru_cache
from typing import Any

from helpers.mock.simulated.texts import word_set
from helpers.remember import remember
from helpers.strict import is_type

Schema = dict[str, Any]

_LARGEST_CHECKED = 2_000


def is_plain(schema: Any) -> bool:
    """Whether a schema has only keywords that a value made by the rules keeps without a check."""
    work = [schema]
    for seen, each in enumerate(work):
        if seen > _LARGEST_CHECKED:
            return True
        if isinstance(each, bool):
            return each
        if not isinstance(each, dict) or not word_set("plain", "keywords", "kept").issuperset(each):
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


_BOUNDS = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
_TOLD = ("title", "description", "default", "$defs", "definitions", "examples")


def merge(one: Schema, other: Schema) -> Schema:
    """A schema for what fits both, as far as that can be written in one."""
    merged = dict(one)
    for key, theirs in other.items():
        ours = merged.get(key)
        if key not in merged or equal(ours, theirs) or key in _TOLD:
            merged[key] = theirs
        elif key == "type":
            merged[key] = _common_types(ours, theirs)
        elif key in _BOUNDS:
            merged[key] = _BOUNDS[key](ours, theirs, key=_number)
        elif key in ("items", "additionalProperties") and False in (ours, theirs):
            merged[key] = False
        elif isinstance(ours, dict) and isinstance(theirs, dict) and key != "not":
            named = {n: _both(ours[n], s) if n in ours else s for n, s in theirs.items()}
            merged[key] = ours | named if key == "properties" else merge(ours, theirs)
        elif key == "required" and isinstance(ours, list) and isinstance(theirs, list):
            merged[key] = ours + [name for name in theirs if name not in ours]
        elif key == "enum" and isinstance(ours, list) and isinstance(theirs, list):
            merged[key] = [value for value in ours if any(equal(value, it) for it in theirs)]
        else:
            # Two patterns, two alternatives: keep the second as a further condition.
            conditions = merged.get("allOf")
            merged["allOf"] = [*(conditions if isinstance(conditions, list) else ()), {key: theirs}]
    return merged


def _both(one: Any, other: Any) -> Any:
    return merge(one, other) if isinstance(one, dict) and isinstance(other, dict) else other


def _common_types(one: Any, other: Any) -> Any:
    ours = one if isinstance(one, list) else [one]
    theirs = other if isinstance(other, list) else [other]
    common = [name for name in ours if name in theirs]
    if not common and {str(name) for name in (*ours, *theirs)} >= {"integer", "number"}:
        common = ["integer"]
    return common[0] if len(common) == 1 else common


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


# Patterns

# The parser of `re` has no public name; its output is a list of (operation, argument) pairs.
_parser: Any = importlib.import_module("re._parser")
_PRINTABLE = string.ascii_letters + string.digits + " -_.,:;/@#+*!?()[]{}<>='\"&%$~^|\\`"
_RISKY = re.compile(r"(?:[+*]|,\})\)+[+*{]")
_MOST_PARTS = 20_000


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
    """Whether a text matches; a long one never where a repeat of a repeat may take for ever."""
    compiled = compile_pattern(pattern)
    if compiled is None:
        return True
    return not (len(text) > 20 and _RISKY.search(pattern)) and compiled.search(text) is not None


@remember(256)
def matching(pattern: str, shortest: int = 0, longest: int = 1_000) -> str | None:
    """A short string that matches, between two lengths; None if none was found.

    Look-arounds are ignored when making it, and then checked.
    """
    compiled = compile_pattern(pattern)
    if compiled is None:
        return None
    maker = _Maker()
    for maker.repeats in (*range(6), *range(8, min(shortest, 300) + 8)):
        try:
            text = maker.text(_parser.parse(compiled.pattern))
        except (RecursionError, ValueError, IndexError):
            return None
        if not pattern.endswith("$") or pattern.endswith("\\$"):  # what follows a match is free
            text += "x" * (shortest - len(text))
        if shortest <= len(text) <= longest and matches(pattern, text):
            return text
    return None


class _Maker:
    """Makes texts for a pattern, within a bound on the work of all of them."""

    def __init__(self) -> None:
        self.left = _MOST_PARTS
        self.repeats = 0
        self.groups: dict[int, str] = {}

    def text(self, tree: Any) -> str:
        return "".join(self._part(str(operation), argument) for operation, argument in tree)

    def _part(self, name: str, argument: Any) -> str:
        self.left -= 1
        if self.left < 0:
            raise ValueError("a text that matches would be too long")
        match name:
            case "LITERAL":
                return chr(argument)
            case "NOT_LITERAL":
                return next(char for char in _PRINTABLE if ord(char) != argument)
            case "ANY":
                return _PRINTABLE[0]
            case "IN":
                return _member(argument)
            case "BRANCH":
                return self.text(argument[1][0])
            case "SUBPATTERN":
                text = self.groups[argument[0]] = self.text(argument[3])
                return text
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                times = min(max(argument[0], self.repeats), argument[1], _MOST_PARTS)
                return "".join(self.text(argument[2]) for _ in range(times))
            case "ATOMIC_GROUP":
                return self.text(argument)
            case "GROUPREF":
                return self.groups.get(argument, "")
        return ""


def _member(items: Any) -> str:
    """A character of a class such as [^a-z], the plainest that there is."""
    listed = [chr(a[0] if isinstance(a, tuple) else a) for _, a in items if not _is_name(a)]
    negated = str(items[0][0]) == "NEGATE"
    found = (char for char in (*_PRINTABLE, *listed, "\u2603") if _is_in(char, items) != negated)
    return next(found, "")


def _is_name(argument: Any) -> bool:
    return not isinstance(argument, int | tuple) or hasattr(argument, "name")


def _is_in(char: str, items: Any) -> bool:
    return any(_is(char, str(operation), argument) for operation, argument in items)


def _is(char: str, operation: str, argument: Any) -> bool:
    match operation:
        case "LITERAL":
            return bool(argument == ord(char))
        case "RANGE":
            return bool(argument[0] <= ord(char) <= argument[1])
        case "CATEGORY":  # such as CATEGORY_NOT_DIGIT
            sign = str(argument).rpartition("_")[2][0]
            sign = sign if "_NOT_" in str(argument) else sign.lower()
            return re.match(rf"\{sign}", char) is not None
    return False
