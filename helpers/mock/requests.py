"""Request validation, compiled from the types that the `openai` package ships.

Those `TypedDict`s are what the client's own signatures are made of. Three things about them do not
suit a server. An `Iterable` is read as a list (pydantic would check it lazily, that is, never). The
objects of a union are told apart by their `role` or `type`, so that an error names the field that
is wrong instead of every alternative. And a null is what many clients send for a field that is not
set: it is taken out before anything is checked, wherever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, SchemaValidator
from pydantic_core.core_schema import no_info_before_validator_function

Json = dict[str, Any]

# Where a null is a value: in a JSON schema.
_FREE = frozenset({"parameters", "schema"})


class InvalidRequest(ValueError):
    """A request that is refused.

    `field` is the path of the first thing wrong, such as `messages.0.role`; `problem` says what;
    `rule` is the entry in the ledger of refusals that has the evidence for it. Where the `problem`
    is `quoted` in the words of the real service, which programs look for, it stands alone.
    """

    def __init__(
        self, field: str, problem: str, rule: str = "type", *, quoted: bool = False
    ) -> None:
        super().__init__(problem if quoted else f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.rule = rule


def without_nulls(value: Any) -> Any:
    """A request without the fields that are null, which means that they are not set."""
    if isinstance(value, dict):
        return {
            key: each if type(each) is str or key in _FREE else without_nulls(each)
            for key, each in value.items()
            if each is not None
        }
    if isinstance(value, list):
        return [each if type(each) is str else without_nulls(each) for each in value]
    return value


@cache
def validator(request_type: Any) -> Callable[[Json], Json]:
    """A function that checks a request against `request_type`, or raises InvalidRequest.

    It takes a request without nulls, and returns it with unknown fields kept.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(request_type)
    compiled = SchemaValidator(_for_a_server(adapter.core_schema))

    def validate(value: Json) -> Json:
        try:
            return cast(Json, compiled.validate_python(value, strict=True))
        except ValidationError as error:
            raise _first_problem(error, value) from None

    return validate


