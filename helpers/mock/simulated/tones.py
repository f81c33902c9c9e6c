"""Tones: what a text says without saying it: praise or complaint, urgency, yes or no, the topic."""

import re
from collections.abc import Set
from typing import Any

from helpers.mock import meaning
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import COMPLAINT, DENIAL, PATTERNS, PRAISE, stems
from helpers.mock.simulated.passages import related
from helpers.mock.simulated.plain import NOTHING
from helpers.mock.simulated.texts import flat, stem_set, table, word_set
from helpers.mock.simulated.want import Want

Zone = tuple[int, int]
_ALIKE = 0.5
"""The least cosine of two words that mean much the same."""
_MOST = 200
_OPEN = word_set("wants", "judged", "open")
_SCALES = ("praise", "complaint"), ("urgent", "calm")
_TELLS = {side: word_set("tones", side, "words") for scale in _SCALES for side in scale}
_TELLS |= {"praise": _TELLS["praise"] | PRAISE, "complaint": _TELLS["complaint"] | COMPLAINT}
_CUTS = [re.compile(PATTERNS["tones"][each], re.I) for each in ("clause", "turn")]


def judged(want: Want, text: Text, zone: Zone, reply: str) -> Any:
    """What a text suggests for a property that it does not name; `NOTHING` where it is silent."""
    if want.type == "boolean" and reply:
        return {"Yes": True, "No": False}.get(reply.partition(",")[0], NOTHING)
    by_name = {str(value).lower(): value for value, _ in want.options}
    if want.type != "enum" or want.unspoken or want.many or len(by_name) < 2:
        return NOTHING
    names = _on_scale(want, text, zone, by_name.keys()) or _about(text, zone, by_name.keys())
    return next((by_name[n] for each in (names, _OPEN) for n in by_name if n in each), NOTHING)


def _on_scale(want: Want, text: Text, zone: Zone, names: Set[str]) -> Set[str]:
    """The options for the side of a scale that a text is on."""
    for scale in _SCALES:
        of, sides = table("tones")[scale[0]]["of"], [word_set("tones", s, "options") for s in scale]
        if not any(map(names.isdisjoint, sides)) and (not of or want.stems & stems(of)):
            part = _spoken_of(want, text, zone)
            good, bad = tone(text, part, scale)
            even = "mixed" if good else "even" if part[1] else "absent"
            return sides[bad > good] if good != bad else word_set("tones", even)
    return set()


def _spoken_of(want: Want, text: Text, zone: Zone) -> Zone:
    """The clause that speaks of what a property is named after, or all; (0, 0) where none does."""
    own = want.stems - stem_set("tones", "whole")
    parts = [part for cut in _CUTS for part in text.parts(cut, zone)
             if own & {t.stem for t in text.tokens if part[0] <= t.start < part[1]}]  # fmt: skip
    telling = [part for part in parts if any(tone(text, part))]
    return next(iter(telling or parts), (0, 0) if own and own == want.stems else zone)


def _about(text: Text, zone: Zone, names: Set[str]) -> Set[str]:
    """The option whose subject a text has most words of."""
    said = {t.lower for t in text.tokens[:_MOST] if zone[0] <= t.start < zone[1]}
    said -= word_set("memory", "small")
    met = {name: max((related(name, w) + meaning.alike(name, w) for w in said), default=0)
           for name in names if name not in _OPEN}  # fmt: skip
    best = max(met, key=met.__getitem__, default="")
    return {best} if met.get(best, 0.0) >= _ALIKE else set()


def tone(text: Text, zone: Zone, scale: tuple[str, str] = _SCALES[0]) -> tuple[int, int]:
    """How much of a text is for each side of a scale: "could be better" is against it."""
    up, down = (_TELLS[side] for side in scale)
    said = [t for t in text.tokens if zone[0] <= t.start < zone[1] and t.lower in up | down]
    ups = [(token.lower in up) is DENIAL.isdisjoint(text.before(token)) for token in said]
    told = flat(text.raw[slice(*zone)])
    more, less = ([x for x in word_set("tones", s, "phrases") if f" {x} " in told] for s in scale)
    return ups.count(True) + 2 * len(more), ups.count(False) + 2 * len(less)
