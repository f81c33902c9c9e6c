"""The snippets are what the notebooks say, and each runs alone."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.faults import fault
from helpers.mock import MOCK_PAT, Mock, start
from helpers.notebooks import exports
from helpers.notebooks.gates import Book
from helpers.notebooks.registry import load
from helpers.notebooks.snippets import ASYNC, FOLDER, Snippet, SnippetError, of, snippets

IMPORT = re.compile(r"(from \S+ )?import |    \w+,$|\)$")
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))
NAMES = [name for name in PROGRAMS if not name.endswith("_async")]
BOTH = [name for name in NAMES if f"{name}_async" in PROGRAMS]

# Runs programs, each in a folder of its own, where nothing can be imported but the packages that it
# names and what those require; each in a fork of a process that has tried to ask, if it can: what a
# first request imports took each of them 0.3 s.
ALONE = """
import gc, json, os, re, runpy, sys
from functools import cache
from importlib import metadata
requires = cache(metadata.requires)
def closure(waiting):
    allowed = set()
    while waiting:
        name = re.split(r"[^A-Za-z0-9._-]", waiting.pop())[0].lower().replace("_", "-")
        if name in allowed:
            continue
        allowed.add(name)
        try:
            waiting += [each for each in requires(name) or () if "extra ==" not in each]
        except metadata.PackageNotFoundError:
            pass
    return allowed
installed = metadata.packages_distributions()
class Absent:
    def __init__(self, allowed):
        self.allowed = allowed
    def find_spec(self, name, path=None, target=None):
        module = name.partition(".")[0]
        names = {each.lower().replace("_", "-") for each in installed.get(module, [])}
        if module == "helpers" or (names and not names & self.allowed):
            raise ModuleNotFoundError(f"No module named {name!r}")
def run(program, allowed, folder):
    os.chdir(folder)
    for number, stream in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{folder}.{stream}", os.O_WRONLY | os.O_CREAT), number)
    sys.meta_path.insert(0, Absent(allowed))
    sys.path[:] = [each for each in sys.path if each]
    runpy.run_path(program, run_name="__main__")
import openai
client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/", max_retries=0)
try:
    client.responses.create(model="none", input="Is nobody there?")
except openai.APIConnectionError:
    client.chat.completions  # imported as it is named
gc.freeze()
for program, needs, folder in json.loads(sys.argv[1]):
    allowed = closure(needs)
    if not hasattr(os, "fork"):
        run(program, allowed, folder)
    elif (child := os.fork()) == 0:
        run(program, allowed, folder)
        sys.exit()
    else:
        os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with start() as server:
        yield server


def run(command: list[str], mock: Mock) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CLARIFAI_BASE_URL": mock.base_url, "CLARIFAI_PAT": MOCK_PAT}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)


