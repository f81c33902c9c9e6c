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


def is_plain(schema: Any) -> bool:
    """Whether a schema has no keyword that a value made by the rules may miss."""
    told = json.dumps(schema)
    return not any(f'"{keyword}"' in told for keyword in word_set("plain", "keywords", "tried"))


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
    kinds, options, required = (schema.get(key) for key in ("type", "enum", "required"))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    names = required if isinstance(required, list) and isinstance(value, dict) else ()
    return (
        (not isinstance(kinds, list) or any(is_type(value, str(kind)) for kind in kinds))
        and (not isinstance(options, list) or value in options)
        and all(name in value for name in names if isinstance(name, str))
    )


def merge(one: Schema, other: Schema) -> Schema:
    """A schema for what fits both, as far as that can be written in one."""
    merged = {**one, **other}
    for key in one.keys() & other.keys():
        ours, theirs = one[key], other[key]
        if isinstance(ours, dict) and isinstance(theirs, dict):
            merged[key] = merge(ours, theirs)
        elif key == "required" and isinstance(ours, list) and isinstance(theirs, list):
            merged[key] = ours + [name for name in theirs if name not in ours]
        elif key == "type":
            merged[key] = _common_type(ours, theirs)
    return merged


def _common_type(one: Any, other: Any) -> Any:
    ours, theirs = (each if isinstance(each, list) else [each] for each in (one, other))
    common = [name for name in ours if name in theirs] or ["integer"]
    return common if common[1:] else common[0]


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
