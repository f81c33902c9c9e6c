"""OpenAI's rules for `strict` schemas, for tools and for structured output alike.

    for problem in problems(schema):
        print(problem)                      # "properties.tags.uniqueItems: Is not permitted ..."

`helpers.tools.tool(strict=True)` asks before anything is sent, and the mock asks for OpenAI's own
models, so that what passes here passes there. Sources: OpenAI's guide to structured outputs
("Supported schemas"), the texts of its refusals, and for `$ref` the `openai` package, which writes
its own schemas so that they pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from helpers.beside import table
from helpers.pointer import resolve

_RULES = table(__file__, "strict.toml")
_NOT_PERMITTED: dict[str, str] = _RULES["not_permitted"]
_FORMATS: list[str] = _RULES["formats"]
_MOST: dict[str, int] = _RULES["most"]
_DEEPEST: int = _RULES["deepest"]

# Of these one says what a value is.
_SAYS_WHAT = ("type", "$ref", "anyOf", "enum", "const")
# Values, and not schemas.
_VALUES = frozenset({"enum", "const", "default", "examples", "required", "type"})
_NAMED = frozenset({"properties", "$defs", "definitions"})
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!")


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not allowed: where in the schema, and what to do about it."""

    path: str
    """Keys joined by dots, as in `properties.city.type`."""
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


@dataclass
class _Sizes:
    """What is counted over a whole schema."""

    counted: Counter[str] = field(default_factory=Counter)
    too_deep: str | None = field(default=None)
    references: list[tuple[str, Any]] = field(default_factory=list)


def problems(schema: Any) -> Iterator[Violation]:
    """What OpenAI would refuse in the schema of a strict tool or response, in reading order."""
    if not isinstance(schema, dict):
        yield Violation("", "Must be an object")
        return
    if "anyOf" in schema:
        yield Violation("anyOf", "Is not permitted at the root: use an object with one property")
    if schema.get("type") != "object":
        yield Violation("type", "Must be object at the root when strict is true")
    sizes = _Sizes()
    yield from _walk(schema, "", 0, sizes)
    for path, reference in sizes.references:
        if not isinstance(resolve(reference, schema), dict):
            yield Violation(path, f"{reference!r} leads to nothing in this schema")
    if sizes.too_deep is not None:
        yield Violation(sizes.too_deep, f"Is nested deeper than {_DEEPEST} levels")
    for what, most in _MOST.items():
        if (count := sizes.counted[what]) > most:
            yield Violation("", f"Has {count:,} {what}, where {most:,} are permitted")


def malformed(schema: Any) -> Iterator[Violation]:
    """What OpenAI would refuse in the schema of any tool, strict or not, in reading order."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield Violation("type", "Must be object at the root")
        return
    if "properties" not in schema:
        yield Violation("properties", "Is required at the root, and may be empty")
    for key in ("anyOf", "oneOf", "allOf", "enum", "const", "not"):
        if key in schema:
            yield Violation(key, "Is not permitted at the root")
    yield from _malformed(schema, "")


def is_type(value: Any, name: str) -> bool:
    """Whether a value is of a JSON type; 1.0 is an integer, True is no number."""
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(name, ()))


def _malformed(schema: dict[str, Any], place: str) -> Iterator[Violation]:
    yield from _form(schema, place)
    if _is(schema, "array") and "items" not in schema:
        yield Violation(f"{place}items", "Is required for an array")
    for key, inner, _ in _schemas(schema):
        if isinstance(inner, dict):
            yield from _malformed(inner, f"{place}{key}.")


def _form(schema: dict[str, Any], place: str) -> Iterator[Violation]:
    """What JSON Schema itself does not allow in one schema, without those in it."""
    kinds = _kinds(schema)
    if not kinds or any(not isinstance(kind, str) or kind not in _TYPES for kind in kinds):
        yield Violation(f"{place}type", f"Must be one of {', '.join(_TYPES)}")
    for key in ("anyOf", "oneOf", "allOf", "enum"):
        if key in schema and not (isinstance(schema[key], list) and schema[key]):
            yield Violation(f"{place}{key}", "Must be a list with at least one item")
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield Violation(f"{place}required", "Must be a list of names")
    if not isinstance(schema.get("properties", {}), dict):
        yield Violation(f"{place}properties", "Must be an object")


def _kinds(schema: dict[str, Any]) -> list[Any]:
    kinds = schema.get("type", [*_TYPES])
    return kinds if isinstance(kinds, list) else [kinds]


def _values(schema: dict[str, Any], place: str) -> Iterator[Violation]:
    """Values of another type than the schema's."""
    listed = {"enum": schema.get("enum"), "const": [schema["const"]] if "const" in schema else []}
    for key, values in listed.items():
        for value in values if isinstance(values, list) else []:
            if not any(is_type(value, str(kind)) for kind in _kinds(schema)):
                yield Violation(f"{place}{key}", f"{value!r} is not of the type {schema['type']}")


