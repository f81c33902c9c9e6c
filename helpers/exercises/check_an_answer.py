"""The exercises of `16_check_an_answer`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from helpers.checks import STOPPED, Answer, Right, Wrong, exercise, returned
from helpers.transcript import Exchange
from helpers.transcript.read import received, sent

NOT_OFFERED = (
    "the last requests do not offer `get_weather`: keep the name, and put it into the tools."
)
NOT_MENDED = (
    "the question about the wind is not answered with 12: return what the service says about it."
)
INVENTED = "the service knows no Atlantis, and your tool makes up a report: pass on what it says."
BROKEN = "a question about the weather is not answered in Celsius: convert, and say the unit."
NOT_ALL = "the evaluation was not run on your tool: ask all the cases again."


@exercise(
    "mend-without-breaking",
    correct="the question about the wind is answered, and the others still are.",
    right=[
        Right(edit={"round((": "int((", "* 5 / 9)": "/ 1.8 + 0.5)"}),
        Right(
            edit={
                "report = other_service(location)": (
                    'wind = other_service(location).get("wind_kmh")\n'
                    "    return weather.get_weather(location) | {'wind_kmh': wind}"
                )
            }
        ),
        Right(
            edit={
                "report = other_service(location)": (
                    "old, new = weather.get_weather(location), other_service(location)\n"
                    "    return {**new, **old}"
                )
            }
        ),
        Right(
            edit={
                'report |= {"temperature": celsius, "unit": "celsius"}': (
                    "report.update(temperature=celsius, unit='celsius',"
                    " wind=f\"{report.pop('wind_kmh')} km/h\")"
                )
            }
        ),
        Right(
            edit={'evaluate("with tools", MODEL, TOOLS)\n': "", 'compare("with tools", "mine")': ""}
        ),
    ],
    wrong=[
        Wrong(BROKEN, edit={"- 32) * 5 / 9)": "* 5 / 9) - 32)"}),
        Wrong(BROKEN, edit={"return report": "return other_service(location)"}),
        Wrong(BROKEN, edit={'"unit": "celsius"': '"unit": "fahrenheit"'}),
        Wrong(NOT_MENDED, edit={"return report": "return weather.get_weather(location)"}),
        Wrong(
            NOT_MENDED,
            edit={"    return report": "    report.pop('wind_kmh', 0)\n    return report"},
        ),
        Wrong(
            BROKEN,
            edit={
                "return report": 'return {"location": location, "condition": "rainy",'
                ' "temperature": 15, "unit": "celsius", "wind_kmh": 12}'
            },
        ),
        Wrong(
            INVENTED,
            edit={
                "return report": (
                    'return {"temperature": 18, "unit": "celsius", "condition": "mild"} | report'
                )
            },
        ),
        Wrong(
            NOT_OFFERED,
            edit={
                "def get_weather": "def get_weather_and_wind",
                "[get_weather, days": "[get_weather_and_wind, days",
            },
        ),
        Wrong(
            NOT_ALL,
            edit={
                'evaluate("mine", MODEL, [get_weather, days_between])\n': (
                    'ask(MODEL, [get_weather], "How strong is the wind in London?")\n'
                ),
                'compare("with tools", "mine")': "",
            },
        ),
    ],
)
def mend_without_breaking(
    answer: Answer, CASES: Any, Reply: Any, passes: Callable[..., bool]
) -> str | None:
    if "get_weather" not in answer.sent[-1].tools:
        return NOT_OFFERED
    ended = [exchange for exchange in answer.exchanges if not received(exchange).calls]
    asked = [sent(each).messages[0].get("content") for each in ended]
    if len(set(Counter(asked).values())) > 1 or len(set(asked)) < 8:
        return NOT_ALL
    # Each question's last answer is that of the reader's tool.
    last = dict(zip(asked, ended, strict=True))
    for case in CASES:
        if not case.calls or case.question not in last:
            continue
        reply = Reply(received(last[case.question]).text, _calls_before(last[case.question]))
        if not passes(case, reply) or _in_fahrenheit(reply.text):
            if "wind" in case.question:
                return NOT_MENDED
            return BROKEN if case.facts else INVENTED
    return None


def _in_fahrenheit(text: str) -> bool:
    return bool(
        re.search(r"°F|fahrenheit", text, re.I) and not re.search(r"°C|celsius", text, re.I)
    )


def _calls_before(exchange: Exchange) -> list[tuple[str, str]]:
    """The calls that led to a reply: they are sent along with the request for it."""
    calls = [
        call["function"]
        for message in sent(exchange).messages
        for call in message.get("tool_calls") or ()
    ]
    return [(call["name"], call["arguments"]) for call in calls]


NO_COMMA = "facts and calls are tuples, even with one element: write `(NEW_YORK,)`, with a comma."
TEXTS = 'facts are texts, numbers too: write `"20"`.'
TOO_STRICT = "a good reply fails: it names the temperature and the condition, after one call."
NO_TEMPERATURE = "a reply without the temperature passes: put it into the facts."
NO_CONDITION = "a reply without the condition passes: put a word of it into the facts."
NO_CALL = "a reply that guessed, without a call, passes: say which call it needs."
ANY_CITY = "a reply that looked up another city passes: name the city in the call."
NO_CITY = "the question is about neither New York nor London: the service knows only these two."

CITIES = {"New York": ("New York, USA", 20, "partly cloudy"), "London": ("London, UK", 15, "rainy")}


@exercise(
    "case-that-can-fail",
    sends=False,
    correct="a good reply passes, and four poor ones do not.",
    right=[
        Right(
            edit={"New York?": "London?", '"20", "cloudy"': '"15", "rain"', "NEW_YORK": "LONDON"}
        ),
        Right(edit={'"20", "cloudy"': '"partly cloudy", "20"'}),
        Right(edit={"(NEW_YORK,)": '(("get_weather", "new york"),)'}),
        Right(edit={'"20", "cloudy"': '"New York: 20", "New York: cloudy"'}),
        Right(
            code="""\
