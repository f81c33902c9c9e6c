"""The simulated model: which reply, which tool, which arguments.

Not a language model. It plans the tool calls that the user's last message asks for, makes those
that have not been made, puts their results into a sentence, and says plainly what it cannot know.
The same prompt always has the same reply: no clock, no random source, no state.
"""

import json
import re
from typing import Any

from helpers.mock.simulated import calls, phrases, skills
from helpers.mock.simulated.arguments import fill
from helpers.mock.simulated.calls import Planned
from helpers.mock.simulated.entities import Text
from helpers.mock.simulated.json_schema import fits
from helpers.mock.simulated.prompt import Call, Prompt, Reply, Tool
from helpers.mock.simulated.refusals import REFUSAL, refuses
from helpers.mock.simulated.skills import Said, Talk, content_text

__all__ = ["Call", "Prompt", "Reply", "Tool", "answer"]

# Of a longer message only both ends are read for what it asks.
_LONGEST = 4_000


def answer(prompt: Prompt) -> Reply:
    """The reply to a prompt."""
    turn = _Turn(prompt)
    said: Said
    if prompt.tools:
        planned = _planned(prompt, turn)
        chosen = _to_make(prompt, turn, planned)
        if chosen:
            reasoning = _about_calls(chosen) if prompt.reasoning else None
            return Reply(None, tuple(each.call() for each in chosen), reasoning)
        said = _after_tools(prompt, turn, planned)
    else:
        said = _results(turn) or _plain_reply(prompt, turn)
    refused = (
        said.text == REFUSAL and prompt.json_schema is not None and prompt.vendor.refuses_apart
    )
    if (prompt.json_schema is not None or prompt.json_object) and not refused:
        said = _structured(prompt, turn, said)
    return Reply(said.text, (), said.why if prompt.reasoning else None, refused)


class _Turn:
    """The user's last message, and the calls and results after it."""

    def __init__(self, prompt: Prompt) -> None:
        messages = prompt.messages
        last = len(messages) - 1
        while last >= 0 and messages[last].get("role") != "user":
            last -= 1
        self.last = last
        content = messages[last].get("content") if last >= 0 else ""
        raw = whole = content_text(content)
        if len(raw) > _LONGEST:
            raw = f"{raw[: _LONGEST // 2]}\n{raw[-_LONGEST // 2 :]}"
        self.text = Text(raw, _image_urls(content))
        self.talk = Talk(prompt.vendor, messages, last, self.text, whole[:200_000])
        self.made: list[tuple[str, dict[str, Any] | None, str]] = []
        self.results: list[tuple[str, dict[str, Any], str]] = []
        if last + 1 < len(messages):
            self._read_calls(messages[last + 1 :])

    def _read_calls(self, messages: list[dict[str, Any]]) -> None:
        by_id: dict[str, tuple[str, dict[str, Any]]] = {}
        for message in messages:
            role = message.get("role")
            if role == "assistant":
                for call in message.get("tool_calls") or ():
                    function = call.get("function") or {}
                    name = str(function.get("name", ""))
                    arguments = _parsed(function.get("arguments"))
                    identity = str(call.get("id", ""))
                    self.made.append((name, arguments, identity))
                    by_id[identity] = (name, arguments or {})
            elif role in ("tool", "function"):
                identity = str(message.get("tool_call_id", ""))
                name, arguments = by_id.get(identity, (str(message.get("name") or ""), {}))
                self.results.append((name, arguments, content_text(message.get("content"))))


def _image_urls(content: Any) -> tuple[str, ...]:
    if not isinstance(content, list):
        return ()
    urls = []
    for part in content:
        image = part.get("image_url") if isinstance(part, dict) else None
        url = image.get("url") if isinstance(image, dict) else image
        if isinstance(url, str):
            urls.append(url)
    return tuple(urls)


def _parsed(arguments: Any) -> dict[str, Any] | None:
    try:
        value = json.loads(arguments) if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


# Tools


def _planned(prompt: Prompt, turn: _Turn) -> list[Planned]:
    if prompt.choice in ("auto", "none"):
        earlier = list(_few(turn.talk.user_texts())) if len(turn.text.words) <= 12 else []
        return calls.plan(prompt.tools, turn.text, earlier)
    name = None if prompt.choice == "required" else prompt.choice
    return calls.forced(prompt.tools, turn.text, name)


def _few(texts: Any) -> list[str]:
    return [text[:_LONGEST] for text, _ in zip(texts, range(4), strict=False)]


