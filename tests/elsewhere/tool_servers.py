"""The protocol's own conformance suite, against the mock's MCP servers (`make integrations`).

It connects without a key, so that one is added here on the way. The server that has all of what it
asks for is one that the mock is given, as a user would; the mock's own have tools alone.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from helpers.mock import MOCK_PAT
from helpers.mock.application import Application
from helpers.mock.server import MockServer
from helpers.notebooks.registry import PROJECT
from tests.elsewhere.reasons import REASONS

SUITE = PROJECT / "build" / "elsewhere" / "conformance" / "node_modules" / ".bin" / "conformance"
MODELS = "/v2/ext/mcp/v1/users/clarifai/apps/mcp/models/"
SECONDS = 120
WHEN = re.compile(r"-\d{4}-\d\d-\d\dT")  # from here a folder's name says when it was made


@contextmanager
def served() -> Iterator[str]:
    """The address of the server that has all."""
    # It imports `mcp`, for 0.6 s; tests of the evidence import this module.
    from tests.elsewhere.reference_server import application

    inner = Application(mcp_servers={"clarifai/mcp/models/suite": application()})
    key = (b"authorization", f"Bearer {MOCK_PAT}".encode())

    async def with_key(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "headers": [*scope["headers"], key]}, receive, send)

    with MockServer(app=with_key) as server:
        yield f"{server.url}{MODELS}suite"


def told(url: str, folder: Path, *options: str) -> dict[str, bool]:
    """Which scenarios pass: those that have checked something, and neither fail nor warn.

    What they say is stored in the folder.
    """
    command = [str(SUITE), "server", "--url", url, "-o", str(folder), *options]
    subprocess.run(command, capture_output=True, timeout=SECONDS)
    found = {}
    for place in folder.iterdir():
        told = {check["status"] for check in json.loads((place / "checks.json").read_bytes())}
        name = WHEN.split(place.name.removeprefix("server-"))[0]
        found[name] = "SUCCESS" in told and not told & {"FAILURE", "WARNING"}
    return found


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """As `served`, for all tests."""
    with served() as address:
        yield address


def test_the_suite_passes(url: str, tmp_path: Path) -> None:
    passes = told(url, tmp_path, "--suite", "all")
    assert len(passes) > 30
    assert {name for name in passes if not passes[name]} <= REASONS["conformance"].keys()


@pytest.mark.parametrize("model", ["mcp-server-weather", "math-mcp-server", "browser-mcp-server"])
def test_the_servers_of_the_mock_list_their_tools(url: str, model: str, tmp_path: Path) -> None:
    passes = told(url.replace("suite", model), tmp_path, "--scenario", "tools-list")
    assert passes == {"tools-list": True}


def test_the_suite_can_fail(url: str, tmp_path: Path) -> None:
    of_the_mock = url.replace("suite", "math-mcp-server")
    passes = told(of_the_mock, tmp_path, "--scenario", "tools-call-image")
    assert passes == {"tools-call-image": False}
