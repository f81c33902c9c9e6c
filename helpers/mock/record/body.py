"""The body of a request or a response as it is stored: JSON, text, or bytes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from json import detect_encoding
from typing import Any, Literal

from helpers.mock.client import httpx
from helpers.text import fit, parse_json, to_json

Kind = Literal["body", "text", "base64"]


@dataclass(frozen=True)
class Body:
    """JSON (`body`), text, or bytes (`base64`). No kind, no body: JSON has a null of its own."""

    kind: Kind | None = None
    value: Any = None

    @classmethod
    def read(cls, content: bytes, content_type: str = "", encoding: str = "") -> Body:
        """What was sent as this type; `encoding` is how it was compressed."""
        content = unpacked(content, encoding)
        if not content:
            return cls()
        header = _header(content_type)
        # Bytes of any kind may begin as UTF-16 does.
        is_text = header.get_content_maintype() == "text" or "json" in content_type.lower()
        guessed = detect_encoding(content) if is_text else "utf-8"
        charset = header.get_content_charset() or guessed
        try:
            text = content.decode(charset)
        except (ValueError, LookupError):
            return cls("base64", content)
        try:
            return cls("body", parse_json(text.removeprefix("\ufeff")))
        except ValueError:
            same = fit(text).encode(charset, "replace") == content
            return cls("text", text) if same else cls("base64", content)

    @classmethod
    def of_request(cls, content: bytes, headers: Mapping[str, str]) -> Body:
        """What a client sent with these headers.

        The boundary of a form, which it makes up anew each time, becomes the same for all.
        """
        content_type = headers.get("content-type", "")
        content = unpacked(content, headers.get("content-encoding", ""))
        header = _header(content_type)
        boundary = header.get_param("boundary")
        if boundary and header.get_content_maintype() == "multipart":
            content = content.replace(str(boundary).encode("latin-1", "replace"), b"boundary")
        return cls.read(content, content_type)

    def write(self, content_type: str = "") -> bytes:
        """The bytes that are sent with this content type."""
        if self.kind is None or isinstance(self.value, bytes):
            return self.value or b""
        text = to_json(self.value, compact=True) if self.kind == "body" else fit(self.value)
        try:
            return text.encode(_header(content_type).get_content_charset() or "utf-8")
        except (ValueError, LookupError):
            return text.encode()

    def stored(self) -> dict[str, Any]:
        """It as a part of a file."""
        if self.kind is None:
            return {}
        bytes_ = isinstance(self.value, bytes)
        return {self.kind: base64.b64encode(self.value).decode() if bytes_ else self.value}

    @classmethod
    def of_file(cls, part: dict[str, Any]) -> Body:
        """The body in a part of a file. Raises ValueError for base64 that isn't."""
        if "base64" in part:
            return cls("base64", base64.b64decode(part["base64"], validate=True))
        if "text" in part:
            return cls("text", part["text"])
        return cls("body", part["body"]) if "body" in part else cls()


NO_BODY = Body()


def _header(content_type: str) -> Message:
    message = Message()
    message["content-type"] = content_type or "application/octet-stream"
    return message


def unpacked(content: bytes, encoding: str) -> bytes:
    """What was compressed in this way; as it is, where that cannot be undone."""
    if not encoding:
        return content
    try:
        headers = {"content-encoding": encoding}
        return bytes(httpx.Response(200, headers=headers, content=content).content)
    except httpx.DecodingError:
        return content
