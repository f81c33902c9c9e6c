"""Suites that strangers wrote, run on the mock as they are; what each says becomes evidence.

    python -m tests.elsewhere.suites [--checkouts FOLDER]

`make conformance` runs this. A case that fails is kept with the reason for it. Suites that are only
in a public repository are run where FOLDER has a checkout of it, under the repository's name.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from openai import OpenAI

from helpers.evidence.page import FOLDER, SUITES, Suite, write
from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from helpers.notebooks.registry import PROJECT
from tests.elsewhere import tool_servers
from tests.elsewhere.reasons import why
from tests.elsewhere.repositories import REPOSITORIES, today

PACKAGES = PROJECT / "build" / "elsewhere"
MODEL = "gpt-oss-120b"
SECONDS = 120


def version(name: str) -> str:
    """That which is locked, of the one package in a folder here."""
    package = json.loads(Path(__file__).with_name(name).joinpath("package.json").read_text("utf-8"))
    [locked] = package["dependencies"].values()
    return str(locked)


def compatcanary() -> Suite:
    """CompatCanary: does a server that is said to be compatible behave so?"""
    program = PACKAGES / "compatcanary" / "node_modules" / "compatcanary" / "src" / "cli.js"
    with MockServer() as server:
        listed = OpenAI(base_url=server.base_url, api_key=MOCK_PAT).models.list()
        model = next(each.id for each in listed if MODEL in each.id)
        options = ["--base-url", server.base_url, "--model", model]
        options += ["--format", "json", "--fail-on", "never"]
        done = subprocess.run(
            ["node", program, "scan", *options, "--api-key", MOCK_PAT],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    return told_by_compatcanary(json.loads(done.stdout), today())


def told_by_compatcanary(report: dict, today: str) -> Suite:
    """Its report as evidence. A check that was not run has not passed."""
    checks = report["results"]
    passed = {c["name"]: 1 for c in checks if c["status"] == "pass"}
    return Suite(
        name="compatcanary",
        version=version("compatcanary"),
        source="https://www.npmjs.com/package/compatcanary",
        command="npx compatcanary scan",
        passed=passed,
        failed={c["name"]: c["summary"] for c in checks if c["name"] not in passed},
        checked=today,
    )


def tool_protocol() -> Suite:
    """The Model Context Protocol's own, on a server that is served by the mock; all of it."""
    with tool_servers.served() as url, TemporaryDirectory() as folder:
        told = tool_servers.told(url, Path(folder), "--suite", "all")
    names = sorted(told)
    return Suite(
        name="@modelcontextprotocol/conformance",
        version=version("conformance"),
        source="https://www.npmjs.com/package/@modelcontextprotocol/conformance",
        command="npx conformance server --url URL --suite all",
        passed={name: 1 for name in names if told[name]},
        failed={name: why("conformance", name) for name in names if not told[name]},
        checked=today(),
    )


PUBLISHED: tuple[Callable[[], Suite], ...] = (compatcanary, tool_protocol)


@click.command()
@click.option("--checkouts", type=click.Path(path_type=Path), help="Where repositories are.")
@click.option("--only", help="The one suite to run, as its folder or its function is named.")
def main(checkouts: Path | None, only: str | None) -> None:
    """Run the suites that are published, and those that are checked out; then make the page.

    The exit status is 1 if a case fails that did not fail before.
    """
    known = {case for path in (FOLDER / SUITES).glob("*.json") for case in _failed(path)}
    done = [suite() for suite in PUBLISHED if only in (None, suite.__name__)]
    for name, of_repository in REPOSITORIES.items():
        if checkouts and (checkouts / name).is_dir() and only in (None, name):
            done.append(of_repository((checkouts / name).resolve()))
    if empty := [suite.name for suite in done if not suite.passed and not suite.failed]:
        raise click.ClickException(f"No case was found in {empty}: is it laid out in another way?")
    for suite in done:
        suite.write()
        passed = sum(suite.passed.values())
        click.echo(f"{suite.name}: {passed} passed, {len(suite.failed)} failed")
    click.echo(f"The page is {write()}.")
    if fresh := sorted({(suite.name, case) for suite in done for case in suite.failed} - known):
        raise click.ClickException(f"These did not fail before: {fresh}")


def _failed(path: Path) -> Iterator[tuple[str, str]]:
    """The suite and the name of each case that a file of evidence says fails."""
    suite = json.loads(path.read_text(encoding="utf-8"))
    return ((suite["name"], case) for case in suite["failed"])


if __name__ == "__main__":
    main()
