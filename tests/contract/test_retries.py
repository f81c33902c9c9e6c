"""What the `openai` client sends again by itself, as the notebook on failures says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import openai
import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT


@contextmanager
def answering(status: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything with this status: its address, and the paths asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            # Otherwise the client waits for half a second, and then for one.
            self.send_header("retry-after-ms", "1")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "requests"),
    [
        *((status, 3) for status in (408, 409, 429, 500, 502, 503, 504)),
        *((status, 1) for status in (400, 401, 403, 404, 413, 422)),
    ],
)
def test_the_client_sends_again_twice_after_these_statuses_and_no_others(status, requests):
    with (
        answering(status) as (url, asked),
        OpenAI(base_url=url, api_key=MOCK_PAT) as client,
        pytest.raises(openai.APIStatusError) as caught,
    ):
        client.models.list()
    assert caught.value.status_code == status
    assert len(asked) == requests
