"""Want: what a property looks for, read from its name, type, description, format and options.

`Want.kinds` weighs the kinds of spans that could serve (see `find`); the words that ask for a kind
are in `data/wants.toml`. An example in a description is no word of it; quoted words may be options.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from helpers.mock.simulated.arithmetic import OPERATIONS
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.knowledge import (
    ALIKE,
    BREAKS,
    PATTERNS,
    STOP,
    STOP_STEMS,
    TERMS,
    TOOL_CONCEPTS,
    UNITS,
    WANTS,
    Unit,
    stems,
)
from helpers.mock.simulated.plain import kind_of
from helpers.mock.simulated.texts import name_words, stem, stem_set, word_set
from helpers.remember import remember_words

_CODES = {"Y": "YYYY", "m": "MM", "d": "DD", "H": "HH", "M": "MM", "S": "SS"}
_CODE = re.compile(rf"%([{''.join(_CODES)}])")
_ALONE = re.compile(r"(?<![/\w])[^\W\d_]+(?![/\w])")
_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in PATTERNS["descriptions"].items()}


def _inverted(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, words in table.items():
        for word in words.split():
            kinds[word] = (*kinds.get(word, ()), kind)
            kinds.setdefault(stem(word), kinds[word])
    return kinds


_NAMED = _inverted(WANTS["named"])
_SAME: dict[str, list[tuple[str, ...]]] = {}
"""By an option: what else it may be called, each as words that stand together."""
for _line in WANTS["options"]["same"]:
    _forms = [tuple(form.split("_")) for form in _line.replace("|", "").split()]
    for _name in _line.partition("|")[0].split():
        _SAME.setdefault(_name, []).extend(form for form in _forms if "_".join(form) != _name)
_DESCRIBED = _inverted(WANTS["described"])
_EXACT: dict[str, tuple[str, ...]] = {k: tuple(v.split()) for k, v in WANTS["exact"].items()}
_FORMATS: dict[str, tuple[str, ...]] = {k: tuple(v.split()) for k, v in WANTS["formats"].items()}
_ORDER = {word: side for side, words in WANTS["order"].items() for word in words.split()}
_ROLES = {word: role for role in ("from", "to") for word in WANTS["roles"][role].split()}
_LIMITS = _ROLES | {
    word: role
    for role, end in (("from", "least"), ("to", "most"))
    for word in WANTS["roles"][end].split()
}
_SIZES = {name: stems(words) for name, words in WANTS["sizes"].items()}
_UNSPOKEN = stem_set("wants", "unspoken", "names")
_DIMENSIONS = {name: frozenset(words.split()) for name, words in WANTS["dimensions"].items()}
_RATES = stem_set("wants", "share", "rates")
_PERCENT = stems("percent percentage")
_SOURCE = word_set("wants", "source", "words")
_PROGRAMS = stems("query code script sql source program expression")
_HINTS: dict[str, str] = WANTS["hints"]
_ENUMS = word_set("wants", "unspoken", "enums")
_GENERIC, _LINKS = (word_set("wants", "generic", each) for each in ("names", "links"))
_SURE = word_set("wants", "sure", "kinds")
_TIMELY = frozenset(("date", "time", "datetime"))
_OPEN = frozenset(("thing", "name", "quote"))
_ENDS = frozenset(("language", "place", "date", "person", "email", "time"))
FREE = {"quote": 0.6, "name": 0.5, "thing": 0.5, "code": 0.4}
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
    side: str = ""
    """Which of the two numbers of a sum it is: the first or the second."""
    unit: Unit | None = None
    money: bool = False
    dimension: str = ""
    """What kind of unit its number would have: "length", "time"."""
    fraction: bool = False
    """Whether 5 % is wanted as 0.05."""
    beside: frozenset[str] = frozenset()
    options: list[tuple[Any, tuple[tuple[str, ...], ...]]] = field(default_factory=list)
    units: dict[str, Any] = field(default_factory=dict)
    """The options that are units, by the names of these."""
    operations: dict[str, Any] = field(default_factory=dict)
    """The options that are operations of arithmetic, by the form of a sum (see `arithmetic`)."""
    soft: bool = False
    unspoken: bool = False
    """Whether its value has a sensible default that nobody needs to say."""
    unknown: Any = NO_VALUE
    """What its description wants where nobody says; `NO_VALUE` where it does not tell."""

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""


def described_in(schema: Schema, key: str = "description") -> str:
    """What a schema says of itself; a day's form as people write it: of "%Y-%m-%d" YYYY-MM-DD."""
    told = schema.get(key)
    told = told if isinstance(told, str) else ""
    return _CODE.sub(lambda code: _CODES[code[1]], told) if "%" in told else told


