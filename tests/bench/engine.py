"""What the engine of evidence itself costs for a task.

    python -m tests.bench.engine [--tasks 1000] [--kernels 50]

A task here asks no model, and runs in no kernel, so that what is left is handing it out, judging
whether evidence is there, and keeping it. Then the same again, with all of it there. Last, some of
them are run as any notebook is, each in a kernel of its own.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import click
import nbformat

from helpers.evidence import run
from helpers.evidence.page import page
from helpers.evidence.task import Evidence, Task, code_hash
from helpers.notebooks import provenance

REGISTRY = """
[[notebook]]
name = "01_stub"
title = "Do nothing"
minutes = 1
timeout = 30
backends = ["mock"]
objectives = [{ id = "nothing", text = "Do nothing" }]
"""


def stub(task: Task, checked: str) -> Evidence:
    """Evidence of a run that took no time."""
    return Evidence(
        notebook=task.notebook,
        model=task.model,
        backend=task.backend,
        server=task.server,
        simulated=True,
        code=code_hash(task.read_notebook()),
        packages=provenance.versions(),
        checked=checked,
        verdict={"finished": None},
        models=(task.model,),
        requests=0,
        tokens=0,
        seconds=0.0,
    )


@click.command()
@click.option("--tasks", default=1000, show_default=True)
@click.option("--kernels", default=50, show_default=True)
def main(tasks: int, kernels: int) -> None:
    """Print milliseconds of processor time for each task."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        cells = [nbformat.v4.new_code_cell("print('nothing')")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "01_stub.ipynb")
        (root / "registry.toml").write_text(REGISTRY, encoding="utf-8")
        registry = root / "registry.toml"
        planned = [Task("01_stub", f"a/b/models/m{n}", registry=registry) for n in range(tasks)]
        for what in ("made", "found again"):
            began = time.process_time()
            with ThreadPoolExecutor(2) as executor, patch.object(run, "perform", stub):
                run.fill(planned, root / "evidence", executor, checked="2026-01-31")
            each = (time.process_time() - began) / tasks * 1000
            click.echo(f"{tasks} tasks {what}: {each:.2f} ms each")
        began = time.process_time()
        page(root / "evidence")
        click.echo(f"a page of them: {(time.process_time() - began) * 1000:.0f} ms")
        spent, ended = _spent(), list[Evidence]()
        with run.processes(2) as executor:
            run.fill(
                planned[:kernels],
                root / "run",
                executor,
                checked="2026-01-31",
                on_done=ended.append,
            )
        each = (_spent() - spent) / kernels
        well = sum(not any(evidence.verdict.values()) for evidence in ended)
        click.echo(f"{kernels} tasks run in kernels, {well} to the end: {each:.2f} s each")


def _spent() -> float:
    """Seconds of processor time so far, with those of processes that have ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
