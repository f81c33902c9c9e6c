"""What a notebook sent, against what its cells say: the same on every backend.

Nothing here looks at how a reply is worded. A cell that breaks a rule on purpose is tagged
`deliberate:unanswered-call`, `deliberate:unfinished-loop` or `deliberate:wrong-arguments`; a tagged
cell that breaks nothing is a mistake.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any

import jsonschema
from jsonschema.exceptions import SchemaError
from nbformat import NotebookNode

from helpers.notebooks.book import tree_of
from helpers.transcript import Exchange, Transcript
from helpers.transcript.read import Sent, received, sent

PREFIX = "deliberate:"

# What sends a request: methods of clients, and helpers that call them.
SENDING = {
    "create", "parse", "stream", "list", "retrieve", "generate", "edit",  # openai
    "completion", "acompletion", "invoke", "ainvoke", "run_sync", "post",  # others
    "run_tools", "call_tool", "list_tools",  # tools, here and on servers
}  # fmt: skip

# What makes the description of a tool from a function or a class.
DERIVING = {"run_tools", "tool", "pydantic_function_tool", "function_tool"}

Problems = Iterator[tuple[Exchange, str]]
Check = Callable[[NotebookNode, Transcript], Problems]
Placed = Callable[[NotebookNode, Transcript], Iterator[str]]

RULES: dict[str, Check] = {}
"""Those that a cell may break on purpose."""


def rule(name: str | None = None) -> Callable[[Check], Placed]:
    """A check that says where each problem is, cells tagged `deliberate:name` aside."""

    def with_places(check: Check) -> Placed:
        @wraps(check)
        def placed(notebook: NotebookNode, transcript: Transcript) -> Iterator[str]:
            excused = _tagged(notebook, name) if name else set()
            for exchange, problem in check(notebook, transcript):
                if exchange.cell not in excused:
                    place = _place(notebook, exchange.cell)
                    yield f"{place}: {exchange.method} {exchange.path}: {problem}"

        if name:
            RULES[name] = check
        return placed

    return with_places


def idle_tags(notebook: NotebookNode, transcript: Transcript) -> Iterator[str]:
    """Tags that name no rule, or one that their cell keeps."""
    for number, cell in enumerate(notebook.cells, 1):
        for tag in cell.metadata.get("tags", []):
            if tag.startswith(PREFIX) and tag.removeprefix(PREFIX) not in RULES:
                yield f"cell {number}: tagged {tag}; there are {', '.join(RULES)}"
    for name, check in RULES.items():
        broken = {exchange.cell for exchange, _ in check(notebook, transcript)}
        for count in _tagged(notebook, name) - broken:
            yield f"{_place(notebook, count)}: tagged {PREFIX}{name}, but it keeps that rule"


def _tagged(notebook: NotebookNode, name: str) -> set[int | None]:
    return {
        cell.execution_count
        for cell in notebook.cells
        if f"{PREFIX}{name}" in cell.metadata.get("tags", [])
    }


@rule()
def schemas(notebook: NotebookNode, transcript: Transcript) -> Problems:
    """Tools whose schema is no JSON schema, or is not what the cells show."""
    taught = _Taught(notebook)
    for exchange in transcript.exchanges:
        for tool in sent(exchange).body.get("tools") or ():
            name = tool.get("function", tool).get("name")
            if tool.get("type") != "function":
                continue
            schema = tool.get("function", tool).get("parameters") or {}
            if problem := _unsound(json.dumps(schema)):
                yield exchange, f"the parameters of {name} are no JSON schema: {problem}"
            if not taught.shows(name, tool, exchange.cell):
                yield exchange, f"the tool {name} is not described as any cell describes it"


@lru_cache(maxsize=256)
def _unsound(schema: str) -> str | None:
    """Why this text is no JSON schema; most are sent many times."""
    try:
        jsonschema.Draft202012Validator.check_schema(json.loads(schema))
    except SchemaError as error:
        return str(error.message)
    return None


@rule("unanswered-call")
def unanswered(notebook: NotebookNode, transcript: Transcript) -> Problems:
    """Requests in which a tool call is not answered exactly once, by its id, after it was made."""
    proposed: dict[str, int] = {}
    for number, exchange in enumerate(transcript.exchanges):
        for call in received(exchange).calls:
            # Asked the same again, the mock proposes a call with the same id.
            proposed.setdefault(call.id, number)
    for number, exchange in enumerate(transcript.exchanges):
        request = sent(exchange)
        called = Counter([*request.called, *_called_before(request, transcript)])
        answered = Counter(request.answered)
        for call_id in called | answered:
            if not called[call_id]:
                yield exchange, f"an answer to {call_id}, which no reply called"
            elif answered[call_id] != 1:
                yield exchange, f"the call {call_id} is answered {answered[call_id]} times"
            elif proposed.get(call_id, -1) >= number:
                yield exchange, f"the call {call_id} is answered before it is made"


def _called_before(request: Sent, transcript: Transcript) -> list[str]:
    """The calls of the response that a request goes on from without repeating it."""
    previous = request.body.get("previous_response_id")
    return [
        call.id
        for exchange in transcript.exchanges
        if previous and isinstance(exchange.response, dict)
        if exchange.response.get("id") == previous
        for call in received(exchange).calls
    ]


@rule("unfinished-loop")
def unfinished(notebook: NotebookNode, transcript: Transcript) -> Problems:
    """Tool loops that stop while the model still waits: results were sent, and more was called."""
    later: set[str] = set()
    stopped: list[tuple[Exchange, str]] = []
    for exchange in reversed(transcript.exchanges):
        request, calls = sent(exchange), [call.id for call in received(exchange).calls]
        if calls and request.answered and not later & {*calls}:
            stopped.append(
                (exchange, f"the loop stops with {len(calls)} calls that nothing answers")
            )
        later |= {*request.called, *request.answered}
    yield from reversed(stopped)


@rule("wrong-arguments")
def misfits(notebook: NotebookNode, transcript: Transcript) -> Problems:
    """Proposed calls of no tool on offer, or with arguments that its schema does not allow."""
    for exchange in transcript.exchanges:
        tools = sent(exchange).tools
        if sent(exchange).body.get("mcp_servers"):
            continue  # an agentic model's stream shows calls of the servers' tools
        for call in received(exchange).calls:
            if call.name not in tools:
                yield exchange, f"a call of {call.name}, which was not on offer"
                continue
            try:
                jsonschema.validate(call.parse(), tools[call.name].parameters)
            except (json.JSONDecodeError, jsonschema.ValidationError, SchemaError) as error:
                text = getattr(error, "message", error)
                yield exchange, f"the arguments {call.arguments} of {call.name} do not fit: {text}"


@rule()
def unexplained(notebook: NotebookNode, transcript: Transcript) -> Problems:
    """Requests that were sent by no cell, or by one whose code calls nothing that sends."""
    sending = _cells_that_read(notebook, SENDING)
    for exchange in transcript.exchanges:
        if exchange.cell is None or exchange.cell not in sending:
            yield exchange, "no code of its cell sends a request"


def _place(notebook: NotebookNode, count: int | None) -> str:
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code" and cell.execution_count == count:
            return f"cell {number} ({cell.get('id', 'no id')})"
    return "no cell"


# --- which cells do what ---

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _cells_that_read(notebook: NotebookNode, wanted: set[str]) -> set[int]:
    """The execution counts of the cells whose code reads a name, or calls functions that do."""
    names, counts = set(wanted), set()
    for cell in notebook.cells:
        tree = tree_of(cell) if cell.cell_type == "code" else None
        if tree is None:
            continue
        defined, executed = _read(tree)
        for name, read in defined:
            if names & read:
                names.add(name)
        if names & executed:
            counts.add(cell.execution_count)
    return counts


@lru_cache(maxsize=1024)
def _read(tree: ast.Module) -> tuple[list[tuple[str, set[str]]], set[str]]:
    """What is defined in a cell, with the names read in it; and the names read when it runs."""
    defined = [
        (node.name, set(_names(node))) for node in ast.walk(tree) if isinstance(node, DEFINITION)
    ]
    return defined, {name for part in tree.body for name in _executed(part)}


def _names(node: ast.AST) -> Iterator[str]:
    """Every name and attribute that is read in it."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _executed(node: ast.AST) -> Iterator[str]:
    """The names that a statement reads when it runs: not those in the body of a function."""
    if isinstance(node, DEFINITION):
        return
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    for part in ast.iter_child_nodes(node):
        yield from _executed(part)


