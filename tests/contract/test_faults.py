"""Each fault is what the real client shows of it, strikes only what it should, and then is gone."""

import asyncio
import http.client
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from helpers import endpoint, use_endpoint
from helpers.endpoint import EndpointError
from helpers.faults import fault, kinds, limited, paced
from helpers.mock import MOCK_PAT, OPENAI_PATH, Mock, start
from helpers.mock.faults import KINDS
from helpers.transcript import transcript

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
OTHER = "anthropic/completion/models/claude-sonnet-4"
QUESTION: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Who are you?"}]}
WEATHER: Any = {
    "model": MODEL,
    "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
                "description": "The weather in a city",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
            },
        }
    ],
}

# What a client sees: class, HTTP status, Clarifai's code, and some of the details.
REFUSALS: dict[str, tuple[type[openai.APIStatusError], int, int, str]] = {
    "invalid_key": (openai.AuthenticationError, 401, 11008, "Invalid format of key."),
    "missing_key": (openai.AuthenticationError, 401, 11102, "malformed authorization header"),
    "insufficient_scopes": (openai.PermissionDeniedError, 403, 11007, "insufficient permissions"),
    "rate_limit": (openai.RateLimitError, 429, 11005, "exceeded limit of 15 requests per second"),
    "quota": (openai.RateLimitError, 429, 11004, "exceeded monthly limit"),
    "unknown_model": (openai.NotFoundError, 404, 21200, "Model does not exist"),
    "busy": (openai.RateLimitError, 429, 21354, "retry"),
    "deploying": (openai.InternalServerError, 503, 21351, "retry"),
    "loading": (openai.InternalServerError, 503, 21355, "retry"),
    "not_deployed": (openai.BadRequestError, 400, 21353, "no deployed version was found"),
    "prediction_failed": (openai.BadRequestError, 400, 21313, "Connection error."),
    "legacy_streaming": (openai.BadRequestError, 400, 21202, "only supported for new type"),
}
STREAM_FAULTS = {"drop_midstream", "error_chunk", "stall", "slow_stream"}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with start() as server:
        yield server


@pytest.fixture(scope="module")
def client(mock: Mock) -> Iterator[OpenAI]:
    with OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client:
        yield client


@pytest.fixture
def clumsy(client: OpenAI) -> OpenAI:
    """A client that retries, without the wait between."""
    client = client.with_options(max_retries=2)
    client._calculate_retry_timeout = lambda *_: 0.001  # type: ignore[method-assign]
    return client


