"""Small operations on a text that need no knowledge: count, spell, sort, extract, repeat, tell."""

import re
from collections.abc import Callable

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import (
    QUOTE,
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

_WHY = "A small operation on a text, which needs no knowledge."
_PATTERNS = {
    name: re.compile(each, re.IGNORECASE) for name, each in table("patterns")["crafts"].items()
}


def payload(turn: Turn) -> str:
    """The text that a request is about: its material, what it quotes, or what is left of it."""
    before, found = turn.said_by("assistant"), _PATTERNS["payload"].search(turn.ask)
    what = next(filter(None, found.groups()), "").strip(" .") if found else ""
    if set(words(what)) & word_set("agent", "that") and before:
        what = next(reversed(quotes(before[0])), before[0].rstrip("."))
        return what if len(what.split()) < 6 else ""
    plain = set(words(what)) <= word_set("style", "words", "forms")
    return next(reversed(quotes(turn.ask)), "") or turn.data or ("" if plain else what)


def text_work(turn: Turn) -> Said | None:
    """Count letters or words, change case, reverse, spell, sort, list, shorten."""
    if letter := _PATTERNS["letter"].search(turn.ask):
        times = letter["word"].lower().count(letter["letter"].lower())
        return Said(_plural(times, "time"), _WHY, short=str(times))
    crafts, text = met(turn.flat, "", "crafts", "cues"), payload(turn)
    if not text or (not turn.data and word_set("reading", "code") & set(words(turn.ask))):
        return None
    if has(turn.flat, table("crafts")["summary"]):
        return _summary(turn, text)
    form = not crafts or text.endswith("?")  # "Answer in capitals: what is ...?"
    return None if form else Said(_CRAFTS[crafts[0][0]](text, turn.flat), _WHY, exact=True)


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}."


def _counted(what: str, letters: str = "") -> Callable[[str, str], str]:
    def count(text: str, _asked: str) -> str:
        found = [c for c in text.lower() if c in letters] if letters else text.split()
        return _plural(len(found), what)

    return count


def _items(text: str) -> list[str]:
    """What a text lists: between commas, on lines, or numbers between spaces."""
    numbers = text.replace(",", " ").split()
    if all(map(_NUMBER.fullmatch, numbers)):
        return numbers
    return [part.strip(" .?!") for part in _PATTERNS["lists"].split(text) if part.strip(" .?!")]


def _sorted(text: str, asked: str) -> str:
    items = _items(text)
    key = float if all(map(_NUMBER.fullmatch, items)) else str.lower
    down = has(asked, table("crafts")["downwards"]) is not None
    return ", ".join(sorted(items, key=key, reverse=down))


_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_CRAFTS: dict[str, Callable[[str, str], str]] = {
    "words": _counted("word"),
    "letters": lambda text, _: f"“{quoted(text)}” has {len(text)} characters.",
    "vowels": _counted("vowel", "aeiou"),
    "consonants": _counted("consonant", "bcdfghjklmnpqrstvwxyz"),
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
    "reorder": lambda text, _: " ".join(text.split()[::-1]),
    "reverse": lambda text, _: text[::-1],
    "sort": _sorted,
    "bullets": lambda text, _: "\n".join(f"- {item}" for item in _items(text)),
    "title": lambda text, _: text.title(),
    "first": lambda text, _: text[:1],
    "last": lambda text, _: text[-1:],
    "spell": lambda text, _: "-".join(text.upper()),
}


def _summary(turn: Turn, text: str) -> Said | None:
    many = _PATTERNS["some"].search(arithmetic.digits(f"{turn.ask} {turn.how}"))
    points = has(turn.flat, ("key points", "main points"))
    kept = sentences(text)[: int(many[1]) if many else 3 if points else 1]
    return Said(" ".join(kept), "The first sentence stands for the text.")


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


