"""A typed function as a tool: its JSON schema, and the way from a model's arguments to a call."""

import inspect
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any, NotRequired, get_args, get_origin, get_type_hints

from openai.types.chat import ChatCompletionFunctionToolParam
from pydantic import ConfigDict, PydanticUserError, TypeAdapter, with_config
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import to_json, to_jsonable_python
from typing_extensions import TypedDict

from helpers.docstrings import read_docstring
from helpers.strict import problems
from helpers.text import fit, fit_all

Function = Callable[..., Any]
_NAME = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)  # as OpenAI takes it


@dataclass(frozen=True, slots=True)
class DescribedTool:
    """A function, what a model is told of it, and what its arguments have to be."""

    function: Function
    schema: ChatCompletionFunctionToolParam
    arguments: TypeAdapter[dict[str, Any]]
    null_means_default: frozenset[str]
    defaults: Mapping[str, Any]
    """Those that the function does not have itself: of pydantic's `Field(5)`."""

    def parse(self, text: str) -> dict[str, Any]:
        """The arguments that a model wrote. Raises pydantic's ValidationError."""
        arguments = self.arguments.validate_json(text)
        return {
            name: value
            for name, value in arguments.items()
            if value is not None or name not in self.null_means_default
        }

    def run(self, arguments: dict[str, Any]) -> str:
        """What the function returns, as text for a model. Raises whatever the function does."""
        result = self.function(**{**self.defaults, **arguments})
        if inspect.isawaitable(result):
            if inspect.iscoroutine(result):
                result.close()
            raise TypeError("it is asynchronous, and its result never comes")
        if isinstance(result, str):
            return result
        return to_json(result, inf_nan_mode="strings", fallback=_plain).decode()


def describe(function: Function, *, strict: bool) -> DescribedTool:
    """Raises TypeError, which names the function and the parameter that cannot be described."""
    name = getattr(function, "__name__", "")
    if not inspect.isroutine(function) or not _NAME.fullmatch(name):
        raise TypeError(f"a tool is a function with a name (64 ASCII letters), not {function!r}.")
    parameters = _parameters(function)
    description, documented = read_docstring(function)
    if not description:
        raise TypeError(f"{name} has no description: say in its docstring what it does.")
    for alias, count in Counter(parameter.alias for parameter in parameters).items():
        if count > 1:
            raise TypeError(f"{name}: two parameters have the name {alias} for the model.")
    for other in documented.keys() - {parameter.name for parameter in parameters}:
        warnings.warn(
            f"{name}: the docstring describes {other!r}, which is not a parameter.", stacklevel=4
        )
    try:
        arguments = _arguments(
            name, {parameter.name: parameter.type(strict) for parameter in parameters}
        )
        json_schema = arguments.json_schema(schema_generator=_Plain)
        described = {
            parameter.name: _described(json_schema, parameter, documented)
            for parameter in parameters
        }
    except Exception as error:
        raise _refusal(name, parameters, error) from error
    del json_schema["title"]
    for key, part in described.items():
        if not _is_json(part):
            raise TypeError(f"{name}: the type of {key} has a number that JSON does not have.")
    if strict:
        _close(json_schema)
        for problem in problems(json_schema):
            raise TypeError(f"{name}: strict mode refuses this type: {problem}.")
    schema: ChatCompletionFunctionToolParam = {
        "type": "function",
        "function": {
            "name": name,
            "description": fit(description),
            "parameters": fit_all(json_schema),
        },
    }
    if strict:
        schema["function"]["strict"] = True
    optional = frozenset(parameter.name for parameter in parameters if parameter.optional)
    return DescribedTool(
        function,
        schema,
        arguments,
        optional if strict else frozenset(),
        {
            parameter.name: parameter.default
            for parameter in parameters
            if parameter.field and parameter.optional
        },
    )


# --- parameters ---


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    hint: Any
    default: Any
    """`inspect.Parameter.empty` where there is none."""
    field: FieldInfo | None = None
    """A `Field(...)` in the place of the default."""

    @property
    def optional(self) -> bool:
        return self.default is not inspect.Parameter.empty

    def type(self, strict: bool) -> Any:
        """The type of it as a field of the arguments."""
        annotation = self.hint if self.field is None else Annotated[self.hint, _bare(self.field)]
        if not self.optional:
            return annotation
        return annotation | None if strict else NotRequired[annotation]

    @property
    def notes(self) -> tuple[Any, ...]:
        return (get_args(self.hint)[1:] if get_origin(self.hint) is Annotated else ()) + (
            (self.field,) if self.field else ()
        )

    @property
    def alias(self) -> str:
        """The name that the model knows it by."""
        for note in self.notes:
            for alias in (getattr(note, "validation_alias", None), getattr(note, "alias", None)):
                if isinstance(alias, str):
                    return alias
        return self.name


