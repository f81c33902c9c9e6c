"""What a notebook's cells do, and which tools they describe, as far as their source shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from nbformat import NotebookNode

from helpers.notebooks.book import tree_of

# What makes the description of a tool from a function or a class.
DERIVING = {"run_tools", "tool", "pydantic_function_tool", "function_tool"}

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def cells_that_read(notebook: NotebookNode, wanted: set[str]) -> set[int]:
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


class _Anything:
    """What a cell computes, so that its source does not show it: equal to all."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANYTHING = _Anything()


class Taught:
    """The descriptions of tools in a notebook's cells, as far as they are literal."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.tools: list[Any] = []
        self.names: set[str] = set()
        self._values: dict[str, Any] = {}
        self._deriving = cells_that_read(notebook, DERIVING)
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
