"""`python -m helpers.site`: make the site, and the version that runs in a browser tab."""

from __future__ import annotations

import shutil

import click

from helpers.notebooks.registry import PROJECT
from helpers.site import environment, lite, pages

BUILT = PROJECT / "build"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Make what readers open in a browser. The packages for it are fetched once, to build/."""
    try:
        environment.ready()
    except environment.MissingTool as error:
        raise click.ClickException(str(error)) from None


@main.command("lite")
def make_lite() -> None:
    """The notebooks as JupyterLite, with the mock in the same tab: build/lite."""
    out = BUILT / "lite"
    shutil.rmtree(out, ignore_errors=True)
    lite.build(out, environment.VENV, environment.NPM)
    click.echo(f"Made build/lite. To try it: python -m http.server --directory {out}")


@main.command("site")
def make_site() -> None:
    """The tutorial to read, with the browser version below it: build/site."""
    out = BUILT / "site"
    shutil.rmtree(out, ignore_errors=True)
    pages.build(out, environment.VENV, environment.NPM)
    lite.build(out / "lite", environment.VENV, environment.NPM)
    click.echo(f"Made build/site. To read it: python -m http.server --directory {out}")


if __name__ == "__main__":
    main()
