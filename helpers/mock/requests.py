"""Request validation, compiled from the types that the `openai` package ships.

Those `TypedDict`s are what the client's own signatures are made of. Two things about them do not
suit a server, and are changed in the compiled schema: an `Iterable` is read as a list (pydantic
would check it lazily, that is, never), and a union of objects is told apart by its `role` or `type`
(so that an error names the field that is wrong instead of every alternative).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaValidator

Json = dict[str, Any]


class InvalidRequest(ValueError):
    """A request that does not fit its type.

    `field` is the path of the first thing wrong, such as `messages.0.role`; `problem` says what.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@cache
def validator(request_type: Any) -> Callable[[Json], Json]:
    """A function that checks a request against `request_type`, or raises InvalidRequest.

    It returns the request with unknown fields kept.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(request_type)
    compiled = SchemaValidator(_for_a_server(adapter.core_schema))

    def validate(value: Json) -> Json:
        try:
            return cast(Json, compiled.validate_python(value, strict=True))
        except ValidationError as error:
            raise _first_problem(error, value) from None

    return validate


def _first_problem(error: ValidationError, value: Any) -> InvalidRequest:
    # In a union of plain types every alternative reports; the one that got furthest is the one
    # meant.
    problems = error.errors(include_url=False, include_input=False)
    problem = max(problems, key=lambda each: len(each["loc"]))
    # A location also names the alternatives of unions that were taken; a reader's request has no
    # such key.
    path: list[str] = []
    for part in problem["loc"]:
        key: Any = part
        if (isinstance(value, dict) and key in value) or (
            isinstance(value, list) and isinstance(key, int)
        ):
            value = value[key]
            path.append(str(key))
    if problem["type"] == "missing":
        path.append(str(problem["loc"][-1]))
    elif problem["type"].startswith("union_tag"):
        path.append(problem["ctx"]["discriminator"].strip("'"))
    return InvalidRequest(".".join(path) or "body", problem["msg"])


def _for_a_server(schema: CoreSchema) -> CoreSchema:
    refs = {
        each["ref"]: each
        for each in cast(Json, schema).get("definitions", ())
        if isinstance(each, dict) and "ref" in each
    }

    def convert(node: Any) -> Any:
        if isinstance(node, list):
            return [convert(each) for each in node]
        if isinstance(node, tuple):
            return tuple(convert(each) for each in node)
        if not isinstance(node, dict):
            return node
        node = {key: value if key == "metadata" else convert(value) for key, value in node.items()}
        match node.get("type"):
            case "generator":
                return {"type": "list", "items_schema": node["items_schema"]}
            case "typed-dict":
                node["extra_behavior"] = "allow"
            case "union":
                return _tagged(node, refs)
        return node

    return cast(CoreSchema, convert(schema))


def _tagged(union: Json, refs: dict[str, Any]) -> Json:
    """A union of objects, told apart by a literal field if they all have one of the same name."""
    choices = [refs.get(each.get("schema_ref", ""), each) for each in union["choices"]]
    if not all(each.get("type") == "typed-dict" for each in choices):
        return union
    for name in ("role", "type"):
        tags: dict[str, Any] = {}
        for choice, original in zip(choices, union["choices"], strict=True):
            literal = choice["fields"].get(name, {})
            expected = literal.get("schema", {})
            if not literal.get("required") or expected.get("type") != "literal":
                break
            if any(tag in tags for tag in expected["expected"]):
                break
            tags.update(dict.fromkeys(expected["expected"], original))
        else:
            return {"type": "tagged-union", "discriminator": name, "choices": tags}
    return union
