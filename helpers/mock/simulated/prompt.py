"""What the simulated model is asked, and what it replies: the shapes at its door."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from helpers.mock.catalogue import Vendor


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `parameters` is its JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call; `arguments` is JSON text."""

    name: str
    arguments: str


class Prompt(NamedTuple):
    """What a request asks of the model.

    `messages` have the shape of chat completions; `choice` is "auto", "none", "required" or the
    name of one tool; `images` are honest descriptions of the pictures in the last user message.
    """

    vendor: Vendor
    messages: list[dict[str, Any]]
    tools: tuple[Tool, ...] = ()
    choice: str = "auto"
    parallel: bool = True
    json_schema: dict[str, Any] | None = None
    json_object: bool = False
    reasoning: bool = False
    images: tuple[str, ...] = ()
    variant: int = 0
    """Which of several replies to the same request this is: what is made up differs among them."""


class Reply(NamedTuple):
    """What the model says: a text, or calls, and its reasoning if it was asked to show it."""

    text: str | None
    calls: tuple[Call, ...] = ()
    reasoning: str | None = None
    refused: bool = False
    """Whether the text is a refusal that has a place of its own."""


def addresses(content: Any) -> tuple[str, ...]:
    """The addresses of the pictures in a message's content."""
    parts = content if isinstance(content, list) else ()
    images = (part.get("image_url") for part in parts if isinstance(part, dict))
    urls = (image.get("url") if isinstance(image, dict) else image for image in images)
    return tuple(url for url in urls if isinstance(url, str)) if parts else ()


def content_text(content: Any) -> str:
    """The text of a message's content, be it a string or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))
