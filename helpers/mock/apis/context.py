"""What a server hands to its APIs beside a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from helpers.mock.apis.prefixes import Prefixes
from helpers.mock.apis.stored import Stored
from helpers.mock.simulated.model import Prompt, Reply
from helpers.models import ModelRef

Bend = Callable[[Prompt, Reply], Reply]
"""How what the model says is changed before it is sent: by a fault, or by another voice."""


@dataclass(slots=True)
class Context:
    """What of a server, and of the connection, a reply depends on beside the request."""

    root: str = "http://127.0.0.1"
    """The address that the request was sent to, below which its pictures are served."""
    bends: tuple[Bend, ...] = ()
    stored: Stored = field(default_factory=Stored)
    prefixes: Prefixes = field(default_factory=Prefixes)
    key: bytes = b""
    """The key that the request came with: whose cache of prompts it is."""
    hosted: frozenset[ModelRef] = frozenset()
    """The MCP servers below `root` that are not the mock's own."""
