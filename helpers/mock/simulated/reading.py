"""What a prompt says: which part asks, which part is material, what was called and came back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from helpers.mock.simulated import records
from helpers.mock.simulated.knowledge import PATTERNS
from helpers.mock.simulated.prompt import Prompt, addresses, content_text
from helpers.mock.simulated.texts import (
    asks,
    first_word,
    flat,
    hands_on,
    keeps,
    quotes,
    sentences,
    word_set,
    words,
)
from helpers.remember import remember_texts

_LONGEST = 100_000
_SYSTEM = ("system", "developer")
_PATTERNS = {name: re.compile(of) for name, of in PATTERNS["reading"].items()}
_ORDERS, _FORMS = (word_set("style", "words", name) for name in ("orders", "forms"))
_COMMANDS = word_set("style", "words", "commands") | {"if", "when", "whenever"}


@dataclass(frozen=True, slots=True)
class Step:
    """A tool call that was made, and what came back; arguments are None if they were broken."""

    name: str
    arguments: dict[str, Any] | None
    result: str | None = None


@dataclass(slots=True)
class Turn:
    """A conversation at the point where the model is to speak."""

    prompt: Prompt
    text: str = ""
    """The user's last message, whole."""
    ask: str = ""
    """What of it asks or tells to do something."""
    how: str = ""
    """What of it says how to answer."""
    data: str = ""
    """What of it is material to work on."""
    system: str = ""
    earlier: list[tuple[str, str]] = field(default_factory=list)
    """Role and text of what was said before, the last first."""
    steps: list[Step] = field(default_factory=list)
    """Calls made since the user's last message."""
    past: list[Step] = field(default_factory=list)
    """Calls made before it."""
    rows: Any = None
    """The records that the material is made of, if it is."""
    marked: bool = False
    """Whether the message says what is material: by a label, a tag or a key."""
    pictures: tuple[str, ...] = ()
    """Addresses of the pictures of the last message."""

    @property
    def flat(self) -> str:
        return flat(self.ask)

    def said_by(self, role: str) -> list[str]:
        """What one side has said before, the last first."""
        return [text for speaker, text in self.earlier if speaker == role]


@remember_texts(512)
def told_by_system(system: str) -> list[str]:
    """What a system message says of the world, and not of how to reply."""
    lines = sentences(_PATTERNS["markup"].sub("\n", system))
    told = [line for line in lines if not flat(line).startswith(" you are ")]
    return [x for x in told if words(x) and (words(x)[0] not in _COMMANDS or for_people(x))]


def for_people(line: str) -> bool:
    """Whether an order is for people, and says nothing of replies: "Keep the keys in the safe"."""
    speaks = word_set("style", "words", "reply") & {*words(line)}
    return not speaks and _PATTERNS["people"].match(line) is not None


def read(prompt: Prompt) -> Turn:
    """Read a prompt: its last message, what it is made of, and what went before."""
    messages = [*_unfolded(prompt.messages)]
    last = max([n for n, each in enumerate(messages) if each["role"] == "user"], default=-1)
    content = messages[last].get("content") if last >= 0 else ""
    before, after = messages[: max(last, 0)], messages[last + 1 :]
    texts = [(each["role"], content_text(each.get("content"))) for each in messages]
    system = "\n".join([text for role, text in texts if role in _SYSTEM])[:_LONGEST]
    said = [(role, text[:4_000]) for role, text in texts[: len(before)][::-1]
            if text and role in ("user", "assistant")]  # fmt: skip
    text, steps, past = content_text(content)[:_LONGEST], _steps(after), _steps(before)
    # Whom a conversation was handed over to has it without that call.
    offered = {tool.name for tool in prompt.tools}
    steps = [s for s in steps if s.name in offered or s.arguments or not hands_on(s.name)]
    turn = Turn(prompt, _last_case(text), system=system, earlier=said, steps=steps, past=past)
    turn.pictures = addresses(content)
    return split_up(turn)


