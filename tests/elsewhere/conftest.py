"""An environment in which this project is a package among others."""

from pathlib import Path

import pytest

from tests.elsewhere.environments import FOREIGN_PYTHON


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which notebooks to run where that takes long."""
    parser.addoption("--notebooks", default="", help="On the small real model; all if none.")


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python of an environment that holds the wheel, what it needs, and pytest."""
    assert FOREIGN_PYTHON.exists(), (
        "run `make integrations`, or python -m tests.elsewhere.environments"
    )
    return FOREIGN_PYTHON
