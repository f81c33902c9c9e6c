"""Models that call the tools of servers by themselves, as Clarifai's own class for them does."""

import json
import logging
import re
from typing import Any

import pytest
from openai import BadRequestError, OpenAI

from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from tests.contract.generated import CHAT, RESPONSES
from tests.contract.test_openai_model_class import set_fields
from tests.contract.wire import send

AGENT = "clarifai/agentic-model/models/gpt-oss-20b"
PLAIN = "openai/chat-completion/models/gpt-4o"
PATH = "/v2/ext/mcp/v1/users/clarifai/apps/mcp/models/"
SITE = "https://clarifai.com/clarifai/mcp/models/"
QUESTIONS = ["What is the weather in London?", "What is 6 multiplied by 7?", "Who are you?"]


def chat(question: str, *servers: str, **options: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}]
    return {"model": AGENT, "messages": messages, "mcp_servers": list(servers), **options}


def text(mock: MockServer, body: dict[str, Any]) -> str:
    reply = send(mock, body)
    assert reply.status == 200, reply.body
    message = reply.json()["choices"][0]["message"]
    assert not message["tool_calls"]
    return str(message["content"])


def events(body: bytes) -> list[Any]:
    data = [line[6:] for line in body.decode().splitlines() if line.startswith("data: ")]
    return [json.loads(each) for each in data if each != "[DONE]"]


def without_ids(told: list[Any]) -> Any:
    """Events without ids: the class sends calls back with other nulls, and so gets other ids."""
    return json.loads(re.sub(r"(resp|msg|rs|fc)_[0-9a-f]+", r"\1", json.dumps(set_fields(told))))


# --- the oracle: Clarifai's class, in front of the mock ---


@pytest.fixture(scope="module")
def wrapped(mock: MockServer) -> Any:
    from clarifai.runners.models.agentic_class import AgenticModelClass

    class Wrapped(AgenticModelClass):
        client = OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0)
        model = AGENT

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_PAT", MOCK_PAT)
        yield Wrapped()


def servers(mock: MockServer) -> list[str]:
    return [mock.url + PATH + name for name in ("mcp-server-weather", "math-mcp-server")]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_whole_chat_is_that_of_the_class(mock: MockServer, wrapped: Any, question: str) -> None:
    body = chat(question, *servers(mock), max_tokens=500)
    theirs = json.loads(wrapped.openai_transport(json.dumps(body)))
    assert set_fields(theirs) == set_fields(send(mock, body).json())


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_streamed_chat_is_that_of_the_class(
    mock: MockServer, wrapped: Any, question: str
) -> None:
    body = chat(question, *servers(mock), stream=True)
    theirs = [json.loads(each) for each in wrapped.openai_stream_transport(json.dumps(body))]
    assert set_fields(theirs) == set_fields(events(send(mock, body).body))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_response_is_that_of_the_class(
    mock: MockServer, wrapped: Any, question: str, stream: bool
) -> None:
    body = {"model": AGENT, "input": question, "mcp_servers": servers(mock), "stream": stream}
    msg = json.dumps(body | {"openai_endpoint": "/responses"})
    ours = send(mock, body, "/responses")
    if stream:
        theirs = [json.loads(each) for each in wrapped.openai_stream_transport(msg)]
        assert without_ids(theirs) == without_ids(events(ours.body))
    else:
        assert set_fields(json.loads(wrapped.openai_transport(msg))) == set_fields(ours.json())


# --- what it does ---


@pytest.mark.parametrize(
    ("server", "question", "told"),
    [
        ("mcp-server-weather", "What is the weather in London?", "15"),
        ("math-mcp-server", "What is 6 multiplied by 7?", "42"),
    ],
)
@pytest.mark.parametrize("site", [True, False])
def test_the_answer_is_what_a_tool_said(
    mock: MockServer, server: str, question: str, told: str, site: bool
) -> None:
    url = SITE + server if site else mock.url + PATH + server
    assert told in text(mock, chat(question, url))


def test_the_native_route_calls_the_same_tools(mock: MockServer) -> None:
    from clarifai.client import Model

    model = Model("https://clarifai.com/" + AGENT, base_url=mock.url, pat=MOCK_PAT)
    body = chat("What is the weather in London?", SITE + "mcp-server-weather")
    reply = model.openai_transport(msg=json.dumps(body))
    assert "15" in json.loads(reply)["choices"][0]["message"]["content"]


