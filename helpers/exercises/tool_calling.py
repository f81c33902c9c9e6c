"""The exercise of `03_tool_calling`."""

import json
import re
from typing import Any

import fastjsonschema

from helpers.checks import Answer, Hint, exercise
from helpers.transcript.read import OfferedTool, ProposedCall, sent

NO_TOOL = "no tool was sent: pass `tools=[my_tool]`."
OLD_NAME = "the tool is called `{}`: give it a name that says what it does."
SAYS_NOTHING = "the description says nothing about what the tool does, and a model chooses by it."
NO_DISH = "the tool has no parameter `dish`: describe it under `properties`."
NO_SCHEMA = "the parameters are not a JSON schema: "
NOT_TEXT = "`dish` is not a string in your schema, and the name of a dish is one."
FORCED = "the call was forced: leave `tool_choice` out, so that the model finds the tool by itself."
LESSONS = "that is a tool of the lesson: describe one that finds recipes."
NOT_CALLED = (
    "the model saw your tool and did not call it: say in its description that it finds recipes,"
    " and ask for the recipe of a dish, by name."
)
MORE = "your tool also needs `{}`, which no question gives: the task asks for `dish` alone."
MEANINGLESS = re.compile("(_|-|a|do|it|my|new|test|the|this|tool|func|function|foo|bar)*", re.I)
EMPTY = "the call came without the dish: name one in your question, and `dish` in `required`."


@exercise(
    "own-tool",
    correct="the model found your tool by its description, and filled in the dish.",
)
def own_tool(answer: Answer, get_weather: Any = None, get_time: Any = None) -> str | None:
    lessons = {tool["function"]["description"] for tool in (get_weather, get_time) if tool}
    offers = [exchange for exchange in answer.exchanges if sent(exchange).tools]
    judged = Answer(offers)
    return judged.by_request(lambda request: _offer(request, lessons)) if offers else NO_TOOL


def _offer(answer: Answer, lessons: set[str]) -> str | None:
    [sent], [received] = answer.sent, answer.received
    tools = list(sent.tools.values())
    tool = next((each for each in tools if "dish" in _properties(each)), tools[-1])
    if MEANINGLESS.fullmatch(tool.name):
        return OLD_NAME.format(tool.name)
    if tool.description in lessons:
        return LESSONS
    if not re.search(r"\w{4}", tool.description):
        return SAYS_NOTHING
    if "dish" not in _properties(tool):
        return NO_DISH
    try:
        fastjsonschema.compile(tool.parameters)
    except fastjsonschema.JsonSchemaDefinitionException as error:
        return f"{NO_SCHEMA}{error}."
    dish = _properties(tool)["dish"]
    if "string" not in json.dumps([dish.get("type"), dish.get("anyOf")]) and "enum" not in dish:
        return NOT_TEXT
    if sent.tool_choice not in (None, "auto"):
        return FORCED
    calls = [call for call in received.calls if call.name == tool.name]
    more = [name for name in tool.parameters.get("required", []) if name != "dish"]
    if not calls and more:
        return MORE.format(more[0])
    if not calls:
        return f"{NOT_CALLED} It said: “{received.text}”"
    return None if all(_dish(call) for call in calls) else EMPTY


def _properties(tool: OfferedTool) -> dict[str, Any]:
    properties = tool.parameters.get("properties")
    return properties if isinstance(properties, dict) else {}


def _dish(call: ProposedCall) -> str:
    try:
        arguments = call.parse()
    except ValueError as error:
        raise Hint(f"the arguments of the call are not JSON: {call.arguments}") from error
    return str(arguments.get("dish") or "")
