"""Remember what was worked out, in an amount of memory that nobody outside can make grow."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

_LONG = 500
"""Of a text with more characters or bytes than this hardly anything is remembered."""
_MOST_LONG = 2

_LONGEST_WORD = 60

Value = TypeVar("Value")
Work = TypeVar("Work", bound=Callable[..., Any])


def remember(most: int) -> Callable[[Work], Work]:
    """Let a function remember its last results for short texts, and its last two for long ones.

    The text is the function's first argument, which may also be something small. Two are enough for
    what is asked of one text again and again within a request.
    """

    def remembering(work: Work) -> Work:
        short, long = lru_cache(most)(work), lru_cache(_MOST_LONG)(work)

        @wraps(work)
        def looked_up(text: Any, *others: Any) -> Any:
            is_long = isinstance(text, (str, bytes)) and len(text) > _LONG
            return (long if is_long else short)(text, *others)

        return looked_up  # type: ignore[return-value]

    return remembering


class _Known(dict[str, Value]):
    def __init__(
        self, work: Callable[[str], Value], most: int, longest: int, longer: Callable[[str], Value]
    ) -> None:
        super().__init__()
        self._work, self._most, self._longest, self._longer = work, most, longest, longer

    def __missing__(self, text: str) -> Value:
        if len(text) > self._longest:
            return self._longer(text)
        value = self._work(text)
        if len(self) >= self._most:
            self.clear()
        self[text] = value
        return value


def remember_words(most: int) -> Callable[[Callable[[str], Value]], Callable[[str], Value]]:
    """Let a function of one word remember its results, where it is asked hundreds of times."""
    return lambda work: _Known(work, most, _LONGEST_WORD, work).__getitem__


def remember_texts(most: int) -> Callable[[Callable[[str], Value]], Callable[[str], Value]]:
    """Let a function of one text remember as with `remember`, where it is asked again at once."""
    return lambda work: _Known(work, most, _LONG, lru_cache(_MOST_LONG)(work)).__getitem__
