"""Whether the commands that prove the project do what they are for, and fail when a part fails.

They are run, in a copy of the project, with programs in the place of Python and make that only note
how they were called, and fail where they are told to.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.repository.gate import gate

STAND_IN = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *"$FAILS"*) exit 3 ;; esac
"""
# What else the commands look for, or use.
ALSO = ("node", "npm", "curl", "git", "openssl", "python3", "chromium", "firefox-esr")
STANDING_IN = ("python", "shellcheck", "make")


@dataclass(frozen=True)
class Command:
    """A command, and what it has to call: all of it, with these arguments, in this order."""

    words: tuple[str, ...]
    calls: tuple[str, ...]


MAKE = ("make", "--no-print-directory", "--assume-old=setup")
SET_UP_ELSEWHERE = (
    "-m venv --without-pip build/local/venv",
    "-m pip --python build/local/venv install --quiet --no-deps --require-hashes"
    " -r requirements-local.lock",
    "-m venv --without-pip build/elsewhere/venv",
    "-m pip --python build/elsewhere/venv install --quiet --no-deps --require-hashes"
    " -r requirements-integrations.lock",
    "-m tests.elsewhere.environments",
)
ELSEWHERE = (
    "tests/elsewhere/programs.py tests/elsewhere/clients.py tests/elsewhere/compatible.py"
    " tests/elsewhere/real_model.py tests/elsewhere/tool_servers.py tests/elsewhere/package.py"
    " tests/elsewhere/guide.py tests/elsewhere/matrix.py"
)
COMMANDS = (
    Command(
        (*MAKE, "lint"),
        (
            "-m ruff check --quiet .",
            "-m ruff format --quiet --check .",
            "-m mypy --no-error-summary",
            "-m codespell_lib",
            "helpers/setup.sh .ci/run",
        ),
    ),
    Command((*MAKE, "test"), ("-m helpers test",)),
    Command(
        (*MAKE, "world"),
        ("-m helpers test --pytest notebooks -k Cell",),
    ),
    Command(
        (*MAKE, "voice"), ("-m helpers test --pytest notebooks tests/notebooks/parameters.py",)
    ),
    Command((*MAKE, "monkey"), ("-m tests.notebooks.monkey",)),
    Command((*MAKE, "leaks"), ("-m tests.bench.leaks",)),
    Command((*MAKE, "run"), ("-m helpers run",)),
    Command((*MAKE, "verify"), ("-m helpers verify",)),
    Command(
        (*MAKE, "integrations"),
        (*SET_UP_ELSEWHERE, f"-m pytest {ELSEWHERE}"),
    ),
    Command(
        (*MAKE, "integrations", "NB=01 03"),
        (*SET_UP_ELSEWHERE, f"-m pytest --notebooks 01 03 {ELSEWHERE}"),
    ),
    Command(
        (*MAKE, "hosts"),
        (
            "-m venv --without-pip build/elsewhere/venv",
            "-m pip --python build/elsewhere/venv install --quiet --no-deps --require-hashes"
            " -r requirements-integrations.lock",
            "-m tests.elsewhere.environments hosts",
            "-m pytest tests/elsewhere/hosts.py",
        ),
    ),
    Command((*MAKE, "conformance"), ("-m tests.elsewhere.suites",)),
    Command(
        (*MAKE, "site-check"),
        ("-m helpers.site lite", "-m helpers.site site", "-m pytest tests/browser/pages.py"),
    ),
    Command(
        (*MAKE, "browser"),
        ("-m helpers.site lite", "-m pytest tests/browser/lite.py -n 2 --dist loadgroup"),
    ),
    Command(
        ("bash", ".ci/run"),
        (
            "lint",
            "test",
            "test KERNELS=ordinary ARGS=tests/mutants/test_notebooks.py -k cell",
            "world",
            "voice",
            "monkey SEEDS=20",
            "leaks",
            "integrations NB=04",
            "conformance",
            "site-check browser",
        ),
    ),
)


@gate("commands can fail", "has commands that leave nothing out, and hide no failure")
def _commands_can_fail(root: Path) -> Iterator[str]:
    if sys.platform == "win32":
        return
    # Not below $TMPDIR, which may have a blank: as .venv has none, the Makefile need not quote it.
    with TemporaryDirectory(dir="/tmp") as folder:
        place = Path(folder)
        for name in (*STANDING_IN, *ALSO):
            program = place / name
            program.write_text(STAND_IN if name in STANDING_IN else "#!/bin/sh\n")
            program.chmod(0o755)
        for command in COMMANDS:
            yield from _unsound(root, command, place)


def _unsound(root: Path, command: Command, place: Path) -> Iterator[str]:
    shown = " ".join(word for word in command.words if word[:2] != "--")
    status, calls = _run(root, command, place, fails="nothing at all")
    if calls != [*command.calls]:
        yield f"{shown} calls {calls}, and not {[*command.calls]}"
    elif status:
        yield f"{shown} fails, though nothing that it calls does"
    for call in calls:
        status, _ = _run(root, command, place, fails=call)
        if not status:
            yield f"{shown} ends well, though {call!r} failed"


def _run(root: Path, command: Command, place: Path, fails: str) -> tuple[int, list[str]]:
    calls = place / "calls"
    calls.write_text("")
    shutil.rmtree(root / "build", ignore_errors=True)
    # The real make runs the Makefile; what .ci/run calls is the stand-in.
    program, *words = command.words
    words = [str(shutil.which(program)), *words, *([f"BIN={place}"] if program == "make" else [])]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    env = kept | {
        "PATH": f"{place}{os.pathsep}{os.environ['PATH']}",
        "CALLS": str(calls),
        "FAILS": fails,
    }
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, timeout=60)
    return done.returncode, calls.read_text().splitlines()
