"""Offer Python functions to a model as tools, and run the tool-calling loop.

    run_tools(client, model=MODEL, messages=messages, tools=[get_weather])

is the loop that the notebooks write by hand: *ask* the model, let it *choose* a tool, *parse* the
arguments that it proposes, *run* the function, *return* the result to it, until it *answers*.
"""

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, get_type_hints

from openai import OpenAI
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionFunctionToolParam,
    ChatCompletionMessage,
    ChatCompletionMessageToolCallUnion,
    ChatCompletionToolMessageParam,
)
from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError, with_config
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import from_json, to_json, to_jsonable_python
from typing_extensions import TypedDict

from helpers.docstrings import read_docstring

__all__ = ["ToolLoopError", "run_tools", "tool"]

Function = Callable[..., Any]


class ToolLoopError(RuntimeError):
    """The model still asked for tools at the last step. The messages so far are kept."""

    def __init__(self, steps: int) -> None:
        super().__init__(
            f"no answer after {steps} steps: the model asked for a tool each time. Read `messages` "
            "to see what it wanted; a higher max_steps allows more."
        )
        self.steps = steps


def tool(function: Function, *, strict: bool = False) -> ChatCompletionFunctionToolParam:
    """Describe a function to a model: its name, its docstring, and the types of its parameters.

    Parameters may have any type that pydantic can describe. A parameter's description comes from
    `Annotated[str, "..."]` or, without that, from the docstring (Google, NumPy or reST style).
    With `strict`, all that the schema allows is what it names, and all of it is required; a
    parameter that has a default may then be null, which means its default.
    Raises TypeError for a function that cannot be described.
    """
    return _read(function, strict).schema


def run_tools(
    client: OpenAI,
    *,
    model: str,
    messages: list[Any],
    tools: Sequence[Function],
    strict: bool = False,
    max_steps: int = 8,
    **options: Any,
) -> ChatCompletionMessage:
    """Ask, and run the tools that the model chooses, until it answers; return that last message.

    Everything said is appended to `messages`. What goes wrong with a call (an unknown tool,
    arguments that do not fit, a function that raises) is told to the model, which may try again.
    A step is one request; `options` go into each. A `tool_choice` applies to the first alone, for
    a model that must call a tool can never answer.
    Raises ToolLoopError when `max_steps` requests brought no answer.
    """
    if options.get("stream"):
        raise TypeError("run_tools reads whole replies: leave out stream=True.")
    offered = _by_name(tools, strict)
    if offered:
        options["tools"] = [each.schema for each in offered.values()]
    for _ in range(max_steps):
        # ask
        response: ChatCompletion = client.chat.completions.create(
            model=model, messages=messages, **options
        )
        options.pop("tool_choice", None)
        # choose
        choice = response.choices[0]
        calls = choice.message.tool_calls or []
        # parse, run
        cut = choice.finish_reason == "length"
        results = [_result(call, offered, cut=cut) for call in calls]
        # return, only now, so that an interrupted tool leaves no call in `messages` unanswered
        messages.append(_as_dictionary(choice.message))
        messages.extend(results)
        # answer
        if not calls:
            return choice.message
    raise ToolLoopError(max_steps)


@dataclass(frozen=True, slots=True)
class _Tool:
    function: Function
    schema: ChatCompletionFunctionToolParam
    arguments: TypeAdapter[dict[str, Any]]
    null_means_default: frozenset[str]

    def parse(self, text: str) -> dict[str, Any]:
        arguments = self.arguments.validate_json(text)
        return {
            name: value
            for name, value in arguments.items()
            if value is not None or name not in self.null_means_default
        }

    def run(self, arguments: dict[str, Any]) -> str:
        result = self.function(**arguments)
        return (
            result if isinstance(result, str) else to_json(result, inf_nan_mode="strings").decode()
        )


def _by_name(functions: Sequence[Function], strict: bool) -> dict[str, _Tool]:
    tools: dict[str, _Tool] = {}
    for function in functions:
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"{function.__name__} is async: run_tools runs plain functions.")
        described = _read(function, strict)
        if tools.setdefault(function.__name__, described) is not described:
            raise TypeError(f"two tools are named {function.__name__}: a model tells them by name.")
    return tools


def _result(
    call: ChatCompletionMessageToolCallUnion, offered: dict[str, _Tool], *, cut: bool
) -> ChatCompletionToolMessageParam:
    """What the model is told of one call: what its function returned, or what was wrong."""
    return {"role": "tool", "tool_call_id": call.id, "content": _content(call, offered, cut=cut)}


