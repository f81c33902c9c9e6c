"""Write: a span as the value that a property's schema asks for."""

import re
from collections.abc import Iterator
from typing import Any

from helpers.mock.simulated.candidates import Pair
from helpers.mock.simulated.find import Span
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import CITIES, PATTERNS
from helpers.mock.simulated.measures import whole
from helpers.mock.simulated.plain import NOTHING
from helpers.mock.simulated.texts import word_set
from helpers.mock.simulated.want import Want, described_in

_ROUNDED = 0.05
_SHAPE = re.compile(PATTERNS["descriptions"]["shape"], re.I)
_CHECKED = word_set("plain", "keywords", "checked")


def value_of(pair: Pair) -> Any:
    """The first way to write a span that fits; `NOTHING` where none does."""
    want, span = pair.want, pair.span
    if pair.value is not None:
        return pair.value
    is_number = want.type in ("integer", "number")
    ways = iter([_number(want, span)]) if is_number else _ways(want, span)
    rules = {key: rule for key, rule in want.schema.items() if key in _CHECKED}
    return next((way for way in ways if way != "" and (not rules or fits(way, rules))), NOTHING)


def _number(want: Want, span: Span) -> Any:
    """A number in the unit that is wanted."""
    value = span.value
    ours, theirs = want.unit, span.unit
    if want.fraction and theirs is not None and theirs.dimension == "share":
        value = float(f"{value / 100:.10g}")
    if ours and theirs and ours.name != theirs.name and "degree" not in (ours.name, theirs.name):
        value = theirs.to(ours, value)
    value = whole(value)
    if want.type != "integer":
        return value
    rounded = round(value)
    # 90 seconds are neither one minute nor two.
    return rounded if abs(rounded - value) <= _ROUNDED * abs(value) else NOTHING


def _ways(want: Want, span: Span) -> Iterator[Any]:
    """The ways to write a span, the one that is asked for first."""
    described = described_in(want.schema)
    value = str(span.value)
    match span.kind:
        case "city":
            yield from _city(want, span, described)
        case "date" | "datetime":
            yield from _date(want, value, span.text, described)
        case "time" if want.schema.get("format") == "time":
            yield f"{value}:00Z"
        case "language" | "currency":
            coded = span.kind == "currency" or not {"code", "locale"}.isdisjoint(want.words)
            coded = coded or bool(re.search(r"\bcode\b|\biso\b|639|locale", described, re.I))
            yield from (span.code, value) if coded else (value, span.code)
        case "company" if want.kinds.get("ticker"):
            yield span.code
        case "state":
            short = re.search(r"abbreviat|two.letter|code|\b[A-Z]{2}\b", described)
            yield span.code if short else value
        case "country" | "nationality":
            yield "" if "code" in want.words else span.text
        case "hash" | "code":
            yield span.text.lstrip("#")
        case "number":
            yield span.text.strip()
        case _:
            yield value
            yield span.text


def _date(want: Want, value: str, text: str, described: str) -> Iterator[str]:
    form = want.schema.get("format")
    shape = _SHAPE.search(described)
    if form == "date-time" and "T" not in value:
        yield f"{value}T00:00:00Z"
    elif shape is not None:
        year, month, day = value[:10].split("-")
        parts = {"YYYY": year, "MM": month, "DD": day}
        written = re.sub(r"YYYY|MM|DD", lambda part: parts[part[0].upper()], shape[1], flags=re.I)
        time = (value[11:19] or "00:00:00")[: len(shape["time"] or "")]
        yield f"{written} {time}".strip()
    iso = re.search(r"iso|yyyy|\b\d{4}-\d\d-\d\d\b", described, re.I)
    if form in ("date", "date-time") or text[:1].isdigit() or iso:
        yield value
    yield text
    yield value


def _city(want: Want, span: Span, described: str) -> Iterator[str]:
    city = CITIES[span.value]
    written = span.text if not span.text.islower() else city.name
    if want.kinds.get("timezone", 0) == 1.0:
        yield city.timezone
    lower = described.lower()
    if re.search(r"\bstate\b|, [a-z]{2}\b(?!\w)", lower):
        yield f"{city.name}, {city.state or city.country}"
    elif "country" in lower:
        yield f"{written}, {city.country}"
    yield written