def control(
    mock: Mock, method: str, path: str = "", body: Any = None, **headers: str
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=10)
    headers = {"authorization": f"Bearer {MOCK_PAT}"} | headers
    data = None if body is None else json.dumps(body)
    connection.request(method, "/_mock/faults" + path, data, headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def text_of(stream: Iterator[Any]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in stream if c.choices)


# --- the whole reply is another ---


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_raises_the_class_with_clarifais_body(mock, client, name, stream):
    kind, status, code, details = REFUSALS[name]
    expected = client.chat.completions.create(**QUESTION).to_json()
    with fault(name, mock=mock.url), pytest.raises(kind) as caught:
        client.chat.completions.create(**QUESTION, stream=stream)
    error = caught.value
    assert (error.status_code, error.body["code"]) == (status, code)
    body: Any = error.body
    assert body.keys() == {"code", "description", "details", "req_id"}
    assert details in error.body["details"]
    assert "retry-after" not in error.response.headers
    assert client.chat.completions.create(**QUESTION).to_json() == expected


async def test_refusal_is_the_same_for_the_async_client(mock):
    async with AsyncOpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client:
        with fault("busy", mock=mock.url), pytest.raises(openai.RateLimitError) as caught:
            await client.chat.completions.create(**QUESTION)
        assert caught.value.body["code"] == 21354
        assert (await client.chat.completions.create(**QUESTION)).choices


@pytest.mark.parametrize(
    ("name", "status"), [("html_403", 403), ("bad_gateway", 502)], ids=["403", "502"]
)
def test_a_page_of_html_has_no_json_body(mock, client, name, status):
    with fault(name, mock=mock.url), pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(**QUESTION)
    assert caught.value.status_code == status
    assert str(caught.value.body).startswith("<html>")
    assert caught.value.response.headers["content-type"].startswith("text/html")


def test_ok_but_error_raises_nothing_and_has_no_choices(mock, client):
    with fault("ok_but_error", mock=mock.url):
        reply = client.chat.completions.create(**QUESTION)
    assert reply.choices is None
    assert (reply.code, reply.description) == (21313, "Model prediction failed")


def test_native_api_is_refused_in_its_own_shape(mock):
    path = "/v2/users/openai/apps/chat-completion/models/gpt-oss-120b/outputs"
    with fault("busy", model=MODEL, mock=mock.url):
        connection = http.client.HTTPConnection("127.0.0.1", mock.port, timeout=10)
        connection.request("POST", path, "{}", {"authorization": f"Key {MOCK_PAT}"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
    assert (response.status, answer["status"]["code"]) == (429, 21354)


# --- how many, which model, until when ---


def test_client_that_retries_gets_past_two_busy_replies(mock, clumsy):
    with fault("busy", times=2, mock=mock.url) as busy:
        reply = clumsy.chat.completions.create(**QUESTION)
    assert reply.choices[0].message.content
    assert busy.hits == 2


def test_third_busy_reply_is_one_too_many(mock, clumsy):
    with fault("busy", times=3, mock=mock.url) as busy, pytest.raises(openai.RateLimitError):
        clumsy.chat.completions.create(**QUESTION)
    assert busy.hits == 3


def test_prediction_failed_is_not_retried(mock, clumsy):
    with fault("prediction_failed", mock=mock.url) as failed, pytest.raises(openai.BadRequestError):
        clumsy.chat.completions.create(**QUESTION)
    assert failed.hits == 1


def test_fault_for_a_model_leaves_the_others_alone(mock, client):
    with fault("deploying", model="openai/chat-completion/models/gpt-oss-120b", mock=mock.url):
        assert client.chat.completions.create(**QUESTION | {"model": OTHER}).choices
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(**QUESTION)
        with pytest.raises(openai.InternalServerError):
            version = f"{MODEL}/versions/{'a1' * 16}"
            client.chat.completions.create(**QUESTION | {"model": version})


def test_faults_one_after_another_strike_in_their_order(mock, client):
    with fault("loading", times=1, mock=mock.url), fault("busy", times=1, mock=mock.url):
        for expected in (openai.InternalServerError, openai.RateLimitError):
            with pytest.raises(expected):
                client.chat.completions.create(**QUESTION)
        assert client.chat.completions.create(**QUESTION).choices


def test_fault_is_gone_when_the_context_ends_with_an_error(mock, client):
    with pytest.raises(openai.RateLimitError), fault("busy", mock=mock.url):
        client.chat.completions.create(**QUESTION)
    assert client.chat.completions.create(**QUESTION).choices
    assert control(mock, "GET")[1]["faults"] == []


def test_each_of_many_clients_at_once_is_struck_as_often_as_armed(mock, client):
    def ask(_: int) -> bool:
        try:
            return bool(client.chat.completions.create(**QUESTION).choices)
        except openai.RateLimitError:
            return False

    with fault("busy", times=13, mock=mock.url) as busy, ThreadPoolExecutor(16) as pool:
        answered = list(pool.map(ask, range(48)))
    assert (answered.count(False), busy.hits) == (13, 13)


# --- the network ---


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_drop_before_closes_the_connection_without_a_byte(mock, client, stream):
    with fault("drop_before", mock=mock.url), pytest.raises(openai.APIConnectionError) as caught:
        client.chat.completions.create(**QUESTION, stream=stream)
    cause = caught.value.__cause__
    assert type(cause).__name__ == "RemoteProtocolError"
    assert "without sending a response" in str(cause)
    assert client.chat.completions.create(**QUESTION).choices


def test_dropped_request_is_retried_by_the_client(mock, clumsy):
    with fault("drop_before", times=2, mock=mock.url) as drop:
        assert clumsy.chat.completions.create(**QUESTION).choices
    assert drop.hits == 2


@pytest.mark.parametrize("after", [0, 1, 5])
def test_drop_midstream_brings_so_many_chunks_and_then_fails(mock, client, after):
    whole = [c.to_json() for c in client.chat.completions.create(**QUESTION, stream=True)]
    received = []
    with (
        fault("drop_midstream", after=after, mock=mock.url),
        pytest.raises(openai.APIConnectionError) as caught,
    ):
        for chunk in client.chat.completions.create(**QUESTION, stream=True):
            received.append(chunk.to_json())
    assert type(caught.value.__cause__).__name__ == "RemoteProtocolError"
    assert received == whole[:after]


def test_stream_with_fewer_chunks_is_dropped_before_its_end(mock, client):
    with (
        fault("drop_midstream", after=10**6, mock=mock.url),
        pytest.raises(openai.APIConnectionError),
    ):
        list(client.chat.completions.create(**QUESTION, stream=True))


async def test_drop_midstream_for_the_async_client(mock):
    async with AsyncOpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client:
        received = []
        with (
            fault("drop_midstream", after=2, mock=mock.url),
            pytest.raises(openai.APIConnectionError),
        ):
            async for chunk in await client.chat.completions.create(**QUESTION, stream=True):
                received.append(chunk)
        assert len(received) == 2


def test_error_chunk_raises_nothing_and_ends_the_stream(mock, client):
    with fault("error_chunk", after=2, mock=mock.url):
        *before, last = client.chat.completions.create(**QUESTION, stream=True)
    assert len(before) == 2 and all(chunk.choices for chunk in before)
    assert last.choices is None
    assert (last.code, last.details) == (21313, "Connection error.")


def test_stalled_stream_pauses_and_then_is_whole(mock, client):
    whole = text_of(client.chat.completions.create(**QUESTION, stream=True))
    with fault("stall", after=4, seconds=0.5, mock=mock.url):
        pieces, came = arrivals(client)
    assert text_of(iter(pieces)) == whole
    assert came[4] >= 0.5
    with fault("stall", after=4, seconds=60, mock=mock.url):
        stream = client.with_options(timeout=30).chat.completions.create(**QUESTION, stream=True)
        assert len([*islice(stream, 4)]) == 4, "what comes before the pause does not wait"
        stream.close()


def arrivals(client: OpenAI) -> tuple[list[Any], list[float]]:
    """The chunks of a stream, and when each came, in seconds from before the request.

    A busy machine makes these times longer, never shorter.
    """
    pieces, came, started = [], [], time.perf_counter()
    for chunk in client.chat.completions.create(**QUESTION, stream=True):
        came.append(time.perf_counter() - started)
        pieces.append(chunk)
    return pieces, came


def test_stall_is_seen_as_a_timeout_by_a_client_with_less_patience(mock, client):
    with fault("stall", after=1, seconds=5, mock=mock.url), pytest.raises(openai.APITimeoutError):
        list(client.with_options(timeout=0.1).chat.completions.create(**QUESTION, stream=True))


def test_slow_stream_waits_for_the_first_chunk_and_then_before_every_other(mock, client):
    whole = text_of(client.chat.completions.create(**QUESTION, stream=True))
    with fault("slow_stream", seconds=0.01, mock=mock.url):
        pieces, came = arrivals(client)
    assert text_of(iter(pieces)) == whole
    assert came[0] >= 0.2
    assert came[-1] >= 0.2 + 0.01 * len(came[1:])


def test_a_slow_stream_that_nobody_reads_ends_at_once(mock, client):
    with fault("slow_stream", seconds=0.05, mock=mock.url):
        with client.chat.completions.create(**QUESTION, stream=True) as stream:
            assert next(iter(stream)).choices
        assert client.models.list().data  # and the connection can be used again


def test_paced_slows_the_mock_in_use_and_leaves_others_alone(mock, capsys, monkeypatch):
    use_endpoint("mock")
    with OpenAI(
        base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"]
    ) as client:
        started = time.perf_counter()
        with paced(0.01):
            list(client.chat.completions.create(**QUESTION, stream=True))
        assert time.perf_counter() - started > 0.4
    live = endpoint.Endpoint("live", endpoint.LIVE_URL + OPENAI_PATH, MOCK_PAT)
    monkeypatch.setattr(endpoint, "_endpoint", live)
    with paced(60), OpenAI(base_url=mock.base_url, api_key=MOCK_PAT) as client:
        assert list(client.chat.completions.create(**QUESTION, stream=True))


def test_limited_refuses_what_is_too_much_for_the_mock_in_use_and_leaves_others_alone(
    mock, capsys, monkeypatch, clock
):
    use_endpoint("mock")
    with OpenAI(
        base_url=os.environ["CLARIFAI_BASE_URL"],
        api_key=os.environ["CLARIFAI_PAT"],
        max_retries=0,
    ) as client:
        with limited(per_second=2, seconds=0.05) as limit:
            for _ in range(2):
                started = time.perf_counter()
                assert client.chat.completions.create(**QUESTION).choices
                assert time.perf_counter() - started > 0.04
            with pytest.raises(openai.RateLimitError):
                client.chat.completions.create(**QUESTION)
        assert limit.hits == 1
    live = endpoint.Endpoint("live", endpoint.LIVE_URL + OPENAI_PATH, MOCK_PAT)
    monkeypatch.setattr(endpoint, "_endpoint", live)
    with (
        limited(per_second=1, seconds=60) as limit,
        OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client,
    ):
        for _ in range(2):
            assert client.chat.completions.create(**QUESTION).choices
    assert limit.hits is None


def test_slow_first_token_is_a_stream_that_opens_and_then_waits(mock, client):
    with fault("slow_first_token", seconds=0.5, mock=mock.url):
        assert arrivals(client)[1][0] >= 0.5
    with fault("slow_first_token", seconds=60, mock=mock.url):
        client.with_options(timeout=30).chat.completions.create(**QUESTION, stream=True).close()


def test_slow_first_token_times_out_a_whole_reply(mock, client):
    with fault("slow_first_token", seconds=5, mock=mock.url), pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.1).chat.completions.create(**QUESTION)


async def test_a_stall_holds_up_nobody_else(mock):
    async with AsyncOpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client:
        with fault("stall", after=0, seconds=30, times=1, mock=mock.url):
            stalled = asyncio.create_task(_drain(client))
            while not control(mock, "GET")[1]["faults"][0]["hits"]:
                await asyncio.sleep(0.01)
            assert all(await asyncio.gather(*(_drain(client) for _ in range(5))))
            assert not stalled.done()
            stalled.cancel()


async def _drain(client: AsyncOpenAI) -> list[Any]:
    return [chunk async for chunk in await client.chat.completions.create(**QUESTION, stream=True)]


@pytest.mark.parametrize("name", sorted(STREAM_FAULTS))
def test_fault_of_streams_is_not_used_up_by_a_whole_reply(mock, client, name):
    with fault(name, mock=mock.url) as armed:
        assert client.chat.completions.create(**QUESTION).choices
    assert armed.hits == 0


# --- what the model says ---


@pytest.fixture(params=[False, True], ids=["whole", "stream"])
def message(request, client):
    """Ask, and give the message and the finish reason, streamed or not."""

    def ask(question: Any) -> tuple[Any, str]:
        if request.param:
            with client.chat.completions.stream(**question) as stream:
                for _ in stream:
                    pass
                choice = stream.get_final_completion().choices[0]
        else:
            choice = client.chat.completions.create(**question).choices[0]
        return choice.message, choice.finish_reason

    return ask


def test_malformed_arguments_are_no_json(mock, client):
    with fault("malformed_arguments", mock=mock.url):
        choice = client.chat.completions.create(**WEATHER).choices[0]
        chunks = list(client.chat.completions.create(**WEATHER, stream=True))
    assert choice.finish_reason == "tool_calls"
    arguments = choice.message.tool_calls[0].function.arguments
    assert arguments.startswith("{")
    with pytest.raises(json.JSONDecodeError):
        json.loads(arguments)
    deltas = [c.choices[0].delta for c in chunks if c.choices]
    calls = [call for delta in deltas for call in delta.tool_calls or ()]
    assert "".join(call.function.arguments for call in calls) == arguments


def test_unknown_tool_is_none_of_those_offered(mock, message):
    with fault("unknown_tool", mock=mock.url):
        said, finish = message(WEATHER)
    assert finish == "tool_calls"
    assert [call.function.name for call in said.tool_calls] == ["search_the_web"]
    assert isinstance(json.loads(said.tool_calls[0].function.arguments), dict)


def test_faults_of_tools_leave_a_request_without_tools_alone(mock, client):
    with fault("unknown_tool", mock=mock.url) as unknown:
        assert client.chat.completions.create(**QUESTION).choices[0].message.content
    assert unknown.hits == 0


@pytest.mark.parametrize("limit", [{}, {"max_completion_tokens": 40}, {"max_tokens": 7}])
def test_reasoning_overrun_leaves_no_tokens_for_the_content(mock, client, limit):
    with fault("reasoning_overrun", mock=mock.url):
        reply = client.chat.completions.create(**QUESTION, **limit)
        chunks = list(client.chat.completions.create(**QUESTION, **limit, stream=True))
    choice, used = reply.choices[0], reply.usage
    assert (choice.finish_reason, choice.message.content) == ("length", "")
    assert choice.message.reasoning
    spent = next(iter(limit.values()), 256)
    assert used.completion_tokens == used.completion_tokens_details.reasoning_tokens == spent
    assert text_of(iter(chunks)) == ""
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "length"


def test_leaked_think_closes_what_was_never_opened(mock, message):
    plain, _ = message(QUESTION)
    with fault("leaked_think", mock=mock.url):
        said, finish = message(QUESTION)
    thought, _, answer = said.content.partition("</think>")
    assert finish == "stop" and thought and "<think>" not in thought
    assert answer.strip() == plain.content


def test_what_a_fault_made_is_not_remembered_nor_what_was_remembered_repeated(mock, message):
    before, _ = message(WEATHER)
    with fault("unknown_tool", mock=mock.url):
        assert message(WEATHER)[0] != before
    assert message(WEATHER)[0] == before


# --- a limit of requests a second ---


def test_no_limit_unless_asked_for(client):
    for _ in range(40):
        assert client.chat.completions.create(**QUESTION).choices


@pytest.fixture
def clock(monkeypatch):
    """The time by which a limit counts, as a list of one number: it stands still."""
    now = [1000.0]
    monkeypatch.setattr("helpers.mock.faults.fault.monotonic", lambda: now[0])
    return now


def test_rate_limit_lets_so_many_a_second_pass(mock, client, clock):
    with fault("rate_limit", per_second=5, mock=mock.url) as limit:
        for _ in range(5):
            client.chat.completions.create(**QUESTION)
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(**QUESTION)
        clock[0] += 1
        assert client.chat.completions.create(**QUESTION).choices
    assert limit.hits == 1
    assert caught.value.body["details"] == "exceeded limit of 5 requests per second"


# --- the context manager and the control route ---


def test_notebooks_mock_is_the_one_that_fails(capsys):
    use_endpoint("mock")
    sent = transcript().requests
    client = OpenAI(base_url=os.environ["CLARIFAI_BASE_URL"], api_key=MOCK_PAT, max_retries=0)
    with client, fault("busy", times=1), pytest.raises(openai.RateLimitError):
        client.chat.completions.create(**QUESTION)
    # The control route is no part of what a notebook sent.
    assert transcript().requests == sent + 1


def test_other_backends_are_refused(capsys, monkeypatch):
    live = endpoint.Endpoint("live", endpoint.LIVE_URL + OPENAI_PATH, MOCK_PAT)
    monkeypatch.setattr(endpoint, "_endpoint", live)
    with pytest.raises(EndpointError, match="backend is 'live'"), fault("busy"):
        pytest.fail("the context was entered")
    monkeypatch.setattr(endpoint, "_endpoint", None)
    with pytest.raises(EndpointError, match="use_endpoint"), fault("busy"):
        pytest.fail("the context was entered")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"name": "lazy"}, "there are: invalid_key, missing_key"),
        ({"name": "busy", "times": 0}, "times: Should be at least 1"),
        ({"name": "stall", "seconds": 61}, "seconds: Should be between 0 and 60"),
        ({"name": "stall", "after": -1}, "after: Should be at least 0"),
        ({"name": "busy", "per_second": 3}, "per_second: Goes with rate_limit only"),
    ],
)
def test_fault_that_makes_no_sense_is_explained(mock, wish, says):
    with pytest.raises(ValueError, match=says), fault(**wish, mock=mock.url):
        pytest.fail("the context was entered")
    assert control(mock, "GET")[1]["faults"] == []


