"""Other ways to write a text: base64, and letters as escapes."""

from __future__ import annotations

import html
import re
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable
from urllib.parse import quote

from helpers.secrets.names import DATA, SECRET

# What may hold a secret in another writing: base64, and a word with escapes in it.
_PACKED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/=-])")
URL_SAFE = str.maketrans("+/", "-_")
_WORD_WITH_ESCAPES = re.compile(r"(?<!\S)[^\s%&\\]*+[%&\\]\S*")
ESCAPE = re.compile("|".join(DATA["escapes"]["patterns"]))


def _unpacked(packed: str) -> str:
    """The text that base64 stands for; empty where it stands for none."""
    try:
        return urlsafe_b64decode(packed.translate(URL_SAFE) + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""


def _letter(escape: re.Match[str]) -> str:
    """What an escape stands for; for a long line's end, amid what is long, that is nothing."""
    kind = escape.lastgroup
    if kind is None or kind == "itself":
        return escape[kind] if kind else ""
    if kind == "html":
        return html.unescape(f"&{escape[kind]};")
    number = int(escape[kind], 8 if kind == "octal" else 16)
    return chr(number) if number <= sys.maxunicode else ""


def _encoded_letter(escape: re.Match[str]) -> str:
    """The same, but a letter after a mark, as in JSON inside text, has to stay so."""
    return escape[0] if escape.lastgroup in (None, "itself") else _letter(escape)


def hide_in_other_writing(text: str, inner: Callable[[str], str]) -> str:
    def packed(match: re.Match[str]) -> str:
        plain = _unpacked(match[0])
        return match[0] if inner(plain) == plain else SECRET

    def escaped(match: re.Match[str]) -> str:
        plain = ESCAPE.sub(_encoded_letter, match[0])
        hidden = inner(plain)
        if hidden == plain:
            return match[0]
        return quote(hidden, safe="[]:/?&=,;+@") if "%" in match[0] else hidden

    return _WORD_WITH_ESCAPES.sub(escaped, _PACKED.sub(packed, text))


def unescaped(text: str) -> tuple[str, list[int]]:
    """A text without escapes, and where each letter of it, and its end, is in the one given."""
    letters, starts, end = [], list[int](), 0
    for escape in ESCAPE.finditer(text):
        letter = _letter(escape)
        letters += [text[end : escape.start()], letter]
        starts += [*range(end, escape.start()), *[escape.start()] * len(letter)]
        end = escape.end()
    return "".join([*letters, text[end:]]), [*starts, *range(end, len(text) + 1)]
