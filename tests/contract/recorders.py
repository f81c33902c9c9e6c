"""Servers to be recorded, and what is found in the folder of recordings."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any

from openai import OpenAI

from helpers.mock import OPENAI_PATH, Mock

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"


QUESTION: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Who are you?"}]}


KEY = "".join(f"{n:02x}" for n in range(160, 176))


COOKIE = "crumbs-of-a-session"


REQUEST_ID = "".join(f"{n:02x}" for n in range(32, 48))


NODE = "node-7.pool.internal.example"


class Hostile(BaseHTTPRequestHandler):
    """Another server altogether, which repeats in every place what should not be stored."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str]]]
    between: Callable[[int], None] = staticmethod(lambda number: None)

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        echo = {
            "headers": dict(self.headers),
            self.headers["authorization"]: "a name",
            "who": f"{self.headers['host']} on {NODE} (10.1.2.3:8080), request {REQUEST_ID}",
            "req_id": "short",
            "note": f"your key is {self._key().upper()}; see http://{self.headers['host']}/v1",
            "sent": sent,
        }
        self.send_response(200)
        self.send_header("Set-Cookie", f"session={COOKIE}-set; Path=/; HttpOnly")
        self.send_header("X-Request-Id", REQUEST_ID)
        self.send_header("X-Served-By", NODE)
        if not sent.get("stream"):
            body = json.dumps(echo).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Content-Type", f"text/event-stream; served-by={NODE}")
        self.send_header("Connection", "close")
        self.end_headers()
        self._event(echo)
        # A model that repeats the key does so in pieces.
        for number, piece in enumerate(self._in_pieces(f"The key is {self._key()}, at {NODE}.")):
            self.between(number)
            self._event({"choices": [{"index": 0, "delta": {"content": piece}}]})
        if "api_key" in self.path:
            self.wfile.write(f"event: {NODE}\r\ndata: plain {KEY}\r\n\r\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _key(self) -> str:
        return self.headers["authorization"].split()[-1]

    def _event(self, data: Any) -> None:
        self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")

    @staticmethod
    def _in_pieces(text: str) -> list[str]:
        return [text[at : at + 5] for at in range(0, len(text), 5)]

    def log_message(self, *_: Any) -> None:
        pass


def client_of(server: Mock, key: str = KEY) -> OpenAI:
    return OpenAI(base_url=server.base_url, api_key=key, max_retries=0)


def post(server: Mock, body: Any, path: str = "/chat/completions") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"authorization": f"Key {KEY}", "cookie": f"session={COOKIE}; theme=dark"}
    connection.request("POST", OPENAI_PATH + path, json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, answer
