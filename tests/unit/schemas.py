"""Schemas to be filled, and whether a value fits one."""

from typing import Any

from jsonschema import Draft202012Validator

JOHN = (
    "John Miller is 29 years old and lives in San Francisco."
    " You can reach him at john.miller@example.com."
)


def strict(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def valid(value: Any, schema: Any) -> bool:
    return Draft202012Validator(schema).is_valid(value)
