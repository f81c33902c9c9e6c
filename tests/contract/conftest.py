"""The mock, served as it is to anybody, and the real client."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT, Mock, start
from helpers.mock.record.record import record
from helpers.mock.server import MockServer
from helpers.notebooks.registry import PROJECT
from tests.contract.altered import Altered
from tests.contract.recorders import Hostile
from tests.contract.upstream import Answering, Upstream


class Notes:
    """The MCP server that the guide to the mock shows, made when it is first asked."""

    def streamable_http_app(self) -> Any:
        page = PROJECT / "docs" / "mock" / "mcp.md"
        code = page.read_text(encoding="utf-8").split("```py\n")[1].split("```")[0]
        made: dict[str, Any] = {}
        exec(compile(code, page, "exec"), made)  # noqa: S102 - the project's own
        return made["mcp"].streamable_http_app()


@pytest.fixture(scope="session")
def mock() -> Iterator[Mock]:
    with start(mcp_servers={"me/tools/models/notes": Notes()}) as server:
        yield server


@pytest.fixture
def client(mock: Mock) -> Iterator[OpenAI]:
    # No retries: an error is seen as it is sent.
    with OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client:
        yield client


@pytest.fixture
def hostile() -> Iterator[tuple[str, type[Hostile]]]:
    handler = type("Handler", (Hostile,), {"seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1", handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(("127.0.0.1", 0), Answering) as server:
        server.answers, server.seen, server.paths = [], [], []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def recorder(mock: Mock, tmp_path: Path) -> Iterator[Mock]:
    with record(tmp_path, mock.base_url) as server:
        yield server


@pytest.fixture(scope="module")
def altered() -> Iterator[tuple[Altered, MockServer]]:
    app = Altered()
    with MockServer(app=app) as server:
        yield app, server
