"""What a repository tells its host, each in the form that the host reads."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.version import Version

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


def test_the_version_is_the_last_one_that_the_changes_tell_of() -> None:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    version = tomllib.loads(text)["project"]["version"]
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *headings = re.findall(r"^## (.+)$", changes, re.MULTILINE)
    assert first == "Unreleased"
    released = [re.fullmatch(r"(\S+), (\d{4}-\d\d-\d\d)", heading) for heading in headings]
    told = [(Version(match[1]), match[2]) for match in released if match]
    assert len(told) == len(headings)
    assert told == sorted(set(told), reverse=True)
    assert str(told[0][0]) == version
    citation = read(PROJECT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["version"] == version
    if (PROJECT / ".git").exists():  # and not unpacked from an archive
        tags = subprocess.check_output(["git", "tag", "--list", "v*"], cwd=PROJECT, text=True)
        assert {Version(tag) for tag in tags.split()} <= {number for number, _ in told}


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


def test_the_shell_can_read_what_git_for_windows_checks_out(tmp_path: Path) -> None:
    for name in (".gitattributes", "helpers/setup.sh"):
        shutil.copy(PROJECT / name, tmp_path)
    for command in ("init --quiet", "add setup.sh", "checkout-index --prefix=out/ setup.sh"):
        git = ["git", "-c", "core.autocrlf=true", *command.split()]
        subprocess.run(git, cwd=tmp_path, check=True)
    assert b"\r" not in (tmp_path / "out" / "setup.sh").read_bytes()


def test_the_guide_to_the_mock_installs_it_with_extras_that_there_are() -> None:
    guide = (PROJECT / "docs" / "mock.md").read_text(encoding="utf-8")
    [installed] = re.findall(r"pip install '/path/to/clone\[(.+)\]'", guide)
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = {*re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)}
    assert {*installed.split(",")} <= listed <= {*project["optional-dependencies"]}
