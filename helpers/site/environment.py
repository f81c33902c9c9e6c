"""The environment that the site is made in: packages by locks of its own, in build/."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from helpers.notebooks.registry import PROJECT
from helpers.problem import Problem

FOLDER = PROJECT / "build" / "site-tools"
VENV = FOLDER / "venv"
NPM = FOLDER / "node_modules"
LOCKS = (
    PROJECT / "requirements-site.lock",
    Path(__file__).with_name("package-lock.json"),
    Path(__file__).with_name("package.json"),
)


def ready() -> None:
    """Make the environment, unless it is there and made of these locks. Raises Problem."""
    made_of = FOLDER / "made-of"
    state = "".join(lock.read_text(encoding="utf-8") for lock in LOCKS)
    if made_of.is_file() and made_of.read_text(encoding="utf-8") == state:
        return
    if shutil.which("npm") is None:
        raise Problem("The site needs npm: install Node.js first.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for lock in LOCKS[1:]:
        shutil.copy(lock, FOLDER)
    npm = ["npm", "ci", "--loglevel=error", "--prefix", str(FOLDER)]
    try:
        _install(LOCKS[0])
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise Problem(
            f"The site's packages cannot be fetched: {Path(error.cmd[0]).name} ended with"
            f" {error.returncode}. Check the network; behind a proxy or a mirror, configure npm and"
            " pip for it. Then run it again."
        ) from None
    # Written last, so that one that was interrupted is made again.
    made_of.write_text(state, encoding="utf-8")


def _install(lock: Path) -> None:
    python = VENV / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)
    uv = shutil.which("uv")
    which: list[str | Path] = ["--python", python]
    install = ["install", "--quiet", "--require-hashes", "--no-deps", "--requirement", str(lock)]
    command = [sys.executable, "-m", "pip", *which, *install]
    if uv:
        command = [uv, "pip", *install, *which]
    subprocess.run(command, check=True)
