"""The mock, served as it is to anybody, and the real client."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT, Mock, start
from helpers.mock.record.record import record
from helpers.mock.server import MockServer
from tests.contract.altered import Altered
from tests.contract.recorders import Hostile
from tests.contract.upstream import Answering, Upstream


@pytest.fixture(scope="session")
def mock() -> Iterator[Mock]:
    with start() as server:
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