def _to_make(prompt: Prompt, turn: _Turn, planned: list[Planned]) -> list[Planned]:
    """The calls to make now: all that is planned and neither made nor waiting for the user."""
    if prompt.choice == "none":
        return []
    if prompt.choice == "auto":
        chosen = _not_made(turn, [each for each in planned if not each.missing])
    else:
        # A model that must call does so every time, whatever it has learnt already.
        chosen = _not_made(turn, planned) or planned
    return chosen if prompt.parallel else chosen[:1]


def _not_made(turn: _Turn, planned: list[Planned]) -> list[Planned]:
    """What is left of a plan; a call made in other words counts, one with broken arguments not.

    Those are told to a model, and sent back to it, as they are or as an empty object.
    """
    made = [(name, arguments) for name, arguments, _ in turn.made if arguments is not None]
    left = []
    for each in planned:
        same = (each.tool.name, each.arguments)
        if same in made:
            made.remove(same)
        else:
            left.append(each)
    remaining = []
    for each in left:
        other = next(
            (
                (name, arguments)
                for name, arguments in made
                if name == each.tool.name and fits(arguments, each.tool.parameters)
            ),
            None,
        )
        if other is not None:
            made.remove(other)
        else:
            remaining.append(each)
    return remaining


def _after_tools(prompt: Prompt, turn: _Turn, planned: list[Planned]) -> Said:
    if prompt.choice == "none" and planned and not turn.results:
        names = phrases.listing(list(dict.fromkeys(each.tool.name for each in planned)))
        return Said(
            f"I was told not to call tools, so I cannot use {names} for "
            f'"{skills.quoted(turn.text.raw)}".'
            f" Replies are simulated offline; {skills.GO_LIVE}.",
            f"{names} would fit, but tool_choice is none.",
        )
    said = _results(turn)
    question = _question([each for each in planned if each.missing]) if not turn.results else None
    if said is None:
        return question or _plain_reply(prompt, turn)
    # What the same message asked for besides: a sum needs no tool.
    used = {name for name, _, _ in turn.results}
    if turn.text.expressions and not used & {
        each.tool.name for each in planned if "expression" in each.arguments
    }:
        extra = skills.respond(Talk(prompt.vendor, [], -1, turn.text, ""))
        if " = " in extra.text and all(
            not any(isinstance(v, int | float) for v in each.arguments.values()) for each in planned
        ):
            said = Said(f"{said.text} {extra.text}", said.why)
    return said


def _results(turn: _Turn) -> Said | None:
    if not turn.results:
        return None
    # Of a call that was repaired, only the result is of interest.
    repaired = {name for name, arguments, _ in turn.results if arguments}
    told = [each for each in turn.results if each[1] or each[0] not in repaired]
    sentences = [phrases.result_sentence(*result) for result in told]
    names = phrases.listing(list(dict.fromkeys(name or "the tool" for name, _, _ in turn.results)))
    return Said(
        " ".join(sentences), f"{names} returned what the user asked for; I put it into words."
    )


def _question(waiting: list[Planned]) -> Said | None:
    """What to ask for when a call lacks what only the user can say."""
    if not waiting:
        return None
    each = waiting[0]
    wanted = phrases.listing([_label(name) for name in each.missing[:4]])
    which = "Which should I use?" if len(each.missing) == 1 else "Could you give me these?"
    return Said(
        f"To call {each.tool.name} I need the {wanted}, which you have not mentioned. {which}",
        f"{each.tool.name} fits, but the user has not said the {wanted}.",
    )


