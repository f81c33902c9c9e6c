"""The README's commands and code are executed as they are written, and print what it shows."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from urllib.request import Request, urlopen

import pytest

from helpers.notebooks.registry import PROJECT
from helpers.notebooks.snippets import FOLDER
from tests.copies import copied

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs make and symbolic links")

README = (PROJECT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN = "\n".join(README.splitlines()[:50])


@dataclass(frozen=True)
class Block:
    """A fenced block, and the `text` block that follows it, if one does: what it prints."""

    language: str
    text: str
    output: str | None


def blocks() -> list[Block]:
    found = re.findall(r"^```(\w+)\n(.*?)^```\n", README, re.MULTILINE | re.DOTALL)
    following = [*found[1:], ("", "")]
    return [
        Block(language, text, after if kind == "text" else None)
        for (language, text), (kind, after) in zip(found, following, strict=True)
        if language != "text"
    ]


BASH = {block.text.strip().splitlines()[0]: block for block in blocks() if block.language == "bash"}
LAB = "make lab"
SERVE = "make serve PORT=0"
# Messages of the openai package, of Python and of JupyterLab.
OTHERS_SAY = ("Error code: ", "No module named", "cannot import name", "Running as root")
CURL = next(command for command in BASH if command.startswith("curl"))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of the project, in a folder with a space; only `.venv` is not made anew."""
    copy = copied(tmp_path_factory.mktemp("clone") / "a tutorial")
    # Each notebook is executed by two other tests; four stand for all of them here.
    registry = copy / "notebooks" / "registry.toml"
    head, *entries = registry.read_text(encoding="utf-8").split("[[notebook]]")
    registry.write_text("[[notebook]]".join([head, *entries[:4]]), encoding="utf-8")
    make_environment(copy)
    return copy


def make_environment(copy: Path) -> None:
    """What `make` would, but with the packages of this one, which is safe from it."""
    venv = copy / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    own, packages = (
        Path(get_path("purelib", vars={"base": str(prefix)})) for prefix in (venv, sys.prefix)
    )
    (own / "packages.pth").write_text(f"{copy}\n{packages}\n")
    for name in ("share", "etc"):
        (venv / name).symlink_to(Path(sys.prefix) / name)
    (venv / "made-of").write_text(f"{copy}\n" + (copy / "requirements.lock").read_text())
    shutil.copy2(copy / "pyproject.toml", venv / "pyproject.toml")


