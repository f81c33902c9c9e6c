"""What the simulated model knows: the tables of `data/`, read once, as sets and dictionaries."""

from collections.abc import Iterator
from typing import NamedTuple

from helpers.mock.simulated.texts import by_word, patterns, stem, stem_set, table, word_set

_words = table("words")
# Whether a word only says what was done, or how: "leaked", "lightly".
is_verbal = patterns("requests")["verbal"].fullmatch


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


_LISTS = "stop scaffold trailing breaks listing denial praise complaint determiners"
STOP, SCAFFOLD, TRAILING, BREAKS, LISTING, DENIAL, PRAISE, COMPLAINT, DETERMINERS = (
    word_set("words", name) for name in _LISTS.split()
)
STOP_STEMS = frozenset(map(stem, STOP))
VERBS = stems(_words["verbs"])
EPITHETS = PRAISE | word_set("words", "epithets")

ALIKE = by_word((stems(each), stems(each)) for each in _words["alike"])
CHANGES = frozenset().union(*(ALIKE[word] for word in stem_set("wants", "acts", "changes")))
RIVALS = {word: stems(each) - {word} for each in _words["rivals"] for word in stems(each)}

WANTS = table("wants")
SORTS = by_word((stems(members), [stem(sort)]) for sort, members in WANTS["sorts"].items())
"""By the stem of a thing, what sorts of things it is one of."""
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

_places = table("places")
CITIES = {name: City(name, *line) for name, line in _places["cities"].items()}


def _terms() -> Iterator[tuple[str, Term]]:
    """What words and short phrases mean, the first of it first."""
    for name in CITIES:
        yield from ((form, Term("city", name)) for form in (name, *_places["names"].get(name, ())))
    for name, forms in _places["countries"].items():
        yield from ((form, Term("country", name)) for form in (name, *forms))
    for kind, entries in table("terms").items():
        for name, line in entries.items() if kind != "lists" else ():
            code, *forms = line.split(", ")
            yield from ((form, Term(kind, name, code)) for form in (name, *forms))
    for kind, words in table("terms")["lists"].items():
        yield from ((word, Term(kind, word)) for word in words.split())
        # "jobs for nurses"
        yield from ((f"{word}s", Term(kind, word)) for word in words.split() if kind == "job")


TERMS: dict[str, Term] = {}
for _form, _term in _terms():
    TERMS.setdefault(_form.lower(), _term)
MEASURES = frozenset(UNITS) | {form for form, term in TERMS.items() if term.kind == "currency"}

_about = table("concepts")
_concepts = {
    name: (*line.split("|"), "", "")[:3] for name, line in _about.items() if isinstance(line, str)
}
ACTS = frozenset(_about["acts"]["concepts"].split())
TOOL_CONCEPTS = by_word((stems(strong), [name]) for name, (strong, *_) in _concepts.items())
TEXT_CONCEPTS = by_word(
    (stems(f"{strong} {weak} {_about['examples'].get(name, '')}").union(other.split()), [name])
    for name, (strong, weak, other) in _concepts.items()
)
SPOKEN = frozenset(word for parts in _concepts.values() for word in " ".join(parts).split())
"""Words that speak of something, and are neither names nor values."""
EXAMPLES = stems(" ".join(_about["examples"].values()))
FOREIGN = frozenset(_about["question"]["words"].split()).union(
    *(other.split() for *_, other in _concepts.values())
)
# Words that are not names, though they may stand first in a sentence with a capital.
ORDINARY = FOREIGN.union(
    NUMBER_WORDS, SINGLE, *(_words[each].split() for each in _words["ordinary"].split())
)
CJK = frozenset(w for w in (*FOREIGN, *TERMS) if w and w[0] > "\u2e80")
"""The words of the tables in Chinese, Japanese and Korean, which no spaces set apart."""
