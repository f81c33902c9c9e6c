"""Another voice of the mock: what a notebook shows of a reply must be the reply.

With VOICE in the environment of the tests, the mock of every kernel says the same in other words,
and makes calls otherwise (`helpers.mock.apis.voice`). Stored outputs are not compared then. What a
cell shows of a reply has to differ from them, what holds on every backend has to hold, and
exercises have to be judged as ever. `voice.toml` lists what legitimately does not, with the reason.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

from helpers.beside import table
from helpers.notebooks.gates.executed import Execution
from helpers.notebooks.prose import output_text
from helpers.transcript.read import received

VARIABLE = "VOICE"
_SENTENCE = re.compile(r"[^.!?\n]{25,}[.!?]")


def chosen() -> bool:
    """Whether this session executes the notebooks in another voice."""
    return bool(os.environ.get(VARIABLE))


def environment() -> dict[str, str]:
    """What a kernel needs besides, for its mock to speak in the voice of this session."""
    return {"CLARIFAI_MOCK_VOICE": os.environ[VARIABLE]} if chosen() else {}


def excuses(notebook: str) -> dict[str, str]:
    """Why a notebook cannot keep some promises in another voice, by the name of the check."""
    return dict(table(__file__, "voice.toml").get(notebook, {}))


def constants(execution: Execution) -> Iterator[str]:
    """Cells that show, word for word as stored, what the model has said in other words since.

    `execution` is one in another voice.
    """
    for number, stored in execution.book.code:
        fresh = execution.executed.cells[number - 1]
        spoken = [
            received(exchange).text
            for exchange in execution.transcript.of_cell(fresh.execution_count).exchanges
        ]
        before, after = output_text(stored), output_text(fresh)
        # The voice leaves sentences as they are: those of the reply that are in the stored output
        # tell that the cell shows it.
        shown = [
            text
            for text in spoken
            if not _is_json(text) and any(s.strip() in before for s in _SENTENCE.findall(text))
        ]
        if shown and before == after:
            yield (
                f"cell {number}: shows {before[:60]!r} in every voice, though the model said"
                f" {shown[0][:60]!r}; show the reply itself"
            )


def _is_json(text: str) -> bool:
    """JSON, which a program reads, is the same in every voice."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