def alone(programs: dict[Path, list[str]], place: Path, mock: Mock) -> dict[str, tuple[str, str]]:
    """What each program prints and complains of, by the name of its file."""
    jobs = [(str(path), needs, str(place / path.stem)) for path, needs in programs.items()]
    for _, _, folder in jobs:
        Path(folder).mkdir()
    for batch in [jobs] if hasattr(os, "fork") else [[job] for job in jobs]:
        run([sys.executable, "-c", ALONE, json.dumps(batch)], mock)
    return {
        path.name: (
            (place / f"{path.stem}.out").read_text(encoding="utf-8"),
            (place / f"{path.stem}.err").read_text(encoding="utf-8"),
        )
        for path in programs
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snippets")


@pytest.fixture(scope="module")
def made_of_notebooks() -> dict[str, Snippet]:
    return {snippet.name: snippet for snippet in snippets()}


@pytest.fixture
def snippet(name: str, made_of_notebooks: dict[str, Snippet]) -> Snippet:
    return made_of_notebooks[name]


@pytest.fixture(scope="module")
def printed(
    place: Path, mock: Mock, made_of_notebooks: dict[str, Snippet]
) -> dict[str, tuple[str, str]]:
    programs = {
        FOLDER / f"{name}.py": made_of_notebooks[name.removesuffix("_async")].needs
        for name in PROGRAMS
    }
    return alone(programs, place, mock)


def test_the_programs_are_those_of_the_notebooks(made_of_notebooks: dict[str, Snippet]) -> None:
    assert made_of_notebooks.keys() == {*NAMES}
    assert sorted(n for n, each in made_of_notebooks.items() if ASYNC in each.also) == BOTH


@pytest.mark.parametrize("name", NAMES)
def test_a_snippet_runs_alone_and_prints_what_its_notebook_shows(
    snippet: Snippet, printed: dict[str, tuple[str, str]], place: Path
) -> None:
    assert printed[f"{snippet.name}.py"] == (snippet.output, "")
    assert snippet.output.strip(), "a program that prints nothing shows nothing"
    # What it writes, if it writes at all, are files that it names.
    assert all(path.name in snippet.program for path in (place / snippet.name).iterdir())


@pytest.mark.parametrize("name", BOTH)
def test_its_asynchronous_form_prints_the_same(
    snippet: Snippet, printed: dict[str, tuple[str, str]]
) -> None:
    assert printed[f"{snippet.name}_async.py"] == (snippet.output, "")


def test_a_stream_that_breaks_with_an_error_ends_with_what_the_error_says(
    tmp_path: Path, mock: Mock, made_of_notebooks: dict[str, Snippet]
) -> None:
    """Of the programs that read chunks; those that read typed events get none of this kind."""
    chunks = [s for s in made_of_notebooks.values() if "in chunk.choices" in s.program]
    assert chunks
    with fault("error_chunk", after=2, mock=mock.url):
        ran = alone({FOLDER / f"{each.name}.py": each.needs for each in chunks}, tmp_path, mock)
    for name, (_, complaint) in ran.items():
        assert "Connection error." in complaint, name
        assert "TypeError" not in complaint, name


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.sh")), ids=lambda path: path.name)
def test_a_curl_command_gets_the_reply_that_the_program_prints(
    script: Path, mock: Mock, made_of_notebooks: dict[str, Snippet]
) -> None:
    assert shutil.which("curl"), "install curl"
    done = run(["sh", str(script)], mock)
    assert (done.returncode, done.stderr) == (0, "")
    reply = json.loads(done.stdout)["choices"][0]["message"]
    snippet = made_of_notebooks[script.stem]
    assert snippet.asking is not None
    printed = "".join(output.text for output in snippet.asking.outputs)
    if reply["content"] is not None:
        assert printed == reply["content"] + "\n"
    for call in reply["tool_calls"] or ():
        assert call["id"] in snippet.output
        assert call["function"]["arguments"] in snippet.output


@pytest.mark.parametrize("name", NAMES)
def test_its_cells_are_in_it_line_for_line_below_all_imports_and_nothing_of_ours(
    snippet: Snippet,
) -> None:
    text = snippet.program
    tree = ast.parse(text)
    lines = [line for cell in snippet.cells for line in cell.source.splitlines()]
    unused = [
        line
        for cell in snippet.cells
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign)
        if (name := ast.unparse(node.targets[0])).isupper() and name not in text
        for line in cell.source.splitlines()[node.lineno - 1 : node.end_lineno]
    ]
    kept = [line for line in lines if not IMPORT.match(line) and line not in unused]
    assert [line for line in kept if line not in text] == []
    imports = [isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body]
    assert imports == sorted(imports, reverse=True)
    assert "helpers" not in text
    assert text.startswith(f"# {snippet.shows} (from ")


def test_its_second_line_is_the_command_that_runs_it() -> None:
    for path in FOLDER.iterdir():
        if path.suffix in (".py", ".sh", ".mjs"):
            command = path.read_text(encoding="utf-8").splitlines()[1].lstrip("#/ ")
            assert command.endswith(path.name)
            assert shutil.which(command.split()[0]) or command.startswith("npm")


def test_a_last_cell_that_awaits_goes_into_a_coroutine(tmp_path: Path) -> None:
    waits = ("", "import asyncio\nasync def wait():\n    await asyncio.sleep(0)")
    snippet = made(tmp_path, waits, ("snippet:s", "await wait()\nprint(1)"))
    main = "async def main():\n    await wait()\n    print(1)\n\n\nasyncio.run(main())\n"
    assert snippet.program.endswith(main)
    assert snippet.program.count("import asyncio") == 1


