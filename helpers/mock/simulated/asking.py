"""Questions about what tools returned: which is colder, is it warm, what is that in Fahrenheit."""

import json
from dataclasses import replace
from itertools import chain
from typing import Any

from helpers.mock.simulated import passages, results, sums, texts, things
from helpers.mock.simulated.arithmetic import OF_SEVERAL, digits, numbers, written
from helpers.mock.simulated.knowledge import UNITS
from helpers.mock.simulated.reading import Step, Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import (
    Said,
    first_word,
    has,
    listing,
    name_words,
    table,
    word_set,
    words,
)
from helpers.mock.simulated.things import key_parts, keys, word_forms

_WHY = "The results in this conversation answer it."
_PATTERNS = texts.patterns("asking")
_Rows = dict[str, dict[str, Any]]


def answered(turn: Turn) -> Said | None:
    """The answer to a question about results that came before the user's last message."""
    steps = [each for each in turn.past if each.result is not None and not results.failed(each)]
    if not steps:
        return None
    # Of several, the one that the question names.
    steps.sort(key=lambda step: _is_named(turn.ask, step))
    step = next((each for each in steps[::-1] if _keyed(turn, each)), steps[-1])
    step = _meant(turn.ask, step)
    told = compared(turn.ask, steps) or in_unit(turn.ask, step)
    if told:
        return Said(told, _WHY)
    return yes_or_no(turn, steps) or read(turn, step) or _again(turn, step, steps)


def _is_named(ask: str, step: Step) -> bool:
    name = results.subject(step).partition(",")[0].lower()
    return bool(name) and name in ask.lower()


# Of several things


def _listed(step: Step) -> _Rows:
    """What a result lists, each by its name."""
    found = things.records(parsed(step.result or ""))
    return {str(item[key]): item for item in found if (key := things.label(item))}


def compared(ask: str, steps: list[Step]) -> str:
    """ "Which is colder?", "What do both cost together?", of several things."""
    said, rows = words(ask), _listed(steps[-1])
    if len(rows) < 2:
        rows = {_apart(step, steps): results.measures(step) for step in steps}
    if over := _over(said, rows, steps[-1]):
        return over
    if (best := things.ranked([*rows.values()], said)) is None:
        return ""
    key, word, places = best
    how = [each for each in ("most", "least", "more", "less") if each in said]
    tells = word in keys("bare") and not ask.rstrip().endswith("?")  # "Tell me more"
    if tells or _unknown(said, {*words(" ".join(rows)), *how, word}, rows, steps[-1]):
        return ""
    (one, first), (other, second) = ([*rows.items()][place] for place in places[:2])
    shown, less = results.measure(first, key), results.measure(second, key)
    if shown == less:
        return f"Neither: {one} and {other} have the same, {shown}."
    the = "the " if word.endswith("est") else ""
    lead = f"{one} is {the}{' '.join([*how, word])}:"
    if word in keys("bare"):
        lead = f"{one}: {results.unit_in_key(key)[0]}"
    return f"{lead} {shown}, against {less} for {other}."


def _apart(step: Step, steps: list[Step]) -> str:
    """What a call was about and no other one: of "Ghent to Bruges" and "Ghent to Lille", Lille."""
    others = [other.arguments or {} for other in steps if other is not step]
    own = {key: value for key, value in (step.arguments or {}).items()
           if all(other.get(key) != value for other in others)}  # fmt: skip
    return results.subject(replace(step, arguments=own)) or results.subject(step)


def _over(said: tuple[str, ...], rows: _Rows, step: Step) -> str:
    """The sum, the mean or the difference of what several things have, if that is asked for."""
    ways = (each for each in table("results")["over"] if {*each["words"].split()} & {*said})
    if (way := next(ways, None)) is None or len(rows) < 2:
        return ""
    every = [{k: n for k in row if (n := things.number(row[k])) is not None}
             for row in rows.values()]  # fmt: skip
    found = [key for key in every[0] if all(key in row for row in every)]
    of, beside = things.meant(found, said) or found, {*words(" ".join(rows)), *way["words"].split()}
    if len(of) != 1 or key_parts(of[0]) & beside or _unknown(said, beside, rows, step):
        return ""
    if not keys("quantity").isdisjoint(chain.from_iterable(map(name_words, every[0]))):
        return ""  # 2 pumps at 30
    values = [row[of[0]] for row in every]
    shown = [results.measure(row, of[0]) for row in rows.values()]
    if len({text.partition(" ")[2] for text in shown}) > 1 or len(values) > way["most"]:
        return ""  # "3 °C and 60 °F"
    value = round(OF_SEVERAL[way["is"]](values), 2)
    told = results.measure({**next(iter(rows.values())), of[0]: value}, of[0])
    each = listing([" ".join(pair) for pair in zip(rows, shown, strict=True)])
    return str(way["say"]).format(value=told, each=each)


