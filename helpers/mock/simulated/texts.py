"""Words and sentences of a text, and the tables of data that the simulated model talks from."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, reduce
from importlib.resources import files
from itertools import dropwhile
from operator import getitem
from typing import Any, NamedTuple

from helpers.remember import remember_texts, remember_words

_WORD = re.compile(r"[\w\u0900-\u0963]++(?:['.\-]\w++)*")
_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_CAPITALS = re.compile(r"(?<![A-Za-z_\\])[A-Z]{2,}(?![a-z])")


class Said(NamedTuple):
    """A text, and one sentence on how it came about.

    `exact`: the text is to stay as it is, as a quotation, JSON, or what the user dictated.
    `short`: the answer in a word or two, for whoever wants it so. `honest`: the text says that
    there is no answer.
    """

    text: str
    why: str
    exact: bool = False
    short: str = ""
    honest: bool = False

    def doubted(self, question: str) -> "Said":
        """The same, with the doubt that is due where it leaves a word of a question open."""
        note = table("talk")["honest"]["unsure"].format(asked=quoted(question))
        return self._replace(text=f"{self.text}\n{note}", honest=True)


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first of those with the same first letter."""
    alike = dict[str, list[str]]()
    for word in sorted(words, key=lambda word: (-len(word), word)):
        alike.setdefault(word[:1].lower(), []).append(word)
    spelt = "|".join(map(_alike, alike.values())).replace(r"\ ", r"\s{1,3}")
    return rf"(?:{spelt})".replace("'", "['’]")


def _alike(words: list[str]) -> str:
    """Words of one first letter, which is looked for once: of hundreds, all others are let be."""
    letter = words[0][:1]
    if not all(word.startswith(letter) for word in words):  # "K" and "km"
        return "|".join(map(re.escape, words))
    return f"{re.escape(letter)}(?:{'|'.join(re.escape(word[1:]) for word in words)})"


def formed(form: str, stand: dict[str, str]) -> str:
    """A pattern with what the words in capitals in it, and in those, stand for."""

    def said(word: re.Match[str]) -> str:
        return formed(stand[word[0]], stand) if word[0] in stand else word[0]

    return _CAPITALS.sub(said, form)


@cache
def table(name: str) -> dict[str, Any]:
    """The data of this name: `data/NAME.toml`, read once."""
    source = files("helpers.mock.simulated").joinpath("data", f"{name}.toml")
    return tomllib.loads(source.read_text("utf-8"))


def patterns(name: str) -> dict[str, re.Pattern[str]]:
    """The patterns of this name, by theirs, for texts in small letters and capitals."""
    return {key: re.compile(of, re.I) for key, of in table("patterns")[name].items()}


@cache
def word_set(name: str, *path: str) -> frozenset[str]:
    """The words that stand at a path of a table of data."""
    value: Any = reduce(getitem, path, table(name))
    return frozenset(value.split() if isinstance(value, str) else value)


@cache
def stem_set(name: str, *path: str) -> frozenset[str]:
    """The stems of the words that stand at a path of a table of data."""
    return frozenset(map(stem, word_set(name, *path)))


