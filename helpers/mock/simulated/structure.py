"""Replies that have to fit a schema, or the keys that a message asks for."""

import json
import re
from collections.abc import Set
from dataclasses import replace
from functools import partial
from typing import Any

from helpers.mock.simulated import texts
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.knowledge import STOP_STEMS, stems
from helpers.mock.simulated.layout import literals
from helpers.mock.simulated.passages import content, material
from helpers.mock.simulated.plain import SAYS_NOTHING, listed, named, plain_value, resolved
from helpers.mock.simulated.reading import Turn, forms_apart, split_up
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.refusals import REFUSAL
from helpers.mock.simulated.results import unit_in_key
from helpers.mock.simulated.shape import fill
from helpers.mock.simulated.sights import text_in
from helpers.mock.simulated.texts import Said, asks, has, sentences, table, word_set, words

_LONGEST, _DEEPEST = 4_000, 12
_NAMES = re.compile(r'"(\w{1,60})": \{')
"""The names of properties in a schema that is written out, and of what holds them."""
_WHY = "The reply has to fit a schema; its values are taken from the conversation."
_PATTERNS = texts.patterns("json")
_ANSWERS = ("answer", "result", "solution", "value")
_TYPES = {bool: "boolean", int: "number", float: "number"}
_KEY = {"listed": "entry", "example": "typed", "keys": "key"}
"""How a key is written in what lists them; between backticks in all else."""


def wanted(turn: Turn) -> bool:
    """Whether the request says that the reply is JSON."""
    return turn.prompt.json_schema is not None or turn.prompt.json_object


def form(turn: Turn) -> dict[str, Any]:
    """The schema of the reply, from the request or the messages; {} where none is asked for."""
    said = any("json" in words(text[:_LONGEST]) for text in (turn.text, turn.system))
    asks = wanted(turn) or said or _PATTERNS["marked"].search(turn.text)
    schema = turn.prompt.json_schema or (described(turn) if asks else {})
    return schema or (_object({"answer": ""}) if wanted(turn) else {})


def unformed(turn: Turn) -> Turn:
    """A turn whose message says nothing of the form of the reply."""
    return split_up(replace(turn, text=_bare(turn).strip()))


def _bare(turn: Turn) -> str:
    """The last message without a schema, an example of the wanted JSON, its keys and rules."""
    _, text = schema_in(turn.text)
    text = _PATTERNS["unsaid"].sub(" ", text)
    if turn.prompt.json_schema is None:
        for name in ("example", "listed", "order", "keys"):
            text = _PATTERNS[name].sub(" ", text.strip())
    return text


def structured(turn: Turn, said: Said, schema: dict[str, Any]) -> Said:
    """The reply in the form of a schema.

    In words, and honest, where nobody could tell from the form that a value was never said.
    """
    answers = named(schema, "properties").keys() & {*_ANSWERS}
    asked = turn.ask.endswith("?") or (answers and "?" in turn.ask)
    if said.honest and asked and not (turn.data or _can_say_so(schema, answers)):
        return said
    value, guessed = _filled(turn, said, schema)
    if guessed:
        who, names = turn.prompt.vendor.assistant, texts.listing([f"`{name}`" for name in guessed])
        text = table("talk")["honest"]["form"].format(assistant=who, names=names)
        return Said(f"{text}\n{table('talk')['honest']['live']}", _WHY, honest=True)
    if _PATTERNS["marked"].search(turn.text) and not wanted(turn):
        fields = [*value.items(), ("completed", "")]
        written = "\n\n".join(f"[[ ## {key} ## ]]\n{each}" for key, each in fields).strip()
        return Said(written, _WHY, exact=True)
    return Said(json.dumps(value, ensure_ascii=False), _WHY, exact=True)


def _can_say_so(schema: dict[str, Any], answers: Set[str]) -> bool:
    """Whether a field of a reply can say that there is no answer, or none says any."""
    plain = plain_value(schema, schema)
    values = [plain[key] for key in answers or plain] if isinstance(plain, dict) else ()
    return not values or any(each in SAYS_NOTHING for each in values)


