"""Snippets: tagged cells of the notebooks, exported as programs that stand alone.

A cell tagged `snippet:NAME` goes into `notebooks/snippets/NAME.py`, with the cells and imports that
it needs: those that bind the names it uses, and so on back to the client. Its imports move to the
top, and nothing else of it changes. Several cells with the same name make one program. A cell that
only changes an object (`messages.append`) binds no name, and so has to be tagged itself. With the
tag `also:curl` or `also:javascript`, the request that the cell sends is written for those as well.

The first line says what a program shows, and the second can be typed to run it. Nothing of this
project is in one: a snippet that uses `helpers` is refused. So is a cell that shows its last value,
as only notebooks do; it has to print it.
"""

from __future__ import annotations

import ast
import builtins
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from nbformat import NotebookNode

from helpers.missing import names
from helpers.notebooks.book import Book, tags, tree_of
from helpers.notebooks.registry import REGISTRY, Notebook, load
from helpers.problem import Problem

FOLDER = REGISTRY.parent / "snippets"
TAG = "snippet:"
ASYNC = "async"
FORMS = {"curl": ".sh", "javascript": ".mjs"}
"""How the files of other forms end."""
_BUILTIN = set(dir(builtins))


class SnippetError(Problem):
    """Tagged cells that do not make a program; the message says what to do."""


@dataclass(frozen=True)
class Snippet:
    """A program made of cells: the imports taken from other cells, then the cells in order."""

    name: str
    notebook: Notebook
    imports: tuple[str, ...]
    cells: tuple[NotebookNode, ...]
    asking: NotebookNode | None = None
    """Of the cells, the one tagged with other forms, which send the same request."""

    @property
    def also(self) -> frozenset[str]:
        """The other forms."""
        return _also(self.asking) if self.asking else frozenset()

    @property
    def shows(self) -> str:
        """Its name as a sentence; names begin with a verb."""
        words = [NAMES.get(word, word) for word in self.name.split("_")]
        return " ".join([words[0].capitalize(), *words[1:]])

    @property
    def needs(self) -> list[str]:
        """The packages to install, by the names under which they are installed."""
        modules = {
            name.partition(".")[0]
            for source in (*self.imports, *(cell.source for cell in self.cells))
            for name in _imported(ast.parse(source))
        }
        return sorted(_packages()[name][0] for name in modules - sys.stdlib_module_names)

    def header(self, file: str) -> str:
        """What it shows and what to set, and the command that runs this file."""
        begin = "//" if file.endswith(".mjs") else "#"
        commands = {
            ".py": f"pip install {' '.join(self.needs)} && python {file}",
            ".sh": f"sh {file}",
            ".mjs": f"npm install openai && node {file}",
        }
        said = f"{self.shows} (from {self.notebook.path.name}). Set CLARIFAI_PAT, and then:"
        return f"{begin} {said}\n{begin} {commands[Path(file).suffix]}"

    @property
    def program(self) -> str:
        """The text of the file."""
        imports, cells = self.parts
        return _written([self.header(f"{self.name}.py"), *_sorted(imports), *cells])

    @property
    def parts(self) -> tuple[set[str], list[str]]:
        """The imports, each a line, and the cells without theirs.

        A last cell that awaits goes into a coroutine.
        """
        imports, cells = set(self.imports), []
        for cell in self.cells:
            inside, rest = _divided(cell.source)
            imports |= inside
            cells += [rest] if rest else []
        used = frozenset[str]().union(*(names(cell)[1] for cell in cells))
        cells = [rest for cell in cells if (rest := _without_constants(cell, used))]
        if _awaits(cells[-1]):
            main = textwrap.indent(cells.pop(), "    ")
            cells += [f"async def main():\n{main}", "asyncio.run(main())"]
            imports |= {"import asyncio"}
        return imports, cells

    @property
    def output(self) -> str:
        """What the program prints on the mock: what its cells printed in the notebook."""
        return "".join(
            output.text
            for cell in self.cells
            for output in cell.outputs
            if output.output_type == "stream" and output.name == "stdout"
        )


