"""The notebooks run in a browser tab, cells unedited, and show what they show in the clone."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import nbformat
import pytest

from helpers.checks import CORRECT
from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.exercises import posed
from helpers.notebooks.registry import PROJECT, Notebook, load
from helpers.site import wheels
from tests.browser.browsers import CHROMIUM, FIREFOX, drive, find
from tests.browser.serving import PREFIX, served, wire_size

LITE = PROJECT / "build" / "lite"
LOCK = Path("static") / "pyodide" / "pyodide-lock.json"
NOTEBOOKS = [notebook for notebook in load() if not notebook.browser]
FIRST, EDITED = NOTEBOOKS[:2]
MOST_ON_THE_WIRE = 20_000_000
RUNS: dict[str, Any] = {}


def appended() -> list[str]:
    """What a learner adds to the notebook EDITED: a question, and the answer to an exercise."""
    exercise = posed(nbformat.read(EDITED.path, as_version=4))[-1]
    question = """
asked = [{"role": "user", "content": "What is 17 + 25?"}]
print(client.chat.completions.create(model=MODEL, messages=asked).choices[0].message.content)
"""
    return [question, exercise.solution, exercise.check]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served(LITE) as address:
        yield address


def run(site: str, notebook: Notebook, browser: Any = CHROMIUM, *added: str, part: str = "") -> Any:
    """What the driver says of one run. What it has no notebook of, did not end."""
    found = find(browser)
    page = f"{site}notebooks/index.html?path={quote(notebook.path.name)}{part}"
    return drive("run.mjs", found.kind, found.executable, page, *added)


def ran(site: str, notebook: Notebook) -> Any:
    """The run of the notebook in Chromium, of which there is one for all tests of its group."""
    if notebook.name not in RUNS:
        added = appended() if notebook == EDITED else []
        RUNS[notebook.name] = run(site, notebook, CHROMIUM, *added)
    return RUNS[notebook.name]


def unlike(notebook: Notebook, ran: Any) -> list[str]:
    """Where the cells of a run differ from the committed ones, and how."""
    if "notebook" not in ran:
        return [f"it did not end: {ran.get('failed')}; {ran['said'][-3:]}"]
    committed = nbformat.read(notebook.path, as_version=4)
    fresh = nbformat.from_dict(ran["notebook"])
    problems = []
    for number, (old, new) in enumerate(zip(committed.cells, fresh.cells, strict=False)):
        if new.source != old.source:
            problems.append(f"cell {number} is another: {new.source}")
        elif old.cell_type == "code":
            plot = PLOT in old.metadata.get("tags", [])
            if plot and _says_that_it_has_no_plot(new):
                continue
            for problem in differences(old.outputs, new.outputs, plot=plot):
                problems.append(f"cell {number} ({old.source.splitlines()[0]}): {problem}")
    return problems


def _says_that_it_has_no_plot(cell: Any) -> bool:
    return any("There is no plot here" in output.get("text", "") for output in cell.outputs)


def together(notebook: Notebook) -> Any:
    """One worker of xdist has all tests of a notebook, since they share a run."""
    return pytest.param(notebook, id=notebook.name, marks=pytest.mark.xdist_group(notebook.name))


@pytest.mark.parametrize("notebook", [together(notebook) for notebook in NOTEBOOKS])
def test_a_notebook_shows_in_a_tab_what_it_shows_in_the_clone(
    notebook: Notebook, site: str
) -> None:
    assert unlike(notebook, ran(site, notebook)) == []


@pytest.mark.parametrize("notebook", [together(FIRST)])
def test_a_first_visit_is_small(notebook: Notebook, site: str) -> None:
    asked = {urlsplit(url).path.removeprefix(PREFIX) for url in ran(site, notebook)["asked"]}
    assert 1_000_000 < wire_size(LITE, asked) <= MOST_ON_THE_WIRE


@pytest.mark.parametrize("notebook", [together(EDITED)])
def test_what_a_learner_adds_is_answered_and_kept(notebook: Notebook, site: str) -> None:
    result, added = ran(site, notebook), appended()
    question, _, check = result["notebook"]["cells"][-len(added) :]
    assert "42" in json.dumps(question["outputs"])
    assert CORRECT in json.dumps(check["outputs"])
    kept = result["reloaded"]["cells"][-len(added) :]
    assert [cell["source"] for cell in kept] == added
    assert kept[0]["outputs"] == question["outputs"]


def test_it_runs_in_firefox(site: str) -> None:
    assert unlike(EDITED, run(site, EDITED, FIREFOX)) == []


def test_it_runs_where_nothing_can_be_stored(site: str) -> None:
    assert unlike(FIRST, run(site, FIRST, part="#blocked")) == []


def test_every_package_is_the_locks() -> None:
    assert unlocked(LITE) == []


def unlocked(folder: Path) -> list[str]:
    """The packages that come from the site, and are neither pinned by a lock nor made here."""
    pinned = {
        hash_
        for lock in ("requirements.lock", "requirements-site.lock")
        for pin in wheels.pins((PROJECT / lock).read_text(encoding="utf-8")).values()
        for hash_ in pin.hashes
    }
    brought = {wheels.PROJECT_NAME, "jedi", "piplite", "ipykernel", "pyodide-kernel"}
    packages = json.loads((folder / LOCK).read_text(encoding="utf-8"))["packages"]
    problems = []
    for name, package in packages.items():
        if "://" not in package["file_name"]:
            wheel = (folder / LOCK).with_name(package["file_name"])
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            if digest != package["sha256"] or (
                name not in brought and f"sha256:{digest}" not in pinned
            ):
                problems.append(name)
    return problems


# --- broken on purpose: each has to be noticed ---


def broken(tmp_path: Path, file: Path | str, old: str, new: str) -> Path:
    """A copy of the browser version in which a text of a file is replaced."""
    copy = tmp_path / "lite"
    shutil.copytree(LITE, copy, copy_function=os.link)
    text = (LITE / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).unlink()
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return copy


def test_an_address_of_another_origin_is_noticed(tmp_path: Path) -> None:
    ours, foreign = "./static/pyodide/pyodide.mjs", "http://localhost:9/pyodide/pyodide.mjs"
    with served(broken(tmp_path, "jupyter-lite.json", ours, foreign)) as site:
        assert run(site, EDITED)["failed"].startswith("another origin")


def test_another_pin_is_noticed(tmp_path: Path) -> None:
    packages = json.loads((LITE / LOCK).read_text(encoding="utf-8"))["packages"]
    ours, another = packages["openai"]["file_name"], packages["anyio"]["file_name"]
    copy = broken(tmp_path, LOCK, json.dumps(ours), json.dumps(another))
    assert unlocked(copy) == ["openai"]
    with served(copy) as site:
        assert unlike(EDITED, run(site, EDITED))


def test_a_mock_that_needs_sockets_is_noticed(tmp_path: Path) -> None:
    packages = json.loads((LITE / LOCK).read_text(encoding="utf-8"))["packages"]
    ours = packages[wheels.PROJECT_NAME]
    wheel = tmp_path / ours["file_name"]
    _without_the_route(LITE / LOCK.parent / ours["file_name"], wheel)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    copy = broken(tmp_path, LOCK, ours["sha256"], digest)
    (copy / LOCK.parent / wheel.name).unlink()
    shutil.copy(wheel, copy / LOCK.parent)
    with served(copy) as site:
        assert "running gave error" in unlike(EDITED, run(site, EDITED))[0]


def _without_the_route(wheel: Path, changed: Path) -> None:
    """The project's wheel, with a mock that is served in a browser as everywhere else."""
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(changed, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "helpers/mock/__init__.py":
                assert b'"emscripten"' in content
                content = content.replace(b'"emscripten"', b'"nowhere"')
            new.writestr(member, content)
