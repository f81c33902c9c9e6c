"""Take out secrets that are known, in whatever way they are written."""

from __future__ import annotations

import json
import os
import re
from base64 import b32encode, b64encode
from collections.abc import Callable, Iterable, Mapping

from helpers.secrets.names import SECRET, is_secret_name, remembered
from helpers.secrets.texts import hide_in_text
from helpers.secrets.writing import ESCAPE, URL_SAFE, unescaped


def known_secrets(environment: Mapping[str, str] | None = None) -> set[str]:
    """The values of the variables whose names say that they hold a secret."""
    variables = os.environ if environment is None else environment
    values = {variables[name].strip() for name in variables if is_secret_name(name)}
    # Shorter ones are words such as "none".
    return {value for value in values if len(value) >= 8}


@remembered
def writings(secret: str) -> tuple[str, ...]:
    """A secret as it is, in JSON, in base64 and base32, in hex, as numbers of bytes, reversed."""
    plain = [secret, json.dumps(secret)[1:-1], secret[::-1]]
    for encoding in ("utf-8", "utf-16-le"):
        data = secret.encode(encoding, "replace")
        # What comes before in base64 and after it shares its letters at the edges: those are left.
        packed = [b64encode(data), *(_amid_base64(data, before) for before in range(3))]
        base64 = [each.decode() for each in packed]
        plain += [*base64, *(each.translate(URL_SAFE) for each in base64)]
        plain += [data.decode("latin-1"), b32encode(data).decode().rstrip("=")]
        plain += [data.hex(), data.hex(" "), data.hex(":")]
        plain += [", ".join(map(str, data)), ",".join(map(str, data))]
    return tuple(dict.fromkeys(plain))


def _amid_base64(data: bytes, before: int) -> bytes:
    """How data looks in base64 with so many bytes before it, and some after it."""
    letters = b64encode(bytes(before) + data).rstrip(b"=")
    return letters[(0, 2, 3)[before] : -1 if (before + len(data)) % 3 else None]


def hide_known(text: str, secrets: Iterable[str], instead: str = SECRET) -> str:
    """`text` without these secrets, in any of their writings, whatever is escaped in them."""
    pattern = _pattern_of(frozenset(secrets))
    text = pattern.sub(instead, text)
    if not ESCAPE.search(text):
        return text
    plain, starts = unescaped(text)
    pieces, end = [], 0
    for found in pattern.finditer(plain):
        pieces += [text[end : starts[found.start()]], instead]
        end = starts[found.end()]
    return "".join([*pieces, text[end:]])


@remembered
def _pattern_of(secrets: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(secrets, key=len, reverse=True)
    written = [re.escape(each) for secret in longest_first for each in writings(secret)]
    return re.compile("|".join(written) or "(?!)", re.IGNORECASE)


def hider() -> Callable[[str], str]:
    """What takes out of a text all that the environment knows now, and forms of keys."""
    known = known_secrets()
    return lambda text: hide_in_text(hide_known(text, known), digits=False)


def hide(text: str) -> str:
    """`text` fit to be shown."""
    return hider()(text)
