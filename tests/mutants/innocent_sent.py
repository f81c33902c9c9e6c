"""Innocent twins for what was sent: sound changes that look like a mutant, and that all gates pass.

Each is named after the gate that it comes nearest to.
"""

import copy
import json
from collections.abc import Callable

from helpers.notebooks.gates.executed import Execution
from helpers.transcript import Exchange
from tests.mutants import Mutants
from tests.mutants.sent import MUTANTS, first_that_calls, first_with_results, function_of, replace

INNOCENTS: Mutants[Callable[[Execution], object]] = Mutants("a notebook's transcript, sound")
innocent = INNOCENTS.mutant


@innocent("results in another order than their calls", caught_by="tool calls answered")
def _(execution: Execution) -> None:
    messages = first_with_results(execution).request["messages"]
    results = [each for each in messages if each["role"] == "tool"]
    messages[:] = [each for each in messages if each["role"] != "tool"] + results[::-1]


@innocent("a result that is an error", caught_by="tool calls answered")
def _(execution: Execution) -> None:
    messages = first_with_results(execution).request["messages"]
    next(each for each in messages if each["role"] == "tool")["content"] = '{"error": "offline"}'


@innocent("arguments with blanks, and their names in another order", caught_by="arguments")
def _(execution: Execution) -> None:
    function = function_of(execution)
    arguments = json.loads(function["arguments"])
    function["arguments"] = json.dumps(dict(reversed(arguments.items())), indent=2)


@innocent("a tool whose description has its names in another order", caught_by="tool schemas")
def _(execution: Execution) -> None:
    function = first_that_calls(execution).request["tools"][0]["function"]
    first_that_calls(execution).request["tools"][0]["function"] = dict(reversed(function.items()))


@innocent("an answer that has words beside its calls", caught_by="loops ended")
def _(execution: Execution) -> None:
    message = first_that_calls(execution).response["choices"][0]["message"]
    message["content"] = "Let me look."


@innocent("a request that failed, and was sent again by the same cell", caught_by="explained")
def _(execution: Execution) -> None:
    exchanges = execution.transcript.exchanges
    again = copy.deepcopy(exchanges[0])
    again.status, again.response = 429, {"code": 11005, "description": "Making too many requests"}
    exchanges.insert(0, again)


@innocent("a request that asks no model", caught_by="models")
def _(execution: Execution) -> None:
    exchanges = execution.transcript.exchanges
    exchanges.append(Exchange("GET", "/models", None, 200, {"data": []}, cell=exchanges[-1].cell))


@innocent("a number that is no count of requests", caught_by="claims of calls")
def _(execution: Execution) -> None:
    replace(execution, r"\Z", "\n\nA day has 24 hours.")


@innocent("requests and tokens that are not its own", caught_by="measured")
def _(execution: Execution) -> None:
    replace(execution, r"\Z", "\n\nA free plan has 99 requests · 99 tokens a day.")


@innocent("a tag that excuses a loop without its end", caught_by="deliberate")
def _(execution: Execution) -> None:
    stopped = next(each for each in MUTANTS if each.caught_by == "loops ended")
    stopped.make(execution)
    count = first_with_results(execution).cell
    [cell] = [each for each in execution.executed.cells if each.get("execution_count") == count]
    cell.metadata["tags"] = ["deliberate:unfinished-loop"]
