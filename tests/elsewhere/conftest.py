"""An environment in which this project is a package among others."""

from pathlib import Path

import pytest

from tests.elsewhere.environments import FOREIGN_PYTHON


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python of an environment that holds the wheel, what it needs, and pytest."""
    assert FOREIGN_PYTHON.exists(), (
        "run `make integrations`, or python -m tests.elsewhere.environments"
    )
    return FOREIGN_PYTHON