def _last_case(text: str) -> str:
    """Of examples and a case that is left open, the case: "2 + 2 = 4", "6 + 7 ="."""
    lines = text.rstrip().split("\n")
    sign = _PATTERNS["open"].search(lines[-1])
    first = next(filter(str.strip, lines), "")
    if sign is None or not lines[1:] or (":" not in first[:-1] and _kind(first) == "data"):
        return text
    begins = sign[0] == lines[-1]  # "Sentiment:"
    made = (n for n, line in enumerate(lines[:-1]) if line.rpartition(sign[0])[2].strip())
    done = [n for n in made if sign[0] in lines[n][: len(sign[0]) if begins else None]]
    return "\n".join(lines[done[-1] + 1 :]) if done else text


def _unfolded(messages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The messages, with calls and observations that were written as text in their own form."""
    called = 0
    for message in messages:
        first, colon, rest = content_text(message.get("content")).strip().partition(":")
        match message["role"], first.lower() if colon else "":
            case "user" | "tool-response", "observation":
                # Those of several calls stand on lines of their own, in the order of the calls.
                lines = rest.strip().split("\n")
                for n, line in enumerate(lines if len(lines) == called else [rest.strip()]):
                    yield {"role": "tool", "tool_call_id": f"text {n}", "content": line}
                continue
            case "assistant", "calling tools":
                found = records.literal(rest.strip()) or ()
                found = [call for call in found if isinstance(call, dict)]
                calls = [{**call, "id": f"text {n}"} for n, call in enumerate(found)]
                message = {**message, "content": None, "tool_calls": calls}
                called = len(calls)
        yield message


def _steps(messages: list[dict[str, Any]]) -> list[Step]:
    """The calls that were made, each with what came back."""
    steps: list[Step] = []
    waiting: dict[str, int] = {}
    for message in messages:
        for call in message.get("tool_calls") or ():
            function = call.get("function") or {}
            value = records.parsed(function.get("arguments"))
            arguments = value if isinstance(value, dict) else None
            waiting[str(call.get("id", ""))] = len(steps)
            steps.append(Step(str(function.get("name", "")), arguments))
        if message["role"] in ("tool", "function"):
            place = waiting.pop(str(message.get("tool_call_id", "")), len(steps))
            made = [*steps[place : place + 1], Step(str(message.get("name") or ""), {})][0]
            steps[place : place + 1] = [replace(made, result=content_text(message.get("content")))]
    return steps


# What asks, and what is material


def split_up(turn: Turn) -> Turn:
    """The turn with what of its message asks, what is material, and what says how to answer."""
    # Most messages have none of what sets parts apart.
    parts = _labelled(turn.text) if _PATTERNS["labelled"].search(turn.text) else {}
    ask, how, data = [parts.get(kind, "").strip() for kind in ("ask", "", "data")]
    if ask and not data:
        # Sources may stand under an instruction, without a label: "[1] ...".
        how, data = _line_apart(how)
    elif data and not ask:
        last, rest = _line_apart(data)
        ask, data, how = (last, rest, how) if rest else (how, data, "")
    turn.marked = bool(ask and data)
    if not turn.marked:
        alone = ask and not how and not data  # "Question: ..."
        how, (ask, data) = "", _line_apart(ask if alone else turn.text.strip())
    turn.ask, form = forms_apart(ask)
    turn.how = f"{how}\n{form}".strip()
    if not data:
        turn.ask, data = _material_apart(turn.ask)
    turn.data, turn.rows = records.told(data) if data else ("", None)
    return turn


def _labelled(text: str) -> dict[str, str]:
    """What stands behind labels: `Context: ...`, `## Sources`, tags, fences, and keys of JSON."""
    value = records.parsed(text) if text.lstrip().startswith("{") else None
    if isinstance(value, dict) and "ask" in map(_kind, value):
        text = "\n".join(f"{key}:\n{records.written(value[key])}" for key in value)
    # Each tag is looked for to the end of the text: of many, or in a long one, that takes long.
    if "</" in text and text.count("<") <= 400:
        text = _PATTERNS["tag"].sub(_as_labels, text)
    text = _PATTERNS["heading"].sub(r"\1:", _PATTERNS["fence"].sub(_as_labels, text))
    parts, now = dict[str, str](), ""
    for line in text.splitlines():
        found = _PATTERNS["label"].fullmatch(line)
        kind = _kind(found["label"]) if found else ""
        if found and kind and (kind, now) != ("data", "data"):
            now, line = kind, found["rest"]  # "Article 3: ..." is one of the articles
            if kind == "ask" and line:
                parts.pop("ask", None)  # that only led up to it
        parts[now] = f"{parts.get(now, '')}\n{line}"
    return parts


def _as_labels(match: re.Match[str]) -> str:
    """What is fenced, ruled or tagged, behind a label that says what it is."""
    name, *bodies = match.groups()
    label = "Question" if name and _kind(name) == "ask" else "Context"
    return f"\n{label}:\n{''.join(filter(None, bodies)).strip()}\nTask:\n"


def _kind(label: str) -> str:
    """What a label says about the text after it: "ask", "data", "answer" or nothing."""
    said = words(label.replace("_", " "))
    for kind in ("ask", "answer"):
        if said and {*said} <= word_set("reading", kind) | word_set("reading", "beside"):
            return kind
    orders = said[1:] and said[0] in _ORDERS  # "Answer in capital letters: ..."
    about = word_set("reading", "data") & {*said, *(word.removesuffix("s") for word in said)}
    return "data" if about and not orders else ""


def _line_apart(text: str) -> tuple[str, str]:
    """The last or the first line of a text, if it asks, and the rest."""
    if "\n" not in text:
        return text, ""
    first, *rest = lines = [line.strip() for line in text.split("\n") if line.strip()]
    last = lines[-1]
    ends = last.endswith("?") or _PATTERNS["lead"].match(last)
    if ends or (asks(last) and not asks(first)):
        return last, "\n".join(lines[:-1])
    return (first.rstrip(": "), "\n".join(rest)) if asks(first) else (text, "")


def forms_apart(ask: str) -> tuple[str, str]:
    """A request, and what of it only says how to answer: "List five animals as bullets."."""
    lead = _PATTERNS["lead"].match(ask)
    how, ask = (lead["lead"], lead["rest"]) if lead else ("", ask)
    for line in sentences(ask) if len(ask) < 600 else ():
        formal = line != ask and {*words(line)[:1]} & _ORDERS and {*words(line)} & _FORMS
        if formal and ": " not in line:
            ask, how = ask.replace(line, "").strip(), f"{how}\n{line}"
    return ask, how


def _queries(line: str) -> bool:
    """Whether a line without a question mark asks all the same: "is it open in june"."""
    first, second = [*words(line)[:2], "", ""][:2]
    inverted = first in word_set("agent", "yes_no") and second in word_set("memory", "subjects")
    return inverted or first_word(line) in word_set("agent", "asks_back")


def _material_apart(ask: str) -> tuple[str, str]:
    """A request, and the material in it: behind a colon, in quotes, or before a question."""
    colon = _PATTERNS["colon"].fullmatch(ask)
    if colon and ("?" in colon["ask"] or asks(colon["ask"])) and not keeps(colon["ask"]):
        return "".join(colon["ask"].partition("?")[:2]), colon["data"]
    lines = sentences(ask)
    questions = [line for line in lines if line.endswith("?")]
    if not questions and lines[1:] and _queries(lines[-1]):
        questions = [lines[-1]]  # "My dog is Rex. what is my dog called"
    told = [line for line in lines if line not in questions]
    # "Who sent this note? Dear Tom, ..."
    points = told and lines[0] in questions and _kind(lines[0]) == "data"
    if told and questions and (lines[-1] in questions or points):
        return " ".join(questions), " ".join(told)
    inside = [quote for quote in quotes(ask) if len(quote.split()) > 2]
    return ask, inside[-1] if inside and _kind(ask[:400]) == "data" else ""
