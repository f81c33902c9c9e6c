"""A check reads the answer that was run last, and says what is wrong with it."""

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import checks
from helpers.checks import Answer, Hint, check, exercise, returned
from helpers.faults import fault
from helpers.notebooks.answers import Right, Wrong
from helpers.transcript import Exchange, Transcript, current_cell, transcript
from helpers.transcript import capture as module
from tests import shells


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_transcript", Transcript())
    monkeypatch.setattr(checks, "EXERCISES", {})
    monkeypatch.setattr(checks, "_judged", {})
    monkeypatch.setattr(checks, "_checked", 0)

    @exercise("warm", correct="it is warm.")
    def _(answer: Answer, wanted: str = "warm") -> str | None:
        texts = [sent.text for sent in answer.sent]
        return None if texts == [wanted] else f"you sent {texts}."


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    with shells.shell(send=send, check=check) as made:
        yield made


def send(text: str, status: int = 200, reply: object = None, error: str | None = None) -> None:
    request = {"messages": [{"role": "user", "content": text}]}
    exchange = Exchange("POST", "/chat/completions", request, status, reply, cell=current_cell())
    exchange.error = error
    transcript().exchanges.append(exchange)


def run(shell: InteractiveShell, *sources: str) -> None:
    """Run cells, of which any but the last may raise."""
    for source in sources:
        result = shell.run_cell(source, store_history=True)
    result.raise_error()


REFUSED = {"code": 21313, "description": "Prediction failed", "details": "no such size"}


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (f"send('warm', 400, {REFUSED})", "(400): 21313: Prediction failed: no such size"),
        ("send('warm', 422, {'error': {'message': 'No.'}})", "(422): No"),
        ("send('warm', 502, '<html>Bad gateway</html>')", "(502): <html>Bad gateway</html>"),
        ("send('warm', None, error='ConnectError')", "no reply came to your request: ConnectError"),
        (f"send('warm', 400, {REFUSED}); undefined", "(400): 21313: Prediction failed"),
        ("send('warm'); undefined", "stopped with NameError: name 'undefined' is not defined"),
        ("undefined", "stopped with NameError"),
        ("send('warm'", "stopped with SyntaxError"),
    ],
)
def test_what_failed_is_never_right_and_says_why(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], answer: str, hint: str
) -> None:
    run(shell, "send('warm')", "check('warm')", answer, "check('warm')", "check('warm')")
    *_, first, again = " ".join(capsys.readouterr().out.split()).split("Not yet: ")
    assert hint in first
    assert again == first.strip()


def test_a_request_that_was_refused_and_then_taken_is_judged(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "send('warm', 429)\nsend('warm')", "check('warm', wanted='warm')")
    assert capsys.readouterr().out == "Not yet: you sent ['warm', 'warm'].\n"


def test_a_value_that_an_earlier_cell_left_is_no_answer(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    @exercise("count", correct="two.", keeps=("total",))
    def _(answer: Answer, total: int) -> str | None:
        return None if total == 2 else "not two."

    left = "send('a'); total = 2"
    verdicts = {
        "send('a'); result = 2": "Not yet: your cell does not set `total`",
        "send('a'); result = total": "Not yet: your cell does not set `total`",
        "send('a')\ntotal = 1 + 1": "Correct",
        "send('a')\nfor total in (1, 2): pass": "Correct",
        "send('a'); print(total := 2)": "Correct",
        "send('a'); total = 0; total += 2": "Correct",
    }
    for cell, verdict in verdicts.items():
        run(shell, left, "check('count')", cell, "check('count')")
        assert capsys.readouterr().out.splitlines()[-1].startswith(verdict), cell


def test_an_exercise_about_refusals_judges_them_itself(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    @exercise("refused", correct="refused.", refusals=True)
    def _(answer: Answer) -> str | None:
        return None if answer.refusal else "it was not refused."

    run(shell, "send('cold', 404); undefined", "check('refused')")
    run(shell, "send('cold')", "check('refused')", "undefined", "check('refused')")
    assert [line[:20] for line in capsys.readouterr().out.splitlines() if ": " in line[:9]] == [
        "Correct: refused.",
        "Not yet: it was not ",
        "Not yet: your code s",
    ]


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        ("lambda n: n.upper()", "`<lambda>(20)` raised AttributeError: 'int' object has no"),
        ("print", "`print(20)` returned None: return the result."),
        ("'twice'", "`'twice'` is not a function"),
        ("lambda n: 'four'", "this check cannot read your answer: ValueError: could not convert"),
    ],
)
def test_what_goes_wrong_inside_a_check_is_a_hint(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], function: str, hint: str
) -> None:
    @exercise("twice", correct="twice.", sends=False)
    def _(answer: Answer, twice: object) -> str | None:
        return None if float(returned(twice, 20)) == 40 else "that is not twice."

    run(shell, f"twice = {function}", "check('twice')")
    assert capsys.readouterr().out.startswith(f"Not yet: {hint}")


