"""What a repository tells its host, each in the form that the host reads."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers.notebooks.registry import PROJECT

HOST = PROJECT / ".github"
FORMS = sorted(path for path in (HOST / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
ELEMENTS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_can_be_filled_in(path: Path) -> None:
    form = read(path)
    assert form["name"] and form["description"]
    ids = [element["id"] for element in form["body"]]
    assert len(set(ids)) == len(ids)
    for element in form["body"]:
        assert element["type"] in ELEMENTS and element["attributes"]["label"]
        assert element["type"] != "dropdown" or len(set(element["attributes"]["options"])) > 1


def test_dependabot_watches_every_kind_of_lock() -> None:
    config = read(HOST / "dependabot.yml")
    assert config["version"] == 2
    watched = {
        directory
        for update in config["updates"]
        for directory in update.get("directories", [update.get("directory")])
    }
    assert {update["package-ecosystem"] for update in config["updates"]} == {
        "github-actions",
        "pip",
        "npm",
    }
    for lock in PROJECT.glob("*/**/package-lock.json"):
        if not {"node_modules", "build", ".venv"} & set(lock.parts):
            folder = "/" + lock.parent.relative_to(PROJECT).as_posix()
            assert folder in watched or folder.rpartition("/")[0] + "/*" in watched


def test_the_citation_names_the_version_that_is_built() -> None:
    citation = read(PROJECT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{citation["version"]}"\n' in text


def test_binder_and_the_container_install_what_the_lock_has() -> None:
    binder = PROJECT / ".binder"
    build = (binder / "postBuild").read_text(encoding="utf-8")
    assert "pip install --quiet --no-deps --require-hashes -r requirements.lock" in build
    runtime = (binder / "runtime.txt").read_text(encoding="utf-8")
    assert runtime.startswith("python-3.") and int(runtime.split(".")[1]) >= 11
    assert (binder / "postBuild").stat().st_mode & 0o111
    container = json.loads((PROJECT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert container["postCreateCommand"] == "make setup"
    for path in container["customizations"]["codespaces"]["openFiles"]:
        assert (PROJECT / path).is_file()
