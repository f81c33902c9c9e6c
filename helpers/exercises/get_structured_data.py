"""The exercises of `06_get_structured_data`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from helpers.checks import Answer, Wrong, exercise
from helpers.transcript.read import Sent

NO_SCHEMA = "the last request has no JSON schema: give `extract` a class."
ONE_PERSON = "the schema has room for one person: make it a list of them, in a class around it."
ONE_ADDRESS = "each person has room for one address: make it a list."
NO_PERSON = "the addresses are in a list, and nothing says whose they are: make it a list of people"
NO_PERSON += " with a list each."
NOT_FOUND = "the schema is right, but the reply has not all of the addresses: ask again."

ADDRESSES = {"john.miller@example.com", "john@home.example", "ana.silva@example.com"}

WITHOUT_SCHEMA = """\
client.chat.completions.create(model=MODEL, messages=[{{"role": "user", "content": "{}"}}])"""


def _schema(sent: Sent) -> dict[str, Any]:
    """The schema that a request asks its reply to fit, with what it refers to put in."""
    schema = sent.body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    resolved = _resolved(schema, schema.get("$defs", {}))
    return resolved if isinstance(resolved, dict) else {}


def _resolved(part: Any, definitions: dict[str, Any], depth: int = 0) -> Any:
    if isinstance(part, list):
        return [_resolved(each, definitions, depth + 1) for each in part]
    if not isinstance(part, dict) or depth > 30:
        return part
    if isinstance(name := part.get("$ref"), str):
        return _resolved(definitions.get(name.rpartition("/")[2], {}), definitions, depth + 1)
    return {
        key: _resolved(each, definitions, depth + 1) for key, each in part.items() if key != "$defs"
    }


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in schema.get("properties", {}).values() if isinstance(each, dict)]


def _kinds(schema: dict[str, Any]) -> set[str]:
    """The types that a value may have."""
    options = [schema, *schema.get("anyOf", ())]
    types = (option.get("type") for option in options)
    return {kind for each in types for kind in ([each] if isinstance(each, str) else each or ())}


def _lists(schema: dict[str, Any], of: str) -> Iterator[dict[str, Any]]:
    """What is in the lists, one level down, whose elements are of this type."""
    for field in _fields(schema):
        items = field.get("items", {})
        if "array" in _kinds(field) and of in _kinds(items):
            yield items


@exercise(
    "find-all-addresses",
    correct="the schema has a list of people with a list of addresses each, and all were found.",
    wrong=[
        Wrong(ONE_PERSON, edit={"extract(ADDRESSES, Mailboxes)": "extract(ADDRESSES, Mailbox)"}),
        Wrong(ONE_ADDRESS, edit={"emails: list[str]": "email: str"}),
        Wrong(
            NO_PERSON,
            code="class Addresses(BaseModel):\n    emails: list[str]\n\n\n"
            "found = extract(ADDRESSES, Addresses).parsed",
        ),
        Wrong(NO_SCHEMA, code=WITHOUT_SCHEMA.format("john@home.example")),
        Wrong(NOT_FOUND, edit={" and john@home.example": ""}),
    ],
)
def find_all_addresses(answer: Answer) -> str | None:
    schema = _schema(answer.sent[-1])
    if not schema:
        return NO_SCHEMA
    people = list(_lists(schema, "object"))
    if not people:
        alone = list(_lists(schema, "string")) and len(_fields(schema)) == 1
        return NO_PERSON if alone else ONE_PERSON
    if not any(list(_lists(each, "string")) for each in people):
        return ONE_ADDRESS
    reply = answer.received[-1].text
    return None if all(address in reply for address in ADDRESSES) else NOT_FOUND


AGE_REQUIRED = "the schema allows a whole number for the age, and nothing else: allow `None`."
A_DEFAULT = "a default is no way out: the model fills in the field all the same. Allow `None`."
TEXT = "the age is a text now, and a text can be anything. Keep the number, and allow `None`."
NO_AGE = "the schema has no field `age` any more. Keep it, and allow `None`."
NOT_NULL = "the schema is right, and the model still says a number: describe when to use null."


@exercise(
    "leave-a-way-out",
    correct="the schema allows null for the age, and the reply has it.",
    wrong=[
        Wrong(AGE_REQUIRED, edit={"int | None": "int"}),
        Wrong(A_DEFAULT, edit={"int | None": "int = 0"}),
        Wrong(TEXT, edit={"int | None": "str"}),
        Wrong(NO_AGE, edit={"    age: int | None\n": ""}),
        Wrong(NO_SCHEMA, code=WITHOUT_SCHEMA.format("Ana Silva lives in Porto.")),
        Wrong(NOT_NULL, edit={"Ana Silva lives in Porto.": "Ana Silva is 34 years old."}),
    ],
)
def leave_a_way_out(answer: Answer) -> str | None:
    schema = _schema(answer.sent[-1])
    if not schema:
        return NO_SCHEMA
    age = schema.get("properties", {}).get("age")
    if age is None:
        return NO_AGE
    kinds = _kinds(age)
    if "null" not in kinds:
        if "string" in kinds:
            return TEXT
        return A_DEFAULT if "default" in age else AGE_REQUIRED
    return None if json.loads(answer.received[-1].text)["age"] is None else NOT_NULL
