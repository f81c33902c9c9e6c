"""Replies that have to fit a schema, or the keys that a message asks for."""

import json
import re
from dataclasses import replace
from typing import Any

from helpers.mock.simulated import say
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import PATTERNS
from helpers.mock.simulated.layout import literals
from helpers.mock.simulated.plain import named, plain_value
from helpers.mock.simulated.plan import fill
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.refusals import REFUSAL
from helpers.mock.simulated.sights import text_in
from helpers.mock.simulated.texts import Said, has, listing, stem, table, word_set, words

_LONGEST, _DEEPEST = 4_000, 12
_WHY = "The reply has to fit a schema; its values are taken from the conversation."
_EXAMPLE = re.compile(r"\{[^{}]{3,2000}\}")
_TYPED = re.compile(r"\b(\w{1,60})[\"']?\??\s{0,9}:\s{0,9}([^,;\n{}]{1,300})")
_LISTED = re.compile(PATTERNS["json"]["listed"], re.IGNORECASE)
_ENTRY = re.compile(PATTERNS["json"]["entry"])
_KEYS = re.compile(PATTERNS["json"]["keys"], re.IGNORECASE)
_KEY = re.compile(r"\s{0,9}[\"'`“]?([A-Za-z_][\w-]*)")
_MARKED, _QUOTED, _FIELD = (
    re.compile(PATTERNS["json"][name]) for name in ("marked", "quoted", "field")
)
_COUNTED = re.compile(r"\b\d[\d.,]{0,15} ([^\W\d_]+)")
_INSTRUCTION = re.compile(PATTERNS["json"]["instruction"], re.IGNORECASE)
_PLURAL = re.compile(r"\w\w[^isu]s$")
_TYPES = {bool: "boolean", int: "number", float: "number"}


def wanted(turn: Turn) -> bool:
    """Whether the request says that the reply is JSON."""
    return turn.prompt.json_schema is not None or turn.prompt.json_object


def structured(turn: Turn, said: Said) -> Said:
    """The reply in the form of the request's schema, or of the one that the prompt describes.

    In words, and honest, where nobody could tell from the form that a value was never said.
    """
    schema = turn.prompt.json_schema or described(turn) or _object({"answer": _schema("")})
    if said.honest and turn.ask.endswith("?") and not _can_say_so(schema):
        return said
    value, guessed = _filled(turn, said, schema)
    if guessed:
        who, names = turn.prompt.vendor.assistant, listing([f"`{name}`" for name in guessed])
        text = table("talk")["honest"]["form"].format(assistant=who, names=names)
        return Said(f"{text}\n{table('talk')['honest']['live']}", _WHY, honest=True)
    return _written(value)


def _can_say_so(schema: dict[str, Any]) -> bool:
    """Whether a field of a reply can say that there is no answer, or none says any."""
    plain = plain_value(schema, schema)
    values = plain.values() if isinstance(plain, dict) else ()
    return not values or any(each in (None, "unknown", "other", [], {}) for each in values)


def mentioned(turn: Turn) -> Said | None:
    """JSON, or DSPy's fields, that the message asks for in words, without a `response_format`."""
    if fields := _fields(_MARKED, turn.text):
        value, _ = _filled(turn, say.respond(turn), _object(fields))
        lines = [f"[[ ## {key} ## ]]\n{value.get(key, '')}" for key in (*fields, "completed")]
        return Said("\n\n".join(lines).strip(), _WHY, exact=True)
    said = f"{turn.text}\n{turn.system}"[:_LONGEST].lower()
    schema = described(turn) if {"json", "json_schema"} & set(words(said)) else {}
    if not schema:
        return None
    bare = replace(turn, data="") if schema_in(turn.data)[0] else turn
    return _written(_filled(turn, say.respond(bare), schema)[0])


def _written(value: Any) -> Said:
    return Said(json.dumps(value, ensure_ascii=False), _WHY, exact=True)


