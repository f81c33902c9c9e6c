"""The exercises of `06_get_structured_data`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from helpers.checks import Answer, Hint, exercise
from helpers.transcript.read import Received, as_object

NO_SCHEMA = "the last request has no JSON schema: give `extract` a class."
NO_JSON = "the reply is not JSON: look at its finish reason and its refusal."
ONE_PERSON = "the schema has room for one person: make it a list of them, in a class around it."
ONE_ADDRESS = "each person has room for one address: make it a list."
NO_PERSON = "nothing says whose the addresses are: make a list of people, each with a list."
OTHER_TEXT = "the text that was sent does not have all the addresses: send `ADDRESSES`, unchanged."
KEYED = "the names are keys in your schema, and a strict one knows all keys: make a list of people."
NO_NAME = "the schema has no room for a name, so nothing says whose the addresses are."
NOT_TEXTS = "the addresses are objects in your schema: make them a list of strings."
ANY_ITEM = "the schema does not say what is in the list of addresses: write `list[str]`."
NOT_FOUND = "the reply does not have {} with its owner. (Offline, call the list `emails`.)"

OWNERS = {
    "john.miller@example.com": "john",
    "john@home.example": "john",
    "ana.silva@example.com": "ana",
}


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in schema.get("properties", {}).values() if isinstance(part, dict)]


def _options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema.get("anyOf", ())]


def kinds(schema: dict[str, Any]) -> set[str]:
    """The types that a value may have."""
    types = (option.get("type") for option in _options(schema))
    return {
        kind for type_ in types for kind in ([type_] if isinstance(type_, str) else type_ or ())
    }


def _lists(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What its lists hold, whatever objects they are in; not the lists inside lists."""
    for option in _options(schema):
        if option.get("type") == "array":
            yield option.get("items", {})
        for field in _fields(option):
            yield from _lists(field)


def _reply(received: Received) -> Any:
    try:
        return json.loads(received.text)
    except ValueError as error:
        raise Hint(NO_JSON) from error


def _parts(data: Any) -> Iterator[Any]:
    """A reply or a schema and all that is in it: objects, lists, and each key with its value."""
    yield data
    if isinstance(data, dict):
        for key, value in data.items():
            yield {key: value}
            yield from _parts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _parts(value)


def _ages(data: Any) -> list[Any]:
    """What the key `age` has, wherever it is."""
    return [part["age"] for part in _parts(data) if isinstance(part, dict) and "age" in part]


def _owner(data: Any, address: str) -> set[str]:
    """Who is named in the smallest part of a reply that has the address and a name."""
    parts = (json.dumps(part, ensure_ascii=False) for part in _parts(data))
    for part in sorted((part for part in parts if address in part), key=len):
        text = part
        for owner in OWNERS:
            text = text.replace(owner, "")
        if names := {name for name in OWNERS.values() if name in text.casefold()}:
            return names
    return set()


@exercise(
    "find-all-addresses",
    correct="the schema has a list of people with a list of addresses each, and all were found.",
)
def find_all_addresses(answer: Answer) -> str | None:
    return answer.by_request(_all_addresses)


def _all_addresses(answer: Answer) -> str | None:
    schema = answer.sent[-1].schema
    if not schema:
        return NO_SCHEMA
    reply = _reply(answer.received[-1])
    missing = [address for address, owner in OWNERS.items() if _owner(reply, address) != {owner}]
    people = [item for item in _lists(schema) if "object" in kinds(item)]
    if not people and any(as_object(part.get("additionalProperties")) for part in _fields(schema)):
        return KEYED
    if not people:
        only_lists = all("array" in kinds(field) for field in _fields(schema))
        return NO_PERSON if only_lists else ONE_PERSON
    if not all(address in answer.sent[-1].text for address in OWNERS):
        return OTHER_TEXT
    items = [item for person in people for item in _lists(person)]
    if not all(items):
        return ANY_ITEM
    if not any("string" in kinds(item) for item in items):
        return NOT_TEXTS if items else ONE_ADDRESS
    if not missing:
        return None
    if not any("string" in kinds(field) for person in people for field in _fields(person)):
        return NO_NAME
    return NOT_FOUND.format(" and ".join(missing))


NO_AGE = "the schema no longer has a field `age`. Keep it, and allow `None`."
AGE_REQUIRED = "the schema allows a number for the age, and nothing else: allow `None`."
A_DEFAULT = "a default does not help: the model fills in the field all the same. Allow `None`."
A_WORD = "a word is a way out, but a program then has to look for that word: allow `None` instead."
NO_NUMBER = "the age is no longer a number: keep `int`, and allow `None` as well."
ANYTHING = "the schema says nothing about the age, so anything may come: write `int | None`."
NOT_NULL = "the schema is right, but the reply has an age: is there one in the text?"


@exercise(
    "leave-a-way-out",
    correct="the schema allows null for the age, and the reply has it.",
)
def leave_a_way_out(answer: Answer) -> str | None:
    return answer.by_request(_way_out)


def _way_out(answer: Answer) -> str | None:
    schema = answer.sent[-1].schema
    if not schema:
        return NO_SCHEMA
    ages = _ages(schema)
    if not ages:
        return NO_AGE
    found = kinds(ages[0])
    if not found:
        return ANYTHING
    if not found & {"integer", "number"}:
        return NO_NUMBER
    if "string" in found:
        return A_WORD
    if "null" not in found:
        return A_DEFAULT if "default" in ages[0] else AGE_REQUIRED
    return None if set(_ages(_reply(answer.received[-1]))) <= {None} else NOT_NULL
