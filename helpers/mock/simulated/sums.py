"""What can be computed: sums in words, word problems, units, the largest of some numbers."""

import re
from itertools import pairwise

from helpers.mock.simulated import arithmetic, problems
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.knowledge import UNITS
from helpers.mock.simulated.texts import Said, flat, has, table, word_set, words

_PRIME = re.compile(r"\b(\d{1,9})\b[^.?]{0,20}\bprime\b|\bprime\b[^.?\d]{0,20}\b(\d{1,9})\b")
_PARITY = re.compile(table("patterns")["sums"]["parity"])
_DIGIT = re.compile(r"\d")
_IN = re.compile(table("patterns")["sums"]["in"])


def compute(text: str) -> Said | None:
    """The answer to a question that can be computed from its own numbers."""
    if len(text) > 600:
        return None
    plain = arithmetic.digits(text)
    if not _DIGIT.search(plain):
        return _units(plain) if "how many" in plain.lower() else None
    for skill in (expressions, _than, _prime, _units, _equation, _statistics, problems.solved):
        if (said := skill(text if skill is expressions else plain)) is not None:
            return said
    return None


_ALSO = re.compile(table("patterns")["sums"]["also"], re.I)


def expressions(text: str) -> Said | None:
    """What the sums in a text come to."""
    lines, short = [], ""
    if _ALSO.search(text):
        return None
    for found in arithmetic.find(text[:4_000])[:20]:
        value = arithmetic.evaluate(found)
        short = arithmetic.written(value) if value is not None else ""
        lines.append(f"{found} {f'= {short}.' if short else 'has no value to write.'}")
    short = short if len(lines) == 1 else ""
    return Said(" ".join(lines), "A sum can be computed.", short=short) if lines else None


_THAN = re.compile(table("patterns")["sums"]["than"])


def _than(text: str) -> Said | None:
    """ "Is 7 greater than 3?" """
    found = _THAN.search(text.lower())
    kind = next((k for k in ("largest", "smallest") if found and found[2] in word_set(
        "sums", "statistics", k)), "")  # fmt: skip
    if found is None or not kind:
        return None
    one, other = float(found[1]), float(found[3])
    so = one > other if kind == "largest" else one < other
    sure, denied = ("Yes", "") if so else ("No", "not ")
    told = f"{sure}, {found[1]} is {denied}{found[2]} than {found[3]}."
    return Said(told, "Numbers can be compared.", short=sure)


def _prime(text: str) -> Said | None:
    why = "A property of a number can be computed."
    lower = text.lower()
    if (found := _PRIME.search(lower)) is not None:
        number = int(found[1] or found[2])
        factor = next((n for n in range(2, int(number**0.5) + 1) if number % n == 0), None)
        if number > 1 and factor is None:
            return Said(f"Yes, {number} is a prime number.", why, short="Yes")
        product = f" ({factor} * {number // factor})" if factor else ""
        return Said(f"No, {number} is not a prime number{product}.", why, short="No")
    if (found := _PARITY.search(lower)) is not None:
        whole = int(found[1]) % (int(found[3] or 2) or 2) == 0
        yes = "Yes" if whole != (found[2] == "odd") else "No"
        return Said(f"{yes}, {found[1]} is {'' if yes == 'Yes' else 'not '}{found[2]}.", why)
    return None


def converted(number: float, source: str, target: str) -> float | None:
    """A measure in another unit; None for units that are not known, or do not go together."""
    one, other = UNITS.get(source), UNITS.get(target)
    contains = table("sums")["contains"]
    singles = (source.removesuffix("s"), target.removesuffix("s"))
    for first, second, power in ((*singles, 1), (*singles[::-1], -1)):
        if factor := contains.get(first, {}).get(second):
            return float(round(number * factor**power, 6))
    if one is None or other is None or one.dimension != other.dimension:
        return None
    return None if one is other else round(one.to(other, number), 6)


