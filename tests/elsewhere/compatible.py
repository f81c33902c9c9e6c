"""What must hold on every backend holds on a server that is not ours: aimock, from npm.

The notebooks run there, whatever it says, and keep the rules for what they send; the recorder
records it, and `drift` compares the mock with it. `make integrations` runs this; `make test` does
not collect it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT
from helpers.mock.record.record import record
from helpers.mock.record.replay import replay
from helpers.notebooks.gates import Book
from helpers.notebooks.gates.executed import ANYWHERE, Execution, problems
from helpers.notebooks.jobs import Result
from helpers.notebooks.pytest_plugin import AT_A_TIME
from helpers.notebooks.registry import PROJECT, Notebook, load
from helpers.notebooks.run import run
from helpers.transcript import Transcript

SERVER = PROJECT / "tests" / "elsewhere" / "aimock" / "server.mjs"
PACKAGES = PROJECT / "build" / "elsewhere" / "aimock"
NOTEBOOKS = [notebook for notebook in load() if "compatible" in notebook.backends]
SAID = "This is another server, with another answer."


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Its base URL."""
    program = PACKAGES / SERVER.name
    program.write_bytes(SERVER.read_bytes())
    with subprocess.Popen(["node", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def results(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_BASE_URL", server)
        patch.setenv("CLARIFAI_PAT", MOCK_PAT)
        output = tmp_path_factory.mktemp("compatible")
        done = run(NOTEBOOKS, backend="compatible", output=output, jobs=AT_A_TIME)
    return {result.notebook: result for result in done}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_runs_and_keeps_the_rules_for_what_it_sends(
    notebook: Notebook, results: dict[str, Result]
) -> None:
    result = results[notebook.name]
    assert (result.status, result.problem, result.backend) == ("ok", None, "compatible")
    book = Book.open(notebook.path, load())
    assert not problems(Execution.read(book, Path(result.copy)), ANYWHERE)


def test_what_they_got_is_not_what_the_mock_says(results: dict[str, Result]) -> None:
    said = [
        exchange.message["content"]
        for result in results.values()
        for exchange in Transcript.read(
            Path(result.copy).with_suffix(".transcript.jsonl")
        ).exchanges
        if exchange.message
    ]
    assert said.count(SAID) > 30
    assert not [text for text in said if text and "simulat" in text]


def replies(base_url: str) -> list[str]:
    """An id, a text, and a text that was streamed."""
    create = OpenAI(base_url=base_url, api_key=MOCK_PAT).chat.completions.create
    whole = create(model="m", messages=[{"role": "user", "content": "Who are you?"}])
    stream = create(model="m", messages=[{"role": "user", "content": "Who are you?"}], stream=True)
    pieces = [choice.delta.content or "" for chunk in stream for choice in chunk.choices]
    return [whole.id, whole.choices[0].message.content or "", "".join(pieces)]


def test_it_is_recorded_and_replayed(server: str, tmp_path: Path) -> None:
    with record(tmp_path, server) as recorder:
        recorded = replies(recorder.base_url)
    with replay(tmp_path) as replayed:
        assert replies(replayed.base_url) == recorded
    assert recorded[1:] == [SAID, SAID]


def test_the_mock_is_compared_with_it(server: str, tmp_path: Path) -> None:
    report = tmp_path / "drift.json"
    command = ["drift", "--against", server, "--only", "chat", "--json", str(report)]
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *command],
        env=os.environ | {"CLARIFAI_PAT": MOCK_PAT},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    found = json.loads(report.read_text(encoding="utf-8"))["differences"]
    # It has no `annotations`, to name one; what it says in words is no difference.
    assert done.returncode == 1, done.stderr
    assert any("annotations" in json.dumps(each) for each in found)
    assert SAID not in json.dumps(found)
