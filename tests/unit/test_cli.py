"""The command line can be learned from its help, and says in one line what cannot be done."""

import errno
import os
import re
import runpy
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result
from openai import OpenAI

from helpers import cli
from helpers.mock.command import serve
from helpers.notebooks import command, jupyterlab, testing
from helpers.notebooks.registry import PROJECT, Notebook, RegistryError, load, select
from tests.unit.conftest import MakeNotebook

COMMANDS = [
    *("run", "verify", "test", "lab", "refresh", "new", "snippets", "list", "serve", "drift")
]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, prog_name="python -m helpers")


@pytest.fixture
def notebooks(
    tmp_path: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> list[Notebook]:
    """Two notebooks in place of the project's; the second fails."""
    made = [
        make_notebook(tmp_path, "01_good", "print(N)", parameters="N = 0"),
        make_notebook(tmp_path, "02_bad", "1 / 0"),
    ]
    for module in (cli, command):
        monkeypatch.setattr(module, "load", lambda: made)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.mark.parametrize("name", ["list", "run", "verify", "test", "lab", "refresh", "snippets"])
def test_without_the_notebooks_each_command_says_where_they_are(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cli, command):
        monkeypatch.setattr(module, "load", lambda: load(tmp_path / "registry.toml"))
    for missing in ("run", "verify", "snippets"):  # which need packages that are not installed
        monkeypatch.setitem(sys.modules, f"helpers.notebooks.{missing}", None)
    result = invoke(name, *(["01"] if name == "verify" else []))
    assert result.exit_code == 2
    assert re.fullmatch(r"Error: There is no registry .+ in a clone .+\n", result.output)


def test_an_interrupt_while_it_starts_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(ModuleType):
        def __getattr__(self, name: str) -> None:
            raise KeyboardInterrupt if name == "main" else AttributeError(name)

    monkeypatch.setitem(sys.modules, "helpers.cli", Slow("helpers.cli"))
    with pytest.raises(SystemExit, match="Aborted!"):
        runpy.run_path(str(PROJECT / "helpers" / "__main__.py"))


def test_help_lists_every_command() -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name}  +\S", result.output, re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "list"])
def test_the_help_of_a_command_has_an_example_that_is_valid(name: str) -> None:
    output = invoke(name, "--help").output
    examples = re.findall(rf"^    python -m helpers ({name}.*)", output, re.MULTILINE)
    assert examples
    for example in examples:
        words = shlex.split(example.removesuffix("\\"))
        context = cli.main.commands[name].make_context(words[0], words[1:])
        named = context.params.get("names", ())
        select([one for one in named if one != testing.CHANGED], load())


def test_the_mock_s_own_program_names_itself_in_its_help() -> None:
    output = CliRunner().invoke(serve, "--help", prog_name="clarifai-mock").output
    assert "    clarifai-mock --port 8000\n" in output and "helpers" not in output


def test_help_imports_neither_papermill_nor_openai() -> None:
    code = "import sys, helpers.cli; print({'papermill', 'openai', 'uvicorn'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


@pytest.mark.parametrize("command", [("test", "--pytest"), ("lab", "--jupyter")])
def test_arguments_with_half_a_quotation_are_refused(command: tuple[str, str]) -> None:
    result = invoke(*command, "-k 'a")
    assert result.exit_code == 2 and "No closing quotation." in result.output


@pytest.mark.parametrize("command", ["run", "refresh", "verify", "test", "lab"])
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
        (["--output", ""], "the name of the folder is empty"),
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


def test_a_folder_whose_name_is_not_text_is_shown_as_well_as_it_can_be(
    notebooks: list[Notebook],
) -> None:
    # Only Linux has such names.
    name = os.fsdecode(b"c\xfcpies") if sys.platform == "linux" else "copies"
    result = invoke("run", "1", "--output", name)
    assert result.exit_code == 0, result.output
    assert "Executed copies: c" in result.stdout