def _content(
    call: ChatCompletionMessageToolCallUnion, offered: dict[str, _Tool], *, cut: bool
) -> str:
    if call.type == "custom":
        return _error("only function tools are offered")
    # Models leave the text empty when a tool has no parameters.
    name, text = call.function.name, call.function.arguments or "{}"
    if name not in offered:
        return _error(f"there is no tool named {name!r}; there is: {', '.join(offered)}")
    try:
        arguments = offered[name].parse(text)
    except ValidationError as error:
        if _is_object(text):
            return _error("the arguments do not fit: " + _faults(error))
        why = "were cut off by the token limit" if cut else "are not a JSON object"
        return _error(f"the arguments {why}: {text}")
    try:
        return offered[name].run(arguments)
    except Exception as error:  # noqa: BLE001 - a tool is anybody's code and may raise anything;
        # the model, which can try something else, should hear of it. Ctrl-C is no Exception.
        return _error(f"{type(error).__name__}: {error}")


def _error(text: str) -> str:
    return json.dumps({"error": text}, ensure_ascii=False)


def _faults(error: ValidationError) -> str:
    """One line of what does not fit, and where."""
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
    )


def _as_dictionary(message: ChatCompletionMessage) -> dict[str, Any]:
    """The message as it goes back into `messages`.

    Some backends (vLLM) refuse a whole conversation for one call in it whose arguments are not a
    JSON object, so such arguments go back empty; the error that answers them says what they were.
    """
    said = message.model_dump(exclude_none=True)
    for call in said.get("tool_calls", []):
        if "function" in call and not _is_object(call["function"]["arguments"]):
            call["function"]["arguments"] = "{}"
    return said


def _is_object(text: str) -> bool:
    try:
        return isinstance(from_json(text), dict)
    except ValueError:
        return False


class _Plain(GenerateJsonSchema):
    """As a person would write it: the type first, and no titles that repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value


def _read(function: Function, strict: bool) -> _Tool:
    if not inspect.isroutine(function) or not function.__name__.isidentifier():
        raise TypeError(f"a tool is a function with a name, not {function!r}.")
    description, documented = read_docstring(function)
    if not description:
        raise TypeError(
            f"{function.__name__} has no docstring: say what it does, for the model to choose by."
        )
    parameters = _parameters(function)
    hints = get_type_hints(function, include_extras=True)
    fields = {name: _field(hints[name], each, strict) for name, each in parameters.items()}
    # The fields are known only here, so a type checker cannot follow.
    shape: Any = TypedDict(function.__name__, fields)  # type: ignore[misc]
    closed: Any = with_config(ConfigDict(extra="forbid"))(shape)
    try:
        arguments: TypeAdapter[dict[str, Any]] = TypeAdapter(closed)
        json_schema = arguments.json_schema(schema_generator=_Plain)
    except PydanticUserError as error:
        raise TypeError(f"{function.__name__}: JSON has no such type: {error.message}") from error
    del json_schema["title"]
    for name, parameter in parameters.items():
        part = json_schema["properties"][name]
        notes = [note for note in getattr(hints[name], "__metadata__", ()) if isinstance(note, str)]
        if notes:
            part["description"] = notes[0]
        elif name in documented:
            part.setdefault("description", documented[name])
        if parameter.default is not parameter.empty:
            part["default"] = to_jsonable_python(parameter.default)
    schema: ChatCompletionFunctionToolParam = {
        "type": "function",
        "function": {
            "name": function.__name__,
            "description": description,
            "parameters": json_schema,
        },
    }
    if strict:
        _close(json_schema, function.__name__)
        schema["function"]["strict"] = True
    optional = {name for name, each in parameters.items() if each.default is not each.empty}
    return _Tool(function, schema, arguments, frozenset(optional) if strict else frozenset())


def _parameters(function: Function) -> Mapping[str, inspect.Parameter]:
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
            raise TypeError(f"{function.__name__}: a model cannot fill the parameter {parameter}.")
        if parameter.annotation is parameter.empty:
            raise TypeError(f"{function.__name__}: say the type of the parameter {parameter.name}.")
    return parameters


def _field(annotation: Any, parameter: inspect.Parameter, strict: bool) -> Any:
    """The type of one parameter as a field of the arguments."""
    if parameter.default is parameter.empty:
        return annotation
    return annotation | None if strict else NotRequired[annotation]


def _close(json_schema: dict[str, Any], name: str) -> None:
    """Change a schema to what strict mode takes: closed objects, nothing optional, no defaults."""
    definitions = json_schema.get("$defs", {})
    for part in _parts(json_schema):
        part.pop("default", None)
        if "$ref" in part and len(part) > 1:  # a reference may have no description beside it
            part.update(definitions[part.pop("$ref").rpartition("/")[2]] | part)
        if part.get("type") == "object":
            if isinstance(part.get("additionalProperties", True), dict) or "properties" not in part:
                raise TypeError(f"{name}: strict mode has no dictionaries with keys of any name.")
            part["additionalProperties"] = False
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
