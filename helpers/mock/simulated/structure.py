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
from helpers.strict import is_type

_LONGEST = 4_000
_SILENT: tuple[Any, ...] = (None, "unknown", "other", [], {})
_WHY = "The reply has to fit a schema; its values are taken from the conversation."
_EXAMPLE = re.compile(r"\{[^{}]{3,2000}\}")
_TYPED = re.compile(r"\b(\w{1,60})[\"']?\??\s{0,9}:\s{0,9}([^,;\n{}]{1,300})")
_KEYS = re.compile(PATTERNS["json"]["keys"], re.IGNORECASE)
_AS_JSON = re.compile(PATTERNS["json"]["as_json"], re.IGNORECASE)
_FIELD = re.compile(r"`(?:\[\[ ## )?(\w+)(?: ## \]\])?`(?:[^`]*?Python (\w+))?")
_BACKTICKED = re.compile(r"JSON[^`\n]{0,80}\bfields?\b[^\n]*")
_MARKED = re.compile(r"output fields?, starting with[^\n]*")
_KEY = re.compile(r"\s{0,9}[\"'`“]?([A-Za-z_][\w-]*)")
_COUNTED = re.compile(r"\b\d[\d.,]{0,15} ([^\W\d_]+)")
_COLON = re.compile(r"[^.:\n]{0,80}:\s")
_SENTENCE = re.compile(r"(?:(?<=[.!?:]\s)|(?<=\n)|^)[^.!?:\n\d\"]{0,200}$")
_LISTED = re.compile(PATTERNS["json"]["listed"], re.IGNORECASE)
_ENTRY = re.compile(PATTERNS["json"]["entry"])
_INSTRUCTION = re.compile(PATTERNS["json"]["instruction"], re.IGNORECASE)
_PLAIN = ("boolean", "number")
_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "list": "array", "dict": "object"}
_TYPES |= {kind: kind for kind in ("string", "integer", "number", "boolean")} | {"str": "string"}


def wanted(turn: Turn) -> bool:
    """Whether the request says that the reply is JSON."""
    return turn.prompt.json_schema is not None or turn.prompt.json_object


def structured(turn: Turn, said: Said) -> Said:
    """The reply in the form of the request's schema, or of the one that the prompt describes.

    In words, and honest, where nobody could tell from the form that a value was never said.
    """
    schema = turn.prompt.json_schema or described(turn)
    if not schema.get("properties") and turn.prompt.json_schema is None:
        schema = _object({"answer": {"type": "string"}})
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
    return not values or any(each in _SILENT for each in values)


def mentioned(turn: Turn) -> Said | None:
    """JSON that the message asks for in words, without any `response_format`."""
    if marks := _fields(_MARKED, turn.text):
        value, _ = _filled(turn, say.respond(turn), _object(marks))
        lines = [f"[[ ## {key} ## ]]\n{value.get(key, '')}" for key in marks]
        return Said("\n\n".join([*lines, "[[ ## completed ## ]]"]), _WHY, exact=True)
    said = f"{turn.text}\n{turn.system}"[:_LONGEST].lower()
    if "json" not in said or not {"json", "json_schema"} & set(words(said)):
        return None
    schema = described(turn)
    bare = replace(turn, data="") if schema_in(turn.data)[0] else turn
    has_keys = schema.get("properties")
    return _written(_filled(turn, say.respond(bare), schema)[0]) if has_keys else None


def _written(value: Any) -> Said:
    return Said(json.dumps(value, ensure_ascii=False), _WHY, exact=True)


