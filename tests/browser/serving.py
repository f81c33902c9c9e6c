"""A folder served on loopback as a host of static files serves it, below a path of its own."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PREFIX = "/tutorial/"
COMPRESSED = {".js", ".mjs", ".json", ".css", ".html", ".wasm", ".svg", ".ipynb", ".txt", ".map"}


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def translate_path(self, path: str) -> str:
        # Sites of projects are below a path, where an address that begins with / goes astray.
        inside = path.removeprefix(PREFIX.rstrip("/"))
        return super().translate_path(inside if inside != path else "/nothing-is-here")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the folder, ending in a slash, until the context ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    finally:
        server.shutdown()
        server.server_close()


def wire_size(folder: Path, paths: set[str]) -> int:
    """How many bytes these files are on the wire, from a host that compresses what is text."""
    size = 0
    for path in paths:
        file = folder / path
        if file.is_file():
            content = file.read_bytes()
            size += len(gzip.compress(content, 6)) if file.suffix in COMPRESSED else len(content)
    return size
