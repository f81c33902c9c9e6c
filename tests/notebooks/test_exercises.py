"""Every exercise that is checked is posed, once, in the notebook that its module is named after."""

import re

import nbformat

from helpers.checks import EXERCISES, NOT_YET, Answer, find
from helpers.notebooks.exercises import posed
from helpers.notebooks.registry import load


def test_every_exercise_is_posed_once_where_its_module_says() -> None:
    found = [
        (each.id, re.sub(r"^\d\d_", "", notebook.name))
        for notebook in load()
        if notebook.path.is_file()
        for each in posed(nbformat.read(notebook.path, 4))
    ]
    registered = [(id, find(id).check.__module__.rpartition(".")[2]) for id, _ in found if find(id)]
    assert found == registered
    assert sorted(id for id, _ in found) == sorted(EXERCISES)


def test_nothing_sent_is_never_right() -> None:
    for exercise in EXERCISES.values():
        if exercise.sends:
            assert exercise.verdict(Answer([])).startswith(NOT_YET)


def test_the_praise_is_no_hint() -> None:
    for exercise in EXERCISES.values():
        assert exercise.wrong, exercise.id
        assert exercise.correct not in [wrong.hint for wrong in exercise.wrong]
