"""`python -m helpers.site`: the site, the version for a browser tab, and copies for Colab."""

from __future__ import annotations

import os
import re
import shutil

import click

from helpers.mock.command import Commands
from helpers.notebooks.registry import PROJECT
from helpers.site import colab, environment, lite, pages

BUILT = PROJECT / "build"
_ADDRESS = "REPOSITORY=https://github.com/OWNER/NAME"


def _repository() -> str:
    """Where git finds this project, or nothing. Raises ClickException for what is no address."""
    given = os.environ.get("REPOSITORY", "")
    if given and not re.fullmatch(r"https?://\S+", given):
        raise click.ClickException(f"REPOSITORY is {given!r}; write it like {_ADDRESS}.")
    return given


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Make what readers open in a browser. The packages for it are fetched once, to build/."""


@main.command("lite")
def make_lite() -> None:
    """The notebooks as JupyterLite, with the mock in the same tab: build/lite."""
    environment.ready()
    out = BUILT / "lite"
    shutil.rmtree(out, ignore_errors=True)
    lite.build(out, environment.VENV, environment.NPM)
    click.echo(f"Made build/lite. To try it: python -m http.server --directory {out}")


@main.command("site")
def make_site() -> None:
    """The tutorial to read, with the browser version of build/lite below it: build/site."""
    _repository()
    environment.ready()
    out = BUILT / "site"
    shutil.rmtree(out, ignore_errors=True)
    pages.build(out, environment.VENV, environment.NPM)
    shutil.copytree(BUILT / "lite", out / "lite")
    click.echo(f"Made build/site. To read it: python -m http.server --directory {out}")


@main.command("colab")
def make_colab() -> None:
    """Copies of the notebooks, each with a first cell that brings what Colab lacks: build/colab."""
    repository = _repository()
    if not repository:
        raise click.ClickException(f"Say where git finds this project: {_ADDRESS}")
    out = BUILT / "colab"
    shutil.rmtree(out, ignore_errors=True)
    colab.build(out, repository)
    click.echo("Made build/colab. Its notebooks belong on a branch named colab.")


if __name__ == "__main__":
    main()
