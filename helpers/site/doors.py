"""Where else the notebook of a page opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict
from urllib.parse import urlsplit

from helpers.notebooks.registry import Notebook


class Door(TypedDict):
    """A button; the address is relative to the site's root where it has no host."""

    label: str
    text: str
    tooltip: str
    icon: str
    url: str


def doors(notebook: Notebook, repository: str) -> Iterator[Door]:
    """The buttons of its page, the quickest first.

    `repository` is the address of the project's repository on GitHub. Without one there is nothing
    that Colab and Binder could open, and no button for them.
    """
    if not notebook.browser:
        yield Door(
            label="run-in-browser",
            text="Run in the browser",
            tooltip="Run this notebook in the browser: nothing to install, no key",
            icon="fas fa-play",
            url=f"lite/notebooks/index.html?path={notebook.name}.ipynb",
        )
    name = urlsplit(repository).path.strip("/").removesuffix(".git")
    if name and not notebook.colab:
        yield Door(
            label="run-in-colab",
            text="Run in Colab",
            tooltip="Run this notebook on a machine of Google's: needs an account there",
            icon="fas fa-cloud",
            url=f"https://colab.research.google.com/github/{name}/blob/colab/{notebook.name}.ipynb",
        )
    if name:
        yield Door(
            label="run-in-binder",
            text="Run in Binder",
            tooltip="Run this notebook on a machine of Binder's: no account, some minutes to start",
            icon="fas fa-server",
            url=f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/notebooks/{notebook.name}.ipynb",
        )
