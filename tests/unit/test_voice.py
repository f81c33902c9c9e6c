"""What shows a reply has to be another in another voice; a printed constant is not."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.notebooks.book import Book
from helpers.notebooks.gates.executed import Execution
from helpers.notebooks.registry import load
from helpers.notebooks.voice import constants, excuses
from helpers.transcript import Exchange, Transcript

REPLY = "The Nile is the longest river in Africa. It flows north."
JSON = '{"text": "The Nile is the longest river in Africa."}'


def shown(text: str) -> NotebookNode:
    output = new_output("stream", name="stdout", text=f"{text}\n")
    return new_notebook(cells=[new_code_cell("ask()", outputs=[output], execution_count=1)])


def execution(stored: str, fresh: str, reply: str) -> Execution:
    body = {"choices": [{"message": {"role": "assistant", "content": reply}}]}
    sent = Exchange("POST", "/chat/completions", {}, 200, body, cell=1)
    return Execution(Book(shown(stored), Path("x.ipynb")), shown(fresh), Transcript([sent]))


def test_a_constant_in_the_place_of_the_reply_is_caught() -> None:
    (problem,) = constants(execution(REPLY, REPLY, f"Gladly. {REPLY}"))
    assert problem.startswith("cell 1: shows 'The Nile")


@pytest.mark.parametrize(
    ("stored", "fresh", "reply"),
    [
        (REPLY, f"Gladly. {REPLY}", f"Gladly. {REPLY}"),
        ("finish reason: stop", "finish reason: stop", f"Gladly. {REPLY}"),
        (JSON, JSON, JSON),
    ],
    ids=["the reply itself", "no word of the reply", "JSON, which no voice changes"],
)
def test_what_is_innocent_passes(stored: str, fresh: str, reply: str) -> None:
    assert not list(constants(execution(stored, fresh, reply)))


def test_an_excuse_has_a_reason_and_a_notebook() -> None:
    excused = {each.name: excuses(each.name) for each in load()}
    assert any(excused.values())
    assert all(len(reason) > 20 for each in excused.values() for reason in each.values())
