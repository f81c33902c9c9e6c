"""How much of the code the tests hold in place: `make mutation`, or this, of a few modules.

    python -m tests.bench.mutation [FILE]... [--sample N] [--seed N] [--tests FILE ...]

Every change of `tests.bench.mutants_of_code`, or a sample, is made one at a time in a process that
is forked for it; in it, the tests run that reach the changed line, the quickest first, up to the
first that fails. What none notices is listed. Nothing on disk changes, and nothing fails here.
"""

import argparse
import contextlib
import importlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from tests.bench.mutants_of_code import Change, changes

PROJECT = Path(__file__).parents[2]
ROOMS = ("helpers/tools.py", "helpers/endpoint.py", "helpers/transcript", "helpers/mock/apis")
TESTS = ("tests/unit", "tests/contract")
NOTE = PROJECT / "build" / "reached.json"
ENOUGH = 40  # tests for one change
SLOW = 10  # seconds: a test that takes longer is left out
# They start threads, which a fork loses.
UNFORKABLE = ("grpc", "clarifai", "helpers", "tests", "google", "distributed")


def in_fork(task: Callable[[], int], limit: float) -> int | None:
    """What a task returns in a process of its own; None if it takes longer than `limit` seconds."""
    child = os.fork()
    if not child:
        with Path(os.devnull).open("w") as nowhere:
            os.setpgrp()
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            code = 70
            with contextlib.suppress(BaseException):
                code = task()
            os._exit(code)
    end = time.monotonic() + limit
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


class Reached:
    """A plugin of pytest that notes which lines each test reaches, and how long it takes."""

    def __init__(self, rooms: Sequence[Path]) -> None:
        import coverage

        self.seconds = dict[str, float]()
        include = [str(room if room.suffix else room / "*") for room in rooms]
        self.coverage = coverage.Coverage(data_file=None, include=include, config_file=False)
        self.coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.seconds[report.nodeid] = float("inf")
        else:
            self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {
            file: {str(line): tests for line, tests in data.contexts_by_lineno(file).items()}
            for file in data.measured_files()
        }
        modules = sorted(name for name in sys.modules if name.split(".")[0] not in UNFORKABLE)
        NOTE.parent.mkdir(exist_ok=True)
        NOTE.write_text(json.dumps({"seconds": self.seconds, "lines": lines, "modules": modules}))


def reached(tests: Sequence[str]) -> dict[str, Any]:
    """What these tests reach in the sound code: `seconds` by test, and tests by file and line.

    It is kept, as it takes minutes, until a file changes.
    """
    rooms = [PROJECT / room for room in ROOMS]
    files = [file for folder in ("helpers", "tests") for file in (PROJECT / folder).rglob("*.py")]

    def run() -> int:
        import pytest

        options = ["-q", "-p", "no:cacheprovider"]
        return int(pytest.main([*options, *tests], plugins=[Reached(rooms)]))

    newest = max(file.stat().st_mtime for file in files)
    kept = json.loads(NOTE.read_text()) if NOTE.exists() and NOTE.stat().st_mtime > newest else {}
    if kept.get("tests") != [*tests]:
        in_fork(run, limit=3600)
        kept = json.loads(NOTE.read_text()) | {"tests": [*tests]}
        NOTE.write_text(json.dumps(kept))
    return dict(kept)


def notices(path: Path, change: Change, tests: list[str], limit: float) -> bool:
    """Whether one of the tests fails with this change, or none comes to an end."""

    def run() -> int:
        import pytest

        sound = SourceFileLoader.get_code

        def get_code(self: SourceFileLoader, name: str) -> Any:
            if Path(self.get_filename(name)) != path:
                return sound(self, name)
            return compile(change.tree, str(path), "exec")

        SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]
        # Plain: where pytest rewrites assertions, it reads the sound module from the disk.
        options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
        return int(pytest.main([*options, *tests]))

    return in_fork(run, limit) != 0


def tests_for(path: Path, change: Change, known: dict[str, Any]) -> list[str]:
    """The tests that reach a line, the quickest first; of one that import runs, of all the file."""
    lines, seconds = known["lines"].get(str(path), {}), known["seconds"]
    found = [test for test in lines.get(str(change.line), []) if test]
    if not found:
        found = [test for tests in lines.values() for test in tests if test]
    quick = sorted({test for test in found if seconds.get(test, SLOW) < SLOW}, key=seconds.get)
    return quick[:ENOUGH]


def main(arguments: Sequence[str]) -> None:
    """Print what was not noticed, and the shares by file."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("files", nargs="*", default=ROOMS)
    options.add_argument("--sample", type=int, help="so many changes of all")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--tests", nargs="*", default=TESTS, help="those that may notice")
    chosen = options.parse_args(arguments)
    paths = [(PROJECT / each).resolve() for each in chosen.files]
    rooms = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    tried = [(path, change) for path in rooms for change in changes(path.read_text())]
    if chosen.sample and chosen.sample < len(tried):
        tried = random.Random(chosen.seed).sample(tried, chosen.sample)
        tried.sort(key=lambda each: (each[0], each[1].line))
    known = reached(chosen.tests)
    for module in known["modules"]:
        with contextlib.suppress(Exception):
            importlib.import_module(module)

    def judge(each: tuple[Path, Change]) -> bool:
        tests = tests_for(*each, known)
        limit = 30 + 5 * sum(known["seconds"][test] for test in tests)
        return bool(tests) and notices(*each, tests, limit)

    killed: dict[Path, list[bool]] = {}
    for path, change in tried:
        noticed = judge((path, change))
        killed.setdefault(path, []).append(noticed)
        if not noticed:
            print(f"{path.relative_to(PROJECT)}:{change.line}: {change.text}", flush=True)
    print()
    for path, all_ in killed.items():
        print(f"{path.relative_to(PROJECT)!s:40} {sum(all_) / len(all_):4.0%} of {len(all_)}")
    every = [each for all_ in killed.values() for each in all_]
    print(f"{'all':40} {sum(every) / len(every):4.0%} of {len(every)} changes noticed")


if __name__ == "__main__":
    main(sys.argv[1:])
