"""What can be computed: sums in words, units, the largest of some numbers, what comes and goes."""

import re
from datetime import date
from itertools import pairwise

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.knowledge import UNITS
from helpers.mock.simulated.texts import Said, sentences, table, word_set, words

_PRIME = re.compile(r"\b(\d{1,9})\b[^.?]{0,20}\bprime\b|\bprime\b[^.?\d]{0,20}\b(\d{1,9})\b")
_IN = re.compile(table("patterns")["sums"]["in"])
_ALSO = re.compile(table("patterns")["sums"]["also"], re.I)
_EQUATION = re.compile(table("patterns")["sums"]["equation"])
_RUN = re.compile(table("patterns")["sums"]["run"])
_MANY = re.compile(r"\bhow (?:many|much) ")
_PART = re.compile(r"[.;?!,](?=\s|$)|\b(?:and|then|but)\b")


def compute(text: str) -> Said | None:
    """The answer to a question that can be computed from its own numbers."""
    if len(text) > 600:
        return None
    plain = arithmetic.digits(text)
    if not any(map(str.isdigit, plain)):
        return _units(plain) if "how many" in plain.lower() else None
    skills = (_days, _prime, _units, _equation, _statistics, _change)
    return expressions(text) or next((said for skill in skills if (said := skill(plain))), None)


def expressions(text: str) -> Said | None:
    """What the sums in a text come to."""
    lines, short = [], ""
    if _ALSO.search(text):
        return None
    for found in arithmetic.find(text[:4_000])[:20]:
        value = arithmetic.evaluate(found)
        short = written(value) if value is not None else ""
        lines.append(f"{found} {f'= {short}.' if short else 'has no value to write.'}")
    short = short if len(lines) == 1 else ""
    asked = arithmetic.numbers(arithmetic.digits(sentences(text)[-1])) if lines else []
    if len(lines) == 1 and not {*asked} <= {*arithmetic.numbers(lines[0])}:
        return None  # "5 squared plus 2" is more than 5 ** 2
    return Said(" ".join(lines), "A sum can be computed.", short=short) if lines else None


def _prime(text: str) -> Said | None:
    if (found := _PRIME.search(text.lower())) is None:
        return None
    number = int(found[1] or found[2])
    factor = next((n for n in range(2, int(number**0.5) + 1) if number % n == 0), None)
    sure, no = ("Yes", "") if number > 1 and factor is None else ("No", "not ")
    product = f" ({factor} * {number // factor})" if factor else ""
    told = f"{sure}, {number} is {no}a prime number{product}."
    return Said(told, "Whether a number is prime can be computed.", short=sure)


def converted(number: float, source: str, target: str) -> float | None:
    """A measure in another unit; None for units that are not known, or do not go together."""
    one, other = UNITS.get(source), UNITS.get(target)
    contains = table("sums")["contains"]
    singles = (source.removesuffix("s"), target.removesuffix("s"))
    for first, second, power in ((*singles, 1), (*singles[::-1], -1)):
        if factor := contains.get(first, {}).get(second):
            return float(round(number * factor**power, 6))
    if one is None or other is None or one is other or one.dimension != other.dimension:
        return None
    return round(one.to(other, number), 6)


def _units(text: str) -> Said | None:
    signs = table("results")["units"]
    for found in _IN.finditer(" ".join(text.lower().split())):
        number = float(found["n"] or found["n2"] or 1)
        source, target = found["of"] or found["of2"], found["to"] or found["to2"]
        if (value := converted(number, source, target)) is not None:
            names = [sign if (sign := signs.get(unit, unit))[0] == "°" else unit
                     for unit in (source, target)]  # fmt: skip
            verb = "is" if number == 1 or names[0][0] == "°" else "are"
            one = names[0].rstrip("s") if number == 1 else names[0]
            told = f"{written(number)} {one} {verb} {written(value)} {names[1]}."
            return Said(told, "A unit can be converted by rule.", short=written(value))
    return None


