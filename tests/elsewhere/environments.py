"""Make an environment for each set of packages that the second line of a snippet names, in build/.

The packages and what they ask for are those of requirements.lock. The tests cannot fetch them: they
reach loopback only.
"""

import re
import subprocess
import sys
from pathlib import Path

from helpers.notebooks.registry import PROJECT

SNIPPETS = PROJECT / "notebooks" / "snippets"
BUILD = PROJECT / "build" / "elsewhere"
IN_VENV = Path("Scripts" if sys.platform == "win32" else "bin") / "python"
LOCK = PROJECT / "requirements.lock"


def needs(program: Path) -> list[str]:
    """What its second line says to install. Raises ValueError if it does not say it."""
    line = program.read_text(encoding="utf-8").splitlines()[1]
    said = re.fullmatch(rf"# pip install (.+) && python {re.escape(program.name)}", line)
    if not said:
        raise ValueError(f"{program.name} does not say what to install, but {line!r}.")
    return said[1].split()


def python_with(packages: list[str]) -> Path:
    """The Python of the environment that `make` makes."""
    return BUILD / "alone" / "+".join(packages) / IN_VENV


def make(packages: list[str]) -> None:
    """Make the environment, unless it is there as the lock has it."""
    python = python_with(packages)
    place = python.parents[1]
    made_of = place / "made-of"
    if made_of.exists() and made_of.read_bytes() == LOCK.read_bytes():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", place], check=True)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--constraint", LOCK, *packages], check=True)
    made_of.write_bytes(LOCK.read_bytes())


if __name__ == "__main__":
    for each in sorted({tuple(needs(program)) for program in SNIPPETS.glob("*.py")}):
        make([*each])
