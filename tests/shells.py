"""A shell as a kernel has one, for tests that run cells in their own process."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.interactiveshell import InteractiveShell


@contextmanager
def shell(**names: object) -> Iterator[InteractiveShell]:
    """A shell that knows these names.

    Each would collect all garbage when the process ends: for so many, that takes longer than the
    ten seconds after which a worker of xdist is killed.
    """
    made = InteractiveShell.instance(user_ns=names)
    try:
        yield made
    finally:
        InteractiveShell.clear_instance()
        atexit.unregister(made.atexit_operations)
