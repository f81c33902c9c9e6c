"""Take secrets out of JSON, addresses and forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from helpers.secrets.names import NAMES, SECRET, is_id_name, is_secret, is_secret_name
from helpers.secrets.texts import PAT, hide_in_text
from helpers.text import parse_json, to_json

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
    if "kty" in holder and name in NAMES["of_a_jwk"]:
        return _nothing_of(value)
    lower = {key.lower(): each for key, each in holder.items()} if name.lower() == "value" else {}
    called = lower.get("name", lower.get("key"))
    if isinstance(called, str):  # {"name": "X-API-Key", "value": "..."}
        return _hidden_by(called, value, text)
    if isinstance(value, str) and PAT.fullmatch(value) and is_id_name(name):
        # Also in a text that is known: who sends its key as an id?
        return value if text(f"call_{value}") == f"call_{value}" else SECRET
    if name.lower() == "key" and any(other.lower() == "value" for other in holder):
        return hide_in_data(value, text)  # a name, too
    return _hidden_by(name, value, text)


def _hidden_by(name: str, value: Any, text: Callable[[str], str]) -> Any:
    """What a field of this name holds."""
    if isinstance(value, dict) and name.lower().endswith("headers"):
        alone = {key: is_secret_name(key, alone=True) for key in value}
        value = {key: _nothing_of(each) if alone[key] else each for key, each in value.items()}
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
