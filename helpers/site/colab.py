"""Copies of the notebooks for Colab, which has neither the tutorial's files nor its packages."""

from __future__ import annotations

from pathlib import Path

import nbformat

from helpers.notebooks.registry import Notebook, load

CLONE = "tutorial"
EXTRAS = "mcp,native,pictures"
"""What cells import and the mock needs; what runs notebooks, Colab has."""


def offered() -> list[Notebook]:
    """The notebooks that run there."""
    return [notebook for notebook in load() if not notebook.colab]


def build(out: Path, repository: str) -> None:
    """Write a copy of each notebook that runs in Colab to the folder `out`, which is made.

    `repository` is the address that git clones.
    """
    out.mkdir(parents=True)
    for notebook in offered():
        copy = nbformat.read(notebook.path, as_version=4)
        # A fixed id, so that the copies of two commits differ only where the notebooks do.
        copy.cells.insert(0, nbformat.v4.new_code_cell(first_cell(repository), id="colab"))
        nbformat.write(copy, out / notebook.path.name)


def first_cell(repository: str) -> str:
    """Source of the cell that brings files and packages. A second run of it changes nothing."""
    return f"""\
# Colab has neither the files nor the packages of this tutorial: this cell brings both, in a minute.
import os

if not os.path.exists("../Makefile"):
    !git clone --quiet --depth 1 {repository} {CLONE}
    %pip install --quiet "./{CLONE}[{EXTRAS}]"
    %cd -q {CLONE}/notebooks"""
