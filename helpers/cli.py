"""The command line: `python -m helpers`.

What a command needs is imported when it runs, so that `--help` answers at once. Wrong use and what
cannot begin end with one line and status 2; a notebook that fails, with status 1.
"""

from __future__ import annotations

import ast
import io
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sized
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.mock.command import Commands, Folder, serve
from helpers.notebooks.command import lab, test
from helpers.notebooks.registry import (
    BACKENDS,
    PROJECT,
    RegistryError,
    load,
    select,
)

if TYPE_CHECKING:
    from helpers.notebooks.jobs import Result

INTERRUPTED = 130


def _parameters(context: Any, option: Any, texts: tuple[str, ...]) -> dict[str, Any]:
    """NAME=VALUE, where VALUE is read as Python if it is a literal, and as text if it is not."""
    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise click.BadParameter(f"{text!r} is not NAME=VALUE, such as CITY=Lagos.")
        try:
            values[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            values[name] = value
    return values


_names = click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
_jobs = click.option(
    "-j", "--jobs", type=click.IntRange(1), help="How many at a time [default: one for each core]."
)
_output = click.option(
    "-o",
    "--output",
    type=Folder(path_type=Path),
    default=PROJECT / "build",
    show_default="build",
    help="Folder for the executed copies.",
)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Each command has a --help of its own, with examples.",
)
def main() -> None:
    """Run, refresh and serve the notebooks that teach Clarifai's OpenAI-compatible endpoint.

    Nothing here needs an account: without a key, requests go to a mock on this machine.
    """
    # A name of a file may have letters that a terminal, or UTF-8 itself, has not.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@main.command()
@_names
@click.option("-m", "--model", help="MODEL for the notebooks that have it as a parameter.")
@click.option(
    "-b",
    "--backend",
    type=click.Choice(BACKENDS),
    help="Where requests go [default: live with CLARIFAI_PAT, else mock].",
)
@click.option(
    "-p",
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_parameters,
    help="A parameter for the notebooks that have it; can be repeated.",
)
@_jobs
@_output
def run(
    names: tuple[str, ...],
    model: str | None,
    backend: str | None,
    parameters: dict[str, Any],
    jobs: int | None,
    output: Path,
) -> None:
    """Execute notebooks (all, or those named) and say how each went.

    The notebooks themselves are not changed: executed copies, what was sent and received, and
    summary.json are in the output folder.

    \b
    Examples:
      python -m helpers run
      python -m helpers run 04_weather_example --backend mock
      python -m helpers run 02 03 --model anthropic/completion/models/claude-sonnet-4
      python -m helpers run 02 -p MODEL=openai/chat-completion/models/gpt-4o
    """
    notebooks = select(names, load())
    values = parameters | ({"MODEL": model} if model else {})
    from helpers.notebooks.run import run as run_notebooks

    _report(
        lambda: run_notebooks(
            notebooks, output=output, parameters=values, backend=backend, jobs=jobs
        )
    )


@main.command()
@_names
@_output
def verify(names: tuple[str, ...], output: Path) -> None:
    """Check the last `run`: that each notebook ended well, and what it sent, on any backend.

    Tool schemas, arguments, the answer to every call, the end of every loop: not what was said.

    \b
    Examples:
      python -m helpers verify
      python -m helpers verify 04_weather_example
    """
    registry = load()
    wanted = select(names, registry) if names else None
    from helpers.notebooks.verify import verify

    verdict = verify(wanted, registry, output)
    for line in verdict.problems:
        click.echo(line, err=True)
    if verdict.older:
        click.echo(f"Left from earlier runs, and not checked: {', '.join(verdict.older)}.")
    click.echo(f"{len(verdict.checked)} checked, {_counted(verdict.problems, 'problem')}.")
    if verdict.problems:
        sys.exit(1)


@main.command()
@_names
@_jobs
@_output
def refresh(names: tuple[str, ...], jobs: int | None, output: Path) -> None:
    """Execute notebooks in place, on the mock, from fresh kernels.

    The only way that committed outputs are made. A notebook that fails is left as it was. The list
    of the notebooks, notebooks/README.md, is made anew as well.

    \b
    Examples:
      python -m helpers refresh
      python -m helpers refresh 03_tool_calling
    """
    notebooks = select(names, load())
    from helpers.notebooks.run import refresh as refresh_notebooks

    _report(lambda: refresh_notebooks(notebooks, output=output, jobs=jobs))
    with suppress(RegistryError):  # one that is listed may not be there yet
        _write_contents()


