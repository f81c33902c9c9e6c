"""How a reply should look: what the system message demands of its form is shown, or owned up to."""

import json
import re
import textwrap
from collections.abc import Callable
from functools import partial
from typing import Any

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
from helpers.mock.simulated.tongues import named
from helpers.remember import remember_texts

_WIDEST = 100
_NAMED = re.compile(table("patterns")["style"]["named"])
_ROLE = re.compile(table("patterns")["style"]["role"])
_TAIL = re.compile(table("patterns")["style"]["tail"])
_LIMIT = re.compile(table("patterns")["style"]["limit"])


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
    return "" if code == "en" else named(turn.system) or code


@remember_texts(512)
def _told(text: str) -> str:
    """The code of the language that a sentence of a text says to speak; "" for none."""
    speaks = table("style")["words"]["speaks"]
    orders = (s for s in sentences(text) if not s.endswith("?") and has(flat(s), speaks))
    return next(filter(None, map(named, orders)), "")


def styled(turn: Turn, said: Said) -> Said:
    """A reply in the form that was asked for, in lines that a notebook shows whole."""
    if said.exact:
        return said
    unmet = ""
    for sentence in (*sentences(turn.system), *sentences(turn.how), turn.ask):
        text = _formed(said, sentence, turn, ordered=sentence in turn.system)
        unmet = unmet or (sentence if text is None else "")
        said = said._replace(text=said.text if text is None else text)
    text, code = said.text, language(turn)
    if text.startswith("{"):
        return said
    if code and code != "en" and tongue(text) == "en":
        number = said.short if said.short.replace(".", "").isdigit() else ""
        told = table("languages")[code]["sum"].format(value=number) if number else ""
        text = told or f"{text}\n{table('languages')[code]['only']}"
    if unmet:
        rule_told = quoted(unmet.rstrip("."), 60)
        text += f"\n{table('talk')['honest']['followed'].format(rule=rule_told)}"
    return Said(wrapped(text), said.why)


@remember_texts(512)
def _demands(sentence: str) -> tuple[list[dict[str, Any]], int]:
    """The rules that a sentence has the words of, and how many words it allows; 0 for any."""
    form = flat(sentence)
    denied = first_word(sentence) in word_set("style", "words", "denies")
    rules = [] if denied else [rule for rule, _ in met(form, "when", "style", "rule")]
    found = _LIMIT.search(digits(form)) if "word" in form else None
    limit = int(next(filter(None, found.groups()))) if found else 0
    return rules, 1 if has(form, table("style")["words"]["single"]) else limit


def _formed(said: Said, sentence: str, turn: Turn, *, ordered: bool) -> str | None:
    """A reply in the form that a sentence demands; None where that cannot be done."""
    rules, limit = _demands(sentence)
    free = ordered or not word_set("style", "words", "reply").isdisjoint(words(sentence))
    rule = next((each for each in rules if free or not each.get("takes")), None)
    if limit and (ordered or rule is None):
        return _limited(said, limit, exact="exactly" in words(sentence))
    if rule is None:
        return None if ordered and not said.honest and _commands(sentence) else said.text
    tail = _TAIL.search(sentence)
    wanted = next(iter(quotes(sentence)), "") or (tail[1].rstrip(".") if tail else "")
    if rule.get("needs") and not wanted:
        return None  # "Always end with a question" does not say with which
    part = _PARTS.get(rule.get("part", "") if rule.get("honest", True) or not said.honest else "")
    text = part(said, f"{turn.ask} {sentence}") if part else said.text
    return None if text is None else str(rule["form"]).format(text=text, wanted=wanted).strip()


def _limited(said: Said, limit: int, *, exact: bool) -> str | None:
    """The reply in so many words, or in three; None where it has more."""
    fits = 0 < len(said.short.split()) <= max(limit, 3) and not exact
    text = said.short if fits else said.text
    return text if said.honest or len(text.split()) <= max(limit, 3) else None


def _one(said: Said, _asked: str) -> str:
    head, *rest = sentences(said.text)[:2] or [said.text]  # "Yes." is not all of an answer
    return f"{head.rstrip('.')}: {rest[0]}" if rest and " " not in head else head


_PARTS: dict[str, Callable[[Said, str], str | None]] = {
    "upper": lambda said, _: said.text.upper(),
    "lower": lambda said, _: said.text.lower(),
    "json": lambda said, _: json.dumps({"answer": said.short or said.text}, ensure_ascii=False),
    "one sentence": _one,
    "bullets": lambda said, _: "\n".join(f"- {x}" for x in said.items or sentences(said.text)),
    "short": lambda said, _: said.short or None,
    "commas": lambda said, _: ", ".join(said.items) or said.text,
}


def _commands(sentence: str) -> bool:
    """Whether a sentence says how to reply, in a way that no rule knows."""
    harmless = has(flat(sentence), table("style")["words"]["harmless"])
    grounded = not word_set("style", "words", "grounds").isdisjoint(words(sentence))
    commands = words(sentence)[:1] and words(sentence)[0] in word_set("style", "words", "commands")
    return bool(commands) and not (harmless or grounded or quotes(sentence) or named(sentence))


def wrapped(text: str) -> str:
    """A text in lines of at most about 100 characters."""
    folded = partial(textwrap.fill, width=_WIDEST, break_long_words=False, break_on_hyphens=False)
    return "\n".join(folded(x) if len(x) > _WIDEST else x for x in text.split("\n"))
