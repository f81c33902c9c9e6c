"""What comes before any model is asked, in either format: the body, the key, which model it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from starlette.types import Message, Receive, Scope, Send

from helpers.mock import catalogue
from helpers.mock.errors import (
    BAD_REQUEST_FORMAT,
    INVALID_REQUEST,
    KEY_INVALID,
    MESSAGE_TOO_LARGE,
    MODEL_DOES_NOT_EXIST,
    ApiError,
)
from helpers.models import ModelRef

# assumed(largest-body): Clarifai's own limit is not known; pictures in data URIs have to fit.
_LARGEST_BODY = 32 * 1024 * 1024
_KEY = re.compile(rb"[0-9a-f]{32}")


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request. Raises an ApiError for one that is too large, or not whole."""
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    body, size = bytearray(), 0
    while message.get("more_body"):
        size += len(message["body"])
        # The rest of one that is too large is read and dropped: a client that is still sending
        # would not look at a reply.
        if size <= _LARGEST_BODY:
            body += message["body"]
        message = await receive()
    if message["type"] == "http.disconnect":
        raise ApiError(BAD_REQUEST_FORMAT, "The client left before the end of its request.")
    if size > _LARGEST_BODY:
        raise ApiError(MESSAGE_TOO_LARGE, f"The body has more than {_LARGEST_BODY:,} bytes.")
    return bytes(body + message.get("body", b""))


def not_json(body: bytes, error: ValueError) -> ApiError:
    """The refusal of a body that is not JSON, which says so of its encoding where that is why."""
    try:
        body.replace(b"\0", b"\xff").decode()  # UTF-16 has zeros
    except UnicodeDecodeError:
        return ApiError(BAD_REQUEST_FORMAT, "The body is not UTF-8: send it so, uncompressed.")
    return ApiError(BAD_REQUEST_FORMAT, f"The body is not JSON: {error}")


def replayed(body: bytes, receive: Receive) -> Receive:
    """`receive` for a body that has been read already."""
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


def through(send: Send, begun: Callable[[Message], Message]) -> Send:
    """`send`, but that the start of a response goes through `begun` first."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = begun(message)
        await send(message)

    # A fault that hangs up looks for the connection behind it.
    sending.__self__ = getattr(send, "__self__", None)  # type: ignore[attr-defined]
    return sending


def header(scope: Scope, wanted: bytes) -> bytes:
    """The value of a header, whose name is in lower case; empty where there is none."""
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value)
    return b""


@lru_cache(64)
def authorize(value: bytes) -> None:
    """Raise an ApiError unless the `authorization` header holds a key of the right form."""
    scheme, _, key = value.partition(b" ")
    if scheme not in (b"Bearer", b"Key") or not key:
        raise ApiError(
            INVALID_REQUEST,
            "Empty or malformed authorization header. Please provide an API key or session token.",
        )
    if not _KEY.fullmatch(key):
        raise ApiError(KEY_INVALID, "Invalid format of key.")


def known_model(reference: ModelRef) -> catalogue.Model:
    """The model of this reference, or an ApiError that names the nearest one."""
    model = catalogue.find(reference)
    if model is None:
        nearest = catalogue.nearest(reference)
        advice = (
            f"the nearest is {nearest.url}"
            if nearest
            else "GET /v2/ext/openai/v1/models lists them"
        )
        raise ApiError(
            MODEL_DOES_NOT_EXIST,
            f"{reference.url} is not among the models that the mock knows; {advice}",
        )
    return model


def request_id(digest: str, prefix: bytes) -> str:
    """The `req_id` of a reply: 32 hex digits, after the prefix that the client sent if any.

    assumed(user-prefix): joined with a dash, as the SDK's own prefix is.
    """
    return f"{prefix.decode('latin-1')}-{digest}" if prefix else digest
