"""What a server has read of the beginnings of prompts, as `usage` counts it."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from helpers.mock import MOCK_PAT
from helpers.mock.apis.prefixes import Prefixes
from helpers.mock.inprocess import InProcessMock
from tests.contract.chat import OPEN, PLAIN, WEATHER
from tests.contract.wire import send

RULES = "Answer in one word. " * 20
SOMEBODY_ELSE = "0" * 31 + "1"
KIMI = "moonshotai/chat-completion/models/Kimi-K2_6"


def cached(
    mock: InProcessMock, *texts: str, key: str = MOCK_PAT, model: str = OPEN, **options: Any
) -> int:
    """How many tokens of a prompt were cached, by the reply to it."""
    messages = [{"role": "user", "content": "\n".join(texts)}]
    body = {"model": model, "messages": messages} | options
    usage = send(mock, body, authorization=f"Bearer {key}").json()["usage"]
    return int(usage["prompt_tokens_details"]["cached_tokens"])


def test_an_equal_beginning_is_read_once_by_a_user_a_model_and_a_server() -> None:
    with InProcessMock() as mock, InProcessMock() as another:
        assert [cached(mock, RULES, day) for day in ("Monday", "Tuesday")] == [0, 96]
        assert [cached(mock, day, RULES) for day in ("Monday", "Tuesday")] == [0, 0]
        assert cached(mock, RULES, "Monday", key=SOMEBODY_ELSE) == 0
        assert cached(mock, RULES, "Monday", model=KIMI) == 0
        assert cached(mock, RULES, "Monday", tools=[WEATHER]) == 0, "tools come before messages"
        assert cached(another, RULES, "Monday") == 0


def test_the_same_request_is_cached_from_the_second_time_on_and_then_stays_the_same() -> None:
    with InProcessMock() as mock:
        body = {"model": OPEN, "messages": [{"role": "user", "content": RULES}]}
        first, second, third = (send(mock, body).json() for _ in range(3))
    assert second == third
    counts = [each["usage"].pop("prompt_tokens_details") for each in (first, second)]
    assert [each["cached_tokens"] for each in counts] == [0, 96]
    assert first == second, "nothing else of the reply changes"


def test_openai_caches_from_1024_tokens_on_in_steps_of_128() -> None:
    with InProcessMock() as mock:
        for words, count in ((1020, 0), (1040, 1024), (1300, 1280)):
            text = "word " * words
            assert [cached(mock, text, model=PLAIN) for _ in range(2)] == [0, count]
            mock.close()
            mock = InProcessMock()


def test_every_way_to_a_model_has_the_same_cache() -> None:
    with InProcessMock() as mock:
        assert cached(mock, RULES) == 0
        response = send(mock, {"model": OPEN, "input": RULES}, "/responses").json()
        assert response["usage"]["input_tokens_details"]["cached_tokens"] == 96
        native = f"{mock.url}/v2/users/openai/apps/chat-completion/models/gpt-oss-120b/outputs"
        body = {"inputs": [{"data": {"text": {"raw": RULES}}}]}
        asked = Request(native, json.dumps(body).encode(), {"authorization": f"Key {MOCK_PAT}"})
        with urlopen(asked) as reply:
            assert json.load(reply)["outputs"][0]["cached_tokens"] == 96


def test_only_whole_blocks_count_and_those_not_read_for_longest_go_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("helpers.mock.apis.prefixes._MOST", 4)
    prefixes = Prefixes()
    long, other = [str(n) for n in range(50)], ["x"] * 40
    assert [prefixes.read("me", long), prefixes.read("me", long)] == [0, 48]
    assert prefixes.read("me", long[:48]) == 32, "the last token is always worked out"
    assert prefixes.read("me", other) == 0
    assert prefixes.read("me", long) == 32, "its last block had to go for the other prompt"
