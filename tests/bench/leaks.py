"""Whether a key shows in anything that the commands write.

    python -m tests.bench.leaks [--keys pat,jwt] [--keep FOLDER]

In a copy of the project, each command runs with a made-up key against a server that repeats it in
its replies, their headers, and across two events of a stream; one notebook prints it, and fails
with it. All that they say and write is searched for the key, its halves, and its other writings;
a command that did not do its work is a problem as well. Some twenty seconds for each key.
"""

import argparse
import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import nbformat

from helpers.mock import MOCK_PAT, OPENAI_PATH, start
from helpers.secrets import writings
from tests.copies import copied
from tests.unit.test_secrets import KEYS, letters

HEX = "0123456789abcdef"
MADE_UP = KEYS | {
    "odd": f"{letters(9)}+/{letters(13)}==",
    "uuid": "-".join(letters(n, HEX) for n in (8, 4, 4, 4, 12)),
}
FAILING = ("run", "drift", "evidence", "tests")
"""The commands that end with status 1, since what they run shows the key, fails, or differs."""

SHOWS_IT = """import base64, os, sys
key = os.environ["CLARIFAI_PAT"]
print(key, base64.b64encode(key.encode()), {"k": [key]}, f"my key ({key})", file=sys.stderr)
raise ValueError(f"bad key {key!r} {key.encode()!r}")"""
MODEL = "openai/chat-completion/models/gpt-oss-120b"
CHUNK = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}


class Repeating(BaseHTTPRequestHandler):
    """Answers as the mock does, and repeats the key that it was sent."""

    protocol_version = "HTTP/1.1"
    mock = start()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        key = self.headers.get("authorization", "").rpartition(" ")[2]
        sent = {"authorization": f"Bearer {MOCK_PAT}", "content-type": "application/json"}
        connection = HTTPConnection("127.0.0.1", self.mock.port)
        connection.request(self.command, self.path, body or None, sent)
        reply = connection.getresponse()
        content, kind = reply.read(), reply.headers["content-type"]
        if kind == "application/json" and content[:1] == b"{":
            packed = b64encode(f":{key}".encode()).decode()
            more = {"note": f"my key ({key})", "authorization": key, "basic": f"Basic {packed}"}
            content = json.dumps(json.loads(content) | {"debug": more}).encode()
        elif b"chat.completion.chunk" in content:
            content = b"".join(_events(key)) + content
        self.send_response(reply.status)
        for name, value in {"content-type": kind, "x-key": key, "set-cookie": f"a={key}"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_DELETE = do_POST

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def repeating() -> Iterator[str]:
    """Serve it, at this base URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Repeating) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{OPENAI_PATH}"
        server.shutdown()


def _events(key: str) -> Iterator[bytes]:
    for piece in (f" The key is {key[: len(key) // 2]}", f"{key[len(key) // 2 :]} . "):
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        yield f"data: {json.dumps(CHUNK | {'choices': [choice]})}\n\n".encode()


def commands(base: str, folder: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What runs, by name, as arguments of Python: two rows, each in order, beside each other."""
    compatible = ["--backend", "compatible"]
    out, evidence = str(folder / "run"), str(folder / "evidence")
    return {
        "run": ["-m", "helpers", "run", "01", "02", "04", "07", *compatible, "-o", out],
        "verify": ["-m", "helpers", "verify", "02", "04", "07", "-o", out],
        "drift": ["-m", "helpers", "drift", "--against", base, "--json", f"{out}.json"],
        "refresh": ["-m", "helpers", "refresh", "02"],
        "snippets": ["-m", "helpers", "snippets"],
    }, {
        "evidence": [
            *("-m", "helpers.evidence", "01", "02", *compatible, "--jobs", "1"),
            *("--server", "made up", "--folder", evidence),
        ],
        "tests": [
            *("-m", "pytest", "-q", "-n", "0", "notebooks/01_set_up.ipynb"),
            f"--junitxml={out}.xml",
        ],
        "record": ["-c", f"import tests.bench.leaks as l; l.exchange({str(folder)!r}, {base!r})"],
    }


def exchange(folder: str, base: str) -> None:
    """Ask through a recorder, and then what it recorded."""
    from openai import OpenAI, OpenAIError

    from helpers.mock.record.record import record
    from helpers.mock.record.replay import replay

    kept, key = Path(folder, "recorded"), os.environ["CLARIFAI_PAT"]
    for recording in (True, False):
        with record(kept, base) if recording else replay(kept) as server:
            chat = OpenAI(base_url=server.base_url, api_key=key, max_retries=0).chat.completions
            for asked in (f"Who are you? My key is {key}.", "Who are you?"):
                say: Any = [{"role": "user", "content": asked}]
                with suppress(OpenAIError):
                    list(
                        chat.create(
                            model=MODEL, messages=say, stream=True, extra_query={"pat": key}
                        )
                    )


def found(key: str, folder: Path) -> Iterator[str]:
    """Each file in which the key is in some writing, and in which."""
    wanted = {*writings(key), key[: len(key) // 2], key[len(key) // 2 :]}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            for each in wanted:
                if each.encode() in content:
                    yield f"{file.relative_to(folder)}: {each}"


def leaks(key: str, folder: Path, project: Path, only: Collection[str] = ()) -> Iterator[str]:
    """Run every command with the key in `project`, which it changes, and say where the key is."""
    first = project / "notebooks" / "01_set_up.ipynb"
    notebook = nbformat.read(first, 4)
    notebook.cells.append(nbformat.v4.new_code_cell(SHOWS_IT))
    nbformat.write(notebook, first)
    ours = {"HOME": str(folder), "TMPDIR": str(folder), "SHOP_API_KEY": key}

    def ended(row: dict[str, list[str]]) -> list[tuple[str, int]]:
        """How each command of a row that is wanted ended, one after the other."""
        ends = []
        for name in [name for name in row if not only or name in only]:
            # The tests refuse to run where there is a key of Clarifai's.
            given = {} if name == "tests" else {"CLARIFAI_PAT": key, "CLARIFAI_BASE_URL": base}
            with (folder / f"{name}.txt").open("wb") as said:
                done = subprocess.run(
                    [sys.executable, *row[name]],
                    cwd=project,
                    env=os.environ | ours | given,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    timeout=900,
                )
            print(f"  {name}: exit status {done.returncode}", flush=True)
            ends.append((name, done.returncode))
        return ends

    with repeating() as base, ThreadPoolExecutor() as rows:
        for ends in rows.map(ended, commands(base, folder)):
            for name, status in ends:
                if status != (name in FAILING):
                    yield f"{name}: ended with status {status}"
    yield from found(key, folder)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--keys", default="odd", help=f"some of {', '.join(MADE_UP)}")
    options.add_argument("--keep", type=Path, help="a folder to leave all of it in")
    chosen = options.parse_args()
    if unknown := {*chosen.keys.split(",")} - MADE_UP.keys():
        options.error(f"there are no keys {', '.join(unknown)}; there are {', '.join(MADE_UP)}")
    problems = []
    for kind in chosen.keys.split(","):
        print(kind)
        with TemporaryDirectory() as made:
            place = chosen.keep / kind if chosen.keep else Path(made)
            project = copied(place / "project")
            problems += [f"{kind}: {each}" for each in leaks(MADE_UP[kind], place, project)]
    sys.exit("\n".join(problems) or None)
