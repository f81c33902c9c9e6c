"""A mock that is started with a pace streams at it, time after time; whole replies do not wait."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from openai import OpenAI

from helpers.mock import MOCK_PAT, Mock, start
from helpers.mock.command import serve

MODEL = "openai/chat-completion/models/gpt-4o"


@pytest.fixture(scope="module")
def slow() -> Iterator[Mock]:
    with start(first_token=0.3, tokens_per_second=50) as server:
        yield server


def arrivals(mock: Mock) -> list[float]:
    """When each chunk came, in seconds from before the request."""
    client = OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0)
    started = time.perf_counter()
    stream = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Count from 1 to 9"}], stream=True
    )
    return [time.perf_counter() - started for _ in stream]


@pytest.mark.parametrize("turn", ["first", "from memory"])
def test_a_stream_begins_late_and_comes_at_its_pace(slow: Mock, turn: str) -> None:
    came = arrivals(slow)
    assert came[0] >= 0.3
    assert came[-1] >= 0.3 + (len(came) - 2) / 50


def test_a_whole_reply_does_not_wait() -> None:
    ask: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Count from 1 to 90"}]}
    with start(first_token=600, tokens_per_second=0.01) as slowest:
        client = OpenAI(base_url=slowest.base_url, api_key=MOCK_PAT, max_retries=0, timeout=60)
        for _ in range(2):
            assert client.chat.completions.create(**ask).choices


@pytest.mark.parametrize(
    "options",
    [
        ["--tokens-per-second", "0"],
        ["--first-token", "-1"],
        ["--port", "0", "--first-token", "nan"],
        ["--port", "0", "--tokens-per-second", "nan"],
        ["--port", "0", "--tokens-per-second", "1e-320"],
        ["--replay", ".", "--first-token", "1"],
        ["--replay", ".", "--tokens-per-second", "5"],
    ],
)
def test_a_pace_that_makes_no_sense_is_refused(options: list[str]) -> None:
    result = CliRunner().invoke(serve, options)
    assert result.exit_code == 2
    assert options[-2] in result.output or f" {float(options[-1])} " in result.output
