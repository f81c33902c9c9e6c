"""Word problems: quantities, how they belong together, and what a question wants of them."""

import re
from dataclasses import dataclass

from helpers.mock.simulated.arithmetic import NUMBER, evaluate, numbers, written
from helpers.mock.simulated.texts import Said, flat, has, stem, table, word_set, words

_PART = re.compile(r"[.;?!,](?=\s|$)|\b(?:and|then|but|if|when)\b")
_ASKS = re.compile(table("patterns")["problems"]["asks"])
_THAN = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) (?:[a-z]{1,20} ){0,2}than\b")
_EACH = re.compile(r"\b(?:each|every|per|an?) (?=[a-z])")
_EVERY = re.compile(r"\b(?:an?|each|every|per|1|one) (minute|hour|day|week|month|year)\b")
_SPAN = re.compile(r"\b(an?|each|every|per|one|\d{1,6}) (minute|hour|day|week|month|year)s?\b")
_PRICE = re.compile(r"\b(?:each|apiece|per|every|at \d)")
_NAMED = re.compile(
    rf"\d:\d\d|\b[a-z]{{1,4}}-?\d|\b(?:{'|'.join(table('sums')['problem']['names'])}) \d"
)
_OF = re.compile(r"\b([a-z]+) of (\d{1,9})\b(?=.*?\b(\d{1,9}) \1\b)?")
_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?(?:%|percent\b|per cent\b)")


@dataclass(frozen=True, slots=True)
class _Quantity:
    """So many of a thing: "7 boxes", or "a box", which is one without saying so."""

    number: float
    of: frozenset[str]
    part: int
    stated: bool


def solved(text: str) -> Said | None:
    """The answer to a word problem of a few numbers, as the sum that leads to it."""
    text = " ".join(text.lower().split())
    for written_so, said in table("sums")["rates"].items():
        text = text.replace(written_so, said)
    asks, found = list(_ASKS.finditer(text)), numbers(text.replace("%", " %"))
    if not asks or not 1 <= len(found) <= 4 or _NAMED.search(text):
        return None
    ask = text[asks[-1].start() :].partition("?")[0]
    several = (_percentage, _than, _proportion, _quotient, _sum_of_products, _change)
    loose, told = _meets(text, "unread"), {*found}
    for way in (_over_time, *(several if found[1:] else ())):
        term = way(text, ask)
        if term and ((loose and "/ 2" not in term) or told - {*numbers(term)} - {1}):
            continue  # "half of them", or a number, is in no sum
        value = evaluate(term) if term else None
        if value is not None and value >= 0:
            shown = written(round(value, 6))
            return Said(f"{term} = {shown}.", "A word problem, by its words.", short=shown)
    return None


def _meets(text: str, name: str) -> bool:
    return has(flat(text), table("sums")["problem"][name]) is not None


def _percentage(text: str, ask: str) -> str:
    """A share of the one other number, or what is left when it is taken off or put on."""
    shares = _SHARE.findall(text)
    whole = numbers(_SHARE.sub("", text))
    if len(shares) != 1 or len(whole) != 1:
        return ""
    share = f"{shares[0]} / 100"
    sign = "-" if _meets(text, "less") else "+" if _meets(text, "more") else ""
    if not sign or _meets(ask, "part"):
        return f"{written(whole[0])} * {share}"
    return f"{written(whole[0])} * (1 {sign} {share})"


def _than(text: str, ask: str) -> str:
    """ "5 more than Tim. Tim has 8": the other number, changed."""
    found, both = _THAN.search(text), numbers(text)
    if found is None or len(both) != 2 or not _meets(found[0], "compares"):
        return ""
    other = both[1] if both[0] == float(found[1]) else both[0]
    sign = "-" if _meets(found[0], "fewer") else "+"
    return f"{written(other)} {sign} {found[1]}"


def _quantities(text: str) -> list[_Quantity]:
    found, start, small = [], 0, word_set("memory", "small")
    for place, end in enumerate([*(m.start() for m in _PART.finditer(text)), len(text)]):
        part = text[start:end]
        ones = [(m.start(), m.end(), 1.0) for m in _EACH.finditer(part)]
        said = [(m.start(), m.end(), float(m[0].replace(",", ""))) for m in NUMBER.finditer(part)]
        for begin, after, number in sorted(ones + said):
            of = frozenset(map(stem, words(part[after : after + 40])[:2])) - small
            found.append(_Quantity(number, of, place, (begin, after, number) in said))
        start = end
    return found