def _units(text: str) -> Said | None:
    for found in _IN.finditer(" ".join(text.lower().split())):
        number = float(found["n"] or found["n2"] or 1)
        source, target = found["of"] or found["of2"], found["to"] or found["to2"]
        value = converted(number, source, target)
        if value is not None:
            shown, signs = written(value), table("results")["units"]
            named = (signs.get(source, source), signs.get(target, target))
            one = source.rstrip("s") if number == 1 else source
            verb = "is" if number == 1 or named[0].startswith("°") else "are"
            source = named[0] if named[0].startswith("°") else one
            target = named[1] if named[1].startswith("°") else target
            told = f"{written(number)} {source} {verb} {shown} {target}."
            return Said(told, "A unit can be converted by rule.", short=shown)
    return None


# Equations

_EQUATION = re.compile(table("patterns")["sums"]["equation"])


def linear_steps(text: str) -> tuple[list[tuple[str, str]], str] | None:
    """Solve `ax + b = c`: the steps, each an explanation and its outcome, and the answer."""
    m = _EQUATION.search(text)
    if m is None:
        return None
    factor = float(m[1] + "1" if m[1] in ("", "-") else m[1])
    shift = float(m[4] or 0) * (-1 if m[3] in ("-", "−") else 1)
    right = float(m[5])
    if factor == 0:
        return None
    write = arithmetic.written
    left = right - shift
    name, steps = m[2], []
    term = f"{m[1]}{name}"
    if shift:
        verb = "Subtract" if shift > 0 else "Add"
        where = "from" if shift > 0 else "to"
        steps.append((f"{verb} {write(abs(shift))} {where} both sides.", f"{term} = {write(left)}"))
    solution = f"{name} = {write(left / factor)}"
    if factor != 1:
        steps.append((f"Divide both sides by {write(factor)}.", solution))
    return steps or [("It is solved as it stands.", solution)], solution


def _equation(text: str) -> Said | None:
    solved = linear_steps(text) if "=" in text else None
    if solved is None:
        return None
    steps, solution = solved
    lines = [f"{explanation} {outcome}." for explanation, outcome in steps]
    return Said("\n".join([*lines, f"So {solution}."]), "A linear equation can be solved by rule.")


_RUN = re.compile(table("patterns")["sums"]["run"])


def _statistics(text: str) -> Said | None:
    said = set(words(text))
    places = list(arithmetic.NUMBER.finditer(text))
    name = next(
        (n for n in table("sums")["statistics"] if said & word_set("sums", "statistics", n)), ""
    )
    # "240 km in 3 hours" and "how many in total" are word problems, not lists of numbers.
    listed = all(_RUN.fullmatch(text[a.end() : b.start()]) for a, b in pairwise(places))
    apart = name == "sum" and "how" in said
    if not name or apart or len(places) < 2 or not listed or _ALSO.search(text):
        return None
    write, found = arithmetic.written, arithmetic.numbers(text)
    if name == "sorted":
        down = has(flat(text), ("largest to smallest", "descending", "highest to lowest", "down"))
        order = sorted(found, reverse=bool(down))
        return Said(f"In order: {', '.join(map(write, order))}.", "Numbers can be sorted.")
    if name == "next":
        steps = {round(b - a, 9) for a, b in pairwise(found)}
        if len(found) < 3 or len(steps) != 1:
            return None
        shown = write(found[-1] + steps.pop())
        return Said(f"Next comes {shown}.", "The numbers grow by the same step.", short=shown)
    total = sum(found)
    values = {"sum": total, "average": total / len(found), "largest": max(found)}
    values["smallest"] = min(found)
    shown = write(values[name])
    word = next(each for each in words(text) if each in word_set("sums", "statistics", name))
    word = word if name in ("largest", "smallest") else name
    return Said(f"The {word} is {shown}.", f"The {name} can be computed.", short=shown)
