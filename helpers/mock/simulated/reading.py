"""What a prompt says: which part asks, which part is material, what was called and came back."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from helpers.mock.simulated import records
from helpers.mock.simulated.prompt import Prompt, addresses, content_text
from helpers.mock.simulated.records import literal, parsed
from helpers.mock.simulated.texts import (
    asks,
    flat,
    keeps,
    quotes,
    sentences,
    table,
    word_set,
    words,
)
from helpers.remember import remember_texts

_LONGEST = 100_000
_MARKUP = re.compile(r"</?[A-Za-z][\w-]{0,40}(?:\s[^<>]{0,200})?>")
_YOURS = ("you are", "your name", "you're a", "you're an")


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

    @property
    def told_by_system(self) -> list[str]:
        """What the system message says of the world, and not of how to reply."""
        return list(_told_by(self.system))

    def said_by(self, role: str) -> list[str]:
        """What one side has said before, the last first."""
        return [text for speaker, text in self.earlier if speaker == role]


# The same system message comes with each request of a conversation.
@remember_texts(512)
def _told_by(system: str) -> tuple[str, ...]:
    orders = word_set("style", "words", "commands") | {"if", "when", "whenever"}
    plain = _MARKUP.sub("\n", system) if "</" in system else system
    told = ((sentence, words(sentence)) for sentence in sentences(plain))
    return tuple(
        sentence
        for sentence, said in told
        if said and said[0] not in orders and " ".join(said[:2]) not in _YOURS
    )


def read(prompt: Prompt) -> Turn:
    """Read a prompt: its last message, what it is made of, and what went before."""
    messages = _unfolded(prompt.messages)
    users = [n for n, message in enumerate(messages) if message.get("role") == "user"]
    last = users[-1] if users else -1
    content = messages[last].get("content") if users else ""
    turn = Turn(prompt, content_text(content)[:_LONGEST], pictures=addresses(content))
    turn.system = "\n".join(
        content_text(message.get("content"))
        for message in messages
        if message.get("role") in ("system", "developer")
    )[:_LONGEST]
    before = messages[: max(last, 0)]
    told = ((str(message.get("role")), content_text(message["content"])) for message in before)
    turn.earlier = [(role, text[:4_000]) for role, text in told
                    if text and role in ("user", "assistant")][::-1]  # fmt: skip
    turn.steps, turn.past = _steps(messages[last + 1 :]), _steps(before)
    split_up(turn)
    return turn


def _unfolded(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages, with calls and observations that were written as text in their own form."""
    unfolded: list[dict[str, Any]] = []
    for message in messages:
        text = content_text(message.get("content"))
        first = text.lstrip()[:20].lower()
        if message.get("role") in ("user", "tool-response") and first.startswith("observation"):
            content = text.partition(":")[2].strip()
            unfolded.append({"role": "tool", "tool_call_id": "text", "content": content})
        elif message.get("role") == "assistant" and first.startswith("calling tools"):
            calls = literal(text.partition(":")[2].strip())
            made = [dict(call, id="text") for call in calls or () if isinstance(call, dict)]
            unfolded.append({"role": "assistant", "content": None, "tool_calls": made})
        else:
            unfolded.append({"content": None, **message})
    return unfolded


def _steps(messages: list[dict[str, Any]]) -> list[Step]:
    steps: list[Step] = []
    place: dict[str, int] = {}
    for message in messages:
        for call in message.get("tool_calls") or ():
            function = call.get("function") or {}
            value = parsed(function.get("arguments"))
            arguments = value if isinstance(value, dict) else None
            place[str(call.get("id", ""))] = len(steps)
            steps.append(Step(str(function.get("name", "")), arguments))
        if message.get("role") in ("tool", "function"):
            result = content_text(message.get("content"))
            index = place.pop(str(message.get("tool_call_id", "")), None)
            if index is None:
                steps.append(Step(str(message.get("name") or ""), {}, result))
            else:
                steps[index] = replace(steps[index], result=result)
    return steps


# What asks, and what is material

