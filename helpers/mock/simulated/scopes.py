"""Scopes: the leaves of a schema that compete for one text, and what has a scope of its own."""

from dataclasses import dataclass, field
from typing import Any, Literal

from helpers.mock.simulated import want
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.knowledge import STOP_STEMS, WANTS
from helpers.mock.simulated.plain import Plain, alternatives, kind_of, listed, resolved
from helpers.mock.simulated.texts import name_words, stem, stem_set, word_set
from helpers.mock.simulated.trees import links
from helpers.mock.simulated.want import OPEN, Want, described_in

Purpose = Literal["call", "reply"]
Path = tuple[str, ...]
_DEEPEST = 7
_MOST_LEAVES = 300
SWITCHES = stem_set("wants", "switches", "names")
"""Words of a property that only says whether something is on."""
_COMES = word_set("wants", "generic", "comes")
_PARTS = frozenset(("object", "array"))


@dataclass(slots=True)
class Place:
    """A place in a schema: a leaf, an object with places in it, or what has a scope of its own."""

    path: Path
    schema: Schema
    required: bool
    """Whether the object that it is in has to have it."""
    nullable: bool = False
    want: Want | None = None
    parts: dict[str, "Place"] | None = None
    inner: Literal["", "list", "one"] = ""
    plain: bool = False
    """Whether it has the plainest value: there is no other, or it is too deep, or too much."""


@dataclass(slots=True)
class Scope:
    """The leaves of an object and of the objects in it, and the place that they are in."""

    place: Place
    wants: list[Want] = field(default_factory=list)
    fixed: list[Want] = field(default_factory=list)
    inner: set[str] = field(default_factory=set)
    tool: frozenset[str] = frozenset()
    """The words that are the tool's own."""


def known(root: Schema, hint: str) -> Scope:
    """The scope of what a tool takes."""
    return Scopes(root, "call", hint).scopes(root, ())[0]


