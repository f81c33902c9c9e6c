"""Notebooks, the recorder and `drift` on a real model: a small one, served here by llama.cpp.

`make integrations` runs this with every notebook that is for any compatible server, or with those
that `NB` names; `make local-check` runs all the others too, and keeps what comes of it as evidence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import groupby
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
from helpers.problem import Problem
from tests.elsewhere.compatible import replies

PYTHON = PROJECT / "build" / "local" / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
# It sees and makes none, and so has the mock before it in these, as in those for the mock alone.
OF_PICTURES = ("07", "08")
# They send many requests, of which none needs a long reply.
OF_MANY_REQUESTS = ("13", "14", "16", "20")
LONGEST = 200  # tokens: data that is held to a schema has to come to its end
SHORT = 40
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


def way(notebook: Notebook) -> tuple[str, int]:
    """The backend on which it meets the model, and how many tokens a reply may have."""
    alone = "compatible" in notebook.backends and not notebook.name.startswith(OF_PICTURES)
    longest = SHORT if notebook.name.startswith(OF_MANY_REQUESTS) else LONGEST
    return "compatible" if alone else "mock", longest


@contextmanager
def chosen(server: str, backend: str = "compatible") -> Iterator[None]:
    """With it, or the mock before it, as the endpoint of what is started."""
    with (
        MockServer(app=Application(upstream=Told(server)), name=BEFORE_A_MODEL) as mock,
        pytest.MonkeyPatch.context() as patch,
    ):
        base_url = mock.base_url if backend == "mock" else server
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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each notebook that is for any compatible server, of those that are asked for."""
    if "notebook" in metafunc.fixturenames:
        asked = select(metafunc.config.getoption("notebooks").split(), load())
        mine = [notebook for notebook in asked if "compatible" in notebook.backends]
        metafunc.parametrize("notebook", mine, ids=lambda notebook: notebook.name)


def test_a_notebook_keeps_the_rules_whatever_a_weak_model_says(
    server: str, notebook: Notebook
) -> None:
    backend, _ = way(notebook)
    with chosen(server, backend):
        task = Task(notebook.name, "", backend, name(), patience=PATIENCE)
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
    """Run the notebooks that are asked for, or all. In how many ways they were not all kept."""
    options = ["--server", name(), "--patience", str(PATIENCE), "-j", "1"]
    broken = 0
    for (backend, longest), notebooks in groupby(sorted(select(asked, load()), key=way), way):
        mine = [notebook.name for notebook in notebooks]
        with (
            served(longest) as server,
            chosen(server, backend),
            pytest.raises(SystemExit) as ended,
        ):
            matrix([*mine, "-b", backend, *options])
        broken += bool(ended.value.code)
    return broken


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"Error: {problem.message}")
