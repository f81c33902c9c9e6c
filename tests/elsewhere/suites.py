"""Suites that strangers wrote, run on the mock as they are; what each says becomes evidence.

    python -m tests.elsewhere.suites [--checkouts FOLDER]

`make conformance` runs this. A case that fails is kept with the reason for it. Suites that are only
in a public repository are run where FOLDER has a checkout of it, under the repository's name.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from openai import OpenAI

from helpers.evidence.page import FOLDER, SUITES, Suite, write
from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from helpers.mock.simulated.json_schema import fits
from helpers.notebooks.registry import PROJECT
from tests.elsewhere import tool_servers

PACKAGES = PROJECT / "build" / "elsewhere"
MODEL = "gpt-oss-120b"
SECONDS = 120
NOT_SERVED = "the mock's servers have tools only: no resources, prompts, sessions or sampling"
NOT_FETCHED = "a schema elsewhere is not fetched, and what nobody can check is taken to fit"


def version(name: str) -> str:
    """That which is locked, of the one package in a folder here."""
    package = json.loads(Path(__file__).with_name(name).joinpath("package.json").read_text("utf-8"))
    [locked] = package["dependencies"].values()
    return str(locked)


def commit(checkout: Path) -> str:
    """The commit of a checkout, shortened; of one without git, that which its owner noted."""
    noted = checkout / "COMMIT"
    if noted.exists():
        return noted.read_text(encoding="utf-8").strip()[:12]
    command = ["git", "-C", str(checkout), "rev-parse", "--short=12", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def today() -> str:
    """As the page has it."""
    return datetime.now(UTC).date().isoformat()


def compatcanary(base_url: str) -> Suite:
    """CompatCanary: does a server that is said to be compatible behave so?"""
    listed = OpenAI(base_url=base_url, api_key=MOCK_PAT).models.list()
    model = next(each.id for each in listed if MODEL in each.id)
    program = PACKAGES / "compatcanary" / "node_modules" / "compatcanary" / "src" / "cli.js"
    options = ["--base-url", base_url, "--model", model, "--format", "json", "--fail-on", "never"]
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
    failed = {c["name"]: c["summary"] for c in checks if c["status"] != "pass"}
    return Suite(
        name="compatcanary",
        version=version("compatcanary"),
        source="https://www.npmjs.com/package/compatcanary",
        command="npx compatcanary scan",
        passed=len(checks) - len(failed),
        failed=failed,
        checked=today,
    )


def tool_protocol(base_url: str) -> Suite:
    """The Model Context Protocol's own, on the mock's servers of tools; all of its scenarios."""
    listed = subprocess.run(
        [tool_servers.SUITE, "list", "--server"], capture_output=True, text=True, timeout=SECONDS
    )
    names = [line.strip("- ") for line in listed.stdout.splitlines() if line.startswith("  - ")]
    with tool_servers.served() as url, ThreadPoolExecutor(2) as threads:
        passed = dict(
            zip(names, threads.map(partial(tool_servers.passes, url), names), strict=True)
        )
    return Suite(
        name="@modelcontextprotocol/conformance",
        version=version("conformance"),
        source="https://www.npmjs.com/package/@modelcontextprotocol/conformance",
        command="npx conformance server --url URL --scenario NAME",
        passed=sum(passed.values()),
        failed={name: NOT_SERVED for name in names if not passed[name]},
        checked=today(),
    )


def json_schema(checkout: Path, base_url: str) -> Suite:
    """The official suite of JSON Schema, on what says whether a made value fits its schema."""
    passed, failed = 0, {}
    for path in sorted(checkout.glob("tests/draft2020-12/*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            elsewhere = "://localhost:1234" in json.dumps(group["schema"])
            for case in group["tests"]:
                if fits(case["data"], group["schema"]) == case["valid"]:
                    passed += 1
                    continue
                name = f"{path.stem}: {group['description']}: {case['description']}"
                failed[name] = NOT_FETCHED if elsewhere else f"{path.stem} is not kept in full"
    return Suite(
        name="JSON Schema Test Suite, draft 2020-12",
        version=commit(checkout),
        source="https://github.com/json-schema-org/JSON-Schema-Test-Suite",
        command="make conformance CHECKOUTS=FOLDER",
        passed=passed,
        failed=failed,
        checked=today(),
    )


def gpt_oss(checkout: Path, base_url: str) -> Suite:
    """OpenAI's test of what serves gpt-oss: Responses and chat completions, by the Agents SDK.

    In the checkout, its packages have to be installed, as its README says.
    """
    folder = checkout / "compatibility-test"
    provider = {
        "apiBaseUrl": base_url,
        "apiKey": MOCK_PAT,
        "apiType": ["responses", "chat"],
        "modelName": f"openai/chat-completion/models/{MODEL}",
        "providerDetails": {},
    }
    text = f"export const PROVIDERS = {json.dumps({'mock': provider})};\n"
    (folder / "providers.ts").write_text(text, encoding="utf-8")
    before = {*folder.glob("rollout_mock_*.jsonl")}
    command = ["npm", "start", "--", "--provider", "mock", "-k", "1"]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=5 * SECONDS, check=True)
    [made] = {*folder.glob("rollout_mock_*.jsonl")} - before
    return told_by_gpt_oss(made.read_text(encoding="utf-8"), commit(checkout), today())


def told_by_gpt_oss(rollout: str, version: str, today: str) -> Suite:
    """Its records as evidence: a line for each case and API."""
    records: list[dict[str, Any]] = [json.loads(line) for line in rollout.splitlines()]
    failed = {
        f"{record.get('run_id')} {record.get('result', {}).get('apiType')}": _why(record)
        for record in records
        if not record.get("success")
    }
    return Suite(
        name="gpt-oss compatibility test",
        version=version,
        source="https://github.com/openai/gpt-oss/tree/main/compatibility-test",
        command="npm start -- --provider NAME -k 1",
        passed=len(records) - len(failed),
        failed=failed,
        checked=today,
    )


def _why(record: dict[str, Any]) -> str:
    if record.get("result", {}).get("validResponse"):
        return "the reply has the right form, but the simulated model does not call the tool"
    return str(record.get("error") or "the reply has another form")


PUBLISHED: tuple[Callable[[str], Suite], ...] = (compatcanary, tool_protocol)
REPOSITORIES: dict[str, Callable[[Path, str], Suite]] = {
    "JSON-Schema-Test-Suite": json_schema,
    "gpt-oss": gpt_oss,
}


@click.command()
@click.option("--checkouts", type=click.Path(path_type=Path), help="Where repositories are.")
def main(checkouts: Path | None) -> None:
    """Run the suites that are published, and those that are checked out; then make the page.

    The exit status is 1 if a case fails that did not fail before.
    """
    known = {case for path in (FOLDER / SUITES).glob("*.json") for case in _failed(path)}
    with MockServer() as server:
        done = [suite(server.base_url) for suite in PUBLISHED]
        for name, of_repository in REPOSITORIES.items():
            if checkouts and (checkouts / name).is_dir():
                done.append(of_repository(checkouts / name, server.base_url))
    for suite in done:
        suite.write()
        click.echo(f"{suite.name}: {suite.passed} passed, {len(suite.failed)} failed")
    click.echo(f"The page is {write()}.")
    if fresh := sorted({(suite.name, case) for suite in done for case in suite.failed} - known):
        raise click.ClickException(f"These did not fail before: {fresh}")


def _failed(path: Path) -> Iterator[tuple[str, str]]:
    """The suite and the name of each case that a file of evidence says fails."""
    suite = json.loads(path.read_text(encoding="utf-8"))
    return ((suite["name"], case) for case in suite["failed"])


if __name__ == "__main__":
    main()
