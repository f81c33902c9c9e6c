"""What is a secret, in one place: for recordings, transcripts, what is printed, and the gates.

A secret is told by its name (`api_key`, `X-Amz-Credential`), by its form (`ghp_...`), both of which
`secrets.toml` lists; or because it is known, from the environment or from the headers of an
exchange. An id, a hash or a number is not a secret, and stays.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from helpers.text import parse_json, to_json

SECRET = "[secret]"

# --- by name ---

_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NAMES = {kind: frozenset(words) for kind, words in _DATA["names"].items()}
_WORD = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[^\W\d_][^\W\d_A-Z]*|\d+")


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


# Names of fields and most texts of a request are those of the one before. What is kept is bounded.
_remembered = lru_cache(maxsize=4096)
_SHORT = 200


@_remembered
def is_secret_name(name: str, *, alone: bool = False) -> bool:
    """Whether what has this name, as a field or a variable, is a secret.

    `alone` where names are few, in a header or a query: there `key` is one, too.
    """
    words = _words(name)
    if not words:
        return False
    if alone and words[-1] in _NAMES["alone"]:
        return True
    *before, last = words
    if last.isdigit() and before:  # TOKEN_2
        *before, last = before
    if last in ("key", "keys"):
        return bool(before) and before[-1] in _NAMES["before_key"]
    if last in ("id", "value", "base64", "b64", "pem", "data") and before:
        # An AWS access key's id is half of it; CLIENT_SECRET_VALUE.
        return before[-2:] in (["access", "key"], ["private", "key"]) or (
            last != "id" and is_secret_name("_".join(before))
        )
    if last in ("token", "tokens"):
        return not (before and before[-1] in _NAMES["open_tokens"])
    return last in _NAMES["last"] or "".join(words[-2:]) in _NAMES["last"]


def is_id_name(name: str) -> bool:
    """Whether what has this name is an id or a hash, though it may have the form of a key."""
    words = _words(name)
    ids = _NAMES["ids"].intersection(["".join(words[-1:]), "".join(words[-2:])])
    return bool(ids) and not is_secret_name(name)


# --- by form ---

_BEGINNINGS: list[str] = _DATA["beginnings"]["of_keys"]
_BEGUN = {
    "what": "an API key",
    "hints": [beginning.lower() for beginning in _BEGINNINGS],
    "pattern": rf"(?<![\w-])(?:{'|'.join(map(re.escape, _BEGINNINGS))})"
    r"(?=(?:[\w-]*[_-])?(?=[A-Za-z]*\d)[A-Za-z0-9]{12})[\w-]{16,}",
}
_SHAPES = [*_DATA["shapes"], _BEGUN]
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (shape["what"], re.compile(shape["pattern"])) for shape in _SHAPES
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


# --- in texts ---

# name=value, as in addresses, forms and lines of a shell. Other ways to write both are data.
_ASSIGNED = re.compile(
    r"(?<![A-Za-z0-9_.%])(?<![A-Za-z0-9_.%]-)_{0,2}(?P<name>[A-Za-z][\w.%-]{1,60})"
    r"(?P<equals>[\"']?\]?[ \t]{0,3}=(?!=)[ \t]{0,3})(?P<quote>[\"']?)"
    r"(?P<value>(?:(?!\?\w+=)[^&\s\"'<>()\[\]{},;\\`])++)(?![(\[])"
)
_NAMED = tuple(re.compile(each["pattern"]) for each in _DATA["written"])


def _hide_assigned(match: re.Match[str]) -> str:
    name = unquote_plus(match["name"]).rpartition(".")[2]
    before = match.string[match.start() - 1 : match.start()]
    if not is_secret_name(name, alone=before in ("?", "&")):
        return match[0]
    # os.environ, self.key: a program's names, not what they stand for.
    value, quote_, equals = match["value"], match["quote"], match["equals"]
    if re.fullmatch(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+|\$\w+|None|null|true|false|True|False", value):
        return match[0]
    if equals != "=" and not re.match(".{8}" if quote_ else r"(?=.*\d)(?=.*[A-Za-z]).{6}", value):
        return match[0]
    return match[0].removesuffix(value) + SECRET


def _hide_named(match: re.Match[str]) -> str:
    name = match["name"]
    return match["before"] + SECRET if name is None or is_secret_name(name) else match[0]


# What parts the cells of a table, what a heading is, and what is long and mixed enough for a key.
_BETWEEN_CELLS = re.compile(r"( {2,}|[|\t,])")
_HEADING = re.compile(r"[\s`*\"']*([\w -]{2,40}?)[\s`*\"']*")
_KEY = re.compile(
    r"(?<![^\s`\"'])(?=\S{0,99}\d)(?=\S{0,99}[A-Za-z0-9]{12})[\w.~+/=-]+(?![^\s`\"'])"
)


def _hide_in_tables(text: str) -> str:
    """A text without what is in a column whose heading is the name of a secret."""
    lines, secret, width = text.split("\n"), list[int](), 0
    for number, line in enumerate(lines):
        cells = _BETWEEN_CELLS.split(line)
        if len(cells) != width:
            width = len(cells)
            headings = [_HEADING.fullmatch(cell) for cell in cells]
            secret = [n for n, each in enumerate(headings) if each and is_secret_name(each[1])]
        else:
            for column in secret:
                cells[column] = _KEY.sub(SECRET, cells[column])
            lines[number] = "".join(cells)
    return "\n".join(lines)


def _hide_digits(match: re.Match[str]) -> str:
    return match[0] if is_public(match.string, match.start()) else stand_in(match[0])


def _hide_shape(match: re.Match[str]) -> str:
    scheme = _SCHEME.match(match[0])
    return (scheme[0] if scheme else "") + SECRET


# What may hold a secret in another writing: base64, and %3D for the = of an address.
_PACKED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/=-])")
_URL_SAFE = str.maketrans("+/", "-_")
_ESCAPED = re.compile(r"%(?:3[ad]|2[27])", re.I)


def _unpacked(packed: str) -> str:
    """The text that base64 stands for; empty where it stands for none."""
    try:
        return urlsafe_b64decode(packed.translate(_URL_SAFE) + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""


def _hide_in_other_writing(text: str, inner: Callable[[str], str]) -> str:
    def packed(match: re.Match[str]) -> str:
        plain = _unpacked(match[0])
        return match[0] if inner(plain) == plain else SECRET

    def escaped(match: re.Match[str]) -> str:
        if not _ESCAPED.search(match[0]):
            return match[0]
        plain = unquote(match[0])
        hidden = inner(plain)
        return match[0] if hidden == plain else quote(hidden, safe="[]:/?&=,;+@")

    if _ESCAPED.search(text):
        text = re.sub(r"\S+", escaped, text)
    return _PACKED.sub(packed, text)


def hide_in_text(text: str, *, digits: bool = True) -> str:
    """A text without what is a secret in it by its name or by its form."""
    if len(text) < 6:
        return text
    return (_hide_in_short if len(text) <= _SHORT else _hide_in_long)(text, digits)


def _hide_in_long(text: str, digits: bool) -> str:
    text = _hide_in_other_writing(text, partial(hide_in_text, digits=digits))
    lower = text.lower()
    for (_, pattern), hints in zip(SHAPES, _HINTS, strict=True):
        if any(hint in lower for hint in hints):
            text = pattern.sub(_hide_shape, text)
    if any(hint in lower for hint in _NAMES["hints"]):
        text = _ASSIGNED.sub(_hide_assigned, text)
        for named in _NAMED:
            text = named.sub(_hide_named, text)
        text = _hide_in_tables(text)
    return PAT.sub(_hide_digits, text) if digits else text


_hide_in_short = _remembered(_hide_in_long)


# --- in data ---

_OF_A_SCHEMA = ("type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const")
_VALUES_OF_A_SCHEMA = ("default", "const", "example", "examples", "enum")


def hide_in_data(value: Any, text: Callable[[str], str] = hide_in_text) -> Any:
    """JSON without what is a secret in it: by names of fields, and in its texts by `text`."""
    if isinstance(value, str):
        return _hide_in_string(value, text)
    if isinstance(value, list):
        if value and all(_is_pair(each) for each in value):
            return [[name, *_hidden_by(name, [said], text)] for name, said in value]
        # What follows `--token` is one.
        before = [None, *value]
        return [
            SECRET
            if isinstance(word, str) and _asks_for(option, word)
            else hide_in_data(word, text)
            for option, word in zip(before, value, strict=False)
        ]
    if isinstance(value, dict):
        return {text(name): _hide_field(value, name, text) for name in value}
    return value


def _hide_in_string(value: str, text: Callable[[str], str]) -> str:
    if value[:64].lstrip()[:1] in ("{", "["):
        try:
            data = parse_json(value)
        except ValueError:
            return text(value)
        hidden = hide_in_data(data, text)
        return value if hidden == data else to_json(hidden, compact='": ' not in value)
    return text(value)


def _asks_for(option: Any, word: str) -> bool:
    if not isinstance(option, str) or option[:1] != "-":
        return False
    return (option in ("-u", "--user") and ":" in word) or is_secret_name(option)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def _hide_field(holder: dict[str, Any], name: str, text: Callable[[str], str]) -> Any:
    value = holder[name]
    if name == "token" and "logprob" in holder:  # a piece of a text, with its probability
        return value
    if "kty" in holder and name in _NAMES["of_a_jwk"]:
        return _nothing_of(value)
    lower = {key.lower(): each for key, each in holder.items()} if name.lower() == "value" else {}
    called = lower.get("name", lower.get("key"))
    if isinstance(called, str):  # {"name": "X-API-Key", "value": "..."}
        return _hidden_by(called, value, text)
    if isinstance(value, str) and PAT.fullmatch(value) and is_id_name(name):
        # Also in a text that is known: who sends its key as an id?
        return value if text(f"call_{value}") == f"call_{value}" else SECRET
    return _hidden_by(name, value, text)


def _hidden_by(name: str, value: Any, text: Callable[[str], str]) -> Any:
    """What a field of this name holds."""
    if isinstance(value, dict) and name.lower().endswith("headers"):
        alone = {key: is_secret_name(key, alone=True) for key in value}
        value = {key: _nothing_of(each) if alone[key] else each for key, each in value.items()}
    if not is_secret_name(name) or not value or isinstance(value, bool | int | float):
        return hide_in_data(value, text)
    if isinstance(value, dict) and any(key in value for key in _OF_A_SCHEMA):
        hidden = hide_in_data(value, text)
        return hidden | {k: _nothing_of(hidden[k]) for k in _VALUES_OF_A_SCHEMA if k in hidden}
    return _nothing_of(value)


def _nothing_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nothing_of(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_nothing_of(each) for each in value]
    return SECRET if isinstance(value, str) and value else value


def hide_in_query(path: str) -> str:
    """An address without what is a secret in its query."""
    before, mark, query = path.partition("?")
    return before + mark + hide_in_form(query)


def hide_in_form(form: str) -> str:
    """A form (`name=value&name=value`) without what is a secret in it."""
    pairs = []
    for pair in form.split("&"):
        name, equals, _ = pair.partition("=")
        secret = is_secret_name(unquote_plus(name), alone=True)
        pairs.append(name + equals + SECRET if equals and secret else pair)
    return "&".join(pairs)


# --- what is known ---


def known_secrets(environment: Mapping[str, str] | None = None) -> set[str]:
    """The values of the variables whose names say that they hold a secret."""
    variables = os.environ if environment is None else environment
    values = {variables[name].strip() for name in variables if is_secret_name(name)}
    # Shorter ones are words such as "none".
    return {value for value in values if len(value) >= 8}


@_remembered
def writings(secret: str) -> tuple[str, ...]:
    """A secret as it is, as an address has it, in base64, also amid another text, hex, reversed."""
    data = secret.encode("utf-8", "replace")
    quoted = quote(secret, safe="")
    plain = [secret, quoted, quote(quoted), quote(secret), secret.replace("/", "\\/")]
    # What comes before in base64 and after it shares its letters at the edges, so these are left.
    packed = [b64encode(data), *(_amid_base64(data, before) for before in range(3))]
    other = [data.hex(), data.hex().upper(), secret[::-1]]
    base64 = [each.decode() for each in packed]
    return tuple(
        dict.fromkeys([*plain, *base64, *(p.translate(_URL_SAFE) for p in base64), *other])
    )


def _amid_base64(data: bytes, before: int) -> bytes:
    """How data looks in base64 with so many bytes before it, and some after it."""
    letters = b64encode(bytes(before) + data).rstrip(b"=")
    return letters[(0, 2, 3)[before] : -1 if (before + len(data)) % 3 else None]


def hide_known(text: str, secrets: Iterable[str], instead: str = SECRET) -> str:
    """`text` without these secrets, in any of their writings."""
    return _without(_written(secrets), text, instead)


def _written(secrets: Iterable[str]) -> list[str]:
    longest_first = sorted(secrets, key=len, reverse=True)
    return [written for secret in longest_first for written in writings(secret)]


def _without(written: list[str], text: str, instead: str = SECRET) -> str:
    for each in written:
        text = text.replace(each, instead)
    return text


def hider() -> Callable[[str], str]:
    """What takes out of a text all that the environment knows now, and forms of keys."""
    known = _written(known_secrets())
    return lambda text: hide_in_text(_without(known, text), digits=False)


def hide(text: str) -> str:
    """`text` fit to be shown."""
    return hider()(text)
