"""What is a secret by its name, and what looks like one under the name `key`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from helpers.beside import table

SECRET = "[secret]"
DATA = table(__file__, "secrets.toml")
NAMES = {kind: frozenset(words) for kind, words in DATA["names"].items()}
_WORD = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[^\W\d_][^\W\d_A-Z]*|\d+")


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


_KEYS = ("key", "keys")
AROUND = " \t\r\n`*\"'"
_RANDOM = re.compile(
    r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w.~+/=-]{16,200}(?<!\.[a-z]{2})(?<!\.[a-z]{3})"
)
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# Names of fields and most texts of a request are those of the one before. What is kept is bounded.
remembered = lru_cache(maxsize=4096)


@remembered
def is_secret_name(name: str, *, alone: bool = False) -> bool:
    """Whether what has this name, as a field or a variable, is a secret.

    `alone` where names are few, in a header or a query: there `key` is one, too.
    """
    *before, last = words = _words(name) or [""]
    if alone and last in NAMES["alone"]:
        return True
    if last.isdigit() and before:  # TOKEN_2
        *before, last = before
    if last in _KEYS:
        return bool(before) and before[-1] in NAMES["before_key"]
    if last in ("id", "value", "base64", "b64", "pem", "data") and before:
        # An AWS access key's id is half of it; CLIENT_SECRET_VALUE.
        return before[-2:] in (["access", "key"], ["private", "key"]) or (
            last != "id" and is_secret_name("_".join(before))
        )
    if last in ("token", "tokens"):
        return not (before and before[-1] in NAMES["open_tokens"])
    return last in NAMES["last"] or "".join(words[-2:]) in NAMES["last"]


def known_secrets(environment: Mapping[str, str] | None = None) -> set[str]:
    """The values of the variables whose names say that they hold a secret."""
    variables = os.environ if environment is None else environment
    values = {variables[name].strip() for name in variables if is_secret_name(name)}
    # Shorter ones are words such as "none".
    return {value for value in values if len(value) >= 8}


def is_secret(name: str, value: Any) -> bool:
    """Whether this value is a secret under this name: `key` alone says so only of what looks it."""
    texts = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]
    return is_secret_name(name) or (may_be_secret(name) and any(map(_looks_random, texts)))


def may_be_secret(name: str) -> bool:
    """Whether some values are secrets under this name."""
    *before, last = _words(name) or [""]
    return is_secret_name(name) or (
        last in _KEYS and not NAMES["open_keys"].intersection(before[-1:])
    )


def _looks_random(value: str) -> bool:
    """Whether no person thought of a text: long, of letters and digits that change places often.

    Words, dates, names of models and files do not, and a UUID is more often an id than a key.
    """
    value = value.strip(AROUND)
    if not _RANDOM.fullmatch(value) or _UUID.fullmatch(value):
        return False
    longest = max(re.findall("[A-Za-z0-9]+", value), key=len)
    return len(longest) >= 12 and len(longest) <= 3 * len(_WORD.findall(longest))


def is_id_name(name: str) -> bool:
    """Whether what has this name is an id or a hash, though it may have the form of a key."""
    words = _words(name)
    ids = NAMES["ids"].intersection(["".join(words[-1:]), "".join(words[-2:])])
    return bool(ids) and not is_secret_name(name)
