"""What Clarifai looks at before any model is asked: the key, and whether there is such a model."""

from __future__ import annotations

import re

from helpers.mock import catalogue
from helpers.mock.errors import INVALID_REQUEST, KEY_INVALID, MODEL_DOES_NOT_EXIST, ApiError
from helpers.models import ModelRef

_KEY = re.compile(rb"[0-9a-f]{32}")


def authorize(header: bytes) -> None:
    """Raise an ApiError unless the `authorization` header holds a key of the right form."""
    scheme, _, key = header.partition(b" ")
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
        raise ApiError(
            MODEL_DOES_NOT_EXIST,
            f"{reference.url} is not among the models that the mock knows;"
            f" the nearest is {catalogue.nearest(reference).url}",
        )
    return model


def request_id(digest: str, prefix: bytes) -> str:
    """The `req_id` of a reply: 32 hex digits, after the prefix that the client sent if any.

    assumed: joined with a dash, as the SDK's own prefix is.
    """
    return f"{prefix.decode('latin-1')}-{digest}" if prefix else digest
