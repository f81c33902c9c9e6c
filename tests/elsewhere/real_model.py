"""Notebooks, the recorder and `drift` on a real model: a small one, served here by llama.cpp.

`make integrations` runs this with the notebooks in `SOME`; `make local-check` runs all that such a
server can serve, and keeps what comes of it as evidence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from helpers.evidence.__main__ import main as matrix
from helpers.evidence.task import Task, perform
from helpers.mock import BEFORE_A_MODEL, MOCK_PAT
from helpers.mock.application import Application
from helpers.mock.pictures.describe import describe
from helpers.mock.record.record import record
from helpers.mock.record.replay import replay
from helpers.mock.server import MockServer
from helpers.mock.upstream import Upstream
from helpers.notebooks.provenance import locked_packages
from helpers.notebooks.registry import PROJECT, Notebook, load, select
from tests.elsewhere.compatible import replies

PYTHON = PROJECT / "build" / "local" / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
SOME = ("01", "03")
ALL = ("01", "02", "03", "04", "05", "06", "09", "10", "15")
# The mock before it has what it lacks: pictures, faults, prices, servers of tools, the native API.
BEHIND = ("07", "08", "11", "12", "17", "18", "19")
MANY = ("13", "14", "16")
LONGEST = 200  # tokens: data that is held to a schema has to come to its end
SHORT = 40  # where a hundred requests are sent; none of them needs a long reply
PATIENCE = 40  # a core that others use as well makes three tokens a second


def name() -> str:
    """The server, as the page of evidence names it, with its version."""
    version = locked_packages(PROJECT / "requirements-local.lock", ("xllamacpp",))["xllamacpp"]
    return f"llama.cpp (xllamacpp {version}), SmolLM2-135M-Instruct"


@contextmanager
def served(longest: int = LONGEST) -> Iterator[str]:
    """Its base URL, while it runs."""
    program = PROJECT / "helpers" / "local" / "serve.py"
    command: list[str | Path] = [PYTHON, program, "--longest", str(longest)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split(" is at ")[1].partition(";")[0]
        finally:
            process.terminate()


@contextmanager
def chosen(base_url: str) -> Iterator[None]:
    """With it as the endpoint of what is started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_BASE_URL", base_url)
        patch.setenv("CLARIFAI_PAT", MOCK_PAT)
        yield


class Told(Upstream):
    """It sees nothing, and so gets in the place of a picture what the mock says of it."""

    def reply(self, path: str, body: bytes, key: bytes) -> AsyncIterator[Message]:
        told = json.loads(body, object_hook=_in_words)
        return super().reply(path, json.dumps(told).encode(), key)


def _in_words(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") != "image_url":
        return part
    return {"type": "text", "text": f"(A picture: {describe(part['image_url']['url'], '')})"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as base_url:
        yield base_url


@pytest.mark.parametrize("notebook", select(SOME, load()), ids=lambda notebook: notebook.name)
def test_a_notebook_keeps_the_rules_whatever_a_weak_model_says(
    server: str, notebook: Notebook
) -> None:
    with chosen(server):
        task = Task(notebook.name, "", "compatible", name(), patience=PATIENCE)
        evidence = perform(task, "2026-01-31")
    assert {gate: why for gate, why in evidence.verdict.items() if why} == {}
    assert evidence.tokens and not evidence.simulated


def test_a_recording_of_it_is_replayed(server: str, tmp_path: Path) -> None:
    with record(tmp_path, server) as recorder:
        recorded = replies(recorder.base_url)
    with replay(tmp_path) as replayed:
        assert replies(replayed.base_url) == recorded
    assert all(recorded)


def test_the_mock_is_compared_with_it(server: str, tmp_path: Path) -> None:
    report = tmp_path / "drift.json"
    command = ["drift", "--against", server, "--only", "models", "--json", str(report)]
    with chosen(server):
        done = subprocess.run(
            [sys.executable, "-m", "helpers", *command], cwd=PROJECT, capture_output=True, text=True
        )
    found = json.loads(report.read_text(encoding="utf-8"))["differences"]
    assert (done.returncode, bool(found)) == (1, True), done.stderr


def main(asked: list[str]) -> int:
    """Run the notebooks that are asked for, or all. How many of the two kinds were not all kept."""
    options = ["--server", name(), "--patience", str(PATIENCE), "-j", "1"]
    broken = 0
    ways = ("compatible", ALL, LONGEST), ("mock", BEHIND, LONGEST), ("mock", MANY, SHORT)
    for backend, notebooks, longest in ways:
        mine = [each for each in notebooks if not asked or each in asked]
        if mine:
            with (
                served(longest) as server,
                MockServer(app=Application(upstream=Told(server)), name=BEFORE_A_MODEL) as mock,
                chosen(server if backend == "compatible" else mock.base_url),
                pytest.raises(SystemExit) as ended,
            ):
                matrix([*mine, "-b", backend, *options])
            broken += bool(ended.value.code)
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
