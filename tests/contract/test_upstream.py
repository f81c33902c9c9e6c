"""The mock before a real model: chats are that model's, and all else is the mock's."""

from collections.abc import Iterator
from typing import Any

import pytest

from helpers.faults import fault
from helpers.mock import BEFORE_A_MODEL, Mock, start
from tests.contract.upstream import SSE, Upstream, delta
from tests.contract.wire import send

CHAT = "openai/chat-completion/models/gpt-4o"
HELLO: dict[str, Any] = {"model": CHAT, "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture
def before(upstream: Upstream) -> Iterator[Mock]:
    upstream.answer(b'{"from": "the model"}')
    with start(upstream=upstream.url) as server:
        yield server


@pytest.mark.parametrize(
    ("path", "body"),
    [("/chat/completions", HELLO), ("/responses", {"model": CHAT, "input": "Hi"})],
)
def test_a_chat_is_answered_by_the_model(
    before: Mock, upstream: Upstream, path: str, body: dict[str, Any]
) -> None:
    told = [send(before, body, path) for _ in range(2)]
    assert [each.json() for each in told] == [{"from": "the model"}] * 2
    assert told[0].headers["server"] == BEFORE_A_MODEL
    assert upstream.paths == ["/v1" + path] * 2


def test_a_stream_of_the_model_can_be_cut_by_a_fault(before: Mock, upstream: Upstream) -> None:
    events = [delta(each) for each in "abcd"]
    upstream.answers = [(200, SSE, [b"".join(events)])]
    assert send(before, HELLO | {"stream": True}).body == b"".join(events)
    with fault("error_chunk", after=2, mock=before.base_url):
        cut = send(before, HELLO | {"stream": True}).body
    assert cut.startswith(b"".join(events[:2]) + b'data: {"code":21313')


def test_what_the_mock_refuses_or_serves_by_itself_stays_its_own(
    before: Mock, upstream: Upstream
) -> None:
    with fault("busy", times=1, mock=before.base_url):
        assert send(before, HELLO).json()["code"] == 21354
    assert send(before, HELLO | {"temperature": 9}).status == 400
    assert send(before, HELLO, authorization="").status == 401
    embedder = "openai/embed/models/text-embedding-3-small"
    assert send(before, {"model": embedder, "input": "Hi"}, "/embeddings").json()["data"]
    agent = HELLO | {"model": "clarifai/agentic-model/models/gpt-oss-20b", "mcp_servers": ["x"]}
    assert send(before, agent).json()["choices"]
    assert not upstream.paths


def test_an_error_of_the_model_is_passed_on_and_its_absence_said(
    before: Mock, upstream: Upstream
) -> None:
    upstream.answers = []
    upstream.answer(b'{"error": "no"}', status=418)
    assert send(before, HELLO).status == 418
    with start(upstream="http://127.0.0.1:9/v1") as server:
        told = send(server, HELLO)
    assert (told.status, told.json()["description"]) == (502, "The upstream does not answer")
