"""Take secrets out of JSON and out of addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from helpers.secrets.names import NAMES, SECRET, is_id_name, is_secret, is_secret_name
from helpers.secrets.texts import PAT, hide_in_text
from helpers.text import parse_json, to_json

_OF_A_SCHEMA = ("type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const")
_VALUES_OF_A_SCHEMA = ("default", "const", "example", "examples", "enum")
_IN_QUERY = re.compile(r"(?<=[?&])(?P<name>[^?&=]+=)[^&]*")


def hide_in_data(value: Any, text: Callable[[str], str] = hide_in_text) -> Any:
    """JSON without what is a secret in it: by names of fields, and in its texts by `text`."""
    if isinstance(value, str):
        return _hide_in_string(value, text)
    if isinstance(value, list):
        if value and all(_is_pair(each) for each in value):
            return [[name, *_hidden_by(name, [said], text)] for name, said in value]
        return [
            SECRET if _asks_for(option, word) else hide_in_data(word, text)
            for option, word in zip([None, *value], value, strict=False)
        ]
    if isinstance(value, dict):
        return {text(name): _hide_field(value, name, text) for name in value}
    return value


def _hide_in_string(value: str, text: Callable[[str], str]) -> str:
    try:
        data = parse_json(value) if value[:64].lstrip()[:1] in ("{", "[") else None
    except ValueError:
        data = None
    if data is None:
        return text(value)
    hidden = hide_in_data(data, text)
    return value if hidden == data else to_json(hidden, compact='": ' not in value)


def _asks_for(option: Any, word: Any) -> bool:
    """Whether this word is a secret after this one: `--token` says so."""
    if not (isinstance(option, str) and isinstance(word, str) and option.startswith("-")):
        return False
    return (option in ("-u", "--user") and ":" in word) or is_secret_name(option)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def _hide_field(holder: dict[str, Any], name: str, text: Callable[[str], str]) -> Any:
    value = holder[name]
    if name == "token" and "logprob" in holder:  # a piece of a text, with its probability
        return value
    if "kty" in holder and name in NAMES["of_a_jwk"]:
        return _nothing_of(value)
    if (lower := name.lower()) in ("key", "value"):  # {"name": "X-API-Key", "value": "..."}
        others = {key.lower(): each for key, each in holder.items()}
        called = others.get("name", others.get("key"))
        if lower == "value" and isinstance(called, str):
            return _hidden_by(called, value, text)
        if lower == "key" and "value" in others:
            return hide_in_data(value, text)  # a name, too
    if isinstance(value, str) and PAT.fullmatch(value) and is_id_name(name):
        # Also in a text that is known: who sends its key as an id?
        return value if text(f"call_{value}") == f"call_{value}" else SECRET
    return _hidden_by(name, value, text)


def _hidden_by(name: str, value: Any, text: Callable[[str], str]) -> Any:
    """What a field of this name holds."""
    if isinstance(value, dict) and name.lower().endswith("headers"):
        value = value | {
            key: _nothing_of(value[key]) for key in value if is_secret_name(key, alone=True)
        }
    if not value or isinstance(value, bool | int | float) or not is_secret(name, value):
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
    return _IN_QUERY.sub(_hide_in_query, path)


def _hide_in_query(match: re.Match[str]) -> str:
    secret = is_secret_name(unquote_plus(match["name"]), alone=True)
    return match["name"] + SECRET if secret else match[0]
