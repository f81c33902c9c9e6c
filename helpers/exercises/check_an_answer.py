"""The exercises of `16_check_an_answer`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.checks import STOPPED, Answer, Wrong, exercise

NO_COMMA = "facts and calls are tuples, also when there is one: write `(NEW_YORK,)`, with a comma."
TOO_STRICT = "a good reply fails: it is 20 degrees and partly cloudy there, by one call."
NO_TEMPERATURE = "a reply without the temperature passes: put it into the facts."
NO_CONDITION = "a reply without the condition passes: put a word of it into the facts."
NO_CALL = "a reply that guessed, without a call, passes: say which call it needs."
ANY_CITY = "a reply that looked up another city passes: name New York in the call."

HERE = [("get_weather", '{"location": "New York, USA"}')]
THERE = [("get_weather", '{"location": "York, United Kingdom"}')]
GOOD = "It is 20 °C and partly cloudy in New York."
POOR: list[tuple[str, list[tuple[str, str]], str]] = [
    ("It is partly cloudy in New York.", HERE, NO_TEMPERATURE),
    ("It is 20 °C in New York.", HERE, NO_CONDITION),
    (GOOD, [], NO_CALL),
    (GOOD, THERE, ANY_CITY),
]


@exercise(
    "case-that-can-fail",
    correct="a good reply passes, and four poor ones do not.",
    wrong=[
        Wrong(NO_COMMA, edit={'("20", "cloudy")': '("20")'}),
        Wrong(STOPPED, edit={"(NEW_YORK,)": "NEW_YORK"}),
        Wrong(NO_TEMPERATURE, edit={'"20", "cloudy"': '"cloudy",'}),
        Wrong(NO_CONDITION, edit={'"20", "cloudy"': '"20",'}),
        Wrong(NO_CALL, edit={", (NEW_YORK,)": ""}),
        Wrong(ANY_CITY, edit={"(NEW_YORK,)": '(("get_weather", ""),)'}),
        Wrong(TOO_STRICT, edit={'"20"': '"It is 20 degrees"'}),
    ],
)
def case_that_can_fail(answer: Answer, case: Any, score: Any, Reply: Any) -> str | None:
    if isinstance(case.facts, str) or any(isinstance(call, str) for call in case.calls):
        return NO_COMMA

    def passes(text: str, calls: list[tuple[str, str]]) -> bool:
        return all(score(case, Reply(text, calls)).values())

    for text, calls, hint in POOR:
        if passes(text, calls):
            return hint
    right = passes(GOOD, HERE)
    return None if right else TOO_STRICT


NEVER = "“fifteen degrees” is not found, with “fifteen” among the ways: look for each of them."
ALL = "a text with one of the ways is not found: one is enough."
PART = "“15” is found in “115”: look with `says`."


@exercise(
    "says-any",
    correct="one of the ways is enough, and a part of another number is not.",
    sends=False,
    wrong=[
        Wrong(ALL, edit={"return any(": "return all("}),
        Wrong(PART, edit={"says(text, way)": "way in text"}),
        Wrong(NEVER, edit={"for way in ways": "for way in ways[:1]"}),
    ],
)
def says_any(answer: Answer, says_any: Callable[..., bool]) -> str | None:
    fifteen = "15", "fifteen"
    if not says_any("Fifteen degrees (15 °C).", *fifteen):
        return NEVER
    if not says_any("It is 15 °C.", *fifteen):
        return ALL
    if not says_any("Rain at fifteen degrees.", *fifteen):
        return NEVER
    return PART if says_any("It is 115 °C.", *fifteen) else None
