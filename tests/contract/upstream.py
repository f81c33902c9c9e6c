"""A server whose answers a test has written, a recorder before it, and who asks it."""

import json
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from helpers.mock import OPENAI_PATH, Mock
from helpers.mock.record.record import record
from helpers.mock.record.recording import Recording

QUESTION = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
SSE = {"content-type": "text/event-stream"}


class Upstream(ThreadingHTTPServer):
    """Answers each request with the next of its answers; the last for ever."""

    daemon_threads = True
    answers: list[tuple[int, dict[str, str], list[bytes]]]
    seen: list[tuple[dict[str, str], bytes]]
    paths: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, *chunks: bytes, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, {"content-type": "application/json"} | named, list(chunks)))


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        length = int(self.headers["content-length"] or 0)
        self.server.seen.append((dict(self.headers.items()), self.rfile.read(length)))
        self.server.paths.append(self.path)
        answers = self.server.answers
        status, headers, chunks = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        if chunks[-1:] != [b"\0"]:  # which stands for a connection that breaks
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


def send(
    server: Mock, body: Any = QUESTION, path: str = "/chat/completions", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("POST", OPENAI_PATH + path, content, named)
        response = connection.getresponse()
        return response.status, dict(response.headers.items()), response.read()
    finally:
        connection.close()


def through(
    upstream: Upstream, folder: Path, body: Any = QUESTION, **headers: str
) -> tuple[bytes, Recording]:
    """What a client gets through a recorder, and what is stored."""
    with record(folder, upstream.url) as server:
        got = send(server, body, **headers)[2]
    return got, Recording.read(max(folder.glob("*.json")))


def event(data: Any) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def delta(text: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": text}}]})
