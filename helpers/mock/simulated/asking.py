"""Questions about what tools returned: which is colder, is it warm, what is that in Fahrenheit."""

import json
import re
from itertools import pairwise
from typing import Any

from helpers.mock.simulated import passages, results, sums, things, tongues
from helpers.mock.simulated.arithmetic import digits, numbers, written
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
_THERE = re.compile(table("patterns")["asking"]["there"], re.IGNORECASE)


def answered(turn: Turn) -> Said | None:
    """The answer to a question about results that came before the user's last message."""
    steps = [each for each in turn.past if each.result is not None and not results.failed(each)]
    if not steps:
        return None
    # Of several, the one that the question names.
    steps.sort(key=lambda step: results.subject(step).partition(",")[0].lower() in turn.ask.lower())
    short = len(words(turn.ask)) < 5 or has(turn.flat, word_set("agent", "refers"))
    told = _compared(turn.ask, steps) or picked(turn.ask, steps)
    told = told or (in_unit(turn.ask, steps[-1], already=True) if short else "")
    return Said(told, _WHY) if told else yes_or_no(turn, steps) or _again(turn, steps)


# Of several things


def _rows(ask: str, steps: list[Step]) -> dict[str, dict[str, Any]]:
    """What the last result lists, or what each of the steps was about; of these, what is named."""
    found = things.records(parsed(steps[-1].result or ""))
    rows = {str(item[key]): item for item in found if (key := things.label(item))}
    if len(rows) < 2:
        rows = {results.subject(step): results.measures(step) for step in steps}
    named = [name for name in rows if name.lower() in ask.lower()]
    return {name: rows[name] for name in named} if len(named) > 1 else rows


def picked(ask: str, steps: list[Step]) -> str:
    """The things of the last result that a question names by what they are, or how many."""
    said, found = words(ask), things.records(parsed(steps[-1].result or ""))
    rows = {str(item[key]): item for item in found if (key := things.label(item))}
    named = [name for name in rows if things.named([rows[name]], ask)]
    known = {*words(str([things.leaves(rows[name]) for name in named])), "how", "many"}
    many = {"how", "many"} <= {*said}
    asked = {"which", "many"} & {*said} and (many or named)
    if not asked or len(rows) < max(2, len(found)) or _unknown(said, known, rows, steps):
        return ""
    meant = named or [*rows]
    names = f"{listing(meant)}."
    return f"There are {len(meant)}: {names}" if many else f"{names[:1].upper()}{names[1:]}"


def _compared(ask: str, steps: list[Step]) -> str:
    """ "Which is colder?", "What is the total?", "What is the difference?", of several things."""
    said, rows, cues = words(ask), _rows(ask, steps), table("results")
    pairs = ((rule, word) for rule in cues["compare"] for word in said)
    met = [(rule, word) for rule, word in pairs if word in rule["words"].split()]
    # "Older" are those of the larger age, or of the smaller year.
    met = [each for each in met if len(_numbers(said, rows, each[0]["keys"])) > 1] or met
    rule, word = met[0] if met else (None, "")
    statistics = table("sums")["statistics"]
    name = next((n for n in ("average", "sum") if {*statistics[n].split()} & {*said}), "")
    if not (rule or name or "difference" in said):
        return ""
    about = f"{rule['keys']} {rule.get('units', '')}" if rule else cues["differs"]
    known = f"{word} difference {about} {statistics.get(name, '')} {' '.join(rows)}"
    values = _numbers(said, rows, about)
    if len(values) < 2 or _unknown(said, {*words(known)}, rows, steps):
        return ""
    if name:
        total = sum(value for value, _, _ in values)
        total = total if name == "sum" else total / len(values)
        keys = {part for row in rows.values() for key in row for part in key_parts(key)}
        if keys & things.keys("quantity"):
            return ""
        lead = "total" if name == "sum" else name
        told = f"{written(round(total, 2))} {values[0][2].partition(' ')[2]}".strip()
        return f"The {lead} is {told}."
    values.sort(key=lambda each: each[0], reverse=not rule or rule["more"])
    (first, one, shown), (second, other, less) = values[:2]
    if not rule and len(values) > 2:
        return ""
    if not rule:
        apart = f"{written(round(first - second, 6))} {shown.partition(' ')[2]}".strip()
        return f"The difference is {apart}: {shown} for {one}, {less} for {other}."
    if first == second:
        return f"Neither: {one} and {other} have the same, {shown}."
    the = "the " if word.endswith("est") else ""
    the = "the most " if "most" in said else the
    return f"{one} is {the}{word}: {shown}, against {less} for {other}."


