"""The mock, served as it is to anybody, and the real client."""

from collections.abc import Iterator

import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT, Mock, start


@pytest.fixture(scope="session")
def mock() -> Iterator[Mock]:
    with start() as server:
        yield server


@pytest.fixture
def client(mock: Mock) -> Iterator[OpenAI]:
    # No retries: an error is seen as it is sent.
    with OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0) as client:
        yield client
