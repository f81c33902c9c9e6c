"""`docs/evidence.md`: what the files of evidence say, in tables. It is made, never written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from helpers.beside import table
from helpers.evidence.task import FINISHED, Evidence, code_hash
from helpers.notebooks import provenance
from helpers.notebooks.registry import PROJECT, load
from helpers.text import write_whole

FOLDER = PROJECT / "docs" / "evidence"
SUITES = "suites"
COMMAND = "make matrix"
AS_WRITTEN = "as written"
_SAID = table(__file__, "page.toml")

BEGIN, END = "<!-- evidence: begin -->", "<!-- evidence: end -->"
SUMMARY = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)


def write(folder: Path = FOLDER) -> Path:
    """Write the page beside the folder, and its summary into the README of the project."""
    path = folder.with_suffix(".md")
    write_whole(path, page(folder))
    if (readme := folder.parents[1] / "README.md").is_file():
        text = SUMMARY.sub(lambda _: summary(folder), readme.read_text(encoding="utf-8"))
        write_whole(readme, text)
    return path


def summary(folder: Path = FOLDER) -> str:
    """What was run and how much of it held, in a line for each kind of judge, between its marks."""
    kept: dict[str, list[bool]] = {}
    for run in _runs(folder):
        where = f"a real model ({run.server})" if run.server else "the mock"
        kept.setdefault(where, []).append(not any(run.verdict.values()))
    counted = [f"{sum(held)} of {len(held)} on {where}" for where, held in sorted(kept.items())]
    lines = ["<!-- Made by `make matrix` and `make conformance`. -->"]
    if counted:
        lines.append(f"- Runs of a notebook that kept every rule: {', '.join(counted)}.")
    if suites := "; ".join(map(_score, _suites(folder / SUITES))):
        lines.append(f"- Other projects' suites on the mock: {suites}. Why not all, the page says.")
    return "\n".join([BEGIN, *lines, END])


def page(folder: Path = FOLDER) -> str:
    """The whole page. Seconds are not on it: they differ from run to run."""
    parts = [_SAID["opening"]]
    if runs := _runs(folder):
        parts += [_SAID["notebooks"].format(asked=provenance.oldest()), *_tables(runs)]
    if suites := [*_suites(folder / SUITES)]:
        parts.append(_SAID["suites"] + "".join(map(_suite_row, suites)))
    return "\n".join(parts)


def _runs(folder: Path) -> list[Evidence]:
    return [run for run in map(Evidence.read, sorted(folder.glob("*/*.json"))) if run]


def problems(root: Path) -> Iterator[str]:
    """Why the page of a copy of the project is not to be believed; nothing if it is."""
    folder = root / FOLDER.relative_to(PROJECT)
    if folder.with_suffix(".md").read_text(encoding="utf-8") != page(folder):
        yield f"docs/evidence.md is not what its files say; run {COMMAND}"
    if SUMMARY.findall((root / "README.md").read_text(encoding="utf-8")) != [summary(folder)]:
        yield f"README.md does not say what the files of docs/evidence do; run {COMMAND}"
    notebooks = load(root / "notebooks" / "registry.toml")
    code = {notebook.name: code_hash(notebook) for notebook in notebooks if notebook.path.is_file()}
    locked = provenance.locked_packages(root / "requirements.lock")
    checked = set()
    for path in sorted(folder.glob("mock/*.json")):
        if evidence := Evidence.read(path):
            checked.add(evidence.notebook)
            if why := evidence.stale(code.get(evidence.notebook, ""), locked):
                yield f"{path.relative_to(root)} is out of date, {why}; run {COMMAND}"
    for name in sorted(code.keys() - checked):
        yield f"docs/evidence has nothing of {name} on the mock; run {COMMAND}"


def _tables(runs: Sequence[Evidence]) -> Iterator[str]:
    def backend(run: Evidence) -> tuple[str, str]:
        return run.backend, run.server

    for (name, server), group in groupby(sorted(runs, key=backend), backend):
        yield _table(f"{name}: {server}" if server else name, [*group])


def _table(title: str, runs: Sequence[Evidence]) -> str:
    models = sorted({run.model for run in runs})
    at = {(run.notebook, run.model): run for run in runs}
    simulated = "Replies are simulated." if all(run.simulated for run in runs) else ""
    lines = [f"### On {title}", "", *([simulated, ""] if simulated else [])]
    lines += [_row(["notebook", *map(_short, models), "openai", "clarifai", "last run"])]
    lines += [_row(["---"] * (len(models) + 4))]
    for name in sorted({run.notebook for run in runs}):
        those = [run for run in runs if run.notebook == name]
        versions = [{run.packages.get(p, "") for run in those} for p in ("openai", "clarifai")]
        cells = [_cell(at.get((name, model))) for model in models]
        cells += [", ".join(sorted(each)) for each in versions]
        lines.append(_row([name, *cells, max(run.checked for run in those)]))
    if broken := [*_broken(runs)]:
        lines += ["", *broken]
    return "\n".join(lines) + "\n"


def _cell(run: Evidence | None) -> str:
    if not run:
        return "–"
    if not (broken := [gate for gate, why in run.verdict.items() if why]):
        return f"kept, {run.tokens} tokens"
    return f"**{'not finished' if FINISHED in broken else 'broken: ' + ', '.join(broken)}**"


def _broken(runs: Iterable[Evidence]) -> Iterator[str]:
    for run in sorted(runs, key=lambda run: (run.notebook, run.model)):
        for gate, why in run.verdict.items():
            if why:
                yield f"- {run.notebook}, {_short(run.model)}: {gate}: `{why.replace('`', '')}`"


@dataclass(frozen=True)
class Suite:
    """What a suite that is not ours said of the mock, as its file in `suites/` has it."""

    name: str
    version: str
    source: str
    """The address of its package or its repository."""
    command: str
    passed: Mapping[str, int]
    """How many cases pass, by their group; a group may be a case."""
    failed: Mapping[str, str]
    """The cases that fail, each with the reason."""
    checked: str

    def write(self, folder: Path = FOLDER) -> None:
        """Put it where the page finds it. Raises ValueError if no case was run."""
        if not self.passed and not self.failed:
            raise ValueError(f"{self.name} ran no case; try its command, {self.command}")
        path = folder / SUITES / f"{self.name.replace('/', '-').strip('@')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(vars(self), indent=1, ensure_ascii=False)
        write_whole(path, text + "\n")


def _suites(folder: Path) -> Iterator[Suite]:
    for path in sorted(folder.glob("*.json")):
        yield Suite(**json.loads(path.read_text(encoding="utf-8")))


def _score(suite: Suite) -> str:
    passed = sum(suite.passed.values())
    return f"{suite.name}: {passed} of {passed + len(suite.failed)}"


def _suite_row(suite: Suite) -> str:
    why = "; ".join(f"{w} ({n})" for w, n in Counter(suite.failed.values()).most_common()) or "–"
    counts = f"{sum(suite.passed.values())}", f"{len(suite.failed)}"
    name = f"[{suite.name}]({suite.source})"
    return _row([name, suite.version, f"`{suite.command}`", *counts, why, suite.checked]) + "\n"


def _short(model: str) -> str:
    return model.rpartition("/models/")[2] or AS_WRITTEN


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
