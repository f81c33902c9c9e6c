"""Gates on the repository as a whole: what has to agree with what, wherever a copy of it is."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from helpers.evidence import page
from helpers.notebooks import gates
from helpers.notebooks.contents import COMMAND, contents
from helpers.notebooks.exports import files
from helpers.notebooks.gates import links
from helpers.notebooks.registry import load
from helpers.notebooks.snippets import snippets
from tests.repository import collected, commands, facts, setup
from tests.repository.gate import GATES, gate

__all__ = ["GATES", "collected", "commands", "facts", "setup"]

# As of a first letter that was raised in the wrong place.
ODD_CASE = re.compile(r"\b(?!IPython)[A-Z]{2}[a-z]{4,}\b")


@gate("on disk", "has every notebook that the registry lists")
def _on_disk(root: Path) -> Iterator[str]:
    yield from gates.missing(root / "notebooks", load(root / "notebooks" / "registry.toml"))


@gate("contents", "lists in notebooks/README.md what the registry says")
def _contents(root: Path) -> Iterator[str]:
    text = (root / "notebooks" / "README.md").read_text(encoding="utf-8")
    if text != contents(load(root / "notebooks" / "registry.toml")):
        yield f"notebooks/README.md is out of date; run {COMMAND}"


@gate("evidence", "is told by a page that was made from runs of what is there")
def _evidence(root: Path) -> Iterator[str]:
    yield from page.problems(root)


@gate("snippets", "has the programs that the notebooks' tagged cells make")
def _snippets(root: Path) -> Iterator[str]:
    wanted = _wanted_snippets()
    folder = root / "notebooks" / "snippets"
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) != there.get(name):
            yield f"notebooks/snippets/{name} is not what the notebooks make; run make snippets"


@cache
def _wanted_snippets() -> dict[str, str]:
    return files(snippets())


@gate("links in Markdown", "has no link in its Markdown that leads nowhere")
def _links(root: Path) -> Iterator[str]:
    for pattern in ("*.md", "docs/**/*.md", "helpers/*.md", "notebooks/**/*.md", "tests/**/*.md"):
        for path in sorted(root.glob(pattern)):
            for problem in links.problems(path, root):
                yield f"{path.relative_to(root)}: {problem}"


@gate("ruff", "is written as ruff has it")
def _ruff(root: Path) -> Iterator[str]:
    yield from _fails(root, "ruff", "check", "--no-cache", "--quiet", ".")
    yield from _fails(root, "ruff", "format", "--no-cache", "--quiet", "--check", ".")


@gate("spelling", "has no word that is misspelt")
def _spelling(root: Path) -> Iterator[str]:
    prose = sorted([*root.glob("notebooks/*.ipynb"), *root.glob("**/*.md")])
    yield from _fails(root, "codespell_lib", *map(str, prose))
    # A notebook has pictures, in which any letters may follow each other.
    for path in root.glob("**/*.md"):
        if word := ODD_CASE.search(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(root)}: {word[0]!r} has capitals that no name has"


FINDER_IS_THERE = "ignore:Module already imported so cannot be rewritten; _editable_impl"
"""The finder of an editable install has no assertions: that pytest cannot rewrite it is no loss."""


@gate("nothing left out", "tells no tool to leave a file or a test out")
def _nothing_left_out(root: Path) -> Iterator[str]:
    if ".env" not in (root / ".gitignore").read_text(encoding="utf-8").splitlines():
        yield ".gitignore does not name .env, which holds a key"
    tools = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    pytest = tools["pytest"]["ini_options"]
    if pytest["testpaths"] != ["tests", "notebooks"]:
        yield f"pytest looks for tests in {pytest['testpaths']} only"
    if option := re.search(r"--(ignore|deselect)\S*|(?<!\S)-[km]\b", pytest["addopts"]):
        yield f"pytest is told {option[0]}, so that a test is never run"
    if set(pytest.get("filterwarnings", ())) - {FINDER_IS_THERE}:
        yield "pytest is told filterwarnings, so that a warning is never seen"
    if option := {"exclude", "extend-exclude", "include"} & tools["ruff"].keys():
        yield f"ruff is told {', '.join(option)}, so that a file is never read"
    mypy = tools["mypy"]
    if mypy["files"] != ["helpers", "tests"] or "exclude" in mypy:
        yield "mypy reads helpers/ and tests/, and leaves nothing out"
    if any("ignore_errors" in each for each in (mypy, *mypy["overrides"])):
        yield "mypy is told ignore_errors, so that it finds nothing"


def _fails(root: Path, *command: str) -> Iterator[str]:
    """What a module, run as `make lint` does, has to say against it."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True
    )
    if done.returncode:
        yield done.stdout + done.stderr
