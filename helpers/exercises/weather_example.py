"""The exercise of `04_weather_example`."""

from collections.abc import Callable

from helpers.checks import Answer, Wrong, exercise

NOT_OFFERED = "no request offers `to_fahrenheit`: put it into `tools`."
NOT_CALLED = "the model was offered `to_fahrenheit` and did not call it: look at its docstring."
UNCHANGED = "the tool returns what it was given: 20 °C are 68 °F."
NO_32 = "the scales begin apart: 0 °C are 32 °F."


@exercise(
    "convert-temperature",
    correct="the model called your tool, and was given 68.",
    wrong=[
        Wrong(NOT_OFFERED, edit={"tools=[to_fahrenheit]": "tools=[]"}),
        Wrong(
            NOT_CALLED, edit={"How much is 20 degrees Celsius in Fahrenheit?": "Tell me a joke."}
        ),
        Wrong(UNCHANGED, edit={"celsius * 9 / 5 + 32": "celsius"}),
        Wrong(NO_32, edit={" + 32": ""}),
    ],
)
def convert_temperature(answer: Answer, to_fahrenheit: Callable[[float], float]) -> str | None:
    if "to_fahrenheit" not in answer.sent[0].tools:
        return NOT_OFFERED
    if "to_fahrenheit" not in answer.calls:
        return NOT_CALLED
    if to_fahrenheit(20) == 20:
        return UNCHANGED
    return None if to_fahrenheit(20) == 68 else NO_32
