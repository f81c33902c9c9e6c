"""JSON Schema, as much as a reply needs: what fits, and what matches a pattern.

The `jsonschema` package decides what fits: it interprets, so a schema never seen costs nothing to
compile. In a browser, where a part of it has no build, three keywords do. Values are made by rules
that keep the common keywords by themselves; `is_plain` tells whether a schema has only those, and
its values need no check.
A schema that contradicts itself, refers to nothing or is not a schema at all never raises.
"""

import importlib
import json
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
    kept = word_set("plain", "keywords", "kept")
    work = [schema]
    for each in work:
        if len(work) > _LARGEST_CHECKED:
            return True
        if each is True:
            continue
        if not (isinstance(each, dict) and kept.issuperset(each)):
            return False
        properties = each.get("properties", {})
        if not (isinstance(each.get("type", ""), str) and isinstance(properties, dict)):
            return False
        work += [
            *properties.values(),
            each.get("items", True),
            each.get("additionalProperties", True),
        ]
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
    except Exception:  # noqa: BLE001 - a schema may be wrong in any way, and references nothing
        return True


def _fits_at_first_sight(value: Any, schema: Schema) -> bool:
    """Whether a value has the type, is one of those listed, and has the required properties."""
    kinds, listed, required = (schema.get(key) for key in ("type", "enum", "required"))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    typed = not isinstance(kinds, list) or any(is_type(value, str(kind)) for kind in kinds)
    known = not isinstance(listed, list) or any(equal(value, option) for option in listed)
    whole = not (isinstance(required, list) and isinstance(value, dict)) or value.keys() >= {
        *map(str, required)
    }
    return typed and known and whole


def written(value: Any) -> str:
    """A value as JSON, the same for all that are the same there: true is not 1."""
    return json.dumps(value, sort_keys=True, default=str)


def equal(one: Any, other: Any) -> bool:
    """Equality as JSON sees it."""
    return written(one) == written(other)


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
        if key not in merged or equal(ours, theirs):
            merged[key] = theirs
        elif isinstance(ours, dict) and isinstance(theirs, dict) and key != "not":
            merged[key] = merge(ours, theirs)  # of properties those of one name, of rules all
        elif key in _TOLD:
            merged[key] = theirs
        elif isinstance(ours, list) and isinstance(theirs, list) and key == "required":
            merged[key] = ours + [name for name in theirs if name not in ours]
        elif is_type(ours, "number") and is_type(theirs, "number") and key in _BOUNDS:
            merged[key] = _BOUNDS[key](ours, theirs)
        elif key == "type":
            merged[key] = _common_type(ours, theirs)
        elif False in (ours, theirs) and key in ("items", "additionalProperties"):
            merged[key] = False
        else:
            # Two patterns, two alternatives: keep the second as a further condition.
            conditions = merged.get("allOf")
            merged["allOf"] = [*(conditions if isinstance(conditions, list) else ()), {key: theirs}]
    return merged


def _common_type(one: Any, other: Any) -> Any:
    ours, theirs = (each if isinstance(each, list) else [each] for each in (one, other))
    common = [name for name in ours if name in theirs]
    if not common and {"integer", "number"} <= {*map(str, ours), *map(str, theirs)}:
        return "integer"
    return common[0] if len(common) == 1 else common


# Patterns

# The parser of `re` has no public name; its output is a list of (operation, argument) pairs.
_parser: Any = importlib.import_module("re._parser")
_compiler: Any = importlib.import_module("re._compiler")
_PRINTABLE = (
    string.ascii_letters + string.digits + " -_.,:;/@#+*!?()[]{}<>='\"&%$~^|\\`\u00e9\u4e00"
)
_RISKY = re.compile(r"(?:[+*]|,\})\)+[+*{]")
_LONGEST = 2_000


@remember(256)
def _compiled(pattern: Any) -> re.Pattern[str] | None:
    """A JSON Schema pattern as a Python one; None if it is not one (schemas write JavaScript's)."""
    if not isinstance(pattern, str) or len(pattern) > _LONGEST:
        return None
    try:
        # JavaScript's $ has no exception for a last newline, and its groups no P.
        translated = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
        return re.compile(re.sub(r"(?<!\\)\$(?=$|\)|\|)", r"\\Z", translated))
    except (re.error, OverflowError, RecursionError, ValueError):
        return None


def matches(pattern: Any, text: str) -> bool:
    """Whether a text matches; a long one never where a repeat of a repeat may take for ever."""
    compiled = _compiled(pattern)
    if compiled is None:
        return True
    return not (len(text) > 20 and _RISKY.search(pattern)) and compiled.search(text) is not None


@remember(256)
def matching(pattern: Any, shortest: int = 0, longest: int = _LONGEST) -> str | None:
    """A short string that matches, between two lengths; None if none was found.

    What looks ahead or behind is left out when making it, and then checked.
    """
    compiled = _compiled(pattern)
    if compiled is None:
        return None
    tree, longest = _parser.parse(compiled.pattern), min(longest, _LONGEST)
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    for repeats in (*range(6), *range(8, min(shortest, 300) + 8)):
        text = _text(tree, repeats, longest)
        # What follows a match is free.
        text += "" if ends else "x" * min(shortest - len(text), _LONGEST)
        if shortest <= len(text) <= longest and matches(pattern, text):
            return text
    return None


def _text(tree: Any, repeats: int, longest: int) -> str:
    """The plainest text for a parsed pattern that repeats what it may so often, cut off if long."""
    made = ""
    for operation, argument in tree:
        match str(operation):
            case "LITERAL":
                made += chr(argument)
            case "ANY" | "NOT_LITERAL" | "IN":
                one = _compiler.compile(_parser.SubPattern(tree.state, [(operation, argument)]))
                made += next(filter(one.match, _PRINTABLE + tree.state.str), "")
            case "BRANCH":
                made += _text(argument[1][0], repeats, longest)
            case "SUBPATTERN":
                made += _text(argument[3], repeats, longest)
            case "MAX_REPEAT" | "MIN_REPEAT":
                part = _text(argument[2], repeats, longest)
                times = min(max(argument[0], repeats), argument[1])
                made += part * min(times, longest // (len(part) or 1) + 1)
    return made[: longest + 1]
