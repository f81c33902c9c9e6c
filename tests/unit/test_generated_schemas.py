"""Whatever the schema: what fills it fits it, and nothing raises."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from helpers.mock.simulated import json_schema
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.shape import fill
from tests.examples import examples
from tests.unit.schemas import JOHN, strict, valid

NAMES = st.sampled_from(
    ["name", "age", "email", "city", "date", "tags", "from", "to", "query", "total", "x", "is_open",
     "userId", "items", "unit", "price", "answer", "steps", "phone", "url"]
)  # fmt: skip


TEXTS = st.sampled_from(
    ["", JOHN, "Lagos, Oslo and 3 more on Friday: a, b, c", "x" * 300]
) | st.text(max_size=80)


def _scalars() -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.integers(-50, 50)
    return st.one_of(
        st.just({"type": "string"}),
        st.just({"type": "boolean"}),
        st.just({"type": "null"}),
        st.builds(
            lambda low, span: {"type": "string", "minLength": low, "maxLength": low + span},
            st.integers(0, 20),
            st.integers(0, 20),
        ),
        st.builds(
            lambda low, span: {"type": "integer", "minimum": low, "maximum": low + span},
            bounds,
            st.integers(0, 20),
        ),
        st.builds(
            lambda low, span: {"type": "number", "exclusiveMinimum": low, "maximum": low + span},
            bounds,
            st.integers(1, 20),
        ),
        st.builds(
            lambda low, step: {"type": "integer", "minimum": low, "multipleOf": step},
            bounds,
            st.integers(1, 9),
        ),
        st.sampled_from([r"^\d{2,4}$", "^[a-f]+$", "^(yes|no)$", r"^\w+@\w+\.com$"]).map(
            lambda pattern: {"type": "string", "pattern": pattern}
        ),
        st.sampled_from(["date", "date-time", "email", "uri", "uuid", "time", "ipv4"]).map(
            lambda form: {"type": "string", "format": form}
        ),
        st.lists(st.text(max_size=5) | st.integers(), min_size=1, max_size=4, unique=True).map(
            lambda values: {"enum": values}
        ),
        st.integers().map(lambda value: {"const": value}),
    )


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.dictionaries(NAMES, inner, max_size=5).map(lambda each: strict(**each)),
        st.builds(
            lambda items, least, span: {
                "type": "array",
                "items": items,
                "minItems": least,
                "maxItems": least + span,
            },
            inner,
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        inner.map(lambda schema: {"anyOf": [schema, {"type": "null"}]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    )


STRICT_SCHEMAS = st.dictionaries(
    NAMES, st.recursive(_scalars(), _nested, max_leaves=8), max_size=5
).map(lambda properties: strict(**properties))


# Any mixture of keywords, most of which no value can satisfy.
KEYWORDS = st.sampled_from(
    ["type", "enum", "const", "properties", "required", "items", "minItems", "maxItems", "pattern",
     "minimum", "multipleOf", "anyOf", "allOf", "oneOf", "not", "$ref", "if", "then", "format",
     "additionalProperties", "uniqueItems", "contains", "prefixItems", "default", "minLength",
     "patternProperties", "propertyNames", "dependentRequired", "description", "minProperties"]
)  # fmt: skip


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False)
    | st.sampled_from(["string", "object", "array", "#", "^a+$", "date", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS | NAMES, inner, max_size=4)
    ),
    max_leaves=15,
)  # fmt: skip


@examples(80)
@given(STRICT_SCHEMAS, TEXTS, st.sampled_from(["call", "reply"]))
def test_a_strict_schema_is_always_filled_validly(schema, text, purpose):
    value = fill(schema, Text(text), purpose=purpose).value
    assert valid(value, schema), value
    assert value == fill(schema, Text(text), purpose=purpose).value


@examples(80)
@given(st.dictionaries(KEYWORDS, ANYTHING, max_size=5), TEXTS)
def test_no_schema_whatever_makes_it_raise(schema, text):
    json.dumps(fill(schema, Text(text)).value)


@examples(80)
@given(STRICT_SCHEMAS, st.data())
def test_the_checker_agrees_with_jsonschema(schema, data):
    value = fill(schema, Text(data.draw(TEXTS)), purpose="reply").value
    for name in value:
        broken = dict(value, **{name: data.draw(ANYTHING)})
        assert json_schema.fits(broken, schema) == valid(broken, schema), broken
