"""Work that takes long, off the loop that answers everybody, where there are threads for it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, Unpack

Taken = TypeVarTuple("Taken")
Given = TypeVar("Given")


async def off_loop(work: Callable[[Unpack[Taken]], Given], *arguments: *Taken) -> Given:
    """What the work returns. In a browser, and in a loop that is stepped, it is done at once."""
    if sys.platform == "emscripten" or getattr(asyncio.get_running_loop(), "stepped", False):
        return work(*arguments)
    from anyio.to_thread import run_sync

    return await run_sync(work, *arguments)
