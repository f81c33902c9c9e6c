"""A server for the tests of what an endpoint is."""

import json
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer


class Server(HTTPServer):
    """An OpenAI-compatible server that is not ours, as far as `use_endpoint` asks."""

    status = 200
    name = "somebody's"
    body = ""
    drips = False
    keys: list[str | None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.keys.append(self.headers["authorization"])
        refused = {"code": 11008, "description": "Invalid API key"}
        body = {"object": "list", "data": []} if self.server.status == 200 else refused
        data = (self.server.body or json.dumps(body)).encode()
        self.send_response(self.server.status)
        self.send_header("content-type", "text/html" if self.server.body else "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        step = 1 if self.server.drips else len(data)
        with suppress(OSError):  # of a client that waits no longer
            for n in range(0, len(data), step):
                time.sleep(n and 0.2)
                self.wfile.write(data[n : n + step])

    def version_string(self) -> str:
        return self.server.name

    def log_message(self, *_: object) -> None:
        pass
