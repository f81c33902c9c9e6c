"""`make site`: the notebooks, the snippets and the guides as pages to read and search."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from string import Template

from helpers.beside import text
from helpers.notebooks.registry import PROJECT, Notebook, load
from helpers.site.doors import doors, root

HERE = Path(__file__).parent
LANGUAGES = {".py": "python", ".sh": "bash", ".mjs": "javascript", ".ps1": "powershell"}


def build(out: Path, venv: Path, npm: Path) -> None:
    """Write the site to `out`. A warning of Sphinx's ends it: raises CalledProcessError."""
    notebooks = load()
    source = out.with_name(out.name + "-source")
    _prepare(source, notebooks, npm)
    repository = os.environ.get("REPOSITORY", "")
    buttons = {notebook.name: [*doors(notebook, repository)] for notebook in notebooks}
    settings = {"DOORS": json.dumps(buttons), "SITE_ROOT": root(repository)}
    subprocess.run(
        [venv / "bin" / "sphinx-build", "--quiet", "-W", "--keep-going", "-c", source, source, out],
        env={**os.environ, **settings, "PYTHONPATH": str(source)},
        check=True,
    )


def _prepare(source: Path, notebooks: Sequence[Notebook], npm: Path) -> None:
    """Bring together what the pages are made of; a link would make Sphinx read the clone."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(
        PROJECT / "notebooks",
        source,
        ignore=shutil.ignore_patterns(".*", "README.md", "pictures", "node_modules"),
    )
    shutil.copytree(PROJECT / "docs", source / "docs")
    shutil.copy(PROJECT / "CHANGELOG.md", source / "changelog.md")
    shutil.copytree(HERE / "static", source / "_static")
    mermaid = npm / "mermaid" / "dist"
    shutil.copytree(
        mermaid / "chunks" / "mermaid.esm.min",
        source / "_static" / "mermaid" / "chunks" / "mermaid.esm.min",
        ignore=shutil.ignore_patterns("*.map"),
    )
    shutil.copy(mermaid / "mermaid.esm.min.mjs", source / "_static" / "mermaid")
    shutil.copy(HERE / "conf.py", source)
    (source / "index.md").write_text(front(notebooks), encoding="utf-8")
    (source / "snippets.md").write_text(_snippets(source / "snippets"), encoding="utf-8")


def front(notebooks: Sequence[Notebook]) -> str:
    """The first page: a card for each notebook."""
    cards = "\n".join(_card(notebook) for notebook in notebooks)
    names = "\n".join(notebook.name for notebook in notebooks)
    return Template(text(__file__, "front.template")).substitute(
        cards=cards, names=names, first=notebooks[0].name
    )


def _card(notebook: Notebook) -> str:
    objectives = "\n".join(f"- {objective.text}" for objective in notebook.objectives)
    return Template(text(__file__, "card.template")).substitute(
        title=notebook.title,
        name=notebook.name,
        minutes=notebook.minutes,
        objectives=objectives,
        where=notebook.browser or "Runs in a browser tab.",
    )


def _snippets(folder: Path) -> str:
    """All snippets as code with a button to copy each."""
    parts = [
        "# Snippets\n\n"
        "Programs that stand alone, each exported from a notebook's cell and run by the tests.\n"
    ]
    for path in sorted(folder.iterdir()):
        if path.suffix in LANGUAGES:
            parts.append(
                f"## {path.name}\n\n```{{literalinclude}} snippets/{path.name}\n"
                f":language: {LANGUAGES[path.suffix]}\n```\n"
            )
    return "\n".join(parts)
