"""The built wheel alone, in another project: its command serves, its fixture isolates."""

import os
import subprocess
from pathlib import Path

FOREIGN = """
import os

import openai
import pytest
from openai import OpenAI

MODEL = "openai/chat-completion/models/gpt-oss-120b"
ASKED = {"model": MODEL, "messages": [{"role": "user", "content": "Who are you?"}]}


def test_a_reply_comes_without_a_key_of_ours(clarifai_mock):
    assert OpenAI().chat.completions.create(**ASKED).choices[0].message.content
    assert os.environ["CLARIFAI_BASE_URL"] == clarifai_mock.base_url


def test_a_fault_strikes_this_test(clarifai_mock):
    fault = clarifai_mock.fault("busy", times=2)
    assert OpenAI().chat.completions.create(**ASKED).choices
    assert fault.hits in (None, 2)


@pytest.mark.parametrize("turn", range(2))
def test_nothing_is_left_of_it(clarifai_mock, turn):
    assert OpenAI(max_retries=0).chat.completions.create(**ASKED).choices


def test_a_wrong_key_is_refused(clarifai_mock):
    with pytest.raises(openai.AuthenticationError):
        OpenAI(api_key="wrong").chat.completions.create(**ASKED)
"""


def test_what_it_needs_is_little(python: Path) -> None:
    packages = {path.name.split("-")[0].lower() for path in _site(python).glob("*.dist-info")}
    assert not packages & {"jupyterlab", "papermill", "grpcio", "numpy", "matplotlib", "clarifai"}
    assert len(packages) <= 40
    size = sum(path.stat().st_size for path in _site(python).rglob("*") if path.is_file())
    assert size < 100_000_000


def _site(python: Path) -> Path:
    (site,) = (python.parents[1] / "lib").glob("python*/site-packages")
    return site


def test_the_fixture_works_in_a_project_that_knows_nothing_of_this_one(
    python: Path, tmp_path: Path
) -> None:
    (tmp_path / "test_foreign.py").write_text(FOREIGN, encoding="utf-8")
    done = subprocess.run(
        [str(python), "-m", "pytest", "-q", "."], cwd=tmp_path, capture_output=True, text=True
    )
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_the_command_serves(python: Path) -> None:
    command = [str(python.with_name("clarifai-mock")), "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as served:
        try:
            assert served.stdout is not None
            assert "http://127.0.0.1:" in served.stdout.readline()
        finally:
            served.terminate()


def test_a_command_that_needs_the_notebooks_says_where_they_are(
    python: Path, tmp_path: Path
) -> None:
    command = [str(python), "-m", "helpers", "list"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "clone" in done.stderr and "Traceback" not in done.stderr
