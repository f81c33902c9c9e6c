"""Other ways to write a text: base64, letters as escapes, and all that a known secret may be."""

from __future__ import annotations

import html
import re
from base64 import b32encode, b64encode, urlsafe_b64decode
from collections.abc import Callable, Iterable
from urllib.parse import quote

from helpers.secrets.names import DATA, SECRET, remembered

# What may hold a secret in another writing: base64, and a word with escapes in it.
_PACKED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/=-])")
_URL_SAFE = str.maketrans("+/", "-_")
_WORD_WITH_ESCAPES = re.compile(r"(?<!\S)[^\s%&\\]*+[%&\\]\S*")
_ENCODED = "|".join(DATA["escapes"]["encoded"])
_LETTER = re.compile(_ENCODED)
_ESCAPE = re.compile("|".join([_ENCODED, *DATA["escapes"]["others"]]))
# What is between letters that are spelt: `k 3 A`, `k-3-A`, `"k", "3", "A"`, or a line for each.
_APART = r"(?>(?:\\{1,8}[nrt]|[\W_]){0,4})"


def _unpacked(packed: str) -> str:
    """The text that base64 stands for; empty where it stands for none."""
    try:
        return urlsafe_b64decode(packed.translate(_URL_SAFE) + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""


def _letter(escape: re.Match[str]) -> str:
    """What an escape stands for; for a long line's end, amid what is long, that is nothing."""
    kind = escape.lastgroup
    said = escape[kind] if kind else ""
    if kind == "html":
        return html.unescape(f"&{said};")
    return said if kind in (None, "itself") else chr(int(said, 8 if kind == "octal" else 16))


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def hide_in_other_writing(text: str, inner: Callable[[str], str]) -> str:
    """A text without what `inner` takes out of what its base64 and its escapes stand for."""

    def packed(match: re.Match[str]) -> str:
        plain = _unpacked(match[0])
        return match[0] if inner(plain) == plain else SECRET

    def escaped(match: re.Match[str]) -> str:
        # A letter after a mark, as in JSON inside text, has to stay so.
        plain, starts = _unescaped(match[0], _LETTER)
        hidden = inner(plain)
        if hidden == plain:
            return match[0]
        # What is before and behind it stays as it was written.
        before = _alike(plain, hidden)
        behind = _alike(plain[before:][::-1], hidden[before:][::-1])
        said = hidden[before : len(hidden) - behind]
        said = quote(said, safe="[]:/?&=,;+@") if "%" in match[0] else said
        return match[0][: starts[before]] + said + match[0][starts[len(plain) - behind] :]

    return _WORD_WITH_ESCAPES.sub(escaped, _PACKED.sub(packed, text))


@remembered
def writings(secret: str) -> tuple[str, ...]:
    """A secret as it is, reversed, in base64 and base32, in hex, and as numbers of bytes."""
    written = [secret, secret[::-1]]
    for encoding in ("utf-8", "utf-16-le"):
        data = secret.encode(encoding, "replace")
        base64 = [b64encode(data).decode(), *(_amid_base64(data, before) for before in range(3))]
        written += [*base64, *(each.translate(_URL_SAFE) for each in base64)]
        written += [data.decode("latin-1"), b32encode(data).decode().rstrip("=")]
        written += [data.hex(), data.hex(" "), data.hex(":"), str([*data])[1:-1]]
        written += [written[-1].replace(" ", "")]
    return tuple(dict.fromkeys(written))


def _amid_base64(data: bytes, before: int) -> str:
    """Data in base64 with so many bytes before it, less the letters that it shares at its edges."""
    letters = b64encode(bytes(before) + data).decode().rstrip("=")
    return letters[(0, 2, 3)[before] : -1 if (before + len(data)) % 3 else None]


@remembered
def _pattern_of(secrets: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(secrets, key=len, reverse=True)
    written = [re.escape(each) for secret in longest_first for each in writings(secret)]
    # One of fewer letters is like words or a row of zeros; one of more nobody spells.
    spelt = [re.findall(r"[^\W_]", secret) for secret in longest_first if len(secret) <= 200]
    written += [_APART.join(s) for s in spelt if len(s) >= 16 and len({*s}) >= 8]
    return re.compile("|".join(written) or "(?!)", re.IGNORECASE)


def hide_known(text: str, secrets: Iterable[str]) -> str:
    """`text` without these secrets, in any of their writings, whatever is escaped in them."""
    pattern = _pattern_of(frozenset(secrets))
    text = pattern.sub(SECRET, text)
    if not _ESCAPE.search(text):
        return text
    plain, starts = _unescaped(text)
    pieces, end = [], 0
    for found in pattern.finditer(plain):
        pieces += [text[end : starts[found.start()]], SECRET]
        end = starts[found.end()]
    return "".join([*pieces, text[end:]])


def _unescaped(text: str, escapes: re.Pattern[str] = _ESCAPE) -> tuple[str, list[int]]:
    """A text without escapes, and where each letter of it, and its end, is in the one given."""
    letters, starts, end = [], list[int](), 0
    for escape in escapes.finditer(text):
        letter = _letter(escape)
        letters += [text[end : escape.start()], letter]
        starts += [*range(end, escape.start()), *[escape.start()] * len(letter)]
        end = escape.end()
    return "".join([*letters, text[end:]]), [*starts, *range(end, len(text) + 1)]
