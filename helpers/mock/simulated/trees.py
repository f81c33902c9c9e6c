"""Trees and linked lists: a schema that holds itself, grown from what lies under what.

`[trees]` in `data/patterns.toml` has the clauses that tell of a whole and its parts.
"""

import re
from typing import Any

from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import Schema, fits
from helpers.mock.simulated.knowledge import DETERMINERS, NUMBER_WORDS, STOP_STEMS, stems
from helpers.mock.simulated.plain import alternatives, kind_of, named, resolved
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import spelt, stem, stem_set, table

_RULES = [(re.compile(form, re.I), sign) for form, sign in table("patterns")["trees"]["rules"]]
_SIGN = re.compile(table("patterns")["trees"]["sign"], re.I)
_IDLE = stem_set("wants", "trees", "idle").union(map(stem, (*DETERMINERS, *NUMBER_WORDS)))
_TITLES = stem_set("wants", "trees", "titles") | _IDLE


def links(node: Schema, root: Any) -> list[str]:
    """The properties of an object that hold others like it: its children, the next of a list."""
    parts = named(node, "properties")
    ways = ((n, way) for n in parts for way in alternatives(resolved(parts[n], root), root))
    return [n for n, way in ways
            if named(resolved(way.get("items"), root) or way, "properties") == parts]  # fmt: skip


def tree(schema: Schema, root: Any, text: Text, path: tuple[str, ...]) -> Any:
    """ "Ada leads Bo and Cy. Cy leads Di." as names with those below; None for another schema."""
    node = resolved(schema.get("items"), root) or schema
    parts, link = named(node, "properties"), links(node, root)
    if len(parts) != 2 or len(link) != 1:
        return None
    label, branch = sorted(parts, key=link.__contains__)
    chained = kind_of(resolved(parts[branch], root)) != "array"
    below = _below(text.raw, _TITLES.union(stems(" ".join(map(spelt, (*path, *parts))))), chained)
    held = set[str]().union(*below.values())
    tops = [name for name in below if name not in held and any(below.values())]
    if node is not schema and len(tops) == 1 and below[tops[0]].keys() & below.keys():
        tops = [*below[tops[0]]]  # several lie under a title that has them all

    def grown(name: str) -> dict[str, Any]:
        under = [grown(each) for each in below.pop(name, ())]  # once, however often it stands
        value = name if kind_of(resolved(parts[label], root)) == "string" else parsed(name)
        return {label: value, branch: next(iter(under), None) if chained else under}

    made = [grown(top) for top in tops]
    ways: list[Any] = [made] if node is not schema else made[:1]
    return next((way for way in ways if way and fits(way, schema, root)), None)


def _below(raw: str, own: frozenset[str], chained: bool) -> dict[str, dict[str, None]]:
    """The parts of each whole, in order; in a chain, each thing under the one before it."""
    for form, sign in _RULES:
        raw = form.sub(sign, raw)
    below, known = dict[str, dict[str, None]](), dict[Any, str]()
    wholes, last, at = list[str](), "", 0
    for sign in _SIGN.finditer(f"{raw}\n"):
        said, at, titled = raw[at : sign.start()].split(), sign.end(), sign[0] == ":"
        while said and stem(said[0].lower()) in (own if said[1:] or titled else _IDLE):
            del said[0]
        name = " ".join(said).strip(" .,:;!?'\"“”")
        if name and not (chained and titled):
            name = known.setdefault(stems(name.lower()) - STOP_STEMS or name, name)
            whole = last if chained else wholes[-1] if wholes and not titled else name
            if (last := name) != whole:
                below.setdefault(whole or name, {}).update({name: None} if whole else {})
        ways = {"down": [*wholes, last], "close": wholes[:-1], "clause": wholes[:1], "end": []}
        wholes = ways.get(str(sign.lastgroup), wholes)
    return below
