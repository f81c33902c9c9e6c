"""What every GitHub workflow promises: above all that it can fail, and leaks nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from helpers.notebooks.gates.gate import Gates


@dataclass(frozen=True)
class Workflow:
    """A workflow file: its text, for comments, and what YAML makes of it."""

    text: str

    @property
    def content(self) -> dict[Any, Any]:
        return dict(yaml.safe_load(self.text))

    @property
    def triggers(self) -> set[str]:
        # YAML 1.1 reads the key `on` as true.
        on = self.content[True]
        return {on} if isinstance(on, str) else set(on)

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        return dict(self.content["jobs"])

    @property
    def steps(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, job in self.jobs.items():
            for number, step in enumerate(job.get("steps", []), 1):
                yield f"job {name}, step {number}", step

    @property
    def scripts(self) -> Iterator[tuple[str, str]]:
        return ((where, step["run"]) for where, step in self.steps if "run" in step)


GATES: Gates[Workflow] = Gates()
gate = GATES.gate

ALWAYS = "always()"
CONDITIONS = {
    ALWAYS, "failure()", "runner.os == 'Linux'", "env.HAS_PAT == 'true'", "env.HAS_PAT != 'true'",
    "github.ref == 'refs/heads/main'",
}  # fmt: skip
"""When a step may be left out; what has none runs."""

MOST_MINUTES = 60

SWALLOWED = re.compile(
    r"\|\|\s*(?:(?:true|exit 0|echo|printf)\b|:|\{\s*true\b)|;\s*(?:(?:true|exit 0)\b|:\s*$)"
    r"|\bset \+(?:e|o)|\btrap\b|(?<![>&])&(?![>&\d])\s*$|--allow-errors|--exit-zero"
    r"|\bpytest\b.*(?<!\|)\|(?!\|)|\b(?:MAKEFLAGS|PYTEST_ADDOPTS)\b|\bmake -",
    re.MULTILINE,
)
"""What hides, in the text of a shell, that a command failed."""


def problems(text: str) -> dict[str, list[str]]:
    """The problems of a workflow by the name of the gate; an empty dict when there is none."""
    return GATES.problems(Workflow(text))


@gate("actions pinned", "uses actions at a full commit, with its version beside it")
def _pinned(workflow: Workflow) -> Iterator[str]:
    for line in re.findall(r"uses:\s*(.+)", workflow.text):
        local = line.startswith("./")
        if not local and not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line):
            yield f"{line}: pin a full commit, and say its version: owner/action@<40 hex> # v1.2.3"


@gate("can fail", "hides no failure, and leaves out no step")
def _can_fail(workflow: Workflow) -> Iterator[str]:
    for where, part in [*workflow.jobs.items(), *workflow.steps]:
        if "continue-on-error" in part:
            yield f"{where}: continue-on-error; let it fail"
        if str(condition := part.get("if", ALWAYS)) not in CONDITIONS:
            yield f"{where}: may never run (if: {condition}); delete that, or see CONDITIONS"
        shell = part.get("shell", part.get("defaults", {}).get("run", {}).get("shell", "bash"))
        if shell != "bash":
            yield f"{where}: the shell {shell}; only bash is known to stop at a failure"
    if match := re.search(r"\b(MAKEFLAGS|PYTEST_ADDOPTS)\b", workflow.text):
        yield f"{match[0]} changes what make and pytest do; take it out"
    for where, script in workflow.scripts:
        if match := SWALLOWED.search(script):
            yield f"{where}: {match[0]!r} hides a failure; take it out"
        elif "||" in script:
            yield f"{where}: something in the place of a failure (||); let it fail"


@gate("pipefail", "fails when any part of a pipe does")
def _pipefail(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        shells = [part.get("defaults", {}).get("run", {}) for part in (workflow.content, job)]
        default = shells[1].get("shell") or shells[0].get("shell")
        for number, step in enumerate(job.get("steps", []), 1):
            script = step.get("run", "")
            piped = re.search(r"(?<!\|)\|(?!\|)", script)
            # GitHub sets pipefail for `shell: bash`, but not where it chooses bash by itself.
            if piped and step.get("shell", default) != "bash" and "pipefail" not in script:
                yield f"job {name}, step {number}: a pipe without pipefail; set `shell: bash`"


@gate("time limit", "ends by itself")
def _time_limit(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        limit = job.get("timeout-minutes")
        if isinstance(limit, int) and limit > MOST_MINUTES:
            yield f"job {name}: {limit} minutes; at most {MOST_MINUTES}, or nobody waits for it"
        elif not isinstance(limit, int):
            yield f"job {name}: no timeout-minutes; GitHub's own limit is six hours"


PAGES = {"pages": "write", "id-token": "write"}
BRANCH = {"contents": "write"}
_TOKEN = re.compile(r"github\W*token|secrets\W|toJSON", re.IGNORECASE)
MERGED = "github.ref == 'refs/heads/main'"


def _only_publishes(job: dict[str, Any]) -> bool:
    """Whether a job does nothing but hand over what was made of code that is merged.

    Pages are handed over by a job that runs no code of ours; for a branch, the one step that has
    the token is git's alone.
    """
    if job.get("if") != MERGED:
        return False
    if job["permissions"] == PAGES:
        return [step.get("uses", "run").partition("@")[0] for step in job["steps"]] == [
            "actions/deploy-pages"
        ]
    trusted = [step for step in job["steps"] if _TOKEN.search(str(step))]
    elsewhere = {name: each for name, each in job.items() if name != "steps"}
    return (
        job["permissions"] == BRANCH
        and not _TOKEN.search(str(elsewhere))
        and all(_is_gits(step.get("run", "")) for step in trusted)
    )


def _is_gits(script: str) -> bool:
    """Whether every command of a script is git's; going into a folder is no command."""
    commands = script.replace("\\\n", " ").strip().splitlines()
    outside = [re.sub(r"'[^']*'", "''", command) for command in commands]
    return all(
        command.startswith(("git ", "cd ")) and not re.search(r"[;&|`]|\$\(", command)
        for command in outside
    )


