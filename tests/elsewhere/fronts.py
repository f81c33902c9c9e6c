"""What stands between a suite and the mock, where the suite has another key or other names."""

import asyncio
import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.mock import MOCK_PAT, OPENAI_PATH

KEY = (b"authorization", f"Bearer {MOCK_PAT}".encode())
MODELS = {
    "chat/completions": "openai/chat-completion/models/gpt-oss-120b",
    "responses": "openai/chat-completion/models/gpt-oss-120b",
    "embeddings": "openai/embed/models/text-embedding-3-small",
    "images/generations": "xai/image-generation/models/grok-2-image-1212",
}
"""For each API, the model in the place of OpenAI's own, which Clarifai may not have."""


def with_key(app: ASGIApp) -> ASGIApp:
    """Each request has the mock's key, whatever it came with."""

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        others = [each for each in scope["headers"] if each[0] != KEY[0]]
        await app({**scope, "headers": [*others, KEY]}, receive, send)

    return front


def with_models(app: ASGIApp) -> ASGIApp:
    """Each request to an API of the mock is for a model that the mock has."""

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        model = MODELS.get(scope["path"].removeprefix(OPENAI_PATH + "/"))
        if not model or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        body = await _whole(receive)
        with suppress(TypeError, ValueError):  # What is no object is for the mock to refuse.
            body = json.dumps(json.loads(body) | {"model": model}).encode()
        length = (b"content-length", str(len(body)).encode())
        others = [each for each in scope["headers"] if each[0] != length[0]]
        messages: Iterator[Message] = iter(({"type": "http.request", "body": body},))

        async def again() -> Message:
            return next(messages, None) or await receive()

        await app({**scope, "headers": [*others, length]}, again, send)

    return front


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


@contextmanager
def encrypted(port: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """A port of this machine that is `port` by TLS, for HTTP and gRPC, and its certificate.

    The certificate and its key, made by openssl, are put into the folder.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", names, "-keyout", str(key)]
    subprocess.run([*command, "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2", "http/1.1"])

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(reader, back), _pump(there, writer), return_exceptions=True)

    loop = asyncio.new_event_loop()
    listening = asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    server = loop.run_until_complete(listening)
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1], certificate
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Hang up on everybody: what is left waiting would be ended by Python, and complain."""
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
