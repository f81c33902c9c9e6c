"""Gates on code cells."""

import ast
import re
import statistics
from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.endpoint import LIVE_URL
from helpers.mock import OPENAI_PATH
from helpers.notebooks.book import Book, code_lines, tags, tree_of
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.names import Names

SETUP = """\
# No module named 'helpers'? Open the notebook with this project's own kernel: `make lab`.
from helpers import use_endpoint

use_endpoint()"""
_SETUP = new_code_cell(SETUP)
TAGS = (
    "parameters", "objective:", "exercise", "exercise:", "check", "snippet:", "also:", "plot",
    "stderr-ok:", "deliberate:",
)  # fmt: skip
FALLBACKS = {"CLARIFAI_BASE_URL": LIVE_URL + OPENAI_PATH, "CLARIFAI_API_BASE": LIVE_URL}
EVALUATING = ("eval", "exec", "builtins.eval", "builtins.exec", "ast.literal_eval")
MAX_CELL_LINES = 25
MAX_MEDIAN_LINES = 6


def is_setup(cell: NotebookNode) -> bool:
    """Whether it is the setup cell; the comment above its code may be missing."""
    return code_lines(cell) in (code_lines(_SETUP), code_lines(_SETUP)[1:])


@gate(
    "setup", "chooses the backend in the setup cell, the same in every notebook, before any client"
)
def _setup(book: Book) -> Iterator[str]:
    cells = [n for n, cell in book.code if is_setup(cell)]
    if len(cells) != 1:
        yield f"{len(cells)} setup cells; one code cell has to be exactly\n{SETUP}"
        return
    for number, node in book.nodes(ast.Name, ast.Import, ast.ImportFrom):
        match node:
            case ast.Name(id="use_endpoint") if number != cells[0]:
                yield f"cell {number}: a second use_endpoint(); the setup cell has chosen already"
            case ast.Import() | ast.ImportFrom() if number < cells[0]:
                for module in _imported(node):
                    if module.split(".")[0] in ("openai", "clarifai"):
                        yield f"cell {number}: imports {module} before the setup cell; move it down"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


@gate("tags", f"tags its cells with nothing but {', '.join(TAGS)}")
def _tags(book: Book) -> Iterator[str]:
    for number, cell in book.cells:
        for tag in tags(cell):
            kind, colon, value = tag.partition(":")
            if kind + colon not in TAGS or (colon and not value):
                yield f"cell {number}: nothing knows the tag {tag}; mend it, or take it out"


@gate("endpoint", "falls back to Clarifai's own address, and to no key")
def _endpoint(book: Book) -> Iterator[str]:
    # Tests set both variables; what stands in their place is what a reader's copy of a cell uses.
    for number, node in book.nodes(ast.Call):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="get" | "getenv"), args=[ast.Constant(value=name), *rest]
            ) if name in FALLBACKS:
                default = ast.unparse(rest[0]) if rest else "None"
                if default != repr(FALLBACKS[name]):
                    yield f"cell {number}: {name} falls back to {default}; to {FALLBACKS[name]!r}"
            case ast.Call(
                func=ast.Attribute(attr="get" | "getenv"), args=[ast.Constant("CLARIFAI_PAT"), *_]
            ):
                yield f'cell {number}: goes on without a key; read os.environ["CLARIFAI_PAT"]'


@gate("python", "is Python that parses, with no empty code cell")
def _python(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        if not cell.source.strip():
            yield f"cell {number}: empty; delete it"
        elif tree_of(cell) is None:
            yield f"cell {number}: does not parse as Python; repair it"


@gate("cell length", f"keeps code cells within {MAX_CELL_LINES} lines, median {MAX_MEDIAN_LINES}")
def _cell_length(book: Book) -> Iterator[str]:
    lengths = []
    for number, cell in book.code:
        lengths.append(len(code_lines(cell)))
        if lengths[-1] > MAX_CELL_LINES:
            yield f"cell {number}: {lengths[-1]} lines; split it"
    if lengths and statistics.median(lengths) > MAX_MEDIAN_LINES:
        yield f"median length of code cells {statistics.median(lengths)}; split the long ones"


@gate("model", "sets MODEL once, in the cell tagged parameters")
def _model(book: Book) -> Iterator[str]:
    setters = [
        number
        for number, node in book.nodes(ast.Name)
        if node.id == "MODEL" and isinstance(node.ctx, ast.Store)
    ]
    for number in setters[1:]:
        yield f"cell {number}: MODEL is set again; use another name for another model"
    for number in setters[:1]:
        if "parameters" not in tags(book.notebook.cells[number - 1]):
            yield f"cell {number}: sets MODEL, but is not tagged parameters; tag it"
    values = {
        node.value.value
        for _, node in book.nodes(ast.Assign)
        if isinstance(node.value, ast.Constant)
        and [ast.unparse(target) for target in node.targets] == ["MODEL"]
    }
    for number, node in book.nodes(ast.keyword):
        match node:
            case ast.keyword(arg="model", value=ast.Constant(value=name)) if name in values:
                yield f"cell {number}: names the model again; another MODEL would not be asked"


@gate("broad except", "catches an expected failure by its class, never every exception")
def _broad_except(book: Book) -> Iterator[str]:
    for number, node in book.nodes(ast.ExceptHandler):
        caught = ast.unparse(node.type) if node.type else "BaseException"
        if {"Exception", "BaseException"} & set(re.findall(r"\w+", caught)):
            yield f"cell {number}: catches everything; name the class that is expected"


@gate("swallowed", "says of each failure that it catches what became of it")
def _swallowed(book: Book) -> Iterator[str]:
    for number, node in book.nodes(ast.ExceptHandler, ast.Call):
        match node:
            case ast.ExceptHandler(body=body) if all(map(_does_nothing, body)):
                yield f"cell {number}: catches a failure and says nothing; print it, or act on it"
            case ast.Call(func=function) if ast.unparse(function).endswith("suppress"):
                yield f"cell {number}: suppresses a failure; catch it by its class, and print it"


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()):
            return True
    return False


@gate("eval", "reads data with a parser, never with eval or exec")
def _eval(book: Book) -> Iterator[str]:
    names = Names(book)
    for number, node in book.nodes(ast.Call):
        if (name := names.of(node.func)) in EVALUATING:
            yield f"cell {number}: {name}(); parse with json.loads and validate instead"
