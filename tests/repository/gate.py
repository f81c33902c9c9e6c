"""Where the gates on the repository register; a gate looks at the folder of a checkout."""

from pathlib import Path

from helpers.notebooks.gates.gate import Gates

GATES: Gates[Path] = Gates()
gate = GATES.gate