# One request asks for the words of its few texts again and again.
@remember_texts(512)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, their apostrophes straight."""
    said = _WORD.findall(text.lower().replace("’", "'").replace("_", " "))
    return tuple(map(table("spelling")["casual"].get, said, said))


@remember_texts(512)
def flat(text: str) -> str:
    """The words of a text between spaces, so that ` phrase ` can be looked for."""
    return f" {' '.join(words(text))} "


def by_word(groups: Iterable[tuple[Iterable[str], Iterable[Any]]]) -> dict[str, frozenset[Any]]:
    """What the groups stand for that a word is in."""
    found = dict[str, frozenset[Any]]()
    for words, meant in groups:
        for word in words:
            found[word] = found.get(word, frozenset()).union(meant)
    return found


def heads(phrases: Iterable[str]) -> dict[str, frozenset[str]]:
    """Phrases by the words that they begin with."""
    return by_word(([phrase.partition(" ")[0]], [phrase]) for phrase in phrases)


def held(flattened: str, phrases: dict[str, frozenset[str]]) -> list[str]:
    """Those of some phrases, which are by their first words, that a flattened text has."""
    begun = phrases.keys() & flattened.split()
    return [cue for word in begun for cue in phrases[word] if f" {cue} " in flattened]


def has(flattened: str, cues: Iterable[str]) -> str | None:
    """The first of some phrases that a flattened text has."""
    return next((cue for cue in cues if f" {cue} " in flattened), None)


def met(flattened: str, key: str, name: str, *path: str) -> list[tuple[Any, list[str]]]:
    """The entries of a table with a cue under a key that the text has, in their order; and these.

    Of a table that has the cues as its values, with the key "", the names of these.
    """
    entries, places, begun = _entries(key, name, *path)
    if not (cues := held(flattened, begun)):
        return []
    found = sorted({n for cue in cues for n in places[cue]})
    return [(entries[n][0], [*filter(cues.__contains__, entries[n][1])]) for n in found]


@cache
def _entries(key: str, name: str, *path: str) -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
    """The entries of a table, each with its cues; where among them each cue is; and the cues."""
    value: Any = reduce(getitem, path, table(name))
    entries = [(entry, entry[key] if key else value[entry]) for entry in value]
    places = by_word(([cue], [n]) for n, (_, cues) in enumerate(entries) for cue in cues)
    return entries, places, heads(places)


@remember_words(4_096)
def stem(word: str) -> str:
    """A word without its plural, past or -ing ending: a light touch, for matching only."""
    word = word.removesuffix("'s")
    word = _IRREGULAR.get(word, word)
    for ending, least, rest in _ENDINGS if word.endswith(_ENDS) else ():
        if len(word) >= least and word.endswith(ending):
            word = word[: -len(ending)] + rest
            if ending in ("ing", "ed") and word[-1] == word[-2] and word[-1] in "bdgmnprt":
                return word[:-1]
            break
    if len(word) > 4 and word[-1] == "e":
        return word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word[-1] == "y" and word[-2] not in "aeou" else word


_IRREGULAR = dict(pair.split() for pair in table("words")["irregular"].split(","))
_ENDINGS: list[tuple[str, int, str]] = [tuple(each) for each in table("words")["endings"]]
_ENDS = tuple(ending for ending, *_ in _ENDINGS)


@remember_texts(512)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of a text, without bullets and numbers before them."""
    found = [_MARK.sub("", part).strip() for part in ending(text).split(text)]
    return tuple([part for part in found if len(part) > 1])


def ending(text: str) -> re.Pattern[str]:
    """What the sentences of a text end with."""
    return _PLAIN_END if text.isascii() else _END


_PLAIN_END = re.compile(table("patterns")["texts"]["sentence"])
_END = re.compile(f"{_PLAIN_END.pattern}|(?<=[。？！])")


def listing(items: list[str]) -> str:
    """a; a and b; a, b and c; and nothing of nothing."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def quoted(text: str, longest: int = 60) -> str:
    """The first words of a text, for a reply that says what it is about."""
    flattened = " ".join(text.split())
    if len(flattened) <= longest:
        return flattened
    return flattened[:longest].rsplit(" ", 1)[0].rstrip(",.;:") + " ..."


@cache
def meanings() -> dict[str, dict[str, str]]:
    """By language the English of its words, of which the first that has a form counts."""
    found = dict[str, dict[str, str]]()
    for part in filter(lambda each: "columns" in each, table("glossary").values()):
        languages = part["columns"].split()
        for english, forms in part["words"].items():
            for code, column in zip(languages, forms.split("|"), strict=True):
                for form in column.split():
                    found.setdefault(code, {}).setdefault(form, english)
    return found


@cache
def foreign() -> dict[str, str]:
    """The English of the words of all languages that are no English words as well."""
    merged = {form: each[form] for each in reversed(meanings().values()) for form in each}
    english = word_set("glossary", "english", "words").union(merged.values())
    return {form: word for form, word in merged.items() if form not in english}


@remember_words(4_096)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in snake_case, camelCase or kebab-case, in lower case and English."""
    return tuple(foreign().get(word, word) for word in spelt(name).split())


def spelt(name: str) -> str:
    """A name as words."""
    return " ".join(word.lower() for word in _NAME.findall(name))


def hands_on(name: str) -> bool:
    """Whether a tool of this name hands a conversation over: transfer_to_sales."""
    return has(flat(spelt(name)), table("agent")["hands_on"]) is not None


QUOTE = re.compile(table("patterns")["quote"])


def quotes(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [*map("".join, QUOTE.findall(text))]


_ORDERS = word_set("words", "verbs") | word_set("words", "openers")


def asks(text: str) -> bool:
    """Whether a text is a question or an instruction, by its end and its first words."""
    if text.rstrip().endswith("?") or first_word(text) in word_set("reading", "imperatives"):
        return True
    return first_word(text) in _ORDERS and not keeps(text)


def keeps(text: str) -> bool:
    """Whether a text only tells to keep something in mind: "Please remember this"."""
    return first_word(text) in word_set("memory", "orders") and "?" not in text


@remember_texts(512)
def first_word(text: str) -> str:
    """The first word of a text that is more than a politeness: "So, do I ..." begins with "do"."""
    first = words(text[:200])[:4]
    told = [*dropwhile(word_set("reading", "polite").__contains__, first), *first[-1:]]
    return told[0].removesuffix("'s") if told else ""
