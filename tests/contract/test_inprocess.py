"""In this process or over a socket: clients get the same bytes, and meet the same failures."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from helpers.faults import fault
from helpers.mock import MOCK_PAT, OPENAI_PATH, Mock, start
from helpers.mock.client import httpx
from helpers.mock.faults import KINDS
from helpers.mock.inprocess import InProcessMock
from helpers.mock.record.probes import PROBES, Probe

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
QUESTION: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Who are you?"}]}
STREAMED = QUESTION | {"stream": True}


@pytest.fixture(scope="module")
def inside() -> Iterator[Mock]:
    with InProcessMock() as mock:
        yield mock


@pytest.fixture(scope="module")
def mocks(inside: Mock) -> Iterator[tuple[Mock, Mock]]:
    """Begun together: what a mock has read before is in its counts of tokens."""
    with start() as served:
        yield served, inside


def raw(mock: Mock, probe: Probe) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = HTTPConnection("127.0.0.1", mock.port, timeout=10)
    # Of a user who asks nothing else: what a server has read before is in its counts of tokens.
    headers = probe.headers("0" * 31 + "2")
    connection.request(probe.method, OPENAI_PATH + probe.path, probe.content(), headers)
    response = connection.getresponse()
    headers_and_body = response.getheaders(), response.read()
    connection.close()
    return response.status, *headers_and_body


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_reply_has_the_same_status_headers_and_bytes(
    probe: Probe, mocks: tuple[Mock, Mock]
) -> None:
    served, inside = (raw(mock, probe) for mock in mocks)
    # A picture's address names the host that was asked.
    places = [f":{mock.port}/".encode() for mock in mocks]
    status, headers, body = inside
    if places[1] in body:
        body = body.replace(places[1], places[0])
        headers = [pair for pair in headers if pair[0] != "content-length"]
        served = (served[0], [p for p in served[1] if p[0] != "content-length"], served[2])
    assert (status, headers, body) == served


FAILURES = (openai.OpenAIError, json.JSONDecodeError, httpx.HTTPError)


LONGER_THAN_PATIENCE = ("stall", "slow_stream")
"""What pauses for longer than a client waits. For all else it waits, on a busy machine as well."""


def outcome(mock: Mock, request: Any, timeout: float = 30) -> tuple[str, str]:
    """What a client shows of a request: the error and its cause, or all that came."""
    with OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0, timeout=timeout) as client:
        try:
            reply = client.chat.completions.create(**request)
            if not request.get("stream"):
                return "reply", reply.model_dump_json()
            return "reply", "".join(chunk.model_dump_json() for chunk in reply)
        except FAILURES as error:
            return type(error).__name__, f"{error} {error.__cause__!r}"


async def outcome_async(mock: Mock, request: Any, timeout: float) -> tuple[str, str]:
    async with AsyncOpenAI(
        base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0, timeout=timeout
    ) as client:
        try:
            reply = await client.chat.completions.create(**request)
            if not request.get("stream"):
                return "reply", reply.model_dump_json()
            return "reply", "".join([chunk.model_dump_json() async for chunk in reply])
        except FAILURES as error:
            return type(error).__name__, str(error)


@pytest.mark.parametrize("request_", [QUESTION, STREAMED], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", KINDS)
def test_a_fault_looks_the_same(name: str, request_: Any, mocks: tuple[Mock, Mock]) -> None:
    shown, shown_async = [], []
    timeout = 0.5 if name in LONGER_THAN_PATIENCE else 30
    for mock in mocks:
        with fault(name, seconds=0.2 if name.startswith("slow") else 0.8, mock=mock.url):
            shown.append(outcome(mock, request_, timeout))
            shown_async.append(asyncio.run(outcome_async(mock, request_, timeout)))
    assert shown[1] == shown[0]
    assert shown_async[1] == shown_async[0]


NATIVE = [
    ("GET", "/v2/models?featured_only=true&per_page=3", None),
    (
        "POST",
        "/v2/users/openai/apps/chat-completion/models/gpt-oss-120b/outputs",
        {"inputs": [{"data": {"text": {"raw": "Who are you?"}}}]},
    ),
    ("POST", "/v2/resource_prices/searches", {}),
    ("GET", "/v2/nothing", None),
    ("GET", "/_mock/requests", None),
]


@pytest.mark.parametrize(("method", "path", "body"), NATIVE, ids=lambda value: str(value)[:40])
def test_the_native_api_and_the_journal_answer_the_same(
    method: str, path: str, body: Any, mocks: tuple[Mock, Mock]
) -> None:
    replies = []
    for mock in (start(), InProcessMock()) if "requests" in path else mocks:
        connection = HTTPConnection("127.0.0.1", mock.port, timeout=10)
        key = {"authorization": f"Key {MOCK_PAT}"}
        connection.request(method, path, None if body is None else json.dumps(body), key)
        response = connection.getresponse()
        replies.append((response.status, response.getheaders(), response.read()))
        connection.close()
    assert replies[1] == replies[0]


def test_a_plain_client_works_while_another_loop_runs(inside: Mock) -> None:
    async def cell() -> str:
        with OpenAI(base_url=inside.base_url, api_key=MOCK_PAT) as client:
            text = "".join(
                chunk.choices[0].delta.content or ""
                for chunk in client.chat.completions.create(**STREAMED)
                if chunk.choices
            )
        await asyncio.sleep(0)
        assert asyncio.current_task() is not None
        return text

    with OpenAI(base_url=inside.base_url, api_key=MOCK_PAT) as client:
        whole = client.chat.completions.create(**QUESTION).choices[0].message.content
    assert asyncio.run(cell()) == whole


def test_a_pause_takes_its_time(inside: Mock) -> None:
    began = time.monotonic()
    with fault("slow_first_token", seconds=0.2, mock=inside.url):
        assert outcome(inside, QUESTION)[0] == "reply"
    assert time.monotonic() - began >= 0.2


def test_two_streams_are_read_by_turns(inside: Mock) -> None:
    with OpenAI(base_url=inside.base_url, api_key=MOCK_PAT) as client:
        first, second = (iter(client.chat.completions.create(**STREAMED)) for _ in range(2))
        pairs = list(zip(first, second, strict=True))
    assert len(pairs) > 5 and all(one == other for one, other in pairs)


def test_a_stream_that_is_left_early_leaves_nothing_behind(inside: Mock) -> None:
    with OpenAI(base_url=inside.base_url, api_key=MOCK_PAT) as client:
        with client.chat.completions.create(**STREAMED) as stream:
            next(iter(stream))
        assert client.chat.completions.create(**QUESTION).choices


def test_urllib_reads_a_picture(inside: Mock) -> None:
    model = "https://clarifai.com/xai/image-generation/models/grok-2-image-1212"
    with OpenAI(base_url=inside.base_url, api_key=MOCK_PAT) as client:
        made = client.images.generate(model=model, prompt="A cat", size="64x64")
    assert made.data
    with urllib.request.urlopen(made.data[0].url or "") as response:
        assert response.read(8) == b"\x89PNG\r\n\x1a\n"


def test_a_closed_one_refuses_as_a_server_that_ended_does() -> None:
    shown = []
    for mock in (start(), InProcessMock()):
        mock.close()
        shown.append(outcome(mock, QUESTION))
    assert shown[0] == shown[1] and shown[0][0] == "APIConnectionError"


GRAPH = """
import sys
import helpers.mock.inprocess
ours = [module for name, module in sys.modules.items() if name.startswith("helpers")]
held = ("socket", "threading", "uvicorn", "grpc", "run_sync", "to_thread", "StaticFiles")
loaded = ("uvicorn", "grpc", "numpy", "PIL", "helpers.mock.server")
print([f"{module.__name__}: {name}" for module in ours for name in held if hasattr(module, name)])
print([name for name in loaded if name in sys.modules])
"""


def test_the_application_stands_on_no_socket_thread_or_server() -> None:
    done = subprocess.run([sys.executable, "-c", GRAPH], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]
