"""Gates on what a notebook reaches for beside its packages, and on links that lead elsewhere."""

import ast
import re
from collections.abc import Iterator
from urllib.parse import unquote

from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.gates.links import anchor, found
from helpers.notebooks.names import Names
from helpers.notebooks.registry import Notebook

MAGICS = ("matplotlib", "config")
VARIABLES = ("CLARIFAI_", "OPENAI_")
LONGEST_SLEEP = 5
SHELLS = ("os.system", "os.popen", "os.exec", "os.spawn", "subprocess.getoutput", "pty.")
SILENCERS = ("warnings.filterwarnings", "warnings.simplefilter", "logging.disable")
# What writes a file, and the folders of this project that a notebook may write to.
WRITERS = (
    "write_text",
    "write_bytes",
    "touch",
    "mkdir",
    "savefig",
    "urlretrieve",
    "unlink",
    "rmtree",
)
OWN_FOLDERS = ("pictures",)
# Of a call that installs something: what pip and its like are called with.
INSTALLERS = re.compile(r"\b(pip|uv|conda|mamba|apt|apt-get|npm|brew)\b")


@gate("reach", "reaches for no shell, no installer, no other variable, and does not sleep for long")
def _reach(book: Book) -> Iterator[str]:
    names = Names(book)
    for number, node in book.nodes(ast.Subscript, ast.Call):
        if problem := _reached(node, names):
            yield f"cell {number}: {problem}"


def _reached(node: ast.AST, names: Names) -> str | None:
    if isinstance(node, ast.Subscript):
        return _stranger(names.of(node.value), node.slice)
    if not isinstance(node, ast.Call):
        return None
    called, first = names.of(node.func), node.args[0] if node.args else None
    value = names.value(first) if first else None
    if called.startswith("get_ipython()."):
        if called.endswith("run_line_magic") and value in MAGICS:
            return None
        return f"{value!r}: neither magics nor the shell work outside a notebook"
    if called.startswith(SHELLS) or any(
        keyword.arg == "shell" and names.value(keyword.value) for keyword in node.keywords
    ):
        return f"{called} does something else on every system; use a package"
    if called.startswith(("subprocess.", "asyncio.create_subprocess")) and first:
        words = [n.value for arg in node.args for n in ast.walk(arg) if isinstance(n, ast.Constant)]
        if any(isinstance(word, str) and INSTALLERS.match(word) for word in words):
            return "installs something; what is needed is in pyproject.toml"
    if called.startswith(("pip.", "ensurepip.")):
        return "installs something; what is needed is in pyproject.toml"
    if called.endswith("sleep") and isinstance(value, int | float) and value > LONGEST_SLEEP:
        return f"sleeps for {value} seconds; the reader waits as well"
    if called.startswith(SILENCERS):
        return f"{called} hides what a reader's own run would say; let it be seen"
    owner, _, name = called.rpartition(".")
    if first and (owner == "os.environ" or name in ("getenv", "putenv")):
        return _stranger("os.environ", first)
    return _written(called, node, names)


def _written(called: str, node: ast.Call, names: Names) -> str | None:
    """Where a file is written by a path that shows, if that is not a folder for it."""
    method = called.rpartition(".")[2]
    if method == "open":
        mode = [
            names.value(argument) for argument in [*node.args, *(k.value for k in node.keywords)]
        ]
        if not any(isinstance(each, str) and re.fullmatch("[wax][bt+]*", each) for each in mode):
            return None
    elif method not in WRITERS:
        return None
    paths = [node, *(child for part in (node.func, *node.args[:1]) for child in ast.walk(part))]
    texts = [value for path in paths if isinstance(value := _path(path, names), str)]
    if texts and not texts[0].startswith(OWN_FOLDERS):
        return (
            f"writes to {texts[0]!r}; write to a folder of `tempfile`, which leaves nothing behind"
        )
    return None


def _path(node: ast.AST, names: Names) -> str | None:
    """The text that a path begins with, where it shows."""
    match node:
        case ast.Call(func=function, args=[first, *_]) if names.of(function).endswith("Path"):
            value = names.value(first)
            return value if isinstance(value, str) else None
        case ast.Call(func=function) if names.of(function).endswith(("Path.home", "Path.cwd")):
            return names.of(function)
        case ast.Call(func=function, args=[ast.Constant(value=str(value)), *_]):
            by_name = names.of(function).endswith((".savefig", ".urlretrieve", "io.open"))
            return value if by_name or names.of(function) == "open" else None
    return None


def _stranger(owner: str, key: ast.expr) -> str | None:
    """Why a variable of the environment must not be read or set here, if it must not."""
    name = key.value if isinstance(key, ast.Constant) else None
    if owner != "os.environ" or not isinstance(name, str) or name.startswith(VARIABLES):
        return None
    return f"reads or sets {name}, which no reader was told of"


_NUMBERED = re.compile(r"(?:\bnotebook |^)(\d+)\b", re.IGNORECASE)


@gate("link texts", "names in a link's text the notebook that it leads to")
def _link_texts(book: Book) -> Iterator[str]:
    for number, cell in book.prose:
        links = [(each.text, each.target) for each in found(cell.source) if each.text is not None]
        for text, target in links:
            said, there = _NUMBERED.search(text), re.match(r"(\d\d)_\w+\.ipynb", target)
            if said and (not there or int(said[1]) != int(there[1])):
                yield f"cell {number}: {text!r} leads to {target}"
            elif there and (entry := _entry(book, target)):
                others = {e.title for e in book.registry if e.title != entry.title}
                if text in others:
                    yield f"cell {number}: {text!r} leads to {target}, {entry.title!r}"
            elif target.startswith("#") and anchor(text) != unquote(target[1:]):
                yield f"cell {number}: {text!r} leads to the heading {target}; give it its name"


def _entry(book: Book, target: str) -> Notebook | None:
    name = target.partition("#")[0]
    return next((entry for entry in book.registry if entry.path.name == name), None)
