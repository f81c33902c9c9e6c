"""Small changes of a module's code, one at a time: what `tests.bench.mutation` tries.

A change that cannot be seen from outside is not made: of documentation, of annotations, of the
wording of messages, and of what is for type checkers alone.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
WORDING = 3
"""A text of so many words is a message, not a name."""


@dataclass(frozen=True)
class Change:
    """One change: its line, what it is in words, and what makes the module with it."""

    line: int
    text: str
    tree: Callable[[], ast.Module]


def changes(source: str) -> Iterator[Change]:
    """Every change of a module, in the order of its lines."""
    for number, node in enumerate(_places(ast.parse(source))):
        for choice, (_, new) in enumerate(_ways(node)):
            text = f"{_line(node)}  ->  {_line(new) if new is not None else '(left out)'}"
            yield Change(node.lineno, text, partial(_changed, source, number, choice))


def _places(tree: ast.Module) -> list[ast.expr | ast.stmt]:
    return [node for node in _walk(tree) if isinstance(node, ast.expr | ast.stmt)]


def _changed(source: str, number: int, choice: int) -> ast.Module:
    tree = ast.parse(source)
    put, _ = _ways(_places(tree)[number])[choice]
    put(tree)
    return ast.fix_missing_locations(tree)


def _line(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0]


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that does something, in order."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST) and not _idle(child):
                yield from _walk(child)


def _idle(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Raise():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Call(func=ast.Name(id="cast" | "TypeVar")):
            return True
    return False


Way = tuple[Callable[[ast.Module], None], ast.AST | None]


def _ways(node: ast.expr | ast.stmt) -> list[Way]:
    """How a node can be changed: what changes it, and the node as it will be."""
    new: list[ast.AST] = []
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS:
            new = [_with(node, ops=[COMPARISONS[type(operator)]()])]
        case ast.BoolOp(op=operator, values=[first, *rest]):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            new = [_with(node, op=other), first, rest[-1]]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            new = [operand]
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            new = [_with(node, op=ARITHMETIC[type(operator)]())]
        case ast.Constant(value=value):
            new = [ast.Constant(other) for other in _constants(value)]
        case ast.IfExp(body=body, orelse=orelse):
            new = [body, orelse]
        case ast.If(test=test) | ast.While(test=test):
            changed_anyway = isinstance(test, ast.Compare | ast.BoolOp)
            new = [] if changed_anyway else [_with(node, test=ast.UnaryOp(ast.Not(), test))]
        case ast.Return(value=value) if value is not None and not _none(value):
            new = [ast.Return(ast.Constant(None))]
        case ast.Break():
            new = [ast.Continue()]
        case ast.Continue():
            new = [ast.Break()]
    ways: list[Way] = [(_replacing(node, each), each) for each in new]
    if isinstance(node, ast.Expr | ast.AugAssign) or (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
    ):
        ways.append((_replacing(node, ast.Pass()), None))
    return ways


def _constants(value: object) -> list[bool | int | float | str]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if isinstance(value, str) and value and len(value.split()) < WORDING:
        return [value + "x"]
    return []


def _none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _replacing(old: ast.AST, new: ast.AST) -> Callable[[ast.Module], None]:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return ast.copy_location(new, old) if node is old else self.generic_visit(node)

    def put(tree: ast.Module) -> None:
        Replace().visit(tree)

    return put