def _walk(schema: Any, path: str, depth: int, sizes: _Sizes) -> Iterator[Violation]:
    if depth > _DEEPEST:
        sizes.too_deep = sizes.too_deep or path
        return
    if not isinstance(schema, dict):
        yield Violation(path, "Must be a schema with a type when strict is true")
        return
    place = f"{path}." if path else ""
    if path and not any(key in schema for key in _SAYS_WHAT):
        yield Violation(f"{place}type", "Is required when strict is true")
    yield from _form(schema, place)
    if "$ref" in schema:
        sizes.references.append((f"{place}$ref", schema["$ref"]))
        if others := ", ".join(sorted(schema.keys() - {"$ref", "$defs", "definitions"})):
            yield Violation(f"{place}$ref", f"Cannot stand beside {others} when strict is true")
    for key, remedy in _NOT_PERMITTED.items():
        if key in schema:
            yield Violation(f"{place}{key}", f"Is not permitted when strict is true: {remedy}")
    if isinstance(schema.get("format"), str) and schema["format"] not in _FORMATS:
        yield Violation(f"{place}format", f"{schema['format']!r} is none of {_FORMATS}")
    if any(construct in str(schema.get("pattern", "")) for construct in _LOOKAROUND):
        yield Violation(f"{place}pattern", "Cannot look ahead or behind when strict is true")
    yield from _object(schema, place)
    yield from _values(schema, place)
    if _is(schema, "array") and not isinstance(schema.get("items"), dict):
        text = "Must be one schema" if "items" in schema else "Is required for an array"
        yield Violation(f"{place}items", text)
    _measure(schema, sizes)
    yield from _inner(schema, place, depth, sizes)


def _is(schema: dict[str, Any], kind: str) -> bool:
    return "type" in schema and kind in _kinds(schema)


def _object(schema: dict[str, Any], place: str) -> Iterator[Violation]:
    properties = schema.get("properties")
    if not (_is(schema, "object") or isinstance(properties, dict)):
        return
    if schema.get("additionalProperties") is not False:
        yield Violation(f"{place}additionalProperties", "Must be false when strict is true")
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    names = properties if isinstance(properties, dict) else {}
    if missing := sorted(name for name in names if name not in required):
        text = f"Must list every property when strict is true, also {', '.join(missing)}"
        yield Violation(f"{place}required", text)
    if unknown := [name for name in required if name not in names]:
        yield Violation(
            f"{place}required", f"Lists {unknown[0]!r}, which is none of the properties"
        )


def _measure(schema: dict[str, Any], sizes: _Sizes) -> None:
    values = schema.get("enum")
    values = values if isinstance(values, list) else []
    sizes.counted["enum values"] += len(values)
    texts = [*values, schema.get("const")]
    for key in _NAMED:
        named = schema.get(key)
        if isinstance(named, dict):
            texts += named
            sizes.counted["properties"] += len(named) if key == "properties" else 0
    characters = sum(len(text) for text in texts if isinstance(text, str))
    sizes.counted["characters of names and values"] += characters


def _inner(schema: dict[str, Any], place: str, depth: int, sizes: _Sizes) -> Iterator[Violation]:
    for key, inner, levels in _schemas(schema):
        yield from _walk(inner, f"{place}{key}", depth + levels, sizes)


def _schemas(schema: dict[str, Any]) -> Iterator[tuple[str, Any, int]]:
    """Every schema that stands in one: where, what, and how many levels further down."""
    for key, value in schema.items():
        if key in _VALUES:
            continue
        if key in _NAMED and isinstance(value, dict):
            for name, inner in value.items():
                yield f"{key}.{name}", inner, int(key == "properties")
        elif isinstance(value, dict):
            yield key, value, int(key == "items")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                if isinstance(inner, dict):
                    yield f"{key}.{index}", inner, 0
