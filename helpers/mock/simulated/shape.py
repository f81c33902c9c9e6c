"""Shape: objects, arrays, unions and references, filled from a text.

The scalars of an object, and of the objects in it, are one scope: they compete for the spans of a
part of the text (see `assign`). Each record of a list has a part of its own, cut by what repeats.
A required value that the text does not have is looked for in the whole text, then in `backup`; then
it is what the description wants where nobody says, the default, null, or, with its name noted as
missing, the plainest value that is valid. The result is valid whenever rules as simple as these can
satisfy the schema, and nothing raises.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.assign import assign
from helpers.mock.simulated.candidates import TOTALS, Chosen, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.json_schema import Schema, fits, is_plain
from helpers.mock.simulated.knowledge import stems
from helpers.mock.simulated.plain import NOTHING, kind_of, plain_number, plain_value, resolved
from helpers.mock.simulated.rows import Part
from helpers.mock.simulated.scopes import DEEPEST, MOST_LEAVES, Path, Place, Purpose, Scope, Scopes
from helpers.mock.simulated.score import SURENESS, Scorer
from helpers.mock.simulated.segments import segments
from helpers.mock.simulated.texts import name_words, stem
from helpers.mock.simulated.tones import judged
from helpers.mock.simulated.trees import tree
from helpers.mock.simulated.want import NO_VALUE, Want
from helpers.mock.simulated.write import value_of

_MOST_RECORDS = 40
_CALLED = 0.8
"""The score of a number that stands beside the property's own name."""
_ANSWERS = stems("answer reply response result output explanation summary reasoning")
Zone = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filled:
    """A value, the names of what only the user could still say, and how much the text supports."""

    value: Any
    missing: tuple[str, ...] = ()
    supported: int = 0
    used: tuple[Pair, ...] = ()
    """What of the text serves which property."""
    guessed: tuple[str, ...] = ()
    """The names of what had to be yes or no, though the text says neither."""


def fill(
    schema: Any,
    text: Text,
    *,
    backup: Text | None = None,
    purpose: Purpose = "call",
    hint: str = "",
    zone: Zone | None = None,
    reply: Callable[[], str] | None = None,
    read: Scope | None = None,
) -> Filled:
    """Fill a schema from a part of a text.

    `reply` gives the text of an answer; `read` is what the schema looks for, where it is known.
    """
    schema = schema if isinstance(schema, dict) else {}
    shape = _Shape(schema, purpose, hint, text, backup, reply, read)
    try:
        value = tree(schema, text) if purpose == "reply" else None
        if value is None:
            value = shape.value(schema, zone or (0, len(text.raw)))
        good = value is not NOTHING and (is_plain(schema) or fits(value, schema))
    except RecursionError:
        good = False
    if not good:
        value = plain_value(schema, schema)
    missing, guessed = (tuple(dict.fromkeys(each)) for each in (shape.missing, shape.guessed))
    return Filled(value, missing, shape.supported, tuple(shape.pairs), guessed)


