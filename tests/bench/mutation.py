"""How much of the code the tests hold in place: `make mutation`, or this, of a few modules.

    python -m tests.bench.mutation [FILE]... [--sample N] [--seed N] [--tests FILE ...]

Every change of `tests.bench.mutants_of_code`, or a sample, is made one at a time in a process that
is forked for it; in it run the tests that reach the changed line, and then its file, up to the
first that fails, again too, and passes in the sound code. What none notices is listed. Nothing on
disk changes, and nothing fails here.
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
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from tests.bench.mutants_of_code import Change, changes

PROJECT = Path(__file__).parents[2]
ROOMS = ("helpers/tools.py", "helpers/endpoint.py", "helpers/transcript", "helpers/mock/apis")
TESTS = ("tests/unit", "tests/contract")
NOTE = PROJECT / "build" / "reached.json"
TWIN = 0.1  # seconds
LONGEST = 60  # seconds: a test that is not at its end by then has failed
PLAIN = ("-q", "-p", "no:cacheprovider")
# Slow to import, and the same after a fork. Not those that start threads, and not what is changed.
PRELOADED = (
    "hypothesis",
    "openai.types.responses",
    "openai.types.chat",
    "numpy",
    "nbformat",
    "httpx",
)


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
        NOTE.parent.mkdir(exist_ok=True)
        NOTE.write_text(json.dumps({"seconds": self.seconds, "lines": lines}))


def reached(tests: Sequence[str]) -> dict[str, Any]:
    """What these tests reach in the sound code: `seconds` by test, and tests by file and line.

    It is kept, as it takes minutes: only test files that changed run again, or all if a room did.
    """
    rooms = [PROJECT / room for room in ROOMS]
    code = [file for each in rooms for file in ([each] if each.is_file() else each.rglob("*.py"))]
    files = [file for each in tests for file in sorted((PROJECT / each).rglob("test_*.py"))] or [
        PROJECT / each for each in tests
    ]
    kept: dict[str, Any] = {"seconds": {}, "lines": {}, "when": 0, "tests": []}
    if NOTE.exists():
        noted = json.loads(NOTE.read_text())
        if noted["when"] > max(file.stat().st_mtime for file in code):
            kept = noted
    names = [str(file.relative_to(PROJECT)) for file in files]
    stale = [
        name
        for name in names
        if name not in kept["tests"] or (PROJECT / name).stat().st_mtime > kept["when"]
    ]
    if not stale:
        return kept
    when = time.time()

    def run() -> int:
        import pytest

        return int(pytest.main([*PLAIN, *stale], plugins=[Reached(rooms)]))

    in_fork(run, limit=3600)
    new = json.loads(NOTE.read_text())
    for file, lines in kept["lines"].items():
        for line, reaching in lines.items():
            old = [test for test in reaching if _file_of(test) not in stale]
            new["lines"].setdefault(file, {}).setdefault(line, []).extend(old)
    for test, seconds in kept["seconds"].items():
        if _file_of(test) not in stale:
            new["seconds"][test] = seconds
    new |= {"when": when, "tests": sorted({*kept["tests"], *names})}
    NOTE.write_text(json.dumps(new))
    return dict(new)


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def killer(tests: list[str], limit: float, path: Path, change: Change | None = None) -> str:
    """The first of the tests that fails with this change; empty if none does.

    "(no end)" if none comes to an end, and "(no start)" if none begins.
    """
    said = NOTE.with_name(f"killer-{os.getpid()}")
    said.unlink(missing_ok=True)

    def stop(*_: object) -> None:
        raise TimeoutError

    class Says:
        def pytest_runtest_logstart(self) -> None:
            signal.alarm(LONGEST)

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                said.write_text(report.nodeid)

    def run() -> int:
        import pytest

        sound = SourceFileLoader.get_code

        def get_code(self: SourceFileLoader, name: str) -> Any:
            if change is None or Path(self.get_filename(name)) != path:
                return sound(self, name)
            return compile(change.tree(), str(path), "exec")

        signal.signal(signal.SIGALRM, stop)
        SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]
        # Plain: where pytest rewrites assertions, it reads the sound module from the disk.
        return int(pytest.main(["-x", "--assert=plain", *PLAIN, *tests], plugins=[Says()]))

    status = in_fork(run, limit)
    if status == 0:
        return ""
    return said.read_text() if said.exists() else "(no end)" if status is None else "(no start)"


def tests_for(path: Path, change: Change, known: dict[str, Any], budget: float) -> list[str]:
    """The tests that may notice a change, for so many seconds in all.

    First those that reach the line, then those that reach its file, as what import runs or a cache
    keeps is seen by others than the first, then any. The quick come first, but each next test of
    one function as if it took longer, for what one does not see its twin seldom sees.
    """
    lines, seconds = known["lines"].get(str(path), {}), known["seconds"]
    chosen = dict[str, None]()
    for reaching in (
        lines.get(str(change.line), []),
        [test for tests in lines.values() for test in tests],
        [test for each in known["lines"].values() for tests in each.values() for test in tests],
    ):
        turns = Counter[str]()
        order = list[tuple[float, str]]()
        for test in sorted({*reaching} & seconds.keys(), key=lambda test: seconds[test]):
            function = test.partition("[")[0]
            turns[function] += 1
            order.append((seconds[test] + turns[function] * TWIN, test))
        for _, test in sorted(order):
            taken = seconds[test]
            if test not in chosen and taken <= budget:
                budget -= taken
                chosen[test] = None
    # Those of a file together, for they share a server, which remembers.
    files = {file: n for n, file in enumerate(dict.fromkeys(map(_file_of, chosen)))}
    return sorted(chosen, key=lambda test: files[_file_of(test)])


def main(arguments: Sequence[str]) -> None:
    """Print what was not noticed, and the shares by file."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("files", nargs="*", default=ROOMS)
    options.add_argument("--sample", type=int, help="so many changes of all")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--tests", nargs="*", default=TESTS, help="those that may notice")
    options.add_argument("--budget", type=float, default=30, help="seconds of tests for a change")
    options.add_argument(
        "--all", action="store_true", help="list what was noticed as well, by what"
    )
    chosen = options.parse_args(arguments)
    paths = [(PROJECT / each).resolve() for each in chosen.files]
    rooms = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    tried = [(path, change) for path in rooms for change in changes(path.read_text())]
    if chosen.sample and chosen.sample < len(tried):
        tried = random.Random(chosen.seed).sample(tried, chosen.sample)
        tried.sort(key=lambda each: (each[0], each[1].line))
    known = reached(chosen.tests)
    for module in PRELOADED:
        importlib.import_module(module)

    sound = dict[str, bool]()

    def judge(path: Path, change: Change) -> str:
        tests = tests_for(path, change, known, chosen.budget)
        limit = 60 + 5 * chosen.budget
        while test := killer(tests, limit, path, change):
            if test[0] == "(":
                return test
            if test not in sound:
                sound[test] = not killer([test], limit, path)
            # Once more and alone, for a machine may have been busy.
            if sound[test] and killer([test], limit, path, change):
                return test
            tests = tests[tests.index(test) + 1 :]
        return ""

    killed: dict[Path, list[bool]] = {}
    for path, change in tried:
        noticed = judge(path, change)
        killed.setdefault(path, []).append(bool(noticed))
        if not noticed or chosen.all:
            place = f"{path.relative_to(PROJECT)}:{change.line}"
            print(f"{place}: {change.text}{noticed and '   <-  '}{noticed}", flush=True)
    print()
    for path, all_ in killed.items():
        print(f"{path.relative_to(PROJECT)!s:40} {sum(all_) / len(all_):4.0%} of {len(all_)}")
    every = [each for all_ in killed.values() for each in all_]
    print(f"{'all':40} {sum(every) / len(every):4.0%} of {len(every)} changes noticed")


if __name__ == "__main__":
    main(sys.argv[1:])
