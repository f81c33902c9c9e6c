"""Questions about what tools returned: which is colder, is it warm, what is that in Fahrenheit."""

import json
import re
from itertools import pairwise
from typing import Any

from helpers.mock.simulated import passages, results, sums, things, tongues
from helpers.mock.simulated.arithmetic import digits, numbers, written
from helpers.mock.simulated.knowledge import UNITS
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
    stem_set,
    table,
    word_set,
    words,
)
from helpers.mock.simulated.things import key_parts, keys, word_forms

_WHY = "The results in this conversation answer it."
_THERE = re.compile(table("patterns")["asking"]["there"], re.IGNORECASE)
_TARGET = re.compile(table("patterns")["asking"]["target"], re.IGNORECASE)
_NOT = re.compile(r"\b(?:no|not|without) \w+")


def answered(turn: Turn) -> Said | None:
    """The answer to a question about results that came before the user's last message."""
    steps = [each for each in turn.past if each.result is not None and not results.failed(each)]
    if not steps:
        return None
    # Of several, the one that the question names.
    steps.sort(key=lambda step: results.subject(step).partition(",")[0].lower() in turn.ask.lower())
    short = len(words(turn.ask)) < 6 or has(turn.flat, word_set("agent", "refers"))
    told = _compared(turn.ask, steps) or picked(turn.ask, steps)
    told = told or in_unit(turn.ask, _meant(turn, steps[-1]) or steps[-1], already=bool(short))
    return Said(told, _WHY) if told else yes_or_no(turn, steps) or _again(turn, steps)


# Of several things


def _listed(step: Step) -> dict[str, dict[str, Any]]:
    """What a result lists, each by its name."""
    found = things.records(parsed(step.result or ""))
    return {str(item[key]): item for item in found if (key := things.label(item))}


def _rows(ask: str, steps: list[Step]) -> dict[str, dict[str, Any]]:
    """What the last result lists, or what each of the steps was about; of these, what is named."""
    rows = _listed(steps[-1])
    if len(rows) < 2:
        rows = {results.subject(step): results.measures(step) for step in steps}
    named = [name for name in rows if name.lower() in ask.lower()]
    return {name: rows[name] for name in named} if len(named) > 1 else rows


def picked(ask: str, steps: list[Step]) -> str:
    """The things of the last result that a question names by what they are, or how many."""
    said, rows = words(ask), _listed(steps[-1])
    many = {"how", "many"} <= {*said}
    named = [name for name in rows if things.named([rows[name]], ask)]
    told = dict.fromkeys(key for row in rows.values() for key in row)
    flags = [key for key in things.meant([*told], said) if any(
        type(row.get(key)) is bool for row in rows.values())]  # fmt: skip
    if flags and not named:  # "Which are open?"
        named = [name for name in rows if rows[name].get(flags[0]) is ("not" not in said)]
    known = {*words(str([things.leaves(rows[name]) for name in named])), "how", "many", "not"}
    alone = len(named) == 1 and things.says(named[0], ask)  # "How many pages has Moby-Dick?"
    asked = {"which", "many"} & {*said} and (many or named) and not (many and alone)
    if not asked or len(rows) < 2 or _unknown(said, known, rows, steps):
        return ""
    meant = named or [*rows]
    names = f"{listing(meant)}."
    return f"There are {len(meant)}: {names}" if many else f"{names[:1].upper()}{names[1:]}"


def _compared(ask: str, steps: list[Step]) -> str:
    """ "Which is colder?", of several things; "What is the total?", of what they have."""
    said, rows = words(ask), _rows(ask, steps)
    if (best := things.ranked([*rows.values()], said)) is None:
        return _reckoned(said, rows, steps)
    key, word, places = best
    how = [each for each in ("most", "least", "more", "less") if each in said]
    tells = word in keys("bare") and not ask.rstrip().endswith("?")  # "Tell me more"
    if tells or _unknown(said, {*words(" ".join(rows)), *how, word}, rows, steps):
        return ""
    (one, first), (other, second) = ([*rows.items()][place] for place in places[:2])
    shown, less = results.measure(first, key), results.measure(second, key)
    if things.comparable(first[key]) == things.comparable(second[key]):
        return f"Neither: {one} and {other} have the same, {shown}."
    if word in keys("bare"):
        lead = f"{one}: {results.unit_in_key(key)[0]} {shown}"
    else:
        the = "the " if word.endswith("est") or {"most", "least"} & {*how} else ""
        lead = f"{one} is {the}{' '.join([*how, word])}: {shown}"
    return f"{lead}, against {less} for {other}."


