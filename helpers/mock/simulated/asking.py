"""Questions about what tools returned: which is colder, is it warm, what is that in Fahrenheit."""

import json
import re
from typing import Any

from helpers.mock.simulated import arithmetic, passages, results, sums, tables, things, tongues
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import (
    Said,
    first_word,
    flat,
    has,
    listing,
    spelt,
    stem,
    table,
    word_set,
    words,
)

_WHY = "The results in this conversation answer it."


def answered(turn: Turn, sure: bool = False) -> Said | None:
    """The answer to a question about results that came before the user's last message.

    With `sure`, only one that the results answer, and not one that merely points at them.
    """
    steps = [each for each in turn.past if each.result is not None and not results.failed(each)]
    if turn.past and not word_set("results", "worked").isdisjoint(words(turn.ask)):
        last = turn.past[-1]
        return Said(f"{'No' if results.failed(last) else 'Yes'}. {results.told(last)}", _WHY)
    if not steps:
        return None
    # Of several, the one that the question names.
    steps.sort(key=lambda step: results.subject(step).partition(",")[0].lower() in turn.ask.lower())
    if (told := tables.answered(turn.ask, steps, sure)) is not None:
        return told
    skills = [_in_unit, *(() if sure else (yes_or_no, _again))]
    return next((said for skill in skills if (said := skill(turn, steps)) is not None), None)


def _in_unit(turn: Turn, steps: list[Step]) -> Said | None:
    """ "What is that in Fahrenheit?" """
    asked = set(words(turn.ask))
    if not asked & word_set("agent", "refers") and len(asked) > 4:
        return None
    told = in_unit(turn.ask, steps[-1], already=True)
    return Said(told, _WHY) if told else None


def in_unit(text: str, step: Step, already: bool = False) -> str:
    """A temperature in the unit that a text names, where the result has another; or "" for none."""
    target = next(
        (unit for unit in ("fahrenheit", "celsius") if {unit, unit[0]} & {*words(text)}), ""
    )
    hot = results.degrees(step)
    if not target or hot is None or not (hot[1] or already):
        return ""
    unit = f"°{target[0].upper()}"
    if hot[1] == unit:
        said = f"It is in {target.capitalize()} already: {written(hot[0])} {unit}."
        return said if already else ""
    source = "fahrenheit" if hot[1] == "°F" else "celsius"
    value = sums.converted(hot[0], source, target)
    return f"{written(hot[0])} {hot[1]} is {written(value or 0.0)} {unit}."


def in_language(code: str, step: Step) -> str:
    """A result about the weather in the language of this code; "" where that is not known."""
    hot, place = results.degrees(step), results.subject(step)
    if code in ("", "en") or hot is None or not place or results.failed(step):
        return ""
    value = results.measures(step)
    sky = next((str(value[k]) for k in value if k in things.keys("sky")), "")
    return tongues.weather(code, place, f"{written(hot[0])} {hot[1]}".strip(), sky)


def _feeling(hot: tuple[float, str], rule: dict[str, Any]) -> bool:
    """Whether a temperature is within the bounds of a rule, which are in degrees Celsius."""
    number = sums.converted(hot[0], "fahrenheit", "celsius") if hot[1] == "°F" else hot[0]
    bounded = "least" in rule or "most" in rule
    return bounded and rule.get("least", -99) <= (number or 0) <= rule.get("most", 99)


_THERE = re.compile(table("patterns")["asking"]["there"], re.IGNORECASE)


def is_whether(turn: Turn) -> bool:
    """Whether a question is answered by yes or no."""
    sees = has(turn.flat, ("can you see", "do you see", "could you see"))
    bare = words(turn.ask)[0] if words(turn.ask)[1:2] not in ([], ["you"]) else ""
    return bool(sees) or not word_set("agent", "yes_no").isdisjoint((first_word(turn.ask), bare))


