"""Tones: what a text says without saying it: praise or complaint, yes or no, the topic."""

from typing import Any

from helpers.mock import meaning
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import COMPLAINT, DENIAL, PRAISE
from helpers.mock.simulated.passages import related
from helpers.mock.simulated.plain import NOTHING
from helpers.mock.simulated.texts import word_set
from helpers.mock.simulated.want import Want

_ALIKE = 0.5
"""The least cosine of two words that mean much the same."""
_MOST = 200
_OPEN = word_set("wants", "judged", "open")


def judged(want: Want, text: Text, reply: str) -> Any:
    """What a text suggests for a property that it does not name; `NOTHING` where it is silent."""
    if want.type == "boolean" and reply:
        return {"Yes": True, "No": False}.get(reply.partition(",")[0], NOTHING)
    by_name = {str(value).lower(): value for value, _ in want.options}
    if want.type != "enum" or want.unspoken or len(by_name) < 2:
        return NOTHING
    sides = (by_name.keys() & word_set("wants", "judged", side) for side in ("praise", "complaint"))
    praise, complaint = (min(side, default="") for side in sides)
    if praise and complaint:
        good, bad = tone(text)
        even = "mixed" if good else "neutral"
        said = praise if good > bad else complaint if bad > good else even
        return by_name.get(said, by_name.get("neutral", NOTHING))
    return _about(text, by_name)


def _about(text: Text, by_name: dict[str, Any]) -> Any:
    """The option whose subject a text has most words of; else the one for all others."""
    said = {token.lower for token in text.tokens[:_MOST]} - word_set("memory", "small")
    met = {name: max((related(name, w) + meaning.alike(name, w) for w in said), default=0)
           for name in by_name if name not in _OPEN}  # fmt: skip
    best = max(met, key=met.__getitem__, default="")
    other = next((by_name[name] for name in by_name if name in _OPEN), NOTHING)
    return by_name[best] if met.get(best, 0.0) >= _ALIKE else other


def tone(text: Text) -> tuple[int, int]:
    """How many words of a text praise, and how many complain; "not good" complains."""
    tells = [token for token in text.tokens if token.lower in PRAISE | COMPLAINT]
    praises = [(t.lower in PRAISE) is DENIAL.isdisjoint(text.before(t)) for t in tells]
    return praises.count(True), praises.count(False)
