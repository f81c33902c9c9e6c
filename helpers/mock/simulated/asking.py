"""Questions about what tools returned: which is colder, is it warm, what is that in Fahrenheit."""

import re

from helpers.mock.simulated import results, sums
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.reading import Step, Turn, parsed
from helpers.mock.simulated.texts import Said, has, spelt, stem, table, word_set, words

_WHY = "The results in this conversation answer it."


def answered(turn: Turn, sure: bool = False) -> Said | None:
    """The answer to a question about results that came before the user's last message.

    With `sure`, only one that the results answer, and not one that merely points at them.
    """
    steps = [each for each in turn.past if each.result is not None and not results.failed(each)]
    if not steps:
        return None
    skills = (_compared, _in_unit, _feels) if sure else (
        _compared, _in_unit, _feels, yes_or_no, _again)  # fmt: skip
    for skill in skills:
        if (said := skill(turn, steps)) is not None:
            return said
    return None


def _compared(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Which is colder?": the steps, or the items of a list, by what the adjective is about."""
    said = set(words(turn.ask))
    rule = next((r for r in table("results")["compare"] if said & set(r["words"].split())), None)
    if rule is None:
        return None
    about = set(rule["keys"].split())
    found: list[tuple[float, str, str]] = []
    for step in {results.subject(each): each for each in steps}.values():
        value = results.unwrapped(parsed(step.result or ""))
        for item in value if isinstance(value, list) else [results.measures(step)]:
            if not isinstance(item, dict):
                continue
            named = [item[k] for k in item if k in results.keys("subjects")]
            name = str(named[0]) if named else results.subject(step)
            for key, number in item.items():
                if about & set(spelt(key).split()) and type(number) in (int, float) and name:
                    unit = results.degrees(step)[1] if results.degrees(step) else ""  # type: ignore[index]
                    found.append((number, name, f"{written(number)} {unit}".strip()))
                    break
    if len(found) < 2:
        return None
    found.sort(key=lambda each: each[0], reverse=rule["more"])
    adjective = next(w for w in words(turn.ask) if w in rule["words"].split())
    (first, name, shown), (second, other, less) = found[0], found[1]
    if first == second:
        return Said(f"Neither: {name} and {other} have the same, {shown}.", _WHY)
    the = "the " if adjective.endswith("est") or adjective in ("best", "worst") else ""
    return Said(f"{name} is {the}{adjective}: {shown}, against {less} for {other}.", _WHY)


def _in_unit(turn: Turn, steps: list[Step]) -> Said | None:
    """ "What is that in Fahrenheit?" """
    asked = set(words(turn.ask))
    target = next((u for u in ("fahrenheit", "celsius") if u in asked), "")
    hot = results.degrees(steps[-1])
    if not target or hot is None or not (asked & word_set("agent", "refers") or len(asked) < 5):
        return None
    source = {"°C": "celsius", "°F": "fahrenheit"}.get(hot[1], "")
    unit = f"°{target[0].upper()}"
    if source == target:
        return Said(f"It is in {target.capitalize()} already: {written(hot[0])} {unit}.", _WHY)
    value = sums.converted(hot[0], source or "celsius", target)
    return Said(f"{written(hot[0])} {hot[1]} is {written(value or 0.0)} {unit}.", _WHY)


def in_unit(turn: Turn, step: Step) -> str:
    """A temperature in the unit that the question names, where the result has another."""
    said = set(words(turn.text))
    target = next((unit for unit in ("fahrenheit", "celsius") if unit in said), "")
    hot = results.degrees(step)
    source = {"°C": "celsius", "°F": "fahrenheit"}.get(hot[1], "") if hot else ""
    if not target or not source or source == target or hot is None:
        return ""
    value = sums.converted(hot[0], source, target)
    return f"{written(hot[0])} {hot[1]} is {written(value or 0.0)} °{target[0].upper()}."


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
    asked = set(words(turn.ask))
    body = " ".join(each.result or "" for each in steps).lower()
    for rule in table("results")["sign"]:
        if asked & set(rule["words"].split()) and results.degrees(steps[-1]) is not None:
            so = any(sign in body for sign in rule["signs"].split())
            return Said(f"{'Yes' if so else 'No'}. {results.told(steps[-1])}", _WHY)
    there = re.search(r"\b(?:is|are) there (?:an?|any|some|the)? ?([\w -]+?)(?: (?:in|on)\b|\?|$)",
                      turn.ask, re.IGNORECASE)  # fmt: skip
    if there is None:
        return None
    wanted = {stem(word) for word in words(there[1])}
    so = wanted <= {stem(word) for word in words(body)}
    what = there[1].strip()
    return Said(f"{f'Yes, there is {what}' if so else f'No, nothing there is called {what}'}. "
                f"{results.told(steps[-1])}", _WHY)  # fmt: skip


def _again(turn: Turn, steps: list[Step]) -> Said | None:
    """A question that points at the last result, or asks for one of its keys: it is told again."""
    asked = turn.flat
    keyed = {stem(word) for key in results.measures(steps[-1]) for word in spelt(key).split()}
    refers = has(asked, word_set("agent", "refers")) or keyed & {stem(w) for w in words(turn.ask)}
    if refers and turn.ask.rstrip().endswith("?") and len(words(turn.ask)) < 12:
        return Said(results.told(steps[-1]), "The question is about the last result.")
    return None