def environment() -> dict[str, str]:
    """Of a terminal in the clone: this run of pytest does not show."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "MAKE", "MFLAGS"))}


def bash(block: Block, cwd: Path, env: dict[str, str]) -> str:
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def assert_prints(output: str, shown: str) -> None:
    """`output` is what the README shows, but for times, how many were run, ports and `...`."""
    pattern = re.escape(comparable(shown)).replace(re.escape("..."), "(?s:.*)")
    assert re.fullmatch(pattern, comparable(output)), output


def comparable(text: str) -> str:
    text = re.sub(r"\d+\.\d+ ?s\b|(?<= )\d+\.\d(?= )", "SECONDS", text.strip())
    text = re.sub(r"\d+ passed(, \d+ skipped)?|\d+ ok\b", "N done", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r"[ \t]+", " ", text)


def test_the_first_screen_is_the_learners_then_the_maintainers() -> None:
    snippet = next(block.text for block in blocks() if block.language == "python")
    first = [block.text for block in blocks()][:4]
    assert first == ["make lab\n", snippet, "make run\n", "make test\n"]
    assert snippet in FIRST_SCREEN


@pytest.mark.parametrize("command", [c for c in BASH if c not in (LAB, SERVE, CURL)])
def test_a_command_runs_as_written_and_prints_what_is_shown(command: str, clone: Path) -> None:
    env = environment()
    if command == "make test":
        env["PYTEST_ADDOPTS"] = "tests/unit/test_models.py"  # or it would test itself without end
        env["PYTEST_XDIST_AUTO_NUM_WORKERS"] = "0"
    output = bash(BASH[command], clone, env)
    if shown := BASH[command].output:
        assert_prints(output, shown)


def test_the_served_mock_answers_the_request_shown(clone: Path) -> None:
    with running(SERVE, clone, environment()) as lines:
        printed = "".join(next(lines) for _ in range(4))
        exports = dict(re.findall(r"export (\w+)=(\S+)", printed))
        reply = bash(BASH[CURL], clone, environment() | exports)
    assert_prints(printed, BASH[SERVE].output or "")
    assert json.loads(reply)["choices"][0]["message"]["content"]


def test_jupyterlab_shows_the_notebooks_and_has_their_kernel(clone: Path, tmp_path: Path) -> None:
    config = {"ServerApp": {"open_browser": False}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(config))
    env = environment() | {"JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_TOKEN": "t"}
    with running(LAB, clone, env) as lines:
        printed = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+(?=/lab/tree/01_set_up)", printed)):
            printed += next(lines)

        def get(path: str) -> str:
            request = Request(found[0] + path, headers={"Authorization": "token t"})
            with urlopen(request, timeout=60) as response:
                return str(response.read().decode())

        wait_until_it_listens(found[0])
        listed = [entry["name"] for entry in json.loads(get("/api/contents"))["content"]]
        kernels = json.loads(get("/api/kernelspecs"))
        news = json.loads(get("/lab/api/settings/@jupyterlab/apputils-extension:notification"))
        readme = json.loads(get("/lab/api/settings/@jupyterlab/docmanager-extension:plugin"))
        assert "JupyterLab" in get("/lab")
    assert {"01_set_up.ipynb", "02_basic_inference.ipynb"} <= {*listed}
    assert not [name for name in listed if name.endswith(".toml")]
    assert news["schema"]["properties"]["fetchNews"]["default"] == "false"
    viewers = readme["schema"]["properties"]["defaultViewers"]["default"]
    assert viewers == {"markdown": "Markdown Preview"}
    assert kernels["default"] == "python3"


def wait_until_it_listens(address: str) -> None:
    """JupyterLab says where it is before it is there."""
    host, _, port = address.removeprefix("http://").partition(":")
    deadline = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection((host, int(port)), timeout=20).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@contextmanager
def running(command: str, cwd: Path, env: dict[str, str]) -> Iterator[Iterator[str]]:
    """The lines that a command prints as it runs; at the end it gets the Ctrl-C of a terminal."""
    process = subprocess.Popen(
        ["bash", "-c", BASH[command].text],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield iter(process.stdout or ())
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.communicate(timeout=60)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def test_the_program_is_one_that_the_notebooks_make_and_the_tests_run_alone() -> None:
    [program] = [block.text for block in blocks() if block.language == "python"]
    assert program == (FOLDER / "first_call.py").read_text(encoding="utf-8")


def test_conda_is_set_up_as_its_file_says() -> None:
    block = next(block.text for block in blocks() if block.text.startswith("conda"))
    comments = re.findall(r"^#   (.+)$", (PROJECT / "environment.yml").read_text(), re.MULTILINE)
    assert block.splitlines()[: len(comments)] == comments


def test_continuous_integration_lints_and_runs_the_command_for_tests() -> None:
    commands = [
        line for line in (PROJECT / ".ci" / "run").read_text().splitlines() if line[:5] == "make "
    ]
    assert commands[:2] == ["make lint", "make test"]
    assert "make test" in BASH


def test_the_messages_in_the_troubleshooting_are_those_that_appear() -> None:
    sources = [PROJECT / "helpers" / "setup.sh", *(PROJECT / "helpers").rglob("*.py")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    _, _, table = README.partition("## Troubleshooting")
    for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE):
        for message in re.findall(r"`([^`]+)`", row):
            message = message.removeprefix("CLARIFAI_PAT ")
            assert message in said or message.startswith(OTHERS_SAY)