_TAG = re.compile(r"<([A-Za-z][\w-]{0,40})(?:\s[^<>]{0,200})?>(.*?)</\1>", re.DOTALL)
_RULE = r"^[ \t]*(?:-{3,}|={3,}|\*{3,}|_{4,}|~{4,})[ \t]*$"
_FENCE = re.compile(
    rf"()```[\w-]*\n?(.*?)```|\"\"\"(.*?)\"\"\"|'''(.*?)'''|{_RULE}(.*?)(?:{_RULE}|\Z)", re.S | re.M
)
_LABEL = re.compile(table("patterns")["reading"]["label"])
_HEADING = re.compile(r"#{1,6}\s+(?P<label>[^\n:]{1,60})$|\[\[ ## (?P<field>\w+) ## \]\]$")
_INLINE = re.compile(r"(?<=[.!?\"”])[ \t]+(?=(?:Question|Query|Answer|Context|Q|A)\s?:)")
_LEAD = re.compile(r"(?P<lead>[A-Za-z][^,:?.!]{3,80})[,:] (?P<rest>\S[^\n]{3,600})$")
_ORDERS = word_set("style", "words", "orders") - {"use"}
_COLON = re.compile(r"(?P<ask>[^:\n]{3,160}):\s+(?P<data>\S[\s\S]{2,})")


_LABELS = re.compile(r"[:#\[]")
_MARKS = re.compile("[`\"'=*_~:-]")
"""The characters that each fence, rule and label has one of."""


def split_up(turn: Turn) -> None:
    """Find which part of the last message asks, which is material, which says how to answer."""
    _split(turn)
    turn.data, turn.rows = records.told(turn.data)


def _split(turn: Turn) -> None:
    of = _from_json(turn.text) or _from_labels(turn.text)
    turn.marked = _put(turn, {kind: "\n".join(texts).strip() for kind, texts in of.items()})
    if not turn.marked:
        turn.ask, data = _from_paragraphs(turn.text.strip())
        turn.data = data or turn.data
    _form_apart(turn)
    if not turn.data:
        _from_sentences(turn)


def _put(turn: Turn, of: dict[str, str]) -> bool:
    """Put what a message marks where it belongs; what is of no kind says how to answer."""
    ask, how, data = (of.get(kind, "") for kind in ("ask", "", "data"))
    if ask and not data:
        # Sources may stand under an instruction, without a label: "[1] ...".
        lines = how.split("\n")
        data = "\n".join(line for line in lines if not asks(line)).strip()
        how = "\n".join(line for line in lines if asks(line))
    if not data:
        return False
    if not ask:
        ask, data = _question_apart(data)
    if not ask:
        ask, how = _question_of(how)
    question, rest = _question_of(ask)
    turn.ask, turn.how, turn.data = question, f"{how}\n{rest}".strip(), data
    return bool(ask)


def _form_apart(turn: Turn) -> None:
    """What of the request only says how to answer: "List five animals as bullets." """
    ask = turn.ask
    forms: list[str] = []
    if lead := _lead(ask):
        ask, forms = lead["rest"], [lead["lead"]]
    lines = sentences(ask) if len(ask) < 600 else []
    for line in lines if lines[1:] else ():
        told = set(words(line)) & word_set("style", "words", "forms")
        first = words(line)[:1]
        orders = first and first[0] in word_set("style", "words", "orders")
        if told and orders and not line.endswith("?") and ": " not in line:
            ask, forms = ask.replace(line, "").strip(), [*forms, line]
    if forms and words(ask):
        turn.ask, turn.how = ask, "\n".join([turn.how, *forms]).strip()


def _labelled(match: re.Match[str]) -> str:
    """What is fenced, ruled or tagged, behind a label that says what it is."""
    name, *bodies = match.groups()
    label = "Question" if name and _kind(name) == "ask" else "Context"
    return f"\n{label}:\n{''.join(filter(None, bodies)).strip()}\nTask:\n"


def _from_json(text: str) -> dict[str, list[str]]:
    value = parsed(text) if text.lstrip().startswith("{") else None
    of: dict[str, list[str]] = {}
    for key, each in value.items() if isinstance(value, dict) else ():
        kind = "ask" if _kind(str(key)) == "ask" else "data"
        of.setdefault(kind, []).append(records.written(each))
    return of if "ask" in of else {}