OTHER_KEY = "1" * 32


def test_a_fault_strikes_requests_with_the_key_it_was_armed_with(mock, client):
    control(mock, "POST", body={"name": "busy"}, authorization=f"Key {OTHER_KEY}")
    try:
        assert client.chat.completions.create(**QUESTION).choices
        with pytest.raises(openai.RateLimitError):
            client.with_options(api_key=OTHER_KEY).chat.completions.create(**QUESTION)
        assert control(mock, "DELETE")[1]["faults"] == [], "that of another key stays"
    finally:
        assert len(control(mock, "DELETE", authorization=f"Key {OTHER_KEY}")[1]["faults"]) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer nobody"}, 401),
        ({"host": "evil.example.org"}, 403),
        ({"host": "127.0.0.1.evil.example.org"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_no_web_page_can_arm_a_fault(mock, method, headers, status):
    assert control(mock, method, body={"name": "busy"}, **headers)[0] == status
    assert control(mock, "GET")[1]["faults"] == []


def test_a_fault_counts_while_it_is_armed(mock, client):
    with fault("busy", mock=mock.url) as busy:
        assert busy.hits == 0
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(**QUESTION)
        assert busy.hits == 1
    assert busy.hits == 1


def test_a_fault_for_a_model_that_there_is_not_is_refused(mock):
    with (
        pytest.raises(ValueError, match=r"model: .*gpt-oss-120b"),
        fault("busy", model="openai/chat-completion/models/gpt-oss-12b", mock=mock.url),
    ):
        pytest.fail("the context was entered")


def test_any_language_arms_lists_and_removes_a_fault(mock, client):
    status, armed = control(mock, "POST", body={"name": "busy", "times": 5, "model": MODEL})
    assert (status, armed["name"], armed["hits"]) == (201, "busy", 0)
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(**QUESTION)
    listed = control(mock, "GET")[1]
    assert listed["faults"] == [armed | {"hits": 1}]
    assert listed["kinds"].keys() == KINDS.keys()
    assert control(mock, "DELETE", f"/{armed['id']}") == (200, armed | {"hits": 1})
    assert control(mock, "DELETE", f"/{armed['id']}")[0] == 404
    control(mock, "POST", body={"name": "busy"})
    assert len(control(mock, "DELETE")[1]["faults"]) == 1
    assert client.chat.completions.create(**QUESTION).choices


@pytest.mark.parametrize("body", [None, [], "busy", {"fault": "busy"}, {"name": 1}, {}])
def test_control_route_says_what_is_wrong_with_a_body(mock, body):
    status, answer = control(mock, "POST", body=body)
    assert (status, answer["code"]) == (400, 11100)


def test_a_program_can_list_the_faults(mock):
    assert kinds(mock=mock.url) == {name: kind.what for name, kind in KINDS.items()}


def test_control_route_answers_while_everything_else_is_dropped(mock):
    control(mock, "POST", body={"name": "drop_before"})
    assert control(mock, "DELETE")[0] == 200


def test_every_fault_has_a_test_here():
    tested = set(REFUSALS) | STREAM_FAULTS | {"html_403", "bad_gateway"}
    tested |= {"ok_but_error", "drop_before"}
    tested |= {"slow_first_token", "malformed_arguments", "unknown_tool", "reasoning_overrun"}
    assert tested | {"leaked_think"} == KINDS.keys()
