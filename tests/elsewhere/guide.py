"""What the guide to the mock tells people to run: run by the built wheel, in another project."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT
from helpers.notebooks.registry import PROJECT

GUIDE = "".join(
    page.read_text(encoding="utf-8") for page in sorted((PROJECT / "docs" / "mock").glob("*.md"))
)
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.M | re.S)
COMMANDS = [line for kind, code in BLOCKS if kind == "bash" for line in code.splitlines()]
SERVERS = [
    line for line in COMMANDS if line.startswith(("clarifai-mock", "python -m helpers serve"))
]
CODE = [code for kind, code in BLOCKS if kind == "python"]
THEIRS = """
def my_program():
    OpenAI().chat.completions.create(
        model="openai/chat-completion/models/gpt-4o",
        messages=[{"role": "user", "content": "Who are you?"}],
    )
"""


def shell(python: Path, folder: Path, line: str, url: str = "") -> subprocess.Popen[str]:
    """The line as typed, in an environment in which the package is installed, for a free port.

    Where it names Clarifai or the default port, it means the server at `url`.
    """
    for address in ("https://api.clarifai.com", "http://127.0.0.1:8000"):
        line = line.replace(address, url or address)
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "PYTHONUNBUFFERED": "1", "CLARIFAI_PAT": MOCK_PAT}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True
    )


@contextmanager
def serving(python: Path, folder: Path, line: str, upstream: str = "") -> Iterator[str]:
    """The address of what the line serves, until the context ends."""
    line = re.sub(r" --port \d+", "", line) + " --port 0"
    with shell(python, folder, line, upstream) as process:
        try:
            assert process.stdout and process.stderr
            for said in process.stdout:
                if found := re.search(r"is at (http://127\.0\.0\.1:\d+)", said):
                    yield found[1]
                    return
            pytest.fail(f"{line}: {process.stderr.read()}")
        finally:
            # As Ctrl-C does: what was just asked is still recorded.
            process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def mock(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(python, tmp_path_factory.mktemp("mock"), "clarifai-mock") as url:
        yield url


def reply(url: str) -> str:
    """What a server says, in a stream."""
    client = OpenAI(base_url=f"{url}/v2/ext/openai/v1", api_key=MOCK_PAT)
    stream = client.chat.completions.create(
        model="openai/chat-completion/models/gpt-oss-120b",
        messages=[{"role": "user", "content": "Who are you?"}],
        stream=True,
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def test_each_server_starts_and_says_the_same(python: Path, mock: str, tmp_path: Path) -> None:
    """The one that replays has to have what the one before it recorded."""
    said = []
    for line in SERVERS:
        with serving(python, tmp_path, line, upstream=mock) as url:
            said.append(reply(url))
    assert len(said) >= 4 and {*said} == {reply(mock)}


@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in SERVERS])
def test_what_asks_a_server_is_answered(line: str, python: Path, mock: str, tmp_path: Path) -> None:
    reply(mock)
    with shell(python, tmp_path, line, mock) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    if line.startswith("curl"):
        assert {"requests", "hits"} & {*json.loads(out)}
    else:
        assert out


def test_the_tests_that_it_shows_pass(python: Path, tmp_path: Path) -> None:
    tests = [code for code in CODE if "def test_" in code]
    (tmp_path / "test_guide.py").write_text("\n".join([tests[0], THEIRS, *tests[1:]]), "utf-8")
    with shell(python, tmp_path, "python -m pytest -q .") as process:
        out, err = process.communicate(timeout=300)
    assert f"{len(tests)} passed" in out, out + err


def test_the_programs_that_it_shows_run(python: Path, tmp_path: Path) -> None:
    programs = [code for code in CODE if "def test_" not in code]
    for number, code in enumerate(programs):
        (tmp_path / f"{number}.py").write_text(code, encoding="utf-8")
        with shell(python, tmp_path, f"env -u CLARIFAI_PAT python {number}.py") as process:
            _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    assert programs