def _unknown(
    said: tuple[str, ...], known: set[str], rows: dict[str, dict[str, Any]], steps: list[Step]
) -> set[str]:
    """The words that nothing accounts for; what follows "which" says what the rows are."""
    keys = {part for row in rows.values() for key in row for part in key_parts(key)}
    made = " ".join((steps[-1].name, *(steps[-1].arguments or ())))
    small = word_set("memory", "small") | word_set("results", "beside") | key_parts(made)
    sort = {after for word, after in pairwise(said) if word in ("which", "what")}
    left = {*said} - known - sort - keys - small
    return {word for word in left if word_forms(word).isdisjoint(keys)}


def _numbers(
    said: tuple[str, ...], rows: dict[str, dict[str, Any]], about: str
) -> list[tuple[float, str, str]]:
    """The numbers under the first key that is meant, each with its row and as it is told."""
    keys = {key: key_parts(key) for row in rows.values() for key, value in row.items()
            if things.number(value) is not None and not key.lower().endswith("id")}  # fmt: skip
    forms = {form for word in said for form in word_forms(word)}
    named = (k for want in (forms, {*about.split()}) for k, parts in keys.items() if want & parts)
    meant = next(named, "")
    found = ((things.number(row.get(meant)), name, row) for name, row in rows.items())
    return [(v, name, results.measure(row, meant)) for v, name, row in found if v is not None]


def word_forms(word: str) -> set[str]:
    return {word, stem(word), *table("results")["asked"].get(word, "").split()}


def key_parts(key: str) -> set[str]:
    return {form for word in spelt(key).split() for form in (word, stem(word))}


# Of one thing


def in_unit(text: str, step: Step, already: bool = False) -> str:
    """A temperature in the unit that a text names, where the result has another; or "" for none."""
    said, hot = {*words(text)}, results.degrees(step)
    target = next((unit for unit in ("fahrenheit", "celsius") if {unit, unit[0]} & said), "")
    if not target or hot is None or not (hot[1] or already):
        return ""
    unit = f"°{target[0].upper()}"
    if hot[1] == unit:
        return ""
    value = sums.converted(hot[0], "fahrenheit" if hot[1] == "°F" else "celsius", target)
    return f"{written(hot[0])} {hot[1]} is {written(value or 0.0)} {unit}."


def in_language(code: str, step: Step) -> str:
    """A result about the weather in the language of this code; "" where that is not known."""
    hot, place = results.degrees(step), results.subject(step)
    if code in ("", "en") or hot is None or not place or results.failed(step):
        return ""
    value = results.measures(step)
    sky = next((str(value[k]) for k in value if k in things.keys("sky")), "")
    return tongues.weather(code, place, f"{written(hot[0])} {hot[1]}".strip(), sky)


def is_whether(turn: Turn) -> bool:
    """Whether a question is answered by yes or no."""
    sees = has(turn.flat, ("can you see", "do you see", "could you see"))
    return bool(sees) or first_word(turn.ask) in word_set("agent", "yes_no")


