"""Chromium and Firefox as the system has them, driven by a script of Node's."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from helpers.site.environment import FOLDER

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Browser:
    """`kind` is what the driver calls it."""

    kind: str
    executable: str


CHROMIUM = ("chrome", ("chromium", "chromium-browser", "google-chrome"))
FIREFOX = ("firefox", ("firefox-esr", "firefox"))


def find(browser: tuple[str, tuple[str, ...]]) -> Browser:
    """The browser of this system; without one, the test fails and says what to install."""
    kind, names = browser
    for name in names:
        if executable := shutil.which(name):
            return Browser(kind, executable)
    pytest.fail(f"None of {', '.join(names)} is installed; on Debian: apt install {names[0]}")


def drive(script: str, *arguments: str, seconds: float) -> Any:
    """What a script of this folder prints, as data; it takes its packages from the site's."""
    copy = FOLDER / script
    shutil.copy(HERE / script, copy)
    done = subprocess.run(
        ["node", copy, *arguments], capture_output=True, text=True, timeout=seconds + 60
    )
    if done.returncode:
        pytest.fail(f"{script} {' '.join(arguments)}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)
