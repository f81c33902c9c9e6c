"""The self-checks of exercises: they read what was sent and returned, never how it is worded.

A notebook's last cells are an exercise: a stub tagged `exercise` and `exercise:ID`, and below it a
cell tagged `check`, which prints one line, `Correct: ...` or `Not yet: ` and a hint:

    from helpers import checks

    checks.check("force-a-call")

(A reader may well call a function of their own `check`.)

What is right is said in `helpers/exercises/`, in the module named like the notebook, by a function
that gets the answer and returns a hint, or None. Its other parameters are variables of the
notebook, by their names:

    AUTO = "the model still had the choice: look at `tool_choice`."
    NAMED = "the request names one tool; say that *some* tool has to be called."

    @exercise(
        "force-a-call",
        correct="the request leaves the model no choice, and the reply calls.",
    )
    def force_a_call(answer: Answer) -> str | None:
        choice = answer.sent[-1].tool_choice
        if isinstance(choice, dict):
            return NAMED
        return None if choice == "required" else AUTO

`answer.sent` and `answer.received` are what the cell that was run last before the check sent and
got, with the cells right before it that it builds on: see `helpers.transcript.read` for all that
they can be asked.

A check need not defend itself. Before it is asked, a cell that stopped with an error, one that
sent nothing and a request that was refused have become hints (`sends=False`: the exercise needs no
request; `refusals=True`: it is about refusals, and judges them itself; `errors=True`: it may know
what stopped the cell). Whatever it raises becomes a hint too. A function that the reader wrote is
called with `returned`, which awaits what has to be awaited, and turns an error or a forgotten
`return` into a hint that names the arguments; or with `attempted`, where an error may be right.

A variable that is left from an earlier cell must not be judged in the place of an answer: `keeps`
names those that the cell itself has to set.

Right and wrong answers prove it: `helpers.notebooks.answers`. The tests run the stub, the solution
and all answers in the notebook's kernel: the stub has to fail, what is right to pass, and what is
wrong to get its own hint.
"""

from __future__ import annotations

import asyncio
import inspect
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from openai import DefaultAsyncHttpxClient

from helpers.endpoint import EndpointError
from helpers.missing import changed, first, names
from helpers.shell import current_shell
from helpers.transcript import Exchange, current_cell, transcript
from helpers.transcript.read import Received, Sent, reason, received, sent

CORRECT, NOT_YET = "Correct: ", "Not yet: "

NOTHING_SENT = "the cell before this one sent no request. Run your answer, and then this check."
STOPPED = "your code stopped with "
REFUSED = "the server refused your request "
NO_REPLY = "no reply came to your request: "
NO_VARIABLE = "there is no variable "
NOT_SET = "your cell does not set "
YIELDS = "with `yield` in it, your function returns a generator, and runs nothing: write `return`."
NOT_AWAITED = "your function returns a coroutine that nobody awaits: write `await` before the call."
UNREADABLE = "this check cannot read your answer: "


class Hint(Exception):
    """Raised anywhere in a check, it is the hint that the reader gets."""


@dataclass(frozen=True)
class Answer:
    """What the reader's cell did: its exchanges in order, and the error that stopped it, if any."""

    exchanges: list[Exchange]
    error: BaseException | None = None
    names: frozenset[str] | None = None
    """What the cell gives a value to; None if that is not known."""

    @property
    def sent(self) -> list[Sent]:
        return [sent(exchange) for exchange in self.exchanges]

    @property
    def received(self) -> list[Received]:
        return [received(exchange) for exchange in self.exchanges]

    def by_request(self, judge: Callable[[Answer], str | None]) -> str | None:
        """None if one request alone is right, and else the hint for the last.

        For exercises on one request, so that another before or after it does no harm.
        """
        hints = [judge(Answer([exchange])) for exchange in self.exchanges]
        return None if None in hints else hints[-1]

    @property
    def calls(self) -> list[str]:
        """The names of all calls that the replies propose, in order."""
        return [call.name for reply in self.received for call in reply.calls]

    def arguments(self, tool: str) -> list[str]:
        """What the proposed calls of a tool give for its parameters, in order."""
        calls = [call for reply in self.received for call in reply.calls if call.name == tool]
        return [str(value) for call in calls for value in call.parse().values()]

    @property
    def stopped(self) -> str | None:
        return STOPPED + _told(self.error) if self.error is not None else None

    @property
    def refusal(self) -> str | None:
        """What the server said to the last request if it refused it, or why there is no reply."""
        last = self.exchanges[-1] if self.exchanges else None
        if last is None:
            return None
        if last.status is not None and last.status >= 400:
            said = reason(last.response) or str(last.response)
            return f"{REFUSED}({last.status}): {_shortened(said)}"
        return NO_REPLY + last.error if last.error else None


