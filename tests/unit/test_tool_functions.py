"""A function becomes a tool: its schema from its types, its words from its docstring."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partialmethod
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from openai import pydantic_function_tool
from pydantic import BaseModel, Field

from helpers.tools import tool
from helpers.weather import get_weather
from tests.unit.point import Point

# --- a function as a tool -------------------------------------------------------------------------


def test_the_weather_service_is_the_tool_of_the_documentation() -> None:
    assert tool(get_weather, strict=True) == {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Get the current weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {
                    "location": {
                        "type": "string",
                        "description": "City and country, e.g., 'Bogotá, Colombia'",
                    }
                },
                "required": ["location"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }


class Stay(BaseModel):
    guests: list[str] = Field(description="Who stays")
    until: date | None = None


def book(
    stay: Stay,
    near: Point,
    note: Annotated[str, "For the desk"],
    rooms: int = 1,
    beds: list[Literal["single", "double"]] | None = None,
    *,
    default: bool = False,
) -> str:
    """Book a hotel.

    Args:
        stay: Who and until when.
        near: Where.
        note: Not used, as the annotation says it.
        default: A name that is also a keyword of JSON schema.
    """
    return f"{stay.guests} {near} {note} {rooms} {beds} {default}"


def parameters_of(function: Callable[..., Any], *, strict: bool = False) -> dict[str, Any]:
    return tool(function, strict=strict)["function"]["parameters"]


def test_defaults_make_parameters_optional() -> None:
    parameters = parameters_of(book)
    assert parameters["required"] == ["stay", "near", "note"]
    assert parameters["properties"]["rooms"] == {"type": "integer", "default": 1}
    assert parameters["properties"]["default"]["default"] is False


def test_descriptions_come_from_annotations_and_then_from_the_docstring() -> None:
    properties = parameters_of(book)["properties"]
    assert properties["note"]["description"] == "For the desk"
    assert properties["near"]["description"] == "Where."
    assert "description" not in properties["rooms"]


def test_a_literal_is_an_enumeration() -> None:
    kinds = parameters_of(book)["properties"]["beds"]["anyOf"][0]["items"]
    assert kinds == {"type": "string", "enum": ["single", "double"]}


@pytest.mark.parametrize("strict", [False, True])
def test_a_schema_is_valid_and_accepts_what_the_function_takes(strict: bool) -> None:
    parameters = parameters_of(book, strict=strict)
    jsonschema.Draft202012Validator.check_schema(parameters)
    validator = jsonschema.Draft202012Validator(parameters)
    arguments: dict[str, Any] = {
        "stay": {"guests": ["Ada"], "until": "2026-11-23"},
        "near": {"latitude": 1.5, "longitude": 2},
        "note": "",
        "rooms": None if strict else 2,
        "beds": ["single"],
        "default": True,
    }
    validator.validate(arguments)
    assert not validator.is_valid(arguments | {"more": 1})
    assert not validator.is_valid(arguments | {"beds": ["bunk"]})


def objects_in(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects_in(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects_in(part)


def test_strict_closes_every_object_and_requires_everything() -> None:
    parameters = parameters_of(book, strict=True)
    objects = list(objects_in(parameters))
    assert len(objects) >= 3
    for each in objects:
        assert each["required"] == list(each["properties"])
        assert each["additionalProperties"] is False
    assert parameters["properties"]["rooms"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}


def test_strict_says_of_a_model_what_the_openai_package_says() -> None:
    class Trip(BaseModel):
        """Plan a trip."""

        start: str = Field(description="From")
        via: list[str]
        point: Point

    def plan(start: Annotated[str, "From"], via: list[str], point: Point) -> None:
        """Plan a trip."""

    def without_titles(schema: Any) -> Any:
        if isinstance(schema, dict):
            return {
                k: without_titles(v) for k, v in schema.items() if k not in ("title", "default")
            }
        return [without_titles(each) for each in schema] if isinstance(schema, list) else schema

    theirs = pydantic_function_tool(Trip, name="plan", description="Plan a trip.")
    theirs["function"]["parameters"].pop("description")
    assert without_titles(tool(plan, strict=True)) == without_titles(theirs)


def test_a_method_is_a_tool_too() -> None:
    class Desk:
        def ring(self, times: int) -> str:
            """Ring the bell."""
            return "ding " * times

    assert parameters_of(Desk().ring)["properties"] == {"times": {"type": "integer"}}


def untyped(city) -> None:  # type: ignore[no-untyped-def]
    """Get the weather."""


def undocumented(city: str) -> None: ...


def starred(*cities: str) -> None:
    """Get the weather."""


def unspeakable(callback: Callable[[], None]) -> None:
    """Get the weather."""


def unmatched(city: Annotated[str, Field(pattern="(")]) -> None:
    """Get the weather."""


def open_ended(prices: dict[str, int]) -> None:
    """Get the weather."""


def größe() -> None:
    """Get the size."""


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (untyped, "untyped: say the type of the parameter city"),
        (undocumented, "undocumented has no description"),
        (starred, "cannot fill the parameter \\*cities"),
        (unspeakable, "unspeakable: JSON has no such type"),
        (unmatched, "unmatched: JSON has no such type for city: .*unclosed group$"),
        (open_ended, "open_ended: strict mode refuses .*properties.prices.additionalProperties"),
        (lambda: 1, "a function with a name"),
        (partialmethod(untyped), "a function with a name"),
        (Point, "a function with a name"),
        (größe, "64 ASCII letters"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_with_the_reason(
    function: Callable[..., Any], what: str
) -> None:
    with pytest.raises(TypeError, match=what):
        tool(function, strict=True)


def test_without_strict_a_dictionary_may_have_keys_of_any_name() -> None:
    prices = parameters_of(open_ended)["properties"]["prices"]
    assert prices == {"type": "object", "additionalProperties": {"type": "integer"}}