@dataclass
class _Shape(Scopes):
    text: Text
    backup: Text | None
    reply: Callable[[], str] | None
    known: Scope | None
    missing: list[str] = field(default_factory=list, init=False)
    guessed: list[str] = field(default_factory=list, init=False)
    taken: list[Span] = field(default_factory=list, init=False)
    used: list[Span] = field(default_factory=list, init=False)
    pairs: list[Pair] = field(default_factory=list, init=False)
    supported: int = field(default=0, init=False)
    uncalled: set[Path] = field(default_factory=set, init=False)

    def scorer(self, zone: Zone, text: Text | None = None) -> Scorer:
        reply = self.purpose == "reply"
        return Scorer(text or self.text, *zone, self.tool, reply, self.taken)

    def value(self, schema: Schema, zone: Zone, path: Path = (), depth: int = 0) -> Any:
        """A value for a schema that has a scope of its own."""
        schema = resolved(schema, self.root)
        options = self.options(schema)
        one = (options or [schema])[0]
        schema = self._branch(options, zone, path, depth) if options[1:] else one
        read = self.known if not path and len(options) == 1 else None
        scope = read or self.scope(schema, path, depth)
        wants, self.tool = scope.wants, scope.tool
        scorer = self.scorer(zone)
        if self.purpose == "reply" and "list" in scope.inner:
            # Beside a list, a number is the total, or a sum of money, only where it is called so.
            for w in wants:
                sure = any(p.score - 0.4 * bool(p.span.code) > _CALLED for p in scorer.pairs(w))
                self.uncalled |= (
                    {w.path}
                    if (w.stems & TOTALS or "money" in w.dimensions) and not sure
                    else set()
                )
            wants = [w for w in wants if w.path not in self.uncalled]
        chosen = assign(scorer, wants)
        before = len(self.taken)
        serving = [pair for pairs in chosen.values() for pair in pairs]
        self.used = [pair.span for pair in serving if pair.span.text]
        self.pairs += serving
        self.taken += [pair.span for pair in serving if scope.inner]
        made = self._build(scope.place, chosen, zone, depth)
        del self.taken[before:]
        return plain_value(schema, self.root) if made is NOTHING else made

    def _branch(self, options: list[Schema], zone: Zone, path: Path, depth: int) -> Schema:
        """The branch that its literals name; else the one that the text can fill best."""
        words = {stem(t.lower) for t in self.text.tokens if zone[0] <= t.start < zone[1]}

        def suits(option: Schema) -> tuple[bool, float]:
            scope = self.scope(option, path, depth + 1)
            pairs = assign(self.scorer(zone), scope.wants)
            told = [part.fixed for part in (scope.place.parts or {}).values()]
            told += [w.options[0][0] for w in scope.wants if len(w.options) == 1]
            literals = " ".join(map(str, (option.get("title", ""), *told)))
            share = sum(own[0].score for own in pairs.values())
            share -= 0.6 * sum(w.required and w.path not in pairs for w in scope.wants)
            return not words.isdisjoint(map(stem, name_words(literals))), share

        if self.work > MOST_LEAVES * 4 or depth > DEEPEST:
            return options[0]
        return max(options, key=suits)

    # Building the value

    def _build(self, place: Place, chosen: Chosen, zone: Zone, depth: int) -> Any:
        self.work += 1
        if place.fixed is not NOTHING:
            return place.fixed if place.required else NOTHING
        if place.cut or depth > DEEPEST or self.work > MOST_LEAVES * 4:
            return self.plain.value(place.schema) if place.required else NOTHING
        if place.inner:
            return self._inner(place, zone, depth)
        if place.want:
            return self._leaf(place, place.want, chosen.get(place.path, []), zone)
        if place.parts is not None:
            return self._object(place, place.parts, chosen, zone, depth)
        if not place.required:
            return NOTHING
        if self.purpose == "call" and place.path and kind_of(place.schema) == "object":
            self.missing.append(place.path[-1])  # what maps names to values is not read
        return plain_value(place.schema, self.root)

    def _object(
        self, place: Place, parts: dict[str, Place], chosen: Chosen, zone: Zone, depth: int
    ) -> Any:
        before, missing = self.supported, list(self.missing)
        built = {n: self._build(part, chosen, zone, depth + 1) for n, part in parts.items()}
        made = {name: value for name, value in built.items() if value is not NOTHING}
        if self.purpose == "reply":
            self._add_up(made, [p.want for p in parts.values() if p.want and p.path not in chosen])
        if not place.required and self.supported == before:
            self.missing = missing
            return NOTHING
        return made

    def _add_up(self, made: dict[str, Any], unsaid: list[Want]) -> None:
        """The total of the records in an object: of each, the number and the price of one."""
        total = next((w for w in unsaid if w.stems & TOTALS and w.type != "string"), None)
        count = next((w for w in unsaid if w.type == "integer" and w.words == ("count",)), None)
        for records in [value for value in made.values() if isinstance(value, list)]:
            if total and records and all(isinstance(r, dict) for r in records):
                each = (prod(v for v in r.values() if type(v) in (int, float)) for r in records)
                made[total.name] = round(sum(each), 6)
            if count:
                made[count.name] = len(records)

    def _leaf(self, place: Place, leaf: Want, pairs: list[Pair], zone: Zone) -> Any:
        sought = place.required or self.purpose == "reply"
        if sought and not (pairs or leaf.path in self.uncalled):
            pairs = self._elsewhere(leaf, zone)
        answers = leaf.type == "string" and self.purpose == "reply" and leaf.stems & _ANSWERS
        if answers and self.reply is not None and not any(pair.score > 1.1 for pair in pairs):
            return self.reply()
        if self.purpose == "reply" and leaf.type in ("integer", "number") and place.required:
            summed = self._computed(leaf, zone)
            if summed is not None and (not pairs or pairs[0].score < 0.8):
                self.supported += 1
                return summed
        if leaf.many:
            pairs = sorted(pairs, key=lambda pair: pair.span.start)
        values = [value for pair in pairs if (value := value_of(pair)) is not NOTHING]
        if values:
            self.supported += 1
            if leaf.many and not isinstance(values[0], list):
                return list(dict.fromkeys(values)) if leaf.type == "string" else values
            return values[0]
        return self._unsaid(leaf, place.nullable) if place.required else NOTHING

    def _elsewhere(self, leaf: Want, zone: Zone) -> list[Pair]:
        texts = [self.text] if zone != (0, len(self.text.raw)) else []
        for text in (*texts, *([self.backup] if self.backup else ())):
            used = self.used if text.raw == self.text.raw else ()
            pairs = [
                pair
                for pair in self.scorer((0, len(text.raw)), text).pairs(leaf)
                if not any(map(pair.span.meets, used))
            ]
            if pairs:
                return pairs if leaf.many else pairs[:1]
        return []

    def _computed(self, leaf: Want, zone: Zone) -> Any:
        """What a sum in the text comes to, for a property that wants an answer or a total."""
        if leaf.stems & (TOTALS | _ANSWERS | {"result"}):
            for span in self.scorer(zone).spans("expression"):
                value = arithmetic.evaluate(span.text)
                if value is not None and (leaf.type == "number" or value == int(value)):
                    return value
        return None

    def _unsaid(self, leaf: Want, nullable: bool) -> Any:
        """A required value that nobody said."""
        if leaf.unknown is not NO_VALUE and not (leaf.unknown is None and not nullable):
            return leaf.unknown
        if nullable:
            return None
        schema = leaf.schema
        if self.purpose == "reply":
            value = judged(leaf, self.text, self.reply)
            if value is not NOTHING and fits(value, schema):
                return value
        if not leaf.unspoken and not (leaf.many and self.purpose == "reply"):
            self.missing.append(leaf.name)
            self.guessed += [leaf.name] if leaf.type == "boolean" else []
        if leaf.many:
            return []
        if leaf.type == "number" and leaf.stems & SURENESS and fits(0.8, schema):
            return 0.8
        if leaf.unspoken and leaf.type in ("integer", "number"):
            return plain_number(schema, leaf.type, 1, 0)
        return plain_value(schema, self.root)

    def _inner(self, place: Place, zone: Zone, depth: int) -> Any:
        path, many, required = place.path, place.inner == "list", place.required
        if written := self._written(place, zone):
            self.supported += 1
            self.pairs.append(written)
            self.taken.append(written.span)
            return written.value
        before, missing = self.supported, list(self.missing)
        if many:
            value: Any = self._records(place.schema, path, zone, depth)
        else:
            value = self.value(place.schema, zone, path, depth + 1)
        if self.supported > before or (many and value and required):
            return value
        self.missing = missing
        if place.nullable or not required:
            return None if required else NOTHING
        if self.purpose == "call":
            self.missing.append(path[-1] if path else "")
        return [] if many else value

    def _written(self, place: Place, zone: Zone) -> Pair | None:
        """The next literal of the text that a place takes, but no object with none of its names."""
        scorer = self.scorer(zone)
        for span in scorer.spans("literal"):
            named = isinstance(span.value, dict) and place.schema.get("properties")
            foreign = named and span.value.keys().isdisjoint(named)
            if not foreign and fits(span.value, place.schema, self.root):
                return Pair(1.0, Want(place.path, place.schema, place.required), span, span.value)
        return None

    def _records(self, schema: Schema, path: Path, zone: Zone, depth: int) -> list[Any]:
        """One record for each part of the text that has one."""
        items = resolved(schema.get("items"), self.root)
        if kind_of(items) == "array":
            return []  # rows are read only as they are written
        scope = self.scope(items, (*path, "0"), depth + 1)
        scorer = self.scorer(zone)
        scorer.opens = False  # of several records none is what the text is about
        parts = segments(scorer, scope.wants, zone, sure=False)
        records = []
        for at, part in enumerate(parts[:_MOST_RECORDS]):
            before, missing = self.supported, list(self.missing)
            value = self._record(items, (*path, str(at)), part, depth)
            whole = len(self.missing) == len(missing)
            if self.supported > before and (whole or self.purpose == "reply"):
                records.append(value)
            else:
                self.missing = missing
        return records

    def _record(self, items: Schema, path: Path, part: tuple[int, int], depth: int) -> Any:
        backup, self.backup = self.backup, None
        text = self.text
        self.text = Part(text, part)
        try:
            return self.value(items, part, path, depth + 1)
        finally:
            self.text, self.backup = text, backup
