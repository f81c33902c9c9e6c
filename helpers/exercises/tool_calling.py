"""The exercise of `03_tool_calling`."""

import json
from typing import Any

from helpers.checks import REFUSED, STOPPED, Answer, Hint, Right, Wrong, exercise
from helpers.transcript.read import Call, Tool, sent

NO_TOOL = "no tool was sent: pass `tools=[my_tool]`."
OLD_NAME = "the tool is still called `do_it`: give it a name that says what it does."
SAYS_NOTHING = "the description says nothing about what the tool does, and a model chooses by it."
NO_DISH = "the tool has no parameter `dish`: describe it under `properties`."
NOT_TEXT = "`dish` is not a string in your schema, and the name of a dish is one."
FORCED = "the call was forced: leave `tool_choice` out, so that the model finds the tool by itself."
LESSONS = "that is a tool of the lesson: describe one that finds recipes."
NOT_CALLED = (
    "the model saw your tool and did not call it: ask for a recipe, for a dish that you name."
)
EMPTY = "the call came without the dish: name one in your question, and `dish` in `required`."

_DISH = """{"dish": {"type": "string", "description": "The dish, e.g., 'ramen'"}}"""
_CLOSED = """\
            "required": ["dish"],
            "additionalProperties": False,
"""
_ASK = 'show(ask("Find me a recipe for ramen.", tools=[my_tool]))'


@exercise(
    "own-tool",
    correct="the model found your tool by its description, and filled in the dish.",
    right=[
        Right(edit={"for ramen": "for tomato soup", "additionalProperties": "title"}),
        Right(edit={'"find_recipe"': '"search-recipes"', "Find a recipe": "Looks up recipes"}),
        Right(edit={'            "additionalProperties": False,\n': ""}),
        Right(edit={_DISH: '{"dish": {"type": "string", "enum": ["ramen", "lasagna"]}}'}),
        Right(edit={"tools=[my_tool]": 'tools=[get_weather, my_tool], tool_choice="auto"'}),
        Right(
            edit={
                _ASK: """\
response = client.chat.completions.create(
    model=MODEL,
    messages=[
        {"role": "system", "content": "You are a cook."},
        {"role": "user", "content": "I would like a recipe for lasagna, please."},
    ],
    tools=[my_tool],
)
print(response.choices[0].message.tool_calls)"""
            }
        ),
        Right(
            edit={
                _ASK: """\
flat = {"type": "function", "strict": False} | my_tool["function"]
client.responses.create(model=MODEL, input="Find a recipe for sushi.", tools=[flat])"""
            }
        ),
        Right(edit={"Find me a recipe": "I am hungry. Find me a good recipe"}),
        Right(edit={_ASK: _ASK + '\nshow(ask("Tell me a joke.", []))\n' + _ASK}),
        Right(edit={_ASK: _ASK + '\nshow(ask("Tell me a joke.", [my_tool]))'}),
    ],
    wrong=[
        Wrong(NO_TOOL, edit={"tools=[my_tool]": "tools=[]"}),
        Wrong(OLD_NAME, edit={'"find_recipe"': '"do_it"'}),
        Wrong(SAYS_NOTHING, edit={'"Find a recipe for a dish."': '""'}),
        Wrong(
            LESSONS,
            edit={
                "Find a recipe for a dish.": "Get the current weather of a city.",
                "Find me a recipe for ramen.": "What is the weather in Oslo?",
            },
        ),
        Wrong(NO_DISH, edit={_DISH: "{}", '["dish"]': "[]"}),
        Wrong(NO_DISH, edit={'{"dish": {': '{"food": {', '["dish"]': '["food"]'}),
        Wrong(NOT_TEXT, edit={'"type": "string"': '"type": "integer"'}),
        Wrong(FORCED, edit={"tools=[my_tool]": 'tools=[my_tool], tool_choice="required"'}),
        Wrong(NOT_CALLED, edit={"Find me a recipe for ramen.": "Tell me a joke."}),
        Wrong(NOT_CALLED, edit={"Find me a recipe for ramen.": "Find me a recipe."}),
        Wrong(
            EMPTY,
            edit={_CLOSED: "", "Find me a recipe for ramen.": "Find me a recipe."},
        ),
        Wrong(REFUSED, edit={'"find_recipe"': '"find recipe"'}),
        Wrong(REFUSED, edit={"[my_tool]": '[my_tool["function"]]'}),
        Wrong(STOPPED + "TypeError", edit={", tools=[my_tool]": ""}),
    ],
)
def own_tool(answer: Answer, get_weather: Any = None, get_time: Any = None) -> str | None:
    lessons = {tool["function"]["description"] for tool in (get_weather, get_time) if tool}
    offers = [exchange for exchange in answer.exchanges if sent(exchange).tools]
    judged = Answer(offers)
    return judged.by_request(lambda request: _offer(request, lessons)) if offers else NO_TOOL


def _offer(answer: Answer, lessons: set[str]) -> str | None:
    [sent], [received] = answer.sent, answer.received
    tool = next((each for each in sent.tools.values() if "dish" in _properties(each)), None)
    if tool is None:
        return _without_dish(list(sent.tools.values())[-1])
    if tool.name == "do_it":
        return OLD_NAME
    if not tool.description.strip():
        return SAYS_NOTHING
    if tool.description in lessons:
        return LESSONS
    dish = _properties(tool)["dish"]
    if "string" not in json.dumps([dish.get("type"), dish.get("anyOf")]) and "enum" not in dish:
        return NOT_TEXT
    if sent.tool_choice not in (None, "auto"):
        return FORCED
    calls = [call for call in received.calls if call.name == tool.name]
    if not calls:
        return f"{NOT_CALLED} It said: “{received.text}”"
    return None if all(_dish(call) for call in calls) else EMPTY


def _properties(tool: Tool) -> dict[str, Any]:
    properties = tool.parameters.get("properties")
    return properties if isinstance(properties, dict) else {}


def _without_dish(tool: Tool) -> str:
    """The first thing that is wrong with a tool that takes no dish."""
    if tool.name == "do_it":
        return OLD_NAME
    return NO_DISH if tool.description.strip() else SAYS_NOTHING


def _dish(call: Call) -> str:
    try:
        arguments = call.parse()
    except ValueError as error:
        raise Hint(f"the arguments of the call are not JSON: {call.arguments}") from error
    return str(arguments.get("dish") or "")
