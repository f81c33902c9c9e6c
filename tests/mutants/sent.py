"""Ways to break what a notebook sent, or what it says of that: changes of one that has a loop."""

import copy
import re
from collections.abc import Callable
from typing import Any

from helpers.notebooks.gates.executed import Execution
from helpers.transcript import Exchange
from helpers.transcript.read import received, sent
from tests.mutants import Mutants

MUTANTS: Mutants[Callable[[Execution], object]] = Mutants("a notebook's transcript")
mutant = MUTANTS.mutant


def first_with_results(execution: Execution) -> Exchange:
    """The first request that returns what tools found."""
    return next(each for each in execution.transcript.exchanges if sent(each).answered)


def first_that_calls(execution: Execution) -> Exchange:
    return next(each for each in execution.transcript.exchanges if received(each).calls)


def function_of(execution: Execution) -> Any:
    """The first call that was proposed."""
    return first_that_calls(execution).response["choices"][0]["message"]["tool_calls"][0][
        "function"
    ]


def replace(execution: Execution, pattern: str, text: str) -> None:
    for cell in execution.executed.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(pattern, text, cell.source)


# --- What prose says ------------------------------------------------------------------------------


@mutant("prose that miscounts the requests", caught_by="claims of calls")
def _(execution: Execution) -> None:
    replace(execution, r"\*\*\d+ requests\*\*", "**99 requests**")


@mutant("prose that claims another call", caught_by="claims of calls")
def _(execution: Execution) -> None:
    cell = first_that_calls(execution).cell
    position = [each.get("execution_count") for each in execution.executed.cells].index(cell)
    execution.executed.cells[position + 1].source += "\n\nIt **calls `get_forecast`**."


@mutant("prose that overlooks a call", caught_by="claims of calls")
def _(execution: Execution) -> None:
    cell = first_that_calls(execution).cell
    position = [each.get("execution_count") for each in execution.executed.cells].index(cell)
    execution.executed.cells[position + 1].source += "\n\nIt **calls no tool**."


@mutant("other requests than its opening names", caught_by="measured")
def _(execution: Execution) -> None:
    replace(execution, r"· \d+ requests ·", "· 99 requests ·")


@mutant("other tokens than its opening names", caught_by="measured")
def _(execution: Execution) -> None:
    replace(execution, r"· \d+ tokens", "· 99 tokens")


@mutant("an exchange dropped", caught_by="measured")
def _(execution: Execution) -> None:
    del execution.transcript.exchanges[0]


# --- What was sent --------------------------------------------------------------------------------


@mutant("an exchange too many, sent by no cell", caught_by="explained")
def _(execution: Execution) -> None:
    extra = copy.deepcopy(execution.transcript.exchanges[0])
    extra.cell = None
    execution.transcript.exchanges.append(extra)


@mutant("a request behind the back of a cell that sends none", caught_by="explained")
def _(execution: Execution) -> None:
    execution.transcript.exchanges[0].cell = 1


@mutant("a tool call that is not answered", caught_by="tool calls answered")
def _(execution: Execution) -> None:
    messages = first_with_results(execution).request["messages"]
    messages.remove(next(each for each in messages if each["role"] == "tool"))


@mutant("a tool call that is answered twice", caught_by="tool calls answered")
def _(execution: Execution) -> None:
    messages = first_with_results(execution).request["messages"]
    messages.append(next(each for each in messages if each["role"] == "tool"))


@mutant("a result with a wrong id", caught_by="tool calls answered")
def _(execution: Execution) -> None:
    messages = first_with_results(execution).request["messages"]
    next(each for each in messages if each["role"] == "tool")["tool_call_id"] = "call_other"


@mutant("a tool loop that stops before the answer", caught_by="loops ended")
def _(execution: Execution) -> None:
    exchange = first_with_results(execution)
    exchange.response = copy.deepcopy(first_that_calls(execution).response)
    for call in exchange.response["choices"][0]["message"]["tool_calls"]:
        call["id"] += "_again"


@mutant("exchanges out of order", caught_by="tool calls answered")
def _(execution: Execution) -> None:
    execution.transcript.exchanges.reverse()


@mutant("a tool whose schema is none", caught_by="tool schemas")
def _(execution: Execution) -> None:
    tool = first_that_calls(execution).request["tools"][0]
    tool["function"]["parameters"] = {"type": "thing"}


@mutant("a tool that is described otherwise than in the cells", caught_by="tool schemas")
def _(execution: Execution) -> None:
    first_that_calls(execution).request["tools"][0]["function"]["description"] += " Or not."


@mutant("a tool that no cell has", caught_by="tool schemas")
def _(execution: Execution) -> None:
    first_that_calls(execution).request["tools"][0]["function"]["name"] = "get_forecast"


@mutant("arguments that are not JSON", caught_by="arguments")
def _(execution: Execution) -> None:
    function_of(execution)["arguments"] = '{"location": "Lon'


@mutant("arguments that the schema does not allow", caught_by="arguments")
def _(execution: Execution) -> None:
    function_of(execution)["arguments"] = '{"location": 7}'


@mutant("a call of a tool that was not on offer", caught_by="arguments")
def _(execution: Execution) -> None:
    function_of(execution)["name"] = "get_forecast"


@mutant("a tag that excuses what need not be excused", caught_by="deliberate")
def _(execution: Execution) -> None:
    execution.executed.cells[-3].metadata["tags"] = ["deliberate:unknown-rule"]


@mutant("a tag that excuses a cell that breaks no rule", caught_by="deliberate")
def _(execution: Execution) -> None:
    cell = next(each for each in execution.executed.cells if each.cell_type == "code")
    cell.metadata["tags"] = ["deliberate:unfinished-loop"]


@mutant("another model asked than the metadata name", caught_by="models")
def _(execution: Execution) -> None:
    execution.transcript.exchanges[-1].request["model"] = "a/b/models/c"
