"""Small operations on a text that need no knowledge: count, spell, sort, extract, repeat, tell."""

from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from helpers.mock.simulated import arithmetic, texts, tongues
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, first_word, flat, met, quotes, table, word_set, words
from helpers.mock.simulated.tones import tone

_WHY = "A small operation on a text, which needs no knowledge."
_PATTERNS = texts.patterns("crafts")


def payload(turn: Turn) -> str:
    """The text that a request is about: its material, what it quotes, or what is left of it."""
    found = _PATTERNS["payload"].search(turn.ask)
    what = next(filter(None, found.groups()), "").strip(" .") if found else ""
    plain = set(words(what)) <= word_set("style", "words", "forms") | word_set("agent", "that")
    named = " " in what and first_word(what) in word_set("words", "determiners")  # "the alphabet"
    return next(reversed(quotes(turn.ask)), "") or turn.data or ("" if plain or named else what)


def text_work(turn: Turn) -> Said | None:
    """Count letters or words, change case, reverse, spell, sort, list, shorten."""
    if letter := _PATTERNS["letter"].search(turn.ask):
        quoted_in = (each for each in quotes(turn.ask) if len(each) > 1)
        word = next(quoted_in, turn.data or letter["word"])
        times = word.lower().count(letter["letter"].lower())
        return Said(_plural(times, "time"), _WHY, short=str(times))
    crafts = met(turn.flat, "", "crafts", "cues")
    text = payload(turn) if crafts else ""
    if not text or text.endswith("?"):  # "Answer in capitals: what is ...?"
        return None
    if not turn.data and word_set("reading", "code") & set(words(turn.ask)):
        return None
    craft = crafts[0][0]
    whole = not (turn.data or quotes(turn.ask) or _items(text)[1:])
    if whole and first_word(turn.ask) in word_set("crafts", "names"):
        return None  # "List the months backwards"
    if craft in ("sort", "downwards"):
        return _sorted(turn.ask, _items(text), down=craft == "downwards")
    return Said(_CRAFTS[craft](text), _WHY, exact=craft != "summary") if craft in _CRAFTS else None


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}."


def _items(text: str) -> list[str]:
    """What a text lists: between commas, on lines, or numbers between spaces."""
    return [*filter(None, (part.strip(" .?!") for part in _PATTERNS["lists"].split(text)))]


def _sorted(ask: str, items: list[str], *, down: bool) -> Said | None:
    """Items in the order of a number that each has, of their letters, or of their length."""
    numbers, by = [*map(arithmetic.numbers, items)], _PATTERNS["by"].search(ask)
    keys: list[Any] = [item.lower() for item in items]
    if _PATTERNS["letters"].search(ask) is None:
        if all(len(own) == 1 for own in numbers):
            keys = numbers
        elif by and by[1] != "length":
            return None  # "Sort by colour: ..."
        elif by:
            keys = [*map(len, items)]
    order = sorted(range(len(items)), key=keys.__getitem__)
    told = ", ".join(items[n] for n in (order[::-1] if down else order))
    return Said(told, _WHY, exact=True, short=told)


_CRAFTS: dict[str, Callable[[str], str]] = {
    "summary": lambda text: next(iter(texts.sentences(text)), text),
    "words": lambda text: _plural(len(text.split()), "word"),
    "letters": lambda text: f"“{texts.quoted(text)}” has {len(text)} characters.",
    "vowels": lambda text: _plural(sum(c in "aeiou" for c in text.lower()), "vowel"),
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "reorder": lambda text: " ".join(text.split()[::-1]),
    "reverse": lambda text: text[::-1],
    "bullets": lambda text: "\n".join(f"- {item}" for item in _items(text)),
    "spell": lambda text: "-".join(text.upper()),
}


def extract(turn: Turn) -> Said | None:
    """Addresses, dates, names and the like in the material of a request."""
    if not turn.data:
        return None
    asked = flat(turn.ask.replace(turn.data, ""))
    kinds = met(asked, "", "crafts", "extract")
    known = (word for _, cues in kinds for cue in cues for word in cue.split())
    beside = word_set("crafts", "extracts_beside"), word_set("memory", "small")
    if not kinds or " my " in asked or {*asked.split()}.difference(known, *beside):
        return None  # "Which city is the coldest in this?"
    text = Text(turn.data[:4_000])
    found = {span.start: span.text for kind, _ in kinds for span in text.spans(kind)}
    if kinds[0][0] == "person":  # of whom not all names are known
        new = (span for span in text.spans("name") if (span.start, span.end) not in text.definite)
        found |= {span.start: span.text for span in new}
    shown = ", ".join(dict.fromkeys(found[start] for start in sorted(found)))
    return Said(shown or "There is none in the text.", "The text was searched for it.")


