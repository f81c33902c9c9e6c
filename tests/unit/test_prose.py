"""What is a claim, whether it holds, and which sentence is named when it does not."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.notebooks import prose
from helpers.notebooks.book import Book
from helpers.notebooks.gates.claims import contradictions, unclaimed
from helpers.notebooks.gates.executed import Execution, miscounts
from helpers.transcript import Exchange, Transcript

OUTPUT = "finish reason: tool_calls\nsent:    14 tokens\nlow: -3.5 high: 20.25 'New York'\n"


def notebook(text: str, output: str = OUTPUT, source: str = "show()") -> NotebookNode:
    shown = new_output("stream", name="stdout", text=output)
    code = new_code_cell(source, outputs=[shown], execution_count=1)
    return new_notebook(cells=[code, new_markdown_cell(text)])


def book(notebook: NotebookNode) -> Book:
    return Book(notebook, Path("17_do_something.ipynb"))


@pytest.mark.parametrize(
    "text", ["14", "tool_calls", "sent: 14 tokens", "-3.5", "20.25", "'New York'", "high"]
)
def test_what_the_output_shows_may_be_claimed(text: str) -> None:
    assert not list(contradictions(book(notebook(f"It says **`{text}`**."))))


@pytest.mark.parametrize("text", ["1", "4", "15", "3.5", "20", "25", "tool", "tokens low", "york"])
def test_what_it_does_not_show_as_a_whole_contradicts(text: str) -> None:
    (problem,) = contradictions(book(notebook(f"First. It says **`{text}`**, e.g. `a. B`. Last.")))
    assert "cell 2 (" in problem
    assert problem.endswith(f"in: It says `{text}`, e.g. `a. B`.")


@pytest.mark.parametrize("text", ["**see `x`**", "**calls it**", "**`a` and `b`**"])
def test_bold_code_that_is_no_claim_is_a_mistake(text: str) -> None:
    assert "no form of a claim" in "".join(contradictions(book(notebook(text))))


@pytest.mark.parametrize("text", ["**Now**", "*`x`*", "**total tokens**", "```\n**`x`**\n```"])
def test_other_text_claims_nothing(text: str) -> None:
    assert not list(prose.claims(notebook(text)))


def test_a_claim_needs_a_cell() -> None:
    alone = new_notebook(cells=[new_markdown_cell("It says **`x`**.")])
    assert "no code cell is above it" in "".join(contradictions(book(alone)))


TRANSCRIPT = Transcript(
    [
        Exchange(
            "POST",
            "/chat/completions",
            {},
            200,
            {
                "choices": [
                    {
                        "message": {
                            "role": "assistant",
                            "tool_calls": [
                                {"id": str(n), "function": {"name": "look", "arguments": "{}"}}
                                for n in range(calls)
                            ],
                        }
                    }
                ],
                "usage": {"total_tokens": 12},
            },
            cell=cell,
        )
        for cell, calls in ((1, 0), (1, 2), (2, 0))
    ]
)


def executed(notebook: NotebookNode) -> Execution:
    return Execution(book(notebook), notebook, TRANSCRIPT)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("**2 requests**", True),
        ("**Two requests**", True),
        ("**1 request**", False),
        ("**24 tokens**", True),
        ("**25 tokens**", False),
        ("**calls `look`**", True),
        ("It **calls `look` twice**", True),
        ("**calls `look` 2 times**", True),
        ("**calls `look` once**", False),
        ("**Calls `hear`**", False),
        ("**calls no tool**", False),
    ],
)
def test_a_claim_about_what_was_sent_is_checked_against_its_own_cell(
    text: str, holds: bool
) -> None:
    problems = list(miscounts(executed(notebook(f"And {text}."))))
    assert not problems if holds else f"{text}, but" in problems[0]
    assert not list(contradictions(book(notebook(f"And {text}."))))


def test_no_call_is_a_claim_about_a_reply_so_there_has_to_be_one() -> None:
    silent = notebook("It **calls no tool**.")
    for cell, holds in ((2, True), (3, False)):
        silent.cells[0].execution_count = cell
        assert bool(list(miscounts(executed(silent)))) is not holds


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("It sent 14 tokens.", "14"),
        ("The reason is `tool_calls`.", "tool_calls"),
        ('It says "New York."', "New York"),
        ("- as in `high`", "high"),
        ("It is **`14`**, and 14 is not much.", None),
        ("It sent some, as in [notebook 14](14.ipynb) and in step 14.", None),
        ("## Then\n\nThere are 14.", None),
        ("It shows 15, and `show`.", None),
    ],
)
def test_what_prose_repeats_without_a_claim_is_noticed(text: str, repeated: str | None) -> None:
    problems = list(unclaimed(book(notebook(text))))
    assert [problem.partition(": ")[2].partition(" is in")[0] for problem in problems] == (
        [repr(repeated)] if repeated else []
    )


def test_what_the_reader_put_in_need_not_be_claimed() -> None:
    assert not list(unclaimed(book(notebook("With 14, it is", source="ask(limit=14)"))))


def test_the_header_is_a_paragraph_of_its_own_and_there_once() -> None:
    line = "About 5 minutes · 1 request · 20 tokens."
    assert prose.header(notebook(f"Need.\n\n{line}\n\nMore")) == (5, 1, 20)
    assert prose.header(notebook(f"{line}\nMore")) is None
    assert prose.header(notebook(f"{line}\n\n{line}")) is None


def test_what_was_measured_is_put_into_the_header() -> None:
    opening = notebook("Need.\n\nAbout 5 minutes · 0 requests · 0 tokens.\n\nMore: 0 tokens.")
    prose.name_measured(opening, 1, 20, {"clarifai": "12.9", "openai": "3.99"})
    assert prose.header(opening) == (5, 1, 20)
    assert "· 1 request · 20 tokens · works with `openai` 3." in opening.cells[1].source
    assert " or newer, checked with 3.99.\n\n" in opening.cells[1].source
    assert opening.cells[1].source.endswith("More: 0 tokens.")


def test_the_header_names_clarifai_where_it_is_imported() -> None:
    line = "About 5 minutes · 0 requests · 0 tokens."
    imports = notebook(line, source="from clarifai.client import Model")
    prose.name_measured(imports, 1, 20, {"clarifai": "12.9", "openai": "3.99"})
    assert " and `clarifai` 12." in imports.cells[1].source
    assert " or newer, checked with 3.99 and 12.9." in imports.cells[1].source
