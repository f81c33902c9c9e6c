"""Tokens: a text as words with positions, and a span of it."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.glossary import glossary, tongue
from helpers.mock.simulated.knowledge import CJK, LISTING, PATTERNS, TEXT_CONCEPTS, Unit
from helpers.mock.simulated.texts import any_of, ending, stem, word_set
from helpers.remember import remember_words

_TOKEN = re.compile(PATTERNS["token"])
_YEAR = re.compile(r"(?<![\w.,$€£-])20[0-4]\d(?![\w,]|\.\d)")
_SMALL = knowledge.BREAKS | knowledge.STOP | LISTING | knowledge.NUMBER_WORDS.keys()
_SMALL |= word_set("wants", "before", "place") | word_set("words", "adverbs")
_KNOWN = re.compile(f"({any_of(CJK)})")
_OPENS = frozenset(".!?:\n")
_COMMAS = frozenset(",;&/\n")
_STOP = re.compile(r"[.!?;\n]\s|\n")


@dataclass(slots=True)
class Token:
    """A word: as written, in lower case and in English, and where it stands."""

    text: str
    lower: str
    start: int
    end: int
    stem: str
    foreign: bool = False
    """Whether it is a word of another language, of which `lower` is the English."""

    @property
    def concepts(self) -> frozenset[str]:
        """What the word speaks of."""
        return _concepts(self.lower)


@remember_words(4_096)
def _concepts(word: str) -> frozenset[str]:
    return TEXT_CONCEPTS.get(word) or TEXT_CONCEPTS.get(stem(word), frozenset())


@dataclass(slots=True, unsafe_hash=True)
class Span:
    """A piece of a text that could be a value. It is never changed; to freeze it takes time."""

    kind: str
    text: str
    value: Any
    start: int
    end: int
    unit: Unit | None = None
    code: str = ""

    def meets(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(eq=False)
class Words:
    """A text, its tokens, and what stands beside a span."""

    raw: str
    images: tuple[str, ...] = ()
    today: date | None = None
    given_year: int | None = None
    _found: dict[str, list[Span]] = field(default_factory=dict)

    @cached_property
    def year(self) -> int | None:
        """The only year that the text states, or else the one that is given."""
        stated = set(_YEAR.findall(self.raw))
        return int(stated.pop()) if len(stated) == 1 else self.given_year

    @cached_property
    def code(self) -> str:
        """Which language the text is in."""
        return tongue(self.raw)

    def found(self, kind: str) -> list[Span]:
        """The spans of a kind as far as they are found."""
        return self._found.get(kind, [])

    @cached_property
    def tokens(self) -> list[Token]:
        tokens, gloss = list[Token](), glossary(self.code)
        for match in _TOKEN.finditer(self.raw):
            word, start = match.group(), match.start()
            if word[0] > "\u2e7f" or word[-1] > "\u2e7f":
                tokens += _cut(word, start)
                continue
            if word[-2:] in ("'s", "’s"):
                word = word[:-2]
            lower = word.lower().replace("’", "'")
            head, apostrophe, rest = lower.partition("'")
            if apostrophe and head in gloss and lower not in gloss:  # "l'air"
                start, word, lower = start + len(head) + 1, word[len(head) + 1 :], rest
            meant = gloss.get(lower, lower)
            end = start + len(word)
            tokens.append(Token(word, meant, start, end, stem(meant), meant != lower))
        return tokens

    @cached_property
    def starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @cached_property
    def lowers(self) -> frozenset[str]:
        return frozenset(token.lower for token in self.tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(token.stem for token in self.tokens)

    @cached_property
    def ends(self) -> list[int]:
        """Where each sentence ends but the last."""
        return [match.start() for match in ending(self.raw).finditer(self.raw)]

    def sentence(self, start: int) -> int:
        """Which sentence a position is in, counted from 0."""
        return bisect_left(self.ends, start)

    def span(self, kind: str, first: int, end: int, value: Any = None, **more: Any) -> Span:
        """The tokens from one to another as a span."""
        return self.cut(kind, self.tokens[first].start, self.tokens[end - 1].end, value, **more)

    def cut(self, kind: str, start: int, end: int, value: Any = None, **more: Any) -> Span:
        """A piece of the text as a span; its value is the text, where it has no other."""
        text = self.raw[start:end]
        return Span(kind, text, text if value is None else value, start, end, **more)

    def opens(self, at: int) -> bool:
        """Whether a token is the first of a sentence."""
        return not at or not _OPENS.isdisjoint(self.gap(at))

    def gap(self, at: int) -> str:
        """What stands between a token and the one before it."""
        return self.raw[self.tokens[at - 1].end if at else 0 : self.tokens[at].start]

    def index(self, place: int) -> int:
        """The first token that starts at or after an offset."""
        return bisect_left(self.starts, place)

    def before(self, span: Span | Token, count: int = 3) -> list[str]:
        """The words before a span in its sentence, the nearest last."""
        at = self.index(span.start)
        near = self.tokens[max(at - count, 0) : at]
        cut = near and _STOP.search(self.raw, near[0].end, span.start)
        return [t.lower for t in near if not (cut and _STOP.search(self.raw, t.end, span.start))]

    def after(self, span: Span | Token, count: int = 3) -> list[str]:
        """The words after a span in its sentence, the nearest first."""
        at = self.index(span.end)
        near = self.tokens[at : at + count]
        cut = near and _STOP.search(self.raw, span.end, near[-1].start)
        return [t.lower for t in near if not (cut and _STOP.search(self.raw, span.end, t.start))]

    @cached_property
    def links(self) -> Set[str]:
        """The words that list things, and what they are compared with."""
        compares = not word_set("words", "compares").isdisjoint(t.lower for t in self.tokens)
        return LISTING | word_set("words", "against") if compares else LISTING

    def joined(self, one: Span, other: Span, own: Set[str] = frozenset()) -> bool:
        """Whether only commas, "and", small words and their own stand between two spans."""
        between = self.tokens[self.index(one.end) : self.index(other.start)]
        rest = [t for t in between if not (t.text.isdigit() or t.lower in _SMALL or t.stem in own)]
        small = len(rest) <= any(t.lower == "than" for t in between)  # "warmer than"
        linked = any(t.lower in self.links and self.raw[t.end].isspace() for t in between)
        listed = linked or not _COMMAS.isdisjoint(self.raw[one.end : other.start])
        return len(between) <= 5 and small and listed


def _cut(word: str, start: int) -> Iterator[Token]:
    """The words of a text without spaces, as far as they are known."""
    for part in filter(None, _KNOWN.split(word)):
        yield Token(part, part, start, start + len(part), stem(part))
        start += len(part)