def sentiment(turn: Turn) -> Said | None:
    """Whether a text praises or complains, where the request asks for that."""
    asks = {*words(turn.ask), *words(turn.how), *words(turn.system)}
    if "sentiment" not in asks and not {"positive", "negative"} <= asks:
        return None
    if arithmetic.numbers(QUOTE.sub("", turn.ask)):
        return None  # "Rate the sentiment from 1 to 5"
    judged = next(reversed(quotes(turn.text)), "") or payload(turn) or turn.ask
    good, bad = tone(Text(_PATTERNS["labels"].sub("", judged)))
    label = "positive" if good > bad else "negative" if bad > good else "neutral"
    return Said(label, f"By a small word list: {good} words praise and {bad} complain.")


def dictated(turn: Turn) -> Said | None:
    """What the user says that should be said: "Say exactly: ...", "Repeat 'ha' 3 times"."""
    found = _PATTERNS["say"].fullmatch(turn.text)
    if found is None:
        return None
    what, how = found["what"].rstrip(), found["how"].lower()
    inside = _PATTERNS["inside"].match(what)
    strict = found["colon"] or inside or _PATTERNS["strict"].search(how + what[-8:])
    echoes = found["verb"].lower() in ("say", "repeat", "echo") or "with" in how
    vague = what.endswith("?") or _PATTERNS["vague"].search(what) or len(what.split()) > 12
    if not strict and (vague or not echoes):
        return None
    times = _PATTERNS["times"].search(arithmetic.digits(what))
    bare = _PATTERNS["times"].sub("", _PATTERNS["only"].sub("", what))
    text = inside[1] if inside else bare.rstrip(".") if strict and " " not in bare else bare
    if times:
        text = " ".join([text] * min(int(times[1] or 2), 1_000))
    return Said(text, "The user says what to say.", exact=True) if text else None


def count(turn: Turn) -> Said | None:
    """Numbers in a row: "Count from 1 to 10", "count down from five"."""
    asked = arithmetic.digits(_PATTERNS["plural"].sub(r"\1", turn.ask))
    if not _PATTERNS["counts"].search(asked):
        return None
    names = ("from", "to", "by", "down")
    start, end, by, down = (_PATTERNS[f"count_{name}"].search(asked) for name in names)
    if not (end or (start and down)):
        return None
    step = max(int(by[1]), 1) if by else 1
    ends = int(start[1]) if start else step, int(end[1]) if end else 1
    first, last = sorted(ends, reverse=True) if down else ends
    parity = has(flat(asked), ("even", "odd"))
    if parity:
        first, step = first + (first % 2 != (parity == "odd")), 2
    up = last >= first
    numbers = [*map(str, range(first, last + (1 if up else -1), step if up else -step)[:1_000])]
    text = "\n".join(numbers) if "line" in asked else f"{', '.join(numbers)}."
    return Said(text, f"The user wants to hear me count to {last}.", exact=True)


def tell(turn: Turn) -> Said | None:
    """A story, a poem, a joke: made up, and about what was asked for."""
    talk, said = table("talk"), words(turn.ask)
    found = [form for word in said if (form := talk["form_of"].get(word)) is not None]
    form = next((name for name in found if name != "line"), next(iter(found), ""))
    ordered = set(said) & word_set("talk", "orders") or len(said) < 5
    if (
        not form
        or turn.data
        or not ordered
        or first_word(turn.ask) in word_set("agent", "asks_back")
    ):
        return None
    about = _PATTERNS["about"].search(turn.ask)
    topic = quoted(about["what"].strip(" .!?\"'“”")) if about else "a reader"
    bare = _PATTERNS["thing"].sub(r"\1", topic)
    the = topic if topic[:1].isupper() else f"the {bare}"
    parts = {"topic": topic, "the": the, "The": the[:1].upper() + the[1:]}
    start = choice(talk["forms"][f"{form}_about" if form == "joke" and about else form],
                   turn.prompt.variant)  # fmt: skip
    many = _PATTERNS["many"].search(arithmetic.digits(turn.ask))
    more = range(min(max(int(many[1]), 1), 50) - 1 if many else 2 if form == "story" else 0)
    rest = [choice(talk["forms"]["more"], index) for index in more]
    told = " ".join(each.format(**parts) for each in (start, *rest))
    why = "needs no knowledge" if form == "joke" else "has to be made up"
    return Said(told, f"A {form} {why}.")