def read(path: tuple[str, ...], schema: Schema, required: bool, hint: str = "") -> Want:
    """What the property at a path looks for; `hint` has the name and the words of what holds it."""
    kind = kind_of(schema)
    many = kind == "array"
    inner = schema.get("items") if many else schema
    inner = inner if isinstance(inner, dict) else {}
    want = Want(path, inner if many else schema, required, kind_of(inner) if many else kind, many)
    name = next((part for part in reversed(path) if not part.isdigit()), "")
    want.words = name_words(name)
    want.stems = frozenset(map(stem, want.words))
    description = described_in(schema) or described_in(inner) or described_in(schema, "title")
    plain = _PATTERNS["example"].sub(" ", description[:600])
    spoken = [word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", plain)]
    want.about = frozenset(map(stem, spoken)) - STOP_STEMS
    ends = [word for word in spoken[:4] if word not in BREAKS]
    signs = ("_".join(want.words), *want.words, *ends)
    roles = _LIMITS if want.type in ("integer", "number") else _ROLES
    want.role = next((roles[word] for word in signs if word in roles), "")
    alike = {s for each in want.stems for s in (each, *ALIKE.get(each, ()))}
    want.beside = frozenset(s for s in alike if not s.isdigit())
    for words in _SIZES.values():
        if want.stems & words:
            want.beside |= words - {"number"}  # "the number 12 bus"
    want.beside |= set(map(stem, _PATTERNS["counted"].findall(description)))
    usual = want.type in ("integer", "number") and {"number"} != want.stems <= _UNSPOKEN
    want.unspoken = usual or "default" in schema
    _read_unknown(want, description)
    if want.type in ("integer", "number"):
        want.unit = _unit_of(want.words, _ALONE.findall(_PATTERNS["rate"].sub(" ", plain.lower())))
        want.fraction = want.type == "number" and _is_fraction(want, description)
        if want.fraction and want.unit and want.unit.dimension == "time":
            want.unit = None  # a yearly rate is no number of years
        want.dimension = want.unit.dimension if want.unit else _dimension_of(want.words)
        want.side = next((_ORDER[word] for word in want.words if word in _ORDER), "")
        coins = any(TERMS[word].kind == "currency" for word in want.words if word in TERMS)
        want.money = coins or bool((want.stems | want.about) & stem_set("wants", "money", "words"))
    elif want.type == "string":
        want.kinds = _kinds_of(want, spoken, hint)
    _read_options(want, inner, description)
    want.unspoken |= want.type == "enum" and "_".join(want.words) in _ENUMS
    return want


def _dimension_of(named: tuple[str, ...]) -> str:
    found = [dimension for dimension, words in _DIMENSIONS.items() if not words.isdisjoint(named)]
    return found[0] if len(found) == 1 else ""


def _is_fraction(want: Want, description: str) -> bool:
    told = _PATTERNS["fraction"].search(description) is not None
    return told or (not (want.stems | want.about) & _PERCENT and bool(want.stems & _RATES))


def _read_unknown(want: Want, description: str) -> None:
    match = _PATTERNS["unknown"].search(description)
    word = match[1] if match else ""
    if want.type in ("integer", "number") and re.fullmatch(r"-?\d+(\.\d+)?", word):
        want.unknown = float(word) if "." in word else int(word)
    elif want.type == "string" and match:
        want.unknown = {"null": None, "none": None, "empty": ""}.get(word.lower(), word)


def _unit_of(words: tuple[str, ...], spoken: list[str]) -> Unit | None:
    """The unit that a number is wanted in."""
    for at, size in ((at, size) for at in range(len(words)) for size in (3, 2, 1)):
        said = " ".join(words[at : at + size])
        if (unit := UNITS.get(said)) and (len(said) > 2 or at + size == len(words) > 1):
            return unit
    found = [UNITS[word] for word in spoken if word in UNITS and len(word) > 1]
    return found[0] if len({unit.name for unit in found}) == 1 else None


def _kinds_of(want: Want, spoken: list[str], hint: str) -> dict[str, float]:
    form = want.schema.get("format")
    if isinstance(form, str) and form in _FORMATS:
        return dict.fromkeys(_FORMATS[form], 1.0)
    name = "_".join(want.words)
    if name in _EXACT:
        told = {kind for word in spoken for kind in _DESCRIBED.get(word, ())}
        # "To", the address of a recipient, is no time.
        other = _TIMELY - told if told.intersection(_EXACT[name]) else ()
        kinds = {k: 1.0 - 0.1 * at for at, k in enumerate(_EXACT[name]) if k not in other}
    else:
        kinds = _named(tuple(word for word in want.words if word not in _LINKS))
        if not kinds and (asked := _named(tuple(spoken[2::-1])).keys() - _OPEN):
            kinds = FREE | dict.fromkeys(sorted(asked), 0.9)  # "who wrote it"
        kinds = kinds or _named(want.words)
    for word in spoken:
        for kind in _DESCRIBED.get(word, ()):
            if kinds.keys() & _SURE and kind not in _SURE:
                continue
            kinds[kind] = max(kinds.get(kind, 0) + 0.2, 0.75)
    if _PATTERNS["sum"].search(described_in(want.schema)):
        return {"expression": 1.0}
    if "arithmetic" in {c for word in name_words(hint) for c in TOOL_CONCEPTS.get(stem(word), ())}:
        kinds = {**(kinds or FREE), "expression": 1.1}
    if _SOURCE & {*want.words, *spoken, *name_words(hint)} and want.stems & _PROGRAMS:
        return {"source": 1.0}
    hinted = next((_HINTS[word] for word in name_words(hint) if word in _HINTS), "")
    if want.role and hinted and want.words[-1] not in ("date", "time") and not kinds.keys() - _ENDS:
        return {hinted: 1.0}
    return kinds or dict(FREE)


def _named(words: tuple[str, ...]) -> dict[str, float]:
    """The kinds that words ask for, the last the most."""
    kinds: dict[str, float] = {}
    for at, word in enumerate(reversed(words)):
        if kinds.keys() & _SURE and words[-1] not in _ROLES:
            break  # a "departure date" is a date, and no place
        found = _NAMED.get(word) or _NAMED.get(stem(word), ())
        if words[-1] in _GENERIC and not _SURE.isdisjoint(found):
            return dict.fromkeys(found, 1.0)  # an "e-mail address" is no address
        for kind in found:
            kinds[kind] = max(kinds.get(kind, 0), 1.0 if at == 0 else 0.7)
    return kinds


def _read_options(want: Want, schema: Schema, description: str) -> None:
    values = schema.get("enum")
    values = values if isinstance(values, list) else []
    if values:
        want.type = "enum"
    elif want.type == "string":
        cut = re.split(r"e\.g\.|for example|such as|\bi\.e", description, maxsplit=1)[0]
        listed = _PATTERNS["listed"].search(description)
        quoted = _PATTERNS["quoted"].findall(cut)
        found = [*quoted, *(re.findall(r"[\w-]{3,}", listed[1]) if listed else ())]
        found = [value for value in found if value.lower() not in STOP]
        operations = [word for word in name_words(cut) if word in OPERATIONS]
        found = operations if len({*map(OPERATIONS.get, operations)}) > 2 else found
        values, want.soft = found if len(found) > 1 else [], True
    plain = [v for v in values[:200] if v is not None and not isinstance(v, bool | dict | list)]
    want.options = [(value, _terms_of(str(value))) for value in plain]
    lower = {value: str(value).lower().replace("_", " ") for value in plain}
    units = {UNITS[said].name: value for value, said in lower.items() if said in UNITS}
    want.units = units if len(units) > 1 else {}
    forms = {value: _form(said) for value, said in lower.items()}
    if len({*forms.values()} - {""}) > 1:
        want.operations = {form: value for value, form in forms.items()}
        want.options = [
            (value, (*terms, *((w,) for w in OPERATIONS if OPERATIONS[w] == forms[value])))
            for value, terms in want.options
        ]


def _form(said: str) -> str:
    """The form of the sum of the operation that an option names: "N / N" of "divided by"."""
    return next((OPERATIONS[word] for word in (said, *said.split()) if word in OPERATIONS), "")


@remember_words(2_048)
def _terms_of(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways to say an option, each as the words that stand together."""
    lower = text.lower()
    terms = [name_words(text), tuple(lower.split())]
    terms += _SAME.get("_".join(lower.split()), ()) or _SAME.get("_".join(terms[0]), ())
    return tuple(filter(None, terms))
