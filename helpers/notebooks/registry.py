"""The registry: `notebooks/registry.toml`, every notebook in its order."""

from __future__ import annotations

import ast
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from helpers.beside import table
from helpers.problem import Problem

PROJECT = Path(__file__).resolve().parents[2]
REGISTRY = PROJECT / "notebooks" / "registry.toml"
_SCHEMA = table(__file__, "registry_schema.toml")
BACKENDS = tuple(_SCHEMA["properties"]["backends"]["items"]["enum"])


class RegistryError(Problem):
    """What is wrong with the registry, or with a name; it ends a command with that sentence."""


@dataclass(frozen=True)
class Objective:
    """What a learner can do after a notebook. The id stays when the text is reworded."""

    id: str
    text: str


@dataclass(frozen=True)
class Notebook:
    """An entry of the registry. `timeout` is in seconds, for one cell."""

    name: str
    path: Path
    title: str
    objectives: tuple[Objective, ...]
    minutes: int
    timeout: int
    backends: tuple[str, ...]
    browser: str = ""
    """Why it does not run in a browser tab; empty for one that does."""
    colab: str = ""
    """Why it does not run in Colab; empty for one that does."""

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells as they are stored. Raises RegistryError where the file is no notebook."""
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            problem = next(_unlike_a_notebook(content), None)
        except (ValueError, RecursionError) as error:
            problem = str(error)
        if problem:
            advice = "Mend the file, or take it back from git."
            raise RegistryError(f"{self.path} is not a notebook: {problem}. {advice}")
        cells: list[dict[str, Any]] = content["cells"]
        return cells

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names that its cell tagged `parameters` sets, in order: those to set from outside."""
        for cell in self.cells:
            if "parameters" in cell["metadata"].get("tags", []):
                tree = parsed("".join(cell["source"]))
                statements = tree.body if tree else ()
                return tuple(name for statement in statements for name in _assigned(statement))
        return ()


def load(path: Path = REGISTRY) -> list[Notebook]:
    """The notebooks in their order. Raises RegistryError, with everything that is wrong.

    Whether the notebooks themselves exist is not looked at here, but by `select` and by the gates.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RegistryError(
            f"There is no registry {path}. The notebooks are in a clone of the repository, and not"
            " in the installed package."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"{path.name} is not TOML: {error}.") from None
    entries = content.pop("notebook", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        entries, content = [], {"notebook": entries}
    problems = [f"unknown key {key!r}; entries are headed [[notebook]]" for key in content]
    names: set[str] = set()
    for number, entry in enumerate(entries, 1):
        name = entry.get("name", f"entry {number}")
        problems += [f"{name}: {problem}" for problem in _problems(entry)]
        if name in names:
            problems.append(f"{name}: listed twice")
        names.add(name)
    if not entries:
        problems.append("no [[notebook]] in it")
    if problems:
        raise RegistryError(f"{path.name}: " + f"\n{path.name}: ".join(problems))
    return [_notebook(entry, path.parent) for entry in entries]


def select(names: Iterable[str], notebooks: Sequence[Notebook]) -> list[Notebook]:
    """The notebooks named, in the registry's order; all of them for no name.

    A name may have its folder and `.ipynb`, or be cut after what makes it unique: `04` will do, and
    so will `4`, and `04,05` for two. Raises RegistryError for a name that fits none, which the path
    of a notebook in another folder does not, and for a notebook that is not on disk.
    """
    by_name = {notebook.name: notebook for notebook in notebooks}
    each = [name for several in names for name in several.split(",")]
    wanted = [_find(name, by_name) for name in each] or list(notebooks)
    for notebook in wanted:
        try:
            _ = notebook.cells
        except FileNotFoundError:
            raise RegistryError(
                f"{notebook.name} is in the registry, but there is no {notebook.path}."
                " Take the file back from git, or the entry out of the registry."
            ) from None
    return [notebook for notebook in notebooks if notebook in wanted]


def _find(name: str, notebooks: Mapping[str, Notebook]) -> Notebook:
    path = Path(name)
    stem = path.name.removesuffix(".ipynb")
    if _is_elsewhere(path, notebooks.values()):
        raise RegistryError(
            f"{name} is not a notebook of the tutorial; they are in {REGISTRY.parent}."
        )
    if any(known.startswith(f"{stem.zfill(2)}_") for known in notebooks):
        stem = stem.zfill(2)
    fitting = [known for known in notebooks if known == stem] or [
        known for known in notebooks if stem and known.startswith(stem)
    ]
    if len(fitting) == 1:
        return notebooks[fitting[0]]
    close = fitting or get_close_matches(stem, notebooks)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(notebooks)}."
    raise RegistryError(f"There is no notebook {name!r}. {hint}")


def _is_elsewhere(path: Path, notebooks: Iterable[Notebook]) -> bool:
    """Whether this is the path of another file, or names another folder, than the notebooks'."""
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve() not in {notebook.path.resolve() for notebook in notebooks}
    folders = {notebook.path.parent.resolve() for notebook in notebooks}
    roots = (Path.cwd(), *(folder.parent for folder in folders))
    parents = {(root / path).parent.resolve() for root in roots}
    return len(path.parts) > 1 and not parents & folders


_CELL: dict[str, type | tuple[type, ...]] = {"metadata": dict, "source": (str, list)}


def _unlike_a_notebook(content: Any) -> Iterator[str]:
    """What keeps the content of a file from being executed as a notebook."""
    if not isinstance(content, dict) or content.get("nbformat") != 4:
        yield "it is not of nbformat 4"
    elif not isinstance(content.get("metadata"), dict):
        yield "it has no metadata"
    elif not isinstance(cells := content.get("cells"), list) or not cells:
        yield "it has no cells"
    else:
        for number, cell in enumerate(cells, 1):
            kind = cell.get("cell_type") if isinstance(cell, dict) else None
            if kind not in ("code", "markdown", "raw"):
                yield f"cell {number} is of no known type"
                continue
            expected = _CELL | ({"outputs": list} if kind == "code" else {})
            for key, types in expected.items():
                if not isinstance(cell.get(key), types):
                    yield f"cell {number} has no {key}"
            if not isinstance(cell["metadata"].get("tags", []), list):
                yield f"the tags of cell {number} are no list"


def _assigned(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Assign(value=ast.Call()):  # the client, made in the same cell
            return []
        case ast.Assign(targets=targets):
            nodes = [node for target in targets for node in ast.walk(target)]
            return [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


@lru_cache(maxsize=1024)
def parsed(source: str) -> ast.Module | None:
    """A cell's syntax tree, `%magics` and `!commands` included; None if it is not Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return None


def _problems(entry: Mapping[str, Any]) -> list[str]:
    """Why an entry is not as registry_schema.toml has it."""
    from jsonschema import Draft202012Validator

    problems = []
    for error in Draft202012Validator(_SCHEMA).iter_errors(entry):
        wanted = error.schema.get("description")
        said = f"{error.instance!r} is not {wanted}" if wanted else error.message
        problems.append(": ".join(filter(None, [".".join(map(str, error.path)), said])))
    ids = Counter(objective["id"] for objective in entry["objectives"]) if not problems else {}
    return problems + [f"objective {id!r} is there twice" for id, n in ids.items() if n > 1]


def _notebook(entry: Mapping[str, Any], folder: Path) -> Notebook:
    made = {
        "path": folder / f"{entry['name']}.ipynb",
        "objectives": tuple(Objective(**objective) for objective in entry["objectives"]),
        "backends": tuple(entry["backends"]),
    }
    return Notebook(**{**entry, **made})
