"""Whatever a parameter is, it is described, or refused by the names of function and parameter."""

import json
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from helpers.strict import problems
from helpers.tool_schema import describe
from helpers.tools import tool
from tests.examples import QUICK


def search(
    query: Annotated[str, Field(alias="from", description="Where from")],
    limit: int = Field(5, ge=1, description="How many"),
    budget: float = float("inf"),
    tags: list[str] = Field(default_factory=list),  # noqa: B008 - as other frameworks have it
    secret: object = None,
) -> str:
    """Search the shop."""
    return f"{query} {limit} {budget} {tags} {secret}"


def test_half_a_pair_of_surrogates_is_described_so_that_it_can_be_sent() -> None:
    def broken(text: str = "\ud83d") -> str:
        """Break \ud83d."""
        return text

    described: Any = tool(broken)["function"]
    assert json.dumps(described, ensure_ascii=False).encode()
    assert described["description"] == "Break \ufffd."


def test_fields_and_aliases_are_described_and_reach_the_function() -> None:
    described = describe(search, strict=False)
    schema: Any = described.schema["function"]["parameters"]
    assert schema["required"] == ["from"]
    assert schema["properties"]["from"] == {"type": "string", "description": "Where from"}
    limit = {"type": "integer", "minimum": 1, "default": 5, "description": "How many"}
    assert schema["properties"]["limit"] == limit
    assert "default" not in schema["properties"]["budget"], "JSON has no infinite number"
    assert described.run(described.parse('{"from": "here"}')) == "here 5 inf [] None"
    assert described.run(described.parse('{"from": "here", "limit": 9}')) == "here 9 inf [] None"


class Pair(NamedTuple):
    left: int
    right: int


class Cat(BaseModel):
    name: str


def corner(at: tuple[int, int]) -> None:
    """Go to a corner."""


def words(them: set[str]) -> None:
    """Take words."""


def anything(it: Any) -> None:
    """Take anything."""


def pair(them: Pair) -> None:
    """Take two."""


def mapping(prices: dict[str, float]) -> None:
    """Take prices."""


@pytest.mark.parametrize("function", [corner, words, anything, pair, mapping])
def test_strict_refuses_what_openai_refuses_and_names_it(function: Callable[..., Any]) -> None:
    assert tool(function)["function"]["name"] == function.__name__
    name = next(iter(function.__annotations__))
    with pytest.raises(TypeError, match=rf"{function.__name__}: strict .*{name}|Pair"):
        tool(function, strict=True)


def test_strict_takes_unions_and_models() -> None:
    def pet(it: Cat | str | None, near: list[Cat], age: int | float = 1) -> None:
        """Pet it."""

    schema = tool(pet, strict=True)["function"]["parameters"]
    assert not list(problems(schema))


