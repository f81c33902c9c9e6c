"""Questions about things in rows, whether tools returned them or a message has them as a table.

A question is answered only where all of its telling words are accounted for: as what to do with the
rows, as one of their keys or values, or as what the rows are.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from operator import eq, gt, lt
from typing import Any

from helpers.mock.simulated import passages, results, things
from helpers.mock.simulated.arithmetic import digits, written
from helpers.mock.simulated.reading import Step
from helpers.mock.simulated.records import measured, parsed
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
_Number = tuple[float, str, str]
"""A number, the name of its row, and how it is told."""


@dataclass(slots=True)
class _Question:
    """What is asked of some rows, and which of its words nothing accounts for yet."""

    ask: str
    said: list[str]
    rows: dict[str, dict[str, Any]]
    left: set[str]
    rule: dict[str, Any]
    word: str = ""
    """The word that compares, which the rule is of."""
    named: bool = False
    alone: bool = False
    apart: bool = False
    narrowed: bool = False
    bounded: dict[str, str] = field(default_factory=dict)

    def takes(self, cues: Iterable[str]) -> str:
        """The first word that is one of some cues; all of them are accounted for."""
        met = frozenset(cues).intersection(self.said)
        self.left -= met
        return next((word for word in self.said if word in met), "")

    def numbers(self, about: str = "") -> list[_Number]:
        """The numbers under the first key that is meant."""
        meant = {word: word_forms(word) for word in self.said}
        keys = {k: key_parts(k) for row in self.rows.values() for k, v in row.items()
                if things.number(v) is not None and not k.lower().endswith("id")}  # fmt: skip
        for key, parts in keys.items():
            met = {word for word, forms in meant.items() if forms & parts}
            if (
                met
                or parts.intersection(["number", *about.split()])
                or (len(keys) == 1 and not about)
            ):
                self.left -= met
                found = ((things.number(row.get(key)), n, row) for n, row in self.rows.items())
                return [(v, n, results.measure(row, key)) for v, n, row in found if v is not None]
        return []


def word_forms(word: str) -> set[str]:
    return {word, stem(word), *table("results")["asked"].get(word, "").split()}


def key_parts(key: str) -> set[str]:
    return {form for word in spelt(key).split() for form in (word, stem(word))}


def answered(ask: str, steps: list[Step], sure: bool = False) -> Said | None:
    """The answer to a question about what the steps returned; None where it is about more.

    With `sure`, not one that only counts what came back.
    """
    ask, value = digits(ask), parsed(steps[-1].result or "")
    last = things.records(value)
    rows = {str(item[key]): item for item in last if (key := things.label(item))}
    if len(last) < 2:
        rows = {results.subject(step): results.measures(step) for step in steps}
    outer = [*value] if isinstance(value, dict) else []
    keys = [key for row in list(rows.values())[:1] for key in row]
    known = word_set("memory", "small") | word_set("results", "beside")
    known |= {part for what in (steps[-1].name, *outer, *keys) for part in key_parts(what)}
    said = words(ask)
    left = {word for word in said if word not in known and stem(word) not in known}
    # "Which dish is the cheapest?", "Order them by height"
    left -= {after for word, after in pairwise(said) if word in ("which", "what", "by")}
    question = _Question(ask, said, rows, left, {})
    for rule in table("results")["compare"]:
        if word := question.takes(f"{rule['words']} {rule.get('also', '')}".split()):
            question.rule, question.word = rule, word
            break
    much = has(flat(ask), ["how much", "how many"])
    by = {"than", "by", "more", "less"} & {*said} or question.word.endswith("er")
    question.apart = bool(question.takes(["difference"]) or (much and by))
    _bound(question)
    _pick(question)
    for way in (_looked_up, _sorted, _total, _compared, *(() if sure else (_counted,)), _which):
        if rows and (told := way(question)):
            return None if question.left else Said(told, _WHY)
    return None


def in_text(ask: str, text: str) -> Said | None:
    """The answer to a question about what a text lists with numbers."""
    rows = measured(text)
    return answered(ask, [Step("", {}, json.dumps(rows))], sure=True) if rows else None


def _bound(question: _Question) -> None:
    """Leave the rows that a question names, and of them those on its side of a number."""
    cues, said = table("results"), flat(question.ask).replace("'s ", " ")
    named = [name for name in question.rows if has(said, [flat(name).strip() or "-"])]
    question.takes(word for name in named for word in words(name))
    question.named, question.alone = len(named) == 1, len(question.rows) == 1
    if named and len(question.rows) > 1 and not (question.apart and len(named) == 1):
        question.rows = {name: question.rows[name] for name in named}
    bounds, rule = passages.measures(question.ask), question.rule
    side = next((s for s in ("over", "under") if question.takes(cues[s].split())), "")
    if rule and "than" in question.said:
        side = "over" if rule["more"] else "under"
    if len(bounds) != 1 or len(named) > 1:
        return
    bound, unit = bounds[0]
    keys = {part for row in question.rows.values() for key in row for part in key_parts(key)}
    if not side and unit not in keys:
        return
    rule = rule or next((r for r in cues["compare"] if unit in r.get("units", "").split()), {})
    values = question.numbers(rule.get("keys", "")) or question.numbers(cues["price"])
    holds = {"over": gt, "under": lt}.get(side, eq)
    fits = {name for value, name, _ in values if holds(value, bound)}
    question.rows = {name: row for name, row in question.rows.items() if name in fits}
    question.bounded = {name: told for _, name, told in values}
    question.left -= {unit, written(bound)}
    question.narrowed = bool(values)


def _pick(question: _Question) -> None:
    """Leave the rows that have a value that a question names, or that have not: "not shipped"."""
    said = set(map(stem, question.said))
    if len(question.rows) < 2:
        return
    met: dict[str, set[str]] = {}
    for name, row in question.rows.items():
        for key, value in row.items():
            for each in value if isinstance(value, list) else [value]:
                text = spelt(key) if each is True else each if isinstance(each, str) else ""
                stems = set(map(stem, words(text)))
                if 0 < len(stems) < 4 and stems <= said and text != name:
                    met.setdefault(key, set()).add(name)
                    question.left = {word for word in question.left if stem(word) not in stems}
    for key, hits in met.items():
        denied = bool(question.takes(word_set("results", "denies")))
        question.rows = {name: row for name, row in question.rows.items()
                         if key in row and (name in hits) != denied}  # fmt: skip
        question.narrowed = True


def _looked_up(question: _Question) -> str:
    """ "How much is the lamp?", of several things: what it has under the keys that are named."""
    whether = first_word(question.ask) in word_set("agent", "yes_no")
    if not question.named or question.alone or question.narrowed or whether or question.apart:
        return ""
    name, row = next(iter(question.rows.items()))
    met = {word: forms for word in question.said if (forms := word_forms(word))}
    keyed = {k: v for k, v in row.items() if v != name
             and any(key_parts(k) & forms for forms in met.values())}  # fmt: skip
    question.left -= {w for w, forms in met.items() if any(key_parts(k) & forms for k in keyed)}
    return f"For {name}, {listing(results.facts(keyed))}." if keyed else ""


def _sorted(question: _Question) -> str:
    if not question.takes(word_set("sums", "statistics", "sorted")):
        return ""
    down = bool(question.takes(word_set("results", "down"))) or question.rule.get("more", False)
    values = sorted(question.numbers(question.rule.get("keys", "")), reverse=down)
    shown = [f"{name} ({told})" for _, name, told in values]
    if not shown and question.takes(word_set("results", "by_name")):
        shown = sorted(question.rows, reverse=down, key=str.lower)
    return f"In order: {listing(shown)}." if len(shown) > 1 else ""


def _total(question: _Question) -> str:
    cues = table("sums")["statistics"]
    name = next((n for n in ("average", "sum") if question.takes(cues[n].split())), "")
    values = question.numbers() if name else []
    if len(values) < 2:
        return ""
    asked = [word for word in question.said if word not in cues[name].split()]
    paid = name == "sum" and any(things.keys("price") & word_forms(word) for word in asked)
    total = sum(value * (_quantity(question.rows[row]) if paid else 1) for value, row, _ in values)
    number = total if name == "sum" else total / len(values)
    told = f"{written(round(number, 2))} {values[0][2].partition(' ')[2]}".strip()
    return f"The {'total' if name == 'sum' else name} is {told}."


def _quantity(row: dict[str, Any]) -> float:
    """How many of a thing a row is about, where it says so."""
    many = (things.number(v) for k, v in row.items() if key_parts(k) & things.keys("quantity"))
    return next((number for number in many if number is not None), 1)


def _compared(question: _Question) -> str:
    """ "Which is colder?", "What is the difference?"; of ages, the larger is the older."""
    rule, word, said, apart = question.rule, question.word, flat(question.ask), question.apart
    question.takes(["more", "less", *rule.get("units", "").split()] if apart else [])
    if not rule and not apart:
        return ""
    differs = f"{rule.get('keys', table('results')['differs'])} {rule.get('units', '')}"
    values = question.numbers(differs)
    values = values or (question.numbers() if apart else [])
    aged = any("age" in key_parts(key) for row in question.rows.values() for key in row)
    aged = aged or all(row.get("number", 200) < 200 for row in question.rows.values())
    more = apart or rule["more"] != (aged and "age" in rule["keys"].split())
    values.sort(key=lambda each: each[0], reverse=bool(more))
    if len(values) < 2 or (apart and len(values) > 2):
        return ""
    (first, name, shown), (second, other, less) = values[:2]
    if apart:
        told = f"{written(round(first - second, 6))} {shown.partition(' ')[2]}".strip()
        return f"The difference is {told}: {shown} for {name}, {less} for {other}."
    if first == second:
        return f"Neither: {name} and {other} have the same, {shown}."
    most = "most" in question.said
    the = "the " if most or word.endswith("est") or word in ("best", "worst") else ""
    sure = ""
    if "than" in question.said and first_word(question.ask) in word_set("agent", "yes_no"):
        sure = "Yes, " if said.find(flat(name)) < said.find(flat(other)) else "No, "
    word = f"most {word}" if most else word
    return f"{sure}{name} is {the}{word}: {shown}, against {less} for {other}."


def _counted(question: _Question) -> str:
    many = has(flat(question.ask), ("how many", "count", "number of"))
    if not many or question.named or question.alone:
        return ""
    number = len(question.rows)
    if question.narrowed:
        return f"{number}: {listing([*question.rows])}." if number else "None of them."
    return f"There {'is' if number == 1 else 'are'} {number}."


def _which(question: _Question) -> str:
    """ "Which are under 100 euros?", "Is that more than 200?", "Has any not shipped?" """
    if not question.narrowed:
        return ""
    whether = first_word(question.ask) in word_set("agent", "yes_no")
    sure = "Yes" if question.rows else "No"
    if len(question.bounded) == 1:
        name, told = next(iter(question.bounded.items()))
        return f"{sure}, it is {told} for {name}."
    names = [f"{n} ({shown})" if (shown := question.bounded.get(n)) else n for n in question.rows]
    return f"{f'{sure}: ' if whether else ''}{listing(names or ['none of them'])}."