Check = Callable[..., str | None]


@dataclass(frozen=True)
class Exercise:
    """A check, and what it says."""

    id: str
    check: Check
    correct: str
    sends: bool
    refusals: bool
    errors: bool
    keeps: Sequence[str]

    def verdict(self, answer: Answer, variables: Mapping[str, Any] | None = None) -> str:
        """The line that the reader sees. Of the notebook's variables, the check takes its own."""
        try:
            hint = self._stopped(answer) or self.check(answer, **self._taken(variables or {}))
        except (Hint, EndpointError) as raised:  # the latter in a kernel without the first cell
            hint = str(raised)
        except Exception as error:  # noqa: BLE001 - an answer may be anything, and so its errors
            told = first(current_shell(), error) if isinstance(error, NameError) else None
            hint = told or UNREADABLE + _told(error)
        return CORRECT + self.correct if hint is None else NOT_YET + hint

    def _stopped(self, answer: Answer) -> str | None:
        """What is wrong before anybody looks at what was asked for."""
        if answer.refusal and self.refusals:
            return None
        if answer.refusal:
            return answer.refusal
        if answer.error is not None:
            return None if self.errors else answer.stopped
        if self.sends and not answer.exchanges:
            return NOTHING_SENT
        lost = [n for n in self.keeps if answer.names is not None and n not in answer.names]
        return f"{NOT_SET}`{lost[0]}`: keep the name that the task gives it." if lost else None

    def _taken(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        _, *wanted = inspect.signature(self.check).parameters.values()
        for each in wanted:
            if each.default is each.empty and each.name not in variables:
                raise Hint(f"{NO_VARIABLE}`{each.name}`: keep the name that the task gives it.")
        return {each.name: variables[each.name] for each in wanted if each.name in variables}


EXERCISES: dict[str, Exercise] = {}


def exercise(
    id: str,
    *,
    correct: str,
    sends: bool = True,
    refusals: bool = False,
    errors: bool = False,
    keeps: Sequence[str] = (),
) -> Callable[[Check], Check]:
    """Register a check: a function of an Answer and of the notebook's variables that it names.

    The rest are fields of an Exercise.
    """

    def register(check: Check) -> Check:
        if id in EXERCISES:
            raise ValueError(f"there are two exercises {id!r}")
        EXERCISES[id] = Exercise(id, check, correct, sends, refusals, errors, keeps)
        return check

    return register


def returned(function: Any, *arguments: Any) -> Any:
    """What a function of the reader's returns; raises Hint if it raises, or returns None.

    What it prints is not shown.
    """
    if not callable(function):
        raise Hint(f"`{function!r}` is not a function: the check has to call it.")
    shown = ", ".join(_shortened(_named(argument), 60) for argument in arguments)
    call = f"`{_named(function)}({_shortened(shown)})`"
    result, did = attempted(function, *arguments)
    if isinstance(did.error, Hint):
        raise did.error
    if did.error:
        raise Hint(f"{call} raised {_told(did.error)}")
    if result is None:
        raise Hint(f"{call} returned None: return the result.")
    return result


def _named(value: Any) -> str:
    return value.__name__ if inspect.isroutine(value) else repr(value)


def attempted(function: Callable[..., Any], *arguments: Any) -> tuple[Any, Answer]:
    """What a function of the reader's returns or raises, and what it did meanwhile.

    Raises Hint if it returns an error, or yields.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise Hint(YIELDS)
    before, error = transcript().requests, None
    with redirect_stdout(io.StringIO()), _own_connections():
        try:
            outcome = _awaited(function(*arguments))
        except Exception as raised:  # noqa: BLE001 - judged by who asked
            outcome = error = raised
    if inspect.iscoroutine(outcome):
        outcome.close()
        raise Hint(NOT_AWAITED)
    if isinstance(outcome, Exception) and error is None:
        raise Hint(f"an error is returned, and not raised: write `raise`. {_told(outcome)}")
    return outcome, Answer(transcript().since(before).exchanges, error)


@contextmanager
def _own_connections() -> Iterator[None]:
    """What a client has from before, in asynchronous requests, belongs to another event loop."""
    kind: Any = next(each for each in DefaultAsyncHttpxClient.__mro__ if "send" in vars(each))
    send = kind.send
    kind.send = lambda _, *request, **options: send(DefaultAsyncHttpxClient(), *request, **options)
    try:
        yield
    finally:
        kind.send = send


def _awaited(result: Any) -> Any:
    """A result, awaited if need be: in a thread, as the check has taken the notebook's loop."""
    if not inspect.isawaitable(result):
        return result

    async def finish() -> Any:
        return await result

    if sys.platform == "emscripten":
        # It has no threads.
        from helpers.mock.inprocess.loop import Loop

        with closing(Loop()) as loop:
            return loop.finish(finish())
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, finish()).result()


