"""JSON Schema, as much as a reply needs: what fits, what a reference means, what matches.

Written for filling rather than for validating: a schema that contradicts itself, refers to nothing
or is not a schema at all never raises; it fits nothing or anything.
"""

import importlib
import math
import re
from functools import lru_cache
from typing import Any

Schema = dict[str, Any]

_DEEPEST = 40
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "array": (list,),
    "object": (dict,),
    "boolean": (bool,),
    "null": (type(None),),
}


def is_type(value: Any, name: str) -> bool:
    """Whether a value is of a JSON type; 1.0 is an integer, True is no number."""
    if name in _TYPES:
        return isinstance(value, _TYPES[name])
    if isinstance(value, bool):
        return False
    if name == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return name == "number" and isinstance(value, int | float)


def equal(one: Any, other: Any) -> bool:
    """Equality as JSON sees it, where true is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def resolve(reference: Any, root: Any) -> Any:
    """What a `$ref` within the same document points at; None if it points nowhere."""
    if not isinstance(reference, str):
        return None
    place = root
    if reference.startswith("#/"):
        for part in reference[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~").replace("%25", "%")
            if isinstance(place, dict) and part in place:
                place = place[part]
            elif isinstance(place, list) and part.isdigit() and int(part) < len(place):
                place = place[int(part)]
            else:
                return None
        return place
    if reference == "#":
        return root
    if isinstance(root, dict):
        for definitions in (root.get("$defs"), root.get("definitions")):
            if isinstance(definitions, dict):
                name = reference.lstrip("#")
                for definition in definitions.values():
                    if isinstance(definition, dict) and name in (
                        definition.get("$anchor"), definition.get("$id")
                    ):  # fmt: skip
                        return definition
    return None


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
            merged[key] = [each for each in ours if any(equal(each, it) for it in theirs)]
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


def fits(value: Any, schema: Any, root: Any = None, depth: int = 0) -> bool:
    """Whether `value` is valid against `schema`; formats are hints and are not checked."""
    if schema is True or schema is None or schema == {}:
        return True
    if not isinstance(schema, dict):
        return False
    if depth > _DEEPEST:
        return True
    root = schema if root is None else root
    for keyword in schema:
        check = _CHECKS.get(keyword)
        if check is not None and not check(value, schema[keyword], schema, root, depth + 1):
            return False
    return True


def _fits_all(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    return not isinstance(rule, list) or all(fits(value, each, root, depth) for each in rule)


def _fits_any(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    return not isinstance(rule, list) or any(fits(value, each, root, depth) for each in rule)


def _fits_one(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    return not isinstance(rule, list) or sum(fits(value, each, root, depth) for each in rule) == 1


def _fits_not(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    return not fits(value, rule, root, depth)


def _fits_if(value: Any, rule: Any, schema: Schema, root: Any, depth: int) -> bool:
    branch = "then" if fits(value, rule, root, depth) else "else"
    return fits(value, schema.get(branch, True), root, depth)


def _fits_reference(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    target = resolve(rule, root)
    return target is None or fits(value, target, root, depth)


def _fits_type(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    names = rule if isinstance(rule, list) else [rule]
    return any(isinstance(name, str) and is_type(value, name) for name in names)


def _fits_enum(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return not isinstance(rule, list) or any(equal(value, each) for each in rule)


def _fits_const(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return equal(value, rule)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits_minimum(value: Any, rule: Any, schema: Schema, __: Any, ___: int) -> bool:
    if not _is_number(value) or not _is_number(rule):
        return True
    # Before draft 6, exclusiveMinimum was a flag beside minimum.
    return bool(value > rule if schema.get("exclusiveMinimum") is True else value >= rule)


def _fits_maximum(value: Any, rule: Any, schema: Schema, __: Any, ___: int) -> bool:
    if not _is_number(value) or not _is_number(rule):
        return True
    return bool(value < rule if schema.get("exclusiveMaximum") is True else value <= rule)


def _fits_above(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return not _is_number(value) or not _is_number(rule) or bool(value > rule)


def _fits_below(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return not _is_number(value) or not _is_number(rule) or bool(value < rule)


def _fits_multiple(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    if not _is_number(value) or not _is_number(rule) or rule == 0:
        return True
    try:
        if isinstance(rule, float):
            quotient = value / rule
            return math.isfinite(quotient) and int(quotient) == quotient
        return bool(value % rule == 0)
    except (OverflowError, ValueError):
        return False


def _size(rule: Any) -> int | None:
    return int(rule) if _is_number(rule) and math.isfinite(rule) else None


def _fits_pattern(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    if not isinstance(value, str) or not isinstance(rule, str):
        return True
    compiled = compile_pattern(rule)
    if compiled is None:
        return True
    return not (is_risky(rule) and len(value) > 20) and compiled.search(value) is not None


def _fits_min_length(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return not isinstance(value, str) or len(value) >= (_size(rule) or 0)


def _fits_max_length(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    size = _size(rule)
    return not isinstance(value, str) or size is None or len(value) <= size


def _fits_min_items(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return not isinstance(value, list) or len(value) >= (_size(rule) or 0)


def _fits_max_items(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    size = _size(rule)
    return not isinstance(value, list) or size is None or len(value) <= size


def _fits_unique(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    if rule is not True or not isinstance(value, list):
        return True
    return not any(equal(one, other) for i, one in enumerate(value) for other in value[:i])


def _fits_prefix(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, list) or not isinstance(rule, list):
        return True
    return all(fits(item, each, root, depth) for item, each in zip(value, rule, strict=False))


def _fits_items(value: Any, rule: Any, schema: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, list):
        return True
    if isinstance(rule, list):  # the older way to write prefixItems
        return _fits_prefix(value, rule, schema, root, depth)
    prefix = schema.get("prefixItems")
    first = len(prefix) if isinstance(prefix, list) else 0
    return all(fits(item, rule, root, depth) for item in value[first:])


def _fits_contains(value: Any, rule: Any, schema: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, list):
        return True
    count = sum(fits(item, rule, root, depth) for item in value)
    least, most = _size(schema.get("minContains")), _size(schema.get("maxContains"))
    return count >= (1 if least is None else least) and (most is None or count <= most)


def _fits_properties(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, dict) or not isinstance(rule, dict):
        return True
    return all(fits(value[name], rule[name], root, depth) for name in rule if name in value)


def _fits_pattern_properties(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, dict) or not isinstance(rule, dict):
        return True
    for pattern, schema in rule.items():
        compiled = compile_pattern(pattern)
        for name, item in value.items():
            if compiled and compiled.search(name) and not fits(item, schema, root, depth):
                return False
    return True


def _fits_additional(value: Any, rule: Any, schema: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        fits(item, rule, root, depth)
        for name, item in value.items()
        if not _is_declared(name, schema)
    )


def _is_declared(name: str, schema: Schema) -> bool:
    properties, patterns = schema.get("properties"), schema.get("patternProperties")
    if isinstance(properties, dict) and name in properties:
        return True
    if isinstance(patterns, dict):
        compiled = (compile_pattern(pattern) for pattern in patterns)
        return any(each is not None and each.search(name) for each in compiled)
    return False


def _fits_required(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    if not isinstance(value, dict) or not isinstance(rule, list):
        return True
    return all(isinstance(name, str) and name in value for name in rule)


def _fits_names(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    return not isinstance(value, dict) or all(fits(name, rule, root, depth) for name in value)


def _fits_min_properties(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    return not isinstance(value, dict) or len(value) >= (_size(rule) or 0)


def _fits_max_properties(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    size = _size(rule)
    return not isinstance(value, dict) or size is None or len(value) <= size


def _fits_dependent(value: Any, rule: Any, _: Schema, __: Any, ___: int) -> bool:
    if not isinstance(value, dict) or not isinstance(rule, dict):
        return True
    return all(
        all(isinstance(each, str) and each in value for each in needed)
        for name, needed in rule.items()
        if name in value and isinstance(needed, list)
    )


def _fits_dependent_schemas(value: Any, rule: Any, _: Schema, root: Any, depth: int) -> bool:
    if not isinstance(value, dict) or not isinstance(rule, dict):
        return True
    return all(fits(value, schema, root, depth) for name, schema in rule.items() if name in value)


_CHECKS = {
    "$ref": _fits_reference,
    "type": _fits_type,
    "enum": _fits_enum,
    "const": _fits_const,
    "allOf": _fits_all,
    "anyOf": _fits_any,
    "oneOf": _fits_one,
    "not": _fits_not,
    "if": _fits_if,
    "minimum": _fits_minimum,
    "maximum": _fits_maximum,
    "exclusiveMinimum": _fits_above,
    "exclusiveMaximum": _fits_below,
    "multipleOf": _fits_multiple,
    "pattern": _fits_pattern,
    "minLength": _fits_min_length,
    "maxLength": _fits_max_length,
    "minItems": _fits_min_items,
    "maxItems": _fits_max_items,
    "uniqueItems": _fits_unique,
    "prefixItems": _fits_prefix,
    "items": _fits_items,
    "contains": _fits_contains,
    "properties": _fits_properties,
    "patternProperties": _fits_pattern_properties,
    "additionalProperties": _fits_additional,
    "required": _fits_required,
    "propertyNames": _fits_names,
    "minProperties": _fits_min_properties,
    "maxProperties": _fits_max_properties,
    "dependentRequired": _fits_dependent,
    "dependentSchemas": _fits_dependent_schemas,
}


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


@lru_cache(maxsize=256)
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


@lru_cache(maxsize=256)
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


@lru_cache(maxsize=256)
def matching(pattern: str, shortest: int = 0, longest: int = 1_000, variant: int = 0) -> str | None:
    """A short string that matches, between two lengths; another one for another variant.

    None if none was found. Look-arounds are ignored when making it, and then checked.
    """
    compiled = compile_pattern(pattern)
    if compiled is None or (shortest > 20 and is_risky(pattern)):
        return None
    tree = _parser.parse(compiled.pattern)
    for extra in (*range(6), *range(8, min(shortest, 300) + 8)):
        for shift in (variant, variant + 1, variant + 7):
            try:
                text = _generate(tree, extra, shift, {})
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


def _generate(tree: Any, extra: int, variant: int, groups: dict[int, str]) -> str:
    parts = []
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            parts.append(chr(argument))
        elif name == "NOT_LITERAL":
            parts.append(_pick([c for c in _PRINTABLE if ord(c) != argument], variant))
        elif name == "ANY":
            parts.append(_pick(_LETTERS, variant))
        elif name == "IN":
            parts.append(_pick(_class_members(argument), variant))
        elif name == "BRANCH":
            branches = argument[1]
            parts.append(_generate(branches[variant % len(branches)], extra, variant, groups))
        elif name == "SUBPATTERN":
            text = _generate(argument[3], extra, variant, groups)
            if argument[0] is not None:
                groups[argument[0]] = text
            parts.append(text)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, body = argument
            times = min(max(least, extra), most, 2_000)
            parts += [_generate(body, extra, 0 if i else variant, groups) for i in range(times)]
        elif name == "ATOMIC_GROUP":
            parts.append(_generate(argument, extra, variant, groups))
        elif name == "GROUPREF":
            parts.append(groups.get(argument, ""))
    return "".join(parts)


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


def _pick(options: Any, variant: int) -> str:
    chosen: str = options[variant % len(options)]
    return chosen
