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
    name = urlsplit(repository).path.strip("/").removesuffix(".git")
    opens = {
        "browser": not notebook.browser,
        "colab": name and not notebook.colab,
        "binder": name,
    }
    for place, door in table(__file__, "doors.toml").items():
        if opens[place]:
            url = Template(door["url"]).substitute(name=notebook.name, repository=name)
            yield door | {"url": url}
