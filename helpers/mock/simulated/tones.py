"""Tones: whether a text praises or complains, and the option that says so."""

from collections.abc import Iterable
from typing import Any

from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import COMPLAINT, PRAISE

__all__ = ["judged_by_tone", "tone"]


def judged_by_tone(options: Iterable[tuple[Any, Any]], text: Text) -> Any:
    """Of options that have "positive" and "negative" among them, the one that a text suggests."""
    by_name = {str(value).lower(): value for value, _ in options}
    if not {"positive", "negative"} <= by_name.keys():
        return None
    good, bad = tone(text)
    if good == bad:
        return by_name.get("mixed" if good else "neutral", by_name.get("neutral"))
    return by_name["positive" if good > bad else "negative"]


def tone(text: Text) -> tuple[int, int]:
    """How many words of a text praise, and how many complain; "not good" complains."""
    good = bad = 0
    before = ""
    for token in text.tokens:
        denied = before in ("not", "no", "never", "isn't", "wasn't", "don't", "didn't", "hardly")
        good += (token.lower in PRAISE and not denied) or (token.lower in COMPLAINT and denied)
        bad += (token.lower in COMPLAINT and not denied) or (token.lower in PRAISE and denied)
        if token.lower not in ("very", "really", "so", "a", "the", "at", "all"):
            before = token.lower
    return good, bad
