"""Want: what a property looks for, read from its name, type, description, format and options.

`Want.kinds` weighs the kinds of spans that could serve (see `find`); the words that ask for a kind
are in `data/wants.toml`. An example in a description is no word of it; quoted words may be options.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.arithmetic import OPERATIONS
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.knowledge import TERMS, UNITS, WANTS, Unit
from helpers.mock.simulated.plain import kind_of, listed, named
from helpers.mock.simulated.texts import name_words, patterns, stem, stem_set, word_set
from helpers.remember import remember_words

_ALONE = re.compile(r"(?<![/\w])[^\W\d_]+(?![/\w])")
PATTERNS = patterns("descriptions")


def _inverted(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The keys of a table by each of the words, and the stems of the words, that it has."""
    keys: dict[str, tuple[str, ...]] = {}
    for key, words in table.items():
        for word in words.split():
            keys[word] = (*keys.get(word, ()), key)
            keys.setdefault(stem(word), keys[word])
    return keys


NAMED, _DESCRIBED, _DIMENSIONS = (
    _inverted(WANTS[each]) for each in ("named", "described", "dimensions")
)
ROLES, _SIDES, BOUNDS = (
    {word: role for role, words in WANTS["roles"][each].items() for word in words.split()}
    for each in ("ends", "sides", "bounds")
)
_OF_NUMBERS = ROLES | _SIDES
_SAME: dict[str, list[tuple[str, ...]]] = {}
"""By an option: what else it may be called, each as words that stand together."""
for _line in WANTS["options"]["same"]:
    _forms = [tuple(form.split("_")) for form in _line.replace("|", "").split()]
    for _name in _line.partition("|")[0].split():
        _SAME.setdefault(_name, []).extend(form for form in _forms if "_".join(form) != _name)
_TERMS = {term.code.lower(): term for term in TERMS.values() if term.code.isalpha()} | TERMS
_SURE, _WAYS = (word_set("wants", "of_kinds", each) for each in ("sure", "ways"))
OPEN = frozenset(("thing", "name", "quote"))
NUMBERS = ("integer", "number")
FREE = {"quote": 0.6, "name": 0.5, "thing": 0.5, "code": 0.4}
SOLE = FREE | {"thing": 0.55, "name": 0.55}
NO_VALUE: Any = object()


@dataclass(slots=True)
class Want:
    """What one property looks for."""

    path: tuple[str, ...]
    schema: Schema
    required: bool
    type: str = "string"
    many: bool = False
    words: tuple[str, ...] = ()
    stems: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    kinds: dict[str, float] = field(default_factory=dict)
    role: str = ""
    """Which end of a pair it is: "from" or "to", of a sum the "first" or the "second" number."""
    unit: Unit | None = None
    dimensions: frozenset[str] = frozenset()
    """What kinds of unit its number could have: "length", "time", "money"."""
    fraction: bool = False
    """Whether 5 % is wanted as 0.05."""
    beside: frozenset[str] = frozenset()
    options: list[tuple[Any, tuple[tuple[str, ...], ...]]] = field(default_factory=list)
    signs: dict[tuple[str, str], Any] = field(default_factory=dict)
    """The options that a span tells, by its kind and what it is: a unit, a term, a form of a sum.

    Where that is "", by its kind alone: "email", "phone" for how to reach somebody.
    """
    sole: bool = False
    """Whether nothing else could be what a tool is asked for: "lentils" of "lentil recipes"."""
    soft: bool = False
    unspoken: bool = False
    """Whether its value has a sensible default that nobody needs to say."""

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""

    def tells(self, kind: str) -> bool:
        """Whether spans of a kind tell which option is meant."""
        return any(kind == each for each, _ in self.signs)


def described_in(schema: Schema) -> str:
    """What a schema says of itself."""
    told = schema.get("description")
    return told if isinstance(told, str) else ""


