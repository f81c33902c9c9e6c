"""The beginnings of prompts that a server has read, and need not read again.

They are kept as vLLM keeps them: in whole blocks of 16 tokens, each of them with all that comes
before it. assumed(prefix-cache): that Clarifai's servers cache so, each user's prompts apart, and
only prompts, though vLLM has the tokens of replies as well.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

_BLOCK = 16
_MOST = 32_768
"""In blocks, of all models and users together: those not read for longest go first."""


class Prefixes:
    """What one server has read; what it tells depends on the prompts so far, and their order."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[int, None] = OrderedDict()
        self._lock = Lock()
        self.learnt = 0
        """How many blocks were new so far."""

    def read(self, owner: Hashable, pieces: Sequence[str]) -> int:
        """Take note of a prompt; returns how many of its tokens were there already.

        The last of them is always worked out, since the reply begins with what follows it.
        """
        chain, name = [], hash(owner)
        for end in range(_BLOCK, len(pieces), _BLOCK):
            name = hash((name, *pieces[end - _BLOCK : end]))
            chain.append(name)
        with self._lock:
            known = 0
            while known < len(chain) and chain[known] in self._blocks:
                known += 1
            self.learnt += len(chain) - known
            # A block is of no use without those before it, so these are the last to go.
            for block in reversed(chain):
                self._blocks[block] = None
                self._blocks.move_to_end(block)
            while len(self._blocks) > _MOST:
                self._blocks.popitem(last=False)
        return known * _BLOCK