def test_tools_of_the_request_come_first_and_servers_are_not_asked(mock: MockServer) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
    body = chat("What is the weather in London?", SITE + "mcp-server-weather", tools=[tool])
    (call,) = send(mock, body).json()["choices"][0]["message"]["tool_calls"]
    assert call["function"]["name"] == "get_weather"


@pytest.mark.parametrize("almanac_first", [True, False])
def test_the_first_server_wins_a_name(mock: MockServer, almanac_first: bool) -> None:
    names = ["almanac-mcp-server", "mcp-server-weather"]
    urls = [SITE + name for name in (names if almanac_first else names[::-1])]
    told = text(mock, chat("What is the weather in London?", *urls))
    assert ("almanac" in told) == almanac_first


@pytest.mark.parametrize(
    "url",
    [SITE + "no-such-server", "http://127.0.0.1:9/mcp", "https://example.com/mcp", "nowhere"],
)
def test_a_server_that_cannot_be_reached_is_logged_and_the_model_answers_without(
    mock: MockServer, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    with caplog.at_level(logging.ERROR, logger="helpers.mock.mcp.connect"):
        told = text(mock, chat("Who are you?", url))
    assert told == text(mock, {"model": AGENT, "messages": chat("Who are you?")["messages"]})
    assert f"Failed to connect to {url}" in caplog.text


@pytest.mark.parametrize("site", [True, False])
def test_a_server_that_the_mock_was_given_is_asked(mock: MockServer, site: bool) -> None:
    below = "/v2/ext/mcp/v1/users/me/apps/tools/models/notes"
    url = "https://clarifai.com/me/tools/models/notes" if site else mock.url + below
    assert "tidied" in text(mock, chat("Find the note about the attic.", url))


def test_a_server_of_somebody_elses_on_this_machine_is_asked(mock: MockServer) -> None:
    from helpers.mock import start

    with start() as other:
        url = other.url + PATH + "mcp-server-weather"
        assert "15" in text(mock, chat("What is the weather in London?", url))


def test_a_model_that_is_not_agentic_refuses_servers(client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(
            model=PLAIN,
            messages=[{"role": "user", "content": "Hi"}],
            extra_body={"mcp_servers": [SITE + "mcp-server-weather"]},
        )
    assert "mcp_servers" in caught.value.response.text


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("messages", [{}, {"messages": None}, {"messages": 5}])
def test_a_request_without_messages_is_refused_by_name(
    mock: MockServer, stream: bool, messages: Any
) -> None:
    servers = {"mcp_servers": [SITE + "mcp-server-weather"]}
    reply = send(mock, {"model": AGENT, "stream": stream} | servers | messages)
    assert reply.status == 400
    assert reply.json()["details"].startswith("messages: ")


@pytest.mark.parametrize("path", [CHAT, RESPONSES])
def test_what_a_later_turn_of_a_stream_cannot_hold_is_said_in_it(
    mock: MockServer, path: str
) -> None:
    body = chat("What is the weather in London?", SITE + "mcp-server-weather", stream=True)
    rules = "word " * 130_920
    if path == CHAT:
        body["messages"] = [{"role": "system", "content": rules}, *body["messages"]]
    else:
        body |= {"input": body.pop("messages"), "instructions": rules}
    reply = send(mock, body, path)
    assert reply.status == 200, reply.body
    first, *_, last = events(reply.body)
    assert first.get("choices") or first["type"] == "response.created"
    assert last["code"] == 21313 and "maximum context length" in last["details"]


@pytest.mark.parametrize("wrong", [5, [5], {"url": "x"}])
def test_what_is_no_address_is_refused(mock: MockServer, wrong: Any) -> None:
    reply = send(mock, chat("Hi") | {"mcp_servers": wrong})
    assert reply.status == 400
    assert reply.json()["details"].startswith("mcp_servers: ")


def test_a_loop_without_end_has_one(mock: MockServer) -> None:
    body = chat("Hi", SITE + "mcp-server-weather", tool_choice="required")
    reply = send(mock, body)
    assert reply.status == 400 or reply.json()["choices"][0]["message"]["content"]
