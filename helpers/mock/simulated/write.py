"""Write: a span as the value that a property's schema asks for."""

import re
from collections.abc import Iterator
from typing import Any

from helpers.mock.simulated.candidates import Pair
from helpers.mock.simulated.find import Span
from helpers.mock.simulated.glossary import tongue
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import CITIES
from helpers.mock.simulated.measures import whole
from helpers.mock.simulated.plain import NOTHING, listed
from helpers.mock.simulated.want import NUMBERS, PATTERNS, Want, described_in

_AS_SAID = frozenset(("color", "country", "nationality", "number", "hash", "code"))
_STATE = re.compile(r"\bstate\b|, [a-z]{2}\b(?!\w)", re.I)
_CODED = re.compile(r"\bcode\b|\biso\b|639|locale|abbreviat|two.letter", re.I)


def value_of(pair: Pair) -> Any:
    """The first way to write a span that fits; `NOTHING` where none does."""
    want, span = pair.want, pair.span
    if pair.value is not None:
        said, values = str(pair.value).lower(), listed(want.schema, "enum")
        return next((each for each in values if str(each).lower() == said), pair.value)
    ways = iter([_number(want, span)]) if want.type in NUMBERS else _ways(want, span)
    return next((way for way in ways if way != "" and fits(way, want.schema)), NOTHING)


def _number(want: Want, span: Span) -> Any:
    """A number in the unit that is wanted."""
    value, ours, theirs = span.value, want.unit, span.unit
    if want.fraction and theirs is not None and theirs.dimension == "share":
        value = float(f"{value / 100:.10g}")
    if ours and theirs and ours.name != theirs.name and "degree" not in (ours.name, theirs.name):
        value = theirs.to(ours, value)
    value = whole(value)
    if want.type != "integer":
        return value
    # 90 seconds are neither one minute nor two.
    return round(value) if abs(round(value) - value) <= 0.05 * abs(value) else NOTHING


def _ways(want: Want, span: Span) -> Iterator[Any]:
    """The ways to write a span, the one that is asked for first."""
    described, value = described_in(want.schema), str(span.value)
    coded = not {"code", "locale"}.isdisjoint(want.words) or bool(_CODED.search(described))
    if span.kind == "region" and span.code and _STATE.search(described):
        yield f"{value.rpartition(',')[0]}, {span.code}"
    if span.kind == "city":
        yield from _city(want, span, described)
    elif span.kind in ("date", "datetime"):
        yield from _date(want, value, span.text, described)
    elif span.kind == "time" and want.schema.get("format") == "time":
        yield f"{(value + ':00')[:8]}Z"
    elif span.kind in ("country", "nationality") and "code" in want.words:
        return  # the tables have none
    elif span.kind in _AS_SAID:
        yield span.text.strip("# ")
    elif span.kind == "currency" or (span.code and (coded or "ticker" in want.kinds)):
        yield from (span.code, value)
    else:
        yield from (value, span.text)


def _date(want: Want, value: str, text: str, described: str) -> Iterator[str]:
    form = want.schema.get("format")
    shape = PATTERNS["shape"].search(described)
    if form == "date-time" and "T" not in value:
        yield f"{value}T00:00:00Z"
    elif shape is not None:
        parts = dict(zip(("YYYY", "MM", "DD"), value[:10].split("-"), strict=True))
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
    if _STATE.search(described):
        yield f"{city.name}, {city.state or city.country}"
    elif "country" in described.lower() and tongue(written) == "en":  # not "北京, China"
        yield f"{written}, {city.country}"
    yield written
