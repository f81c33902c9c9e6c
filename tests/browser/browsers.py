"""Chromium and Firefox as the system has them, driven by a script of Node's."""

import json
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import psutil
import pytest

from helpers.site.environment import FOLDER

HERE = Path(__file__).parent

MOST = 200.0
"""Seconds of processor time that a browser may take for one script. A clock on the wall would
judge the machine: what takes 30 s alone takes ten minutes beside twenty others."""
IDLE, STILL = 0.3, 60.0
"""One that takes less than IDLE seconds of processor time in STILL seconds waits for nothing."""
LAST_WORDS = 60.0


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


def drive(script: str, *arguments: str, most: float = MOST) -> Any:
    """What a script of this folder prints, as data, and `processor`, the seconds that it took.

    The scripts take their packages from the site's. One that takes more than `most` seconds, or
    stands still, is asked to end and say what it has.
    """
    with TemporaryDirectory(dir=FOLDER) as place, TemporaryFile("w+") as out:
        for driver in HERE.glob("*.mjs"):
            shutil.copy(driver, place)
        with TemporaryFile("w+") as err:
            node = subprocess.Popen(
                ["node", f"{place}/{script}", *arguments], stdout=out, stderr=err
            )
            took = _watch(node, most)
            err.seek(0)
            if node.returncode:
                pytest.fail(f"{script} {' '.join(arguments)}: {err.read()[-2000:]}")
        out.seek(0)
        return json.load(out) | {"processor": took}


def _watch(node: subprocess.Popen[Any], most: float) -> float:
    """Wait for it to end, or end it; returns the seconds of processor time it was seen to take."""
    took, moved, since = 0.0, 0.0, time.monotonic()
    while node.poll() is None:
        time.sleep(0.5)
        took = max(took, _processor_time(node.pid))
        if took > moved + IDLE:
            moved, since = took, time.monotonic()
        if took > most or time.monotonic() > since + STILL:
            _end(node)
    return took


def _processor_time(pid: int) -> float:
    """Seconds that a process and all that it started have taken so far."""
    took = 0.0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                took += sum(each.cpu_times()[:2])
    return took


def _end(node: subprocess.Popen[Any]) -> None:
    """Have it say what it has; what does not end then is killed with all that it started."""
    started = psutil.Process(node.pid).children(recursive=True)
    node.terminate()
    try:
        node.wait(LAST_WORDS)
    except subprocess.TimeoutExpired:
        for each in (*started, psutil.Process(node.pid)):
            with suppress(psutil.NoSuchProcess):
                each.kill()