def _awaits(source: str) -> bool:
    """Whether code awaits outside of a function, as only a notebook can."""
    waiting: list[ast.AST] = list(ast.parse(source).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Await):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


NAMES = {"api": "API", "responses": "Responses", "json": "JSON"}
"""Words of a snippet's name that are written otherwise in a sentence."""


def _divided(source: str) -> tuple[set[str], str]:
    """A cell's imports, each for itself, and the rest of it."""
    lines: list[str | None] = list(source.splitlines())
    imports = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= {ast.unparse(_only(node, alias)) for alias in node.names}
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [None] * (end - node.lineno + 1)
    return imports, "\n".join(line for line in lines if line is not None).strip("\n")


def _without_constants(source: str, used: frozenset[str]) -> str:
    """A cell without the constants of the notebook that nothing in the program uses."""
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        made = _names(node)[0]
        if isinstance(node, ast.Assign) and used.isdisjoint(made) and all(map(str.isupper, made)):
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)


def _sorted(imports: set[str]) -> list[str]:
    """Two blocks: Python's own modules, and the others; in each, `import` before `from`."""
    taken: dict[str, list[str]] = {}
    for line in sorted(imports, key=lambda line: (line.startswith("from"), line)):
        module, _, name = line.partition(" import ")
        taken.setdefault(module, []).append(name)
    blocks: dict[bool, list[str]] = {True: [], False: []}
    for line in (" import ".join(filter(None, (m, ", ".join(n)))) for m, n in taken.items()):
        blocks[line.split()[1].partition(".")[0] in sys.stdlib_module_names].append(line)
    return ["\n".join(lines) for lines in blocks.values() if lines]


def _written(blocks: list[str]) -> str:
    """Blocks of code below each other, with two blank lines around what is defined."""
    text = blocks[0]
    for block in blocks[1:]:
        wide = _defines(text, -1) or _defines(block, 0)
        text = text.rstrip("\n") + "\n" * (3 if wide else 2) + block.lstrip("\n")
    return text + "\n"


@cache
def _packages() -> Mapping[str, list[str]]:
    """The packages that bring each module; reading it takes half a second."""
    return packages_distributions()


