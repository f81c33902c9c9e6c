"""Copies of the project, for tests that change or run one."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.notebooks.registry import PROJECT


def copied(to: Path) -> Path:
    """A copy of what git does not ignore, in a clone or in what was unpacked from an archive."""
    with TemporaryDirectory() as none:
        subprocess.run(["git", "init", "--quiet", "--bare", none], check=True)
        command = ["git", f"--git-dir={none}", f"--work-tree={PROJECT}", "ls-files", "-z"]
        listed = subprocess.check_output(
            [*command, "--others", "--exclude-standard"], cwd=PROJECT, text=True
        )
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, to / name)
    return to
