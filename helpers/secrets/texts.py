"""Take secrets out of texts: by their forms, and by names before them."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from urllib.parse import unquote_plus

from helpers.secrets.names import DATA, NAMES, SECRET, is_secret, is_secret_name, remembered
from helpers.secrets.tables import hide_in_tables
from helpers.secrets.writing import hide_in_other_writing

_SHORT = 200
_BEGINNINGS: list[str] = DATA["beginnings"]["of_keys"]
_BEGUN = {
    "what": "an API key",
    "hints": [beginning.lower() for beginning in _BEGINNINGS],
    "patterns": [
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, _BEGINNINGS))})"
        r"(?=(?:[\w-]*[_-])?(?=[A-Za-z]*\d)[A-Za-z0-9]{12})[\w-]{16,}"
    ],
}
_SHAPES = [*DATA["shapes"], _BEGUN]
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (shape["what"], re.compile("|".join(shape["patterns"]))) for shape in _SHAPES
)
"""The forms of keys: what to call one, and a pattern."""

_HINTS: tuple[tuple[str, ...], ...] = tuple(tuple(shape["hints"]) for shape in _SHAPES)
# What of a shape stays: it only says what follows.
_SCHEME = re.compile(r"(?i:(?:Bearer|Basic|Key|Token)(?:\s|%20)+|(?:set-)?cookie\s*:\s*)")

PAT = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32}(?![0-9A-Za-z])")
"""The form that every PAT of Clarifai's seen so far has. Ids and hashes may have it as well."""

_PUBLIC_BEFORE = re.compile(
    r"(?:/versions/|(?P<word>[A-Za-z]+)[_-]|(?i:md5|etag|hash|digest)\W{1,4})$"
)
_STAND_IN = re.compile(r"0{16}[0-9a-f]{16}")


def is_public(text: str, start: int) -> bool:
    """Whether the 32 hexadecimal digits in `text` at `start` are an id, as what is before says."""
    before = _PUBLIC_BEFORE.search(text, max(0, start - 24), start)
    word = before and before["word"]
    return bool(before) and not (word and (is_secret_name(word) or word.lower() in ("key", "sk")))


def stand_in(digits: str) -> str:
    """The same for the same 32 digits, and nobody's key: so that texts which differ still do."""
    if _STAND_IN.fullmatch(digits):
        return digits
    return "0" * 16 + hashlib.sha256(digits.lower().encode()).hexdigest()[:16]


# name=value, as in addresses, forms and lines of a shell. Other ways to write both are data.
_ASSIGNED = re.compile(
    r"(?<![A-Za-z0-9_.%])(?<![A-Za-z0-9_.%]-)_{0,2}(?P<name>[A-Za-z][\w.%-]{1,60})"
    r"(?P<equals>[\"']?\]?[ \t]{0,3}=(?!=)[ \t]{0,3})(?P<quote>[\"']?)"
    r"(?P<value>(?:(?!\?\w+=)[^&\s\"'<>()\[\]{},;\\`])++)(?![(\[])"
)
_NAMED = tuple(re.compile(each["pattern"], re.VERBOSE) for each in DATA["written"])


def _hide_assigned(match: re.Match[str]) -> str:
    name = unquote_plus(match["name"]).rpartition(".")[2]
    before = match.string[match.start() - 1 : match.start()]
    if not (is_secret(name, match["value"]) or is_secret_name(name, alone=before in ("?", "&"))):
        return match[0]
    # os.environ, self.key: a program's names, not what they stand for.
    value, quote_, equals = match["value"], match["quote"], match["equals"]
    if name.lower().endswith("tokens") and value.isdigit():
        return match[0]  # so many of them
    if re.fullmatch(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+|\$\w+|None|null|true|false|True|False", value):
        return match[0]
    if equals != "=" and not re.match(".{8}" if quote_ else r"(?=.*\d)(?=.*[A-Za-z]).{6}", value):
        return match[0]
    return match[0].removesuffix(value) + SECRET


def _hide_named(match: re.Match[str]) -> str:
    name, before = match.groupdict().get("name"), match["before"]
    hidden = name is None or is_secret(name, match[0].removeprefix(before))
    return before + SECRET if hidden else match[0]


def _hide_digits(match: re.Match[str]) -> str:
    return match[0] if is_public(match.string, match.start()) else stand_in(match[0])


def _hide_shape(match: re.Match[str]) -> str:
    scheme = _SCHEME.match(match[0])
    return (scheme[0] if scheme else "") + SECRET


def hide_in_text(text: str, *, digits: bool = True) -> str:
    """A text without what is a secret in it by its name or by its form."""
    if len(text) < 6:
        return text
    return (_hide_in_short if len(text) <= _SHORT else _hide_in_long)(text, digits)


def _hide_in_long(text: str, digits: bool) -> str:
    plainly = partial(_hide_plain, digits=digits)
    return hide_in_other_writing(plainly(text), plainly)


def _hide_plain(text: str, digits: bool) -> str:
    lower = text.lower()
    for (_, pattern), hints in zip(SHAPES, _HINTS, strict=True):
        if any(hint in lower for hint in hints):
            text = pattern.sub(_hide_shape, text)
    if any(hint in lower for hint in NAMES["hints"]):
        text = _ASSIGNED.sub(_hide_assigned, text)
        for named in _NAMED:
            text = named.sub(_hide_named, text)
        text = hide_in_tables(text)
    return PAT.sub(_hide_digits, text) if digits else text


_hide_in_short = remembered(_hide_in_long)
