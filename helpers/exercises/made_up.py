"""Replies that no model gave, for exercises whose functions are given one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk

_REPLY = {"id": "chatcmpl-0", "choices": [], "created": 0, "model": "", "object": "chat.completion"}


def reply(**fields: Any) -> ChatCompletion:
    """A whole reply with these fields."""
    return ChatCompletion.model_validate(_REPLY | fields)


class Stream(
    Iterator[ChatCompletionChunk],
    AbstractContextManager["Stream"],
    AbstractAsyncContextManager["Stream"],
):
    """A stream that was made up, to be read with `for`, `next`, `async for` and `with`: once."""

    def __init__(self, chunks: Iterable[dict[str, Any]]) -> None:
        self.left, self.times = [*chunks], 0

    def __iter__(self) -> Iterator[ChatCompletionChunk]:
        self.times += 1
        return self

    def __next__(self) -> ChatCompletionChunk:
        if not self.left:
            raise StopIteration
        rest = {"id": "c", "created": 0, "model": "m", "object": "chat.completion.chunk"}
        return ChatCompletionChunk.model_validate(self.left.pop(0) | rest)

    async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        for chunk in self:
            yield chunk

    def __exit__(self, *error: object) -> None: ...

    async def __aexit__(self, *error: object) -> None: ...

    def close(self) -> None: ...

    def __repr__(self) -> str:
        return "stream"
