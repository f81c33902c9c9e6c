"""A pytest plugin for tests of other projects: `clarifai_mock`, a mock endpoint for each test.

    def test_it_survives_a_busy_model(clarifai_mock):
        clarifai_mock.fault("busy", times=2)
        assert my_program() == ...
        assert len(clarifai_mock.requests()) == 3

It is installed with this package. Nothing is imported before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from helpers.mock import Mock


class ClarifaiMock:
    """A mock that serves one test: its address and key, its faults, and what was asked of it."""

    def __init__(self, server: Mock, stack: ExitStack) -> None:
        from helpers.mock import MOCK_PAT

        self.url = server.url
        """Stands for https://api.clarifai.com; the Clarifai SDK takes it as its base."""
        self.base_url = server.base_url
        """What an OpenAI client takes."""
        self.api_key = MOCK_PAT
        self._stack = stack

    def fault(self, name: str, **options: Any) -> Any:
        """Arm a fault until the test ends; options and names are those of `helpers.faults.fault`.

        Raises ValueError for a fault that makes no sense. Returns a handle whose `hits` counts.
        """
        from helpers.faults import fault

        return self._stack.enter_context(fault(name, mock=self.url, **options))

    def requests(self) -> list[dict[str, Any]]:
        """What was asked with this key so far, the oldest first, those that were struck included.

        Each has `method`, `path`, `status` and `body`, as `helpers.mock.journal` describes.
        """
        from helpers.control import control
        from helpers.mock.journal import PATH

        listed = control(self.url, self.api_key, "GET", PATH)["requests"]
        return list(listed)


@pytest.fixture
def clarifai_mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[ClarifaiMock]:
    """A mock endpoint of this test's own, with its address and key in the environment.

    CLARIFAI_BASE_URL and CLARIFAI_PAT are what the snippets read, CLARIFAI_API_BASE what the
    Clarifai SDK reads, OPENAI_BASE_URL and OPENAI_API_KEY what OpenAI's clients read.
    """
    from helpers.mock import start

    with start() as server, ExitStack() as stack:
        mock = ClarifaiMock(server, stack)
        for name, value in {
            "CLARIFAI_BASE_URL": mock.base_url,
            "CLARIFAI_API_BASE": mock.url,
            "CLARIFAI_PAT": mock.api_key,
            "OPENAI_BASE_URL": mock.base_url,
            "OPENAI_API_KEY": mock.api_key,
        }.items():
            monkeypatch.setenv(name, value)
        yield mock
