"""Tools on servers: the mock's MCP servers, asked by the official client."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest

from helpers.faults import fault
from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from helpers.weather import get_weather

if TYPE_CHECKING:
    from mcp import Client

USERS = "/v2/ext/mcp/v1/users/"
OWN = "clarifai/apps/mcp/models/"
NOTES = "me/apps/tools/models/notes"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    },
}


def address(mock: MockServer, server: str) -> str:
    return mock.url + USERS + (server if "/apps/" in server else OWN + server)


def ask(mock: MockServer, server: str, what: "Callable[[Client], Awaitable[Any]]") -> Any:
    # Half a second, which every worker of a test run would pay.
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async def asked() -> Any:
        headers = {"authorization": f"Bearer {MOCK_PAT}"}
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(address(mock, server), http_client=http)) as client,
        ):
            return await what(client)

    return asyncio.run(asked())


def called(mock: MockServer, server: str, name: str, arguments: dict[str, Any]) -> tuple[str, bool]:
    result = ask(mock, server, lambda client: client.call_tool(name, arguments))
    return result.content[0].text, result.is_error


def post(mock: MockServer, server: str, **headers: str) -> httpx.Response:
    headers = {
        "authorization": f"Bearer {MOCK_PAT}",
        "accept": "application/json, text/event-stream",
    } | headers
    return httpx.post(address(mock, server), json=HELLO, headers=headers, trust_env=False)


@pytest.mark.parametrize(
    ("server", "names"),
    [
        ("mcp-server-weather", ["get_weather"]),
        ("math-mcp-server", ["add", "subtract", "multiply", "divide"]),
        ("browser-mcp-server", ["read_page", "delete_page"]),
        ("browser-mcp-server/versions/" + "ab" * 16, ["read_page", "delete_page"]),
    ],
)
def test_a_server_lists_its_tools(mock: MockServer, server: str, names: list[str]) -> None:
    tools = ask(mock, server, lambda client: client.list_tools()).tools
    assert [each.name for each in tools] == names
    assert all(each.description and each.input_schema["properties"] for each in tools)


def test_what_cannot_be_undone_says_so(mock: MockServer) -> None:
    tools = ask(mock, "browser-mcp-server", lambda client: client.list_tools()).tools
    assert [each.annotations.destructive_hint for each in tools] == [False, True]


def test_the_weather_is_that_of_the_function(mock: MockServer) -> None:
    text, failed = called(mock, "mcp-server-weather", "get_weather", {"location": "London"})
    assert not failed
    assert httpx.Response(200, text=text).json() == get_weather("London")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("add", {"a": 2, "b": 3}, "5"),
        ("divide", {"a": 1, "b": 4}, "0.25"),
        ("multiply", {"a": 0.1, "b": 3}, "0.3"),
    ],
)
def test_numbers_are_said_plainly(
    mock: MockServer, name: str, arguments: dict[str, Any], said: str
) -> None:
    assert called(mock, "math-mcp-server", name, arguments) == (said, False)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("divide", {"a": 1, "b": 0}, "Division by zero"),
        ("divide", {"a": "one", "b": 1}, "a: "),
        ("power", {"a": 1, "b": 1}, "Unknown tool"),
    ],
)
def test_a_tool_that_fails_tells_the_model(
    mock: MockServer, name: str, arguments: dict[str, Any], said: str
) -> None:
    text, failed = called(mock, "math-mcp-server", name, arguments)
    assert failed and said in text


def test_a_page_may_give_orders(mock: MockServer) -> None:
    url = {"url": "https://example.com/review"}
    text, _ = called(mock, "browser-mcp-server", "read_page", url)
    assert "delete_page" in text
    text, failed = called(mock, "browser-mcp-server", "read_page", {"url": "https://nowhere"})
    assert failed and "https://example.com/museum" in text


@pytest.mark.parametrize(
    ("server", "headers", "expected"),
    [
        ("mcp-server-weather", {"authorization": ""}, (401, 11102)),
        ("mcp-server-weather", {"authorization": "Bearer nobody"}, (401, 11008)),
        ("no-such-server", {}, (404, 21200)),
        (NOTES, {"authorization": ""}, (401, 11102)),
    ],
)
def test_it_is_refused_as_all_else_is(
    mock: MockServer, server: str, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    reply = post(mock, server, **headers)
    assert (reply.status_code, reply.json()["code"]) == expected


def test_a_cold_server_answers_503(mock: MockServer) -> None:
    model = "clarifai/mcp/models/mcp-server-weather"
    with fault("loading", model=model, times=1, mock=mock.base_url):
        assert post(mock, "math-mcp-server").status_code == 200
        assert post(mock, "mcp-server-weather").status_code == 503
        assert post(mock, "mcp-server-weather").status_code == 200


def test_the_same_request_gets_the_same_bytes(mock: MockServer) -> None:
    assert post(mock, "math-mcp-server").content == post(mock, "math-mcp-server").content


@pytest.mark.parametrize("header", ["host", "origin"])
def test_a_page_of_the_web_does_not_reach_the_tools(mock: MockServer, header: str) -> None:
    value = "evil.example.com" if header == "host" else "https://evil.example.com"
    assert post(mock, "math-mcp-server", **{header: value}).status_code in (403, 421)


@pytest.mark.parametrize("version", ["", "/versions/" + "ab" * 16])
def test_a_server_that_the_mock_was_given_has_its_tools_and_sessions(
    mock: MockServer, version: str
) -> None:
    sessions = {post(mock, NOTES + version).headers["mcp-session-id"] for _ in range(2)}
    assert len(sessions) == 2
    told, failed = called(mock, NOTES + version, "find_note", {"about": "attic"})
    assert "attic" in told and not failed


def test_there_is_no_stream_to_listen_to(mock: MockServer) -> None:
    headers = {"authorization": f"Bearer {MOCK_PAT}", "accept": "text/event-stream"}
    url = address(mock, "math-mcp-server")
    assert httpx.get(url, headers=headers, trust_env=False).status_code == 405


def test_a_mock_that_is_not_asked_for_tools_has_none_imported() -> None:
    script = (
        "import sys; from helpers.mock import start; start().close();"
        "print({'mcp', 'httpx2._client', 'helpers.mock.mcp.servers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "'mcp'" not in done.stdout and "servers" not in done.stdout
