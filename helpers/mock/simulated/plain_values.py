"""The plainest value that a schema allows, for what a text does not say."""

import math
from collections.abc import Iterator
from typing import Any

from helpers.mock.simulated import json_schema
from helpers.mock.simulated.entities import Text
from helpers.mock.simulated.json_schema import Schema, equal, fits
from helpers.mock.simulated.slots import Slot, read_slot

# Stands for "no value" where None is one.
NOTHING: Any = object()

# What a text of some kind is when nobody says.
PLAIN = {
    "date": "2025-01-01", "datetime": "2025-01-01T00:00:00Z", "time": "00:00:00Z",
    "email": "unknown@example.com", "url": "https://example.com", "ip": "192.0.2.1",
    "hostname": "example.com", "currency": "USD", "language": "English", "color": "#000000",
}  # fmt: skip
_PLAIN_FORMATS = {
    "uuid": "-".join("0" * length for length in (8, 4, 4, 4, 12)),
    "ipv6": "2001:db8::1",
    "duration": "P1D",
    "json-pointer": "/",
    "regex": ".*",
    "uri-reference": "/",
    "byte": "",
    "binary": "",
}


def implied_type(schema: Schema) -> str:
    """The type that a schema without one must mean, by its keywords."""
    for kind, keywords in (
        ("object", ("properties", "required", "additionalProperties", "minProperties",
                    "patternProperties", "propertyNames", "dependentRequired")),
        ("array", ("items", "prefixItems", "minItems", "contains", "uniqueItems")),
        ("number", ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")),
    ):  # fmt: skip
        if any(keyword in schema for keyword in keywords):
            return kind
    return "string"


def schema_of(name: str, schema: Schema) -> Any:
    """The schema that an object's schema has for the property of this name."""
    properties = schema.get("properties")
    if isinstance(properties, dict) and name in properties:
        return properties[name]
    patterns = schema.get("patternProperties")
    if isinstance(patterns, dict):
        for pattern, sub in patterns.items():
            compiled = json_schema.compile_pattern(pattern)
            if compiled is not None and compiled.search(name):
                return sub
    return schema.get("additionalProperties", True)


def new_names(schema: Schema, count: int) -> Iterator[str]:
    """Names for properties that the schema does not name."""
    patterns = schema.get("patternProperties")
    names = schema.get("propertyNames")
    rules = [names] if isinstance(names, dict) else []
    rules += [{"pattern": pattern} for pattern in patterns] if isinstance(patterns, dict) else []
    for rule in rules:
        if isinstance(rule.get("enum"), list):
            yield from (each for each in rule["enum"] if isinstance(each, str))
        for salt in range(count * 2 + 5):
            slot = read_slot("", "", "")
            value = plain_string(rule, slot, salt, Text(""))
            if fits(value, rule):
                yield value
    for number in range(1, count * 2 + 5):
        yield f"key{number}"


def bound_of(value: Any, otherwise: int) -> int:
    """A bound of a schema as a whole number; `otherwise` where it has none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return otherwise
    return max(int(value), 0)


def smallest_of(schema: Schema) -> Any:
    """The smallest value of a schema's type, whatever else it says."""
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    plain: dict[Any, Any] = {
        "object": {}, "array": [], "number": 0, "integer": 0, "boolean": False, "null": None,
    }  # fmt: skip
    return plain.get(kind, "") if isinstance(kind, str) else ""


def without_repeats(values: list[Any]) -> list[Any]:
    """The values, each once, in order."""
    kept: list[Any] = []
    for value in values:
        if not any(equal(value, each) for each in kept):
            kept.append(value)
    return kept


def fit_length(value: str, schema: Schema) -> str | None:
    """A text cut or filled up to the lengths that a schema allows; None if it is empty."""
    if not value:
        return None
    longest = schema.get("maxLength")
    if isinstance(longest, int) and not isinstance(longest, bool) and len(value) > longest:
        cut = value[: max(longest, 0)]
        shortest = bound_of(schema.get("minLength"), 0)
        whole = cut.rsplit(" ", 1)[0]
        value = whole if " " in cut and len(whole) >= shortest and whole else cut
    shortest = bound_of(schema.get("minLength"), 0)
    if len(value) < shortest:
        if shortest > 100_000 or "pattern" in schema:
            return None
        value = value + "." * (shortest - len(value))
    return value


def plain_string(schema: Schema, slot: Slot, salt: int, text: Text) -> str:
    """A valid text that claims nothing."""
    shortest = bound_of(schema.get("minLength"), 0)
    longest = bound_of(schema.get("maxLength"), 100_000)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        made = json_schema.matching(pattern, shortest, longest, salt)
        if made is not None:
            return made
    form = schema.get("format")
    plain = _PLAIN_FORMATS.get(form) if isinstance(form, str) else None
    if plain is None:
        plain = PLAIN.get(slot.kind if slot.kind in PLAIN and form else "", "unknown")
        if form is None and slot.kind in ("currency", "language"):
            plain = PLAIN[slot.kind]
    if salt:
        plain = f"{plain} {salt + 1}" if plain == "unknown" else f"{plain}{salt}"
    if len(plain) < shortest:
        plain += "." * (min(shortest, 100_000) - len(plain))
    if len(plain) > longest:
        # Keep what tells one text from another.
        plain = plain[-longest:] if salt and longest else plain[:longest]
    return plain


def clamp(number: Any, schema: Schema, whole: bool) -> Any:
    """A number brought within a schema's bounds."""
    number = int(number) if whole and float(number).is_integer() else number
    if not whole and isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        number = int(number)
    low, high = schema.get("minimum"), schema.get("maximum")
    if isinstance(low, int | float) and number < low:
        return low
    if isinstance(high, int | float) and number > high:
        return high
    return number


def plain_number(schema: Schema, whole: bool, first: float, salt: int) -> Any:
    """A valid number near `first`; others for other salts."""

    def numeric(keyword: str) -> float | None:
        value = schema.get(keyword)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value

    low, high = numeric("minimum"), numeric("maximum")
    above, below = numeric("exclusiveMinimum"), numeric("exclusiveMaximum")
    if schema.get("exclusiveMinimum") is True and low is not None:
        above = low
    if schema.get("exclusiveMaximum") is True and high is not None:
        below = high
    step = numeric("multipleOf")
    unit: float = step if step else 1
    candidates: list[float] = [first, 1, 0.5]
    bounds = [each for each in (low, above, high, below) if each is not None]
    for bound in bounds:
        candidates.append(bound)
    lows = [each for each in (low, above) if each is not None]
    highs = [each for each in (high, below) if each is not None]
    try:
        if lows and highs:
            candidates.append((max(lows) + min(highs)) / 2)
        for bound in bounds:
            base = math.floor(bound / unit)
            candidates += [(base + k) * unit for k in (0, 1, -1, 2)]
            candidates += [bound + 1, bound - 1, bound + 0.5, bound - 0.5]
            candidates += [math.nextafter(bound, math.inf), math.nextafter(bound, -math.inf)]
        start = math.floor(max(lows) / unit) if lows else 0
        if not lows and highs:
            start = math.ceil(min(highs) / unit) - salt - 64
        candidates += [(start + k) * unit for k in range(64 + salt)]
    except (OverflowError, ValueError, ZeroDivisionError):
        pass
    rule = dict(schema, type="integer" if whole else "number")
    rule.pop("allOf", None)
    seen: list[Any] = []
    for candidate in candidates:
        number: Any = candidate
        if isinstance(number, float):
            if not math.isfinite(number):
                continue
            if number.is_integer():
                number = int(number)
            elif whole:
                continue
        if fits(number, rule) and number not in seen:
            seen.append(number)
            if len(seen) > salt:
                return number
    return seen[-1] if seen else int(first) if whole else first
