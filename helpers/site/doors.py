"""Where else the notebook of a page opens."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template
from urllib.parse import urlsplit

from helpers.beside import table
from helpers.notebooks.registry import Notebook


def doors(notebook: Notebook, repository: str) -> Iterator[dict[str, str]]:
    """The buttons of its page, as in doors.toml; a url without a host is below the site's root.

    `repository` is the address of the project's repository on GitHub. Without one there is nothing
    that Colab and Binder could open, and no button for them.
    """
    name = _name(repository)
    opens = {
        "browser": not notebook.browser,
        "colab": name and not notebook.colab,
        "binder": name,
    }
    for place, door in table(__file__, "doors.toml").items():
        if opens[place]:
            url = Template(door["url"]).substitute(name=notebook.name, repository=name)
            yield door | {"url": url}


def root(repository: str) -> str:
    """The path of the site where GitHub serves it; what is not found is at any depth below it."""
    owner, _, name = _name(repository).partition("/")
    return "/" if name in ("", f"{owner}.github.io") else f"/{name}/"


def _name(repository: str) -> str:
    """OWNER/NAME."""
    return urlsplit(repository).path.strip("/").removesuffix(".git")