def find(id: str) -> Exercise:
    """The exercise of this id. Raises LookupError."""
    import helpers.exercises  # noqa: F401  (its modules register theirs)

    if id not in EXERCISES:
        raise LookupError(f"There is no exercise {id!r}; there is: {', '.join(EXERCISES)}.")
    return EXERCISES[id]


def check(id: str, **variables: Any) -> None:
    """Say whether the answer to an exercise is right.

    The variables that it looks at are those of the notebook, or are given by keyword.
    """
    verdict = find(id).verdict(_answer(), _namespace() | variables)
    # JupyterLab breaks a long line in the middle of a word.
    print(fill(verdict, 100, break_long_words=False))  # noqa: T201 - it talks to the reader


# What was judged by the cells that were only a check, and how much had been sent at the last one.
_judged: dict[int, Answer] = {}
_checked = 0


def _answer() -> Answer:
    """What this cell did or, if it is only a check, the last ones that were more."""
    global _checked
    everything, cell = transcript(), current_cell()
    new, _checked = everything.since(_checked), everything.requests
    if cell is None:
        return Answer(new.exchanges)
    here = everything.of_cell(cell)
    if here.requests:
        return Answer(here.exchanges)
    _judged[cell] = _judged.get(cell - 1) or _of_cells(cell - 1)
    return _judged[cell]


def _of_cells(last: int) -> Answer:
    """What a cell did, with the cells right before it that make what it uses."""
    history = current_shell().history_manager.input_hist_parsed
    made, used = names(history[last])
    needed, exchanges = used - made, transcript().of_cell(last).exchanges
    while (last := last - 1) > 0 and last not in _judged:
        made_before, used = names(history[last])
        in_place = changed(history[last])
        if not (made_before | in_place) & needed:
            break
        needed = (needed | used) - (made_before - in_place)
        made |= made_before
        exchanges = transcript().of_cell(last).exchanges + exchanges
    return Answer(exchanges, _last_error(), made)


def _last_error() -> BaseException | None:
    """What stopped the cell that was run last, if it did not come to its end."""
    result = getattr(current_shell(), "last_execution_result", None)
    return result and (result.error_in_exec or result.error_before_exec)


def _namespace() -> dict[str, Any]:
    shell = current_shell()
    return dict(shell.user_ns if shell else vars(sys.modules["__main__"]))


def _told(error: BaseException) -> str:
    """An error in one line, as Python ends a traceback."""
    return _shortened(f"{type(error).__name__}: {error}")


def _shortened(text: str, length: int = 300) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 2] + " …"
