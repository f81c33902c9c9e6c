"""Whatever a client does to its connection, or nests in a body, others get their replies."""

import http.client
import json
import re
import socket
from collections.abc import Iterable

import pytest

from helpers.mock import MOCK_PAT, OPENAI_PATH
from helpers.mock.server import MockServer
from tests.contract.generated import APIS, CHAT, EMBEDDINGS, IMAGES, RESPONSES, SEES, WHO, post
from tests.contract.wire import send

# Things that only a broken or hostile client does


def nested(depth: int) -> str:
    """A JSON schema, as text: Python's own encoder does not go as deep as an attacker may."""
    opening = '{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":'
    return opening * depth + '{"type":"string"}' + "}}" * depth


@pytest.mark.parametrize("depth", [20, 60, 95, 1000, 100_000])
@pytest.mark.parametrize(
    ("path", "rest"),
    [
        (CHAT, """"tools": [{"type": "function", "function":
            {"name": "f", "strict": true, "parameters": @}}]"""),
        (CHAT, """"tool_choice": "required", "tools": [{"type": "function", "function":
            {"name": "f", "parameters": @}}]"""),
        (CHAT, """"response_format":
            {"type": "json_schema", "json_schema": {"name": "x", "schema": @}}"""),
        (CHAT, '"metadata": @'),
        (RESPONSES, """"tool_choice": "required", "tools":
            [{"type": "function", "name": "f", "strict": true, "parameters": @}]"""),
        (RESPONSES, '"text": {"format": {"type": "json_schema", "name": "x", "schema": @}}'),
        (RESPONSES, '"metadata": {"a": @}'),
        (EMBEDDINGS, '"user": @'),
        (IMAGES, '"svg": @'),
    ],
)  # fmt: skip
def test_deep_nesting_is_answered_or_refused(
    mock: MockServer, path: str, rest: str, depth: int
) -> None:
    least = json.dumps(APIS[path][1])[:-1]
    reply = send(mock, f"{least}, {rest}}}".replace("@", nested(depth)).encode(), path)
    assert reply.status in (200, 400), reply.body
    assert is_well(mock)


def connect(mock: MockServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", mock.port), timeout=10)


def head(length: int, path: str = CHAT) -> bytes:
    return (
        f"POST {OPENAI_PATH}{path} HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: Key {MOCK_PAT}\r\ncontent-length: {length}\r\n\r\n"
    ).encode()


def is_well(mock: MockServer) -> bool:
    return send(mock, {"model": SEES, "messages": WHO}).status == 200


@pytest.mark.parametrize("path", APIS)
@pytest.mark.parametrize("sent", [b"", b'{"model": "', b'{"model": "\xff'])
def test_half_a_body_disturbs_nobody(mock: MockServer, path: str, sent: bytes) -> None:
    with connect(mock) as connection:
        connection.sendall(head(1000, path) + sent)
        assert is_well(mock), "while it waits for the rest"
    assert is_well(mock), "and when the rest never comes"


def test_a_client_that_hangs_up_in_a_stream_disturbs_nobody(mock: MockServer) -> None:
    said = "Repeat exactly: " + "again and " * 3000
    body = {"model": SEES, "messages": [{"role": "user", "content": said}], "stream": True}
    raw = json.dumps(body).encode()
    for _ in range(5):
        with connect(mock) as connection:
            connection.sendall(head(len(raw)) + raw)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert is_well(mock)
    whole = post(mock, CHAT, body)
    assert whole.body.endswith(b"data: [DONE]\n\n"), (
        "what was left early is not remembered as whole"
    )


def test_a_client_that_does_not_read_does_not_hold_up_another(mock: MockServer) -> None:
    said = "Repeat exactly: " + "again and " * 5000
    body = {"model": SEES, "messages": [{"role": "user", "content": said}], "stream": True}
    raw = json.dumps(body).encode()
    with connect(mock) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head(len(raw)) + raw)
        for _ in range(10):
            assert is_well(mock)


@pytest.mark.parametrize("declared", [True, False])
def test_a_gigantic_body_is_413_and_disturbs_nobody(mock: MockServer, declared: bool) -> None:
    size = 33 * 1024 * 1024
    chunk = b" " * (1 << 20)

    def body() -> Iterable[bytes]:
        yield from [chunk] * (size // len(chunk))

    connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=30)
    headers = {"authorization": f"Key {MOCK_PAT}"}
    headers |= {"content-length": str(size)} if declared else {"transfer-encoding": "chunked"}
    connection.request("POST", OPENAI_PATH + CHAT, body(), headers, encode_chunked=not declared)
    reply = connection.getresponse()
    assert (reply.status, json.loads(reply.read())["code"]) == (413, 40033)
    connection.close()
    assert is_well(mock)


def test_a_large_body_is_read(mock: MockServer) -> None:
    message = {"role": "user", "content": "word " * 400_000}
    roomy = "openai/chat-completion/models/gpt-4_1"
    assert post(mock, CHAT, {"model": roomy, "messages": [message]}).status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        head(-1),
        head(5) + b"{}",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /\xff\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /%00%ff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
    ],
)
def test_what_is_no_http_disturbs_nobody(mock: MockServer, raw: bytes) -> None:
    with connect(mock) as connection:
        connection.settimeout(0.2)
        try:
            connection.sendall(raw)
            assert not re.match(rb"HTTP/1.1 5\d\d", connection.recv(100))
        except OSError:
            pass  # Hung up on, or left to wait for the rest.
    assert is_well(mock)


def test_bad_clients_all_at_once_leave_a_good_one_its_replies(mock: MockServer) -> None:
    bad = [connect(mock) for _ in range(100)]
    try:
        for connection in bad:
            connection.sendall(head(100) + b'{"model"')
        replies = set()
        for connection in bad[:30]:
            connection.close()
            replies.add(send(mock, {"model": SEES, "messages": WHO}).body)
    finally:
        for connection in bad:
            connection.close()
    assert len(replies) == 1
