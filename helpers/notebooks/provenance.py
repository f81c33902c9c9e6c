"""What made a notebook's outputs: its own metadata says so, and whether that still holds.

`refresh` writes it: the backend, the models, the versions of the packages that speak to them, and
hashes of what was run and what came of it. A later edit of either shows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers.notebooks.registry import PROJECT
from helpers.transcript import Transcript

KEY = "provenance"
PACKAGES = ("clarifai", "openai")
LOCK = PROJECT / "requirements.lock"


def record(notebook: NotebookNode, backend: str | None, transcript: Transcript) -> dict[str, Any]:
    """What is written into the metadata, when a notebook has been executed."""
    return {
        "backend": backend,
        "models": models(transcript),
        "packages": versions(),
        **hashes(notebook),
    }


def versions() -> dict[str, str]:
    """Those here of the packages that speak to a backend."""
    return {name: version(name) for name in PACKAGES}


def hashes(notebook: NotebookNode) -> dict[str, str]:
    """Of what is run, and of what came of it."""
    return {
        "sources": _hash([[cell.cell_type, cell.source] for cell in notebook.cells]),
        "outputs": _hash([cell.get("outputs") for cell in notebook.cells]),
    }


def models(transcript: Transcript) -> list[str]:
    """The models asked, each once, in order."""
    requests = (e.request for e in transcript.exchanges if isinstance(e.request, dict))
    return list(dict.fromkeys(str(request["model"]) for request in requests if "model" in request))


def locked_packages(lock: Path = LOCK, names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """The versions that a lock pins, of the packages that matter here or of others."""
    pins = dict(re.findall(r"(?m)^([\w-]+)==([^ ;\\]+)", lock.read_text(encoding="utf-8")))
    return {name: pins[name] for name in names}


def oldest(names: Iterable[str] = ("openai", "clarifai")) -> str:
    """The oldest versions that the project takes of what speaks to a backend, in words."""
    declared = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    pins = dict(re.findall(r'"([\w-]+)>=([\d.]+)"', declared))
    return " and ".join(f"`{name}` {pins[name]}" for name in names)


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
