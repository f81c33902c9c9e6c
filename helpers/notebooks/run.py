"""Execute notebooks with papermill: into copies to look at, or in place to renew their outputs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.endpoint import EndpointError, foreseen_backend
from helpers.notebooks import prose, provenance
from helpers.notebooks.book import KERNELSPEC, LANGUAGE
from helpers.notebooks.engine import Translator
from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.jobs import Job, Result, execute
from helpers.notebooks.registry import PROJECT, Notebook
from helpers.notebooks.steady import steady
from helpers.problem import Problem
from helpers.text import to_json, write_whole
from helpers.transcript import Transcript

BUILD = PROJECT / "build"


class RunError(Problem):
    """A run that cannot begin; the message says what to change."""


def run(
    notebooks: Sequence[Notebook],
    *,
    output: Path = BUILD,
    parameters: Mapping[str, Any] | None = None,
    backend: str | None = None,
    jobs: int | None = None,
) -> list[Result]:
    """Execute notebooks into `output`, `jobs` at a time (as many as there are cores).

    Beside each executed copy stands its transcript, as JSON lines; `summary.json` has the results.
    A notebook gets those of the `parameters` that it declares, and is skipped where `backend`, or
    the one that it would choose, is not among its own. A failure does not stop the others. Raises
    RunError before any execution.
    """
    parameters = parameters or {}
    _check_parameters(notebooks, parameters)
    try:
        chosen = backend or foreseen_backend()
    except EndpointError as error:
        raise RunError(str(error)) from None
    _make_folder(output)
    environment = dict(os.environ)
    if backend:
        environment["CLARIFAI_BACKEND"] = backend
    results = execute(
        [
            Job(
                notebook,
                output / notebook.path.name,
                environment,
                parameters={n: parameters[n] for n in notebook.parameters if n in parameters},
                skip=chosen is not None and chosen not in notebook.backends,
            )
            for notebook in notebooks
        ],
        jobs,
    )
    summary = to_json([asdict(result) for result in results], indent=2)
    write_whole(output / "summary.json", summary + "\n")
    return results


def refresh(
    notebooks: Sequence[Notebook], *, output: Path = BUILD, jobs: int | None = None
) -> list[Result]:
    """Execute notebooks on the mock, storing their outputs in place; a failing one stays as it was.

    Of cells, only outputs and execution counts change, and the requests and tokens that the opening
    names, so that the same code gives the same bytes, on any supported Python. The metadata say
    what made the outputs. Raises RunError, and OSError where one cannot be written.
    """
    _make_folder(output)
    environment = loopback_only.environment(os.environ) | {"CLARIFAI_BACKEND": "mock"}
    chosen = [Job(notebook, output / notebook.path.name, environment) for notebook in notebooks]
    results = execute(chosen, jobs)
    for job, result in zip(chosen, results, strict=True):
        if result.status == "ok":
            _store_outputs(job, result)
    return results


def table(results: Sequence[Result]) -> str:
    """The results for people: one row for each notebook."""
    rows = [("notebook", "status", "seconds", "requests", "tokens", "model", "backend")]
    for result in results:
        short = [model.rpartition("/models/")[2] for model in result.models]
        rows.append(
            (
                result.notebook,
                result.status,
                f"{result.seconds:.1f}",
                str(result.requests),
                str(result.tokens),
                short[0] + (f" +{len(short) - 1}" if len(short) > 1 else "") if short else "-",
                result.backend or "-",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = {2, 3, 4}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _check_parameters(notebooks: Sequence[Notebook], parameters: Mapping[str, Any]) -> None:
    known = {name for notebook in notebooks for name in notebook.parameters}
    unknown = ", ".join(parameters.keys() - known)
    if unknown:
        those = ", ".join(notebook.name for notebook in notebooks)
        raise RunError(
            f"{those}: no parameter {unknown}. There is {', '.join(sorted(known)) or 'none'}."
        )
    for name, value in parameters.items():
        try:
            Translator.translate(value)
        except TypeError as error:
            raise RunError(f"{name}: {error}.") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / "summary.json"
        probe.touch()
        probe.unlink()
    except OSError as error:
        advice = "Name another with --output."
        raise RunError(f"Cannot write to the folder {folder}: {error.strerror}. {advice}") from None


# --- outputs in place ---


def _store_outputs(job: Job, result: Result) -> None:
    path, transcript = job.notebook.path, Transcript.read(job.transcript)
    notebook, executed = nbformat.read(path, 4), nbformat.read(job.copy, 4)
    for cell, fresh in zip(notebook.cells, executed.cells, strict=True):
        for key in ("execution", "papermill", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = steady(_merged(fresh.outputs))
            cell.execution_count = fresh.execution_count
    notebook.metadata.pop("papermill", None)
    notebook.metadata.kernelspec = KERNELSPEC
    notebook.metadata.language_info = LANGUAGE
    prose.name_measured(notebook, transcript.requests, transcript.tokens, provenance.versions())
    notebook.metadata[provenance.KEY] = provenance.record(notebook, result.backend, transcript)
    write_whole(path, nbformat.writes(notebook) + "\n")


def _merged(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of a stream as one: where a kernel cuts it is a matter of timing."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged
