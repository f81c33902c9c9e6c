"""What keeps the notebooks true: the registry that lists them, and how they are run and checked."""

import sys

# nbformat imports jsonschema, which then compiles a grammar for IRIs: 1.8 s in every process. No
# field of a notebook has that format; without the package, jsonschema leaves it unchecked.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