case = Case(
    kind="weather",
    question="Tell me the weather in London, please.",
    facts=("15", "rainy"),
    calls=(("get_weather", "London"),),
    never="sunny",
)
"""
        ),
        Right(edit={'("20", "cloudy"), (NEW_YORK,)': '["20", "cloudy"], [NEW_YORK]'}),
    ],
    wrong=[
        Wrong(STOPPED, edit={'("20", "cloudy")': '("20")', "(NEW_YORK,)": "NEW_YORK"}),
        Wrong(NO_COMMA, edit={'("20", "cloudy")': '("20")'}),
        Wrong(NO_TEMPERATURE, edit={'"20", "cloudy"': '"cloudy",'}),
        Wrong(NO_CONDITION, edit={'"20", "cloudy"': '"20",'}),
        Wrong(NO_CALL, edit={", (NEW_YORK,)": ""}),
        Wrong(ANY_CITY, edit={"(NEW_YORK,)": '(("get_weather", ""),)'}),
        Wrong(TOO_STRICT, edit={'"20"': '"It is 20 degrees"'}),
        Wrong(TOO_STRICT, edit={"(NEW_YORK,)": "(NEW_YORK, LONDON)"}),
        Wrong(TOO_STRICT, edit={"NEW_YORK": "LONDON"}),
        Wrong(NO_CITY, edit={"in New York?": "in Paris?"}),
        Wrong(
            TEXTS,
            code='case = Case("tools", "The weather in New York?", (20, "cloudy"), (NEW_YORK,))',
        ),
    ],
)
def case_that_can_fail(answer: Answer, case: Any, score: Any, Reply: Any) -> str | None:
    if isinstance(case.facts, str) or any(isinstance(call, str) for call in case.calls):
        return NO_COMMA
    if not all(isinstance(fact, str) for fact in case.facts):
        return TEXTS
    city = next((name for name in CITIES if name.casefold() in case.question.casefold()), None)
    if city is None:
        return NO_CITY
    place, degrees, condition = CITIES[city]
    here, there = _call(place), _call("York, United Kingdom")
    good = f"It is {degrees} °C and {condition} in {city}."
    poor = [
        (f"It is {condition} in {city}.", here, NO_TEMPERATURE),
        (f"It is {degrees} °C in {city}.", here, NO_CONDITION),
        (good, [], NO_CALL),
        (good, there, ANY_CITY),
    ]
    for text, calls, hint in poor:
        if all(score(case, Reply(text, calls)).values()):
            return hint
    return None if all(score(case, Reply(good, here)).values()) else TOO_STRICT


def _call(place: str) -> list[tuple[str, str]]:
    return [("get_weather", f'{{"location": "{place}"}}')]


NEVER = "“fifteen degrees” is not found, with “fifteen” among the ways: look for each of them."
ALL = "a text with one of the ways is not found: one is enough."
PART = "“15” is found in “115” or “1.15”: look with `says`."
CAPITALS = "“fifteen” is not found when the way is written in capitals: `says` does not mind."
FULL_STOP = "“fifteen” is not found at the end of a sentence: `says` does not mind the full stop."
NEITHER = "a text with none of the ways passes."


@exercise(
    "says-any",
    correct="one of the ways is enough, and a part of another number is not.",
    sends=False,
    right=[
        Right(
            code="""\
