"""Measure the notebooks' tests beside the least that they could take.

    python tests/bench/notebooks.py [--rounds N] [NOTEBOOK ...]

The floor is what their kernels need to start and to import `openai`, divided by the cores. Against
it stands their share of `make test`: what nbval takes for all of them, less what pytest takes for
nothing. All in one interleaved run, with medians. Also: what `import helpers` adds to a process
that has imported `openai`. Exits with status 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from helpers.notebooks.registry import load, select

ROOT = Path(__file__).resolve().parents[2]
CORES = os.cpu_count() or 1

RATIO = 1.4
IMPORT_SECONDS = 0.030


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of processors in this process's children."""

    wall: float
    cpu: float = math.nan


def child_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def floor(notebooks: int) -> Cost:
    """The kernels' starts and imports, one after the other, divided by the cores."""
    seconds, cpu = 0.0, child_cpu()
    for _ in range(notebooks):
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
    return Cost(seconds / CORES, (child_cpu() - cpu) / CORES)


def pytest_run(*tests: str) -> Cost:
    """A run of pytest in as many processes as `make test` uses."""
    started, cpu = time.perf_counter(), child_cpu()
    command = [sys.executable, "-m", "pytest", "-n", str(CORES), *tests]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 5):  # 5: no tests
        sys.exit(f"The tests fail, and are not measured:\n{result.stdout[-1000:]}")
    return Cost(time.perf_counter() - started, (child_cpu() - cpu) / CORES)


def import_helpers() -> Cost:
    """What `import helpers` adds, in a process that has imported `openai`."""
    code = (
        "import time, openai\n"
        "started = time.perf_counter()\n"
        "import helpers\n"
        "print(time.perf_counter() - started)"
    )
    return Cost(float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK")
    options = parser.parse_args()
    notebooks = [str(notebook.path) for notebook in select(options.notebooks, load())]
    measures: dict[str, Callable[[], Cost]] = {
        "floor": lambda: floor(len(notebooks)),
        "pytest with notebooks": lambda: pytest_run(*notebooks),
        "pytest with nothing": lambda: pytest_run("--deselect=notebooks", *notebooks),
        "import helpers": import_helpers,
    }
    samples: dict[str, list[Cost]] = {name: [] for name in measures}
    for _ in range(options.rounds):
        for name, measure in measures.items():
            samples[name].append(measure())
    print(
        f"{len(notebooks)} notebooks, {CORES} cores, {options.rounds} interleaved rounds; seconds"
    )
    print(f"{'':22} {'median':>8} {'cpu/core':>8}   each")
    wall, cpu = {}, {}
    for name, costs in samples.items():
        wall[name] = statistics.median(cost.wall for cost in costs)
        cpu[name] = statistics.median(cost.cpu for cost in costs)
        each = " ".join(f"{cost.wall:.3f}" for cost in costs)
        print(f"{name:22} {wall[name]:8.3f} {cpu[name]:8.3f}   {each}")
    ratio, cpu_ratio = (
        (cost["pytest with notebooks"] - cost["pytest with nothing"]) / cost["floor"]
        for cost in (wall, cpu)
    )
    print(
        f"notebooks' share / floor: {ratio:.2f} (bound {RATIO}); by processor time {cpu_ratio:.2f}"
    )
    if ratio > RATIO or wall["import helpers"] > IMPORT_SECONDS:
        sys.exit("A bound is missed.")


if __name__ == "__main__":
    main()
