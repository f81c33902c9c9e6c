"""How a reply should look: what the system message demands of its form is shown, or owned up to."""

import re
import textwrap

from helpers.mock.simulated import tongues
from helpers.mock.simulated.reading import Turn, quotes
from helpers.mock.simulated.texts import Said, flat, has, quoted, sentences, table, word_set, words

_WIDEST = 100
_NAMED = re.compile(
    r"\b(?:[Yy]our name is|[Yy]ou are called|[Yy]ou're called|[Cc]all yourself|[Yy]ou are|[Yy]ou're"
    r"|[Aa]ct as|(?:assistant|bot|chatbot|tutor|helper|agent|guide),? (?:called|named))"
    r" ([A-ZÀ-Þ][\w'’-]+)"
)
_TAIL = re.compile(
    r"\b(?:with|word|phrase|words|as)\s+(?:the words? |a |an )?[:]?\s*([A-Z][^.!?]*[.!?]?)"
)


def persona(turn: Turn) -> str:
    """The name that the system message gives the model; "" for none."""
    found = _NAMED.search(turn.system)
    name = found[1] if found else ""
    languages = {each["english"] for each in table("languages").values()}
    return "" if name in languages or name == turn.prompt.vendor.assistant else name


def language(turn: Turn) -> str:
    """The code of the language that the system message or the request wants; "" for none."""
    for sentence in (*sentences(turn.system), *sentences(turn.how), *sentences(turn.text)[-1:]):
        asks = sentence.endswith("?")
        speaks = not asks and has(flat(sentence), table("style")["words"]["speaks"])
        if speaks and (code := tongues.named(sentence)):
            return code
    return ""


def styled(turn: Turn, said: Said) -> Said:
    """A reply in the form that was asked for, in lines that a notebook shows whole."""
    if said.exact:
        return said
    text, unmet = said.text, []
    for sentence in (*sentences(turn.system), *sentences(turn.how), turn.ask):
        form = flat(sentence)
        for rule in table("style")["rule"]:
            if has(form, rule["when"]):
                formed = _formed(rule["name"], sentence, Said(text, said.why, short=said.short))
                if rule["name"] == "one_word" and len(formed.split()) > 2:
                    unmet.append(sentence)
                text = formed
                break
        else:
            manner = next((m for m in table("style")["manner"] if has(form, m["when"])), None)
            if manner is not None and "begin" in manner and sentence in turn.system:
                text = f"{manner['begin']} {text} {manner['end']}"
            elif sentence in turn.system and _commands(sentence) and not _spoken(turn, sentence):
                unmet.append(sentence)
    code = language(turn)
    if code and code != "en" and tongues.tongue(text) == "en":
        text += f"\n{table('languages')[code]['only']}"
    if unmet:
        rule = quoted(unmet[0].rstrip("."), 60)
        text += f"\n{table('talk')['honest']['followed'].format(rule=rule)}"
    return Said(wrapped(text), said.why)


def _formed(rule: str, sentence: str, said: Said) -> str:
    text = said.text
    match rule:
        case "upper":
            return text.upper()
        case "lower":
            return text.lower()
        case "one_word":
            # Any one word of a sentence may say something else than the sentence.
            first = text.split()[0].rstrip(",.;!") if text.split() else text
            return said.short or (first if first in ("Yes", "No", "Hello") else text)
        case "one_sentence":
            return sentences(text)[0] if sentences(text) else text
        case "bullets":
            return "\n".join(f"- {each}" for each in sentences(text))
        case "end" | "begin":
            tail = _TAIL.search(sentence)
            words_wanted = next(iter(quotes(sentence)), "") or (tail[1].rstrip(".") if tail else "")
            if words_wanted:
                return f"{text} {words_wanted}" if rule == "end" else f"{words_wanted} {text}"
    return text


def _commands(sentence: str) -> bool:
    """Whether a sentence says how to reply, in a way that no rule knows."""
    found = words(sentence)
    style = table("style")["words"]
    if not found or has(flat(sentence), style["harmless"].split("|")):
        return False
    if not word_set("style", "words", "grounds").isdisjoint(found):
        return False
    return found[0] in word_set("style", "words", "commands") and not quotes(sentence)


def _spoken(turn: Turn, sentence: str) -> bool:
    return bool(tongues.named(sentence)) or "json" in sentence.lower() or bool(persona(turn))


def wrapped(text: str) -> str:
    """A text in lines of at most about 100 characters."""
    lines = [
        piece
        for line in text.split("\n")
        for piece in (
            textwrap.wrap(line, _WIDEST, break_long_words=False, break_on_hyphens=False) or [""]
            if len(line) > _WIDEST
            else [line]
        )
    ]
    return "\n".join(lines)
