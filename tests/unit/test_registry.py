"""The registry is checked when it is read, and a notebook is found by any sensible name."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from helpers import cli
from helpers.evidence import __main__ as evidence
from helpers.notebooks.registry import Notebook, Objective, RegistryError, load, select
from tests.bench import prose
from tests.unit.conftest import MakeNotebook

ENTRY = """
[[notebook]]
name = "01_first"
title = "Begin"
minutes = 5
timeout = 30
backends = ["mock"]
objectives = [{ id = "begin", text = "Begin" }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "registry.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_is_read(tmp_path: Path) -> None:
    assert load(written(tmp_path, ENTRY)) == [
        Notebook(
            name="01_first",
            path=tmp_path / "01_first.ipynb",
            title="Begin",
            objectives=(Objective("begin", "Begin"),),
            minutes=5,
            timeout=30,
            backends=("mock",),
        )
    ]


def test_the_notebooks_of_this_project_are_in_the_order_of_their_numbers() -> None:
    names = [notebook.name for notebook in load()]
    assert names[:4] == ["01_set_up", "02_basic_inference", "03_tool_calling", "04_weather_example"]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Begin"\n', "", "01_first: 'title' is a required property"),
        (
            "minutes = 5",
            'minutes = "5"',
            "01_first: minutes: '5' is not a whole number of minutes, 1",
        ),
        (
            "minutes = 5",
            "minutes = true",
            "minutes: True is not a whole number of minutes",
        ),
        (
            "timeout = 30",
            "timeout = -1",
            "timeout: -1 is not a whole number of seconds, 1 or more",
        ),
        (
            "minutes = 5",
            "minutes = 5\nhours = 1",
            "allowed ('hours' was unexpected)",
        ),
        (
            "minutes = 5",
            "minutes = 5\ncolab = true",
            "colab: True is not a text, the reason",
        ),
        ('["mock"]', '["mok"]', "01_first: backends.0: 'mok' is not one of ['mock', 'live'"),
        (
            '["mock"]',
            "[]",
            "backends: [] is not a list of backends, such as ['mock'",
        ),
        (
            'id = "begin", ',
            "",
            "objectives.0: {'text': 'Begin'} is not an objective, { id",
        ),
        ("Begin" + '" }]', 'x" }, { id = "begin", text = "y" }]', "'begin' is there twice"),
        ("[[notebook]]", "[[notebok]]", "unknown key 'notebok'"),
        ("[[notebook]]", "[notebook]", "entries are headed [[notebook]]"),
        (ENTRY, "notebook = [5]", "entries are headed [[notebook]]"),
        (ENTRY, "", "no [[notebook]] in it"),
        (ENTRY, ENTRY + ENTRY, "01_first: listed twice"),
        (ENTRY, "[[notebook", "registry.toml is not TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(RegistryError) as raised:
        load(written(tmp_path, ENTRY.replace(old, new)))
    assert message in str(raised.value)


def test_a_registry_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="There is no registry"):
        load(tmp_path / "registry.toml")


@pytest.fixture
def notebooks(tmp_path: Path, make_notebook: MakeNotebook) -> list[Notebook]:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    return [make_notebook(folder, name, "1") for name in ("01_one", "02_two", "03_two_more")]


@pytest.mark.parametrize(
    "name", ["02_two", "02_two.ipynb", "notebooks/02_two.ipynb", "02", "02_", "./02_two"]
)
def test_a_notebook_is_found_by(notebooks: list[Notebook], name: str) -> None:
    assert select([name], notebooks) == [notebooks[1]]


def test_no_name_means_all_and_order_and_repetition_do_not_matter(
    notebooks: list[Notebook],
) -> None:
    assert select([], notebooks) == notebooks
    assert select(["03", "01", "03_two_more"], notebooks) == [notebooks[0], notebooks[2]]
    assert select(["03,01"], notebooks) == [notebooks[0], notebooks[2]]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("03_two_mroe", "Did you mean 03_two_more?"),
        ("0", "Did you mean 01_one or 02_two or 03_two_more?"),
        ("zebra", "There are: 01_one, 02_two, 03_two_more."),
        ("", "There are: 01_one, 02_two, 03_two_more."),
    ],
)
def test_another_name_gets_a_hint(notebooks: list[Notebook], name: str, hint: str) -> None:
    with pytest.raises(RegistryError) as raised:
        select([name], notebooks)
    assert str(raised.value) == f"There is no notebook {name!r}. {hint}"


def test_a_notebook_that_is_not_on_disk(notebooks: list[Notebook]) -> None:
    notebooks[0].path.unlink()
    with pytest.raises(RegistryError, match=r"there is no .*\. Take the file back from git"):
        select([], notebooks)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: "print('hello')", "Expecting value: line 1"),
        (lambda text: "\ufeff" + text, "BOM"),
        (lambda text: text.replace("{", "<<<<<<< HEAD\n{", 1), "Expecting value: line 1"),
        (lambda text: "[" * 9**6, "recursion"),
        (lambda text: "[]", "it is not of nbformat 4"),
        (lambda text: text.replace('"nbformat": 4', '"nbformat": 3'), "it is not of nbformat 4"),
        (lambda text: '{"nbformat": 4, "metadata": null}', "it has no metadata"),
        (lambda text: '{"nbformat": 4, "metadata": {}, "cells": {}}', "it has no cells"),
        (lambda text: text.replace('"code"', '"heading"'), "cell 2 is of no known type"),
        (lambda text: text.replace('"source"', '"input"'), "cell 1 has no source"),
        (lambda text: text.replace('"outputs"', '"output"'), "cell 2 has no outputs"),
        (lambda text: text.replace("{}", "null", 1), "cell 1 has no metadata"),
        (lambda text: text.replace("{}", '{"tags": "x"}', 1), "the tags of cell 1 are no list"),
    ],
)
def test_a_file_that_is_not_a_notebook(
    notebooks: list[Notebook], change: Callable[[str], str], problem: str
) -> None:
    path = notebooks[0].path
    path.write_text(change(path.read_text()))
    with pytest.raises(RegistryError, match=rf"01_one\.ipynb is not a notebook: .*{problem}"):
        select(["01"], notebooks)


def test_parameters_are_the_names_that_the_tagged_cell_sets(
    tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    source = 'MODEL = "m"\nCITY: str = "Oslo"\nclient = dict(model=MODEL)\nprint(MODEL)'
    assert make_notebook(tmp_path, "a", "X = 1", parameters=source).parameters == ("MODEL", "CITY")
    assert make_notebook(tmp_path, "b", "MODEL = 1").parameters == ()


@pytest.mark.parametrize("command", [cli.main, evidence.main, prose.main])
def test_a_command_ends_with_a_sentence_for_an_unknown_name(command: click.Command) -> None:
    said = CliRunner().invoke(command, ["run", "zebra"] if command is cli.main else ["zebra"])
    assert said.output.startswith("Error: There is no notebook 'zebra'. There are: 01_")
    assert said.exit_code == 2