def _reckoned(said: tuple[str, ...], rows: dict[str, dict[str, Any]], steps: list[Step]) -> str:
    """The total, the average or the difference of what the rows have under one key."""
    cues, found = table("results")["reckons"], things.comparing([*rows.values()])
    name = next((name for name in cues if {*cues[name].split()} & {*said}), "")
    usual = [key for key in found if key_parts(key) & things.about("price")]
    key = next(iter(things.meant(found, said) or usual or found), "") if name else ""
    has = {who: n for who in rows if (n := things.number(rows[who].get(key))) is not None}
    known = {*words(" ".join((*rows, *cues.values())))}
    if len(has) < 2 or _unknown(said, known, rows, steps):
        return ""
    told = {who: results.measure(rows[who], key) for who in has}
    unit, total = next(iter(told.values())).partition(" ")[2], sum(has.values())
    if name == "difference":
        apart, both = max(has.values()) - min(has.values()), sorted(has, key=has.__getitem__)
        shown = f"{told[both[-1]]} for {both[-1]}, {told[both[0]]} for {both[0]}"
        return f"The difference is {written(round(apart, 6))} {unit}".strip() + f": {shown}."
    stock = stem_set("results", "quantity")  # of which a price is not the price of all
    if any(key_parts(each) & stock for row in rows.values() for each in row):
        return ""
    total /= 1 if name == "total" else len(has)
    return f"The {name} is {written(round(total, 2))} {unit}".strip() + "."


def _unknown(
    said: tuple[str, ...], known: set[str], rows: dict[str, dict[str, Any]], steps: list[Step]
) -> set[str]:
    """The words that nothing accounts for; what follows "which" says what the rows are."""
    parts = {part for row in rows.values() for key in row for part in key_parts(key)}
    made = " ".join((steps[-1].name, *(steps[-1].arguments or ())))
    small = word_set("memory", "small") | word_set("results", "beside")
    sort = {after for word, after in pairwise(said) if word in ("which", "what")}
    left = {*said} - known - sort - small
    return {word for word in left if word_forms(word).isdisjoint(parts | key_parts(made))}


# Of one thing


def in_unit(text: str, step: Step, already: bool = False) -> str:
    """A measure in the unit that a text names, where the result has another; or "" for none."""
    said = flat(text).split()
    named = [found[1].lower() for found in _TARGET.finditer(flat(text))]
    named += [word for word in said if word[2:] and (already or word in keys("scales"))]
    for target in (UNITS[word] for word in named if word in UNITS):
        for number, sign in results.measured(step):
            value = sums.converted(number, sign.lower(), target.name)
            if value is not None:
                unit = table("results")["units"].get(target.name, named[0])
                shown = written(round(value, 2) or value)
                return f"{written(number)} {sign} is {shown} {unit}."
    return ""


def in_language(code: str, step: Step) -> str:
    """A result about the weather in the language of this code; "" where that is not known."""
    hot, place = results.degrees(step), results.subject(step)
    if code in ("", "en") or hot is None or not place or results.failed(step):
        return ""
    value = results.measures(step)
    sky = next((str(value[k]) for k in value if k in keys("sky")), "")
    return tongues.weather(code, place, f"{written(hot[0])} {hot[1]}".strip(), sky)


def is_whether(turn: Turn) -> bool:
    """Whether a question is answered by yes or no."""
    sees = has(turn.flat, ("can you see", "do you see", "could you see"))
    return bool(sees) or first_word(turn.ask) in word_set("agent", "yes_no")


