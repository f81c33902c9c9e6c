"""Ask the mock something about itself: its faults, and what was asked of it."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit


def control(url: str, key: str, method: str, path: str, body: Any = None) -> Any:
    """The answer, as JSON, of the control route at `path` of the mock at `url`.

    Raises ValueError with the mock's reason where it refuses, OSError where nothing is there.
    """
    # Not through the HTTP library that `openai` uses: this is no part of the transcript.
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        data = None if body is None else json.dumps(body)
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()
    if response.status >= 400:
        raise ValueError(answer["details"])
    return answer