def says_any(text, *ways):
    for way in ways:
        if says(text, way):
            return True
    return False
"""
        ),
        Right(code="says_any = lambda text, *ways: True in [says(text, way) for way in ways]"),
        Right(code="def says_any(text, *ways):\n    return sum(says(text, w) for w in ways) > 0"),
        Right(
            code="""\
def says_any(text, *ways):
    if not ways:
        return False
    return says(text, ways[0]) or says_any(text, *ways[1:])
"""
        ),
        Right(
            code="""\
def says_any(text, *ways):
    found = re.findall(r"[\\w.,]*\\w", text.casefold())
    return any(way.casefold() in found for way in ways)
"""
        ),
    ],
    wrong=[
        Wrong(ALL, edit={"return any(": "return all("}),
        Wrong(PART, edit={"says(text, way)": "way in text"}),
        Wrong(
            PART,
            edit={"says(text, way)": 're.search(rf"\\b{re.escape(way)}\\b", text, re.IGNORECASE)'},
        ),
        Wrong(NEVER, edit={"for way in ways": "for way in ways[:1]"}),
        Wrong(FULL_STOP, edit={"says(text, way)": "way.lower() in text.lower().split()"}),
        Wrong(NEITHER, edit={"return any(says(text, way) for way in ways)": "return True"}),
        Wrong(
            CAPITALS,
            edit={"says(text, way)": 're.search(rf"(?<![\\w.]){way}\\b", text)'},
        ),
        Wrong(
            "`says_any('Fifteen degrees (15 °C).', '15', 'fifteen')` raised ",
            code="def says_any(text, *ways):\n    return says(text, ways)",
        ),
        Wrong(
            "`says_any('Fifteen degrees (15 °C).', '15', 'fifteen')` returned None",
            edit={"return any(": "any("},
        ),
    ],
)
def says_any(answer: Answer, says_any: Callable[..., bool]) -> str | None:
    fifteen = "15", "fifteen"
    if not returned(says_any, "Fifteen degrees (15 °C).", *fifteen):
        return NEVER
    if not returned(says_any, "It is 15 °C.", *fifteen):
        return ALL
    if not returned(says_any, "Rain at fifteen degrees.", *fifteen):
        return NEVER
    if returned(says_any, "It is mild.", *fifteen):
        return NEITHER
    if not returned(says_any, "It is fifteen.", *fifteen):
        return FULL_STOP
    if any(returned(says_any, f"It is {part} °C.", *fifteen) for part in ("115", "1.15")):
        return PART
    return None if returned(says_any, "Rain at fifteen degrees.", "15", "FIFTEEN") else CAPITALS
