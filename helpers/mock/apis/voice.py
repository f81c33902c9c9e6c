"""Another voice: the same model says the same in other words, for proof that nobody relies on them.

A program, or a notebook, that is right on every backend stays right in any voice; what only repeats
what the mock happens to say does not. `Application(voice="a")`, or CLARIFAI_MOCK_VOICE=a in the
environment of a mock, changes every reply in a way that depends on the voice and the reply alone.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from helpers.mock.apis.context import Bend
from helpers.mock.simulated.model import Prompt, Reply

_OPENINGS = ("Well. ", "Here you are. ", "Let me see. ", "In short: ", "Gladly. ")
_CLOSINGS = ("", " That is all.", " I hope this helps.", " Ask me more if you like.")
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z])")


def in_voice(voice: str) -> Bend:
    """How a reply is worded in this voice; text that has to be JSON stays as it is."""

    def bend(prompt: Prompt, reply: Reply) -> Reply:
        draw = blake2b(f"{voice}\0{reply.text}".encode("utf-8", "replace"), digest_size=3).digest()
        calls = reply.calls
        if len(calls) > 1:
            # One after another, where a program may have counted on all at once; or the other way.
            calls = calls[:1] if draw[0] % 2 else calls[::-1]
        text = reply.text
        if text and not (prompt.json_schema or prompt.json_object or reply.refused):
            text = _reworded(text, draw)
        thought = reply.reasoning and f"{_OPENINGS[draw[1] % len(_OPENINGS)]}{reply.reasoning}"
        return reply._replace(text=text, calls=calls, reasoning=thought)

    return bend


def _reworded(text: str, draw: bytes) -> str:
    """Other words around it, and its sentences in another order where it is one plain paragraph."""
    sentences = _SENTENCE.split(text)
    if "\n" not in text and 1 < len(sentences) < 6 and draw[2] % 2:
        text = " ".join([*sentences[1:], sentences[0]])
    return f"{_OPENINGS[draw[1] % len(_OPENINGS)]}{text}{_CLOSINGS[draw[0] % len(_CLOSINGS)]}"
