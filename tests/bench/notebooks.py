"""Measure the notebooks' tests beside nbmake, and beside the least that they could take.

    python tests/bench/notebooks.py [--rounds N] [NOTEBOOK ...]

All in one interleaved run, with medians:

- "compared": each cell is executed, and its outputs compared strictly, as `make test` does it.
- "nbmake": the same notebooks with `pytest --nbmake`, in as many processes as there are cores. It
  executes them, and compares nothing.
- "all checks": also what was sent, and the exercises, with every wrong answer to them.
- "floor": the notebooks' kernels start and import `openai`, one after the other; by the cores.
- "nothing": pytest with no test, to be taken off where the floor is the measure.
- "import helpers": what that adds to a process that has imported `openai`.

Exits with status 1 when a bound is missed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from jupyter_client.manager import start_new_kernel

from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.jobs import cores
from helpers.notebooks.registry import load, select

ROOT = Path(__file__).resolve().parents[2]
CORES = cores()
ENVIRONMENT = loopback_only.environment(os.environ) | {"CLARIFAI_BACKEND": "mock"}

OF_NBMAKE = 0.45
OF_NBMAKE_CPU = 0.35
OF_FLOOR = 1.4
IMPORT_SECONDS = 0.030


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of processors: this process's children, and theirs."""

    wall: float
    cpu: float


def measured(work: Callable[[], object]) -> Cost:
    started, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    cpu = after.children_user + after.children_system
    return Cost(time.perf_counter() - started, cpu - before.children_user - before.children_system)


def start_kernels(number: int) -> None:
    for _ in range(number):
        manager, client = start_new_kernel(
            kernel_name="python3", extra_arguments=["--IPKernelApp.log_level=ERROR"]
        )
        try:
            client.execute_interactive("import openai", timeout=60)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def floor(notebooks: int) -> Cost:
    cost = measured(lambda: start_kernels(notebooks))
    return Cost(cost.wall / CORES, cost.cpu / CORES)


def pytest_run(*arguments: str) -> Cost:
    command = [sys.executable, "-m", "pytest", *arguments]

    def run() -> None:
        done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
        if done.returncode not in (0, 5):  # 5: no tests
            sys.exit(f"The tests fail, and are not measured:\n{done.stdout[-2000:]}")

    return measured(run)


def nbmake(*notebooks: str) -> Cost:
    """Without this project's plugin, or any other that takes time."""
    alone = ["-c", os.devnull, "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    others = ["-p", "no:nbval", "-p", "no:hypothesispytest"]
    return pytest_run(*alone, *others, "--nbmake", "-n", str(CORES), "-q", *notebooks)


def import_helpers() -> Cost:
    code = (
        "import time, openai\n"
        "started, cpu = time.perf_counter(), time.process_time()\n"
        "import helpers\n"
        "print(time.perf_counter() - started, time.process_time() - cpu)"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    return Cost(*map(float, printed.split()))


@click.command(help=__doc__)
@click.option("--rounds", default=3, show_default=True)
@click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
def main(rounds: int, names: tuple[str, ...]) -> None:
    notebooks = [str(notebook.path) for notebook in select(names, load())]
    measures: dict[str, Callable[[], Cost]] = {
        "compared": lambda: pytest_run("-k", "Cell", *notebooks),
        "nbmake": lambda: nbmake(*notebooks),
        "all checks": lambda: pytest_run(*notebooks),
        "floor": lambda: floor(len(notebooks)),
        "nothing": lambda: pytest_run("--deselect=notebooks", *notebooks),
        "import helpers": import_helpers,
    }
    samples: dict[str, list[Cost]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            samples[name].append(measure())
    print(f"{len(notebooks)} notebooks, {CORES} cores, {rounds} interleaved rounds; seconds")
    print(f"{'':15} {'median':>8} {'cpu':>8}   each")
    wall, cpu = {}, {}
    for name, costs in samples.items():
        wall[name] = statistics.median(cost.wall for cost in costs)
        cpu[name] = statistics.median(cost.cpu for cost in costs)
        each = "  ".join(f"{cost.wall:.3f} ({cost.cpu:.3f})" for cost in costs)
        print(f"{name:15} {wall[name]:8.3f} {cpu[name]:8.3f}   {each}")
    bounds = {
        "compared / nbmake": (wall["compared"] / wall["nbmake"], OF_NBMAKE),
        "the same, by processor time": (cpu["compared"] / cpu["nbmake"], OF_NBMAKE_CPU),
        "compared, less nothing / floor": (
            (wall["compared"] - wall["nothing"]) / wall["floor"],
            OF_FLOOR,
        ),
        "import helpers, seconds": (wall["import helpers"], IMPORT_SECONDS),
    }
    for name, (value, bound) in bounds.items():
        print(f"{name:31} {value:6.3f}, at most {bound}")
    if any(value > bound for value, bound in bounds.values()):
        sys.exit("A bound is missed.")


if __name__ == "__main__":
    main()
