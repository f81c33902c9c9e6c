"""What holds for every path: keys, errors in Clarifai's shape, the same bytes every time."""

import gzip
import json
import socket
from typing import Any

import pytest
from openai import OpenAI

from helpers.faults import fault
from helpers.mock import MOCK_PAT, Mock, start
from helpers.mock.application import Application
from helpers.mock.native import door
from tests.contract.wire import Reply, send

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
QUESTION = {"model": MODEL, "messages": [{"role": "user", "content": "Who are you?"}]}


@pytest.mark.parametrize("scheme", ["Bearer", "Key"])
def test_both_schemes_are_taken(mock: Mock, scheme: str) -> None:
    assert send(mock, QUESTION, authorization=f"{scheme} {MOCK_PAT}").status == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", 11102),
        ("Bearer ", 11102),
        (MOCK_PAT, 11102),
        (f"key {MOCK_PAT}", 11102),
        (f"Basic {MOCK_PAT}", 11102),
        ("Bearer not-a-key", 11008),
        (f"Key {MOCK_PAT}0", 11008),
    ],
)
def test_a_missing_or_malformed_key_is_401_in_clarifais_flat_shape(
    mock: Mock, header: str, code: int
) -> None:
    reply = send(mock, QUESTION, authorization=header)
    assert (reply.status, reply.json()["code"]) == (401, code)
    assert set(reply.json()) == {"code", "description", "details", "req_id"}
    assert "not-a-key" not in reply.body.decode()


def test_a_malformed_key_is_refused_also_after_the_same_request_was_answered(
    mock: Mock,
) -> None:
    assert send(mock, QUESTION).status == 200
    assert send(mock, QUESTION, authorization="Bearer nobody").status == 401


@pytest.mark.parametrize(
    "name",
    [
        MODEL,
        f"http://clarifai.com/{MODEL.partition('.com/')[2]}",
        f"{MODEL}/versions/{'ab' * 16}",
        "openai/chat-completion/models/gpt-oss-120b",
        f"openai/chat-completion/models/gpt-oss-120b/versions/{'0' * 32}",
        "gpt-oss-120b",
    ],
)
def test_a_model_is_named_by_url_or_short_form_with_or_without_a_version(
    mock: Mock, name: str
) -> None:
    reply = send(mock, QUESTION | {"model": name})
    assert (reply.status, reply.json()["model"]) == (200, "gpt-oss-120b")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("openai/chat-completion/models/gpt-oss-12b", "gpt-oss-120b"),
        ("OpenAI/chat-completion/models/gpt-oss-120b", "openai/chat-completion"),
        ("gpt-4o", "USER/APP/models/MODEL"),
        ("openai/any/models/whisper", "/models lists them"),
        ("openai/chat-completion/gpt-oss-120b", "'models' is missing"),
        ("openai/openai/chat-completion/models/gpt-4o", "LiteLLM"),
        ("clarifai/openai.chat-completion.gpt-4o", "'models' is missing"),
        ("https://clarifai.com/clarifai/main/workflows/General", "a workflow is not a model"),
        (f"{MODEL}/versions/1", "32 hexadecimal digits"),
        ("", "USER/APP/models/MODEL"),
    ],
)
def test_an_unknown_model_is_404_and_says_what_would_be_known(
    mock: Mock, name: str, hint: str
) -> None:
    reply = send(mock, QUESTION | {"model": name})
    assert (reply.status, reply.json()["code"]) == (404, 21200)
    assert hint in reply.json()["details"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"model": 1}', b"{}", b'"a"']
)
def test_a_body_that_is_no_request_is_400(mock: Mock, body: bytes) -> None:
    reply = send(mock, body)
    assert (reply.status, reply.json()["code"]) == (400, 11100)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "robot", "content": "hi"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"n": 10**9}, "n"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools.0.function.name"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"stop": [1]}, "stop.0"),
    ],
)
def test_a_field_that_does_not_fit_is_400_and_named(
    mock: Mock, change: dict[str, Any], field: str
) -> None:
    reply = send(mock, QUESTION | change)
    assert reply.status == 400
    assert reply.json()["details"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/audio/speech"), ("GET", "/chat/completions"), ("DELETE", "/x"), ("POST", "/")],
)
def test_any_other_path_is_404_in_clarifais_shape(mock: Mock, method: str, path: str) -> None:
    reply = send(mock, QUESTION, path=path, method=method)
    assert (reply.status, reply.json()["code"]) == (404, 11101)


@pytest.mark.parametrize("streamed", [False, True])
def test_the_same_request_gives_the_same_bytes_also_from_another_server(
    mock: Mock, streamed: bool
) -> None:
    request = QUESTION | {"stream": streamed}
    with start() as other:
        replies = [send(server, request) for server in (mock, mock, other)]
    assert len({reply.body for reply in replies}) == 1
    assert len({tuple(sorted(reply.headers.items())) for reply in replies}) == 1
    changed = send(mock, request | {"temperature": 0.5})
    assert changed.body != replies[0].body, "ids come from the request"


