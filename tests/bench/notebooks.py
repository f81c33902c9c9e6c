"""Measure the notebooks' tests beside the least that they could take.

    python tests/bench/notebooks.py [--rounds N]

The floor is what their kernels need to start and to import `openai`, divided by the cores. Against
it stands their share of `make test`: what nbval takes for all of them, less what pytest takes for
nothing. All in one interleaved run, with medians. Also: what `import helpers` adds to a process
that has imported `openai`. Exits with status 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from helpers.notebooks.registry import load

ROOT = Path(__file__).resolve().parents[2]
CORES = os.cpu_count() or 1
NOTEBOOKS = [str(notebook.path) for notebook in load()]

RATIO = 1.4
IMPORT_SECONDS = 0.030


def floor() -> float:
    """The kernels' starts and imports, one after the other, divided by the cores."""
    seconds = 0.0
    for _ in NOTEBOOKS:
        started = time.perf_counter()
        manager, client = start_new_kernel(
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        try:
            client.execute_interactive("import openai", timeout=60)
            seconds += time.perf_counter() - started
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return seconds / CORES


def pytest_seconds(*tests: str) -> float:
    """A run of pytest in as many processes as `make test` uses."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-n", str(CORES), *tests]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 5):  # 5: no tests
        sys.exit(result.stdout)
    return time.perf_counter() - started


def import_seconds() -> float:
    """What `import helpers` adds, in a process that has imported `openai`."""
    code = (
        "import time, openai\n"
        "started = time.perf_counter()\n"
        "import helpers\n"
        "print(time.perf_counter() - started)"
    )
    return float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    measures: dict[str, Callable[[], float]] = {
        "floor": floor,
        "pytest with the notebooks": lambda: pytest_seconds(*NOTEBOOKS),
        "pytest with nothing": lambda: pytest_seconds("--deselect=notebooks", *NOTEBOOKS),
        "import helpers": import_seconds,
    }
    samples: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            samples[name].append(measure())
    median = {name: statistics.median(values) for name, values in samples.items()}
    for name, values in samples.items():
        shown = "  ".join(f"{value:7.3f}" for value in values)
        print(f"{name:26} {median[name]:7.3f} s   ({shown} )")
    share = median["pytest with the notebooks"] - median["pytest with nothing"]
    ratio = share / median["floor"]
    print(f"{len(NOTEBOOKS)} notebooks, {CORES} cores, {rounds} interleaved rounds, medians")
    print(f"notebooks' share / floor   {ratio:7.2f}     (bound {RATIO})")
    if ratio > RATIO or median["import helpers"] > IMPORT_SECONDS:
        sys.exit("A bound is missed.")


if __name__ == "__main__":
    main()