def _label(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_|-", " ", name).lower()


def _about_calls(chosen: list[Planned]) -> str:
    sentences = []
    for each in chosen[:4]:
        values = ", ".join(
            f"{_label(name)} is {skills.quoted(str(value), 60)}"
            for name, value in each.arguments.items()
        )
        sentences.append(f"{each.tool.name} fits the request" + (f"; {values}." if values else "."))
    return " ".join(sentences)


# Words


def _plain_reply(prompt: Prompt, turn: _Turn) -> Said:
    if refuses(turn.text.raw):
        return Said(REFUSAL, "The user asks for help with a crime.")
    said = skills.respond(turn.talk)
    if "json" in turn.text.lowers and not (prompt.json_object or prompt.json_schema):
        schema = _schema_of_request(turn)
        if schema["properties"]:
            value = _filled(schema, Text(_without_instruction(turn.text.raw)), turn.text, said)
            return Said(value, "The message asks for JSON and says with which keys.")
    if prompt.images:
        return skills.pictures(prompt.images, said, turn.text)
    if turn.text.images and "simulat" in said.text:
        return Said(f"{said.text} Pictures are not looked at.", said.why)
    return said


# Structure


def _structured(prompt: Prompt, turn: _Turn, said: Said) -> Said:
    schema = prompt.json_schema
    asked = turn.text
    if schema is None:
        schema = _schema_of_request(turn)
        # An example of the wanted JSON is no source of its values.
        asked = Text(_EXAMPLE.sub(" ", asked.raw), asked.images)
        if not schema["properties"]:
            schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
            schema["required"] = ["answer"]
    if said.text == REFUSAL:
        # A model that is held to a schema can only say it in the schema's fields.
        text = asked = Text(REFUSAL)
    elif turn.results:
        body = " ".join(content for _, _, content in turn.results)
        text = Text(f"{said.text}\n{body[:_LONGEST]}")
    elif prompt.images:
        # What is asked for stands in the pictures: the message only says what to look for.
        text = asked = Text("")
    else:
        text = Text(_without_instruction(asked.raw), asked.images)
    solved = _steps(schema, text)
    if solved is not None:
        return Said(solved, "A linear equation can be solved by rule; the schema wants its steps.")
    return Said(
        _filled(schema, text, asked, said),
        "The reply has to fit a schema; its values are taken from the message where it has them.",
    )


def _filled(schema: dict[str, Any], text: Text, backup: Text, said: Said) -> str:
    filled = fill(schema, text, backup=backup, purpose="reply", reply=lambda: said.text)
    return json.dumps(filled.value, ensure_ascii=False)


_INSTRUCTION = re.compile(
    r"\s*(?:please\s+)?(?:extract|parse|classify|analy[sz]e|identify|summari[sz]e"
    r"|convert|turn|read|get"
    r"|find|list|return|give|from|structure|translate|what is)\b[^:\n]{0,160}:\s+(?=\S)",
    re.IGNORECASE,
)


def _without_instruction(raw: str) -> str:
    match = _INSTRUCTION.match(raw)
    return raw[match.end() :] if match else raw


def _steps(schema: dict[str, Any], text: Text) -> str | None:
    """The classic of structured output: the steps of a solution, and the final answer."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or set(properties) != {"steps", "final_answer"}:
        return None
    solved = skills.linear_steps(text.raw)
    if solved is None:
        return None
    steps, solution = solved
    value = {
        "steps": [{"explanation": each, "output": outcome} for each, outcome in steps],
        "final_answer": solution,
    }
    return json.dumps(value, ensure_ascii=False) if fits(value, schema) else None


_KEYS = re.compile(
    r"\b(?:json(?: object)? (?:with|containing|of)(?: the)?(?: keys?| fields?)?"
    r"|keys?|fields?|propert(?:y|ies)|attributes?|columns?)\b(?: (?:named|called|are|is|of))*:?\s+"
    r"(?P<keys>[^.;:\n{}]+?)(?=\s(?:for|from|about|where|that|which|in)\s|[.;:\n{}]|$)",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\{[^{}]{3,2000}\}")
_NUMERIC = frozenset(
    {
        "age",
        "year",
        "count",
        "price",
        "amount",
        "quantity",
        "total",
        "temperature",
        "rating",
        "score",
    }
)


def _schema_of_request(turn: _Turn) -> dict[str, Any]:
    """A schema for "JSON with the keys name and age", or for an example in the message."""
    asks = f"{turn.text.raw}\n{turn.talk.system()[:_LONGEST]}"
    properties: dict[str, Any] = {}
    match = _EXAMPLE.search(asks)
    if match:
        example = _parsed(match.group())
        for key, value in (example or {}).items():
            properties[key] = _schema_like(value)
        if not properties:
            for key in re.findall(r"[\"'](\w+)[\"']\s*:", match.group()):
                properties[key] = _schema_for(key)
    if not properties:
        keys = _KEYS.search(asks)
        if keys:
            listed = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+", keys["keys"])
            for item in listed[:30]:
                word = re.match(r"\s*[\"'`“]?([A-Za-z_][\w-]*)", item)
                if word and len(item.split()) <= 4:
                    properties[word.group(1)] = _schema_for(word.group(1))
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema_for(key: str) -> dict[str, Any]:
    if key.lower() in _NUMERIC:
        return {"type": "number"}
    if key.endswith("s") and not key.endswith(("ss", "us", "is")) and len(key) > 3:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string"}


def _schema_like(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"}
        case list():
            items = _schema_like(value[0]) if value else {"type": "string"}
            return {"type": "array", "items": items}
        case dict():
            inner = {key: _schema_like(each) for key, each in value.items()}
            return {"type": "object", "properties": inner, "required": list(inner)}
    return {"type": "string"}
