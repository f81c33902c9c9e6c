"""What a server remembers: as much of what was asked for last as there is room for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


@dataclass
class Shelf(Generic[Kept]):
    """The last things that were put in or found, by their keys, until they are too much."""

    most_length: float
    """Of all of them together, in the unit that each is kept with."""
    longest: float = inf
    """What is longer is not kept."""
    most: float = inf
    _kept: OrderedDict[Hashable, tuple[Kept, int]] = field(default_factory=OrderedDict)
    _length: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Hashable) -> Kept | None:
        """What was kept under this key, if it is still there."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Hashable, value: Kept, length: int) -> None:
        """Keep it, in place of what is there under this key."""
        if length > self.longest:
            return
        with self._lock:
            self._length += length - self._kept.pop(key, (value, 0))[1]
            self._kept[key] = value, length
            while len(self._kept) > self.most or self._length > self.most_length:
                self._length -= self._kept.popitem(last=False)[1][1]
