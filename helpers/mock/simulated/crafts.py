"""Small operations on a text that need no knowledge: count, spell, sort, extract, repeat, tell."""

import re
from collections.abc import Callable

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import (
    Said,
    choice,
    first_word,
    flat,
    has,
    met,
    quoted,
    quotes,
    sentences,
    stem,
    table,
    word_set,
    words,
)
from helpers.mock.simulated.tones import tone

_LABELS = re.compile(r"\b(?:positive|negative|neutral|mixed)\b", re.IGNORECASE)
_WHY = "A small operation on a text, which needs no knowledge."
_AT_THE_END = re.compile(table("patterns")["crafts"]["at_the_end"], re.IGNORECASE)


def payload(turn: Turn) -> str:
    """The text that a request is about: its material, what it quotes, or what is left of it."""
    inside = quotes(turn.ask)
    if inside:
        return inside[-1]
    if turn.data:
        return turn.data
    found = _AT_THE_END.search(turn.ask)
    what = found["payload"].strip() if found else ""
    before = turn.said_by("assistant")
    if set(words(what)) & word_set("agent", "that") and before:
        last = next(reversed(quotes(before[0])), before[0].rstrip("."))
        return last if len(last.split()) < 6 and "\n" not in last else ""
    cues = (cue for each in table("crafts")["cues"].values() for cue in each)
    plain = set(words(what)) <= word_set("style", "words", "forms") or has(flat(what), cues)
    return "" if plain or turn.flat.strip() == f"in {what.lower()}" else what


def text_work(turn: Turn) -> Said | None:
    """Count letters or words, change case, reverse, spell, sort by alphabet, shorten."""
    asked = turn.flat
    crafts, summed = met(asked, "", "crafts", "cues"), has(asked, table("crafts")["summary"])
    if not crafts and not summed:
        return None
    text = payload(turn)
    if not text or (not turn.data and word_set("reading", "code") & set(words(turn.ask))):
        return None
    if crafts:
        return Said(_CRAFTS[crafts[0][0]](text), _WHY, exact=True)
    return _summary(turn, text) if summed else None


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}."