def _filled(turn: Turn, said: Said, schema: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """A value, and the names of what it had to make up."""
    results = " ".join(step.result for step in turn.steps if step.result)[:_LONGEST]
    if not results and (sole := next(iter(named(schema, "properties")), "")):
        sure = {"Yes": True, "No": False}.get(said.short, parsed(said.short))
        for way in ([*said.items], sure, said.short, said.short.lower()):
            if way not in ([], "", None) and fits({sole: way}, schema):
                return {sole: way}, ()
    if said.text == REFUSAL:
        return _refusing(schema), ()
    text = Text(f"{said.text}\n{results}" if results else source(turn))
    filled = fill(schema, text, purpose="reply", reply=said.short or said.text)
    return filled.value, filled.guessed


def _refusing(schema: dict[str, Any]) -> Any:
    """A value that says the refusal in the first of its fields that can: it has no other place."""
    value = plain_value(schema, schema)
    fields = value.items() if isinstance(value, dict) else ()
    ways = ({**value, key: REFUSAL} for key, each in fields if isinstance(each, str))
    return next((way for way in ways if fits(way, schema)), value)


def source(turn: Turn) -> str:
    """The text that has the values: the last message, or an earlier one that it points at."""
    if turn.prompt.images:
        return text_in(turn.prompt.images)  # the message only says what to look for
    # Neither a schema nor an example of the wanted JSON, nor its keys, are a source of its values.
    _, text = schema_in(turn.text)
    forms = (_EXAMPLE, _LISTED, _KEYS) if turn.prompt.json_schema is None else ()
    for pattern in (*forms, _INSTRUCTION):
        text = pattern.sub(" ", text.strip())
    # "Now give me that as JSON": the values were said before.
    points_back = len(words(turn.text)) <= 16 and has(turn.flat, word_set("agent", "back"))
    if turn.earlier and (points_back or not text.strip(" .")):
        text = "\n".join(said for _, said in turn.earlier[:6])
    return text[:_LONGEST]


def described(turn: Turn) -> dict[str, Any]:
    """A schema for "JSON with the keys name and age", for an example, or the one in the prompt."""
    written = (schema_in(text)[0] for text in (turn.text, turn.system, *turn.said_by("user")[:2]))
    asks = f"{turn.text}\n{turn.system[:_LONGEST]}"
    shown = (span.value for span in literals(asks))
    listed, example = _LISTED.search(asks), _EXAMPLE.search(asks)
    kinds = _ENTRY.findall(listed[0]) if listed else _TYPED.findall(example[0] if example else "")
    typed = _object({name: _schema(kind.strip(), name) for name, kind in kinds})
    before = (parsed(text) for speaker, text in turn.earlier if speaker == "assistant")
    quoted = _object(_fields(_QUOTED, asks))
    ways = (*written, quoted, *map(_schema, shown), typed, _keyed(asks), *map(_schema, before))
    return next((way for way in ways if way and (way.get("properties") or "$defs" in way)), {})


def _fields(pattern: re.Pattern[str], text: str) -> dict[str, Any]:
    """The fields that a prompt of DSPy lists between backticks, on a line that asks for such."""
    line = pattern.search(text)
    fields = {key: _schema(kind) for key, kind in _FIELD.findall(line[0] if line else "")}
    fields.pop("completed", None)
    return fields


def _keyed(text: str) -> dict[str, Any]:
    """The keys that a text names: "name, age and tags"; what it counts is a number."""
    found = _KEYS.search(text)
    keys = next(filter(None, found.groups())) if found else ""
    named = map(_KEY.match, re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+", keys)[:30])
    counted = {stem(word) for word in _COUNTED.findall(text)}
    kinds = {key[1]: "number" if stem(key[1].lower()) in counted else "" for key in named if key}
    return _object({key: _schema(kind, key) for key, kind in kinds.items()})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(value: Any, key: str = "", left: int = _DEEPEST) -> dict[str, Any]:
    """The schema of what is like a value, or of its type: "int", "string[]", "red|blue".

    Of a text that is neither, what a key is called tells.
    """
    if isinstance(value, dict) and left:
        return _object({name: _schema(each, "", left - 1) for name, each in value.items()})
    if isinstance(value, list) and left:
        return {"type": "array", "items": _schema(value[0] if value else "", "", left - 1)}
    if not isinstance(value, str):
        return {"type": _TYPES.get(type(value), "string")}
    options = [option.strip(" \"'") for option in value.split("|")]
    if options[0].endswith("[]"):
        return {"type": "array", "items": _schema(options[0][:-2])}
    kind = table("plain")["types"].get(options[0])
    if not kind and options[1:] and all(options):
        return {"type": "string", "enum": options}
    is_number = key.lower() in word_set("agent", "numeric")
    named = "number" if is_number else "array" if _PLURAL.search(key) else "string"
    return {"type": kind or named}


def schema_in(text: str) -> tuple[dict[str, Any] | None, str]:
    """The last JSON schema that stands in a prompt, after examples of one; the text without any."""
    found, rest, done = None, "", 0
    for span in literals(text):
        if _is_schema(span.value):
            found, rest, done = span.value, rest + text[done : span.start], span.end
    return found, rest + text[done:]


def _is_schema(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    inner = named(value, "properties").values()
    return all(isinstance(each, dict) for each in inner) if inner else "$defs" in value
