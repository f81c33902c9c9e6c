"""A notebook is not made for its committed parameters alone."""

from pathlib import Path

import pytest

from helpers.notebooks.registry import Notebook, load
from helpers.notebooks.run import Result, run
from helpers.transcript import Transcript

# Another maker than the committed one's, and the short form of a reference.
OTHER_MODEL = "anthropic/completion/models/claude-sonnet-4"
NOTEBOOKS = [notebook for notebook in load() if "MODEL" in notebook.parameters]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    output = tmp_path_factory.mktemp("other parameters")
    parameters = {"MODEL": OTHER_MODEL}
    # One at a time: the tests beside this one keep the other cores busy.
    done = run(NOTEBOOKS, parameters=parameters, backend="mock", output=output, jobs=1)
    return {result.notebook: result for result in done}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_runs_with_another_model_and_asks_it(
    notebook: Notebook, results: dict[str, Result]
) -> None:
    result = results[notebook.name]
    assert (result.status, result.problem, result.backend) == ("ok", None, "mock")
    transcript = Transcript.read(Path(result.copy).with_suffix(".transcript.jsonl"))
    asked = [exchange.request["model"] for exchange in transcript.exchanges]
    assert asked[0] == OTHER_MODEL
    # What a notebook teaches may name models of its own; the committed parameter is not among them.
    assert asked.count(OTHER_MODEL) > len(asked) / 2


def test_every_notebook_with_a_model_is_among_them() -> None:
    assert {"02_basic_inference", "03_tool_calling", "04_weather_example"} <= {
        notebook.name for notebook in NOTEBOOKS
    }
