"""Print what to install in the place of what is locked, as pip reads it from a file.

    python -m tests.workflows.requirements oldest|newest|next

The oldest and the newest are those of openai. The next ones are of all that pyproject.toml asks
for, each a pre-release where that is the latest.
"""

import sys
import tomllib

from helpers.notebooks.registry import PROJECT
from tests.repository.setup import runtime


def requirements(version: str) -> list[str]:
    """Raises ValueError unless pyproject.toml asks for openai in exactly one way, `openai>=X`."""
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*runtime(pyproject), *pyproject["dependency-groups"]["dev"]]
    (openai,) = [text for text in asked if text.startswith("openai>=")]
    match version:
        case "oldest":
            return [openai.replace(">=", "==")]
        case "newest":
            return [openai]
        case "next":
            return ["--pre", *asked]
        case _:
            raise ValueError(f"{version!r} is neither oldest, newest nor next")


if __name__ == "__main__":
    print("\n".join(requirements(*sys.argv[1:])))
