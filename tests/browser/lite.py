"""The notebooks run in a browser tab, cells unedited, and show what they show in the clone."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import nbformat
import pytest

from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.registry import PROJECT, Notebook, load
from tests.browser.browsers import CHROMIUM, FIREFOX, drive, find
from tests.browser.serving import PREFIX, served, wire_size

LITE = PROJECT / "build" / "lite"
SECONDS = 240
NOTEBOOKS = [notebook for notebook in load() if not notebook.browser]
MOST_ON_THE_WIRE = 20_000_000
RUNS: dict[str, Any] = {}


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served(LITE) as address:
        yield address


def run(site: str, notebook: Notebook, browser: Any = CHROMIUM, *appended: str) -> Any:
    found = find(browser)
    page = f"{site}notebooks/index.html?path={quote(notebook.path.name)}"
    result = drive(
        "run.mjs", found.kind, found.executable, page, str(SECONDS), *appended, seconds=SECONDS
    )
    if "notebook" not in result:
        pytest.fail(f"{notebook.name}: {result}")
    return result


def unlike(notebook: Notebook, ran: Any) -> list[str]:
    """Where the cells of a run differ from the committed ones, and how."""
    committed = nbformat.read(notebook.path, as_version=4)
    fresh = nbformat.from_dict(ran["notebook"])
    assert [cell.source for cell in fresh.cells] == [cell.source for cell in committed.cells]
    problems = []
    for number, (old, new) in enumerate(zip(committed.cells, fresh.cells, strict=True)):
        if old.cell_type == "code":
            plot = PLOT in old.metadata.get("tags", [])
            if plot and _says_that_it_has_no_plot(new):
                continue
            for problem in differences(old.outputs, new.outputs, plot=plot):
                problems.append(f"cell {number} ({old.source.splitlines()[0]}): {problem}")
    return problems


def _says_that_it_has_no_plot(cell: Any) -> bool:
    return any("There is no plot here" in output.get("text", "") for output in cell.outputs)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_shows_in_a_tab_what_it_shows_in_the_clone(
    notebook: Notebook, site: str
) -> None:
    ran = run(site, notebook)
    RUNS[notebook.name] = ran
    assert unlike(notebook, ran) == []
    assert elsewhere(site, ran["asked"]) == []


def elsewhere(site: str, asked: list[str]) -> list[str]:
    """What was asked of another origin."""
    return [url for url in asked if not url.startswith((site, "data:", "blob:"))]


def test_a_first_visit_is_small(site: str) -> None:
    ran = RUNS.get(NOTEBOOKS[0].name) or run(site, NOTEBOOKS[0])
    paths = {urlsplit(url).path.removeprefix(PREFIX) for url in ran["asked"]}
    assert 1_000_000 < wire_size(LITE, paths) <= MOST_ON_THE_WIRE


EDIT = """
asked = [{"role": "user", "content": "What is 17 + 25?"}]
print(client.chat.completions.create(model=MODEL, messages=asked).choices[0].message.content)
"""


def test_an_edit_is_answered(site: str) -> None:
    ran = run(site, NOTEBOOKS[1], CHROMIUM, EDIT)
    assert "42" in json.dumps(ran["notebook"]["cells"][-1]["outputs"])


def test_it_runs_in_firefox(site: str) -> None:
    assert unlike(NOTEBOOKS[1], run(site, NOTEBOOKS[1], FIREFOX)) == []


# --- broken on purpose: each has to be noticed ---


def broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    copy = tmp_path / "lite"
    shutil.copytree(LITE, copy)
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def test_an_address_of_another_origin_is_noticed(tmp_path: Path) -> None:
    copy = broken(
        tmp_path,
        "jupyter-lite.json",
        "./static/pyodide/pyodide.mjs",
        "http://localhost:9/pyodide/pyodide.mjs",
    )
    with served(copy) as site:
        found = find(CHROMIUM)
        page = f"{site}notebooks/index.html?path={NOTEBOOKS[1].path.name}"
        ran = drive("run.mjs", found.kind, found.executable, page, "20", seconds=20)
    assert elsewhere(site, ran["asked"])


def test_another_pin_is_noticed(tmp_path: Path) -> None:
    lock = json.loads((LITE / "static" / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    pin = lock["packages"]["openai"]["sha256"]
    copy = broken(tmp_path, "static/pyodide/pyodide-lock.json", pin, "0" * 64)
    with served(copy) as site:
        found = find(CHROMIUM)
        page = f"{site}notebooks/index.html?path={NOTEBOOKS[1].path.name}"
        ran = drive("run.mjs", found.kind, found.executable, page, "40", seconds=40)
    assert "notebook" not in ran or unlike(NOTEBOOKS[1], ran)
