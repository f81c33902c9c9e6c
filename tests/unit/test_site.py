"""Where a page's notebook opens elsewhere, and the copies that Colab opens."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from helpers.notebooks.registry import load
from helpers.site import colab, environment, lite
from helpers.site.__main__ import main
from helpers.site.doors import doors, root

REPOSITORY = "https://github.com/owner/name"
ANYWHERE = replace(load()[0], browser="", colab="")


def test_a_notebook_has_a_button_for_each_place_where_it_runs() -> None:
    urls = {door["label"]: door["url"] for door in doors(ANYWHERE, REPOSITORY)}
    name = ANYWHERE.name
    assert urls == {
        "run-in-browser": f"lite/notebooks/index.html?path={name}.ipynb",
        "run-in-colab": f"https://colab.research.google.com/github/owner/name/blob/colab/{name}.ipynb",
        "run-in-binder": "https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/notebooks/"
        f"{name}.ipynb",
    }
    assert [*doors(ANYWHERE, REPOSITORY)] == [*doors(ANYWHERE, REPOSITORY + ".git")]


def test_it_has_none_for_a_place_where_it_does_not() -> None:
    nowhere = replace(ANYWHERE, browser="It needs a socket.", colab="It needs another IPython.")
    assert [door["label"] for door in doors(nowhere, REPOSITORY)] == ["run-in-binder"]
    assert [door["label"] for door in doors(ANYWHERE, "")] == ["run-in-browser"]
    assert [*doors(nowhere, "")] == []


@pytest.mark.parametrize(
    ("repository", "path"),
    [
        ("", "/"),
        (REPOSITORY, "/name/"),
        (REPOSITORY + ".git", "/name/"),
        ("https://github.com/owner/owner.github.io/", "/"),
    ],
)
def test_the_site_is_where_github_serves_it(repository: str, path: str) -> None:
    assert root(repository) == path


def test_a_copy_for_colab_is_the_notebook_with_a_cell_before_it(tmp_path: Path) -> None:
    colab.build(tmp_path / "colab", REPOSITORY)
    assert {path.stem for path in (tmp_path / "colab").iterdir()} == {
        notebook.name for notebook in load() if not notebook.colab
    }
    (notebook, *_) = colab.offered()
    copy = nbformat.read(tmp_path / "colab" / notebook.path.name, as_version=4)
    nbformat.validate(copy)
    assert copy.cells[0].source == colab.first_cell(REPOSITORY)
    assert f"git clone --quiet --depth 1 {REPOSITORY} " in copy.cells[0].source
    assert copy.cells[1:] == nbformat.read(notebook.path, as_version=4).cells


def test_a_notebook_that_does_not_run_in_a_tab_says_so_there(tmp_path: Path) -> None:
    lite.contents(tmp_path / "contents", load())
    for notebook in load():
        copy = tmp_path / "contents" / notebook.path.name
        if notebook.browser:
            said, *cells = nbformat.read(copy, as_version=4).cells
            assert notebook.browser in said.source
            assert cells == nbformat.read(notebook.path, as_version=4).cells
        else:
            assert copy.read_bytes() == notebook.path.read_bytes()


def test_without_a_network_it_says_what_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(environment, "FOLDER", tmp_path / "tools")
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", fail)
    result = CliRunner().invoke(main, ["lite"])
    assert result.exit_code == 2
    assert "The site's packages cannot be fetched: " in result.output
    assert "Check the network" in result.output


@pytest.mark.parametrize(
    ("command", "given"),
    [("colab", ""), ("colab", "owner/name"), ("site", "owner/name"), ("colab", "https://x y")],
)
def test_without_an_address_it_says_how_to_give_one(
    monkeypatch: pytest.MonkeyPatch, command: str, given: str
) -> None:
    monkeypatch.setenv("REPOSITORY", given)
    done = CliRunner().invoke(main, [command])
    assert done.exit_code == 1 and given in done.output
    assert "REPOSITORY=https://github.com/OWNER/NAME" in done.output


def test_what_cannot_be_written_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").touch()
    monkeypatch.setattr("helpers.site.__main__.BUILT", tmp_path / "build")
    monkeypatch.setenv("REPOSITORY", REPOSITORY)
    done = CliRunner().invoke(main, ["colab"])
    assert done.exit_code == 2
    assert done.output.startswith(f"Error: Not a directory: {tmp_path}")
