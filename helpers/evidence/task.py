"""One task: a notebook, run with a model on a backend, and the evidence that this gives."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from helpers.mock.catalogue import find
from helpers.models import parse_model
from helpers.notebooks import provenance
from helpers.notebooks.book import Book
from helpers.notebooks.gates.executed import ANYWHERE, Execution, problems
from helpers.notebooks.jobs import Job
from helpers.notebooks.registry import REGISTRY, Notebook, load
from helpers.secrets import hide
from helpers.text import write_whole

SCHEMA = 1
FINISHED = "finished"
_PURPOSES = frozenset({"chat", "embeddings", "images"})


@dataclass(frozen=True)
class Task:
    """A notebook with one model on one backend. Small, so that it can be sent to another machine.

    Without a `model`, the notebook asks those that its cells name. `server` says for people what a
    compatible backend is, or what is behind a mock.
    """

    notebook: str
    model: str = ""
    backend: str = "mock"
    server: str = ""
    registry: Path = REGISTRY
    patience: int = 1
    """How many times the notebook's own limit of time a cell may take, and its TIMEOUT."""

    @property
    def file(self) -> str:
        """Where its evidence is kept, in a folder of evidence."""
        model = _slug(self.model.rpartition("/models/")[2]) or "as-written"
        return f"{_slug(self.server or self.backend)}/{self.notebook}.{model}.json"

    def read_notebook(self) -> Notebook:
        """Its entry in the registry."""
        notebook = next(entry for entry in load(self.registry) if entry.name == self.notebook)
        return replace(notebook, timeout=notebook.timeout * self.patience)


@dataclass(frozen=True)
class Evidence:
    """What a task showed. `verdict` has, by the name of the gate, None or why it was not kept."""

    notebook: str
    model: str
    backend: str
    server: str
    simulated: bool
    code: str
    """The hash of the notebook's code cells."""
    packages: dict[str, str]
    checked: str
    """The day, as YYYY-MM-DD."""
    verdict: dict[str, str | None]
    models: tuple[str, ...]
    """The models that were asked."""
    requests: int
    tokens: int
    seconds: float
    schema: int = SCHEMA

    @classmethod
    def read(cls, path: Path) -> Evidence | None:
        """None if it is not there, broken, or of another version of this format."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            known = content["schema"] == SCHEMA
            return cls(**content | {"models": tuple(content["models"])}) if known else None
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def write(self, path: Path) -> None:
        """Put it there as a whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        write_whole(path, text + "\n")

    def stale(self, code: str, packages: dict[str, str]) -> str:
        """Why it says nothing of this code with these packages; empty if it does."""
        if self.code != code:
            return "its cells were changed afterwards"
        if self.packages != packages:
            return "it ran with other versions of the packages"
        return ""


def plan(
    notebooks: Sequence[Notebook],
    models: Sequence[str],
    backend: str,
    server: str = "",
    registry: Path = REGISTRY,
    patience: int = 1,
) -> list[Task]:
    """Each notebook for this backend as it is written, and with each model that it can be given."""
    return [
        Task(notebook.name, model, backend, server, registry, patience)
        for notebook in notebooks
        if backend in notebook.backends
        for model in ("", *models)
        if not model or _fits(model, notebook)
    ]


def perform(task: Task, checked: str) -> Evidence:
    """Run the notebook, in a kernel of its own, and judge the run by what holds on every backend.

    Never raises for what the notebook does: that is in the verdict.
    """
    notebook = task.read_notebook()
    parameters: dict[str, Any] = {"MODEL": task.model} if task.model else {}
    if seconds := value_set(notebook, "TIMEOUT"):
        parameters |= {"TIMEOUT": seconds * task.patience}
    with TemporaryDirectory(prefix="evidence-") as folder:
        job = Job(
            notebook,
            Path(folder) / notebook.path.name,
            # A server that is named is where the environment says.
            os.environ | {"CLARIFAI_BACKEND": "compatible" if task.server else task.backend},
            parameters=parameters,
        )
        result = job.run()
        verdict: dict[str, str | None] = {FINISHED: hide(result.problem or "") or None}
        if result.status == "ok":
            book = Book.open(notebook.path, load(task.registry))
            broken = problems(Execution.read(book, job.copy), ANYWHERE)
            verdict |= {name: hide(" ".join(broken.get(name, []))) or None for name in ANYWHERE}
    return Evidence(
        notebook=task.notebook,
        model=task.model,
        backend=task.backend,
        server=task.server,
        simulated=result.backend == "mock" and not task.server,
        code=code_hash(notebook),
        packages=provenance.versions(),
        checked=checked,
        verdict=verdict,
        models=result.models,
        requests=result.requests,
        tokens=result.tokens,
        seconds=result.seconds,
    )


def code_hash(notebook: Notebook) -> str:
    """Of what is run: prose and outputs may change without making a run an old one."""
    code = ["".join(cell["source"]) for cell in notebook.cells if cell["cell_type"] == "code"]
    return f"sha256:{hashlib.sha256(json.dumps(code).encode()).hexdigest()}"


def _fits(model: str, notebook: Notebook) -> bool:
    """Whether the notebook lets its model be chosen, and this one is for the same purpose.

    A model that the catalogue does not know may be for any.
    """
    if "MODEL" not in notebook.parameters:
        return False
    own, other = find(parse_model(value_set(notebook, "MODEL"))), find(parse_model(model))
    return not own or not other or bool(own.kinds & other.kinds & _PURPOSES)


def value_set(notebook: Notebook, name: str) -> Any:
    """What the first cell that names it sets it to, a text or a number; None if none does."""
    code = "\n".join("".join(c["source"]) for c in notebook.cells if c["cell_type"] == "code")
    found = re.search(rf"(?m)^{name} = ('[^'\n]*'|\"[^\"\n]*\"|[\d.]+)\s*(?:#.*)?$", code)
    return ast.literal_eval(found[1]) if found else None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