def _unknown(said: tuple[str, ...], known: set[str], rows: _Rows, step: Step) -> set[str]:
    """The words that nothing accounts for: "Which is the cheapest with a pool?"."""
    made = " ".join((step.name, *(step.arguments or ())))
    parts = key_parts(made).union(*(key_parts(key) for row in rows.values() for key in row))
    small = word_set("memory", "small") | word_set("results", "beside")
    left = {*said} - known - small
    return {word for word in left if word_forms(word).isdisjoint(parts)}


# Of one thing


def _meant(ask: str, step: Step) -> Step:
    """The one thing of a result that a question names, as a result of its own, else the result."""
    named = [(name, row) for name, row in _listed(step).items() if things.says(name, ask)]
    if len(named) != 1:
        return step
    [(name, row)] = named
    return Step(step.name, {"name": name}, json.dumps(row))


def in_unit(text: str, step: Step) -> str:
    """A measure in the unit that a text names, where the result has another; or "" for none."""
    for word in filter(UNITS.__contains__, _PATTERNS["target"].findall(text.lower())):
        for number, sign in results.measured(step):
            value = sums.converted(number, sign.lower(), UNITS[word].name)
            if value is not None:
                unit = table("results")["units"].get(UNITS[word].name, word)
                return f"{written(number)} {sign} is {written(round(value, 2) or value)} {unit}."
    return ""


def yes_or_no(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Do I need an umbrella?", "Is there a cat in it?": whether the results have a sign of it."""
    judges = has(turn.flat, word_set("agent", "judges"))
    if not judges and first_word(turn.ask) not in word_set("agent", "yes_no"):
        return None
    last, step = steps[-1], _meant(turn.ask, steps[-1])
    later = has(turn.flat, word_set("agent", "relative"))
    if later and not turn.steps and later not in words(last.result or ""):
        return _told(table("results")["silent"], last)  # what came back is of today
    named = [each for each in steps if _is_named(turn.ask, each)]
    if len({_sign(turn, each) for each in named}) > 1:  # "Is it raining in London or in New York?"
        one = next(each for each in named if _sign(turn, each))
        return _told("Yes.", one) if " or " in turn.flat else None
    signs = (_sign(turn, step), *_keyed(turn, step).values())
    if flags := [so for so in signs if type(so) is bool]:
        return _told("Yes." if flags[0] else "No.", step)
    if (there := _PATTERNS["there"].search(turn.ask)) is None:
        return None
    what = (there[1] or there[2]).strip()
    told = " ".join([last.name, *(step.result or "" for step in steps)])
    # "y.csv" is a csv file
    so = key_parts(what) <= key_parts(told) and f"no {what}" not in results.told(last)
    return _told("Yes." if so else f"No, nothing there is called {what}.", last)


def _sign(turn: Turn, step: Step) -> bool | None:
    """Whether the weather of a result is what a question is after; None for another question."""
    hot, asked = results.degrees(step), {*words(turn.ask)}
    rules = (each for each in table("results")["sign"] if asked & {*each["words"].split()})
    if hot is None or (rule := next(rules, None)) is None:
        return None
    warm = sums.converted(hot[0], "fahrenheit", "celsius") if hot[1] == "°F" else hot[0]
    sky = _PATTERNS["denied"].sub("", str(things.leaves(results.measures(step))).lower())
    seen = any(sign in sky for sign in rule["signs"].split())
    return seen or rule["least"] <= (warm or 0) <= rule["most"]


def _told(lead: str, step: Step) -> Said:
    return Said(f"{lead} {results.told(step)}", _WHY)


def _keyed(turn: Turn, step: Step) -> dict[str, Any]:
    """What a result says under the keys that a question names: "How humid is it?"."""
    told = results.measures(step)
    how = first_word(turn.ask) in word_set("agent", "asks_back")  # is not answered by a yes or no
    found = things.meant([k for k in told if not (how and told[k] is True)], words(turn.ask))
    return {k: each for k, each in told.items() if k in found or (found and k in keys("unit_keys"))}


def read(turn: Turn, step: Step) -> Said | None:
    """What a page says, or another text that came back."""
    value = parsed(step.result or "")
    text = step.result if value is None else value
    ask = _PATTERNS["address"].sub("", turn.ask)  # "How much is it, according to https://...?"
    lines = [*texts.sentences(text)] if isinstance(text, str) and texts.asks(ask) else []
    found = passages.answering(ask, lines) if lines[1:] else None
    return passages.told(found.line, found.line, ask, found.left) if found else None


def _again(turn: Turn, step: Step, steps: list[Step]) -> Said | None:
    """A question that points at a result, or asks for some of its keys."""
    if not turn.ask.rstrip().endswith("?") or numbers(digits(turn.ask)):
        return None
    every = keys("every") | things.overall()
    several = [step] if every.isdisjoint(words(turn.ask)) else steps
    keyed = [(_apart(each, steps), found) for each in several if (found := _keyed(turn, each))]
    if keyed:
        return Said(" ".join(results.sentence(*each) for each in keyed), _WHY)
    told = results.told(step)
    left = {*passages.content(turn.ask)} - passages.material(f"{step.name} {told}")
    if has(turn.flat, word_set("agent", "refers")) and len(left) < 2:
        return _told(table("results")["silent"], step) if left else Said(told, _WHY)
    return None
