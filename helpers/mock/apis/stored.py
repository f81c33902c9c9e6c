"""What a server has stored of responses: conversations, and the items of their replies.

The ids come from the request, the id before it included, so that the same conversation has the same
ids, whichever server or process had it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.mock.requests import InvalidRequest, Json
from helpers.mock.shelf import Shelf

_MOST = 256
_LONGEST = 200_000
"""In characters: a longer conversation is not stored."""
_MOST_CHARACTERS = 4_000_000
"""Of all that is stored together."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in the shape of chat completions, and what the last of the user's shows."""

    messages: list[Json]
    images: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """About how many characters it has."""
        return len(repr(self.messages))


class Stored:
    """What one server has stored."""

    def __init__(self) -> None:
        self._conversations: Shelf[Conversation] = Shelf(_MOST_CHARACTERS, _LONGEST, _MOST)
        self._items: Shelf[Json] = Shelf(_MOST_CHARACTERS, _LONGEST, _MOST)

    def conversation(self, response_id: str | None) -> Conversation:
        """The conversation up to a response; an empty one for no response."""
        if response_id is None:
            return Conversation([])
        found = self._conversations.find(response_id)
        if found is None:
            problem = _not_stored(response_id, "responses", "the whole conversation in `input`")
            raise InvalidRequest("previous_response_id", problem, "not_stored")
        return found

    def item(self, item_id: str, path: str) -> Json:
        """An item of a response; `path` is where the request refers to it."""
        found = self._items.find(item_id)
        if found is None:
            problem = _not_stored(item_id, "items of responses", "the item itself")
            raise InvalidRequest(f"{path}.id", problem, "not_stored")
        return found

    def keep(self, response_id: str, conversation: Conversation, items: Iterable[Json]) -> None:
        """Store a conversation by the response that ended it, and the items of that response."""
        self._conversations.keep(response_id, conversation, conversation.length)
        for item in items:
            self._items.keep(item["id"], item, len(repr(item)))


def _not_stored(name: str, what: str, instead: str) -> str:
    return f"{name[:80]!r} is not among the last {_MOST} {what} that are stored; send {instead}"
