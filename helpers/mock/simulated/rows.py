"""Rows: a label and a number, as the lines of a bill have them: "Cheese roll 4.50"."""

import re

from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import BREAKS

_WORD = r"[^\W\d_][^\W\d_'’-]{0,30}"
_ROW = re.compile(
    rf"\s{{0,40}}(?:\d{{1,4}} ?[x×]? )?(?P<label>{_WORD}(?:[ -]{_WORD}){{0,4}}?)[ \t:.]{{1,40}}"
    r"(?:(?:at|à|@|for) )?"
    r"(?P<number>[€$£]? ?\d+(?:[.,]\d+)?(?: ?[€$£])?|unknown|none)\s{0,40}"
)


def rows(text: str) -> list[tuple[str, str]]:
    """The label and the number of each line that is a row."""
    found = map(_ROW.fullmatch, text.split("\n"))
    return [(match["label"], match["number"].strip()) for match in found if match]


class Part(Text):
    """A part of a text, with its positions and its spans: for a record, the rest does not exist.

    Where it is a row, its label is one thing, whatever words it has.
    """

    def __init__(self, whole: Text, zone: tuple[int, int]) -> None:
        super().__init__(whole.raw[: zone[1]], (), whole.today)
        self.__dict__["tokens"] = whole.tokens
        self._whole, self._zone = whole, zone
        match = _ROW.fullmatch(whole.raw, *zone)
        self._label = match if match and not BREAKS & set(match["label"].lower().split()) else None

    def spans(self, kind: str) -> list[Span]:
        if self._label and kind in ("name", "phrase"):
            label = self._label["label"]
            return [Span(kind, label, label, *self._label.span("label"))]
        start, end = self._zone
        return [span for span in self._whole.spans(kind) if start <= span.start and span.end <= end]
