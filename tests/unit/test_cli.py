"""The command line can be learned from its help, and says in one line what cannot be done."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openai import OpenAI

from helpers import cli
from helpers.notebooks.registry import Notebook
from tests.unit.conftest import MakeNotebook

COMMANDS = ["run", "refresh", "new", "snippets", "list", "serve", "drift"]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


@pytest.fixture
def notebooks(
    tmp_path: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> list[Notebook]:
    """Two notebooks in place of the project's; the second fails."""
    made = [
        make_notebook(tmp_path, "01_good", "print(N)", parameters="N = 0"),
        make_notebook(tmp_path, "02_bad", "1 / 0"),
    ]
    monkeypatch.setattr(cli, "load", lambda: made)
    monkeypatch.chdir(tmp_path)
    return made


def test_help_lists_every_command() -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command}  +\S", result.output, re.MULTILINE)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "list"])
def test_the_help_of_a_command_has_an_example_that_is_valid(command: str) -> None:
    output = invoke(command, "--help").output
    examples = re.findall(rf"python -m helpers ({command}.*)", output)
    assert examples
    for example in examples:
        words = example.split()
        context = cli.main.commands[command].make_context(words[0], words[1:])
        cli._select(context.params.get("names", ()))


def test_help_imports_neither_papermill_nor_openai() -> None:
    code = "import sys, helpers.cli; print({'papermill', 'openai', 'uvicorn'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


@pytest.mark.parametrize("command", ["run", "refresh"])
def test_an_unknown_notebook(notebooks: list[Notebook], command: str) -> None:
    result = invoke(command, "01_god")
    assert result.exit_code == 2
    assert result.output == "Error: There is no notebook '01_god'. Did you mean 01_good?\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-p", "N"], "'N' is not NAME=VALUE, such as CITY=Lagos."),
        (["-p", "1=2"], "'1=2' is not NAME=VALUE"),
        (["-p", "M=2"], "Error: 01_good, 02_bad: no parameter M. There is N."),
        (["--model", "a/b/models/c"], "Error: 01_good, 02_bad: no parameter MODEL. There is N."),
        (["--backend", "mok"], "'mok' is not one of 'mock', 'live', 'compatible'"),
        (["--jobs", "0"], "0 is not in the range x>=1"),
        (["--output", "01_good.ipynb"], "Error: Cannot write to the folder 01_good.ipynb"),
    ],
)
def test_wrong_use_is_said_before_anything_runs(
    notebooks: list[Notebook], tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = invoke("run", *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "build").exists()


def test_a_run_shows_a_table_names_what_failed_and_ends_with_status_1(
    notebooks: list[Notebook], tmp_path: Path
) -> None:
    result = invoke("run", "-p", "N=[1, 'two']", "--output", "copies", "--jobs", "2")
    assert result.exit_code == 1
    assert "[1, 'two']" in (tmp_path / "copies" / "01_good.ipynb").read_text()
    lines = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["01_good", "ok"], ["02_bad", "failed"]]
    assert re.fullmatch(r"1 ok, 1 failed in \d+\.\d s\. Executed copies: copies", lines[3])
    where = Path("copies", "02_bad.ipynb")
    assert result.stderr == (
        f"02_bad failed at cell 2 (1 / 0): ZeroDivisionError: division by zero\n  see {where}\n"
    )


def test_the_notebooks_are_listed_with_what_they_teach() -> None:
    output = invoke("list").output
    assert re.match(r"01_set_up  \S.* \(\d+ minutes\)\n    \S", output)
    assert "04_weather_example" in output


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = invoke("serve", "--port", str(port))
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: Cannot serve on port {port} (")
    assert result.output.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_what_another_program_needs_and_ends_on_a_signal(how: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "helpers", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
    )
    with process:
        assert process.stdout and process.stderr
        lines = [process.stdout.readline() for _ in range(4)]
        exports = dict(re.findall(r"export (\w+)=(\S+)", "".join(lines)))
        client = OpenAI(base_url=exports["CLARIFAI_BASE_URL"], api_key=exports["CLARIFAI_PAT"])
        reply = client.chat.completions.create(
            model="openai/chat-completion/models/gpt-oss-120b",
            messages=[{"role": "user", "content": "Who are you?"}],
        )
        assert reply.choices[0].message.content
        process.send_signal(how)
        assert process.wait(timeout=10) == (0 if how == signal.SIGINT else 128 + how)
        assert process.stderr.read() == ""