def test_verify_fails_for_a_notebook_that_failed_and_leaves_older_copies_out(
    notebooks: list[Notebook], tmp_path: Path
) -> None:
    assert "No run has ended" in invoke("verify", "--output", "copies").output
    invoke("run", "--output", "copies")
    result = invoke("verify", "--output", "copies")
    assert (result.exit_code, result.stdout) == (1, "2 checked, 1 problem.\n")
    assert result.stderr.startswith("02_bad did not finish: cell 2 (1 / 0): ZeroDivisionError")
    invoke("run", "01", "--output", "copies")
    result = invoke("verify", "--output", "copies")
    assert result.exit_code == 0
    assert result.output == (
        "Left from earlier runs, and not checked: 02_bad.\n1 checked, 0 problems.\n"
    )
    result = invoke("verify", "02", "--output", "copies")
    assert result.exit_code == 2
    assert "Not in the last run" in result.output


@pytest.mark.parametrize("broken", ["01_good.ipynb", "summary.json"])
def test_verify_says_what_to_do_about_a_broken_file(
    notebooks: list[Notebook], tmp_path: Path, broken: str
) -> None:
    invoke("run", "01", "--output", "copies")
    (tmp_path / "copies" / broken).write_text("{")
    result = invoke("verify", "--output", "copies")
    assert result.exit_code in (1, 2)
    assert "again" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("failing", ["run", "refresh", "contents"])
