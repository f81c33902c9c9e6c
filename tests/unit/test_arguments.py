"""Any JSON schema is filled validly, with the values that the text has."""

import json
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from helpers.mock.simulated import arithmetic, json_schema
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.shape import fill
from tests.unit.schemas import JOHN, strict, valid

STRING = {"type": "string"}


NUMBER = {"type": "number"}


INTEGER = {"type": "integer"}


def enum(*values: Any) -> dict[str, Any]:
    return {"enum": list(values)}


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        (
            JOHN,
            strict(name=STRING, age=INTEGER, email=STRING),
            {"name": "John Miller", "age": 29, "email": "john.miller@example.com"},
        ),
        (
            "Ada is 36 and Linus is 54 years old.",
            strict(people={"type": "array", "items": strict(name=STRING, age=INTEGER)}),
            {"people": [{"name": "Ada", "age": 36}, {"name": "Linus", "age": 54}]},
        ),
        (
            "Alice and Bob are going to a science fair on Friday.",
            strict(name=STRING, date=STRING, participants={"type": "array", "items": STRING}),
            {"name": "science fair", "date": "Friday", "participants": ["Alice", "Bob"]},
        ),
        (
            "Mix 200 g flour, 2 eggs and 100 ml milk.",
            strict(
                ingredients={
                    "type": "array",
                    "items": strict(name=STRING, amount=NUMBER, unit={"type": ["string", "null"]}),
                }
            ),
            {
                "ingredients": [
                    {"name": "flour", "amount": 200, "unit": "g"},
                    {"name": "eggs", "amount": 2, "unit": None},
                    {"name": "milk", "amount": 100, "unit": "ml"},
                ]
            },
        ),
        (
            "The food was great and the staff friendly.",
            strict(sentiment=enum("positive", "negative", "neutral")),
            {"sentiment": "positive"},
        ),
        (
            "I waited an hour and the soup was cold. Terrible.",
            strict(sentiment=enum("positive", "negative", "neutral")),
            {"sentiment": "negative"},
        ),
        (
            "Contact us on +1 415 555 0134 or at help@example.org",
            strict(phone=STRING, email=STRING),
            {"phone": "+1 415 555 0134", "email": "help@example.org"},
        ),
        (
            "John Miller is 29 years old.",
            strict(name=STRING, email={"type": ["string", "null"]}),
            {"name": "John Miller", "email": None},
        ),
        (
            "John Miller is 29 years old.",
            strict(name=STRING, email=STRING),
            {"name": "John Miller", "email": "unknown"},
        ),
        (
            "Meet me tomorrow at 3 pm.",
            strict(
                date={"type": "string", "format": "date"}, time={"type": "string", "format": "time"}
            ),
            {"date": "2025-01-02", "time": "15:00:00Z"},
        ),
        (
            "Order A-1234 has priority high and 3 items",
            strict(order_id=STRING, priority=enum("low", "high"), items=INTEGER),
            {"order_id": "A-1234", "priority": "high", "items": 3},
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_structured_reply_takes_its_values_from_the_text(text, schema, expected):
    assert fill(schema, Text(text), purpose="reply").value == expected


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("Add 2 and 3", strict(a=NUMBER, b=NUMBER), {"a": 2, "b": 3}),
        (
            "Book a flight from Paris to Rome on March 5 for 2 people",
            strict(
                origin=STRING,
                destination=STRING,
                date={"type": "string", "format": "date"},
                passengers=INTEGER,
            ),
            {"origin": "Paris", "destination": "Rome", "date": "2025-03-05", "passengers": 2},
        ),
        (
            "How much is 250 dollars in yen?",
            strict(amount=NUMBER, from_currency=STRING, to_currency=STRING),
            {"amount": 250, "from_currency": "USD", "to_currency": "JPY"},
        ),
        (
            "How many pounds are 70 kg?",
            strict(value=NUMBER, from_unit=STRING, to_unit=STRING),
            {"value": 70, "from_unit": "kg", "to_unit": "pounds"},
        ),
        (
            "from 2026-05-01 to 2026-05-04 in Lisbon for 3 guests",
            strict(city=STRING, check_in=STRING, check_out=STRING, guests=INTEGER),
            {"city": "Lisbon", "check_in": "2026-05-01", "check_out": "2026-05-04", "guests": 3},
        ),
        (
            "Is it warm in Oslo, in °F?",
            strict(city=STRING, unit=enum("celsius", "fahrenheit")),
            {"city": "Oslo", "unit": "fahrenheit"},
        ),
        (
            "a vegetarian dinner without alcohol",
            strict(vegetarian={"type": "boolean"}, alcohol={"type": "boolean"}),
            {"vegetarian": True, "alcohol": False},
        ),
        (
            "Visit Madrid, Lisbon and Porto",
            strict(cities={"type": "array", "items": STRING}),
            {"cities": ["Madrid", "Lisbon", "Porto"]},
        ),
        (
            "the code is AB-1234",
            strict(code={"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"}),
            {"code": "AB-1234"},
        ),
        (
            "paint it in teal, 300 px wide",
            strict(color=STRING, width=INTEGER),
            {"color": "teal", "width": 300},
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_arguments_take_their_values_from_the_message(text, schema, expected):
    filled = fill(schema, Text(text))
    assert filled.value == expected
    assert filled.missing == ()


@pytest.mark.parametrize(
    ("description", "city", "expected"),
    [
        ("City and country, e.g., 'Bogotá, Colombia'", "New York", "New York, USA"),
        ("City and country e.g. Tokyo, Japan", "Lagos", "Lagos, Nigeria"),
        ("The city and state, e.g. San Francisco, CA", "Boston", "Boston, MA"),
        ("Name of a city", "Quito", "Quito"),
        ("City and country", "Smalltown", "Smalltown"),
        ("City and country", "Smalltown, Ireland", "Smalltown, Ireland"),
    ],
)
def test_place_is_written_as_its_description_shows(description, city, expected):
    schema = strict(location={"type": "string", "description": description})
    assert fill(schema, Text(f"How is it in {city} now?")).value == {"location": expected}


@pytest.mark.parametrize(
    ("schema", "missing"),
    [
        (strict(location=STRING), ("location",)),
        (strict(to={"type": "string", "format": "email"}), ("to",)),
        (strict(amount=NUMBER), ("amount",)),
        (strict(prices={"type": "object", "additionalProperties": NUMBER}), ("prices",)),
        (strict(unit=enum("c", "f")), ()),
        (strict(limit=INTEGER), ()),
        (strict(location={"type": "string", "default": "Oslo"}), ()),
        (strict(location={"type": ["string", "null"]}), ()),
        (strict(location={"anyOf": [STRING, {"type": "null"}]}), ()),
    ],
)
def test_what_only_the_user_knows_is_named_as_missing(schema, missing):
    filled = fill(schema, Text("please do it"))
    assert filled.missing == missing
    assert valid(filled.value, schema)


def test_optional_properties_are_filled_only_when_the_text_mentions_them():
    schema = strict(city=STRING, days=INTEGER, unit=enum("celsius", "fahrenheit"))
    schema["required"] = ["city"]
    assert fill(schema, Text("weather in Oslo")).value == {"city": "Oslo"}
    assert fill(schema, Text("5 days in Oslo in celsius")).value == {
        "city": "Oslo",
        "days": 5,
        "unit": "celsius",
    }


def test_an_example_in_a_description_is_no_value():
    schema = strict(location={"type": "string", "description": "A city, e.g. 'Bogotá, Colombia'"})
    assert "Bogotá" not in json.dumps(fill(schema, Text("the weather?")).value, ensure_ascii=False)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string", "pattern": r"^\d{3}-\d{4}$"},
        {"type": "string", "pattern": r"^(?:foo|bar){2,3}$", "minLength": 9},
        {"type": "string", "pattern": r"^[^a-z]+$", "minLength": 4},
        {"type": "string", "minLength": 30, "maxLength": 31},
        {"type": "string", "pattern": "^[äöü]{2}[^äö]?$"},
        {"type": "string", "maxLength": 0},
        {"type": "integer", "exclusiveMinimum": 7, "multipleOf": 5},
        {"type": "number", "minimum": 0.1, "maximum": 0.2},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "integer", "maximum": -3},
        {"type": "number", "multipleOf": 0.01, "minimum": 3},
        {"type": "array", "items": INTEGER, "minItems": 4, "uniqueItems": True},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "items": enum("a", "b", "c"), "minItems": 3, "uniqueItems": True},
        {"type": "array", "prefixItems": [STRING, INTEGER], "minItems": 3},
        {"type": "array", "contains": {"const": 7}},
        {"type": "array", "contains": {"const": 7}, "minContains": 2, "items": INTEGER},
        {"type": "object", "minProperties": 3},
        {"type": "object", "minProperties": 2, "propertyNames": {"pattern": "^x_"}},
        {"type": "object", "patternProperties": {"^n_": INTEGER}, "required": ["n_a"]},
        {"type": "object", "additionalProperties": NUMBER, "required": ["a", "b"]},
        {"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"], "b": ["c"]}},
        {"anyOf": [{"type": "null"}, strict(kind={"const": "x"})]},
        {"oneOf": [strict(kind={"const": "a"}, n=INTEGER), strict(kind={"const": "b"})]},
        {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": INTEGER}}]},
        {"allOf": [{"minimum": 3}, {"maximum": 5, "type": "integer"}]},
        {
            "type": "object",
            "properties": {"kind": enum("card", "cash"), "number": STRING},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "card"}}},
            "then": {"required": ["number"]},
        },
        {
            "$ref": "#/$defs/node",
            "$defs": {
                "node": strict(
                    name=STRING, children={"type": "array", "items": {"$ref": "#/$defs/node"}}
                )
            },
        },
        {
            "$defs": {"node": strict(next={"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]})},
            "$ref": "#/$defs/node",
        },
        {"type": ["integer", "null"], "minimum": 5},
        {"not": {"type": "null"}},
        {"enum": [{"a": [1, None]}, 2]},
        {"const": {"a": 1}},
    ],
    ids=lambda schema: json.dumps(schema)[:60],
)
@pytest.mark.parametrize("text", ["", JOHN, "3 x 7 = 21, and -4.5 tomorrow"])
@pytest.mark.parametrize("purpose", ["call", "reply"])
def test_every_keyword_is_honoured(schema, text, purpose):
    value = fill(schema, Text(text), purpose=purpose).value
    assert valid(value, schema), value


@pytest.mark.parametrize(
    "schema",
    [
        False,
        None,
        [],
        {"type": "nonsense"},
        {"type": 7},
        {"type": []},
        {"enum": []},
        {"$ref": "#/nowhere"},
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"type": "integer", "minimum": 5, "maximum": 3},
        {"type": "string", "minLength": 5, "maxLength": 2},
        {"type": "string", "pattern": "["},
        {"type": "string", "pattern": "(a+)+$", "minLength": 40},
        {"type": "string", "pattern": r"^(?=x)\p{L}$"},
        {"type": "array", "minItems": 10**9, "items": {"type": "integer"}},
        {"type": "string", "minLength": 10**12},
        {"type": "object", "properties": [], "required": {}},
        {"type": "object", "properties": {"a": 1}, "required": ["a", 3]},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": "x", "oneOf": [], "allOf": {}},
        {"not": {}},
        {"type": "number", "multipleOf": 0},
        {"type": "object", "minProperties": 10**9},
        {"allOf": [{"$ref": "#"}]},
        {"type": "object", "required": [{}], "dependentRequired": {"a": [{}]}},
        {"type": "string", "pattern": "^((a{60}){60}){60}$"},
        {"properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "array", "items": {"$ref": "#"}, "minItems": 3},
    ],
    ids=lambda schema: json.dumps(schema)[:60],
)
def test_an_absurd_schema_never_raises(schema):
    for text in ("", JOHN):
        for purpose in ("call", "reply"):
            json.dumps(fill(schema, Text(text), purpose=purpose).value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("What is 3*7?", [21]),
        ("12 plus 5, and 15% of 80", [17, 12]),
        ("(2+3)*4 - 1", [19]),
        ("the square root of 16", [4]),
        ("subtract 3 from 10", [7]),
        ("2**100000", [None]),
        ("9**9**9", [None]),
        ("1/0", [None]),
        ("on 2025-01-01, call 555-1234 for 3-5 days", []),
    ],
)
def test_arithmetic_is_found_and_done_within_bounds(text, values):
    assert [arithmetic.evaluate(each) for each in arithmetic.find(text)] == values


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "().__class__", "a+1", "1 if 1 else 2", "'a'*9", "6 | 3", "~5", "not 5"],
)
def test_nothing_but_numbers_is_evaluated(text):
    assert arithmetic.evaluate(text) is None


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (None, {"type": "object", "properties": {}}, False),
        ({}, {"type": "object", "required": ["city"]}, False),
        ({"city": "Oslo"}, {"type": "object", "required": ["city"]}, True),
        ("K", {"type": "string", "enum": ["celsius", "fahrenheit"]}, False),
        (None, {"type": ["string", "null"], "title": "x"}, True),
        (1, {"type": 7, "enum": 7, "required": 7}, True),
    ],
)
def test_where_no_package_checks_a_value_its_type_is_looked_at(
    value: object, schema: dict[str, object], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_schema, "_validator", lambda: None)
    assert json_schema.fits(value, schema) is expected


def _tree(children: int, *, may_end: bool) -> dict[str, Any]:
    node = {"$ref": "#/$defs/node"}
    child = {"anyOf": [node, {"type": "null"}]} if may_end else node
    properties = {"name": {"type": "string"}} | {f"child{n}": child for n in range(children)}
    described = {"type": "object", "properties": properties, "required": list(properties)}
    return {
        "$defs": {"node": described},
        "type": "object",
        "properties": {"root": node},
        "required": ["root"],
    }


@pytest.mark.parametrize("children", [1, 2, 5])
@pytest.mark.parametrize("may_end", [True, False])
def test_what_branches_again_and_again_is_filled_only_so_far(children: int, may_end: bool) -> None:
    schema = _tree(children, may_end=may_end)
    began = time.process_time()
    made = fill(schema, Text("A tree."), purpose="reply").value
    assert time.process_time() - began < 2
    assert made["root"]
    if may_end:
        Draft202012Validator(schema).validate(made)
