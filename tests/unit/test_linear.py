"""No text makes the simulated model slow: it takes time by the length of what it reads."""

import re
import time

import pytest

from helpers.mock.simulated import (
    agent,
    almanac,
    arithmetic,
    asking,
    crafts,
    find,
    measures,
    memory,
    plan,
    reading,
    results,
    say,
    segments,
    shape,
    structure,
    style,
    sums,
    tokens,
    want,
)
from helpers.mock.simulated.prompt import Tool
from tests.unit.prompts import (
    CALCULATE,
    EMAIL,
    WEATHER,
    ask,
)

HOSTILE = {
    "letters": "a", "spaces": " ", "lines": "\n", "digits": "1", "commas": "1,", "dots": "a.",
    "brackets": "(", "dashes": "-", "slashes": "/a", "quotes": "'", "capitals": "Aa ",
    "colons": ": ", "sums": "1+", "equals": "x = ", "context": "context: ", "my": "my a is ",
    "ids": "A-1-",
}  # fmt: skip


LEADS = ["weather", "say", "my name is", "count from", "tell me a story about", "extract: ",
         "how many words in", "sort alphabetically: ", "classify as", "what is my", "explain",
         "json with keys"]  # fmt: skip


def spent(message: str, tools: tuple[Tool, ...]) -> float:
    """Seconds of processor time for a reply."""
    start = time.process_time()
    ask(message, *tools)
    return time.process_time() - start


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_no_text_makes_it_slow(piece):
    for size, leads in ((4_000, LEADS), (1_000_000, LEADS[:1])):
        text = piece * (size // len(piece))
        for lead in leads:
            for tools in ((), (WEATHER, EMAIL, CALCULATE)):
                # Linear costs milliseconds; a pattern that backtracks costs seconds, every time.
                message = f"{lead} {text} 1"
                assert any(spent(message, tools) < 0.5 for _ in range(3)), lead


def test_every_pattern_is_linear():
    rooms = (almanac, asking, crafts, memory, reading, results, say, structure, style, sums)
    for module in (agent, arithmetic, find, measures, plan, segments, shape, tokens, want, *rooms):
        for name, pattern in vars(module).items():
            if not isinstance(pattern, re.Pattern):
                continue
            for piece in HOSTILE.values():
                start = time.process_time()
                pattern.search(piece * (4_000 // len(piece)))
                assert time.process_time() - start < 0.2, (module.__name__, name, piece)
