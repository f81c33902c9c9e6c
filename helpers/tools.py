"""Offer Python functions to a model as tools, and run the tool-calling loop.

    run_tools(client, model=MODEL, messages=messages, tools=[get_weather])

is the loop that the notebooks write by hand: *ask* the model, let it *choose* a tool, *parse* the
arguments that it proposes, *run* the function, *return* the result to it, until it *answers*.
"""

import inspect
import json
from collections.abc import Callable, Sequence
from typing import Any

from openai import AsyncOpenAI, OpenAI
from openai.types.chat import (
    ChatCompletionFunctionToolParam,
    ChatCompletionMessage,
    ChatCompletionToolMessageParam,
)
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from helpers.text import fit, fit_all
from helpers.tool_schema import DescribedTool, describe
from helpers.transcript.read import (
    ProposedCall,
    calls_of,
    finish_reason,
    joined_message,
    objects,
    reason,
    string,
    text_of,
)

__all__ = ["ToolLoopError", "run_tools", "tool"]

Function = Callable[..., Any]


class ToolLoopError(RuntimeError):
    """The loop ended without an answer; the message says why. The messages so far are kept.

    The model still asked for tools at the last of the `steps`, or what came was not a reply.
    """

    def __init__(self, message: str, steps: int) -> None:
        super().__init__(message)
        self.steps = steps


def tool(function: Function, *, strict: bool = False) -> ChatCompletionFunctionToolParam:
    """Describe a function to a model: its name, its docstring, and the types of its parameters.

    Parameters may have any type that pydantic can describe. A parameter's description comes from
    `Annotated[str, "..."]` or, without that, from the docstring (Google, NumPy, reST or Epydoc
    style); what that says of a name that is not a parameter gives a warning.
    With `strict`, all that the schema allows is what it names, and all of it is required; a
    parameter that has a default may then be null, which means its default.
    Raises TypeError for a function that cannot be described.
    """
    return describe(function, strict=strict).schema


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
    Raises ToolLoopError when `max_steps` requests brought no answer, or when what came is not a
    reply, as of a gateway that answers 200 and an error; TypeError for what it cannot run.
    """
    if options.get("stream"):
        raise TypeError("run_tools reads whole replies: leave out stream=True.")
    if isinstance(client, AsyncOpenAI):
        raise TypeError(
            "run_tools waits for each reply: give it an OpenAI client, not the async one."
        )
    offered = _by_name(tools, strict)
    if offered:
        options["tools"] = [each.schema for each in offered.values()]
    for step in range(1, max_steps + 1):
        # ask
        try:
            response: Any = client.chat.completions.create(
                model=model, messages=fit_all(messages), **options
            )
        except json.JSONDecodeError as error:
            raise ToolLoopError(
                f"what came is not a reply: it is not JSON ({error})", step
            ) from error
        options.pop("tool_choice", None)
        # choose
        said, calls, cut = _read(response, step)
        # parse, run
        results = [_result(call, offered, cut=cut) for call in calls]
        # return, only now, so that an interrupted tool leaves no call in `messages` unanswered
        messages.append(said)
        messages.extend(results)
        # answer
        if not calls:
            return _as_message(said)
    raise ToolLoopError(
        f"no answer after {max_steps} steps: the model asked for a tool each time. Read `messages` "
        "to see what it wanted; a higher max_steps allows more.",
        max_steps,
    )


def _by_name(functions: Sequence[Function], strict: bool) -> dict[str, DescribedTool]:
    tools: dict[str, DescribedTool] = {}
    for function in functions:
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__name__} is async: run_tools runs plain functions.")
        described = describe(function, strict=strict)
        if tools.setdefault(function.__name__, described) is not described:
            raise TypeError(f"two tools are named {function.__name__}: a model calls them by name.")
    return tools


# --- the reply ---


def _read(response: Any, step: int) -> tuple[dict[str, Any], list[ProposedCall], bool]:
    """The reply as it goes back into `messages`, its calls, and whether the token limit cut it.

    Some backends (vLLM) refuse a whole conversation for one call in it whose arguments are not a
    JSON object, so such arguments go back empty; the error that answers them says what they were.
    """
    body = _as_json(response)
    message = joined_message(body)
    if message is None:
        why = fit(reason(body)) or "it has no choices"
        raise ToolLoopError(f"what came is not a reply: {why}", step)
    said: dict[str, Any] = {"role": "assistant", **fit_all(message)}
    calls: list[ProposedCall] = []
    going_back: list[dict[str, Any]] = []
    for number, call in enumerate(objects(said.pop("tool_calls", None)), 1):
        # Each needs an id of its own, to be answered by.
        call_id = string(call.get("id"))
        if not call_id or any(call_id == each["id"] for each in going_back):
            call_id = f"call_{number}"
        if string(call.get("type")) in ("", "function"):
            [read] = calls_of({"tool_calls": [{"function": {}, **call}]})
            # Models leave the text empty, or write null, when a tool has no parameters.
            given = "{}" if read.arguments.strip() in ("", "null") else read.arguments
            calls.append(ProposedCall(call_id, read.name, given))
            arguments = read.arguments if _is_object(read.arguments) else "{}"
            function = {"name": read.name, "arguments": arguments}
            call = {**call, "type": "function", "function": function}
        else:
            calls.append(ProposedCall(call_id, "", ""))
        going_back.append({**call, "id": call_id})
    if going_back:
        said["tool_calls"] = going_back
    return said, calls, finish_reason(body) == "length"


def _as_json(response: Any) -> Any:
    """What the client read as its own objects, whatever was sent."""
    if isinstance(response, BaseModel):
        return response.model_dump(exclude_none=True, warnings=False)
    return [_as_json(each) for each in response] if isinstance(response, list) else response


def _as_message(said: dict[str, Any]) -> ChatCompletionMessage:
    try:
        return ChatCompletionMessage.model_validate({"content": None, **said})
    except ValidationError:  # a field of another type, in a reply that is an answer all the same
        text = text_of(said.get("content")) or None  # which may come in parts
        return ChatCompletionMessage.model_construct(**{**said, "content": text})


# --- what the model is told of a call ---


def _result(
    call: ProposedCall, offered: dict[str, DescribedTool], *, cut: bool
) -> ChatCompletionToolMessageParam:
    """What its function returned, or what was wrong."""
    content = fit(_content(call, offered, cut=cut))
    return {"role": "tool", "tool_call_id": call.id, "content": content}


def _content(call: ProposedCall, offered: dict[str, DescribedTool], *, cut: bool) -> str:
    if not call.arguments:
        return _error("only function tools are offered")
    name, text = call.name, call.arguments
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


def _is_object(text: str) -> bool:
    try:
        return isinstance(from_json(text), dict)
    except ValueError:
        return False