def number(field: str, value: Any) -> float:
    """The number that a text, say, is. Raises InvalidRequest, which names `field`."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(field, "Should be a number", "type") from error


def read(
    params: Json,
    declared: Any,
    method: str,
    unserved: Mapping[str, Collection[Any]],
    takes: Collection[str] = (),
) -> Json:
    """The request that `params` are, which have no nulls; raises InvalidRequest.

    The runner hands the whole body to `method`, of the `openai` client, which knows the fields of
    the type `declared`; a model `takes` others besides. So the text of what is refused for another
    field is Python's own. `unserved` has what the mock does not serve, each field with the values
    that are allowed beside null, since they ask for nothing.
    """
    given = dict(params)
    # The runner's own key for the path.
    given.pop("openai_endpoint", None)
    number("top_k", given.get("top_k", 0))
    for field, value in given.items():
        if field not in declared.__annotations__ and field not in (*_OF_THE_CLIENT, *takes):
            problem = f"{method}() got an unexpected keyword argument {field!r}"
            raise InvalidRequest(field, problem, "unknown_field", quoted=True)
        if field in unserved and value not in unserved[field]:
            raise InvalidRequest(field, "Is not served by the mock", "unserved")
    return validator(declared)(given)


# The client's options for the transport are arguments of its method too. The runner takes `top_k`
# out, as a number, and passes it on.
_OF_THE_CLIENT = ("extra_headers", "extra_query", "extra_body", "timeout", "top_k", "stream")


# Errors in our own words


def _first_problem(error: ValidationError, value: Any) -> InvalidRequest:
    """Of all that is wrong with all the alternatives, what is wrong with the one that was meant.

    That is the one that got furthest into the request, and not one of another type.
    """
    problems = error.errors(include_url=False, include_input=False)
    located = [(_path(detail, value), detail) for detail in problems]
    path, problem = max(located, key=lambda each: (len(each[0]), not _is_of_another_type(each[1])))
    return InvalidRequest(".".join(path) or "body", _words(problem), "type")


def _path(problem: ErrorDetails, value: Any) -> list[str]:
    # A location also names the alternatives of unions that were taken. A request has no such key,
    # or has one besides: {"type": "function", "function": {...}}.
    path: list[str] = []
    label: Any = None
    for part in problem["loc"]:
        key: Any = part
        names = (value.get("type"), value.get("role")) if isinstance(value, dict) else ()
        if key in names and label is not value:
            label = value
            continue
        if (isinstance(value, dict) and key in value) or (
            isinstance(value, list) and isinstance(key, int)
        ):
            value = value[key]
            path.append(str(key))
    if problem["type"] == "missing":
        path.append(str(problem["loc"][-1]))
    elif problem["type"].startswith("union_tag"):
        path.append(problem["ctx"]["discriminator"].strip("'"))
    return path


def _is_of_another_type(problem: ErrorDetails) -> bool:
    return problem["type"].endswith("_type") or problem["type"] == "literal_error"


_WORDS = {
    "missing": "Field required",
    "union_tag_not_found": "Field required",
    "union_tag_invalid": "{tag!r} is not known here; there are {expected_tags}",
    "literal_error": "Should be {expected}",
    "string_type": "Should be a text",
    "bool_type": "Should be true or false",
    "int_type": "Should be a whole number",
    "float_type": "Should be a number",
    "list_type": "Should be a list",
    "is_instance_of": "Should be a list",
    "dict_type": "Should be an object",
    "model_attributes_type": "Should be an object",
}


def _words(problem: ErrorDetails) -> str:
    words = _WORDS.get(problem["type"])
    if words is None:
        return problem["msg"].replace("Input should", "Should")
    return words.format(**problem.get("ctx", {}))


# The types, compiled for a server


def _whole(value: Any) -> Any:
    """A number as JSON means it, which knows one kind: 10.0 is 10."""
    return int(value) if type(value) is float and value.is_integer() else value


def _for_a_server(schema: CoreSchema) -> CoreSchema:
    refs = {
        definition["ref"]: definition
        for definition in cast(Json, schema).get("definitions", ())
        if isinstance(definition, dict) and "ref" in definition
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
            case "int":
                return no_info_before_validator_function(_whole, cast(CoreSchema, node))
            case "union":
                return _tagged(node, refs)
        return node

    return cast(CoreSchema, convert(schema))


def _tagged(union: Json, refs: dict[str, Any]) -> Json:
    """A union whose objects are told apart by a literal field, if they all have one of a name."""
    choices = [_choice(choice) for choice in union["choices"]]
    objects = [choice for choice in choices if _resolved(choice, refs).get("type") == "typed-dict"]
    if len(objects) < 2:
        return union
    for name in ("role", "type"):
        tags = _tags(objects, refs, name)
        if tags is not None:
            tagged = {"type": "tagged-union", "discriminator": name, "choices": tags}
            others = [choice for choice in choices if choice not in objects]
            return {**union, "choices": [*others, tagged]} if others else tagged
    return union


def _choice(choice: Any) -> Any:
    # A choice may come with a label.
    return choice[0] if isinstance(choice, tuple) else choice


def _resolved(choice: Json, refs: dict[str, Any]) -> Json:
    return cast(Json, refs.get(choice.get("schema_ref", ""), choice))


def _tags(objects: list[Json], refs: dict[str, Any], name: str) -> Json | None:
    tags: Json = {}
    for object_ in objects:
        field = _resolved(object_, refs)["fields"].get(name, {})
        expected = field.get("schema", {})
        if not field.get("required") or expected.get("type") != "literal":
            return None
        if any(tag in tags for tag in expected["expected"]):
            return None
        tags.update(dict.fromkeys(expected["expected"], object_))
    return tags