def sentiment(turn: Turn) -> Said | None:
    """Whether a text praises or complains, where the request asks for that."""
    asks = {*words(turn.ask), *words(turn.how), *words(turn.system)}
    if "sentiment" not in asks and not {"positive", "negative"} <= asks:
        return None
    if arithmetic.numbers(texts.QUOTE.sub("", turn.ask)):
        return None  # "Rate the sentiment from 1 to 5"
    text = Text(payload(turn) or turn.ask)
    good, bad = tone(text, (0, len(text.raw)))
    label = "positive" if good > bad else "negative" if bad > good else "neutral"
    return Said(label, f"By a small word list: {good} words praise and {bad} complain.")


def dictated(turn: Turn) -> Said | None:
    """What the user says that should be said: "Say exactly: ...", "Repeat 'ha' 3 times"."""
    if (found := _PATTERNS["say"].fullmatch(turn.text)) is None:
        return None
    times = _PATTERNS["times"].search(found["what"])
    what = _PATTERNS["times"].sub("", found["what"]).rstrip()
    inside = _PATTERNS["inside"].match(what)
    orders = found["echo"] or _PATTERNS["strict"].search(found["how"])
    if inside and what[inside.end() :].strip(" .!"):
        return None  # "Write 'tide' backwards"
    plain = found["colon"] or inside or (orders and not _PATTERNS["vague"].search(what))
    if not what or not plain:
        return None
    many = arithmetic.digits(times[1]) if times else ""
    text = inside[1] if inside else what
    text = " ".join([text] * min(int(many), 1_000)) if many.isdecimal() else text
    return Said(text, "The user says what to say.", exact=True)


def count(turn: Turn) -> Said | None:
    """Numbers in a row: "Count from 1 to 10", "count down from five"."""
    asked = arithmetic.digits(turn.ask)
    ends = [*map(int, _PATTERNS["ends"].findall(asked))]
    if len(ends) not in (1, 2) or not _PATTERNS["counts"].search(asked):
        return None
    down = _PATTERNS["count_down"].search(asked)
    if len(ends) == 1 and not down and "from" in words(asked):
        return None  # and never ends
    first, last = [1, *ends][-2:]
    if len(ends) == 1 and down:
        first, last = last, first
    step = 1 if last >= first else -1
    numbers = [*map(str, range(first, last + step, step)[:1_000])]
    if code := tongues.named(turn.ask):
        spelt = table("languages")[code]["numbers"].split()
        if not 0 <= min(first, last) <= max(first, last) < len(spelt):
            return None
        numbers = [spelt[int(number)] for number in numbers]
    text = "\n".join(numbers) if "line" in asked else f"{', '.join(numbers)}."
    return Said(text, f"The user wants to hear me count to {last}.", exact=True)


def tell(turn: Turn) -> Said | None:
    """A story, a poem, a joke: made up, and about what was asked for."""
    talk, said = table("talk"), words(turn.ask)
    asks = turn.data or first_word(turn.ask) in word_set("agent", "asks_back")
    named = not asks and not talk["form_of"].keys().isdisjoint(said)
    form = named and next(form for word, form in talk["form_of"].items() if word in said)
    if not form or (len(said) >= 5 and word_set("talk", "orders").isdisjoint(said)):
        return None
    about = _PATTERNS["about"].search(turn.ask)
    topic = texts.quoted(about["what"].strip(" .!?\"'“”")) if about else "a reader"
    the = topic if topic[:1].isupper() else _PATTERNS["thing"].sub(r"the \1", topic)
    starts = talk["forms"]["joke_about" if form == "joke" and about else form]
    many = _PATTERNS["many"].search(arithmetic.digits(turn.ask))
    more = min(int(many[1]) - 1, 50) if many else 2 if form == "story" else 0
    lines = [starts[turn.prompt.variant % len(starts)], *islice(cycle(talk["forms"]["more"]), more)]
    told = " ".join(lines).format(topic=topic, the=the, The=the[:1].upper() + the[1:])
    return Said(told, f"A {form} has to be made up.")


SKILLS = (sentiment, count, dictated, tell, text_work, extract)