def _proportion(text: str, ask: str) -> str:
    """A box holds 24 bottles: so many for other boxes, or so many boxes for other bottles."""
    found = _quantities(text)
    of = [word for quantity in found for word in quantity.of]
    if len({*of}) == len(of) or sum(quantity.stated for quantity in found) > 3:
        return ""
    fixed, asked = _meets(text, "holds"), len(found) - len(_quantities(ask))
    wanted = set(map(stem, words(ask)))
    for place, target in reversed(list(enumerate(found))):
        for base in (b for b in found if b is not target and b.of & target.of):
            if not target.stated or (base.stated and place < asked):
                continue
            for other in (p for p in found if p.part == base.part and p is not base):
                if other is target or other.of & target.of or not (fixed or not base.stated):
                    continue
                if not other.stated and not (other.of & wanted and base.stated):
                    continue
                if not other.stated:
                    return f"{written(target.number)} / {written(base.number)}"
                per = f" / {written(base.number)}" if base.number != 1 else ""
                return f"{written(other.number)}{per} * {written(target.number)}"
    return ""


def _over_time(text: str, ask: str) -> str:
    """ "I run 5 km every day": so much in a week, in two years; and how long for so many."""
    found, rate, asked = numbers(text), _EVERY.search(text), list(_SPAN.finditer(ask))
    if rate and ask.startswith("how long") and len(found) == 2:
        before = numbers(text[: rate.start()])
        per = before[-1] if before else 0
        return f"{written(sum(found) - per)} / {written(per)}" if per else ""
    if rate is None or not asked or len(found) != 1 + len(numbers(ask)) or len(numbers(ask)) > 1:
        return ""
    times, unit = asked[-1].groups()
    units = table("sums")["contains"].get(unit, {})
    factor = units.get(rate[1], 1 if rate[1] == unit else 0)
    many = f" * {times}" if times.isdigit() and times != "1" else ""
    if many and factor == 1:
        return ""
    return f"{written(found[0])} * {factor}{many}" if factor else ""


def _quotient(text: str, ask: str) -> str:
    """Shared equally, or so much for each."""
    if not _meets(text, "share") and (numbers(ask) or not _meets(ask, "rate")):
        return ""
    both = [quantity for quantity in _quantities(text) if quantity.stated]
    if len(both) != 2:
        return ""
    time = table("sums")["problem"]["time"]
    large, small = sorted(both, key=lambda each: (each.of.isdisjoint(time), each.number))[::-1]
    sign = "%" if _meets(ask, "left") else "/"
    return f"{written(large.number)} {sign} {written(small.number)}" if small.number else ""


def _sum_of_products(text: str, ask: str) -> str:
    """ "3 pens at 2 euros each and a ruler for 4": what each part costs, together."""
    if re.search(r"\bcosts? \D{0,3}\d", text) and len(numbers(text)) == 2 and numbers(ask) and not (
        _meets(ask, "change") or _meets(ask, "left")
    ):  # fmt: skip
        return " * ".join(map(written, numbers(text)[::-1]))
    many = ask.startswith("how many") and "each" in text and not _meets(text, "share")
    if (packs := _OF.search(text)) and packs[3] and len(numbers(text)) == 2:
        return f"{packs[3]} * {packs[2]}"  # "in boxes of 6": 4 boxes
    if not _PRICE.search(text) or _meets(ask, "left") or not (many or _meets(ask, "pay")):
        return ""
    parts = [numbers(part) for part in _PART.split(text)]
    sign = " + " if any(len(part) == 2 for part in parts) else " * "
    terms = [" * ".join(map(written, part)) for part in parts if part]
    if _meets(ask, "change") and terms[1:]:
        return f"{terms[-1]} - ({sign.join(terms[:-1])})"  # what was paid is said last
    return sign.join(terms)


def _change(text: str, ask: str) -> str:
    """What becomes of the first number when others come and go."""
    both = sorted(numbers(text))
    apart = " each" in text or _OF.search(text) or 1500 <= both[-1] <= 2100
    if apart or ask.startswith("how long"):
        return ""  # not each number counts the same things
    if _meets(ask, "change") and len(both) == 2:
        return f"{written(both[1])} - {written(both[0])}"
    signs = {key: set(cues.split()) for key, cues in table("sums")["signs"].items()}
    term, sign, changed = "", "", False
    for part in _PART.split(text):
        said, first = set(words(part)), not term
        change = "-" if said & signs["minus"] else "+" if said & signs["plus"] else ""
        for number in map(written, numbers(part)):
            if first:
                # "I spent 3 euros and spent 4": both are changes, and add up.
                signs["minus"] = set() if change == "-" else signs["minus"]
                change = change and "+"
            sign = change or sign
            changed = changed or bool(sign and not first)
            term += f" {sign or '+'} {number}" if term else number
        if term and "half" in said:
            term, changed = f"({term}) / 2" if " " in term else f"{term} / 2", True
    if not changed and _meets(ask, "left"):
        return term.replace("+", "-")
    return term if changed or _meets(ask, "total") else ""
