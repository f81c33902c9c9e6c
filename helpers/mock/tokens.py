"""Split a text into pieces of about four characters, and count them.

Real models each have a tokenizer of their own, and downloading one is not worth a tutorial. These
pieces look like a byte-pair tokenizer's (a word keeps the space before it) and join back exactly,
so that usage, truncation and streaming can be shown. They are not what a live model bills.
"""

import re

_PIECE = re.compile(
    r" ?+(?:"
    r"[a-zA-Z]{1,6}+(?![^\x00-\x7f])"  # as most are, and found sooner so
    r"|[\u2e80-\u9fff\uac00-\ud7af]"  # a Chinese, Japanese or Korean character is a piece
    r"|[^\W\d_]{1,6}"
    r"|\d{1,3}"
    r"|[^\w\s]{1,2}+(?!_)|(?:[^\w\s]|_){1,2})"
    r"|\s+(?= \S)"  # leave the last space to the word after it
    r"|\s+"
)


def split(text: str) -> list[str]:
    """The pieces of `text`, in order; `"".join(split(text)) == text`."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """How many pieces `text` has."""
    return len(_PIECE.findall(text))