def yes_or_no(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Do I need an umbrella?", "Is there a cat in it?": whether the results have a sign of it."""
    if not is_whether(turn):
        return None
    asked, step = {*words(turn.ask)}, steps[-1]
    before = turn.past and not turn.steps
    later = has(turn.flat, word_set("agent", "relative"))
    if later and before and not has(flat(step.result or ""), [later]):
        return _silent(step)  # what came back is of today
    body = " ".join(each.result or "" for each in (steps[-1:] if before else steps)).lower()
    if (hot := results.degrees(step)) is not None:
        celsius = sums.converted(hot[0], "fahrenheit", "celsius") if hot[1] == "°F" else hot[0]
        for rule in table("results")["sign"]:
            if asked & {*rule["words"].split()}:
                so = any(sign in body for sign in rule["signs"].split())
                return _sure(so or rule["least"] <= (celsius or 0) <= rule["most"], step)
    step = _meant(turn, step) or step
    flags = [value for value in _keyed(turn, step).values() if type(value) is bool]
    if len(flags) == 1:
        return _sure(flags[0], step)
    rows = things.records(parsed(steps[-1].result or ""))
    own = parsed(step.result or "") if step is not steps[-1] else {}
    bare = [{**row, things.label(row) or "": None} for row in (*rows, own)]
    if own and any(things.says(row, turn.ask) for row in bare):
        # What some things are, this one is or is not.
        return _sure(things.says(bare[-1], turn.ask), step)
    if (there := _THERE.search(turn.ask)) is None:
        return None
    parts = f"{body} {spelt(step.name)}".replace(".", " ")  # "y.csv" is a csv file
    what = (there[1] or there[2]).strip()
    so = {stem(word) for word in words(what)} <= {stem(word) for word in words(parts)}
    return _sure(so, steps[-1], f", nothing there is called {what}")


def _sure(so: bool, step: Step, denied: str = "") -> Said:
    return Said(f"{'Yes' if so else f'No{denied}'}. {results.told(step)}", _WHY)


def _silent(step: Step) -> Said:
    """That a result does not have what is asked for, and what it has."""
    return Said(f"{table('results')['silent']} {results.told(step)}", _WHY)


def _meant(turn: Turn, step: Step) -> Step | None:
    """The one thing of a result that a question names, as a result of its own."""
    found = things.named(things.records(parsed(step.result or "")), turn.ask)
    return Step(step.name, {}, json.dumps(found[0])) if len(found) == 1 else None


def _keyed(turn: Turn, step: Step) -> dict[str, Any]:
    """What a result says under the keys that a question names: "How humid is it?"."""
    asked = {form for word in words(turn.ask) for form in word_forms(word)}
    asked -= word_set("memory", "small")
    made, subjects = (step.arguments or {}).values(), things.keys("subjects")
    told = {k: v for k, v in results.measures(step).items() if k not in subjects and v not in made}
    return {key: value for key, value in told.items() if key_parts(key) & asked}


def _again(turn: Turn, steps: list[Step]) -> Said | None:
    """A question that points at the last result, or asks for some of its keys."""
    step = _meant(turn, steps[-1]) or steps[-1]
    questions = word_set("agent", "asks_back") | word_set("agent", "yes_no") - {"why"}
    orders = word_set("reading", "imperatives") - questions
    asked = turn.ask.rstrip().endswith("?") and len(words(turn.ask)) < 12
    computed = numbers(digits(turn.ask)) or {"more", "less"} & {*words(turn.ask)}
    if first_word(turn.ask) in orders or not asked or computed:
        return None
    if keyed := _keyed(turn, step):
        value = results.measures(step)
        if any(key_parts(key) & things.keys("measured") for key in keyed):
            keyed |= {k: v for k, v in value.items() if k in things.keys("unit_keys")}
        subjects = (str(value[key]) for key in value if key in things.keys("subjects"))
        about = results.subject(step) or next(subjects, "")
        told = listing(results.facts(keyed))
        return Said(f"For {about}, {told}." if about else f"{told[:1].upper()}{told[1:]}.", _WHY)
    told = results.told(step)
    left = {*passages.content(turn.ask)} - passages.material(f"{step.name} {told}")
    if has(turn.flat, word_set("agent", "refers")) and (len(left) < 2 or is_whether(turn)):
        return _silent(step) if left else Said(told, "The question is about the last result.")
    return None
