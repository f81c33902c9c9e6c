"""An exchange: one HTTP request and its response, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpers.transcript.read import joined_message, total_tokens, usage_of


@dataclass
class Exchange:
    """One HTTP request and its response; for a stream, all its events."""

    method: str
    path: str
    """Below the base URL, such as `/chat/completions`."""
    request: Any
    """The body sent: JSON or other text; None for none, and for one that is sent in pieces."""
    status: int | None = None
    response: Any = None
    """The body received: JSON, a list of events for a stream, or text if it was neither."""
    stream: bool = False
    seconds: float = 0.0
    error: str | None = None
    """Why there was no response, or not all of it."""
    cell: int | None = None
    """The execution count of the notebook cell that sent it; None outside of IPython."""

    @property
    def message(self) -> dict[str, Any] | None:
        """The assistant's message of a chat completion, put together if it was streamed."""
        return joined_message(self.response)

    @property
    def usage(self) -> dict[str, Any] | None:
        """The tokens that the response reports, or None."""
        return usage_of(self.response)

    @property
    def tokens(self) -> int | None:
        """How many they are in all, as far as they are known."""
        return total_tokens(self.usage)