def _filled(turn: Turn, said: Said, schema: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """A value, and the names of what it had to make up."""
    results = " ".join(step.result for step in turn.steps if step.result)[:_LONGEST]
    if not results and (sole := in_only_field(said, schema)):
        return sole, ()
    if said.text == REFUSAL:
        return _refusing(schema), ()
    text = Text(f"{said.text}\n{results}" if results else source(turn))
    rules = filter(None, map(_PATTERNS["unsaid"].search, (turn.text, turn.system)))
    unsaid = next((rule[rule.lastgroup or 0] for rule in rules), "")
    made = partial(fill, text=text, purpose="reply", unsaid=unsaid)
    answer = {} if results else _asked_for(turn, said, schema)
    for key in answer:
        others = {k: each for k, each in named(schema, "properties").items() if k != key}
        needed = [each for each in listed(schema, "required") if each != key]
        rest = made({**schema, "properties": others, "required": needed}, reply=said.text)
        beside = rest.value if isinstance(rest.value, dict) else {}
        beside |= {k: _steps(others[k], schema, said) for k in beside if beside[k] == []}
        value = {k: (beside | answer)[k] for k in schema["properties"] if k in beside | answer}
        if fits(value, schema):
            return value, rest.missing
    # "Mark this as urgent: the lift is stuck" hands over what is to be told.
    handed = turn.data if said.honest and not turn.ask.endswith("?") else ""
    filled = made(schema, reply=handed or said.short or said.text)
    return filled.value, filled.missing


def _asked_for(turn: Turn, said: Said, schema: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question in the field that it asks for by name, or that is for answers."""
    if not asks(turn.ask) or turn.data:
        return {}
    for word in (*content(turn.ask), *_ANSWERS):
        for key, inner in named(schema, "properties").items():
            ways = _ways(said) if stems(" ".join(texts.name_words(key))) & material(word) else ()
            for way in ways:
                if fits(way, inner, schema):
                    return {key: way}
    return {}


def _steps(array: Any, root: Any, said: Said) -> list[Any]:
    """The lines of an answer as a list: each as it is, or what it says first and last of it."""
    item = resolved(resolved(array, root).get("items"), root)
    keys, lines = [*named(item, "properties")], [sentences(x) for x in said.text.split("\n")[:-1]]
    ways = (" ".join(line) if not keys else dict(zip(keys, line, strict=False)) for line in lines)
    return [way for way in ways if fits(way, item, root)]


def _ways(said: Said) -> list[Any]:
    """The ways to write a short answer."""
    value = said.short.rpartition("= ")[2]  # "x = 5"
    sure = {"Yes": True, "No": False}.get(value, parsed(value))
    several = [parsed(each) or each for each in value.split(", ")]
    ways = sure, several[1:] and several, said.short, said.short.lower()
    return [each for each in ways if each not in ([], "", None)]


def in_only_field(said: Said, schema: dict[str, Any]) -> dict[str, Any]:
    """A value whose first field has what was said, where it needs no other; else {}."""
    sole = next(iter(named(schema, "properties")), "")
    return next(({sole: way} for way in _ways(said) if sole and fits({sole: way}, schema)), {})


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
    text = forms_apart(_PATTERNS["instruction"].sub(" ", _bare(turn).strip()))[0].strip()
    text = next((each[each.lastindex or 0] for each in [texts.QUOTE.fullmatch(text)] if each), text)
    # "Now give me that as JSON": the values were said before.
    points_back = len(words(turn.text)) <= 16 and has(turn.flat, word_set("agent", "back"))
    if turn.earlier and (points_back or not text.strip(" .")):
        text = "\n".join(said for _, said in turn.earlier[:6])
    # "Read this receipt: each line, and the total" names only what is looked for.
    names = _NAMES.findall(json.dumps(turn.prompt.json_schema)) if len(text) < 200 else ()
    sought = stems(" ".join(map(texts.spelt, names))) | STOP_STEMS
    return "" if sought.issuperset(content(text)) else text[:_LONGEST]


def described(turn: Turn) -> dict[str, Any]:
    """A schema for "JSON with the keys name and age", for an example, or the one in the prompt."""
    asks = f"{turn.text}\n{turn.system[:_LONGEST]}"
    written = (schema_in(text)[0] for text in (turn.text, turn.system, *turn.said_by("user")[:2]))
    shown = (_schema(span.value) for span in literals(_PATTERNS["bare"].sub(r'"\1"', asks)))
    before = (_schema(parsed(text)) for text in turn.said_by("assistant"))
    keyed = (_keyed(asks, where) for where in ("quoted", "listed", "example", "keys"))
    ways = (_keyed(turn.text, "marked"), *written, next(keyed), *shown, *keyed, *before)
    return next((way for way in ways if way and (way.get("properties") or "$defs" in way)), {})


def _keyed(text: str, where: str) -> dict[str, Any]:
    """The keys that a text names: "name, age and tags"; what it counts is a number."""
    found = _PATTERNS[where].search(text)
    keys = _PATTERNS[_KEY.get(where, "field")].findall(found[found.lastgroup or 0] if found else "")
    counted = stems(" ".join(_PATTERNS["counted"].findall(text)))
    return _object({k: kind or ("number" if stems(k) & counted else "") for k, kind in keys})


def _object(properties: dict[str, Any], left: int = _DEEPEST) -> dict[str, Any]:
    """The schema of an object with properties that are like some values."""
    schemas = {key: _schema(each, key, left) for key, each in properties.items()}
    return {"type": "object", "properties": schemas, "required": [*schemas]}


def _schema(value: Any, key: str = "", left: int = _DEEPEST) -> dict[str, Any]:
    """The schema of what is like a value, or of its type: "int", "string[]", "red|blue".

    Of a text that is neither, what a key is called tells.
    """
    if isinstance(value, dict) and left:
        return _object(value, left - 1)
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
    counts = word_set("agent", "numeric") & {*texts.name_words(key)[-1:]} or unit_in_key(key)[1]
    named = "number" if counts else "array" if _PATTERNS["plural"].search(key) else "string"
    return {"type": kind or named}


def schema_in(text: str) -> tuple[dict[str, Any] | None, str]:
    """The last JSON schema that stands in a prompt, after examples of one; the text without any."""
    found, rest, done = None, "", 0
    for span in literals(text):
        if _is_schema(span.value):
            found, rest, done = span.value, rest + text[done : span.start], span.end
    return found, rest + text[done:]


def _is_schema(value: Any) -> bool:
    schema = value if isinstance(value, dict) else {}
    inner = named(schema, "properties").values()
    return all(isinstance(each, dict) for each in inner) if inner else "$defs" in schema
