"""Choices: which option of a few a text names, and whether it says yes or no."""

from typing import Any

from helpers.mock.simulated.candidates import Candidates, Pair
from helpers.mock.simulated.find import Span
from helpers.mock.simulated.knowledge import DENIAL, WANTS, stems
from helpers.mock.simulated.texts import stem
from helpers.mock.simulated.want import Want

_ON = frozenset(WANTS["switches"]["on"].split())
_OFF = frozenset(WANTS["switches"]["off"].split())
_SWITCHES = frozenset(map(stem, WANTS["switches"]["names"].split()))
_BOOLEANS = {
    name: tuple(frozenset(side.split()) for side in line.split("|"))
    for name, line in WANTS["booleans"].items()
}
_HELPING = stems(WANTS["switches"]["helping"])


class Choices(Candidates):
    """What of a part of a text names an option."""

    def _mention(self, term: tuple[str, ...], value: Any, excluded: bool = False) -> Span | None:
        text, size = self.text, len(term)
        if not term[0][0].isalnum() or (size == 1 and len(term[0]) == 1 and term[0].isalpha()):
            return self._sign(term[0], value)
        if stem(term[0]) not in text.stems and term[0] not in text.lowers:
            return None
        wanted = [stem(word) for word in term]
        tokens = text.tokens
        for at in range(len(tokens) - size + 1):
            if tokens[at].start < self.start or tokens[at + size - 1].end > self.end:
                continue
            if all(stem(t.lower) == w for t, w in zip(tokens[at : at + size], wanted, strict=True)):
                denied = set(text.before(Span("", "", "", tokens[at].start, 0), 2)) & DENIAL
                if denied and not excluded:
                    continue
                start, end = tokens[at].start, tokens[at + size - 1].end
                return Span("option", text.raw[start:end], value, start, end)
        return None

    def _sign(self, sign: str, value: Any) -> Span | None:
        """A sign such as +, or one letter, which stands alone or as a unit does: "20 C"."""
        raw = self.text.raw
        at = raw.find(
            sign.upper() if sign.isalpha() and sign != "x" else sign, self.start, self.end
        )
        while at >= 0:
            before, after = raw[at - 1 : at], raw[at + len(sign) : at + len(sign) + 1]
            digit = raw[max(at - 2, 0) : at].strip()[-1:].isdigit() or before == "°"
            if not sign.isalpha() or (digit and not after.isalnum()):
                return Span("option", sign, value, at, at)
            at = raw.find(sign, at + 1, self.end)
        return None

    def _boolean(self, want: Want) -> list[Pair]:
        tokens = [t for t in self.text.tokens if self.start <= t.start and t.end <= self.end]
        yes, no = _BOOLEANS.get(
            "_".join(want.words), _BOOLEANS.get(want.name, (frozenset(), frozenset()))
        )
        switch = want.stems <= _SWITCHES
        asked = want.stems - _SWITCHES - _HELPING
        for at, token in enumerate(tokens):
            before = {each.lower for each in tokens[max(at - 3, 0) : at]}
            denied = bool(before & DENIAL)
            after = tokens[at + 1].lower if at + 1 < len(tokens) else ""
            told: bool | None = None
            if switch and token.lower in _ON | _OFF - {"with", "without"}:
                told = token.lower in _ON
            elif token.lower in yes or stem(token.lower) in asked:
                told = not denied and after not in ("off", "false")
            elif token.lower in no:
                told = denied
            if told is not None:
                span = Span("option", token.text, told, token.start, token.start)
                return [Pair(1.0, want, span, told)]
        return []