def _sorted(text: str) -> str:
    items = [item.strip(" .?!") for item in re.split(r",|\n|\band\b", text) if item.strip()]
    numbers = all(re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", item) for item in items)
    return ", ".join(sorted(items, key=float if numbers else str.lower))


_CRAFTS: dict[str, Callable[[str], str]] = {
    "words": lambda text: _plural(len(text.split()), "word"),
    "letters": lambda text: f"“{quoted(text)}” has {_plural(len(text), 'character')}",
    "vowels": lambda text: _plural(sum(c in "aeiou" for c in text.lower()), "vowel"),
    "upper": str.upper,
    "lower": str.lower,
    "reorder": lambda text: " ".join(text.split()[::-1]),
    "reverse": lambda text: text[::-1],
    "sort": _sorted,
    "title": str.title,
    "first": lambda text: text[:1],
    "last": lambda text: text[-1:],
    "spell": lambda text: "-".join(text.upper()),
}


def _summary(turn: Turn, text: str) -> Said | None:
    first, many = sentences(text), _SOME.search(arithmetic.digits(f"{turn.ask} {turn.how}"))
    points = has(turn.flat, ("key points", "main points"))
    kept = first[: int(many[1]) if many else 3 if points else 1]
    return Said(" ".join(kept), "The first sentence stands for the text.") if kept else None


def extract(turn: Turn) -> Said | None:
    """Addresses, dates, names and the like in the material of a request."""
    asked = has(turn.flat, table("crafts")["extracts"]) or turn.ask.endswith((" in", " from"))
    if not turn.data or not asked:
        return None
    text, kinds = Text(turn.data[:4_000]), table("crafts")["extract"].items()
    of = {stem(word): kind for word, kind in kinds}
    said = words(turn.ask.replace(turn.data, ""))
    named = {word: of.get(stem(word)) for word in said}
    kind = next(filter(None, named.values()), None)
    beside = word_set("crafts", "extracts_beside") | word_set("memory", "small")
    if not kind or any(not named[word] and word not in beside for word in said):
        return None  # "Which city is the coldest in this?"
    found = [span.text for name in kind.split() for span in text.spans(name)]
    if "person" in kind:
        places = {span.text for name in ("city", "country") for span in text.spans(name)}
        found = [each for each in found if each not in places]
    shown = ", ".join(dict.fromkeys(found))
    return Said(shown or "There is none in the text.", "The text was searched for it.")


_SOME = re.compile(r"\b(\d{1,2}) (?:[a-z]{1,12} )?(?:bullet|sentence|point|line)", re.IGNORECASE)


def sentiment(turn: Turn) -> Said | None:
    """Whether a text praises or complains, where the request asks for that."""
    asks = {*words(turn.ask), *words(turn.how), *words(turn.system)}
    if "sentiment" not in asks and not {"positive", "negative"} <= asks:
        return None
    scale = turn.ask
    for quotation in quotes(turn.ask):
        scale = scale.replace(quotation, "")
    if arithmetic.numbers(scale):
        return None  # "Rate the sentiment from 1 to 5"
    judged = next(reversed(quotes(turn.text)), "") or payload(turn) or turn.ask
    good, bad = tone(Text(_LABELS.sub("", judged)))
    label = "positive" if good > bad else "negative" if bad > good else "neutral"
    return Said(label, f"By a small word list: {good} words praise and {bad} complain.")


_SAY = re.compile(table("patterns")["crafts"]["say"], re.IGNORECASE | re.DOTALL)
_STRICT = re.compile(r"exactly|only|just|verbatim|nothing|single|one word", re.IGNORECASE)
_TIMES = re.compile(r"[\s,]{0,9}(?:\b(\w{1,9}) times?|\btwice)[.!]?$", re.IGNORECASE)
_ONLY = re.compile(r",?\s{1,20}(?:only|and nothing else|exactly|please)[.!]?$")
_VAGUE = re.compile(table("patterns")["crafts"]["vague"], re.I)


def dictated(turn: Turn) -> Said | None:
    """What the user says that should be said: "Say exactly: ...", "Repeat 'ha' 3 times"."""
    found = _SAY.match(turn.text)
    if found is None:
        return None
    what, repeats = found["what"].rstrip(), found["verb"].lower() in ("say", "repeat", "echo")
    inside = re.match(r"[\"“'‘](.+?)[\"”'’]", what, re.DOTALL)
    strict = found["colon"] or inside or _STRICT.search(found["how"] + what[-8:])
    asks = what.endswith("?") or _VAGUE.match(what) or re.search(r"\bin [A-Z]\w+[.!]?$", what)
    if not (found["colon"] or inside or repeats or "with" in found["how"].lower()):
        return None
    if not strict and (asks or len(what.split()) > 12):
        return None
    text = inside[1] if inside else _TIMES.sub("", _ONLY.sub("", what))
    if times := _TIMES.search(arithmetic.digits(what)):
        text = " ".join([text] * min(int(times[1] or 2), 1_000))
    text = text.rstrip(".") if strict and " " not in text else text
    return Said(text, "The user says what to say.", exact=True) if text else None


_COUNTING = re.compile(table("patterns")["crafts"]["counting"], re.IGNORECASE)


def count(turn: Turn) -> Said | None:
    """Numbers in a row: "Count from 1 to 10", "count down from five"."""
    asked = turn.ask.lower()
    if "count" not in asked and "numbers" not in asked:
        return None
    found = _COUNTING.search(arithmetic.digits(turn.ask))
    if found is None or not (found["a"] or found["b"]):
        return None
    first, last = int(found["a"] or 1), int(found["b"] or 1)
    if (not found["b"] and not found["down"]) or (found["down"] and first < last):
        first, last = last, first
    step = max(int(found["step"] or 1), 1) * (1 if last >= first else -1)
    numbers = range(first, last + (1 if step > 0 else -1), step)[:1_000]
    lines = re.search(r"\blines?\b", turn.ask, re.I)
    text = "\n".join(map(str, numbers)) if lines else f"{', '.join(map(str, numbers))}."
    return Said(text, f"The user wants to hear me count to {last}.", exact=True)


_ABOUT = re.compile(table("patterns")["crafts"]["about"], re.IGNORECASE)
_THING = re.compile(table("patterns")["crafts"]["thing"], re.IGNORECASE)
_MANY = re.compile(r"\b(\d{1,9})[ -]sentences?\b", re.I)


def tell(turn: Turn) -> Said | None:
    """A story, a poem, a joke: made up, and about what was asked for."""
    talk, said = table("talk"), words(turn.ask)
    found = [form for word in said if (form := talk["form_of"].get(word)) is not None]
    form = next((name for name in found if name != "line"), next(iter(found), ""))
    ordered = set(said) & word_set("talk", "orders") or len(said) < 5
    asked = first_word(turn.ask) in word_set("agent", "asks_back")
    if not form or turn.data or not ordered or asked:
        return None
    about = _ABOUT.search(turn.ask)
    topic = quoted(about["what"].strip(" .!?\"'“”"), 60) if about else "a reader"
    named = re.search(r"\b(?:named|called) ([A-Z]\w*)", topic)
    bare = _THING.sub(r"\1", topic)
    the = named[1] if named else topic if topic[:1].isupper() else f"the {bare}"
    parts = {"a": topic, "topic": topic, "the": the, "The": the[:1].upper() + the[1:]}
    of, variant = talk["forms"], turn.prompt.variant
    wanted = _MANY.search(arithmetic.digits(turn.ask)) if form == "story" else None
    more = min(max(int(wanted[1]), 1), 50) - 1 if wanted else 2
    rest = [choice(of["story"], index) for index in range(more)] if form == "story" else []
    start = {"story": "story_start", "joke": "joke_about" if about else "joke"}.get(form, form)
    told = " ".join(each.format(**parts) for each in (choice(of[start], variant), *rest))
    why = "needs no knowledge" if form == "joke" else "has to be made up"
    return Said(told, f"A {form} {why}.")
