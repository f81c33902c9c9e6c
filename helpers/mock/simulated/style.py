"""How a reply should look: what the system message demands of its form is shown, or owned up to."""

import json
import re
from collections.abc import Callable
from typing import Any

from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.glossary import tongue
from helpers.mock.simulated.reading import Turn, for_people
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
from helpers.remember import remember, remember_texts

_WIDEST = 100
_LINE = re.compile(rf"(?:^|(?! )).{{0,{_WIDEST - 1}}}[^ ](?= |$)|[^ ]+")
_KINDS = ("commands", "denies", "harmless", "reply", "speaks")
_COMMANDS, _DENIES, _HARMLESS, _REPLY, _SPEAKS = (word_set("style", "words", k) for k in _KINDS)
_NAMED, _LIMIT = (re.compile(table("patterns")["style"][key]) for key in ("named", "limit"))


def persona(turn: Turn) -> str:
    """The name that the system message gives the model; "" for none."""
    name = _name_in(turn.system)
    return name if name != turn.prompt.vendor.assistant else ""


# The same system message comes with each request of a conversation.
@remember_texts(512)
def _name_in(system: str) -> str:
    return found[1] if (found := _NAMED.search(system)) else ""


def language(turn: Turn) -> str:
    """The code of the language that the system message or the request wants; "" for none."""
    texts = (*sentences(turn.system), *sentences(turn.how), *sentences(turn.text)[-1:])
    orders = (text for text in texts if not text.endswith("?") and has(flat(text), _SPEAKS))
    code = tongue(turn.system)
    return next(filter(None, map(named, orders)), "" if code == "en" else code)


def styled(turn: Turn, said: Said) -> Said:
    """A reply in the form that was asked for, in lines that a notebook shows whole."""
    if said.exact:
        return said
    note, code = "", language(turn)
    rules = (*sentences(turn.system), *sentences(turn.how), turn.ask)
    demands = [(each, _demanded(each, each in turn.system)) for each in rules]
    # What a pirate says goes around what is left by a rule that shortens.
    demands.sort(key=lambda each: (each[1][0] or {}).get("part") != "one sentence")
    for sentence, demanded in demands:
        text = _formed(said, sentence, demanded)
        # "I cannot do that: ..." need not quote it twice.
        if text is None and (rule := quoted(sentence.rstrip("."))) not in said.text:
            note = "\n" + table("talk")["honest"]["followed"].format(rule=rule)
        elif text and text != said.text:
            said = said._replace(text=text)
    if code not in ("", "en") and tongue(said.text) == "en":
        note = f"\n{table('languages')[code]['only']}{note}"
    return Said(wrapped(f"{said.text}{note}"), said.why)


@remember(512)
def _demanded(sentence: str, ordered: bool) -> tuple[Any, int | None, bool]:
    """The rule that a sentence is of, its limit in words, and whether it orders what no rule is."""
    form = flat(sentence)
    # "Never use capital letters" is a rule of its own, "Never answer in rhymes" is none.
    rules = [each for each, cues in met(form, "when", "style", "rule")
             if not _DENIES & {first_word(sentence)} - {*" ".join(cues).split()}]  # fmt: skip
    rule = next((each for each in rules if ordered or _of_reply(sentence, each)), None)
    limit = _LIMIT.search(digits(form)) if "word" in form else None
    most = int(limit[1] or limit[2]) if limit and (ordered or rule is None) else None
    orders = ordered and not _COMMANDS.isdisjoint(words(sentence)[:1])
    heard = not orders or for_people(sentence) or has(form, _HARMLESS) or named(sentence)
    return rule, most, not heard


def _of_reply(sentence: str, rule: dict[str, Any]) -> bool:
    """Whether what a rule takes is of the reply: not "Which letter does 'owl' end with?"."""
    takes = rule.get("takes")
    asks = takes == "quote" and sentence[-1:] == "?"
    return not takes or not (asks or _REPLY.isdisjoint(words(sentence)))


def _formed(said: Said, sentence: str, demanded: tuple[Any, int | None, bool]) -> str | None:
    """A reply in the form that a sentence demands; None where that cannot be done."""
    rule, most, orders = demanded
    if most is not None:
        return _limited(said, most)
    if rule is None:
        return None if orders and not said.honest else said.text
    wanted = next(iter(quotes(sentence)), "") if "{wanted}" in rule["form"] else ""
    text = _PARTS[rule["part"]](said) if "part" in rule else said.text
    if text is None or (rule.get("needs") and not wanted):
        return None  # "Always end with a question" does not say with which
    return str(rule["form"]).format(text=text, wanted=wanted).strip()


def _limited(said: Said, most: int = 1) -> str | None:
    """The reply in so many words, or in three; None where it has more."""
    fits = 0 < len(said.short.split()) <= max(most, 3)
    text = said.short if fits else said.text
    return text if len(text.split()) <= max(most, 3) else None


def _one(said: Said) -> str:
    lines = [each for each in sentences(said.text) if each[-1] != "!" or " " in each]
    head, *rest = lines[:2] or [said.text]  # "Yes." is not all of an answer, "Hello!" is none
    told = f"{head.rstrip('.')}: {rest[0]}" if rest and " " not in head else head
    return said.text if said.honest else told


_PARTS: dict[str, Callable[[Said], str | None]] = {
    "upper": lambda said: said.text.upper(),
    "lower": lambda said: said.text.lower(),
    "json": lambda said: json.dumps({"answer": said.short or said.text}, ensure_ascii=False),
    "one sentence": _one,
    "bullets": lambda said: "\n".join(f"- {x}" for x in sentences(said.text)),
    "short": _limited,
}


def wrapped(text: str) -> str:
    """A text in lines of at most about 100 characters."""
    lines = text.split("\n")
    return "\n".join(["\n".join(_LINE.findall(x)) if len(x) > _WIDEST else x for x in lines])
