"""Evidence is made once, made again when it is out of date, and told by a page that is made."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.evidence.__main__ import main as command
from helpers.evidence.page import BEGIN, END, Suite, page, problems, write
from helpers.evidence.run import MatrixError, Outcome, fill
from helpers.evidence.task import Evidence, Task, plan, value_set
from helpers.notebooks.registry import PROJECT, load
from tests.elsewhere.repositories import told_by_gpt_oss, told_by_junit, told_by_open_responses
from tests.elsewhere.suites import told_by_compatcanary
from tests.unit.conftest import MakeNotebook

TODAY = "2026-01-31"
MODEL = "anthropic/completion/models/claude-sonnet-4"
ASK = """
from helpers import use_endpoint
use_endpoint()
import os
from openai import OpenAI
client = OpenAI(base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"])
client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Who are you?"}])
"""
ENTRY = """
[[notebook]]
name = "{}"
title = "Ask"
minutes = 1
timeout = 30
backends = ["mock"]
objectives = [{{ id = "ask", text = "Ask" }}]
"""
EVIDENCE = Evidence(
    notebook="01_set_up",
    model="",
    backend="mock",
    server="",
    simulated=True,
    code="sha256:0",
    packages={"clarifai": "12.5.0", "openai": "3.54.0"},
    checked=TODAY,
    verdict={"finished": None, "arguments": None},
    models=("m",),
    requests=2,
    tokens=30,
    seconds=1.5,
)


@pytest.fixture
def tasks(tmp_path: Path, make_notebook: MakeNotebook) -> list[Task]:
    """A notebook that asks a model, and one that raises, in a registry of their own."""
    make_notebook(tmp_path, "01_asks", ASK, parameters=f"MODEL = {MODEL!r}")
    make_notebook(tmp_path, "02_raises", "1 / 0")
    registry = tmp_path / "registry.toml"
    registry.write_text(ENTRY.format("01_asks") + ENTRY.format("02_raises"), encoding="utf-8")
    return [Task(name, registry=registry) for name in ("01_asks", "02_raises")]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('MODEL = "a/b"', "a/b"),
        ("MODEL = 'a/b'  # or another", "a/b"),
        ("MODEL = 0.5  # seconds", 0.5),
        ("print(MODEL)", None),
    ],
)
def test_what_a_notebook_sets_is_read_as_it_is_written(
    line: str, value: object, tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    make_notebook(tmp_path, "01_asks", f"x = 1\n{line}")
    registry = tmp_path / "registry.toml"
    registry.write_text(ENTRY.format("01_asks"), encoding="utf-8")
    assert value_set(Task("01_asks", registry=registry).read_notebook(), "MODEL") == value


def test_what_is_there_is_not_run_again_until_its_cells_change(
    tasks: list[Task], tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    with ThreadPoolExecutor(1) as executor:

        def run() -> Outcome:
            return fill(tasks, folder, executor, checked=TODAY, at_a_time=1)

        first = run()
        assert (first.made, first.found, first.left) == (2, 0, 0)
        asked, raised = (Evidence.read(folder / task.file) for task in tasks)
        assert asked and raised
        assert set(asked.verdict.values()) == {None} and len(asked.verdict) > 3
        assert (asked.models, asked.requests, asked.simulated) == ((MODEL,), 1, True)
        assert asked.tokens == first.tokens > 0
        assert "ZeroDivisionError" in (raised.verdict["finished"] or "")
        assert run() == Outcome(made=0, found=2, left=0, tokens=0)
        notebook = tmp_path / "02_raises.ipynb"
        notebook.write_text(notebook.read_text("utf-8").replace("1 / 0", "2 / 0"), "utf-8")
        assert run().made == 1


def test_no_task_begins_when_the_budget_is_spent(tasks: list[Task], tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        done = fill(tasks, tmp_path / "e", executor, checked=TODAY, at_a_time=1, budget=1)
    assert (done.made, done.left) == (1, 1)
    assert not (tmp_path / "e" / tasks[1].file).exists()


def test_an_executor_that_breaks_down_says_to_run_it_again(tmp_path: Path) -> None:
    (tmp_path / "registry.toml").write_text(ENTRY.format("01_none"), encoding="utf-8")
    task = Task("01_none", registry=tmp_path / "registry.toml")
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(MatrixError, match="Run the same command again"),
    ):
        fill([task], tmp_path / "e", executor, checked=TODAY)


def test_a_model_is_for_notebooks_that_can_be_given_one_of_its_kind() -> None:
    model = "https://clarifai.com/anthropic/completion/models/claude-sonnet-4"
    chosen = {task.notebook for task in plan(load(), [model], "mock") if task.model}
    assert {"02_basic_inference", "03_tool_calling"} <= chosen
    takes_none = {each.name for each in load() if "MODEL" not in each.parameters}
    assert not chosen & takes_none
    assert not [name for name in chosen if "find_by_meaning" in name or "make_a_picture" in name]


def test_the_page_says_who_kept_what_and_why_not(tmp_path: Path) -> None:
    broken = replace(EVIDENCE, model="a/b/models/small", verdict={"arguments": "no city"})
    for number, each in enumerate((EVIDENCE, broken)):
        each.write(tmp_path / "e" / "mock" / f"{number}.json")
    Suite(
        "theirs",
        "1.2",
        "https://example.com/theirs",
        "npx theirs",
        {"b": 4, "c": 3},
        {"a": "no such"},
        TODAY,
    ).write(tmp_path / "e")
    text = page(tmp_path / "e")
    row = f"| 01_set_up | kept, 30 tokens | **broken: arguments** | 3.54.0 | 12.5.0 | {TODAY} |"
    assert row in text
    assert "- 01_set_up, small: arguments: `no city`" in text
    assert (
        "| [theirs](https://example.com/theirs) | 1.2 | `npx theirs` | 7 | 1 | no such (1) |"
        in text
    )


def test_what_a_suite_did_not_pass_has_not_passed() -> None:
    checks = [{"name": n, "status": n, "summary": f"is {n}"} for n in ("pass", "fail", "skip")]
    canary = told_by_compatcanary({"results": checks}, TODAY)
    assert (canary.passed, canary.failed) == ({"pass": 1}, {"fail": "is fail", "skip": "is skip"})
    well = {"success": True, "run_id": "0_0", "result": {"apiType": "chat"}}
    result = {"apiType": "chat", "validResponse": True}
    silent = {"success": False, "run_id": "1_0", "result": result}
    lost = {"test_case": 2, "error": "Connection error."}
    told = told_by_gpt_oss(
        {"whole": "\n".join(map(json.dumps, (well, silent, lost))), "streamed": json.dumps(well)},
        "abc",
        TODAY,
    )
    assert (told.passed, told.version) == ({"chat whole": 1, "chat streamed": 1}, "abc")
    assert list(told.failed.values())[1:] == ["Connection error."]
    assert "does not call the tool" in told.failed["1_0 chat whole"]
    statuses = ("passed", "failed", "skipped")
    cases = [{"id": status, "status": status, "errors": ["x"]} for status in statuses]
    told = told_by_open_responses({"results": cases}, "abc", TODAY)
    assert (told.passed, told.failed) == ({"passed": 1}, {"failed": "failed ['x']"})


def test_a_suite_that_ran_nothing_is_no_evidence(tmp_path: Path) -> None:
    told = told_by_junit("<testsuites/>", "openai-python", "", "pytest", "abc", TODAY)
    with pytest.raises(ValueError, match="openai-python ran no case; try its command, pytest"):
        told.write(tmp_path)


def test_what_a_suite_skips_has_neither_passed_nor_failed() -> None:
    report = """<testsuites><testsuite>
      <testcase classname="tests.a" name="well"/>
      <testcase classname="tests.a" name="left"><skipped message="later"/></testcase>
      <testcase classname="tests.b.TestAsyncOne" name="twice[strict]">
        <failure message="no"/></testcase>
      <testcase classname="tests.b.TestOne" name="twice[loose]"/>
      <testcase classname="tests.b" name="gone"><failure message="NotFoundError: 404"/></testcase>
      <testcase classname="tests.b" name="new"><error message="Nobody knows">why</error></testcase>
    </testsuite></testsuites>"""
    told = told_by_junit(report, "openai-python", "https://example.com", "pytest", "abc", TODAY)
    assert told.passed == {"a": 1}
    assert [*told.failed] == ["b: gone", "b: new", "b.TestOne: twice"]
    assert "no such path" in told.failed["b: gone"]
    assert told.failed["b: new"] == "b new Nobody knows why"


def test_seconds_and_the_order_of_files_do_not_show(tmp_path: Path) -> None:
    other = replace(EVIDENCE, notebook="02_x")
    for name, order, seconds in (("a", (EVIDENCE, other), 1.0), ("b", (other, EVIDENCE), 9.0)):
        for each in order:
            replace(each, seconds=seconds).write(tmp_path / name / "mock" / f"{each.notebook}.json")
    assert page(tmp_path / "a") == page(tmp_path / "b")


def test_broken_evidence_is_no_evidence(tmp_path: Path) -> None:
    path = tmp_path / "e" / "mock" / "x.json"
    replace(EVIDENCE, schema=99).write(path)
    assert Evidence.read(path) is None
    path.write_text("{", encoding="utf-8")
    assert Evidence.read(path) is None
    assert "01_set_up" not in page(tmp_path / "e")


def test_the_committed_page_is_made_of_the_committed_files() -> None:
    stale = [each for each in problems(PROJECT) if each.startswith("docs/evidence.md")]
    assert not stale


def test_a_readme_has_the_counts_and_keeps_its_text(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "evidence"
    EVIDENCE.write(folder / "mock" / "x.json")
    Suite(
        "theirs", "1", "https://example.org", "run it", {"most": 7}, {"last": "why"}, "2026-01-02"
    ).write(folder)
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write(folder)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n") and text.endswith(f"{END}\nafter\n")
    assert "1 of 1 on the mock" in text and "theirs: 7 of 8" in text and "old" not in text


def test_the_page_is_written_beside_its_folder(tmp_path: Path) -> None:
    EVIDENCE.write(tmp_path / "e" / "mock" / "x.json")
    assert write(tmp_path / "e").read_text(encoding="utf-8") == page(tmp_path / "e")


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    result = CliRunner().invoke(command, ["--only-page", "--folder", str(file / "evidence")])
    assert result.exit_code == 2
    assert re.fullmatch(r"Error: .+: .+\. Make room .+\n", result.output)
