"""The command `python -m helpers.evidence`, which `make matrix` runs."""

from __future__ import annotations

import sys
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import click

from helpers.evidence import page
from helpers.evidence.run import dask, fill, processes
from helpers.evidence.task import Evidence, plan
from helpers.mock.command import InOneSentence
from helpers.notebooks.jobs import cores
from helpers.notebooks.registry import BACKENDS, load, select

# Of another maker than those that the cells name.
MODELS = ("https://clarifai.com/anthropic/completion/models/claude-sonnet-4",)


@click.command(cls=InOneSentence)
@click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("-m", "--model", "models", multiple=True, help="A model; can be repeated.")
@click.option("-b", "--backend", type=click.Choice(BACKENDS), default="mock", show_default=True)
@click.option("--server", default="", help="What a compatible backend is, as the page names it.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Tasks at a time [default: cores].")
@click.option("--dask", "address", help="Run on the Dask cluster there, as tcp://HOST:8786.")
@click.option("--budget", type=click.IntRange(0), help="Begin no task after so many tokens.")
@click.option("--patience", type=click.IntRange(1), default=1, help="Times the limits of time.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=page.FOLDER, help="Where evidence is kept."
)
@click.option("--only-page", is_flag=True, help="Run nothing; make the page from what is there.")
def main(
    names: tuple[str, ...],
    models: tuple[str, ...],
    backend: str,
    server: str,
    jobs: int | None,
    address: str | None,
    budget: int | None,
    patience: int,
    folder: Path,
    only_page: bool,
) -> None:
    """Run notebooks with models, keep the evidence as files, and make the page from all of it.

    What the folder has of the same cells and packages is not run again. The exit status is 1 if
    a notebook did not keep a rule, or if the budget left tasks.
    """
    if backend == "compatible" and not server:
        raise click.UsageError("Say what the server is: --server 'llama.cpp, SmolLM2-135M'.")
    at_a_time = jobs or cores()
    where: AbstractContextManager[Executor] = dask(address) if address else processes(at_a_time)
    broken: list[str] = []

    def say(evidence: Evidence) -> None:
        wrong = [gate for gate, why in evidence.verdict.items() if why]
        broken.extend(wrong)
        click.echo(
            f"{evidence.notebook}  {evidence.model or page.AS_WRITTEN}  "
            f"{', '.join(wrong) or 'kept'}  {evidence.seconds} s"
        )

    left, notebooks = 0, select(names, load())
    try:
        if not only_page:
            wanted = models or (MODELS if backend == "mock" and not server else ())
            tasks = plan(notebooks, wanted, backend, server, patience=patience)
            today = datetime.now(UTC).date().isoformat()
            with where as executor:
                done = fill(
                    tasks,
                    folder,
                    executor,
                    checked=today,
                    at_a_time=at_a_time,
                    budget=budget,
                    on_done=say,
                )
            left = done.left
            click.echo(
                f"{done.made} made, {done.found} there already, {done.left} left, "
                f"{done.tokens} tokens."
            )
    finally:
        click.echo(f"The page is {page.write(folder)}.")
    sys.exit(1 if broken or left else 0)


if __name__ == "__main__":
    main()
