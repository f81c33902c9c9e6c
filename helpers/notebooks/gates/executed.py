"""Gates on an execution of a notebook: what its cells showed, and what they sent.

They need the executed copy and the transcript, and not how the two were made, so that one execution
can serve them all. Those named in `ANYWHERE` hold on every backend, the others on the mock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.notebooks import exchanges, prose, provenance
from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import Gates
from helpers.transcript import Transcript


@dataclass
class Execution:
    """One run of a notebook: the stored one, its executed copy, and what its cells sent."""

    book: Book
    executed: NotebookNode
    transcript: Transcript

    @classmethod
    def read(cls, book: Book, copy: Path) -> "Execution":
        """One by `helpers.notebooks.run`, which puts the transcript beside the executed copy."""
        transcript = Transcript.read(copy.with_suffix(".transcript.jsonl"), ended=True)
        return cls(book, nbformat.read(copy, 4), transcript)


EXECUTED: Gates[Execution] = Gates()
gate = EXECUTED.gate

ANYWHERE = ("tool schemas", "tool calls answered", "loops ended", "arguments", "explained")


def problems(execution: Execution, names: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """The problems by the name of the gate, of all gates or of those named."""
    found = {
        name: [f"{execution.book.path.name}: {text}" for text in EXECUTED[name].check(execution)]
        for name in names or EXECUTED
    }
    return {name: texts for name, texts in found.items() if texts}


# --- What prose says of what was sent -------------------------------------------------------------


@gate("claims of calls", "makes the calls, requests and tokens that its prose claims")
def _claims(execution: Execution) -> Iterator[str]:
    yield from prose.miscounts(execution.executed, execution.transcript)


@gate("measured", "needs the requests and tokens that its opening names")
def _measured(execution: Execution) -> Iterator[str]:
    header, sent = prose.header(execution.executed), execution.transcript
    if header and header[1:] != (sent.requests, sent.tokens):
        yield (
            f"its opening says {header[1]} requests and {header[2]} tokens; measured are"
            f" {sent.requests} and {sent.tokens}"
        )


# --- What was sent --------------------------------------------------------------------------------


@gate("tool schemas", "offers tools with valid JSON schemas, as its cells describe them")
def _schemas(execution: Execution) -> Iterator[str]:
    yield from exchanges.schemas(execution.executed, execution.transcript)


@gate("tool calls answered", "answers every tool call exactly once, by its id")
def _answered(execution: Execution) -> Iterator[str]:
    yield from exchanges.unanswered(execution.executed, execution.transcript)


@gate("loops ended", "ends every tool loop with an answer")
def _ended(execution: Execution) -> Iterator[str]:
    yield from exchanges.unfinished(execution.executed, execution.transcript)


@gate("arguments", "is proposed calls that fit the schemas that it sent")
def _arguments(execution: Execution) -> Iterator[str]:
    yield from exchanges.misfits(execution.executed, execution.transcript)


@gate("explained", "sends no request that no cell explains")
def _explained(execution: Execution) -> Iterator[str]:
    yield from exchanges.unexplained(execution.executed, execution.transcript)


@gate("deliberate", "breaks a rule on purpose where a tag says so, and only there")
def _deliberate(execution: Execution) -> Iterator[str]:
    yield from exchanges.idle_tags(execution.executed, execution.transcript)


# --- Where its outputs come from ------------------------------------------------------------------


@gate("models", "asks the models that its metadata name")
def _models(execution: Execution) -> Iterator[str]:
    named = execution.executed.metadata.get(provenance.KEY, {}).get("models")
    asked = provenance.models(execution.transcript)
    if named != asked:
        yield f"it asked {asked}; its metadata name {named}; run `make refresh`"