def test_a_check_that_needs_the_first_cell_says_so(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.faults.current_endpoint", lambda: None)

    @exercise("busy", correct="it waits.", sends=False)
    def _(answer: Answer) -> str | None:
        with fault("busy"):
            return None

    run(shell, "answer = 1", "check('busy')")
    assert capsys.readouterr().out.endswith("call use_endpoint() first.\n")


def test_a_check_that_lacks_a_name_says_which_cell_makes_it(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "first", lambda _, error: f"`{error.name}` comes from above.")

    @exercise("cost", correct="it costs.", sends=False)
    def _(answer: Answer, cost: object) -> str | None:
        return None if callable(cost) and cost() else "it costs nothing."

    run(shell, "cost = lambda: PRICES", "check('cost')")
    assert capsys.readouterr().out == "Not yet: `PRICES` comes from above.\n"


def test_a_variable_that_is_not_there_is_named(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    @exercise("twice", correct="twice.", sends=False)
    def _(answer: Answer, twice: int) -> str | None:
        if twice != 4:
            raise Hint("that is not twice.")
        return None

    run(shell, "twise = 4", "check('twice')", "twice = 5", "check('twice')")
    run(shell, "answer = twice = 4", "check('twice')")
    assert capsys.readouterr().out.splitlines() == [
        "Not yet: there is no variable `twice`: keep the name that the task gives it.",
        "Not yet: that is not twice.",
        "Correct: twice.",
    ]


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
        ["send('cold')", "word = 'warm'", "send(word)", "check('warm')"],
        ["word = 'warm'\nsend(word)", "print(word)", "check('warm')"],
        ["words = []\nsend('warm')", "words.append('hot')", "print(words)", "check('warm')"],
        ["words = [1]\nsend('warm')", "words[0] = 'hot'", "print(words)", "check('warm')"],
        ["word = 'warm'\nsend(word)", "words = [word]", "word = words[0]", "check('warm')"],
        ["word = 'hot'\nsend(word)", "word = 'warm'\nsend(word)", "check('warm')"],
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
    @exercise("sum", correct="right.", sends=False)
    def _(answer: Answer, total: int) -> str | None:
        return None if total == 4 else "add again."

    check("sum", total=4)
    assert capsys.readouterr().out == "Correct: right.\n"


def test_an_unknown_exercise_and_a_doubled_one_are_named() -> None:
    with pytest.raises(LookupError, match="no exercise 'worm'; there is: warm"):
        check("worm")
    with pytest.raises(ValueError, match="two exercises 'warm'"):
        exercise("warm", correct="")(lambda answer: None)


def test_an_answer_is_the_solution_edited() -> None:
    assert Right(edit={"a": "b"}).answer("a + 1") == "b + 1"
    assert Wrong("", code="2").answer("a + 1") == "2"
    with pytest.raises(ValueError, match="no 'c' to edit"):
        Wrong("", edit={"c": "b"}).answer("a + 1")
