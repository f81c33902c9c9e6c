"""JSON Schema, as much as a reply needs: what fits, and what matches a pattern.

The `jsonschema` package decides what fits: it interprets, so a schema never seen costs nothing to
compile. In a browser, where a part of it has no build, three keywords do. What the rules make for a
schema without `tried` keywords needs no check.
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

_SAID = word_set("plain", "keywords", "said")


def is_plain(schema: Any) -> bool:
    """Whether a schema has no keyword that a value made by the rules may miss."""
    told = json.dumps(schema)
    return not any(f'"{keyword}"' in told for keyword in word_set("plain", "keywords", "tried"))


@lru_cache(maxsize=1)
def _validator() -> Any:
    """The validator's class, if any; its import takes longer than many a reply, and few need it."""
    try:
        jsonschema = importlib.import_module("jsonschema")
    except ModuleNotFoundError:
        return None

    def pattern(_: Any, rule: Any, value: Any, __: Any) -> Any:
        if isinstance(value, str) and not matches(rule, value):
            yield jsonschema.ValidationError("does not match")

    return jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": pattern})


def fits(value: Any, schema: Any, root: Any = None) -> bool:
    """Whether a value is valid; also where the schema itself is wrong, and nobody can say."""
    if not isinstance(schema, dict) or not schema:
        return schema is not False
    if schema.keys() - _SAID == {"type"} and isinstance(schema["type"], str):
        return is_type(value, schema["type"])
    try:
        if (validator := _validator()) is None:
            return _fits_at_first_sight(value, schema)
        return bool(validator(root or schema).evolve(schema=schema).is_valid(value))
    except Exception:  # noqa: BLE001 - a schema may be wrong in any way, and references nothing
        return True


def _fits_at_first_sight(value: Any, schema: Schema) -> bool:
    """Whether a value has the type, is one of those listed, and has the required properties."""
    kind, options, required = (schema.get(key) for key in ("type", "enum", "required"))
    return (
        (not isinstance(kind, str) or is_type(value, kind))
        and (options is None or value in options)
        and (not isinstance(value, dict) or value.keys() >= set(required or ()))
    )


def merge(one: Schema, other: Schema) -> Schema:
    """A schema for what fits both, as far as that can be written in one; else the second's rule."""
    merged = {**one, **other}
    for key in one.keys() & other.keys():
        ours, theirs = one[key], other[key]
        if isinstance(ours, dict) and isinstance(theirs, dict):
            merged[key] = merge(ours, theirs)
        elif key == "required" and isinstance(ours, list) and isinstance(theirs, list):
            merged[key] = ours + [name for name in theirs if name not in ours]
    return merged


# Patterns

# The parser of `re` has no public name; its output is a list of (operation, argument) pairs.
_parser: Any = importlib.import_module("re._parser")
_compiler: Any = importlib.import_module("re._compiler")
_COMMON = string.ascii_letters + string.printable
_RISKY = re.compile(r"(?:[+*]|,\})\)+[+*{]")
_LONGEST = 2_000


@remember(256)
def _compiled(pattern: Any) -> re.Pattern[str] | None:
    """A JSON Schema pattern as a Python one; None if it is not one (schemas write JavaScript's)."""
    if not isinstance(pattern, str) or len(pattern) > _LONGEST:
        return None
    try:
        return re.compile(pattern)
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
    texts = (_text(tree, repeats, longest) for repeats in range(min(shortest, 300) + 6))
    # What follows a match is free.
    made = (text.ljust(min(shortest, _LONGEST), "x") for text in texts)
    return next((text for text in made if len(text) <= longest and matches(pattern, text)), None)


def _text(tree: Any, repeats: int, longest: int) -> str:
    """The plainest text for a parsed pattern that repeats what it may so often, cut off if long."""
    made = ""
    for operation, argument in tree:
        match str(operation):
            case "LITERAL":
                made += chr(argument)
            case "ANY" | "NOT_LITERAL" | "IN":
                one = _compiler.compile(_parser.SubPattern(tree.state, [(operation, argument)]))
                made += next(filter(one.match, _COMMON + tree.state.str), "")
            case "BRANCH":
                made += _text(argument[1][0], repeats, longest)
            case "SUBPATTERN":
                made += _text(argument[3], repeats, longest)
            case "MAX_REPEAT" | "MIN_REPEAT":
                part = _text(argument[2], repeats, longest)
                times = min(max(argument[0], repeats), argument[1])
                made += part * min(times, longest // (len(part) or 1) + 1)
    return made[: longest + 1]
