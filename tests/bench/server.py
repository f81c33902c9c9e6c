"""Measure the mock beside a bare ASGI application that sends the same bytes, and beside aimock.

    python tests/bench/server.py [--quick]

One interleaved run, medians and ratios; all on loopback, bounded in count and time. Needs `wrk`
(Debian: `apt install wrk`); aimock is measured where npm is there, which installs it under build/.
Exits with status 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from helpers.mock import MOCK_PAT, OPENAI_PATH

ROOT = Path(__file__).resolve().parents[2]
PATH = f"{OPENAI_PATH}/chat/completions"
MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-4o"
QUESTION = "What is photosynthesis?"
HEADERS = {"Authorization": f"Bearer {MOCK_PAT}", "Content-Type": "application/json"}

BOUNDS = {
    "CPU of a repeated request, of the bare application's": 2.0,
    "CPU of an unseen request, of the bare application's": 4.5,
    "CPU of an unseen request, of aimock's": 1.0,
    "time to the first streamed byte, of the bare application's": 2.0,
    "start to first reply, ms": 250,
    "memory under 64 streams, MB": 150,
    "cost of a byte at 600 kB, of one at 100 kB": 1.5,
    "CPU of a 20th turn, of a first one's": 3.0,
    "CPU with 20 tools that came before, of that with none": 12.0,
}

LETTER = "function(digit) return string.char(97 + digit) end"
BARE = """
import sys, uvicorn
REPLY, CHUNKS = open(sys.argv[2], "rb").read(), open(sys.argv[3], "rb").read().splitlines(True)
PLAIN = [(b"content-type", b"application/json"), (b"content-length", str(len(REPLY)).encode())]
EVENTS = [(b"content-type", b"text/event-stream")]
async def application(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    stream = b'"stream"' in body
    headers = EVENTS if stream else PLAIN
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if stream:
        for chunk in CHUNKS:
            await send({"type": "http.response.body", "body": chunk + b"\\n", "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": REPLY})
quiet = {"log_level": "critical", "access_log": False, "lifespan": "off", "ws": "none"}
uvicorn.run(application, port=int(sys.argv[1]), **quiet)
"""
START = """
import sys, time
import openai, starlette.applications, uvicorn, uvloop, httptools
import helpers.mock.server
started = time.perf_counter()
from helpers.mock import start
import http.client
server = start()
connection = http.client.HTTPConnection("127.0.0.1", server.port)
connection.request("POST", *{request})
assert connection.getresponse().status == 200
print((time.perf_counter() - started) * 1000)
"""


def body(text: str, earlier: Iterable[Any] = (), **options: Any) -> bytes:
    messages = [
        {"role": "system", "content": "You are a helpful assistant."},
        *earlier,
        {"role": "user", "content": text},
    ]
    return json.dumps({"model": MODEL, "messages": messages, **options}).encode()


@dataclass
class Server:
    """A server in a process of its own."""

    name: str
    process: psutil.Process
    port: int
    path: str = PATH

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system

    def send(self, data: bytes) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", self.path, data, HEADERS)
        response = connection.getresponse()
        reply = response.read()
        connection.close()
        assert response.status == 200, reply
        return reply


@contextmanager
def serve(name: str, command: Callable[[int], list[str]], path: str = PATH) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(command(port), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield Server(name, psutil.Process(process.pid), port, path)
        finally:
            process.terminate()


@dataclass
class Load:
    """What one second or so of wrk gave."""

    per_second: float
    cpu_us: float


def load(
    server: Server, connections: int, seconds: float, unseen: bool, folder: Path, **more: Any
) -> Load:
    script = folder / "request.lua"
    headers = "".join(f'wrk.headers["{name}"]="{value}"\n' for name, value in HEADERS.items())
    before, after = body("@?", **more).decode().split("@", 1)
    # The time keeps one run's questions from being another's; n counts the requests of this run.
    # In letters, since a question with numbers in it is looked at for a sum.
    salt = str(time.monotonic_ns()).translate(str.maketrans("0123456789", "abcdefghij"))
    ask = f"{QUESTION[:-1]} {salt}'..word..'" if unseen else QUESTION[:-1]
    script.write_text(
        f'wrk.method="POST"\nwrk.path="{server.path}"\n{headers}local n=0\n'
        f"request=function()\nn=n+1\nlocal word=tostring(n)\nword=word:gsub('%d', {LETTER})\n"
        f"return wrk.format(nil,nil,nil,[=[{before}]=]..'{ask}'..[=[{after}]=])\nend\n"
    )
    cpu = server.cpu()
    address = f"http://127.0.0.1:{server.port}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(script), address]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    count = int(re.search(r"(\d+) requests in", output).group(1))
    assert "Non-2xx" not in output, output
    return Load(count / seconds, (server.cpu() - cpu) / count * 1e6)


def first_byte_ms(server: Server, count: int) -> float:
    """The median time from sending an unseen request to its first streamed byte."""
    times = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for number in range(count):
        data = body(f"{QUESTION} {number} {time.monotonic_ns()}", stream=True)
        started = time.perf_counter()
        connection.request("POST", server.path, data, HEADERS)
        response = connection.getresponse()
        response.read(1)
        times.append((time.perf_counter() - started) * 1000)
        response.read()
    return statistics.median(times)


async def streams(server: Server, seconds: float, at_once: int = 64) -> tuple[int, int, float]:
    """Read long streams, `at_once` together; return streams, chunks, and the server's memory in MB.

    Every stream asks for other numbers and has to give exactly those, in order.
    """
    done = chunks = 0
    memory = 0.0
    end = time.monotonic() + seconds

    async def reader(number: int) -> None:
        nonlocal done, chunks, memory
        while time.monotonic() < end:
            first = number * 10_000 + done % 50
            wanted = ", ".join(str(first + step) for step in range(700)) + "."
            data = body(f"Count from {first} to {first + 699}", stream=True)
            read, write = await asyncio.open_connection("127.0.0.1", server.port)
            lines = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
            write.write(
                f"POST {server.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}"
                f"Content-Length: {len(data)}\r\n\r\n".encode()
                + data
            )
            await read.readuntil(b"\r\n\r\n")
            text, count, finished = "", 0, False
            async for line in read:
                if line.startswith(b"data: {"):
                    event = json.loads(line[6:])
                    count += 1
                    for choice in event["choices"]:
                        text += choice["delta"].get("content") or ""
                finished = finished or line.startswith(b"data: [DONE]")
            write.close()
            assert finished and text == wanted, (
                f"lost or mixed up: {text[:80]!r} ... {text[-80:]!r}"
            )
            assert count > 2000, count
            done, chunks = done + 1, chunks + count
            memory = max(memory, server.process.memory_info().rss / 1e6)

    await asyncio.gather(*(reader(number) for number in range(1, at_once + 1)))
    return done, chunks, memory


def cost_of_length(server: Server) -> dict[int, float]:
    """CPU in µs for each byte of a request, by the number of messages (of about 1,000 bytes)."""
    costs = {}
    for count in (10, 100, 600):  # as much as the context of the model takes
        times, size = [], 0
        for repeat in range(5):
            messages = [
                {"role": ("user", "assistant")[i % 2], "content": f"{repeat} {i} " + "word " * 195}
                for i in range(count - 1)
            ]
            messages.append({"role": "user", "content": f"Hello {time.monotonic_ns()}"})
            data = json.dumps({"model": MODEL, "messages": messages}).encode()
            size = len(data)
            rounds = max(1, 200 // count)
            cpu = server.cpu()
            for extra in range(rounds):
                server.send(data.replace(b"Hello", f"Hello {extra}".encode()))
            times.append((server.cpu() - cpu) / rounds * 1e6)
        costs[size] = statistics.median(times) / size
    return costs


def aimock(folder: Path) -> Callable[[int], list[str]] | None:
    """The command that serves aimock, installed under build/; None without npm."""
    if shutil.which("npm") is None:
        return None
    place = ROOT / "build" / "elsewhere" / "aimock"
    program = place / "node_modules" / ".bin" / "llmock"
    if not program.exists():
        shutil.copytree(ROOT / "tests" / "elsewhere" / "aimock", place, dirs_exist_ok=True)
        install = ["npm", "ci", "--silent", "--prefix", str(place)]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    fixtures = folder / "fixtures.json"
    fixture = {"match": {"userMessage": ""}, "response": {"content": "It is simulated."}}
    # It matches by a part of the message; every question here has a digit or a letter in it.
    anything = [fixture | {"match": {"userMessage": part}} for part in "ae0123456789"]
    fixtures.write_text(json.dumps({"fixtures": anything}))
    return lambda port: [
        *(str(program), "--port", str(port), "--fixtures", str(fixtures)),
        *("--log-level", "silent", "--journal-max", "10"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the time")
    quick = parser.parse_args().quick
    if shutil.which("wrk") is None:
        print("wrk is needed: apt install wrk (Debian), brew install wrk (macOS)", file=sys.stderr)
        return 2
    rounds, seconds, stream_seconds = (2, 1, 6) if quick else (5, 3, 60)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = sys.executable
        mock_command = [python, "-m", "helpers", "serve", "--port"]
        with serve("the mock", lambda port: [*mock_command, str(port)]) as mock:
            reply, chunks = folder / "reply.json", folder / "chunks"
            reply.write_bytes(mock.send(body(QUESTION)))
            events = mock.send(body(QUESTION, stream=True))
            chunks.write_bytes(events.replace(b"\n\n", b"\n"))
            bare_command = [python, "-c", BARE]
            with serve(
                "bare uvicorn", lambda port: [*bare_command, str(port), str(reply), str(chunks)]
            ) as bare:
                command = aimock(folder)
                if command is None:
                    measure(rounds, seconds, folder, mock, bare, None, found)
                else:
                    with serve("aimock", command, "/v1/chat/completions") as other:
                        measure(rounds, seconds, folder, mock, bare, other, found)
            done, count, memory = asyncio.run(streams(mock, stream_seconds))
            print(f"\n64 streams at once for {stream_seconds} s: {done} whole, {count} chunks,")
            print(f"none lost, reordered or mixed up; {memory:.0f} MB")
            found["memory under 64 streams, MB"] = memory
            costs = cost_of_length(mock)
            for size, cost in costs.items():
                print(f"a request of {size:>9,} bytes: {cost:.3f} µs a byte")
            small, large = list(costs.values())[1:]
            found["cost of a byte at 600 kB, of one at 100 kB"] = large / small
        request = (PATH, body(QUESTION), HEADERS)
        started = [
            float(
                subprocess.run(
                    [python, "-c", START.format(request=request)],
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
            )
            for _ in range(rounds)
        ]
        found["start to first reply, ms"] = statistics.median(started)
    print()
    missed = False
    for what, bound in BOUNDS.items():
        if what in found:
            met = found[what] <= bound
            missed = missed or not met
            print(
                f"{'ok    ' if met else 'MISSED'} {found[what]:8.2f}  (at most {bound:g})  {what}"
            )
    return int(missed)


def measure(
    rounds: int,
    seconds: float,
    folder: Path,
    mock: Server,
    bare: Server,
    other: Server | None,
    found: dict[str, float],
) -> None:
    """Requests a second and CPU time, interleaved, at 1, 16 and 64 connections."""
    rows = [(bare, False, "bare uvicorn"), (mock, False, "the mock, a repeated request")]
    rows.append((mock, True, "the mock, unseen requests"))
    if other is not None:
        rows.append((other, True, "aimock"))
    cpu: dict[str, float] = {}
    for connections in (1, 16, 64):
        loads: dict[str, list[Load]] = {label: [] for _, _, label in rows}
        for _ in range(rounds):
            for server, unseen, label in rows:
                loads[label].append(load(server, connections, seconds, unseen, folder))
        print(f"\n{connections} connection{'s' if connections > 1 else ''}")
        for label, each in loads.items():
            rate = statistics.median(one.per_second for one in each)
            used = statistics.median(one.cpu_us for one in each)
            print(f"  {label:30} {rate:9,.0f} requests/s  {used:7.1f} µs CPU each")
            if connections == 16:
                cpu[label] = used
    plain = cpu["bare uvicorn"]
    found["CPU of a repeated request, of the bare application's"] = (
        cpu["the mock, a repeated request"] / plain
    )
    found["CPU of an unseen request, of the bare application's"] = (
        cpu["the mock, unseen requests"] / plain
    )
    if other is not None:
        found["CPU of an unseen request, of aimock's"] = (
            cpu["the mock, unseen requests"] / cpu["aimock"]
        )
    said = [{"role": ("user", "assistant")[i % 2], "content": f"Fact {i}."} for i in range(38)]
    known = json.loads((ROOT / "tests/unit/corpus/tools.json").read_text(encoding="utf-8"))
    tools = [{"type": "function", "function": each} for each in [*known.values()][:20]]
    for what, more in zip([*BOUNDS][-2:], ({"earlier": said}, {"tools": tools}), strict=True):
        ratios = []
        for _ in range(rounds):
            both = [load(mock, 16, seconds, True, folder, **each).cpu_us for each in (more, {})]
            ratios.append(both[0] / both[1])
        found[what] = statistics.median(ratios)
    first: dict[str, list[float]] = {"bare": [], "mock": []}
    for _ in range(rounds):
        first["bare"].append(first_byte_ms(bare, 100))
        first["mock"].append(first_byte_ms(mock, 100))
    bare_ms, mock_ms = (statistics.median(each) for each in first.values())
    print(
        f"\nfirst streamed byte of an unseen request: bare {bare_ms:.2f} ms, mock {mock_ms:.2f} ms"
    )
    found["time to the first streamed byte, of the bare application's"] = mock_ms / bare_ms


if __name__ == "__main__":
    sys.exit(main())
