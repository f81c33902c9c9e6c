"""Questions about what tools returned: which is colder, is it warm, what is that in Fahrenheit."""

import json
import re
from typing import Any

from helpers.mock.simulated import arithmetic, passages, results, sums
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.reading import Step, Turn, asks, parsed
from helpers.mock.simulated.texts import (
    Said,
    has,
    listing,
    sentences,
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
    skills = [_compared, _read, _in_unit, _feels, *(() if sure else (_counted, yes_or_no, _again))]
    return next((said for skill in skills if (said := skill(turn, steps)) is not None), None)


def _rule(asked: list[str]) -> tuple[dict[str, Any], str] | None:
    """What compares, and its adjective: "warmer" compares temperatures."""
    for rule in table("results")["compare"]:
        if adjective := next((word for word in asked if word in rule["words"].split()), ""):
            return rule, adjective
    if "difference" in asked:
        return {"keys": "temp temperature price cost rate value", "more": True}, "difference"
    return None


def _compared(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Which is colder?": the steps, or the items of a list, by what the adjective is about."""
    found = _rule(words(turn.ask))
    if found is None or not asks(turn.ask):
        return None
    rule, adjective = found
    values = sorted(_values(steps, set(rule["keys"].split())), reverse=rule["more"])
    bound = arithmetic.numbers(arithmetic.digits(turn.ask))
    last = _values(steps[-1:], set(rule["keys"].split()))
    if last and len(bound) == 1 and "than" in words(turn.ask):
        so = last[0][0] > bound[0] if rule["more"] else last[0][0] < bound[0]
        return Said(f"{'Yes' if so else 'No'}, in {last[0][1]} it is {last[0][2]}.", _WHY)
    if len(values) < 2:
        return None
    (first, name, shown), (second, other, less) = values[:2]
    if adjective == "difference":
        unit = shown.partition(" ")[2]
        told = f"{written(round(first - second, 6))} {unit}".strip()
        return Said(f"The difference is {told}: {shown} for {name}, {less} for {other}.", _WHY)
    if first == second:
        return Said(f"Neither: {name} and {other} have the same, {shown}.", _WHY)
    the = "the " if adjective.endswith("est") or adjective in ("best", "worst") else ""
    return Said(f"{name} is {the}{adjective}: {shown}, against {less} for {other}.", _WHY)


def _values(steps: list[Step], about: set[str]) -> list[tuple[float, str, str]]:
    """The numbers that results have under a key of these words: each with its name and unit."""
    found: list[tuple[float, str, str]] = []
    for step in {results.subject(each): each for each in steps}.values():
        value = results.unwrapped(parsed(step.result or ""))
        for item in value if isinstance(value, list) else [results.measures(step)]:
            if not isinstance(item, dict):
                continue
            named = [item[k] for k in item if k in results.keys("subjects")]
            if not named and isinstance(value, list):
                named = [each for each in item.values() if isinstance(each, str)]
            name = str(named[0]) if named else results.subject(step)
            for key, number in item.items():
                if about & set(spelt(key).split()) and type(number) in (int, float) and name:
                    hot = results.degrees(step)
                    found.append(
                        (number, name, f"{written(number)} {hot[1] if hot else ''}".strip())
                    )
                    break
    return found


def _in_unit(turn: Turn, steps: list[Step]) -> Said | None:
    """ "What is that in Fahrenheit?" """
    asked = set(words(turn.ask))
    if not asked & word_set("agent", "refers") and len(asked) > 4:
        return None
    told = in_unit(turn.ask, steps[-1], already=True)
    return Said(told, _WHY) if told else None


def in_unit(text: str, step: Step, already: bool = False) -> str:
    """A temperature in the unit that a text names, where the result has another; or "" for none."""
    target = next((unit for unit in ("fahrenheit", "celsius") if unit in words(text)), "")
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


def _feels(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Is that warm?" """
    asked = set(words(turn.ask))
    hot = results.degrees(steps[-1])
    rule = next((r for r in table("results")["feel"] if asked & set(r["words"].split())), None)
    if rule is None or hot is None or not asked & {"is", "that", "it", "feel", "so", "very", "too"}:
        return None
    number, unit = hot
    warm = sums.converted(number, "fahrenheit", "celsius") if unit == "°F" else number
    so = (warm or 0) >= rule.get("least", -99) and (warm or 0) <= rule.get("most", 99)
    word = next(w for w in words(turn.ask) if w in rule["words"].split())
    verb = "is" if so else "is not"
    return Said(f"{'Yes' if so else 'No'}, {written(number)} {unit} {verb} {word}.", _WHY)


def yes_or_no(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Do I need an umbrella?", "Is there a cat in it?": whether the results have a sign of it."""
    first = words(turn.ask)[:1]
    if not first or first[0] not in word_set("agent", "yes_no"):
        return None
    if turn.past and not turn.steps and has(turn.flat, word_set("agent", "relative")):
        return None  # what came back is of today
    asked = set(words(turn.ask))
    body = " ".join(each.result or "" for each in steps).lower()
    for rule in table("results")["sign"]:
        if asked & set(rule["words"].split()) and results.degrees(steps[-1]) is not None:
            so = any(sign in body for sign in rule["signs"].split())
            return Said(f"{'Yes' if so else 'No'}. {results.told(steps[-1])}", _WHY)
    flags = [value for value in _keyed(turn, steps[-1]).values() if type(value) is bool]
    if len(flags) == 1:
        return Said(f"{'Yes' if flags[0] else 'No'}. {results.told(steps[-1])}", _WHY)
    wanted = set(passages.content(turn.ask)) - set(passages.content(results.subject(steps[-1])))
    if wanted and wanted <= set(passages.content(body)):
        return Said(f"Yes. {results.told(steps[-1])}", _WHY)
    there = re.search(r"\b(?:is|are) there (?:an?|any|some|the)? ?([\w -]+?)(?: (?:in|on)\b|\?|$)",
                      turn.ask, re.IGNORECASE)  # fmt: skip
    if there is None:
        return None
    wanted = {stem(word) for word in words(there[1])}
    so = wanted <= {stem(word) for word in words(body)}
    what = there[1].strip()
    return Said(f"{f'Yes, there is {what}' if so else f'No, nothing there is called {what}'}. "
                f"{results.told(steps[-1])}", _WHY)  # fmt: skip


def _read(turn: Turn, steps: list[Step]) -> Said | None:
    """What a text that came back says: "How tall is it?" after an article."""
    text = steps[-1].result or ""
    if parsed(text) is not None or not turn.ask.rstrip().endswith("?"):
        return None
    lines = sentences(text[:20_000])
    found = passages.answering(turn.ask, lines, False) if len(lines) > 1 else None
    return Said(found, _WHY) if found else None


def _counted(turn: Turn, steps: list[Step]) -> Said | None:
    """ "How many are that?", of a list that came back."""
    value = results.unwrapped(parsed(steps[-1].result or ""))
    if not isinstance(value, list) or not has(turn.flat, ("how many", "count", "number of")):
        return None
    return Said(f"There {'is' if len(value) == 1 else 'are'} {len(value)}.", _WHY)


def _keyed(turn: Turn, step: Step) -> dict[str, Any]:
    """What a result says under the keys that a question names: "How humid is it?"."""
    also = table("results")["asked"]
    said = {w for word in words(turn.ask) for w in (word, *also.get(word, "").split())}
    asked = {stem(word) for word in said - word_set("memory", "small")}
    return {
        key: value
        for key, value in results.measures(step).items()
        if key not in results.keys("subjects")
        and value not in (step.arguments or {}).values()
        and any(
            stem(word) in asked or any(len(a) > 3 and word.startswith(a) for a in asked)
            for word in spelt(key).split()
        )
    }


def _again(turn: Turn, steps: list[Step]) -> Said | None:
    """A question that points at the last result, or asks for some of its keys."""
    step, items = steps[-1], results.unwrapped(parsed(steps[-1].result or ""))
    if isinstance(items, list) and len(named := results.named(items, turn.ask)) == 1:
        step = Step(step.name, {}, json.dumps(named[0], ensure_ascii=False))
        if not _keyed(turn, step):
            return Said(results.told(step), _WHY)
    value = results.measures(step)
    if not turn.ask.rstrip().endswith("?") or len(words(turn.ask)) > 11:
        return None
    if keyed := _keyed(turn, step):
        many = arithmetic.numbers(arithmetic.digits(turn.ask))
        prices = [v for k, v in keyed.items() if k in results.keys("price")]
        if len(many) == 1 and prices and isinstance(price := prices[0], int | float):
            total = f"{written(many[0])} * {written(price)} = {written(round(many[0] * price, 6))}"
            return Said(f"{total} {results.unit_of(value)}".strip() + ".", _WHY)
        if any(not results.keys("measured").isdisjoint(spelt(key).split()) for key in keyed):
            keyed |= {k: v for k, v in value.items() if k in results.keys("unit_keys")}
        subjects = [str(value[key]) for key in value if key in results.keys("subjects")]
        about = results.subject(step) or next(iter(subjects), "")
        told = listing(results.facts(keyed))
        return Said(f"For {about}, {told}." if about else f"{told[:1].upper()}{told[1:]}.", _WHY)
    if has(turn.flat, word_set("agent", "refers")):
        return Said(results.told(step), "The question is about the last result.")
    return None
