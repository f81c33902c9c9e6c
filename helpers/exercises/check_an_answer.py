"""The exercises of `16_check_an_answer`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from helpers.checks import Answer, exercise, returned
from helpers.transcript import Exchange
from helpers.transcript.read import calls_of, received, sent

NOT_OFFERED = "the last requests do not offer `get_weather`: keep that name, and offer the tool."
NOT_MENDED = "the wind is not answered with 12: return what the service says about it."
INVENTED = "the service knows no Atlantis, and your tool makes up a report: pass on what it says."
BROKEN = "a question about the weather is not answered in Celsius: convert, and say the unit."
RAISES = "your tool raises for a place that the service does not know: pass on what it says."
NOT_ALL = "the evaluation was not run on your tool: ask all the cases again."


@exercise(
    "mend-without-breaking",
    correct="the question about the wind is answered, and the others still are.",
)
def mend_without_breaking(
    answer: Answer, CASES: Any, Reply: Any, problems: Callable[..., list[str]]
) -> str | None:
    if "get_weather" not in answer.sent[-1].tools:
        return NOT_OFFERED
    ended = [exchange for exchange in answer.exchanges if not received(exchange).calls]
    asked = [sent(each).messages[0].get("content") for each in ended]
    if len(set(Counter(asked).values())) > 1 or len(set(asked)) < 8:
        return NOT_ALL

    def judged(run: dict[Any, Exchange]) -> str | None:
        for case in CASES:
            if not case.calls or case.question not in run:
                continue
            reply = Reply(received(run[case.question]).text, _calls_before(run[case.question]))
            if problems(case, reply) or _in_fahrenheit(reply.text):
                if "wind" in case.question:
                    return NOT_MENDED
                return BROKEN if case.facts else INVENTED
            if not case.facts and '"error"' in sent(run[case.question]).text:
                return RAISES
        return None

    # Each run of the evaluation asks the same; the reader's tool is in one of them.
    size, answers = len(set(asked)), list(zip(asked, ended, strict=True))
    hints = [judged(dict(answers[n : n + size])) for n in range(0, len(answers), size)]
    return None if None in hints else hints[-1]


def _in_fahrenheit(text: str) -> bool:
    fahrenheit, celsius = r"°F|fahrenheit", r"°C|celsius"
    return bool(re.search(fahrenheit, text, re.I)) and not re.search(celsius, text, re.I)


def _calls_before(exchange: Exchange) -> list[tuple[str, str]]:
    """The calls that led to a reply: they are sent along with the request for it."""
    calls = [call for message in sent(exchange).messages for call in calls_of(message)]
    return [(call.name, call.arguments) for call in calls]


NO_COMMA = "facts and calls are tuples, even with one element: write `(NEW_YORK,)`, with a comma."
NO_CASE = "`case` is not a `Case`: keep the class, and give it facts and calls."
TEXTS = 'facts are texts, numbers too: write `"20"`.'
TOO_STRICT = "a good reply fails, with the call behind it: "
NO_TEMPERATURE = "a reply without the temperature passes: put it into the facts."
NO_CONDITION = "a reply without the condition passes: put a word of it into the facts."
NO_CALL = "a reply that guessed, without a call, passes: say which call it needs."
ANY_CITY = "a reply that looked up {} passes: put the whole name of the city into the call."
NO_CITY = "the question is about neither New York nor London: the service knows only these two."

ELSEWHERE = "York, United Kingdom", "Leeds, UK", "Boston, USA"
CITIES = {
    "New York": ("New York, USA", 20, "partly cloudy"),
    "London": ("London, United Kingdom", 15, "rainy"),
}


@exercise(
    "case-that-can-fail",
    sends=False,
    errors=True,
    correct="a good reply passes, and poor ones do not.",
)
def case_that_can_fail(answer: Answer, case: Any, problems: Any, Reply: Any) -> str | None:
    if not hasattr(case, "facts"):
        return NO_CASE
    several = (tuple, list, set)
    if not all(isinstance(e, several) for e in (case.facts, case.calls, *(case.calls or ()))):
        return NO_COMMA
    if not all(isinstance(fact, str) for fact in case.facts):
        return TEXTS
    if answer.stopped:
        return answer.stopped
    cities = [name for name in CITIES if name.casefold() in case.question.casefold()]
    if not cities:
        return NO_CITY
    here = [_call(CITIES[city][0]) for city in cities]
    good = _said("In {0} it is {2} °C and {3}.", cities)
    poor = [
        (_said("In {0} it is {3}.", cities), here, NO_TEMPERATURE),
        (_said("In {0} it is {2} °C.", cities), here, NO_CONDITION),
        (good, [], NO_CALL),
        *((good, [_call(p) for _ in cities], ANY_CITY.format(p)) for p in ELSEWHERE),
    ]
    for text, calls, hint in poor:
        if not problems(case, Reply(text, calls)):
            return hint
    if not problems(case, Reply(good, here)):
        return None
    missed = [f for f in case.facts if problems(replace(case, facts=(f,)), Reply(good, here))]
    lacks = f", in which `says` does not find {missed[0]!r}" if len(missed) == 1 else ""
    return f"{TOO_STRICT}“{good}”{lacks}."


def _said(form: str, cities: list[str]) -> str:
    return " ".join(form.format(city, *CITIES[city]) for city in cities)


def _call(place: str) -> tuple[str, str]:
    return "get_weather", f'{{"location": "{place}"}}'


NEVER = "“fifteen degrees” is not found, with “fifteen” among the ways: look for each of them."
ALL = "a text with one of the ways is not found: one is enough."
PART = "“15” is found in “115” or “1.15”: look with `says`."
CAPITALS = "“fifteen” is not found when the way is written in capitals: `says` does not mind."
FULL_STOP = "“fifteen” is not found at the end of a sentence: `says` does not mind the full stop."
NEITHER = "a text with none of the ways passes."
DENIED = "“not fifteen” passes: `says` hears that it is denied, so look with `says`."


@exercise(
    "says-any",
    correct="one of the ways is enough, and a part of another number is not.",
    sends=False,
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
    if not returned(says_any, "Rain at fifteen degrees.", "15", "FIFTEEN"):
        return CAPITALS
    return DENIED if returned(says_any, "It is not fifteen degrees.", *fifteen) else None