def read(path: tuple[str, ...], schema: Schema, required: bool, hint: str = "") -> Want:
    """What the property at a path looks for; `hint` has the name and the words of what holds it."""
    many = kind_of(schema) == "array"
    inner = named(schema, "items") if many else schema
    want = Want(path, inner, required, kind_of(inner), many)
    want.words = name_words(next((part for part in reversed(path) if not part.isdigit()), ""))
    want.stems = frozenset(map(stem, want.words))
    description = described_in(schema)
    plain = PATTERNS["example"].sub(" ", description[:600]).lower()
    spoken = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", plain)
    want.about = frozenset(map(stem, spoken)) - knowledge.STOP_STEMS
    is_number = want.type in NUMBERS
    roles = _OF_NUMBERS if is_number else ROLES
    # "What to buy" is a thing, and no end of a pair.
    first = (w for w in spoken[: 4 * (spoken[:1] != ["what"])] if w not in knowledge.BREAKS)
    holder = path[-2] if path[1:] and want.words == ("name",) else ""  # the name of the start
    signs = ("_".join(want.words), *want.words, *first, *name_words(holder))
    want.role = next((roles[word] for word in signs if word in roles), "")
    own = [each for each in want.stems if not each.isdigit()]
    want.beside = frozenset(own).union(*(knowledge.ALIKE.get(each, ()) for each in own))
    want.beside |= set(map(stem, PATTERNS["counted"].findall(description)))
    people = stem_set("wants", "sizes", "people")
    want.beside |= people if is_number and want.beside & people else set()
    if is_number:
        _read_number(want, plain)
    elif want.type == "string":
        want.kinds = _kinds_of(want, spoken, hint)
    _read_options(want, inner, description)
    usual = is_number and {"number"} != want.stems <= stem_set("wants", "unspoken", "names")
    usual |= want.type == "enum" and signs[0] in word_set("wants", "unspoken", "enums")
    want.unspoken = usual or "default" in schema
    return want


def unknown(kind: str, word: str) -> Any:
    """What a rule for what nobody says wants of a property: -1, null, "n/a"."""
    if kind in NUMBERS and re.fullmatch(r"-?\d+(\.\d+)?", word):
        return float(word) if "." in word else int(word)
    if kind == "string" and word:
        return {"null": None, "none": None, "empty": ""}.get(word.lower(), word)
    return NO_VALUE


def _read_number(want: Want, plain: str) -> None:
    """The unit of a number, what could be its unit, and whether it is a part of one."""
    said = want.stems | want.about
    # The "min" of "min_years" is none of time.
    words = want.words[bool(ROLES.keys() & want.words[:1]) :] or want.words
    want.unit = _unit_of(words, _ALONE.findall(PATTERNS["rate"].sub(" ", plain)))
    percent = "percent" in f"{want.name} {plain}".lower()
    rate = not percent and want.stems & stem_set("wants", "share", "rates")
    want.fraction = want.type == "number" and bool(PATTERNS["fraction"].search(plain) or rate)
    money = stem_set("wants", "money", "words")
    timed = want.unit is not None and want.unit.dimension == "time"
    if timed and (want.fraction or want.stems & money):
        want.unit = None  # a yearly rate is no number of years, and "salary_min" none of minutes
    measured = [want.unit.dimension] if want.unit else ()
    by_name = (each for word in want.words for each in _DIMENSIONS.get(word, ()))
    want.dimensions = frozenset(measured or by_name)
    if said & money:
        want.dimensions |= {"money"}


def _unit_of(words: tuple[str, ...], spoken: list[str]) -> Unit | None:
    """The unit that a number is wanted in."""
    for at, size in ((at, size) for at in range(len(words)) for size in (3, 2, 1)):
        said = " ".join(words[at : at + size])
        if (unit := UNITS.get(said)) and (len(said) > 2 or at + size == len(words) > 2 - len(said)):
            return unit
    short = spoken[-1:] if spoken[-2:-1] in ([], ["in"]) else []  # "m", "height in m"
    found = {UNITS[word] for word in spoken if word in UNITS and (len(word) > 1 or [word] == short)}
    return found.pop() if len(found) == 1 else None