@dataclass
class Scopes:
    """Reads a schema into scopes."""

    root: Schema
    purpose: Purpose
    hint: str
    work: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.tool = frozenset(map(stem, name_words(self.hint)))
        # One maker for all that is too deep, or too much, which knows how much it has made.
        self.plain = Plain(self.root)

    def scopes(self, schema: Any, path: Path) -> list[Scope]:
        """A scope for each of the options that a schema has."""
        schema = resolved(schema, self.root)
        options = _but_null(alternatives(schema, self.root))
        return [self.scope(option, path) for option in options or [schema]]

    def scope(self, schema: Any, path: Path) -> Scope:
        """The leaves of a schema at a path, and how they lie in it."""
        scope = Scope(Place(path, {}, True))
        scope.place = self._place(schema, path, (True, True), scope)
        scope.tool = self.tool
        numbers = [w for w in scope.wants if w.type in want.NUMBERS and not w.many]
        if len(numbers) == 2 and any(w.tells("expression") for w in scope.wants):
            numbers[0].role, numbers[1].role = "first", "second"
        if len(numbers) == 1 and numbers[0].type == "number" and not numbers[0].dimensions:
            numbers[0].dimensions = frozenset(("money",))  # what else would 5 euros be
        texts = [w for w in scope.wants if w.type == "string"]
        if len(numbers) == 1 and any("unit" in w.kinds for w in texts):
            numbers[0].stems |= {stem("quantity")}  # the amount of flour, and no money
        for each in (w for w in scope.wants if w.type == "enum" and w.required):
            ways = [kind for kind, name in each.signs if not name]
            # What is looked for is no message.
            finds = self.tool & stem_set("wants", "acts", "finds")
            if ways and len(texts) == 1 and (finds or texts[0].kinds.get("message", 0) < 1):
                texts[0].kinds = dict.fromkeys((*ways, "handle", "code"), 1.0)
        things = [w for w in texts if not OPEN.isdisjoint(w.kinds) and len(w.path) == 1]
        if self.purpose == "call" and len(things) == 1 and things[0].kinds.get("thing") == 1:
            things[0].sole = not (things[0].required or "default" in described_in(things[0].schema))
        # What is switched on, or set to so many percent, is a part of a house, and no town.
        inside = [w for w in scope.wants if w.required and w.type != "string"
                  and (w.stems <= SWITCHES or w.dimensions & {"share", "temperature"})]  # fmt: skip
        for each in texts if inside and self.purpose == "call" else ():
            each.kinds |= {"thing": 1.0} if "place" in each.kinds else {}
        measures = [w for w in scope.wants if w.signs or {"unit", "currency"} & w.kinds.keys()]
        if len(measures) == 2 and not (measures[0].role or measures[1].role):
            measures[0].role, measures[1].role = "from", "to"
        return scope

    def _place(self, schema: Any, path: Path, needed: tuple[bool, bool], scope: Scope) -> Place:
        """`needed`: whether its object has to have it, and whether all that it is in must, too."""
        self.work += 1
        schema = resolved(schema, self.root)
        ways = alternatives(schema, self.root)
        options = _but_null(ways)
        one = options[0] if options else {}
        nullable = len(options) < len(ways) or schema.get("nullable") is True
        place = Place(path, schema, needed[0], nullable)
        sole = "const" in one or len(listed(one, "enum")) == 1
        fixed = "const" in schema or (len(options) == 1 and sole)
        if "const" in schema:
            scope.fixed.append(want.read(path, {"enum": [schema["const"]]}, False))
        if fixed or not options or self.work > _MOST_LEAVES or len(path) > _DEEPEST:
            place.plain = True
        elif len(options) > 1 and not _PARTS.isdisjoint(map(kind_of, options)):
            place.inner = "one"
        elif (kind := kind_of(one)) == "object":
            self._read_object(place, one, needed[1], scope)
        elif kind != "null":
            sure = needed[1] and not (place.nullable and self.purpose == "reply")
            items = resolved(one.get("items"), self.root) if kind == "array" else {}
            place.schema = dict(one, items=items) if items else one
            if not items or _PARTS.isdisjoint(map(kind_of, alternatives(items, self.root))):
                self._read_leaf(place, sure, scope)
            else:
                place.inner = "list"
        scope.inner |= {place.inner} - {""}
        return place

    def _read_leaf(self, place: Place, sure: bool, scope: Scope) -> None:
        holders = [part for part in place.path[:-1] if not part.isdigit()]
        hint = holders[-1] if holders else self.hint
        leaf = place.want = want.read(place.path, place.schema, sure, hint)
        if leaf.type == "boolean":
            self.tool |= leaf.stems - STOP_STEMS
        elif leaf.type == "enum":
            first = [word for _, terms in leaf.options for word in (terms or ((),))[0]]
            self.tool |= {stem(word) for word in first if len(word) > 2}
        scope.wants.append(leaf)

    def _read_object(self, place: Place, schema: Schema, sure: bool, scope: Scope) -> None:
        properties = schema.get("properties")
        place.schema = schema
        if not isinstance(properties, dict):
            return
        named = listed(schema, "required", str)
        # What a tool takes alone is what it is for, whether it has to be said or not.
        sole = self.purpose == "call" and len(properties) == 1
        place.parts = {}
        # What holds others like it ends, however deep it may go.
        ends = {n: {"const": self.plain.value(properties[n])} for n in links(schema, self.root)}
        for name, inner in {**properties, **ends}.items():
            needed = name in named, sure and (name in named or sole)
            place.parts[name] = self._place(inner, (*place.path, name), needed, scope)
        for kind, words in WANTS["siblings"].items():
            beside = not properties.keys().isdisjoint(words["siblings"].split())
            for name in words["names"].split() if beside else ():
                leaf = place.parts[name].want if name in properties else None
                if leaf and leaf.kinds:
                    leaf.kinds = {kind: 1.0}
        leaves = [leaf for part in place.parts.values() if (leaf := part.want)]
        pair = [leaf for leaf in leaves if leaf.role and _COMES.intersection(leaf.words)]
        if [leaf.role for leaf in pair] == ["to", "from"]:  # a stay begins with the arrival
            pair[0].role = pair[1].role = ""


def _but_null(ways: list[Schema]) -> list[Schema]:
    return [way for way in ways if way.get("type") != "null"]
