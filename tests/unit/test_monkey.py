"""The learner at random does the same with the same seed, and notices who is left alone."""

import random
import traceback
from pathlib import Path

import nbformat
import pytest

from helpers.transcript import Transcript
from tests.notebooks.monkey import changed, helpful, lives, run
from tests.unit.conftest import MakeNotebook

SETUP = "from helpers import use_endpoint\n\nuse_endpoint()"


@pytest.mark.parametrize(
    ("last", "left_alone"),
    [
        ("print(found)", False),
        ("raise ValueError(found)", True),
    ],
)
def test_an_error_that_does_not_say_what_to_do_is_noticed(
    make_notebook: MakeNotebook, tmp_path: Path, last: str, left_alone: bool
) -> None:
    notebook = make_notebook(tmp_path, "01_finds", SETUP, "found = [0]", last)
    assert bool([*run(notebook, range(6), 2)]) == left_alone


def test_looking_for_what_was_not_sent_yet_says_what_to_do() -> None:
    assert Transcript().exchanges[-3:] == []
    with pytest.raises(IndexError) as caught:
        Transcript().exchanges[-1]
    said = "".join(traceback.format_exception(caught.value))
    assert helpful(nbformat.from_dict({"ename": "IndexError", "traceback": [said]}))


def test_a_seed_says_all_that_a_learner_does() -> None:
    cells = [nbformat.v4.new_code_cell(f"limit = {n}") for n in range(20)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert lives(notebook, 17) == lives(notebook, 17) != lives(notebook, 18)
    done = [step for seed in range(20) for life in lives(notebook, seed) for step in life]
    order = [step.cell for step in done]
    assert any(step.changed for step in done)
    assert order != sorted(order) and len(order) > len({*order})
    assert any(len(lives(notebook, seed)) > 1 for seed in range(20))


def test_what_is_changed_is_data() -> None:
    sources = {changed("city = names[0] or 'Paris'", random.Random(seed)) for seed in range(30)}
    assert len(sources) > 3
    assert all(source.startswith("city = names[0] or '") for source in sources)
    assert changed("%time city = 'Paris'", random.Random(1)) == "%time city = 'Paris'"
