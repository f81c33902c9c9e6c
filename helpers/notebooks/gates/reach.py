"""Gates on what a notebook reaches for beside its packages, and on links that lead elsewhere."""

import ast
import re
from collections.abc import Iterator
from urllib.parse import unquote

from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.gates.links import anchor, labelled
from helpers.notebooks.registry import Notebook

MAGICS = ("matplotlib", "config")
VARIABLES = ("CLARIFAI_", "OPENAI_")
LONGEST_SLEEP = 5
# Of a call that installs something: what pip and its like are called with.
INSTALLERS = re.compile(r"\b(pip|uv|conda|mamba|apt|apt-get|npm|brew)\b")


@gate("reach", "reaches for no shell, no installer, no other variable, and does not sleep for long")
def _reach(book: Book) -> Iterator[str]:
    for number, node in book.nodes:
        if problem := _reached(node):
            yield f"cell {number}: {problem}"


def _reached(node: ast.AST) -> str | None:
    if isinstance(node, ast.Subscript):
        return _stranger(ast.unparse(node.value), node.slice)
    if not isinstance(node, ast.Call):
        return None
    called, first = ast.unparse(node.func), node.args[0] if node.args else None
    value = first.value if isinstance(first, ast.Constant) else None
    if called.startswith("get_ipython()."):
        if called.endswith("run_line_magic") and value in MAGICS:
            return None
        return f"{value!r}: neither magics nor the shell work outside a notebook"
    if called in ("os.system", "os.popen"):
        return f"{called} does something else on every system; use a package"
    if called.startswith("subprocess.") and first:
        words = [n.value for n in ast.walk(first) if isinstance(n, ast.Constant)]
        if any(isinstance(word, str) and INSTALLERS.match(word) for word in words):
            return "installs something; what is needed is in pyproject.toml"
    if called.endswith("sleep") and isinstance(value, int | float) and value > LONGEST_SLEEP:
        return f"sleeps for {value} seconds; the reader waits as well"
    owner, _, name = called.rpartition(".")
    if first and (owner == "os.environ" or name in ("getenv", "putenv")):
        return _stranger("os.environ", first)
    return None


def _stranger(owner: str, key: ast.expr) -> str | None:
    """Why a variable of the environment must not be read or set here, if it must not."""
    name = key.value if isinstance(key, ast.Constant) else None
    if owner != "os.environ" or not isinstance(name, str) or name.startswith(VARIABLES):
        return None
    return f"reads or sets {name}, which no reader was told of"


_NUMBERED = re.compile(r"\bnotebook (\d+)\b", re.IGNORECASE)


@gate("link texts", "names in a link's text the notebook that it leads to")
def _link_texts(book: Book) -> Iterator[str]:
    for number, cell in book.prose:
        for text, target in labelled(cell.source):
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
