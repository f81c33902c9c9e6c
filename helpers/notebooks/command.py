"""The commands that hand over to another program: `test` to pytest, `lab` to JupyterLab."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click

from helpers.notebooks import jupyterlab, testing
from helpers.notebooks.registry import BACKENDS, PROJECT, load, select

_names = click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")


def _words(_: click.Context, __: click.Parameter, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@click.command()
@_names
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    help="How many at a time [default: three more than cores].",
)
@click.option(
    "--kernels", type=click.Choice(["forked", "ordinary"]), help="How kernels are started."
)
@click.option("--pytest", "words", default="", callback=_words, help="Arguments for it.")
def test(names: tuple[str, ...], jobs: int | None, kernels: str | None, words: list[str]) -> None:
    """Run every test, or those of the notebooks named; `changed` is all that git finds changed.

    \b
    Examples:
      python -m helpers test
      python -m helpers test 04 --jobs 1
      python -m helpers test changed
      python -m helpers test --pytest "-k tools"
    """
    paths = testing.chosen(names, load())
    if paths == []:
        click.echo("No notebook was changed since the last commit.")
        return
    environment = {**os.environ} | ({"KERNELS": kernels} if kernels else {})
    _become(testing.command(paths, jobs, words), PROJECT, environment)


@click.command()
@_names
@click.option("-b", "--backend", type=click.Choice(BACKENDS), help="Where requests go.")
@click.option("--jupyter", "words", default="", callback=_words, help="Arguments for it.")
def lab(names: tuple[str, ...], backend: str | None, words: list[str]) -> None:
    """Open notebooks in JupyterLab: the first, or those named.

    \b
    Examples:
      python -m helpers lab
      python -m helpers lab 04 --backend mock
      python -m helpers lab --jupyter "--no-browser --port 8899"
    """
    notebooks = select(names, load()) if names else load()[:1]
    if jupyterlab.as_root():
        click.echo("You are root, as in a container, so JupyterLab starts with --allow-root.")
    environment = jupyterlab.environment(os.environ) | (
        {"CLARIFAI_BACKEND": backend} if backend else {}
    )
    _become(jupyterlab.command(notebooks, words), notebooks[0].path.parent, environment)


def _become(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run another program in a folder, and end as it ends."""
    process = subprocess.Popen(command, cwd=folder, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:
            # The program got it as well, and decides; JupyterLab asks.
            continue
