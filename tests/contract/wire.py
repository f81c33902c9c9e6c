"""Send bytes as curl would, and see what comes back before any client has read it."""

import http.client
import json
from typing import Any

from helpers.mock import MOCK_PAT, OPENAI_PATH, Mock


class Reply:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def json(self) -> Any:
        return json.loads(self.body)


def send(
    mock: Mock,
    body: bytes | dict[str, Any],
    path: str = "/chat/completions",
    method: str = "POST",
    **headers: str,
) -> Reply:
    """A request below the base URL, and the reply."""
    connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=10)
    headers = {"authorization": f"Bearer {MOCK_PAT}"} | headers
    headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    connection.request(method, OPENAI_PATH + path, data, headers)
    response = connection.getresponse()
    reply = Reply(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return reply