def test_a_full_disk_is_said_in_a_sentence(
    notebooks: list[Notebook], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    def fail(*arguments: object, **options: object) -> None:
        raise full

    monkeypatch.setattr(Path, "write_text", fail)
    result = invoke(failing)
    assert result.exit_code in (1, 2)
    assert "No space left on device" in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_what_is_skipped_is_named(
    tmp_path: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_notebook(tmp_path, "01_mock", "1", backends=("mock",))]
    monkeypatch.setattr(cli, "load", lambda: made)
    result = invoke("run", "--backend", "live", "--output", str(tmp_path / "copies"))
    assert "Skipped, being for other backends (notebooks/README.md): 01_mock.\n" in result.output


# --- Which notebooks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["2", "02", "02_bad", "02_bad.ipynb", "./02_bad.ipynb"])
def test_a_notebook_is_named_in_any_of_these_ways(notebooks: list[Notebook], name: str) -> None:
    assert select([name], notebooks) == [notebooks[1]]
    assert testing.chosen([name], notebooks) == [notebooks[1].path.resolve()]


def test_a_notebook_elsewhere_is_not_taken_for_one_of_the_same_name(
    notebooks: list[Notebook], tmp_path: Path
) -> None:
    draft = tmp_path / "drafts" / "01_good.ipynb"
    draft.parent.mkdir()
    draft.write_bytes(notebooks[0].path.read_bytes())
    for name in ("drafts/01_good.ipynb", "drafts/01_good", str(draft), "none/01_good"):
        with pytest.raises(RegistryError, match="is not a notebook of the tutorial"):
            select([name], notebooks)
    assert testing.chosen([str(draft)], notebooks) == [draft]


def test_a_zero_may_be_left_out_where_others_begin_with_the_digit() -> None:
    assert select(["1"], load())[0].name == "01_set_up"


def test_changed_notebooks_are_those_edited_and_those_added(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("01_one", "02_two", "03_gone"):
        (folder / f"{name}.ipynb").write_text("{}")
    who = ["-c", "user.name=x", "-c", "user.email=x@y.z"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    assert testing.changed(tmp_path) == []
    (folder / "02_two.ipynb").write_text("{ }")
    (folder / "04 é.ipynb").write_text("{}")
    (folder / "03_gone.ipynb").unlink()
    assert testing.changed(tmp_path) == [folder / "02_two.ipynb", folder / "04 é.ipynb"]


def test_a_changed_notebook_that_is_none_any_more_says_so(
    notebooks: list[Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks[1].path.write_text("<<<<<<< HEAD\n")
    monkeypatch.setattr(testing, "changed", lambda: [notebooks[1].path])
    with pytest.raises(RegistryError, match="is not a notebook"):
        testing.chosen(["changed"], notebooks)


def test_no_name_tests_everything_side_by_side() -> None:
    assert testing.command(None, 3, ["-k", "x"])[3:] == ["-n", "3", "-k", "x"]


def test_a_notebook_elsewhere_is_tested_with_the_settings_of_the_project(
    notebooks: list[Notebook],
) -> None:
    command = [*testing.command([notebooks[0].path], None, []), "--collect-only"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "::Cell 0" in listed


def test_jupyterlab_opens_the_first_notebook_and_asks_for_nothing() -> None:
    arguments = jupyterlab.command(load()[:1], ["--no-browser"])[3:]
    assert arguments[0].endswith("/lab/tree/01_set_up.ipynb")
    assert arguments[-1] == "--no-browser"
    environment = jupyterlab.environment({"JUPYTER_CONFIG_PATH": "mine"})
    assert environment["JUPYTER_CONFIG_PATH"].startswith(f"mine{os.pathsep}")
    assert (jupyterlab.SETTINGS / "labconfig" / "default_setting_overrides.json").is_file()


def test_the_notebooks_are_listed_with_what_they_teach() -> None:
    output = invoke("list").output
    assert re.match(r"01_set_up  \S.* \(\d+ minutes\)\n    \S", output)
    assert "04_weather_example" in output


def test_a_host_without_an_address_is_not_taken_for_all_of_them() -> None:
    result = invoke("serve", "--host", " ", "--port", "0")
    assert result.exit_code == 2 and "127.0.0.1 is this machine alone" in result.output


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = invoke("serve", "--port", str(port))
    assert result.exit_code == 2
    said = f"Error: Cannot serve on port {port} of 127.0.0.1 (Address already in use). Choose"
    assert result.output.startswith(said)
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("me/tools/models/notes", "MODULE:SERVER"),
        ("me/tools/models/notes=no_such_module:mcp", "no_such_module"),
        ("me/tools/models/notes=json:mcp", "mcp"),
        ("me/tools/models/notes=json:loads", "A function is no MCP server"),
        ("me/tools/models/notes=json:__name__", "A str is no MCP server"),
        ("notes=json:loads", "does not name a Clarifai model"),
    ],
)
def test_a_server_of_tools_that_is_not_there_is_refused(option: str, said: str) -> None:
    result = invoke("serve", "--port", "0", "--mcp", option)
    assert result.exit_code == 2
    assert said in result.output and "Traceback" not in result.output


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
        assert process.wait(timeout=60) == (0 if how == signal.SIGINT else 128 + how)
        assert process.stderr.read() == ""


def test_a_python_without_the_packages_says_which_has_them() -> None:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-S", "-m", "helpers", "list"]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert ".venv" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["taken", "99999"])
def test_a_real_model_is_served_at_no_other_port_than_it_says(port: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1]) if port == "taken" else port
        serve = PROJECT / "helpers" / "local" / "serve.py"
        command = [sys.executable, str(serve), "--model", str(serve), "--port", number]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"Cannot serve on port {number} (" in done.stderr and "Choose another" in done.stderr


def test_weights_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "xllamacpp.py").write_text(
        "from unittest.mock import MagicMock\n"
        "CommonParams, llama_pooling_type = MagicMock(), MagicMock()\n"
        "Server = MagicMock(side_effect=RuntimeError('Failed to init server.'))\n"
    )
    (tmp_path / "notes.txt").touch()
    done = subprocess.run(
        [sys.executable, PROJECT / "helpers" / "local" / "serve.py", "--model", "notes.txt"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "llama.cpp cannot serve notes.txt: Failed to init server. Is it a model in GGUF?\n"
    )