@main.command()
@click.argument("name")
def new(name: str) -> None:
    """Start a new notebook: one that runs, with an exercise and an entry in the registry.

    \b
    Example:
      python -m helpers new 30_do_something
    """
    from helpers.notebooks.new import new as make

    for path in make(name):
        click.echo(_short(path))
    click.echo("Write what is marked TODO in them, then refresh and test; see CONTRIBUTING.md.")


@main.command()
def snippets() -> None:
    """Export the notebooks' tagged cells as programs that stand alone, to notebooks/snippets/.

    \b
    Example:
      python -m helpers snippets
    """
    notebooks = select((), load())
    from helpers.notebooks.exports import write

    for name in write(registry=notebooks):
        click.echo(name)


@main.command("list")
def list_notebooks() -> None:
    """List the notebooks, and what each teaches."""
    for notebook in select((), load()):
        click.echo(f"{notebook.name}  {notebook.title} ({notebook.minutes} minutes)")
        for objective in notebook.objectives:
            click.echo(f"    {objective.text}")


@main.command()
def contents() -> None:
    """Rewrite notebooks/README.md, the list of the notebooks."""
    _write_contents()


main.add_command(serve)
main.add_command(test)
main.add_command(lab)


@main.command()
@click.option("--against", metavar="URL", required=True, help="The base URL of the other endpoint.")
@click.option("-m", "--model", help="A model of it for chat, where it does not know the mock's.")
@click.option(
    "--only",
    metavar="NAME",
    multiple=True,
    help="One API (models, chat, responses, embeddings, images) or errors; can be repeated.",
)
@click.option(
    "--json",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write JSON as well; with -, print it in place of the table.",
)
def drift(against: str, model: str | None, only: tuple[str, ...], file: str | None) -> None:
    """Compare the mock with a real endpoint: the same requests to both, and how replies differ.

    The key is CLARIFAI_PAT from the environment; it goes to the URL that you give. The requests
    cost what they cost there, two images among them. The exit status is 1 if there is a difference.

    \b
    Examples:
      python -m helpers drift --against https://api.clarifai.com/v2/ext/openai/v1
      python -m helpers drift --against http://127.0.0.1:8000/v2/ext/openai/v1 --only chat --json -
    """
    from helpers.mock.record.drift import differences, report, table
    from helpers.mock.record.probes import PROBES

    known = sorted({probe.about for probe in PROBES})
    if unknown := sorted({*only} - {*known}):
        raise click.UsageError(f"There is no {unknown[0]!r}; there are: {', '.join(known)}.")
    probes = [probe for probe in PROBES if not only or probe.about in only]
    found = differences(against, os.environ.get("CLARIFAI_PAT"), probes, model)
    if file != "-":
        click.echo(table(found, probes))
        click.echo(f"{_counted(found, 'difference')} in {_counted(probes, 'request')}.")
    if file:
        with click.open_file(file, "w", encoding="utf-8") as out:
            out.write(report(against, found, probes))
    sys.exit(1 if found else 0)


def _write_contents() -> None:
    from helpers.notebooks.contents import write

    write(select((), load()))


def _report(execute: Callable[[], list[Result]]) -> None:
    """Execute, and say how it went; the exit status is 1 if a notebook failed."""
    from helpers.notebooks.run import table

    started = time.perf_counter()
    try:
        results = execute()
    except KeyboardInterrupt:
        click.echo("Interrupted; all kernels have ended.", err=True)
        sys.exit(INTERRUPTED)
    click.echo(table(results))
    failed = [result for result in results if result.status == "failed"]
    for result in failed:
        click.echo(f"{result.notebook} failed at {result.problem}", err=True)
        click.echo(f"  see {_short(Path(result.copy))}", err=True)
    if skipped := [result.notebook for result in results if result.status == "skipped"]:
        click.echo(
            f"Skipped, being for other backends (notebooks/README.md): {', '.join(skipped)}."
        )
    counts = Counter(result.status for result in results)
    summary = ", ".join(f"{count} {status}" for status, count in counts.items())
    where = _short(Path(results[0].copy).parent)
    click.echo(f"{summary} in {time.perf_counter() - started:.1f} s. Executed copies: {where}")
    if failed:
        sys.exit(1)


def _counted(items: Sized, noun: str) -> str:
    """ "1 problem", "2 problems"."""
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _short(path: Path) -> str:
    """As seen from here, where it is below."""
    with suppress(ValueError):
        return str(path.absolute().relative_to(Path.cwd()))
    return str(path)
