"""The snippets are what the notebooks say, and each runs alone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.mock import MOCK_PAT, start
from helpers.mock.server import MockServer
from helpers.notebooks import snippets as module
from helpers.notebooks.gates import Book
from helpers.notebooks.registry import load
from helpers.notebooks.snippets import ASYNC, FOLDER, Snippet, SnippetError, files, of, snippets

SNIPPETS = snippets()

# Runs a program where nothing can be imported but some packages and what those require.
ALONE = """
import re, runpy, sys
from importlib import metadata
allowed, waiting = set(), sys.argv[2:]
while waiting:
    name = re.split(r"[^A-Za-z0-9._-]", waiting.pop())[0].lower().replace("_", "-")
    if name in allowed:
        continue
    allowed.add(name)
    try:
        waiting += metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        pass
others = {
    module
    for module, names in metadata.packages_distributions().items()
    if not {name.lower().replace("_", "-") for name in names} & allowed
}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in others or name.partition(".")[0] == "helpers":
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Absent())
sys.path = [each for each in sys.path if each]
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with start() as server:
        yield server


def run(command: list[str], folder: Path, mock: MockServer) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CLARIFAI_BASE_URL": mock.base_url, "CLARIFAI_PAT": MOCK_PAT}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


def alone(program: Path, needs: list[str], folder: Path, mock: MockServer) -> tuple[str, str]:
    done = run([sys.executable, "-c", ALONE, str(program), *needs], folder, mock)
    return done.stdout, done.stderr


def test_the_committed_files_are_those_that_the_notebooks_make() -> None:
    wanted = files(SNIPPETS)
    assert {path.name for path in FOLDER.iterdir()} == set(wanted)
    for name, text in wanted.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run make snippets"


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda each: each.name)
def test_a_snippet_runs_alone_and_prints_what_its_notebook_shows(
    snippet: Snippet, mock: MockServer, tmp_path: Path
) -> None:
    out, err = alone(FOLDER / f"{snippet.name}.py", snippet.needs, tmp_path, mock)
    assert (out, err) == (snippet.output, "")
    assert out.strip(), "a program that prints nothing shows nothing"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "snippet", [each for each in SNIPPETS if ASYNC in each.also], ids=lambda each: each.name
)
def test_its_asynchronous_form_prints_the_same(
    snippet: Snippet, mock: MockServer, tmp_path: Path
) -> None:
    out, err = alone(FOLDER / f"{snippet.name}_async.py", snippet.needs, tmp_path, mock)
    assert (out, err) == (snippet.output, "")


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.sh")), ids=lambda path: path.name)
def test_a_curl_command_gets_the_reply_that_the_program_prints(
    script: Path, mock: MockServer, tmp_path: Path
) -> None:
    assert shutil.which("curl"), "install curl"
    done = run(["sh", str(script)], tmp_path, mock)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"object":"chat.completion"' in done.stdout


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda each: each.name)
def test_its_cells_are_in_it_byte_for_byte_and_nothing_of_ours(snippet: Snippet) -> None:
    text = snippet.program
    assert all(cell.source in text for cell in snippet.cells)
    assert "helpers" not in text
    assert text.startswith(f"# {snippet.shows}. To run: pip install ")


def test_what_is_not_named_cannot_be_imported(mock: MockServer, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import openai\nimport nbformat\n")
    _, err = alone(program, ["openai"], tmp_path, mock)
    assert "No module named 'nbformat'" in err


def book(tmp_path: Path, *sources: tuple[str, str]) -> Book:
    """A notebook of cells, each with its tag or none."""
    cells = [new_markdown_cell("# Try")]
    for number, (tag, source) in enumerate(sources):
        output = new_output("stream", name="stdout", text=f"{number}\n")
        metadata = {"tags": [tag]} if tag else {}
        cells.append(new_code_cell(source, id=f"c{number}", metadata=metadata, outputs=[output]))
    path = tmp_path / "01_try.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return Book.open(path, [])


def made(tmp_path: Path, *sources: tuple[str, str]) -> Snippet:
    (snippet,) = of(book(tmp_path, *sources), load()[0])
    return snippet


def test_it_takes_the_cells_that_bind_what_it_uses_and_no_others(tmp_path: Path) -> None:
    snippet = made(
        tmp_path,
        ("", "import json\nx = 1"),
        ("", "y = 2"),
        ("", "def double(n):\n    return n * 2"),
        ("", "z = double(x)"),
        ("snippet:s", "print(json.dumps(z))"),
    )
    assert [cell.id for cell in snippet.cells] == ["c0", "c2", "c3", "c4"]
    assert snippet.output == "0\n2\n3\n4\n"


def test_of_a_cell_that_only_imports_what_it_uses_it_takes_the_import(tmp_path: Path) -> None:
    snippet = made(
        tmp_path, ("", "import json, os\nprint(os.sep)"), ("snippet:s", "print(json.dumps(1))")
    )
    assert (snippet.imports, len(snippet.cells)) == (("import json",), 1)


@pytest.mark.parametrize(
    ("sources", "problem"),
    [
        ([("snippet:s", "print(missing)")], "binds 'missing'"),
        ([("snippet:s", "from helpers import weather")], "imports from helpers"),
        ([("", "from helpers.tools import tool"), ("snippet:s", "tool")], "Write out what it uses"),
        ([("snippet:s", "print(")], "is not Python"),
    ],
)
def test_cells_that_make_no_program_are_refused(
    tmp_path: Path, sources: list[tuple[str, str]], problem: str
) -> None:
    with pytest.raises(SnippetError, match=problem):
        made(tmp_path, *sources)


def test_a_file_that_differs_and_one_that_is_left_over_are_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = made(tmp_path, ("snippet:s", "print(1)"))
    monkeypatch.setattr(module, "snippets", lambda: [snippet])
    folder = tmp_path / "snippets"
    assert module.write(folder) == ["README.md", "s.py"]
    assert module.write(folder) == []
    (folder / "s.py").write_text("print(2)\n")
    (folder / "gone.py").touch()
    assert module.write(folder) == ["gone.py", "s.py"]
    assert (folder / "s.py").read_text() == snippet.program