def _kinds_of(want: Want, spoken: list[str], hint: str) -> dict[str, float]:
    form, name = str(want.schema.get("format")), "_".join(want.words)
    if form in WANTS["formats"]:
        return dict.fromkeys(WANTS["formats"][form].split(), 1.0)
    if not (kinds := _exact(name)):
        links = word_set("wants", "generic", "links")
        kinds = _named([word for word in want.words if word not in links])
        first = [] if kinds else [word for word in spoken[2::-1] if word not in links]
        if asked := _named(first).keys() - OPEN:
            kinds = FREE | dict.fromkeys(sorted(asked), 0.9)  # "who wrote it"
        last = want.words[-1] if want.words else ""
        # "deliver_to"
        kinds = kinds or (_exact(last) if last in links else {}) or _named(want.words)
    sure = not _SURE.isdisjoint(kinds)
    for kind in (each for word in spoken for each in _DESCRIBED.get(word, ())):
        if kind in _SURE or not sure:
            kinds[kind] = max(kinds.get(kind, 0) + 0.2, 0.75)
    hints = name_words(hint)
    concepts = [each for word in hints for each in knowledge.TOOL_CONCEPTS.get(stem(word), ())]
    if "arithmetic" in concepts or PATTERNS["sum"].search(described_in(want.schema)):
        return (kinds or FREE) | {"expression": 1.1}
    source = word_set("wants", "source", "words") & {*want.words, *spoken, *hints}
    if source and want.stems & stem_set("wants", "source", "names"):
        return {"source": 1.0}
    kinds |= {"file": 1.1} if want.words[-1:] == ("name",) and "file" in _named(hints) else {}
    hinted = [WANTS["hints"][word] for word in hints if word in WANTS["hints"]]
    if want.role and hinted and want.words[-1] in ROLES:
        return {hinted[0]: 1.0}
    return kinds or dict(FREE)


def _exact(name: str) -> dict[str, float]:
    """The kinds that a whole name asks for, whatever else its words could mean."""
    return {kind: 1.0 - 0.1 * at for at, kind in enumerate(WANTS["exact"].get(name, "").split())}


def _named(words: Sequence[str]) -> dict[str, float]:
    """The kinds that words ask for, the last the most."""
    kinds: dict[str, float] = {}
    for word in reversed(words):
        found = NAMED.get(word) or NAMED.get(stem(word), ())
        generic = words[-1] in word_set("wants", "generic", "names")
        if found and _SURE.issuperset(found) and (generic or not kinds):
            return dict.fromkeys(found, 1.0)  # a "departure date", an "e-mail address"
        for kind in found:
            kinds.setdefault(kind, 1.0 if word is words[-1] else 0.7)
    return kinds


def _read_options(want: Want, schema: Schema, description: str) -> None:
    values = [] if want.type in NUMBERS else listed(schema, "enum")
    if {"true", "false"} <= {str(value).lower() for value in values}:
        want.type, values = "boolean", []  # as words: "True", "False", "Any"
    elif values:
        want.type = "enum"
    elif want.type == "string":
        values, want.soft = _described_options(description), True
    plain = [v for v in values[:200] if v is not None and not isinstance(v, bool | dict | list)]
    want.options = [(value, _terms_of(str(value))) for value in plain]
    said = {str(value).lower().replace("_", " "): value for value in plain}
    parts = [(word, value) for each, value in said.items() for word in (*each.split(), each)]
    units = {("unit", UNITS[each].name): value for each, value in said.items() if each in UNITS}
    terms = {_TERMS[each][:2]: value for each, value in said.items() if each in _TERMS}
    sums = {("expression", OPERATIONS[w]): value for w, value in parts if w in OPERATIONS}
    ways = {(k, ""): v for w, v in parts for k in _WAYS & {*NAMED.get(w, ())} if w != "number"}
    want.signs = next((each for each in (units, terms, sums) if len(each) > 1), ways)


def _described_options(description: str) -> list[str]:
    """What a description has in quotes, or in brackets, where it lists more than one."""
    found: list[str] = PATTERNS["quoted"].findall(description)
    for each in PATTERNS["listed"].findall(description)[:1]:
        found += re.findall(r"[\w-]{3,}", each)
    return found if len(found) > 1 else []


@remember_words(2_048)
def _terms_of(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways to say an option, each as the words that stand together."""
    lower = text.lower()
    terms = [name_words(text), tuple(lower.split())]
    terms += _SAME.get("_".join(lower.split()), ()) or _SAME.get("_".join(terms[0]), ())
    return tuple(filter(None, terms))
