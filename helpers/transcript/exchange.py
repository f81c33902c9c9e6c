"""An exchange: one HTTP request and its response, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Exchange:
    """One HTTP request and its response; for a stream, all its events."""

    method: str
    path: str
    """Below the base URL, such as `/chat/completions`."""
    request: Any
    """The body sent: JSON, or None."""
    status: int | None = None
    response: Any = None
    """The body received: JSON, a list of events for a stream, or text if it was neither."""
    stream: bool = False
    seconds: float = 0.0
    error: str | None = None
    """Why there was no response."""
    cell: int | None = None
    """The execution count of the notebook cell that sent it; None outside of IPython."""

    @property
    def message(self) -> dict[str, Any] | None:
        """The assistant's message of a chat completion, put together if it was streamed."""
        return joined_message(self.response)

    @property
    def usage(self) -> dict[str, Any] | None:
        """The tokens that the response reports, or None."""
        bodies = self.response if isinstance(self.response, list) else [self.response]
        for body in reversed(bodies):
            if isinstance(body, dict):
                usage = body.get("usage") or (body.get("response") or {}).get("usage")
                if usage:
                    return dict(usage)
        return None


def joined_message(response: Any) -> dict[str, Any] | None:
    """The assistant's message, put together if it was streamed; None if there was none."""
    if not isinstance(response, list):
        choices = (response or {}).get("choices") if isinstance(response, dict) else None
        return choices[0]["message"] if choices else None
    content = ""
    calls: dict[int, Any] = {}
    for event in response:
        for choice in event.get("choices") or ():
            delta = choice["delta"]
            content += delta.get("content") or ""
            for part in delta.get("tool_calls") or ():
                call = calls.setdefault(
                    part["index"],
                    {"id": "", "type": "function", "function": {"name": "", "arguments": ""}},
                )
                call["id"] = part.get("id") or call["id"]
                for key, value in part.get("function", {}).items():
                    call["function"][key] += value or ""
    message = {"role": "assistant", "content": content or None}
    return message | ({"tool_calls": list(calls.values())} if calls else {})
