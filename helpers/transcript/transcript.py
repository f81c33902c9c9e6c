"""A transcript: the ordered exchanges of one notebook or program."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.text import fit
from helpers.transcript.exchange import Exchange
from helpers.transcript.show import diagram, lines


class Exchanges(list[Exchange]):
    """A list that says what to do where an exchange is looked for that has not been sent."""

    def __getitem__(self, at: Any) -> Any:
        try:
            return super().__getitem__(at)
        except IndexError:
            sent = f"{len(self)} were sent so far, and a cell above this one sends more"
            raise IndexError(f"No request {at}: {sent}. Run that cell first.") from None


@dataclass
class Transcript:
    """The ordered exchanges of one notebook or program."""

    exchanges: list[Exchange] = field(default_factory=Exchanges)

    @property
    def requests(self) -> int:
        """How many requests were sent, those that the client retried included."""
        return len(self.exchanges)

    @property
    def tokens(self) -> int:
        """The sum of all tokens reported."""
        return sum(exchange.tokens or 0 for exchange in self.exchanges)

    @classmethod
    def read(cls, path: Path, ended: bool = False) -> Transcript:
        """The transcript that a process wrote to the file named by CLARIFAI_TRANSCRIPT.

        A line that it did not come to end, because it was killed, is left out; where the process is
        known to have `ended` by itself, the file is broken: ValueError.
        """
        stored = path.read_text(encoding="utf-8") if path.exists() else ""
        # Not splitlines: a text may have separators of its own in it.
        *whole, rest = stored.split("\n")
        if ended and rest:
            raise ValueError(f"{path} breaks off in a line")
        return cls([Exchange(**json.loads(line)) for line in whole])

    def since(self, start: int) -> Transcript:
        """The exchanges from number `start` (counted from 0) on."""
        return Transcript(self.exchanges[start:])

    def of_cell(self, count: int) -> Transcript:
        """The exchanges of the notebook cell with this execution count."""
        return Transcript([exchange for exchange in self.exchanges if exchange.cell == count])

    def __str__(self) -> str:
        return fit("\n".join(lines(self.exchanges)))

    def to_mermaid(self) -> str:
        """The text of a Mermaid sequence diagram of its chat completions and native calls."""
        steps = (f"    {line}" for line in diagram(self.exchanges))
        return fit("\n".join(["sequenceDiagram", *steps]))
