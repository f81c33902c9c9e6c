"""The protocol's own conformance suite, against the mock's MCP servers (`make integrations`).

It connects without a key, so that one is added here on the way, and it calls tools of its own,
which a server here has. Sessions, resources and prompts are left out: the mock has none.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Receive, Scope, Send

from helpers.mock import MOCK_PAT
from helpers.mock.application import Application
from helpers.mock.mcp.servers import SERVERS, ToolServer
from helpers.mock.server import MockServer
from helpers.notebooks.registry import PROJECT

SUITE = PROJECT / "build" / "elsewhere" / "conformance" / "node_modules" / ".bin" / "conformance"
MODELS = "/v2/ext/mcp/v1/users/clarifai/apps/mcp/models/"
SCENARIOS = [
    "server-initialize",
    "ping",
    "tools-list",
    "tools-call-simple-text",
    "tools-call-error",
    "dns-rebinding-protection",
]


def test_simple_text() -> str:
    """Say something."""
    return "This is a simple text response for testing."


def test_error_handling() -> str:
    """Fail."""
    raise ValueError("This tool intentionally returns an error for testing")


# They are tools, and have the names that the suite calls.
TOOLS = (test_simple_text, test_error_handling)
for function in TOOLS:
    function.__test__ = False  # type: ignore[attr-defined]


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with the suite's tools."""
    inner = Application()
    key = (b"authorization", f"Bearer {MOCK_PAT}".encode())

    async def with_key(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "headers": [*scope["headers"], key]}, receive, send)

    with pytest.MonkeyPatch.context() as patch, MockServer(app=with_key) as server:
        patch.setitem(SERVERS, "clarifai/mcp/models/suite", ToolServer("A test.", TOOLS))
        yield f"{server.url}{MODELS}suite"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """As `served`, for all tests."""
    with served() as address:
        yield address


def told(url: str, scenario: str) -> str:
    """What the suite prints."""
    command = [str(SUITE), "server", "--url", url, "--scenario", scenario]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout


def passes(url: str, scenario: str) -> bool:
    """Whether it says so, and has checked anything. One that does not end has not passed."""
    try:
        said = told(url, scenario)
    except subprocess.TimeoutExpired:
        return False
    return " 0 failed, 0 warnings" in said and "Passed: 0/0" not in said


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_of_the_suite_passes(url: str, scenario: str) -> None:
    assert passes(url, scenario), told(url, scenario)


@pytest.mark.parametrize("model", ["mcp-server-weather", "math-mcp-server", "browser-mcp-server"])
def test_the_servers_of_the_mock_list_their_tools(url: str, model: str) -> None:
    assert "Passed: 1/1, 0 failed" in told(url.replace("suite", model), "tools-list")


def test_the_suite_can_fail(url: str) -> None:
    assert "1 failed" in told(url, "tools-call-image")