def _equation(text: str) -> Said | None:
    """Solve `ax + b = c`, step by step."""
    m = _EQUATION.search(text) if "=" in text else None
    factor = float(m[1] + "1" if m[1] in ("", "-") else m[1]) if m else 0
    if m is None or factor == 0:
        return None
    shift = float(m[4] or 0) * (-1 if m[3] in ("-", "−") else 1)
    left, solved = float(m[5]) - shift, f"{m[2]} = {written((float(m[5]) - shift) / factor)}"
    verb, where = ("Subtract", "from") if shift > 0 else ("Add", "to")
    lines = [f"{verb} {written(abs(shift))} {where} both sides. {m[1]}{m[2]} = {written(left)}."]
    lines = lines if shift else []
    lines += [f"Divide both sides by {written(factor)}. {solved}."] if factor != 1 else []
    lines = lines or [f"It is solved as it stands. {solved}."]
    return Said("\n".join([*lines, f"So {solved}."]), "A linear equation can be solved by rule.")


def _days(text: str) -> Said | None:
    """ "How many days are there between 2024-02-27 and 2024-03-01?" """
    days = re.findall(r"\b\d{4}-\d\d-\d\d\b", text)
    if "how many days" not in text.lower() or len(days) != 2:
        return None
    try:
        count = abs((date.fromisoformat(days[1]) - date.fromisoformat(days[0])).days)
    except ValueError:
        return None
    told = f"From {days[0]} to {days[1]} it is {count} day{'' if count == 1 else 's'}."
    return Said(told, "Days can be counted.", short=str(count))


def _statistics(text: str) -> Said | None:
    """The sum, the average, the largest or the smallest of the numbers of a list."""
    places, found = list(arithmetic.NUMBER.finditer(text)), arithmetic.numbers(text)
    if len(found) < 2:
        return None
    cues = {cue: name for name, of in table("sums")["statistics"].items() for cue in of.split()}
    word, *others = [word for word in words(text) if word in cues] or [""]
    # "240 km in 3 hours" and "how many in total" are word problems, not lists of numbers.
    listed = all(_RUN.fullmatch(text[a.end() : b.start()]) for a, b in pairwise(places))
    listed = listed and "how" not in words(text) and not _ALSO.search(text)
    if not word or others or not listed:
        return None
    total, name = sum(found), cues[word]
    values = {"sum": total, "average": total / len(found), "largest": max(found)}
    shown = written(values.get(name, min(found)))
    word = name if name in ("sum", "average") else word
    return Said(f"The {word} is {shown}.", f"The {name} can be computed.", short=shown)


def _change(text: str) -> Said | None:
    """ "I have 12 apples and eat 5. How many are left?": others come and go from a number."""
    told, *ask = _MANY.split(text.lower().replace(" of them", ""))
    found = arithmetic.numbers(told)
    coins, buys = word_set("sums", "money"), word_set("sums", "buys")
    goods = [coins.isdisjoint(words(told[n.end() :])[:1]) for n in arithmetic.NUMBER.finditer(told)]
    pays = {"for"} <= {*words(told)} and not (all(goods) or buys.isdisjoint(words(told)))
    if pays and any(goods):
        return None  # "3 books for 8 euros"
    if len(ask) != 1 or not 1 < len(found) < 5 or arithmetic.numbers(ask[0]):
        return None
    unread = word_set("sums", "unread") | word_set("sums", "multiples")
    if not unread.isdisjoint(words(f"{told} {ask[0]}")):
        return None
    both, term, sign = {*words(ask[0])} & word_set("sums", "total"), "", ""
    for part in _PART.split(told):
        said = {*words(part)}
        minus, plus = (said & word_set("sums", "signs", name) for name in ("minus", "plus"))
        sign = "-" if minus or (pays and said & buys) else "+" if plus or both else sign
        for number in map(written, arithmetic.numbers(part)):
            if term and not sign:
                return None
            term += f" {sign} {number}" if term else number
    shown = written(arithmetic.evaluate(term) or 0)
    if shown.startswith("-"):
        return None
    return Said(f"{term} = {shown}.", "A word problem, by its words.", short=shown)
