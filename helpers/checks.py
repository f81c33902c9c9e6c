"""The self-checks of exercises: they read what was sent and returned, never how it is worded.

A notebook's last cells are an exercise: a stub tagged `exercise` and `exercise:ID`, and below it a
cell tagged `check`, which prints one line, `Correct: ...` or `Not yet: ` and a hint:

    from helpers.checks import check

    check("force-a-call", reply=reply)

What is right stands in `helpers/exercises/`, in the module named like the notebook, as a function
that is given the answer, and the variables that the cell passes on. It returns a hint, or None:

    AUTO = "the model still had the choice: look at `tool_choice`."
    NAMED = "the request names one tool; say that *some* tool has to be called."

    @exercise(
        "force-a-call",
        correct="the request leaves the model no choice, and the reply calls.",
        wrong=[
            Wrong(AUTO, edit={'"required"': '"auto"'}),
            Wrong(NAMED, edit={'"required"': '{"type": "function", "function": ...}'}),
        ],
    )
    def force_a_call(answer: Answer, reply: Any) -> str | None:
        choice = answer.sent[-1].tool_choice
        if isinstance(choice, dict):
            return NAMED
        return None if choice == "required" else AUTO

`answer.sent` and `answer.received` are what the cell that was run last before the check sent and
got: see `helpers.transcript.read` for all that they can be asked. There is at least one of each,
because without a request the hint is to run the cell; an exercise that needs none says
`sends=False`.

A known wrong answer (`Wrong`) is the notebook's solution with something edited, or code of its
own. The tests run the stub, the solution and every wrong answer in the notebook's kernel: the stub
has to fail, the solution to pass, and each wrong answer to get its own hint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.transcript import Exchange, current_cell, transcript
from helpers.transcript.read import Received, Sent, received, sent

NOTHING_SENT = "the cell before this one sent no request. Run your answer, and then this check."

CORRECT, NOT_YET = "Correct: ", "Not yet: "


@dataclass(frozen=True)
class Answer:
    """What the reader's cell did: its exchanges, in order."""

    exchanges: list[Exchange]

    @property
    def sent(self) -> list[Sent]:
        return [sent(exchange) for exchange in self.exchanges]

    @property
    def received(self) -> list[Received]:
        return [received(exchange) for exchange in self.exchanges]

    @property
    def calls(self) -> list[str]:
        """The names of all calls that the replies propose, in order."""
        return [call.name for reply in self.received for call in reply.calls]


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that readers give, as an edit of the solution or as its own code."""

    hint: str
    edit: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None

    def answer(self, solution: str) -> str:
        """The wrong answer as code. Raises ValueError when the solution has not what is edited."""
        if self.code is not None:
            return self.code
        for old, new in self.edit.items():
            if old not in solution:
                raise ValueError(f"the solution has no {old!r} to edit")
            solution = solution.replace(old, new)
        return solution


Check = Callable[..., str | None]


@dataclass(frozen=True)
class Exercise:
    """A check and what it says; `wrong` are the answers that its hints are for."""

    id: str
    correct: str
    wrong: Sequence[Wrong]
    sends: bool
    check: Check

    def verdict(self, answer: Answer, **values: Any) -> str:
        """The line that the reader sees."""
        if self.sends and not answer.exchanges:
            return NOT_YET + NOTHING_SENT
        hint = self.check(answer, **values)
        return CORRECT + self.correct if hint is None else NOT_YET + hint


EXERCISES: dict[str, Exercise] = {}


def exercise(
    id: str, *, correct: str, wrong: Sequence[Wrong], sends: bool = True
) -> Callable[[Check], Check]:
    """Register a check: a function of an Answer and of what the notebook passes on by keyword."""

    def register(check: Check) -> Check:
        if id in EXERCISES:
            raise ValueError(f"there are two exercises {id!r}")
        EXERCISES[id] = Exercise(id, correct, wrong, sends, check)
        return check

    return register


def find(id: str) -> Exercise:
    """The exercise of this id. Raises LookupError."""
    import helpers.exercises  # noqa: F401  (its modules register theirs)

    if id not in EXERCISES:
        raise LookupError(f"There is no exercise {id!r}; there is: {', '.join(EXERCISES)}.")
    return EXERCISES[id]


def check(id: str, **values: Any) -> None:
    """Say whether the answer to an exercise is right; `values` are variables to look at."""
    print(find(id).verdict(_answer(), **values))  # noqa: T201 - it talks to the reader


# The cells that were only a check, and how much had been sent at the last one.
_checks: set[int] = set()
_checked = 0


def _answer() -> Answer:
    """What was sent by this cell or, if it is only a check, by the last one that was more."""
    global _checked
    everything, cell = transcript(), current_cell()
    new, _checked = everything.since(_checked), everything.requests
    if cell is None:
        return Answer(new.exchanges)
    here = everything.of_cell(cell)
    if not here.requests:
        _checks.add(cell)
        here = everything.of_cell(_before(cell))
    return Answer(here.exchanges)


def _before(cell: int) -> int:
    return next((each for each in range(cell, 0, -1) if each not in _checks), 0)
