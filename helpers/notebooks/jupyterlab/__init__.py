"""JupyterLab, as a learner first sees it: the first notebook is open, nothing asks for anything.

Its settings are in `labconfig/`; what the reader sets prevails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers.notebooks.registry import Notebook

SETTINGS = Path(__file__).parent
# What is there for those who write the notebooks.
HIDDEN = ("*.toml", "*.tmp", "__pycache__", "*.pyc", "*~")


def command(notebooks: Sequence[Notebook], arguments: Sequence[str] = ()) -> list[str]:
    """How to open the first of them, in its folder; `arguments` are for JupyterLab."""
    return [
        *(sys.executable, "-m", "jupyterlab"),
        # Not as arguments: its address, as it is printed, would not have them.
        f"--LabApp.default_url=/lab/tree/{notebooks[0].path.name}",
        f"--ContentsManager.hide_globs={[*HIDDEN]!r}",
        *(["--allow-root"] if as_root() else []),
        *arguments,
    ]


def as_root() -> bool:
    """Whether JupyterLab would refuse to start without being told that this is meant."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """With the settings of this folder, which come after the reader's own."""
    path = inherited.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    added = os.pathsep.join([*filter(None, path), str(SETTINGS)])
    return {**inherited, "JUPYTER_CONFIG_PATH": added}
