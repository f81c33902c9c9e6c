"""What every test gets. Keys, other hosts and nbval: `helpers.notebooks.pytest_plugin`."""

import os
from collections.abc import Iterator

import pytest

# Programs that tests start are to print as they do for anybody, who does not have it.
os.environ.pop("PYTHONUNBUFFERED", None)


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """`use_endpoint` exports variables; the next test does not see them."""
    before = dict(os.environ)
    yield
    after = dict(os.environ)
    # Only what has changed: to set all of it again took longer than most tests.
    for name in after.keys() - before.keys():
        del os.environ[name]
    os.environ.update(dict(before.items() - after.items()))
