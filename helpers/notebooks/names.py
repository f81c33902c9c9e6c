"""What the names in a notebook's cells stand for, as far as imports and assignments say."""

import ast
from functools import cache

from helpers.notebooks.book import Book

MOST_STEPS = 3  # from a name to what it stands for; more than that hides something


# Of a broken copy of a notebook, most nodes are those of the sound one.
_unparsed = cache(ast.unparse)


class Names:
    """`dotted` has what a name was imported or assigned as; `constants` what it was set to."""

    def __init__(self, book: Book) -> None:
        self.dotted: dict[str, str] = {}
        self.constants: dict[str, object] = {}
        for _, node in book.nodes(ast.Import, ast.ImportFrom, ast.Assign):
            match node:
                case ast.Import(names=aliases):
                    self.dotted |= {alias.asname: alias.name for alias in aliases if alias.asname}
                case ast.ImportFrom(module=str(module), names=aliases):
                    self.dotted |= {a.asname or a.name: f"{module}.{a.name}" for a in aliases}
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                    self.constants[name] = value
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() as value
                ):
                    self.dotted[name] = _unparsed(value)

    def of(self, node: ast.expr) -> str:
        """Its full name: `run`, imported from `subprocess`, is `subprocess.run`."""
        name = _unparsed(node)
        for _ in range(MOST_STEPS):
            first, dot, rest = name.partition(".")
            name = self.dotted.get(first, first) + dot + rest
        return name

    def value(self, node: ast.expr) -> object:
        """What a constant, or the name of one, is; None if that does not show."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.constants.get(name)
        return None