def test_a_reply_says_that_a_mock_made_it(mock: Mock) -> None:
    assert send(mock, QUESTION).headers["server"] == "clarifai-mock"


def test_a_request_id_prefix_is_kept_in_errors(mock: Mock) -> None:
    reply = send(mock, b"{", x_clarifai_request_id_prefix="notebook")
    prefix, _, digits = reply.json()["req_id"].partition("-")
    assert (prefix, len(digits)) == ("notebook", 32)


def browser(mock: Mock, method: str, origin: str, path: str = "/chat/completions") -> Reply:
    asked = "authorization,content-type" if method == "OPTIONS" else ""
    return send(
        mock,
        b"" if method == "OPTIONS" else QUESTION,
        path,
        method,
        origin=origin,
        access_control_request_headers=asked,
    )


def test_a_page_of_this_machine_or_of_a_named_origin_may_use_it(mock: Mock) -> None:
    local, named = "http://app.localhost:3000", "https://docs.example.org"
    with start(origins=["HTTPS://Docs.example.org/"]) as other:
        for server, origin in ((mock, local), (other, local), (other, named)):
            first = browser(server, "OPTIONS", origin)
            assert first.status == 204
            assert first.headers["access-control-allow-origin"] == origin
            assert "authorization" in first.headers["access-control-allow-headers"]
            assert "DELETE" in first.headers["access-control-allow-methods"]
            assert first.headers["access-control-allow-private-network"] == "true"
            reply = browser(server, "POST", origin)
            assert reply.status == 200
            assert reply.headers["access-control-allow-origin"] == origin
    for method in ("OPTIONS", "POST"):
        stranger = browser(mock, method, "https://evil.example.org")
        assert "access-control-allow-origin" not in stranger.headers


@pytest.mark.parametrize(
    "origin", ["", "docs.example.org", "https://a.example.org/path", "https://*.example.org"]
)
def test_what_no_page_has_for_its_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin, such as https://"):
        start(origins=[origin])


def test_a_refusal_can_be_read_by_a_page_too(mock: Mock) -> None:
    reply = send(mock, b"{", origin="http://localhost:3000")
    assert reply.status == 400
    assert reply.headers["access-control-allow-origin"] == "http://localhost:3000"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/models"), ("POST", "/nothing"), ("PUT", "/chat/completions"), ("GET", "/models")],
)
def test_a_body_that_is_too_large_is_refused_whatever_the_path(
    mock: Mock, method: str, path: str
) -> None:
    reply = send(mock, b" " * (33 * 1024 * 1024), path, method)
    assert (reply.status, reply.json()["code"]) == (413, 40033)


def test_a_byte_order_mark_before_the_body_is_let_pass(mock: Mock) -> None:
    assert send(mock, b"\xef\xbb\xbf" + json.dumps(QUESTION).encode()).status == 200


@pytest.mark.parametrize("body", ["{}".encode("utf-16-le"), gzip.compress(b"{}", mtime=0)])
def test_a_body_that_is_not_utf_8_is_told_so(mock: Mock, body: bytes) -> None:
    refused = send(mock, body)
    assert refused.status == 400 and "not UTF-8" in refused.json()["details"]


def test_it_listens_on_ipv6_as_well() -> None:
    try:
        # By itself, so that a mock that cannot listen there fails.
        with socket.socket(socket.AF_INET6) as plain:
            plain.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with start(host="::1") as server, OpenAI(base_url=server.base_url, api_key=MOCK_PAT) as client:
        assert client.models.list().data


def test_another_voice_says_the_same_in_other_words(mock: Mock) -> None:
    with start(voice="a") as one, start(voice="b") as other:
        texts = [
            send(server, QUESTION).json()["choices"][0]["message"]["content"]
            for server in (mock, one, one, other)
        ]
    assert texts[1] == texts[2], "a voice is steady"
    assert len({texts[0], texts[1], texts[3]}) == 3
    assert "ChatGPT" in texts[1]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /v2/x HTTP/1.1\r\nHo",
        b"POST /v2/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    ],
)
def test_who_owes_a_request_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.2)
    with start() as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(sent)
        connection.settimeout(60)
        assert connection.recv(1) == b"", "the server closes it"


def test_a_reply_that_takes_its_time_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    # Twice as long, a busy machine has time to send the request.
    monkeypatch.setattr(door, "PATIENCE", 0.5)
    with start() as server, fault("slow_first_token", seconds=2, mock=server.url):
        assert send(server, QUESTION).status == 200


def test_what_is_remembered_of_many_requests_is_bounded() -> None:
    replies = Application()._replies
    for number in range(20_000):
        replies.keep(("/x", b"", b"", str(number).encode()), ({}, []), 1_400)
    assert 0 < len(replies) < 8_000


def test_a_taken_port_is_an_os_error(mock: Mock) -> None:
    with pytest.raises(OSError):
        start(port=mock.port)


def test_a_closed_mock_frees_its_port() -> None:
    with start() as server:
        port = server.port
    with start(port=port) as again:
        assert send(again, QUESTION).status == 200
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
