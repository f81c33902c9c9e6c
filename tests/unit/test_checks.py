"""A check reads the answer that was run last, and says what is wrong with it."""

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import checks
from helpers.checks import Answer, Wrong, check, exercise
from helpers.transcript import Exchange, Transcript, current_cell, transcript
from helpers.transcript import capture as module


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_transcript", Transcript())
    monkeypatch.setattr(checks, "EXERCISES", {})
    monkeypatch.setattr(checks, "_checks", set())
    monkeypatch.setattr(checks, "_checked", 0)

    @exercise("warm", correct="it is warm.", wrong=[])
    def _(answer: Answer, wanted: str = "warm") -> str | None:
        texts = [sent.text for sent in answer.sent]
        return None if texts == [wanted] else f"you sent {texts}."


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    yield InteractiveShell.instance(user_ns={"send": send, "check": check})
    InteractiveShell.clear_instance()


def send(text: str) -> None:
    request = {"messages": [{"role": "user", "content": text}]}
    exchange = Exchange("POST", "/chat/completions", request, 200, {}, cell=current_cell())
    transcript().exchanges.append(exchange)


def run(shell: InteractiveShell, *sources: str) -> None:
    for source in sources:
        shell.run_cell(source, store_history=True).raise_error()


def test_the_verdict_is_one_line(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "send('cold')", "check('warm')", "send('warm')", "check('warm')")
    assert capsys.readouterr().out == "Not yet: you sent ['cold'].\nCorrect: it is warm.\n"


@pytest.mark.parametrize(
    "sources",
    [
        ["send('cold')", "send('warm')", "check('warm')"],
        ["send('warm')", "check('warm')", "check('warm')"],
        ["send('cold')", "check('warm')", "send('warm'); check('warm')"],
        ["send('hot')", "check('warm', wanted='hot')"],
    ],
)
def test_it_looks_at_the_cell_that_was_run_last(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], sources: list[str]
) -> None:
    run(shell, *sources)
    assert capsys.readouterr().out.endswith("Correct: it is warm.\n")


def test_what_a_lesson_sent_is_no_answer(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "send('warm')", "answer = 'that sends nothing'", "check('warm')")
    assert capsys.readouterr().out == f"Not yet: {checks.NOTHING_SENT}\n"


def test_in_a_program_it_looks_at_what_was_sent_since_the_last_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    send("cold")
    check("warm")
    send("warm")
    check("warm")
    assert capsys.readouterr().out.endswith("Correct: it is warm.\n")


def test_an_exercise_that_needs_no_request_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    @exercise("sum", correct="right.", wrong=[], sends=False)
    def _(answer: Answer, total: int) -> str | None:
        return None if total == 4 else "add again."

    check("sum", total=4)
    assert capsys.readouterr().out == "Correct: right.\n"


def test_an_unknown_exercise_and_a_doubled_one_are_named() -> None:
    with pytest.raises(LookupError, match="no exercise 'worm'; there is: warm"):
        check("worm")
    with pytest.raises(ValueError, match="two exercises 'warm'"):
        exercise("warm", correct="", wrong=[])(lambda answer: None)


def test_a_wrong_answer_is_the_solution_edited() -> None:
    assert Wrong("", edit={"a": "b"}).answer("a + 1") == "b + 1"
    assert Wrong("", code="2").answer("a + 1") == "2"
    with pytest.raises(ValueError, match="no 'c' to edit"):
        Wrong("", edit={"c": "b"}).answer("a + 1")