def forward(it: "Nowhere") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Take what is not there."""


def module(it: type(sys)) -> None:  # type: ignore[valid-type]
    """Take a module."""


def pattern(it: Annotated[str, Field(pattern="(")]) -> None:
    """Take a text."""


class Opaque:
    it: int


def of_no_schema(it: Opaque) -> None:
    """Take what pydantic does not know."""


def of_two_names(that: Annotated[int, Field(alias="it")], it: int) -> None:
    """Take two things by one name."""


@pytest.mark.parametrize("function", [forward, module, pattern, of_no_schema, of_two_names])
def test_what_cannot_be_described_is_named(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=rf"\A{function.__name__}: .*\bit\b.*\Z"):
        tool(function)


def test_what_a_function_returns_may_have_any_type() -> None:
    def hand_back() -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821
        """Hand back what is not there."""

    assert tool(hand_back)["function"]["parameters"]["properties"] == {}


def test_a_builtin_that_does_not_say_its_parameters_is_refused() -> None:
    with pytest.raises(TypeError, match="max"):
        tool(max)


def test_a_documented_name_that_is_not_a_parameter_gives_a_warning() -> None:
    def fetch(town: str) -> None:
        """Fetch it.

        Args:
            city: Where.
        """

    with pytest.warns(UserWarning, match="fetch: the docstring describes 'city'"):
        tool(fetch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tool(search)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (np.float64(1.5), "1.5"),
        (np.int64(3), "3"),
        (np.array([[1, 2], [3, 4]]), "[[1,2],[3,4]]"),
        ({"mean": np.float32(0.5)}, '{"mean":0.5}'),
        ((1, {"a"}), '[1,["a"]]'),
    ],
)
def test_numbers_of_numpy_are_told_as_numbers(result: Any, told: str) -> None:
    def measure() -> Any:
        """Measure it."""
        return result

    assert describe(measure, strict=False).run({}) == told


ANNOTATIONS = st.recursive(
    st.sampled_from([int, str, float, bool, Any, bytes, None, object, Cat, Pair, complex, type]),
    lambda inner: st.one_of(
        inner.map(lambda t: list[t]),  # type: ignore[valid-type]
        inner.map(lambda t: set[t]),  # type: ignore[valid-type]
        inner.map(lambda t: dict[str, t]),  # type: ignore[valid-type]
        st.tuples(inner, inner).map(lambda two: tuple.__class_getitem__(two)),
        inner.map(lambda t: Annotated[t, Field(description="It")]),
    ),
    max_leaves=4,
)
DEFAULTS = st.one_of(
    st.none(), st.floats(), st.text(), st.builds(object), st.just(Field(3)), st.just({1, 2})
)


@QUICK
@given(ANNOTATIONS, DEFAULTS, st.booleans(), st.booleans())
def test_any_parameter_is_described_or_refused_with_both_names(
    annotation: Any, default: Any, has_default: bool, strict: bool
) -> None:
    def take(it: Any = None) -> None:
        """Take it."""

    take.__annotations__ = {"it": annotation}
    take.__defaults__ = (default,) if has_default else None
    try:
        schema = tool(take, strict=strict)
    except TypeError as error:
        assert "take: " in str(error)
    else:
        json.dumps(schema, allow_nan=False)
        assert not strict or not list(problems(schema["function"]["parameters"]))


# What strict mode refuses of a property, whatever its type, and the key that is named.
REFUSED = [
    ({"$ref": "#/$defs/Nowhere"}, "$ref"),
    ({"$ref": "https://example.com/city"}, "$ref"),
    ({"type": "string", "enum": []}, "enum"),
    ({"type": "text"}, "type"),
    ({"type": []}, "type"),
    ({"anyOf": []}, "anyOf"),
    ({"type": "array", "items": [{"type": "string"}]}, "items"),
    ({"type": "string", "pattern": "^(?!London)"}, "pattern"),
    ({"type": "object", "properties": {}, "required": ["x"], "additionalProperties": False},
     "required"),
]  # fmt: skip


def closed(place: object, **more: object) -> dict[str, object]:
    properties = {"properties": {"place": place}, "required": ["place"]}
    return {"type": "object", "additionalProperties": False, **properties, **more}


@pytest.mark.parametrize(("place", "key"), REFUSED)
def test_strict_mode_refuses_what_openai_does(place: object, key: str) -> None:
    assert [each.path for each in problems(closed(place))] == [f"properties.place.{key}"]


def test_strict_mode_takes_references_that_lead_somewhere() -> None:
    city = {"type": "string", "pattern": "^[A-Z](?:[a-z]+)$"}
    for place, definitions in (
        ({"$ref": "#/$defs/a~1b"}, {"a/b": city}),
        ({"anyOf": [{"$ref": "#"}, {"type": "null"}]}, {}),
        ({"$ref": "#/properties/place"}, {}),
        ({"$ref": "#/$defs/a/anyOf/0"}, {"a": {"anyOf": [city, {"type": "null"}]}}),
    ):
        assert not list(problems(closed(place, **{"$defs": definitions})))
