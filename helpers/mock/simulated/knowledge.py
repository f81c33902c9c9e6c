"""What the simulated model knows: the tables of `data/`, read once, as sets and dictionaries."""

import re
from typing import NamedTuple

from helpers.mock.simulated.texts import stem, table

_words = table("words")


def stems(words: str) -> frozenset[str]:
    """The stems of words that are written with spaces between."""
    return frozenset(map(stem, words.split()))


class Term(NamedTuple):
    """What a word or short phrase is: its kind, and how it is written."""

    kind: str
    value: str
    code: str = ""


class Unit(NamedTuple):
    """A unit of measure: so many of its dimension's first unit."""

    name: str
    dimension: str
    factor: float
    offset: float = 0.0

    def to(self, other: "Unit", value: float) -> float:
        """So many of this unit, in another of the same dimension."""
        base = (value - self.offset) * self.factor
        return float(f"{base / other.factor + other.offset:.10g}")


class City(NamedTuple):
    name: str
    country: str
    timezone: str
    state: str = ""


STOP = frozenset(_words["stop"].split())
STOP_STEMS = frozenset(map(stem, STOP))
VERBS = stems(_words["verbs"])
SCAFFOLD = frozenset(_words["scaffold"].split())
TRAILING = frozenset(_words["trailing"].split())
BREAKS = frozenset(_words["breaks"].split())
DENIAL = frozenset(_words["denial"].split())
OPENERS = frozenset(_words["openers"].split())
PRAISE = frozenset(_words["praise"].split())
EPITHETS = PRAISE | frozenset(_words["epithets"].split())
COMPLAINT = frozenset(_words["complaint"].split())

LISTING = frozenset(_words["listing"].split())

ALIKE: dict[str, frozenset[str]] = {}
for _group in _words["alike"]:
    for _word in stems(_group):
        ALIKE[_word] = ALIKE.get(_word, frozenset()) | stems(_group)

RIVALS = {word: stems(each) - {word} for each in _words["rivals"] for word in stems(each)}

WANTS = table("wants")
PATTERNS = table("patterns")
_numbers = table("numbers")
NUMBER_WORDS: dict[str, float] = _numbers["words"]
SINGLE: dict[str, float] = _numbers["single"]
MAGNITUDES: dict[str, float] = _numbers["magnitudes"]
SUFFIXES: dict[str, float] = _numbers["suffixes"]
UNITS: dict[str, Unit] = {}
for _dimension, _units in _numbers["units"].items():
    for _name, (_factor, _forms) in _units.items():
        _unit = Unit(_name, _dimension, float(_factor), float(_numbers["offsets"].get(_name, 0)))
        for _form in (_name, *_forms.split()):
            UNITS[_form.replace("_", " ")] = _unit
UNIT_HEADS = frozenset(re.split(r"[ /^]", _form)[0] for _form in UNITS)
"""The words that units begin with."""

CITIES: dict[str, City] = {}
TERMS: dict[str, Term] = {}


def _read_terms() -> None:
    """Later tables give way to earlier ones where a word is in two."""
    places = table("places")
    for name, line in places["cities"].items():
        CITIES[name] = City(name, *line)
        for form in (name, *places["names"].get(name, ())):
            TERMS.setdefault(form.lower(), Term("city", name))
    for name, forms in places["countries"].items():
        for form in (name, *forms):
            TERMS.setdefault(form.lower(), Term("country", name))
    tables = table("terms")
    lists = tables.pop("lists")
    for kind, entries in tables.items():
        for name, line in entries.items():
            first, *others = line.split(", ")
            code = first if kind != "currency" else name
            forms = (name, *others) if kind != "currency" else (name, first, *others)
            for form in forms:
                TERMS.setdefault(form.lower(), Term(kind, name, code))
    for kind, words in lists.items():
        for word in words.split():
            TERMS.setdefault(word, Term(kind, word))


_read_terms()
MONTHS = {word: int(term.code) for word, term in TERMS.items() if term.kind == "month"}
_week = table("almanac")["order"]["day"].lower()
WEEKDAYS = {word: number for number, word in enumerate(_week.split())}
LONGEST: dict[str, int] = {}
"""How many words the longest term has that begins with a word."""
for _term in TERMS:
    _head = _term.split(" ")[0].split("-")[0].split(".")[0]
    LONGEST[_head] = max(LONGEST.get(_head, 0), _term.count(" ") + _term.count("-") + 1)

MEASURES = frozenset(UNITS) | {form for form, term in TERMS.items() if term.kind == "currency"}

_concepts = table("concepts")
RELATIVE: dict[str, int] = {
    word: days
    for days, name in enumerate(("today", "tomorrow"))
    for word in (name, *_concepts["time"][name].split())
} | {"yesterday": -1, "tonight": 0}
_foreign = frozenset(_concepts["question"]["words"].split())
TOOL_CONCEPTS: dict[str, frozenset[str]] = {}
TEXT_CONCEPTS: dict[str, frozenset[str]] = {}
ACTS = frozenset(_concepts["acts"]["concepts"].split())
SPOKEN: set[str] = set()
"""Words that speak of something, and are neither names nor values."""
for _concept, _line in _concepts.items():
    if isinstance(_line, str):
        _strong, _weak, _other = (*_line.split("|"), "", "")[:3]
        _example = _concepts["examples"].get(_concept, "")
        for _word in stems(_strong):
            TOOL_CONCEPTS[_word] = TOOL_CONCEPTS.get(_word, frozenset()) | {_concept}
        for _word in stems(f"{_strong} {_weak} {_example}") | frozenset(_other.split()):
            TEXT_CONCEPTS[_word] = TEXT_CONCEPTS.get(_word, frozenset()) | {_concept}
        _foreign |= frozenset(_other.split())
        SPOKEN.update(f"{_strong} {_weak} {_other}".split())
VAGUE = stems(_concepts["vague"]["words"])
VAGUE |= {word for word, concepts in TEXT_CONCEPTS.items() if len(concepts) > 3}
EXAMPLES = stems(" ".join(_concepts["examples"].values()))
for _form, _unit in UNITS.items():
    if len(_form) > 2 and _unit.dimension in ("length", "mass", "volume", "temperature", "speed"):
        TEXT_CONCEPTS[stem(_form)] = TEXT_CONCEPTS.get(stem(_form), frozenset()) | {"unit"}
FOREIGN = _foreign | frozenset(RELATIVE)
# Words that are not names, though they may stand first in a sentence with a capital.
ORDINARY = FOREIGN.union(
    NUMBER_WORDS, SINGLE, *(_words[each].split() for each in _words["ordinary"].split())
)
CJK = frozenset(w for w in (*FOREIGN, *TERMS) if w and w[0] > "\u2e80")
"""The words of the tables in Chinese, Japanese and Korean, which no spaces set apart."""
