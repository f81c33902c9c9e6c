"""A notebook is not made for its committed parameters alone."""

import os
import re
from pathlib import Path

import pytest

from helpers.mock.catalogue import find
from helpers.models import parse_model
from helpers.notebooks.gates import Book
from helpers.notebooks.gates.executed import ANYWHERE, Execution, problems
from helpers.notebooks.jobs import Job, Result, execute
from helpers.notebooks.pytest_plugin import AT_A_TIME
from helpers.notebooks.registry import Notebook, load
from helpers.transcript import Transcript

# For each kind of model another than the committed one, of another maker where there is one, in the
# short form of a reference.
OTHER_MODELS = {
    "chat": "anthropic/completion/models/claude-sonnet-4",
    "embeddings": "openai/embed/models/text-embedding-3-large",
    "images": "xai/image-generation/models/grok-2-image-1212",
}
NOTEBOOKS = [notebook for notebook in load() if "MODEL" in notebook.parameters]


def other_model(notebook: Notebook) -> str:
    committed = {
        "".join(cell["source"])
        for cell in notebook.cells
        if "parameters" in cell["metadata"].get("tags", [])
    }
    url = re.search(r'MODEL = "(.+)"', committed.pop())
    model = find(parse_model(url[1])) if url else None
    assert model, f"{notebook.name}: MODEL is no model that the mock knows"
    return next(other for kind, other in OTHER_MODELS.items() if kind in model.kinds)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("other parameters")
    environment = os.environ | {"CLARIFAI_BACKEND": "mock"}
    jobs = [
        Job(
            notebook,
            folder / notebook.path.name,
            environment,
            parameters={"MODEL": other_model(notebook)},
        )
        for notebook in sorted(NOTEBOOKS, key=lambda notebook: -notebook.minutes)
    ]
    return {result.notebook: result for result in execute(jobs, AT_A_TIME)}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_runs_with_another_model_and_asks_it(
    notebook: Notebook, results: dict[str, Result]
) -> None:
    result = results[notebook.name]
    assert (result.status, result.problem, result.backend) == ("ok", None, "mock")
    transcript = Transcript.read(Path(result.copy).with_suffix(".transcript.jsonl"))
    # The native API has the model in the address.
    bodies = [exchange.request for exchange in transcript.exchanges]
    asked = [body["model"] for body in bodies if "model" in (body or {})]
    other = other_model(notebook)
    assert asked[0] == other
    # What a notebook teaches may name models of its own; the committed parameter is not among them.
    assert asked.count(other) > len(asked) / 2


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_what_it_sends_to_another_model_keeps_the_rules(
    notebook: Notebook, results: dict[str, Result]
) -> None:
    book = Book.open(notebook.path, load())
    execution = Execution.read(book, Path(results[notebook.name].copy))
    assert not problems(execution, ANYWHERE)


def test_every_notebook_with_a_model_is_among_them() -> None:
    assert {"02_basic_inference", "03_tool_calling", "04_weather_example"} <= {
        notebook.name for notebook in NOTEBOOKS
    }
