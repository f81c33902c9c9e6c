"""An event loop that a program without `async` can step, though another loop runs already.

In a notebook one always does. Nothing here waits for a socket, so that it is enough to wait for
timers, and it works in a browser with and without JSPI.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class _Timers:
    """What stands where a selector does in other loops."""

    def select(self, timeout: float | None) -> list[Any]:
        """Wait until the next timer is due."""
        if timeout is None:
            raise RuntimeError("The application waits for what cannot happen")
        if sys.platform != "emscripten":
            time.sleep(timeout)
            return []
        # `time.sleep` would let the browser's own loop run in between, and hang.
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            pass
        return []

    def close(self) -> None:
        pass


class Loop(asyncio.BaseEventLoop):
    """A loop of timers and callbacks."""

    stepped = True
    """It runs only while somebody waits for it, so that no thread could wake it up."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Timers()

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def finish(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns; whatever loop runs around the caller stands still."""
        with _aside():
            return self.run_until_complete(coroutine)


@contextmanager
def _aside() -> Iterator[None]:
    """Put the running loop and its task aside: asyncio allows one in a thread at a time."""
    loop = asyncio._get_running_loop()
    if loop is None:
        yield
        return
    # Until Python 3.12, each loop has a current task of its own.
    swap = getattr(asyncio.tasks, "_swap_current_task", lambda loop, task: None)
    task = swap(loop, None)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)
        swap(loop, task)
