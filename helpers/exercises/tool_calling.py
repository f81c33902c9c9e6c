"""The exercise of `03_tool_calling`."""

from helpers.checks import Answer, Wrong, exercise

SAYS_NOTHING = "the description says nothing of what the tool does, and a model chooses by it."
TAKES_NOTHING = "the tool takes no argument: describe the dish under `properties`."
NOT_CALLED = "the model saw your tool and did not call it: ask what needs a recipe."
EMPTY = "the call came without the dish: name it in `required`, and in your question."


@exercise(
    "own-tool",
    correct="the model found your tool by its description, and filled in its argument.",
    wrong=[
        Wrong(SAYS_NOTHING, edit={'"Find a recipe for a dish."': '""'}),
        Wrong(
            TAKES_NOTHING,
            edit={
                """{"dish": {"type": "string", "description": "The dish, e.g., 'ramen'"}}""": "{}",
                '["dish"]': "[]",
            },
        ),
        Wrong(NOT_CALLED, edit={"Find me a recipe for ramen.": "Tell me a joke."}),
        Wrong(
            EMPTY,
            edit={
                '"required": ["dish"],\n': "",
                "Find me a recipe for ramen.": "Find me a recipe.",
            },
        ),
    ],
)
def own_tool(answer: Answer) -> str | None:
    (tool, *_) = answer.sent[-1].tools.values()
    if not tool.description:
        return SAYS_NOTHING
    if not tool.parameters.get("properties"):
        return TAKES_NOTHING
    calls = answer.received[-1].calls
    if not calls:
        return NOT_CALLED
    return None if any(calls[0].parse().values()) else EMPTY
