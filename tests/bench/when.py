"""Which release of a package changed what a notebook shows: bisected over those on PyPI.

    python -m tests.bench.when [--package openai] [--from 3.30] [--to 3.54] NOTEBOOK

`make when` runs this. Each release is installed by itself, in build/when, and put before that of
.venv; the notebook then runs on the mock, and its outputs are compared with those that are stored.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from packaging.version import Version

from helpers.notebooks.book import Book, tags
from helpers.notebooks.compare import PLOT, differences
from helpers.notebooks.jobs import Job
from helpers.notebooks.registry import PROJECT, Notebook, load, select

FOLDER = PROJECT / "build" / "when"

Differs = Callable[[str], str]
"""How what a notebook shows with a release differs from what is stored; empty if it does not."""


def released(package: str) -> list[str]:
    """Its releases on PyPI, without those for trying out, from the oldest on."""
    command = [sys.executable, "-m", "pip", "index", "versions", package]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(f"pip knows no releases of {package}: {done.stderr.strip()}")
    line = re.search(r"^Available versions: (.+)$", done.stdout, re.MULTILINE)
    return sorted(line[1].split(", "), key=Version) if line else []


def bisect(releases: Sequence[str], differs: Differs) -> tuple[str, str] | None:
    """The release with which the change came, and what it changed; None if none did.

    It is between two neighbours of which one shows what is stored and the other does not. If both
    ends show the same, there is nothing to find between them.
    """
    first, last = 0, len(releases) - 1
    at_first, at_last = differs(releases[first]), differs(releases[last])
    if bool(at_first) == bool(at_last):
        return None
    seen = at_first or at_last
    while last - first > 1:
        middle = (first + last) // 2
        found = differs(releases[middle])
        seen = found or seen
        first, last = (middle, last) if bool(found) == bool(at_first) else (first, middle)
    return releases[last], seen


def installed(package: str, version: str) -> Path:
    """Where this release is, by itself."""
    place = FOLDER / f"{package}-{version}"
    if not place.exists():
        part = place.with_name(f"{place.name}.part")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", part]
        subprocess.run([*command, f"{package}=={version}"], check=True)
        part.rename(place)
    return place


def shown_otherwise(notebook: Notebook, place: Path) -> str:
    """The first difference between the stored outputs and those with what is in `place`."""
    book = Book.open(notebook.path, load())
    environment = os.environ | {"CLARIFAI_BACKEND": "mock", "PYTHONPATH": str(place)}
    with TemporaryDirectory(prefix="when-") as folder:
        job = Job(notebook, Path(folder) / notebook.path.name, environment, keep_going=True)
        problem = job.run().problem
    fresh = [cell for cell in job.executed.cells if cell.cell_type == "code"]
    stored = [cell for cell in book.notebook.cells if cell.cell_type == "code"]
    for cell, other in zip(stored, fresh, strict=False):
        for difference in differences(cell.outputs, other.outputs, plot=PLOT in tags(cell)):
            return f"{cell.source.partition(chr(10))[0]}: {difference}"
    return problem or ""


@click.command()
@click.argument("name", metavar="NOTEBOOK")
@click.option("--package", default="openai", show_default=True)
@click.option(
    "--from",
    "oldest",
    type=Version,
    default="3.0",
    show_default=True,
    help="The oldest to look at.",
)
@click.option(
    "--to", "newest", type=Version, help="The newest to look at [default: the newest there is]."
)
def main(name: str, package: str, oldest: Version, newest: Version | None) -> None:
    """Name the release of a package that changed what a notebook shows."""
    [notebook] = select([name], load())
    releases = [
        each
        for each in released(package)
        if oldest <= Version(each) and (not newest or Version(each) <= newest)
    ]
    if len(releases) < 2:
        raise click.ClickException(f"PyPI has no two releases of {package} in that range.")

    def differs(version: str) -> str:
        found = shown_otherwise(notebook, installed(package, version))
        click.echo(f"{package} {version}: {'another output' if found else 'as stored'}")
        return found

    found = bisect(releases, differs)
    if found is None:
        click.echo(f"Nothing changed from {package} {releases[0]} to {releases[-1]}.")
        return
    version, difference = found
    click.echo(f"{notebook.name} changed with {package} {version}. {difference}")


if __name__ == "__main__":
    main()
