"""Trees: a schema that holds itself, grown from who stands under whom, sentence by sentence."""

from itertools import groupby
from typing import Any

from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.plain import kind_of, named, resolved


def tree(root: Schema, text: Text) -> Any:
    """ "Ada leads Bo and Cy. Cy leads Di." as names with those below; None for another schema."""
    properties = named(resolved(root, root), "properties")
    kinds = {kind_of(resolved(inner, root)): name for name, inner in properties.items()}
    if kinds.keys() != {"string", "array"}:
        return None
    label, branch = kinds["string"], kinds["array"]
    if resolved(properties[branch].get("items"), root).get("properties") != properties:
        return None
    below: dict[str, dict[str, None]] = {}
    names = text.spans("name")[:40]
    for _, sentence in groupby(names, lambda name: text.sentence(name.start)):
        head, *others = (name.value for name in sentence)
        below.setdefault(head, {}).update(dict.fromkeys(others))
    held = set[str]().union(*below.values())
    tops = [name for name in below if below[name] and name not in held]

    def grown(name: str) -> dict[str, Any]:
        under = below.pop(name, ())  # once, however often it stands under others
        return {label: name, branch: [grown(each) for each in under]}

    return grown(tops[0]) if tops else None
