"""No text makes the simulated model slow: it takes time by the length of what it reads."""

import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Callable
from functools import partial

import pytest

from helpers.mock import simulated
from helpers.notebooks.registry import PROJECT
from tests.unit.prompts import CALCULATE, EMAIL, WEATHER, ask

HOSTILE = {
    "letters": "a", "spaces": " ", "lines": "\n", "digits": "1", "commas": "1,", "dots": "a.",
    "brackets": "(", "dashes": "-", "slashes": "/a", "quotes": "'", "capitals": "Aa ",
    "colons": ": ", "sums": "1+", "equals": "x = ", "context": "context: ", "my": "my a is ",
    "ids": "A-1-",
}  # fmt: skip


LEADS = ["weather", "say", "my name is", "count from", "tell me a story about", "extract: ",
         "how many words in", "sort alphabetically: ", "classify as", "what is my", "explain",
         "json with keys"]  # fmt: skip


def is_quick(work: Callable[[], object], seconds: float) -> bool:
    """Linear work costs milliseconds; a pattern that backtracks costs seconds, every time."""
    for _ in range(3):
        start = time.process_time()
        work()
        if time.process_time() - start < seconds:
            return True
    return False


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_no_text_makes_it_slow(piece):
    for size, leads in ((4_000, LEADS), (50_000, LEADS[:1])):
        text = piece * (size // len(piece))
        for lead in leads:
            assert is_quick(partial(ask, f"{lead} {text} 1"), 0.5), lead
        # Tools are chosen and filled by the same words, whatever leads up to them.
        for lead in leads[:3]:
            assert is_quick(partial(ask, f"{lead} {text} 1", WEATHER, EMAIL, CALCULATE), 0.5), lead


def test_every_pattern_is_linear():
    checked = 0
    for room in pkgutil.iter_modules(simulated.__path__, f"{simulated.__name__}."):
        for name, pattern in vars(importlib.import_module(room.name)).items():
            if not isinstance(pattern, re.Pattern):
                continue
            checked += 1
            for piece in HOSTILE.values():
                text = piece * (4_000 // len(piece))
                assert is_quick(partial(pattern.search, text), 0.12), (room.name, name, piece)
    assert checked > 50


def test_no_pattern_repeats_a_group_possessively():
    """Before Python 3.11.5, one goes on at the wrong letter when a repetition fails half-way."""
    possessive = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+")
    assert possessive.search(r"(?:ab?c)++") and not possessive.search(r"(?>(?:a\)++)*)")
    helpers = PROJECT / "helpers"
    for path in itertools.chain(helpers.rglob("*.py"), helpers.rglob("*.toml")):
        assert not possessive.search(path.read_text(encoding="utf-8")), path
