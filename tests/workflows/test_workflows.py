"""The workflows can fail, leak nothing, and run what the README says where it says so."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from helpers.notebooks.registry import PROJECT
from tests.mutants import workflows
from tests.workflows import gates
from tests.workflows.requirements import requirements

FOLDER = PROJECT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.y*ml"))
TEST = FOLDER / "test.yml"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_keeps_every_promise(path: Path) -> None:
    assert not gates.problems(path.read_text(encoding="utf-8"))


def test_every_gate_has_a_mutant() -> None:
    assert {mutant.caught_by for mutant in workflows.MUTANTS} == gates.GATES.keys()


@pytest.mark.parametrize("mutant", workflows.MUTANTS, ids=lambda mutant: mutant.name)
def test_its_gate_catches_a_broken_workflow(mutant: workflows.WorkflowMutant) -> None:
    sound = TEST.read_text(encoding="utf-8")
    broken = mutant.make(sound)
    assert broken != sound
    assert mutant.caught_by in gates.problems(broken)


def test_pull_requests_are_tested_on_every_system_and_python() -> None:
    workflow = gates.Workflow(TEST.read_text(encoding="utf-8"))
    assert workflow.content[True] == {"pull_request": None, "push": {"branches": ["main"]}}
    assert workflow.jobs["test"]["strategy"]["matrix"] == {
        "os": ["ubuntu-latest", "macos-latest", "windows-latest"],
        "python": ["3.11", "3.13"],
    }
    assert {
        name: [step["run"] for step in job["steps"] if "run" in step]
        for name, job in workflow.jobs.items()
    } == {
        "test": ["make lint PYTHON=python", "make test PYTHON=python"],
        "packages": [
            "make setup PYTHON=python",
            ".venv/bin/python -m tests.workflows.requirements ${{ matrix.version }}"
            " | .venv/bin/python -m pip install --upgrade -r /dev/stdin",
            "make test PYTHON=python",
        ],
        "kernels": ["make test KERNELS=ordinary PYTHON=python"],
        "world": ["make world PYTHON=python", "make voice PYTHON=python"],
        "integrations": ["make integrations NB=04 PYTHON=python"],
    }


def test_pull_requests_are_linted() -> None:
    workflow = gates.Workflow(TEST.read_text(encoding="utf-8"))
    [lint] = [step for _, step in workflow.steps if step.get("run", "").startswith("make lint")]
    assert lint["if"] == "runner.os == 'Linux'"
    assert "ubuntu-latest" in workflow.jobs["test"]["strategy"]["matrix"]["os"]


@pytest.mark.parametrize("version", ["oldest", "newest", "next"])
def test_the_packages_to_install_come_from_pyproject(version: str) -> None:
    workflow = yaml.safe_load(TEST.read_text(encoding="utf-8"))
    assert version in workflow["jobs"]["packages"]["strategy"]["matrix"]["version"]
    command = [sys.executable, "-m", "tests.workflows.requirements", version]
    printed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == requirements(version)


def test_the_oldest_and_the_newest_are_of_openai_and_the_next_ones_of_everything() -> None:
    [oldest], [newest], (option, *following) = map(requirements, ("oldest", "newest", "next"))
    assert (oldest.replace("==", ">="), option) == (newest, "--pre")
    names = {Requirement(text).name for text in following}
    assert names >= {"openai", "clarifai", "jupyterlab", "nbval", "papermill", "pytest", "mcp"}


def test_the_live_run_is_weekly_by_hand_or_not_at_all() -> None:
    text = (FOLDER / "live.yml").read_text(encoding="utf-8")
    workflow = gates.Workflow(text)
    assert workflow.triggers == {"schedule", "workflow_dispatch"}
    (minute, hour, day, month, weekday) = workflow.content[True]["schedule"][0]["cron"].split()
    assert (day, month) == ("*", "*") and "*" not in (minute, hour, weekday)
    run, verify = [step for _, step in workflow.steps if "make" in step.get("run", "")]
    assert run["run"] == "make run BACKEND=live PYTHON=python"
    assert verify["run"] == "make verify PYTHON=python"
    assert run["if"] == verify["if"] == "env.HAS_PAT == 'true'"
    assert text.count("secrets.CLARIFAI_PAT }}") == 1, "only the step that needs the key has it"