def _kind(label: str) -> str:
    """What a label says about the text after it: "ask", "data", "answer" or nothing."""
    said = words(label[:400].replace("_", " "))
    found = {*said}
    for kind in ("ask", "answer"):
        if found and found <= word_set("reading", kind) | word_set("reading", "beside"):
            return kind
    stems = {word.removesuffix("s") for word in found}
    orders = said[1:] and said[0] in _ORDERS  # "Answer in capital letters: ..."
    return "" if orders or stems.isdisjoint(word_set("reading", "data")) else "data"


def _from_labels(text: str) -> dict[str, list[str]]:
    """Lines that say what they are: `Context: ...`, `Question: ...`, `## Sources`, fences."""
    # Each tag is looked for to the end of the text: of many, or in a long one, that takes long.
    if "</" in text and text.count("<") <= 400:
        text = _TAG.sub(_labelled, text)
    if _MARKS.search(text):
        text = _INLINE.sub("\n", _FENCE.sub(_labelled, text))
    of: dict[str, list[str]] = {}
    now = ""
    for line in text.splitlines() if _LABELS.search(text) else ():
        match = _LABEL.fullmatch(line) or _HEADING.fullmatch(line.strip())
        found = match.groupdict(default="") if match else {}
        label, rest = found.get("label") or found.get("field", ""), found.get("rest", "")
        kind = _kind(label) if len(words(label)) < 15 else ""
        if kind and (kind, now) != ("data", "data") and not (kind == "answer" and rest):
            now, line = kind, rest  # "Article 3: ..." is one of the articles
            if kind == "data" and len(words(label)) > 3:
                of.setdefault("", []).append(f"{label}.")
            if kind == "ask" and rest:
                of["ask"] = []
        of.setdefault(now, []).append(line)
    return of


def _question_apart(text: str) -> tuple[str, str]:
    """The last or first paragraph of a text, if it is a question, and the rest."""
    blocks = [block.strip() for block in text.split("\n") if block.strip()]
    for place in (-1, 0) if len(blocks) > 1 else ():
        lines = sentences(blocks[place])
        whole = any(line.endswith("?") for line in lines) and all(map(asks, lines))
        if whole or blocks[place].endswith("?") or (place and len(lines) == 1 and _lead(lines[0])):
            ask = blocks.pop(place)
            return ask, "\n".join(blocks)
    lines = sentences(text)
    if len(blocks) < 2 and lines[1:] and lines[-1].endswith("?"):
        return lines[-1], "\n".join(lines[:-1])  # after "Here is our policy: ..."
    return "", text


def _lead(ask: str) -> re.Match[str] | None:
    """What leads up to a question: "Using only the text above, ..."."""
    found = _LEAD.match(ask)
    said = words(found["lead"]) if found else []
    leads = said and (said[-1] in word_set("reading", "asks") or all(
        word in word_set("reading", "lead") or _kind(word) == "data" for word in said
    ))  # fmt: skip
    return found if leads else None


def _question_of(text: str) -> tuple[str, str]:
    lines = sentences(text)
    questions = [line for line in lines if line.endswith("?")]
    rest = [line for line in lines if line not in questions]
    return (" ".join(questions), " ".join(rest)) if questions and rest else (text, "")


def _from_paragraphs(text: str) -> tuple[str, str]:
    ask, data = _question_apart(text) if "\n" in text else ("", "")
    first, _, rest = text.partition("\n")
    if not ask and rest.strip() and (first.rstrip().endswith(":") or asks(first)):
        ask, data = first.rstrip(": "), rest
    return (ask, data.strip()) if ask else (text, "")


def _from_sentences(turn: Turn) -> None:
    colon = _COLON.fullmatch(turn.ask)
    if colon and colon["data"].endswith("?") and words(colon["ask"])[0] in _ORDERS:
        turn.ask, turn.how = colon["data"], colon["ask"]  # "Answer in capitals: what is ...?"
        return
    if colon and asks(colon["ask"]) and not keeps(colon["ask"]):
        turn.ask, turn.data = "".join(colon["ask"].partition("?")[:2]), colon["data"]
        return
    inside = [quote for quote in quotes(turn.ask) if len(quote.split()) > 2]
    if inside and _kind(turn.ask[:400]) == "data":
        turn.data = inside[-1]
        return
    told = sentences(turn.ask)
    if len(told) > 1 and told[-1].endswith("?"):
        turn.data = " ".join(line for line in told if not line.endswith("?"))
        if turn.data:
            turn.ask = " ".join(line for line in told if line.endswith("?"))
