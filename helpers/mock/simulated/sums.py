"""What can be computed: sums and problems in words, units, equations."""

import re
from math import isqrt

from helpers.mock.simulated import arithmetic, texts
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import UNITS
from helpers.mock.simulated.measures import INTO
from helpers.mock.simulated.texts import Said, flat, formed, met, sentences, table, word_set, words

_PATTERNS = texts.patterns("sums")
_NUMBER, _GAP = r"(?<![\w.])(\d+(?:\.\d+)?)(?![\d.]*\d)", r"(?:[^\d]|(?<=[a-z])\d){0,80}?"


def _spelt(form: str) -> re.Pattern[str]:
    form = formed(form, table("sums")["said"])
    return re.compile(form.replace("N", _NUMBER).replace("~", _GAP))


_PROBLEMS = [(_spelt(of), to) for of, to in table("sums")["problems"].items()]


def compute(text: str) -> Said | None:
    """The answer to a question that can be computed from its own numbers."""
    if len(text) > 600:
        return None
    plain = arithmetic.digits(text)
    if not _PATTERNS["digit"].search(plain):
        return _units(plain)  # "How many feet are in a mile?"
    skills = (_units, _extreme, _property, _problem, _equation)
    return expressions(text) or next((said for skill in skills if (said := skill(plain))), None)


def expressions(text: str) -> Said | None:
    """What the sums in a text come to."""
    found = arithmetic.find(text[:4_000])[:20]
    values = {each: value for each in found if (value := arithmetic.evaluate(each)) is not None}
    told = " ".join(f"{each} = {written(value)}." for each, value in values.items())
    asked = arithmetic.numbers(arithmetic.digits(sentences(text)[-1])) if len(values) == 1 else []
    if not told or not {*map(abs, asked)} <= {*map(abs, arithmetic.numbers(told))}:
        return None  # "5 squared plus 2" is more than 5 ** 2
    short = written(*values.values()) if len(values) == 1 else ""
    return Said(told, "A sum can be computed.", short=short)


def _problem(text: str) -> Said | None:
    """A word problem that has one of the usual forms: "4 boxes with 6 eggs each"."""
    plain = " ".join(text.lower().split())
    terms = (found.expand(to) for of, to in _PROBLEMS if (found := of.search(plain)))
    told = sum(number != 1 for number in arithmetic.numbers(plain))
    terms = (term for term in terms if told <= len(arithmetic.numbers(term)))
    if (term := next(terms, None)) is None or (value := arithmetic.evaluate(term) or 0) < 0:
        return None
    return Said(f"{term} = {written(value)}.", "A word problem of a form.", short=written(value))


def _property(text: str) -> Said | None:
    """Whether a number is prime, even, odd, or divisible by another."""
    if (found := _PATTERNS["property"].search(text)) is None:
        return None
    number, by, of = int(found["n"]), int(found["by"] or 2), found["of"].lower()
    divides = number % by == 0
    if of == "prime":
        divides = number < 2 or any(number % n == 0 for n in range(2, isqrt(number) + 1))
    if found["than"]:
        divides = number > int(found["than"]) if found["more"] else number < int(found["than"])
    sure, verb = ("Yes", "is") if divides != (of in ("prime", "odd")) else ("No", "is not")
    told = f"{sure}, {number} {verb} {found['what']}."
    return Said(told, f"Whether a number is {of} can be computed.", short=sure)


def _extreme(text: str) -> Said | None:
    """ "Which is larger, 9.11 or 9.9?" """
    listed, rest = _PATTERNS["run"].findall(text), flat(_PATTERNS["run"].sub("", text))
    ends = met(rest, "", "sums", "ends")
    if len(listed) != 1 or len(ends) != 1:
        return None
    (end, cues), small = ends[0], word_set("memory", "small") | word_set("sums", "numbers")
    shown = written((max if end == "max" else min)(arithmetic.numbers(listed[0])))
    told = Said(f"The {cues[0]} is {shown}.", "Numbers can be compared.", short=shown)
    return told if {*rest.split()} <= small.union(cues) else None


def converted(number: float, source: str, target: str) -> float | None:
    """A measure in another unit; None for units that are not known, or do not go together."""
    one, other = UNITS.get(source), UNITS.get(target)
    if one is None or other is None or one is other or one.dimension != other.dimension:
        return None
    return round(one.to(other, number), 6)


def _units(text: str) -> Said | None:
    """ "How many feet are in 3 miles?": in the unit that is asked for."""
    if UNITS.keys().isdisjoint(words(text)):
        return None
    found, signs = Text(text), table("results")["units"]
    units = [*found.units()]
    asked = [s for s in units if INTO.intersection(found.before(s, 2))]
    numbers = found.spans("number") if asked else []
    said = {s.unit.name: s.text.lower() for s in units if s.unit}
    # A degree is shown by its sign, whatever it was called.
    shown = {name: signs[name] if "°" in signs.get(name, "") else u for name, u in said.items()}
    for unit in (s.unit for s in asked if len(numbers) == 1):
        number, of = numbers[0].value, numbers[0].unit
        named = unit and of and {unit.name, of.name} <= shown.keys()  # and not "12 °"
        if unit and of and named and (value := converted(number, of.name, unit.name)) is not None:
            told = f"{written(number)} {shown[of.name]} is {written(value)} {shown[unit.name]}."
            return Said(told, "A unit can be converted by rule.", short=written(value))
    return None


def _equation(text: str) -> Said | None:
    """Solve `ax + b = c`, step by step."""
    m = _PATTERNS["equation"].search(text)
    factor = float(f"{m[1]}1" if m[1] in ("", "-") else m[1]) if m else 0
    if m is None or not factor:
        return None
    shift = float(m[4] or 0) * (-1 if m[3] in ("-", "−") else 1)
    left, verb = float(m[5]) - shift, "Subtract {} from" if shift > 0 else "Add {} to"
    lines = [f"{verb} both sides. {m[1]}{m[2]} = {written(left)}.".format(written(abs(shift)))]
    solved = f"{m[2]} = {written(left / factor)}."
    divided = f"Divide both sides by {written(factor)}. {solved}"
    lines = [*lines[: bool(shift)], *[divided][: factor != 1]]
    why = "A linear equation can be solved by rule."
    return Said("\n".join([*lines, f"So {solved}"]), why, short=solved.rstrip("."))
