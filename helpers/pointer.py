"""What a reference in a JSON Schema points at, within the same document."""

from typing import Any

__all__ = ["resolve"]


def resolve(reference: Any, root: Any) -> Any:
    """What a `$ref` within the same document points at; None if it points nowhere."""
    if not isinstance(reference, str):
        return None
    place = root
    if reference.startswith("#/"):
        for part in reference[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~").replace("%25", "%")
            if isinstance(place, dict) and part in place:
                place = place[part]
            elif isinstance(place, list) and part.isdigit() and int(part) < len(place):
                place = place[int(part)]
            else:
                return None
        return place
    if reference == "#":
        return root
    if isinstance(root, dict):
        for definitions in (root.get("$defs"), root.get("definitions")):
            if isinstance(definitions, dict):
                name = reference.lstrip("#")
                for definition in definitions.values():
                    if isinstance(definition, dict) and name in (
                        definition.get("$anchor"),
                        definition.get("$id"),
                    ):
                        return definition
    return None