def _defines(source: str, which: int) -> bool:
    """Whether this statement, the first or the last of some code, is a definition."""
    body = ast.parse(source).body or [ast.Pass()]
    return isinstance(body[which], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def snippets(registry: list[Notebook] | None = None) -> list[Snippet]:
    """All snippets of the registered notebooks. Raises SnippetError."""
    registry = load() if registry is None else registry
    found: dict[str, Snippet] = {}
    for entry in registry:
        for snippet in of(Book.open(entry.path, registry), entry):
            if snippet.name in found:
                raise SnippetError(f"{entry.name}: there are two snippets {snippet.name!r}.")
            found[snippet.name] = snippet
    return list(found.values())


def of(book: Book, entry: Notebook) -> Iterator[Snippet]:
    """The snippets of one notebook, in the order in which they begin."""
    cells = [cell for _, cell in book.code]
    names = dict.fromkeys(
        tag.removeprefix(TAG) for cell in cells for tag in tags(cell) if tag.startswith(TAG)
    )
    for name in names:
        where = f"{entry.name}, snippet {name!r}"
        tagged = [number for number, cell in enumerate(cells) if TAG + name in tags(cell)]
        imports, needed = _closure(cells, tagged, where)
        chosen = tuple(cells[number] for number in sorted(needed))
        for cell in chosen:
            if any(output.output_type == "execute_result" for output in cell.outputs):
                raise SnippetError(
                    f"{where}: the cell {cell.id!r} shows its last value, which a program does not."
                    " Print it."
                )
        asking = [cells[number] for number in tagged if _also(cells[number])]
        if len(asking) > 1:
            raise SnippetError(f"{where}: {len(asking)} cells are tagged also:...; tag only one.")
        known = {ASYNC, *FORMS}
        for form in {form for cell in asking for form in _also(cell)} - known:
            raise SnippetError(f"{where}: also:{form} is not one of {', '.join(sorted(known))}.")
        yield Snippet(name, entry, tuple(imports), chosen, *asking)


def _also(cell: NotebookNode) -> frozenset[str]:
    return frozenset(tag.removeprefix("also:") for tag in tags(cell) if tag.startswith("also:"))


def _closure(
    cells: list[NotebookNode], tagged: list[int], where: str
) -> tuple[list[str], set[int]]:
    """The imports and the cells that some cells need, themselves included."""
    imports: dict[str, None] = {}
    needed: set[int] = set()
    waiting = list(tagged)
    while waiting:
        number = waiting.pop()
        if number in needed:
            continue
        needed.add(number)
        tree = tree_of(cells[number])
        if tree is None:
            raise SnippetError(f"{where}: the cell {cells[number].id!r} is not Python.")
        if any(module.partition(".")[0] == "helpers" for module in _imported(tree)):
            raise SnippetError(
                f"{where}: the cell {cells[number].id!r} imports from helpers, which a reader of"
                " the snippet does not have. Write out what it uses."
            )
        for name in sorted(_free(tree)):
            for earlier in reversed(range(number)):
                bound = _bound(tree_of(cells[earlier]), name)
                if isinstance(bound, ast.Import | ast.ImportFrom):
                    imports[ast.unparse(bound)] = None
                elif bound is not None:
                    waiting.append(earlier)
                if bound is not None:
                    break
            else:
                raise SnippetError(f"{where}: no cell before {cells[number].id!r} binds {name!r}.")
    inside = {
        ast.unparse(node)
        for number in needed
        for node in (tree_of(cells[number]) or ast.Module([], [])).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    outside = sorted(set(imports) - inside)
    if any("helpers" in each for each in outside):
        raise SnippetError(f"{where}: it uses {', '.join(outside)}. Write out what it uses.")
    return outside, needed


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@cache
def _names(statement: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """What a statement binds where a later cell can use it, and what it uses."""
    return names(ast.unparse(statement))


def _free(tree: ast.Module) -> set[str]:
    """The names that a cell uses before it binds them itself."""
    free: set[str] = set()
    bound: set[str] = set()
    for statement in tree.body:
        made, used = _names(statement)
        # `x = f(x)` and `x += 1` use an earlier x; what a loop binds for itself is its own.
        own = set() if isinstance(statement, ast.Assign | ast.AugAssign) else made
        used |= made if isinstance(statement, ast.AugAssign) else set()
        free |= used - bound - own - _BUILTIN
        bound |= made
    return free


def _bound(tree: ast.Module | None, name: str) -> ast.stmt | None:
    """The last statement of a cell that binds a name, where a later cell can use it."""
    for statement in reversed(tree.body if tree else []):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name).partition(".")[0] == name:
                    return _only(statement, alias)
        elif name in _names(statement)[0]:
            return statement
    return None


def _only(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(statement, ast.Import):
        return ast.Import([alias])
    return ast.ImportFrom(statement.module, [alias], statement.level)


def asynchronous(snippet: Snippet) -> str:
    """The program with the asynchronous client: what follows its client goes into a coroutine."""
    imports, cells = snippet.parts
    client = next(number for number, cell in enumerate(cells) if "OpenAI(" in cell)
    header = snippet.header(f"{snippet.name}_async.py")
    before = [header, *_sorted({"import asyncio", *imports}), *cells[: client + 1]]
    rest = "\n\n".join(cells[client + 1 :])
    text = "\n\n".join(before).replace("OpenAI", "AsyncOpenAI")
    main = textwrap.indent(rest.replace("client.", "await client."), "    ")
    return f"{text}\n\n\nasync def main():\n{main}\n\n\nasyncio.run(main())\n"