def _filled(turn: Turn, said: Said, schema: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """A value, and the names of what it had to make up."""
    text = asked = Text(source(turn))
    results = [step.result for step in turn.steps if step.result]
    if said.text == REFUSAL:
        # A model that is held to a schema can only say it in the schema's fields.
        text = asked = Text("")
    elif results:
        text = Text(f"{said.text}\n{' '.join(results)[:_LONGEST]}")
    elif turn.prompt.images:
        # What is asked for is in the pictures: the message only says what to look for.
        text = asked = Text(text_in(turn.prompt.images))
    sure = {"Yes": True, "No": False}.get(said.short, parsed(said.short))
    ways = ([*said.items], sure, said.short, said.short.lower())
    sole = [name for name in named(schema, "properties") if not results]
    answers = ({name: way} for name in sole[:1] for way in ways if way not in ([], "", None))
    if (answer := next((each for each in answers if fits(each, schema)), None)) is not None:
        return answer, ()
    reply = said.short or said.text
    filled = fill(schema, text, backup=asked, purpose="reply", reply=lambda: reply)
    if said.text == REFUSAL:
        return _refusing(filled.value, schema), ()
    return filled.value, filled.guessed


def _refusing(value: Any, schema: dict[str, Any]) -> Any:
    """A value that says the refusal in the first of its fields that can."""
    fields = value.items() if isinstance(value, dict) else ()
    texts = [key for key, each in fields if isinstance(each, str)]
    ways = [{**value, key: REFUSAL} for key in texts]
    return next((way for way in ways if fits(way, schema)), value)


# Of a message that has a schema in it: what it says of that.
_ON_FORM = re.compile(PATTERNS["structure"]["on_form"], re.IGNORECASE)
_ON_MARKS = re.compile(PATTERNS["structure"]["on_marks"])


def source(turn: Turn) -> str:
    """The text that has the values: the last message, or an earlier one that it points at."""
    schema, text = schema_in(turn.text)
    text = _ON_FORM.sub(" ", text) if schema else text
    text = _LISTED.sub(" ", _ON_MARKS.sub(" ", text))
    if turn.prompt.json_schema is None:
        # Neither an example of the wanted JSON nor its keys are a source of its values.
        text = _without_keys(_EXAMPLE.sub(" ", text))
    text = _INSTRUCTION.sub("", text.strip())
    if turn.earlier and (_points_back(turn) or not text.strip(" .")):
        before = [said for _, said in turn.earlier[:6]]
        results = [step.result or "" for step in turn.past[-3:]]
        text = "\n".join([*before, *results])
    return text[:_LONGEST]


def _without_keys(text: str) -> str:
    """A text without what names keys in it: of the sentence, up to a colon, or to the last key."""
    found = _KEYS.search(text) or _AS_JSON.search(text)
    if not found or not {"json"} & set(words(text)):
        return text
    start = _SENTENCE.search(text[: found.start()])
    colon = _COLON.match(text, found.end())
    return (
        f"{text[: start.start()] if start else ''}{text[colon.end() if colon else found.end() :]}"
    )


def _points_back(turn: Turn) -> bool:
    """ "Now give me that as JSON": the values were said before."""
    short = len(words(turn.text)) <= 16 and not turn.data
    return short and bool(has(turn.flat, word_set("agent", "back")))


def described(turn: Turn) -> dict[str, Any]:
    """A schema for "JSON with the keys name and age", for an example, or the one in the prompt."""
    for text in (turn.text, turn.system, *turn.said_by("user")[:2]):
        schema, _ = schema_in(text)
        if schema is not None:
            return schema
    asks = f"{turn.text}\n{turn.system[:_LONGEST]}"
    listed = _LISTED.search(asks)
    kinds = _ENTRY.findall(listed["entries"]) if listed else ()
    before = [parsed(text) for speaker, text in turn.earlier if speaker == "assistant"]
    return _object(
        _fields(_BACKTICKED, asks)
        or {key: _schema(kind, key) for key, kind in kinds}
        or _exemplified(asks)
        or _keyed(_KEYS, asks)
        or next((_schema(each)["properties"] for each in before if isinstance(each, dict)), {})
        or _keyed(_AS_JSON, asks)
    )


def _keyed(pattern: re.Pattern[str], text: str) -> dict[str, Any]:
    """The properties that a text names as keys: "name, age and tags"; a number is what counts."""
    found = pattern.search(text)
    items = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+", found["keys"])[:30] if found else ()
    named = (_KEY.match(item) for item in items if len(item.split()) <= 4)
    counted = {stem(word) for word in _COUNTED.findall(text)}
    return {
        key[1]: {"type": "number"} if stem(key[1].lower()) in counted else _schema("", key[1])
        for key in named
        if key
    }


def _exemplified(text: str) -> dict[str, Any]:
    """The properties of the object that a prompt shows: as JSON, or with types for values."""
    for span in literals(text):
        if isinstance(span.value, dict) and span.value:
            return dict(_schema(span.value)["properties"])
    match = _EXAMPLE.search(text)
    entries = _TYPED.findall(match[0]) if match else ()
    return {name: _schema(kind.strip(), name) for name, kind in entries}


def _fields(pattern: re.Pattern[str], text: str) -> dict[str, Any]:
    """The fields that a prompt lists between backticks, on a line that asks for such."""
    found = pattern.search(text)
    fields = _FIELD.findall(found[0]) if found else ()
    return {name: _schema(kind) for name, kind in fields if name != "completed"}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(value: Any, key: str = "") -> dict[str, Any]:
    """The schema of what is like a value, or of its type: "int", "string[]", "red|blue".

    Of a text that is neither, what a key is called tells.
    """
    if isinstance(value, dict):
        return _object({name: _schema(each) for name, each in value.items()})
    if isinstance(value, list):
        return {"type": "array", "items": _schema(value[0] if value else "")}
    if not isinstance(value, str):
        return {"type": next((kind for kind in _PLAIN if is_type(value, kind)), "string")}
    options = [option.strip(" \"'") for option in value.split("|")]
    if options[0].endswith("[]"):
        return {"type": "array", "items": _schema(options[0][:-2])}
    if options[0] in _TYPES:
        return {"type": _TYPES[options[0]]}
    if len(options) > 1 and all(options):
        return {"type": "string", "enum": options}
    if key.lower() in word_set("agent", "numeric"):
        return {"type": "number"}
    several = key.endswith("s") and not key.endswith(("ss", "us", "is")) and len(key) > 3
    return {"type": "array", "items": {"type": "string"}} if several else {"type": "string"}


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
    inner = value.get("properties")
    if isinstance(inner, dict) and inner:
        return all(isinstance(schema, dict) for schema in inner.values())
    return "$ref" in value and "$defs" in value