def _parameters(function: Function) -> list[_Parameter]:
    name = function.__name__
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError as error:
        raise TypeError(f"{name} cannot be a tool: its parameters are not declared.") from error
    for parameter in parameters:
        if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
            raise TypeError(f"{name}: a model cannot fill the parameter {parameter}.")
        if parameter.annotation is parameter.empty:
            raise TypeError(f"{name}: say the type of the parameter {parameter.name}.")
    hints = _hints(function)
    return [_parameter(parameter, hints[parameter.name]) for parameter in parameters]


def _hints(function: Function) -> dict[str, Any]:
    # Not of what it returns, which nobody is told.
    bare = inspect.unwrap(function)
    known = {k: v for k, v in getattr(bare, "__annotations__", {}).items() if k != "return"}
    try:
        return get_type_hints(
            SimpleNamespace(__annotations__=known),
            getattr(bare, "__globals__", {}),
            include_extras=True,
        )
    except Exception as error:
        wrong = next((f"{k}: {v!r}" for k, v in known.items() if isinstance(v, str)), "a parameter")
        raise TypeError(
            f"{function.__name__}: a type cannot be read, such as {wrong} ({error})."
        ) from error


def _parameter(parameter: inspect.Parameter, hint: Any) -> _Parameter:
    default = parameter.default
    if not isinstance(default, FieldInfo):
        return _Parameter(parameter.name, hint, default)
    given = (
        parameter.empty
        if default.is_required()
        else default.get_default(call_default_factory=True, validated_data={})
    )
    return _Parameter(parameter.name, hint, given, default)


def _bare(field: FieldInfo) -> FieldInfo:
    """A field without its default, which a TypedDict cannot have."""
    bare = FieldInfo(description=field.description, alias=field.alias)
    bare.metadata = field.metadata
    bare.validation_alias = field.validation_alias
    return bare


def _arguments(name: str, fields: dict[str, Any]) -> TypeAdapter[dict[str, Any]]:
    # The fields are known only here, so a type checker cannot follow.
    shape: Any = TypedDict(name, fields)  # type: ignore[misc]
    closed: Any = with_config(ConfigDict(extra="forbid"))(shape)
    return TypeAdapter(closed)


def _refusal(name: str, parameters: list[_Parameter], error: Exception) -> TypeError:
    """The error for a function with a type that no schema says, with the parameter that has it."""
    for parameter in parameters:
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(parameter.hint)
            adapter.json_schema()
        except Exception as own:  # noqa: BLE001 - a type may fail in any way; this one is told
            why = own.message if isinstance(own, PydanticUserError) else str(own)
            why = " ".join(re.sub(r"(?s)[.\s]*(Set `arb|For further).*", "", why).split())
            return TypeError(f"{name}: JSON has no such type for {parameter.name}: {why}")
    return TypeError(f"{name} cannot be described: {error}")


# --- the schema ---


class _Plain(GenerateJsonSchema):
    """As a person would write it: the type first, and no titles that repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value


def _described(
    json_schema: dict[str, Any], parameter: _Parameter, documented: dict[str, str]
) -> dict[str, Any]:
    """The part of a schema for one parameter, with what is known of it besides its type."""
    properties = json_schema["properties"]
    part: dict[str, Any] = properties.get(parameter.alias, properties.get(parameter.name))
    notes = [note for note in parameter.notes if isinstance(note, str)]
    if notes:
        part["description"] = notes[0]
    elif parameter.name in documented:
        part.setdefault("description", documented[parameter.name])
    part.pop("default", None)
    if parameter.optional:
        with suppress(Exception):  # what JSON has no form for is not told
            default = to_jsonable_python(parameter.default)
            if _is_json(default):
                part["default"] = default
    return part


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _plain(value: Any) -> Any:
    """A number or an array of NumPy's or of its kin, as Python's own."""
    for name in ("tolist", "item", "to_dict"):
        if callable(method := getattr(value, name, None)):
            return method()
    raise TypeError(f"JSON has no form for {type(value).__name__}; return text, numbers or lists")


def _close(json_schema: dict[str, Any]) -> None:
    """Change a schema to what strict mode takes: closed objects, nothing optional, no defaults."""
    definitions = json_schema.get("$defs", {})
    for part in _parts(json_schema):
        part.pop("default", None)
        if "oneOf" in part and "anyOf" not in part:
            part["anyOf"] = part.pop("oneOf")
            part.pop("discriminator", None)
        if "$ref" in part and len(part) > 1:  # a reference may have no description beside it
            part.update(definitions[part.pop("$ref").rpartition("/")[2]] | part)
        if part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", False)
            part["required"] = list(part["properties"])


def _parts(json_schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and every schema in it."""
    yield json_schema
    for key in ("properties", "$defs"):
        for part in json_schema.get(key, {}).values():
            yield from _parts(part)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for part in json_schema.get(key, []):
            yield from _parts(part)
    if isinstance(items := json_schema.get("items"), dict):
        yield from _parts(items)
