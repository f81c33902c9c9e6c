"""Suites that strangers wrote, run on the mock as they are; what each says becomes evidence.

`make conformance` runs this. A case that fails is kept with the reason that the suite gives.
"""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from openai import OpenAI

from helpers.evidence.page import Suite, write
from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from helpers.notebooks.registry import PROJECT

PACKAGES = PROJECT / "build" / "elsewhere"
MODEL = "gpt-oss-120b"
SECONDS = 120


def version(name: str) -> str:
    """That which is locked, of the one package in a folder here."""
    package = json.loads(Path(__file__).with_name(name).joinpath("package.json").read_text("utf-8"))
    [locked] = package["dependencies"].values()
    return str(locked)


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
    return told_by_compatcanary(json.loads(done.stdout), datetime.now(UTC).date().isoformat())


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


if __name__ == "__main__":
    with MockServer() as server:
        compatcanary(server.base_url).write()
    print(f"The page is {write()}.")
