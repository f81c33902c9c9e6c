"""Every exercise that is checked is posed, once, in the notebook that its module is named after."""

import ast
import inspect
import re
import textwrap
import tomllib

import nbformat
import pytest

import helpers.exercises  # noqa: F401  (its modules register theirs)
from helpers.checks import EXERCISES, NOT_YET, Answer, find
from helpers.notebooks.answers import FOLDER, answers
from helpers.notebooks.exercises import Posed, posed
from helpers.notebooks.registry import load

POSED = [
    (re.sub(r"^\d\d_", "", notebook.name), each)
    for notebook in load()
    if notebook.path.is_file()
    for each in posed(nbformat.read(notebook.path, 4))
]


def test_every_exercise_is_posed_once_where_its_module_says() -> None:
    modules = {id: each.check.__module__.rpartition(".")[2] for id, each in EXERCISES.items()}
    assert {each.id: name for name, each in POSED} == modules
    assert len(POSED) == len(modules)


def test_five_right_and_five_wrong_answers_prove_each() -> None:
    for id in EXERCISES:
        assert len(answers(id).right) >= 5 and len(answers(id).wrong) >= 5, id


def test_all_answers_are_to_an_exercise() -> None:
    for path in FOLDER.iterdir():
        for id in tomllib.loads(path.read_text(encoding="utf-8")):
            assert find(id).check.__module__.endswith(f".{path.stem}")


def test_nothing_sent_is_never_right() -> None:
    for exercise in EXERCISES.values():
        if exercise.sends:
            assert exercise.verdict(Answer([])).startswith(NOT_YET)


def test_the_praise_is_no_hint() -> None:
    for exercise in EXERCISES.values():
        assert exercise.correct not in [wrong.hint for wrong in answers(exercise.id).wrong]


@pytest.mark.parametrize("posed", [each for _, each in POSED], ids=lambda posed: posed.id)
def test_every_hint_is_that_of_a_known_wrong_answer_or_of_the_stub(posed: Posed) -> None:
    exercise = find(posed.id)
    source = textwrap.dedent(inspect.getsource(exercise.check))
    returned = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Return)]
    names = {
        node.id
        for value in returned
        if value
        for node in ast.walk(value)
        if isinstance(node, ast.Name)
    }
    values = [getattr(inspect.getmodule(exercise.check), name, None) for name in names]
    proved = {wrong.hint for wrong in answers(posed.id).wrong}
    proved.add(posed.said.strip().removeprefix(NOT_YET))
    # What is filled into a hint differs.
    hints = {value.partition("{")[0] for value in values if isinstance(value, str)}
    assert not [hint for hint in hints if not any(each.startswith(hint) for each in proved)]
