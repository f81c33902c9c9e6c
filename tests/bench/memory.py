"""Measure how the memory of `serve` grows over many requests, of which no two are the same.

    nice python -m tests.bench.memory [--requests 200000]

Chats, streams, tools, vectors, responses and refusals, in turn, over a few connections that stay
open. Exits with status 1 when it has grown by more than 30 MB since it stood ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import Any

from helpers.mock import MOCK_PAT, OPENAI_PATH
from tests.bench.server import MODEL, Server, serve

MOST_GROWTH = 30
CONNECTIONS = 8
WARM = 1_000

_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def request(number: int) -> tuple[str, dict[str, Any]]:
    """The path and the body of a request that differs from all others."""
    text = f"Tell me of {number} in {number * 7919 % 1_000_003}"
    chat = {"model": MODEL, "messages": [{"role": "user", "content": text}]}
    return (
        ("/chat/completions", chat),
        ("/chat/completions", {**chat, "stream": True}),
        ("/chat/completions", {**chat, "tools": [_TOOL]}),
        ("/responses", {"model": MODEL, "input": text}),
        (
            "/embeddings",
            {"model": "openai/embed/models/text-embedding-3-small", "input": text},
        ),
        ("/chat/completions", {**chat, "temperature": number}),
        (f"/nowhere/{number}", chat),
    )[number % 7]


async def ask(server: Server, first: int, last: int) -> None:
    """Send the requests of these numbers, over a few connections."""
    numbers = iter(range(first, last))

    async def connection() -> None:
        read, write = await asyncio.open_connection("127.0.0.1", server.port)
        for number in numbers:
            path, body = request(number)
            data = json.dumps(body).encode()
            write.write(
                f"POST {OPENAI_PATH}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: Bearer {MOCK_PAT}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(data)}\r\n\r\n".encode()
                + data
            )
            head = (await read.readuntil(b"\r\n\r\n")).lower()
            assert head.split()[1] in (b"200", b"400", b"404"), head
            if b"content-length: " in head:
                await read.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
            else:
                await read.readuntil(b"\r\n0\r\n\r\n")
        write.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=200_000)
    count = parser.parse_args().requests
    command = [sys.executable, "-m", "helpers", "serve", "--port"]
    with serve("the mock", lambda port: [*command, str(port)]) as server:

        def memory() -> float:
            return float(server.process.memory_info().rss) / 1e6

        started, ready = time.monotonic(), memory()
        asyncio.run(ask(server, 0, WARM))
        warm = memory()
        print(f"ready {ready:.0f} MB; after {WARM:,} requests {warm:.0f} MB", flush=True)
        step = max(count // 8, 1)
        for first in range(WARM, count, step):
            asyncio.run(ask(server, first, min(first + step, count)))
            done = min(first + step, count)
            passed = time.monotonic() - started
            print(f"{done:>9,} requests  {memory():6.1f} MB  {passed:6.0f} s", flush=True)
        grown = memory() - ready
    met = grown <= MOST_GROWTH
    print(f"{'ok' if met else 'MISSED'}: grown by {grown:.1f} MB (at most {MOST_GROWTH})")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