def test_it_leaves_out_constants_that_nothing_uses_and_imports_from_a_module_in_one_line(
    tmp_path: Path,
) -> None:
    constants = ("", "LONG = [\n    1,\n]\nSHORT = 2")
    cells = [f"from os import {name}\nprint({name}, SHORT)" for name in ("sep", "name")]
    text = made(tmp_path, constants, *(("snippet:s", cell) for cell in cells)).program
    assert text.partition("\n\n")[2].startswith("from os import name, sep\n\nSHORT = 2\n\nprint(")


def test_what_a_function_binds_is_its_own(tmp_path: Path) -> None:
    cells = ("", "x = 1"), ("snippet:s", "def double(x):\n    return 2 * x\n\nprint(double(x))")
    assert len(made(tmp_path, *cells).cells) == 2


def test_what_a_comprehension_binds_is_its_own(tmp_path: Path) -> None:
    assert made(tmp_path, ("snippet:s", "x = [n * n for n in range(3)]\nprint(x)")).imports == ()


def test_its_title_writes_names_as_they_are_written(tmp_path: Path) -> None:
    snippet = made(tmp_path, ("snippet:use_the_responses_api", "print(1)"))
    assert snippet.shows == "Use the Responses API"


def test_what_is_not_named_cannot_be_imported(mock: Mock, tmp_path: Path) -> None:
    programs = {tmp_path / f"{name}.py": ["openai"] for name in ("nbformat", "helpers", "openai")}
    for path in programs:
        path.write_text(f"import openai\nimport {path.stem}\n")
    place = tmp_path / "place"
    place.mkdir()
    said = {name: err for name, (_, err) in alone(programs, place, mock).items()}
    assert "No module named 'nbformat'" in said["nbformat.py"]
    assert "No module named 'helpers'" in said["helpers.py"]
    assert said["openai.py"] == ""


def book(tmp_path: Path, *sources: tuple[str, str]) -> Book:
    """A notebook of cells, each with its tags or none."""
    cells = [new_markdown_cell("# Try")]
    for number, (tag, source) in enumerate(sources):
        output = new_output("stream", name="stdout", text=f"{number}\n")
        metadata = {"tags": tag.split()} if tag else {}
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


CLIENT = """\
import os
from openai import OpenAI
client = OpenAI(base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"])
MODEL = "openai/chat-completion/models/gpt-oss-120b"
asked = [{"role": "user", "content": "Who are you?"}]
client.chat.completions.create(model=MODEL, messages=asked)"""


def test_its_other_forms_send_the_request_of_the_cell_that_is_tagged(tmp_path: Path) -> None:
    send = "client.chat.completions.create(model=MODEL, messages=asked, max_tokens={})"
    cells = [("", CLIENT), ("snippet:s also:curl also:javascript", send.format(7))]
    snippet = made(tmp_path, *cells, ("snippet:s", send.format(9)))
    files = exports.files([snippet])
    assert '"max_tokens": 7' in files["s.sh"]
    assert "  max_tokens: 7" in files["s.mjs"]
    assert "[curl](s.sh), [javascript](s.mjs)" in files["README.md"]


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
        ([("snippet:s also:curl", "print(1)"), ("snippet:s also:async", "print(2)")], "2 cells"),
        ([("snippet:s also:fortran", "print(1)")], "not one of async, curl, javascript"),
    ],
)
def test_cells_that_make_no_program_are_refused(
    tmp_path: Path, sources: list[tuple[str, str]], problem: str
) -> None:
    with pytest.raises(SnippetError, match=problem):
        made(tmp_path, *sources)


def test_a_cell_that_shows_what_a_program_does_not_is_refused(tmp_path: Path) -> None:
    shows = book(tmp_path, ("snippet:s", "1 + 1"))
    result = new_output("execute_result", data={"text/plain": "2"}, execution_count=1)
    shows.notebook.cells[1].outputs = [result]
    with pytest.raises(SnippetError, match="shows its last value"):
        list(of(shows, load()[0]))


def test_a_file_that_differs_and_one_that_is_left_over_are_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = made(tmp_path, ("snippet:s", "print(1)"))
    monkeypatch.setattr(exports, "snippets", lambda _: [snippet])
    folder = tmp_path / "snippets"
    assert exports.write(folder) == ["README.md", "s.py"]
    assert exports.write(folder) == []
    (folder / "s.py").write_text("print(2)\n")
    (folder / "gone.py").touch()
    assert exports.write(folder) == ["gone.py", "s.py"]
    assert (folder / "s.py").read_text() == snippet.program
