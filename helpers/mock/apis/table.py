"""The table of APIs below the base URL, and what a module that answers one of them has.

There are no others at Clarifai, by fact(four-endpoints).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from helpers.mock.apis import chat, embeddings, images, responses
from helpers.mock.apis.context import Context
from helpers.mock.catalogue import Model
from helpers.mock.mcp.agentic import Agentic, Chat, Responses
from helpers.mock.requests import Json


class Api(Protocol):
    """What a module that answers one of the APIs has."""

    def create(self, model: Model, params: Json, context: Context) -> bytes:
        """The whole reply, as JSON."""


class StreamingApi(Api, Protocol):
    """What a module has besides, if its replies can be streamed."""

    LAST_FRAME: bytes
    """What ends a stream."""

    def stream(self, model: Model, params: Json, context: Context) -> Iterator[bytes]:
        """The reply's events, each as JSON."""

    def frame(self, event: bytes) -> bytes:
        """An event as it is sent."""


STREAMING_APIS: dict[str, StreamingApi] = {
    "/chat/completions": Agentic(chat, Chat),
    "/responses": Agentic(responses, Responses),
}
APIS: dict[str, Api] = {
    **STREAMING_APIS,
    "/embeddings": embeddings,
    "/images/generations": images,
}
"""Each path below the base URL that takes a POST, and the module that answers it."""
