"""Copies of the project, for tests that change or run one."""

import shutil
import subprocess
from pathlib import Path

from helpers.notebooks.registry import PROJECT


def copied(to: Path) -> Path:
    """A copy of what is committed, or would be with `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=PROJECT, text=True)
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, to / name)
    return to
