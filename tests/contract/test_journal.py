"""What was asked of the mock can be read from it: by whoever asked, and without secrets."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from helpers.control import control
from helpers.mock import MOCK_PAT, OPENAI_PATH, Mock, start
from helpers.mock.fixture import ClarifaiMock
from tests.contract.wire import send

MODEL = "openai/chat-completion/models/gpt-oss-120b"
OTHER_KEY = "1" * 32


@pytest.fixture
def mock() -> Iterator[Mock]:
    with start() as server:
        yield server


def question(text: str, **options: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **options}


def asked(mock: Mock, key: str = MOCK_PAT, method: str = "GET") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = control(mock.url, key, method, "/_mock/requests")["requests"]
    return listed


def test_the_requests_of_a_key_are_listed_in_order_with_their_statuses(mock: Mock) -> None:
    send(mock, question("Who are you?"))
    send(mock, {"model": MODEL})
    send(mock, b"", "/models", "GET")
    send(mock, question("And I?"), authorization=f"Key {OTHER_KEY}")
    assert [(each["method"], each["path"], each["status"]) for each in asked(mock)] == [
        ("POST", OPENAI_PATH + "/chat/completions", 200),
        ("POST", OPENAI_PATH + "/chat/completions", 400),
        ("GET", OPENAI_PATH + "/models", 200),
    ]
    assert asked(mock)[0]["body"] == question("Who are you?")
    assert "body" not in asked(mock)[2]
    [other] = asked(mock, OTHER_KEY)
    assert other["body"] == question("And I?")


def test_half_a_surrogate_pair_is_listed_as_it_was_sent(mock: Mock) -> None:
    send(mock, question("cut \ud83d"))
    assert asked(mock)[0]["body"] == question("cut \ud83d")


def test_requests_are_forgotten_by_key(mock: Mock) -> None:
    send(mock, question("Who are you?"))
    send(mock, question("Who am I?"), authorization=f"Bearer {OTHER_KEY}")
    assert len(asked(mock, method="DELETE")) == 1
    assert asked(mock) == []
    assert len(asked(mock, OTHER_KEY)) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (question("hi", metadata={"api_key": "SECRET"}), "/chat/completions"),
        (question("My password=SECRET, keep it."), "/chat/completions"),
        (question("hi", user=json.dumps({"client_secret": "SECRET"})), "/chat/completions"),
        (question(f"I sent it as {OTHER_KEY}"), "/chat/completions"),
        (b"not JSON, and token=SECRET", "/chat/completions"),
        (b"", "/models?api_key=SECRET"),
    ],
)
def test_no_secret_is_shown(mock: Mock, body: dict[str, Any] | bytes, path: str) -> None:
    send(mock, body, path, authorization=f"Bearer {OTHER_KEY}")
    shown = json.dumps(asked(mock, OTHER_KEY))
    assert OPENAI_PATH in shown
    assert "SECRET" not in shown.replace("<SECRET>", "")
    assert OTHER_KEY not in shown


@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.example"}, {"authorization": ""}, {"authorization": "Bearer not-a-key"}],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_only_a_program_of_this_machine_with_a_key_may_look(
    mock: Mock, headers: dict[str, str], method: str
) -> None:
    send(mock, question("Who are you?"))
    connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=10)
    wanted = {"authorization": f"Bearer {MOCK_PAT}"} | headers
    connection.request(method, "/_mock/requests", headers=wanted)
    response = connection.getresponse()
    assert response.status in (401, 403)
    assert b"Who are you" not in response.read()
    connection.close()
    assert len(asked(mock)) == 1


def test_what_is_kept_is_bounded_in_number_and_in_size(mock: Mock) -> None:
    for number in range(20):
        send(mock, question(f"{number}" + "x" * 60_000), "/nowhere")
    kept = sum(each["bytes"] for each in asked(mock))
    assert 400_000 < kept <= 512 * 1024
    send(mock, question("x" * 70_000), "/nowhere")
    assert asked(mock)[-1]["bytes"] > 70_000
    assert "body" not in asked(mock)[-1]
    for _ in range(1_100):
        send(mock, b"", "/nowhere", "GET")
    assert len(asked(mock)) == 1_000


def test_what_a_fault_struck_is_listed_too(clarifai_mock: ClarifaiMock) -> None:
    from openai import OpenAI

    clarifai_mock.fault("busy", times=2)
    OpenAI().chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Who are you?"}]
    )
    listed = clarifai_mock.requests()
    assert [each["status"] for each in listed] == [429, 429, 200]
    assert {each["body"]["model"] for each in listed} == {MODEL}


def test_a_connection_that_is_dropped_has_no_status(clarifai_mock: ClarifaiMock) -> None:
    import openai

    clarifai_mock.fault("drop_before", times=1)
    with pytest.raises(openai.APIConnectionError):
        openai.OpenAI(max_retries=0).models.list()
    [only] = clarifai_mock.requests()
    assert only["status"] is None
