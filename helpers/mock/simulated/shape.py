"""Shape: objects, arrays, unions and references, filled from a text.

The scalars of an object, and of the objects in it, are one scope: they compete for the spans of a
part of the text (see `assign`). Each record of a list has a part of its own, cut by what repeats.
A required value that the part does not have is looked for in the whole text; then it is what the
description wants where nobody says, the default, null, or, with its name noted as missing, the
plainest value that is valid. The result is valid whenever rules as simple as these can satisfy the
schema, and nothing raises.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from math import prod
from typing import Any

from helpers.mock.simulated.arithmetic import OF_SEVERAL
from helpers.mock.simulated.assign import assign
from helpers.mock.simulated.candidates import Chosen, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.json_schema import fits, is_plain
from helpers.mock.simulated.knowledge import stems
from helpers.mock.simulated.plain import NOTHING, SAYS_NOTHING, plain_value
from helpers.mock.simulated.scopes import Place, Purpose, Scope, Scopes
from helpers.mock.simulated.score import SURENESS, Scorer
from helpers.mock.simulated.segments import alike, segments
from helpers.mock.simulated.texts import name_words, spelt, stem_set
from helpers.mock.simulated.things import leaves
from helpers.mock.simulated.tones import judged
from helpers.mock.simulated.trees import tree
from helpers.mock.simulated.want import NO_VALUE, NUMBERS, PATTERNS, Want, described_in, unknown
from helpers.mock.simulated.write import value_of

_BARE = 0.5
"""The score of a number that nothing says to be what is looked for."""
_SURE = 1.1
"""A score of what is surely meant."""
_COUNTS = stem_set("wants", "computed", "count")
_NAMES = {way: stem_set("wants", "computed", way) for way in OF_SEVERAL}
_ANSWERS = stems("answer reply response result output explanation summary reasoning")
Zone = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filled:
    """A value, and the names of what only the user could still say.

    In a reply these are what had to be a number, an option, yes or no, though the text has none.
    """

    value: Any
    missing: tuple[str, ...] = ()
    used: tuple[Pair, ...] = ()
    """What of the text serves which property."""


def fill(
    schema: Any,
    text: Text,
    *,
    purpose: Purpose = "call",
    zone: Zone | None = None,
    reply: str = "",
    unsaid: str = "",
    known: tuple[Scope, Scorer] | None = None,
) -> Filled:
    """Fill a schema from a part of a text.

    `reply` is the text of an answer, `unsaid` what stands for values that nobody said; `known` is
    what the schema looks for, and finds there.
    """
    shape = _Shape(schema, purpose, "", text, zone or (0, len(text.raw)), reply, unsaid)
    try:
        scope, scorer = known or (None, None)
        value = shape.value([scope] if scope else shape.scopes(schema, ()), scorer)
        good = value is not NOTHING and (is_plain(schema) or fits(value, schema))
    except RecursionError:
        good = False
    if not good:
        value = plain_value(schema, schema)
    return Filled(value, tuple(dict.fromkeys(shape.missing)), tuple(shape.pairs))


@dataclass
class _Shape(Scopes):
    text: Text
    zone: Zone
    reply: str
    unsaid: str
    missing: list[str] = field(default_factory=list, init=False)
    pairs: list[Pair] = field(default_factory=list, init=False)
    supported: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.reach = (0, len(self.text.raw))
        """Where what the zone does not have is looked for."""

    def scorer(self, zone: Zone, taken: Iterable[Span] = ()) -> Scorer:
        """Scores what a part of the text has left."""
        taken = [*taken, *(pair.span for pair in self.pairs)]
        return Scorer(self.text, *zone, self.tool, self.purpose == "reply", taken)

    def value(self, scopes: list[Scope], scorer: Scorer | None = None) -> Any:
        """A value for what has a scope of its own, or one for each option that it has."""
        scope = max(scopes, key=self._share) if scopes[1:] else scopes[0]
        self.tool = scope.tool
        scorer = scorer or self.scorer(self.zone)
        if "list" in scope.inner:  # what is in a record is not beside
            lines = [self.text.cut("line", *part) for part in alike(scorer, self.zone)]
            scorer = self.scorer(self.zone, lines if self.purpose == "reply" else self.text.listed)
        chosen = assign(scorer, scope.wants)
        self.pairs += [pair for pairs in chosen.values() for pair in pairs]
        made = self._build(scope.place, chosen)
        return plain_value(scope.place.schema, self.root) if made is NOTHING else made

    def _share(self, scope: Scope) -> float:
        """How well the text can fill one of the options of a union."""
        pairs = assign(self.scorer(self.zone), [*scope.wants, *scope.fixed])
        unsaid = sum(want.required and want.path not in pairs for want in scope.wants)
        return sum(own[0].score for own in pairs.values()) - 0.6 * unsaid

    def _attempt(self, make: Callable[[], Any]) -> Any:
        """What is made, if the text supports any of it; else nothing, and nothing is missing."""
        before, missing = self.supported, [*self.missing]
        value = make()
        if self.supported > before:
            return value
        self.missing = missing
        return NOTHING

    # Building the value

    def _build(self, place: Place, chosen: Chosen) -> Any:
        """A value for a place; `NOTHING` where none is needed, and the text has none."""
        if place.plain:
            return self.plain.value(place.schema) if place.required else NOTHING
        if place.want:
            return self._leaf(place, place.want, chosen.get(place.path))
        made = NOTHING
        if grown := tree(place.schema, self.root, self.text, place.path):
            return grown
        if place.inner:
            made = self._inner(place)
        elif place.parts is not None:
            make = partial(self._object, place.parts, chosen)
            made = make() if place.required else self._attempt(make)
        if made is not NOTHING or not place.required:
            return made
        if place.nullable:
            return None
        if self.purpose == "call":
            self.missing += place.path[-1:]
        return self.plain.value(place.schema)

    def _object(self, parts: dict[str, Place], chosen: Chosen) -> Any:
        built = {n: self._build(part, chosen) for n, part in parts.items()}
        made = {name: value for name, value in built.items() if value is not NOTHING}
        for name in [*made] if self.purpose == "reply" else ():
            for each in (parts[name].parts or {"": parts[name]}).values():
                sure = any(pair.score > _BARE for pair in chosen.get(each.path, ()))
                value = _derived(each.want, name, made) if each.want and not sure else None
                if value is not None:
                    whole = made[name] if parts[name].parts else None
                    made[name] = value if whole is None else {**whole, each.path[-1]: value}
                    self.missing = [key for key in self.missing if key != each.path[-1]]
        return made

    def _leaf(self, place: Place, leaf: Want, pairs: list[Pair] | None) -> Any:
        """The value of what serves a leaf, or of what is left for it in the rest of the text."""
        beside = self.zone != self.reach or "currency" in leaf.kinds  # of all prices of a list
        if pairs is None and place.required and beside:
            found = self.scorer(self.reach).pairs(leaf)
            if "unit" in leaf.kinds:  # those of "Bake for 20 minutes" are of no egg
                ends = {s.end + gap for s in self.text.spans("number") for gap in (0, 1)}
                found = [pair for pair in found if pair.span.start not in ends]
            pairs = found if leaf.many else found[:1]
        pairs = pairs or []
        is_answer = leaf.type == "string" and not place.nullable and bool(leaf.stems & _ANSWERS)
        if self.reply and is_answer and not any(pair.score > _SURE for pair in pairs):
            return self.reply
        if leaf.many:
            pairs = sorted(pairs, key=lambda pair: pair.span.start)
        values = [value for pair in pairs if (value := value_of(pair)) is not NOTHING]
        if not values:
            return self._unsaid(place, leaf) if place.required else NOTHING
        self.supported += 1
        return values if leaf.many and not isinstance(values[0], list) else values[0]

    def _unsaid(self, place: Place, leaf: Want) -> Any:
        """A required value that nobody said."""
        nullable, rule = place.nullable, PATTERNS["unknown"].search(described_in(place.schema))
        textual = leaf.type == "string" and self.unsaid.lstrip("-")[:1].isdigit()  # no "-1"
        told = unknown(leaf.type, rule[1]) if rule else NO_VALUE
        rules = told, NO_VALUE if textual else unknown(leaf.type, self.unsaid)
        value = next((each for each in rules if each is not NO_VALUE), NO_VALUE)
        if value is not NO_VALUE and (nullable or value is not None):
            return value
        if nullable:
            return None
        replies = self.purpose == "reply"
        if replies and (value := judged(leaf, self.text, self.zone, self.reply)) is not NOTHING:
            return value
        usual = 0.8 if leaf.stems & SURENESS else 1
        if leaf.type in NUMBERS and (leaf.unspoken or usual < 1) and fits(usual, leaf.schema):
            return usual
        value = [] if leaf.many else plain_value(leaf.schema, self.root)
        if not (leaf.unspoken or (replies and value in SAYS_NOTHING)):
            self.missing.append(leaf.name)
        return value

    def _inner(self, place: Place) -> Any:
        """What has a scope of its own: the next literal that it takes, or made of the text."""
        for span in self.scorer(self.zone).spans("literal"):
            if fits(span.value, place.schema, self.root):
                self.supported += 1
                self.pairs.append(Pair(1.0, Want(place.path, place.schema, True), span, span.value))
                return span.value
        if place.inner == "one":
            return self._attempt(partial(self.value, self.scopes(place.schema, place.path)))
        return self._attempt(partial(self._records, place))

    def _records(self, place: Place) -> list[Any]:
        """One record for each part of the text that has one; within it, the rest does not exist."""
        scopes = self.scopes(place.schema.get("items"), place.path)
        zone, reach = self.zone, self.reach
        titles, own = self.scorer(zone).spans("labelled"), stems(spelt("".join(place.path[-1:])))
        starts = (s.start for s in titles if own & stems(s.value.rpartition(" ")[2]))
        within = next(starts, zone[0]), zone[1]  # of "Ada has two brothers: ..." she is none
        wants = [want for scope in scopes for want in scope.wants]
        records = []
        for part in segments(self.scorer(within), wants, within, sure=False)[:40]:
            self.zone = self.reach = part
            records.append(self._attempt(partial(self.value, scopes)))
        self.zone, self.reach = zone, reach
        return [record for record in records if record is not NOTHING]


def _derived(want: Want, name: str, made: dict[str, Any]) -> Any:
    """What follows from what else an object has: how many, the total, the most, and who has it.

    It has records, numbers, or things made alike; the total is of each the number and the price.
    """
    said, beside = stems(" ".join(name_words(name))), {k: v for k, v in made.items() if k != name}
    alike = [each for each in beside.values() if isinstance(each, dict)]
    lists = {key: rows for key, rows in beside.items() if isinstance(rows, list)}
    found, counted = list[Any](), said - _COUNTS
    for key, rows in (lists | ({"": alike} if alike[1:] else {})).items():
        if counted < said and counted <= stems(" ".join(name_words(key))) and want.type in NUMBERS:
            found += [len(rows)] if counted or "count" in said else []
        keys = stems(" ".join(rows[0] if rows and isinstance(rows[0], dict) else ()))
        about = want.about if want.about & keys else frozenset[str]()
        way = next((way for words in (said, about) for way in _NAMES if words & _NAMES[way]), "")
        numbers = [[n for n in leaves(row) if type(n) in (int, float)] for row in rows]
        sole = way == "total" or not any(each[1:] for each in numbers)
        if way and rows and all(numbers) and sole:
            of_each = [prod(each) for each in numbers]
            found += [value := round(OF_SEVERAL[way](of_each), 6)]
            found += leaves(rows[of_each.index(value)]) if of_each.count(value) == 1 else []
    return next((each for each in found if fits(each, want.schema)), None)
