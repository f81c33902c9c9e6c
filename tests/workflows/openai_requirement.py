"""Print what to install for an openai that pyproject.toml allows: `oldest`, `newest`, or `next`.

The next one may be a pre-release; where there is none, it is the newest.
"""

import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def requirement(version: str) -> str:
    """Raises ValueError unless pyproject.toml asks for openai in exactly one way, `openai>=X`."""
    dependencies = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    (allowed,) = [text for text in dependencies if text.startswith("openai>=")]
    match version:
        case "oldest":
            return str(allowed).replace(">=", "==")
        case "newest":
            return str(allowed)
        case "next":
            return f"--pre {allowed}"
        case _:
            raise ValueError(f"{version!r} is neither oldest, newest nor next")


if __name__ == "__main__":
    print(requirement(*sys.argv[1:]))