# --- which tools are taught ---


class _Anything:
    """What a cell computes, so that its source does not show it: equal to all."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANYTHING = _Anything()


class _Taught:
    """The descriptions of tools in a notebook's cells, as far as they are literal."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.tools: list[Any] = []
        self.names: set[str] = set()
        self._values: dict[str, Any] = {}
        self._deriving = _cells_that_read(notebook, DERIVING)
        for cell in notebook.cells:
            tree = tree_of(cell) if cell.cell_type == "code" else None
            for node in ast.walk(tree) if tree else ():
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        self._values[name] = self._value(value)
                    case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                        self.names.add(name)
                    case ast.Attribute(attr=name) | ast.alias(name=name):
                        self.names.add(name)
            for node in ast.walk(tree) if tree else ():
                if isinstance(node, ast.Dict | ast.BinOp):
                    self.tools.append(self._value(node))

    def shows(self, name: str, tool: dict[str, Any], cell: int | None) -> bool:
        """Whether the notebook describes the tool just so, or has what it is made from."""
        described = [each for each in self.tools if self._is_of(each, name)]
        derived = name in self.names and (not described or cell in self._deriving)
        return derived or tool in described

    @staticmethod
    def _is_of(value: Any, name: str) -> bool:
        if not isinstance(value, dict) or value.get("type") != "function":
            return False
        function = value.get("function", value)
        return isinstance(function, dict) and function.get("name") == name

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._values.get(name, ANYTHING)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [self._value(part) for part in parts]
            case ast.Dict(keys=keys, values=values):
                return self._dictionary(keys, values)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                sides = self._value(left), self._value(right)
                return sides[0] | sides[1] if all(isinstance(s, dict) for s in sides) else ANYTHING
            case ast.Subscript(value=whole, slice=ast.Constant(value=key)):
                value = self._value(whole)
                return value.get(key, ANYTHING) if isinstance(value, dict) else ANYTHING
        return ANYTHING

    def _dictionary(self, keys: list[ast.expr | None], values: list[ast.expr]) -> Any:
        result: dict[Any, Any] = {}
        for key, value in zip(keys, values, strict=True):
            content = self._value(value)
            if isinstance(key, ast.Constant):
                result[key.value] = content
            elif key is None and isinstance(content, dict):
                result |= content
            else:
                return ANYTHING
        return result