@gate("permissions", "may read the repository, and nothing else")
def _permissions(workflow: Workflow) -> Iterator[str]:
    if workflow.content.get("permissions") != {"contents": "read"}:
        yield "permissions have to be exactly `contents: read`"
    for name, job in workflow.jobs.items():
        if "permissions" in job and not _only_publishes(job):
            yield f"job {name}: has permissions of its own; the workflow's are enough"
    for where, step in workflow.steps:
        checkout = step.get("uses", "").startswith("actions/checkout@")
        if checkout and step.get("with", {}).get("persist-credentials") is not False:
            yield f"{where}: leaves its token behind; set persist-credentials: false"


@gate("one run at a time", "ends a run that a newer one makes out of date")
def _concurrency(workflow: Workflow) -> Iterator[str]:
    if "group" not in workflow.content.get("concurrency", {}):
        yield "no concurrency group; runs that are out of date go on"


@gate("no secret for a pull request", "shows a stranger's code no secret")
def _secrets(workflow: Workflow) -> Iterator[str]:
    if "pull_request_target" in workflow.triggers:
        yield "pull_request_target runs a stranger's code with our secrets; use pull_request"
    if "pull_request" in workflow.triggers and re.search(r"\bsecrets\b", workflow.text):
        yield "uses secrets in a workflow that pull requests start; give it one of its own"


@gate("no injection", "puts nothing that a stranger wrote into a script")
def _injection(workflow: Workflow) -> Iterator[str]:
    for where, script in workflow.scripts:
        if match := re.search(r"\$\{\{\s*(github\.(event|head_ref)|secrets|inputs)\b.*?}}", script):
            yield f"{where}: {match[0]} becomes part of the script; pass it in env"