def yes_or_no(turn: Turn, steps: list[Step]) -> Said | None:
    """ "Do I need an umbrella?", "Is there a cat in it?": whether the results have a sign of it."""
    if not is_whether(turn):
        return None
    step = steps[-1]
    before = turn.past and not turn.steps
    later = has(turn.flat, word_set("agent", "relative"))
    if later and before and not has(flat(step.result or ""), [later]):
        return _silent(step)  # what came back is of today
    if (so := _sign(turn, step)) is not None:
        return _sure(so, step)
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
    body = " ".join(each.result or "" for each in (steps[-1:] if before else steps)).lower()
    parts = f"{body} {spelt(step.name)}".replace(".", " ")  # "y.csv" is a csv file
    what = (there[1] or there[2]).strip()
    so = {stem(word) for word in words(what)} <= {stem(word) for word in words(parts)}
    return _sure(so, steps[-1], f", nothing there is called {what}")


def _sign(turn: Turn, step: Step) -> bool | None:
    """Whether the weather of a result is what a question is after; None for another question."""
    hot, value, asked = results.degrees(step), results.measures(step), {*words(turn.ask)}
    if hot is None and keys("sky").isdisjoint(value):
        return None
    celsius = sums.converted(hot[0], "fahrenheit", "celsius") if hot and hot[1] == "°F" else None
    warm = celsius if celsius is not None else hot[0] if hot else 0
    texts = " ".join(str(leaf) for leaf in things.leaves(value) if isinstance(leaf, str)).lower()
    for rule in table("results")["sign"]:
        if asked & {*rule["words"].split()}:
            signs = rule["signs"].split()
            likely = [v for k, v in value.items() if things.number(v) is not None
                      and any(sign in k for sign in signs)]  # fmt: skip
            seen = any(sign in _NOT.sub("", texts) for sign in signs)
            return seen or any(v >= 50 for v in likely) or rule["least"] <= warm <= rule["most"]
    return None


def _sure(so: bool, step: Step, denied: str = "") -> Said:
    return Said(f"{'Yes' if so else f'No{denied}'}. {results.told(step)}", _WHY)


def _silent(step: Step) -> Said:
    """That a result does not have what is asked for, and what it has."""
    return Said(f"{table('results')['silent']} {results.told(step)}", _WHY)


def _meant(turn: Turn, step: Step) -> Step | None:
    """The one thing of a result that a question names, as a result of its own."""
    rows = things.records(parsed(step.result or ""))
    found = things.named(rows, turn.ask) or things.alike(rows, words(turn.ask), by_label=True)
    return Step(step.name, {}, json.dumps(found[0])) if len(found) == 1 else None


def _keyed(turn: Turn, step: Step) -> dict[str, Any]:
    """What a result says under the keys that a question names: "How humid is it?"."""
    made, subjects = (step.arguments or {}).values(), keys("subjects")
    told = {k: v for k, v in results.measures(step).items() if k not in subjects and v not in made}
    return {key: told[key] for key in things.meant([*told], words(turn.ask))}


def _again(turn: Turn, steps: list[Step]) -> Said | None:
    """A question that points at the last result, or asks for some of its keys."""
    step = _meant(turn, steps[-1]) or steps[-1]
    asked = turn.ask.rstrip().endswith("?") and len(words(turn.ask)) < 12
    computed = numbers(digits(turn.ask)) or {"more", "less"} & {*words(turn.ask)}
    if not asked or computed:
        return None
    if keyed := _keyed(turn, step):
        value = results.measures(step)
        keyed |= {k: v for k, v in value.items() if k in keys("unit_keys")}
        subjects = (str(value[key]) for key in value if key in keys("subjects"))
        about = results.subject(step) or next(subjects, "")
        told = listing(results.facts(keyed))
        return Said(f"For {about}, {told}." if about else f"{told[:1].upper()}{told[1:]}.", _WHY)
    told = results.told(step)
    left = {*passages.content(turn.ask)} - passages.material(f"{step.name} {told}")
    if has(turn.flat, word_set("agent", "refers")) and (len(left) < 2 or is_whether(turn)):
        return _silent(step) if left else Said(told, "The question is about the last result.")
    return None
