"""Trees: a schema that holds itself, grown from who stands under whom, sentence by sentence."""

from typing import Any

from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.plain import kind_of, resolved

_DEEPEST = 12
_ENDS = frozenset(".;\n")


def tree(root: Schema, text: Text) -> Any:
    """ "Ada leads Bo and Cy. Cy leads Di." as names with those below; None for another schema."""
    schema = resolved(root, root)
    properties = schema.get("properties")
    if not isinstance(properties, dict) or len(properties) != 2:
        return None
    kinds = {kind_of(resolved(inner, root)): name for name, inner in properties.items()}
    label, branch = kinds.get("string"), kinds.get("array")
    items = resolved(properties[branch].get("items"), root) if branch else {}
    if label is None or items.get("properties") != properties:
        return None
    below: dict[str, list[str]] = {}
    head, last = "", 0
    for span in text.spans("name")[:40]:
        if not head or _ENDS & set(text.raw[last : span.start]):
            head = span.value
            below.setdefault(head, [])
        elif span.value not in below[head]:
            below[head].append(span.value)
        last = span.end
    held = {name for names in below.values() for name in names}
    top = next((name for name in below if name not in held), None)

    def grown(name: str, depth: int) -> dict[str, Any]:
        under = below.get(name, []) if depth < _DEEPEST else []
        return {label: name, branch: [grown(each, depth + 1) for each in under]}

    return grown(top, 0) if top and below[top] else None