def yes_or_no(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Do I need an umbrella?", "Is there a cat in it?": whether the results have a sign of it."""
    if not is_whether(turn):
        return None
    later = has(turn.flat, word_set("agent", "relative"))
    if later and turn.past and not turn.steps and not has(flat(steps[-1].result or ""), [later]):
        return _silent(steps[-1])  # what came back is of today
    asked = set(words(turn.ask))
    body = " ".join(each.result or "" for each in steps).lower()
    hot = results.degrees(steps[-1])
    for rule in table("results")["sign"]:
        if hot is not None and asked & set(rule["words"].split()):
            seen = (steps[-1].result or "").lower() if turn.past and not turn.steps else body
            so = any(sign in seen for sign in rule.get("signs", "").split()) or _feeling(hot, rule)
            return Said(f"{'Yes' if so else 'No'}. {results.told(steps[-1])}", _WHY)
    step = _meant(turn, steps[-1]) or steps[-1]
    flags = [value for value in _keyed(turn, step).values() if type(value) is bool]
    if len(flags) == 1:
        return Said(f"{'Yes' if flags[0] else 'No'}. {results.told(step)}", _WHY)
    wanted = set(passages.content(turn.ask)) - set(passages.content(results.subject(steps[-1])))
    if wanted and wanted <= set(passages.content(body)):
        return Said(f"Yes. {results.told(steps[-1])}", _WHY)
    there = _THERE.search(turn.ask)
    if there is None:
        return None
    parts = f"{body} {spelt(steps[-1].name)}".replace(".", " ")  # "y.csv" is a csv file
    wanted = {stem(word) for word in words(there[1])}
    so = wanted <= {stem(word) for word in words(parts)}
    if not so and len(wanted) > 3:
        return _silent(steps[-1])
    what = there[1].strip()
    return Said(f"{'Yes' if so else f'No, nothing there is called {what}'}. "
                f"{results.told(steps[-1])}", _WHY)  # fmt: skip


def _silent(step: Step) -> Said:
    """That a result does not have what is asked for, and what it has."""
    return Said(f"{table('results')['silent']} {results.told(step)}", _WHY)


def _meant(turn: Turn, step: Step) -> Step | None:
    """The one thing of a result that a question names, as a result of its own."""
    found = things.named(things.records(parsed(step.result or "")), turn.ask)
    one = json.dumps(found[0], ensure_ascii=False) if len(found) == 1 else ""
    return Step(step.name, {}, one) if one else None


def _keyed(turn: Turn, step: Step) -> dict[str, Any]:
    """What a result says under the keys that a question names: "How humid is it?"."""
    asked = {form for word in words(turn.ask) for form in tables.word_forms(word)}
    asked -= word_set("memory", "small")
    made, subjects = (step.arguments or {}).values(), things.keys("subjects")
    told = {k: v for k, v in results.measures(step).items() if k not in subjects and v not in made}
    return {key: value for key, value in told.items() if tables.key_parts(key) & asked}


def _again(turn: Turn, steps: list[Step]) -> Said | None:
    """A question that points at the last result, or asks for some of its keys."""
    step = steps[-1]
    if meant := _meant(turn, step):
        step = meant
        told = results.told(step)
        if not _keyed(turn, step):
            left = {*passages.content(turn.ask)} - {*passages.content(told)}
            return None if left - {*map(stem, word_set("results", "beside"))} else Said(told, _WHY)
    value = results.measures(step)
    questions = word_set("agent", "asks_back") | word_set("agent", "yes_no")
    orders = word_set("reading", "imperatives") - questions | {"why"}
    asked = turn.ask.rstrip().endswith("?") and len(words(turn.ask)) < 12
    if first_word(turn.ask) in orders or not asked:
        return None
    if keyed := _keyed(turn, step):
        many = arithmetic.numbers(arithmetic.digits(turn.ask))
        prices = [
            v for k, v in keyed.items() if not things.keys("price").isdisjoint(spelt(k).split())
        ]
        if len(many) == 1 and prices and isinstance(price := prices[0], int | float):
            total = f"{written(many[0])} * {written(price)} = {written(round(many[0] * price, 6))}"
            return Said(f"{total} {results.unit_of(value)}".strip() + ".", _WHY)
        if any(not things.keys("measured").isdisjoint(spelt(key).split())
               and not results.unit_in_key(key)[1] for key in keyed):  # fmt: skip
            keyed |= {k: v for k, v in value.items() if k in things.keys("unit_keys")}
        subjects = [str(value[key]) for key in value if key in things.keys("subjects")]
        about = results.subject(step) or next(iter(subjects), "")
        told = listing(results.facts(keyed))
        return Said(f"For {about}, {told}." if about else f"{told[:1].upper()}{told[1:]}.", _WHY)
    told = results.told(step)
    left = set(passages.content(turn.ask)) - set(passages.content(f"{step.name} {told}"))
    if has(turn.flat, word_set("agent", "refers")) and (len(left) < 2 or is_whether(turn)):
        return _silent(step) if left else Said(told, "The question is about the last result.")
    return None
