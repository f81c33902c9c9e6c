"""What every test gets. Keys, other hosts and nbval: `helpers.notebooks.pytest_plugin`."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """`use_endpoint` exports variables; the next test does not see them."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
