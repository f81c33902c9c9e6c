"""Gates on an execution of a notebook: what its cells showed, and what they sent.

They need the executed copy and the transcript, and not how the two were made, so that one execution
can serve them all. Those named in `ANYWHERE` hold on every backend, the others on the mock. None
looks at how a reply is worded.

A cell that breaks a rule on purpose is tagged `deliberate:unanswered-call`,
`deliberate:unfinished-loop` or `deliberate:wrong-arguments`; a tagged cell that breaks nothing is a
mistake.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import jsonschema
import nbformat
from jsonschema.exceptions import SchemaError
from nbformat import NotebookNode

from helpers.notebooks import prose, provenance
from helpers.notebooks.book import Book, tags
from helpers.notebooks.gates.gate import Gates
from helpers.notebooks.taught import Taught, cells_that_read
from helpers.transcript import Exchange, Transcript
from helpers.transcript.read import Sent, received, sent


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

# What sends a request: methods of clients, and helpers that call them.
SENDING = {
    "create", "parse", "stream", "list", "retrieve", "generate", "edit",  # openai
    "completion", "acompletion", "invoke", "ainvoke", "run_sync", "post",  # others
    "run_tools", "call_tool", "list_tools",  # tools, here and on servers
}  # fmt: skip

ANYWHERE = ("tool schemas", "tool calls answered", "loops ended", "arguments", "explained")


def problems(execution: Execution, names: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """The problems by the name of the gate, of all gates or of those named."""
    return {
        name: [f"{execution.book.path.name}: {text}" for text in texts]
        for name, texts in EXECUTED.problems(execution, names).items()
    }


# --- What prose says of what was sent -------------------------------------------------------------


@gate("claims of calls", "makes the calls, requests and tokens that its prose claims")
def miscounts(execution: Execution) -> Iterator[str]:
    """Claims about calls, requests and tokens that the transcript of an execution contradicts."""
    for claim in prose.claims(execution.executed):
        if claim.counted is None or claim.cell is None:
            continue
        what, wanted = claim.counted
        made = execution.transcript.of_cell(claim.cell.execution_count)
        calls = [call.name for exchange in made.exchanges for call in received(exchange).calls]
        if what == "requests" and made.requests != wanted:
            yield claim.says(f"the cell above sent {made.requests}")
        elif what == "tokens" and made.tokens != wanted:
            yield claim.says(f"the replies count {made.tokens}")
        elif what == "no call" and (calls or not made.requests):
            yield claim.says(f"the cell sent {made.requests} requests, the calls: {calls}")
        elif what == "calls":
            times = calls.count(claim.codes[0])
            if times != wanted and (wanted is not None or not times):
                yield claim.says(f"the calls are {calls}")


@gate("measured", "needs the requests and tokens that its opening names")
def _measured(execution: Execution) -> Iterator[str]:
    header, made = prose.header(execution.executed), execution.transcript
    if header and header[1:] != (made.requests, made.tokens):
        yield (
            f"its opening says {header[1]} requests and {header[2]} tokens; measured are"
            f" {made.requests} and {made.tokens}"
        )


# --- What was sent --------------------------------------------------------------------------------


Problems = Iterator[tuple[Exchange, str]]
Check = Callable[[Execution], Problems]

PREFIX = "deliberate:"
EXCUSES: dict[str, Check] = {}
"""What a cell may break on purpose, by what its tag says after `deliberate:`."""


def of_exchanges(name: str, promise: str, excuse: str | None = None) -> Callable[[Check], Check]:
    """A gate whose check names the exchange that breaks it; cells tagged with the excuse may."""

    def register(check: Check) -> Check:
        @gate(name, promise)
        def placed(execution: Execution) -> Iterator[str]:
            excused = _tagged(execution.executed, excuse) if excuse else set()
            for exchange, problem in check(execution):
                if exchange.cell not in excused:
                    place = _place(execution.executed, exchange.cell)
                    yield f"{place}: {exchange.method} {exchange.path}: {problem}"

        if excuse:
            EXCUSES[excuse] = check
        return check

    return register


@of_exchanges("tool schemas", "offers tools with valid JSON schemas, as its cells describe them")
def _schemas(execution: Execution) -> Problems:
    """Tools whose schema is no JSON schema, or is not what the cells show."""
    taught = Taught(execution.executed)
    for exchange in execution.transcript.exchanges:
        for tool in sent(exchange).body.get("tools") or ():
            name = tool.get("function", tool).get("name")
            if tool.get("type") != "function":
                continue
            schema = tool.get("function", tool).get("parameters") or {}
            if problem := _unsound(json.dumps(schema)):
                yield exchange, f"the parameters of {name} are no JSON schema: {problem}"
            if not taught.shows(name, tool, exchange.cell):
                yield exchange, f"the tool {name} is not described as any cell describes it"


@lru_cache(maxsize=256)
def _unsound(schema: str) -> str | None:
    """Why this text is no JSON schema; most are sent many times."""
    try:
        jsonschema.Draft202012Validator.check_schema(json.loads(schema))
    except SchemaError as error:
        return str(error.message)
    return None


@of_exchanges(
    "tool calls answered",
    "answers every tool call exactly once, by its id",
    excuse="unanswered-call",
)
def _unanswered(execution: Execution) -> Problems:
    """Requests in which a tool call is not answered exactly once, by its id, after it was made."""
    proposed: dict[str, int] = {}
    for number, exchange in enumerate(execution.transcript.exchanges):
        for call in received(exchange).calls:
            # Asked the same again, the mock proposes a call with the same id.
            proposed.setdefault(call.id, number)
    for number, exchange in enumerate(execution.transcript.exchanges):
        request = sent(exchange)
        called = Counter([*request.called, *_called_before(request, execution.transcript)])
        answered = Counter(request.answered)
        for call_id in called | answered:
            if not called[call_id]:
                yield exchange, f"an answer to {call_id}, which no reply called"
            elif answered[call_id] != 1:
                yield exchange, f"the call {call_id} is answered {answered[call_id]} times"
            elif proposed.get(call_id, -1) >= number:
                yield exchange, f"the call {call_id} is answered before it is made"


def _called_before(request: Sent, transcript: Transcript) -> list[str]:
    """The calls of the response that a request goes on from without repeating it."""
    previous = request.body.get("previous_response_id")
    return [
        call.id
        for exchange in transcript.exchanges
        if previous and isinstance(exchange.response, dict)
        if exchange.response.get("id") == previous
        for call in received(exchange).calls
    ]


@of_exchanges("loops ended", "ends every tool loop with an answer", excuse="unfinished-loop")
def _unfinished(execution: Execution) -> Problems:
    """Tool loops that stop while the model still waits: results were sent, and more was called."""
    later: set[str] = set()
    stopped: list[tuple[Exchange, str]] = []
    for exchange in reversed(execution.transcript.exchanges):
        request, calls = sent(exchange), [call.id for call in received(exchange).calls]
        if calls and request.answered and not later & {*calls}:
            stopped.append(
                (exchange, f"the loop stops with {len(calls)} calls that nothing answers")
            )
        later |= {*request.called, *request.answered}
    yield from reversed(stopped)


@of_exchanges(
    "arguments", "is proposed calls that fit the schemas that it sent", excuse="wrong-arguments"
)
def _misfits(execution: Execution) -> Problems:
    """Proposed calls of no tool on offer, or with arguments that its schema does not allow."""
    for exchange in execution.transcript.exchanges:
        tools = sent(exchange).tools
        if sent(exchange).body.get("mcp_servers"):
            continue  # an agentic model's stream shows calls of the servers' tools
        for call in received(exchange).calls:
            if call.name not in tools:
                yield exchange, f"a call of {call.name}, which was not on offer"
                continue
            try:
                jsonschema.validate(call.parse(), tools[call.name].parameters)
            except (json.JSONDecodeError, jsonschema.ValidationError, SchemaError) as error:
                text = getattr(error, "message", error)
                yield exchange, f"the arguments {call.arguments} of {call.name} do not fit: {text}"


@of_exchanges("explained", "sends no request that no cell explains")
def _unexplained(execution: Execution) -> Problems:
    """Requests that were sent by no cell, or by one whose code calls nothing that sends."""
    sending = cells_that_read(execution.executed, SENDING)
    for exchange in execution.transcript.exchanges:
        if exchange.cell is None or exchange.cell not in sending:
            yield exchange, "no code of its cell sends a request"


@gate("deliberate", "breaks a rule on purpose where a tag says so, and only there")
def _idle_tags(execution: Execution) -> Iterator[str]:
    notebook = execution.executed
    for number, cell in enumerate(notebook.cells, 1):
        for tag in tags(cell):
            if tag.startswith(PREFIX) and tag.removeprefix(PREFIX) not in EXCUSES:
                yield f"cell {number}: tagged {tag}; there are {', '.join(EXCUSES)}"
    for name, check in EXCUSES.items():
        broken = {exchange.cell for exchange, _ in check(execution)}
        for count in _tagged(notebook, name) - broken:
            yield f"{_place(notebook, count)}: tagged {PREFIX}{name}, but it keeps that rule"


def _tagged(notebook: NotebookNode, name: str) -> set[int | None]:
    return {cell.execution_count for cell in notebook.cells if f"{PREFIX}{name}" in tags(cell)}


def _place(notebook: NotebookNode, count: int | None) -> str:
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code" and cell.execution_count == count:
            return f"cell {number} ({cell.get('id', 'no id')})"
    return "no cell"


# --- Where its outputs come from ------------------------------------------------------------------


@gate("models", "asks the models that its metadata name")
def _models(execution: Execution) -> Iterator[str]:
    named = execution.executed.metadata.get(provenance.KEY, {}).get("models")
    asked = provenance.models(execution.transcript)
    # Requests that are under way together are sent in any order.
    if sorted(named or ()) != sorted(asked):
        yield f"it asked {asked}; its metadata name {named}; run `make refresh`"
