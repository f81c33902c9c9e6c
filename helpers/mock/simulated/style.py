"""How a reply should look: what the system message demands of its form is shown, or owned up to."""

import json
import re
import textwrap
from functools import partial
from typing import Any

from helpers.mock.simulated import passages, tongues
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.glossary import tongue
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import (
    Said,
    first_word,
    flat,
    has,
    met,
    quoted,
    quotes,
    sentences,
    table,
    word_set,
    words,
)
from helpers.remember import remember_texts

_WIDEST = 100
_NAMED = re.compile(table("patterns")["style"]["named"])
_ROLE = re.compile(table("patterns")["style"]["role"])
_TAIL = re.compile(table("patterns")["style"]["tail"])


def persona(turn: Turn) -> str:
    """The name that the system message gives the model; "" for none."""
    if not (name := _named(turn.system)):
        return ""
    languages = {each["english"] for each in table("languages").values()}
    return "" if name in languages or name == turn.prompt.vendor.assistant else name


@remember_texts(512)
def _named(system: str) -> str:
    return found[1] if (found := _NAMED.search(system)) else ""


def role(turn: Turn) -> str:
    """What the system message says that the model is: "the assistant of a shop"; "" for nothing."""
    found = _ROLE.search(turn.system)
    plain = word_set("style", "words", "plain_role")
    return "" if not found or set(words(found[1])) <= plain else found[1]


def language(turn: Turn) -> str:
    """The code of the language that the system message or the request wants; "" for none."""
    last = next(map(_told, sentences(turn.text)[-1:]), "")
    if told := _told(turn.system) or _told(turn.how) or last:
        return told
    code = tongue(turn.system) if len(turn.system.split()) > 2 else "en"
    return "" if code == "en" else tongues.named(turn.system) or code


@remember_texts(512)
def _told(text: str) -> str:
    """The code of the language that a sentence of a text says to speak; "" for none."""
    speaks = table("style")["words"]["speaks"]
    orders = (s for s in sentences(text) if not s.endswith("?") and has(flat(s), speaks))
    return next(filter(None, map(tongues.named, orders)), "")


def styled(turn: Turn, said: Said) -> Said:
    """A reply in the form that was asked for, in lines that a notebook shows whole."""
    if said.exact:
        return said
    text, unmet = said.text, []
    for sentence in (*sentences(turn.system), *sentences(turn.how), turn.ask):
        ordered = sentence in turn.system
        (rules, manner), limit = _demands(sentence), _limit(sentence)
        free = ordered or not word_set("style", "words", "reply").isdisjoint(words(sentence))
        rule = next((each for each in rules if free or not each.get("takes")), None)
        if limit and (ordered or rule is None):
            fits = 0 < len(said.short.split()) <= max(limit, 3)
            text = said.short if fits and "exactly" not in words(sentence) else text
            first = text.split(",")[0].rstrip(".!")
            text = first if limit == 1 and first in ("Yes", "No", "Hello") else text
            too_long = len(text.split()) > max(limit, 3) and not said.honest
            unmet += [sentence] if too_long else []
        elif rule is not None and not (said.honest and rule["name"] == "bullets"):
            formed = _formed(rule["name"], sentence, said._replace(text=text), turn.ask)
            # "Always end with a question" does not say with which.
            unmet += [sentence] if rule["name"] == "end" and formed == text else []
            text = formed
        elif manner is not None and ordered:
            text = f"{manner['begin']} {text} {manner['end']}"
        elif ordered and _commands(sentence) and not (said.honest or _spoken(turn, sentence)):
            unmet.append(sentence)
    if text.startswith("{"):
        return said._replace(text=text)
    code = language(turn)
    if code and code != "en" and tongue(text) == "en":
        number = said.short if said.short.replace(".", "").isdigit() else ""
        told = table("languages")[code]["sum"].format(value=number) if number else ""
        text = told or f"{text}\n{table('languages')[code]['only']}"
    if unmet:
        rule_told = quoted(unmet[0].rstrip("."), 60)
        text += f"\n{table('talk')['honest']['followed'].format(rule=rule_told)}"
    return Said(wrapped(text), said.why)


_LIMIT = re.compile(table("patterns")["style"]["limit"])


@remember_texts(512)
def _demands(sentence: str) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The rules that a sentence has the words of, and the first manner."""
    if first_word(sentence) in word_set("style", "words", "denies"):
        return [], None
    form = flat(sentence)
    rules = [rule for rule, _ in met(form, "when", "style", "rule")]
    return rules, next((each for each, _ in met(form, "when", "style", "manner")), None)


@remember_texts(512)
def _limit(sentence: str) -> int:
    """How many words a sentence allows a reply; 0 where it says nothing of it."""
    if has(flat(sentence), table("style")["words"]["single"]):
        return 1
    found = _LIMIT.search(digits(flat(sentence))) if "word" in sentence.lower() else None
    return int(found[1]) if found else 0


def _formed(rule: str, sentence: str, said: Said, asked: str) -> str:
    text = said.text
    match rule:
        case "upper":
            return text.upper()
        case "lower":
            return text.lower()
        case "json":
            return json.dumps({"answer": said.short or text}, ensure_ascii=False)
        case "one_sentence":
            head, *rest = sentences(text)[:2] or [text]  # "Yes." is not all of an answer
            return f"{head.rstrip('.')}: {rest[0]}" if rest and " " not in head else head
        case "bullets":
            return "\n".join(f"- {item}" for item in said.items or sentences(text))
        case "short":
            return said.short or passages.shortest(f"{asked} {sentence}", text) or text
        case "commas":
            return ", ".join(said.items) or text
        case "end" | "begin":
            tail = _TAIL.search(sentence)
            words_wanted = next(iter(quotes(sentence)), "") or (tail[1].rstrip(".") if tail else "")
            if words_wanted:
                return f"{text} {words_wanted}" if rule == "end" else f"{words_wanted} {text}"
    return text


def _commands(sentence: str) -> bool:
    """Whether a sentence says how to reply, in a way that no rule knows."""
    harmless = has(flat(sentence), table("style")["words"]["harmless"])
    grounded = not word_set("style", "words", "grounds").isdisjoint(words(sentence))
    commands = next(iter(words(sentence)), "") in word_set("style", "words", "commands")
    return commands and not (harmless or grounded or quotes(sentence))


def _spoken(turn: Turn, sentence: str) -> bool:
    return bool(tongues.named(sentence)) or "json" in sentence.lower() or bool(persona(turn))


def wrapped(text: str) -> str:
    """A text in lines of at most about 100 characters."""
    folded = partial(textwrap.fill, width=_WIDEST, break_long_words=False, break_on_hyphens=False)
    return "\n".join(folded(x) if len(x) > _WIDEST else x for x in text.split("\n"))
