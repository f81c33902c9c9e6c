"""What a text mentions: places, people, dates, numbers, addresses ...

Rules and small tables, no language model: a capital letter, a word before, a well-known name. A
`Text` finds things lazily, because most requests need one or two kinds of them.
"""

# Word lists read better as text than as lists of quoted words.
# ruff: noqa: SIM905

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Generic, NamedTuple, TypeVar

from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.vocabulary import (
    CITIES,
    COLORS,
    COMPANIES,
    COUNTRIES,
    CURRENCIES,
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    FIRST_NAMES,
    LANGUAGES,
    MONTHS,
    NUMBER_WORDS,
    SORTS,
    STOP_WORDS,
    UNITS,
    WEEKDAYS,
    stem,
)

# There is no clock here: "tomorrow" counts from this day where a schema wants a calendar date.
TODAY = date(2025, 1, 1)

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”]+|data:[\w/+.-]+;base64,[\w+/=]+")
_QUOTE = re.compile(
    r'"([^"\n]{1,2000})"|“([^”]{1,2000})”|«([^»]{1,2000})»|`([^`\n]{1,2000})`'
    r"|(?<!\w)'([^'\n]{1,500})'(?!\w)|(?<!\w)‘([^’\n]{1,500})’(?!\w)"
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = "|".join(WEEKDAYS)
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d?-\d\d?)|(?P<slash>\d{{1,2}}[/.]\d{{1,2}}[/.](?:\d{{4}}|\d\d))"
    rf"|(?P<dmy>(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b\.?(?:,? \d{{4}})?)"
    rf"|(?P<mdy>(?:{_MONTH})\b\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?)"
    rf"|(?P<my>(?:{_MONTH})\b \d{{4}})"
    r"|(?P<after>(?:the )?day after tomorrow)|(?P<word>today|tonight|tomorrow|yesterday)"
    r"|(?P<in>in (?P<n>\d{1,3}) (?P<unit>day|week)s?)"
    rf"|(?:(?P<which>next|this|last|coming) )?\b(?P<day>{_DAY})|(?P<week>(?:next|this) "
    rf"(?:week|weekend)))\b",
    re.IGNORECASE,
)
_DATE_WORDS = frozenset(
    {*MONTHS, *WEEKDAYS, "today", "tonight", "tomorrow", "yesterday", "day", "days", "week",
     "weeks", "weekend"}
)  # fmt: skip
_NUMERIC_DATE = re.compile(r"\d[-/.]\d")
_DIGIT = re.compile(r"\d")
_TIME = re.compile(
    r"\b(?:(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::[0-5]\d)?\s*(?P<ap>[ap])?(?:\.?m\b\.?)?"
    r"|(?P<h2>1[0-2]|[1-9])\s*(?P<ap2>[ap])\.?m\b\.?|(?P<word>noon|midday|midnight))",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.#])(?P<sign>[-−]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<scale>k|m|bn)?(?![\d])(?=\W|x\b|[a-z°%€]|$)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.])\+?\d[\d ()-]{6,}\d(?!\w)")
_ID = re.compile(
    r"#\s?([\w-]*\d[\w-]*)|\b((?=[A-Za-z-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)+|[A-Z]+\d[A-Z\d]*|(?=[\dA-Z]*[A-Z])\d[\dA-Z]{5,})\b"
)
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_FILE = re.compile(
    r"(?<![\w/:.-])(?:~?/|\.{1,2}/)?(?:[\w-]{1,60}/){0,20}[\w-]{1,60}\.[A-Za-z][A-Za-z0-9]{1,4}\b"
    r"|(?<!\S)~?/[\w./-]{1,200}"
)
_DOMAIN_NAME = re.compile(
    r"(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|edu|gov|co|ai|de|fr|uk)\b",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+\b|\bUTC\b|\bGMT\b")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")
_TICKER = re.compile(r"\$([A-Z]{1,5})\b|\b([A-Z]{2,5})\b")

_PLACES_BEGIN = frozenset(name.split()[0] for name in (*CITIES, *COUNTRIES))
_PLACE_BEFORE = frozenset(
    "in at near for from to of around visit visiting leaving between into through via toward"
    " towards reach outside is".split()
)
_PERSON_BEFORE = frozenset(
    "to with for from by tell ask email e-mail mail text message invite invites call meet named"
    " called remind notify contact dear hi hello is am i'm mr mrs ms dr and & user customer"
    " employee friend colleague".split()
)
_PERSON_AFTER = frozenset("is was lives has and works said says likes loves will are aged".split())
_NOT_A_NAME = (STOP_WORDS - {"new"}) | frozenset(
    "hello hi hey thanks thank yes ok okay sure sorry today tomorrow yesterday tonight context"
    " question answer extract classify summarize summarise translate calculate compute count repeat"
    " explain describe list write send book find search show tell what's who's where's how's let's"
    " i'd i'll i've schedule set turn play add convert plan order track check generate define turn"
    " compare i'm mr mrs ms dr json api usa weather name email reply say look reach contact remind"
    " meet play open read delete text message pay transfer generate cancel wake draw sort log login"
    " post"
    " multiply divide subtract buy invite call ask roll flip pick choose"
    " identify parse create update cancel people ingredients steps dear subject note also usd eur"
    " is are does did was were can could would should will".split()
)  # fmt: skip
_NOT_A_TICKER = CURRENCY_CODES | frozenset(
    "A I AM PM OK USA US UK EU UN NYC LA API URL PDF JSON HTML SQL CEO CSV FAQ TV DIY ASAP FYI AI"
    " ML ID IP UTC GMT RSVP AND OR NOT THE TO IN OF IS IT ON AT BY MY ME WE".split()
)
_NOT_LOOSELY_A_PLACE = STOP_WORDS | frozenset(
    "celsius fahrenheit kelvin degrees general particular detail morning afternoon evening night"
    " case time minutes minute hours hour days day week weeks month year english french spanish"
    " german example me you us them him free fun order english words word sentences json markdown"
    " python advance total sum least most first last it next this bed work my your".split()
) | MONTHS.keys() | WEEKDAYS.keys() | NUMBER_WORDS.keys() | LANGUAGES.keys()  # fmt: skip
_TOGETHER = frozenset({",", "and", "or", "&", ", and", ", or", "/", "vs", "versus", "then", "plus"})


@dataclass(frozen=True, slots=True)
class Mention:
    """Something in a text: as it is written, where, and what it stands for where that differs."""

    text: str
    start: int
    end: int
    value: str | int | float = ""

    def __post_init__(self) -> None:
        if self.value == "" and self.text:
            object.__setattr__(self, "value", self.text)


class Word(NamedTuple):
    """A word with its lower-case form and its place in the text."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


T = TypeVar("T")


class lazy(Generic[T]):
    """`functools.cached_property` without the lock that Python 3.11 takes at each first use."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.name = compute.__name__

    def __get__(self, instance: Any, owner: type) -> T:
        value = instance.__dict__[self.name] = self.compute(instance)
        return value


class Text:
    """A text and, each found on first use, the things that it mentions, in order of appearance."""

    def __init__(self, raw: str, images: tuple[str, ...] = ()) -> None:
        self.raw = raw
        self.images = images

    @lazy
    def words(self) -> list[Word]:
        return [
            Word(m.group(), m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(self.raw)
        ]

    @lazy
    def lowers(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.raw.lower()))

    @lazy
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.lowers))

    @lazy
    def has_digits(self) -> bool:
        return _DIGIT.search(self.raw) is not None

    # Addresses and other things with a fixed form

    @lazy
    def emails(self) -> list[Mention]:
        return self._all(_EMAIL, strip=".") if "@" in self.raw else []

    @lazy
    def urls(self) -> list[Mention]:
        raw = self.raw
        if "://" in raw or "www." in raw or "data:" in raw:
            return self._all(_URL, strip=".,;:!?)]")
        return []

    @lazy
    def files(self) -> list[Mention]:
        taken = [*self.emails, *self.urls]
        return [
            each
            for each in self._all(_FILE, strip=".")
            if not _overlaps(each, taken) and each.text.lower() not in ("e.g", "i.e")
        ]

    @lazy
    def domains(self) -> list[Mention]:
        return self._all(_DOMAIN_NAME)

    @lazy
    def quotes(self) -> list[Mention]:
        return [
            Mention(next(filter(None, m.groups())), m.start(), m.end())
            for m in _QUOTE.finditer(self.raw)
        ]

    @lazy
    def phones(self) -> list[Mention]:
        dates = self.dates
        return [
            each
            for each in self._all(_PHONE)
            if sum(map(str.isdigit, each.text)) >= 7 and not _overlaps(each, dates)
        ]

    @lazy
    def ids(self) -> list[Mention]:
        found = self._all(_UUID)
        for m in _ID.finditer(self.raw):
            text = m.group(1) or m.group(2)
            if not any(each.start <= m.start() < each.end for each in [*found, *self.dates]):
                found.append(Mention(text, m.start(), m.end()))
        if not found:
            # "order 1234", "invoice number 77"
            words = self.words
            for before, word in pairwise(words):
                if word.text.isdigit() and before.lower in _COUNTED_THINGS:
                    found.append(Mention(word.text, word.start, word.end))
        return found

    @lazy
    def ips(self) -> list[Mention]:
        return self._all(_IP)

    @lazy
    def zones(self) -> list[Mention]:
        found = self._all(_ZONE)
        if not found:
            for place in self.places:
                city = CITIES.get(place.text.split(",")[0].lower())
                if city is not None:
                    found.append(Mention(place.text, place.start, place.end, city.timezone))
        return found

    @lazy
    def colors(self) -> list[Mention]:
        return self._all(_COLOR) + self._known(COLORS)

    @lazy
    def languages(self) -> list[Mention]:
        return [
            Mention(word.text, word.start, word.end, LANGUAGES[word.lower])
            for word in self.words
            if word.lower in LANGUAGES
            and (word.is_capital or word.lower not in ("polish", "latin"))
        ]

    @lazy
    def currencies(self) -> list[Mention]:
        found = []
        for word in self.words:
            lower = word.lower
            singular = lower[:-1] if lower.endswith("s") and lower != "reais" else lower
            code = CURRENCIES.get(lower) or CURRENCIES.get(singular)
            if word.text.upper() in CURRENCY_CODES and (
                word.text.isupper() or lower in ("usd", "eur", "gbp")
            ):
                code = word.text.upper()
            if code:
                found.append(Mention(word.text, word.start, word.end, code))
        for sign, code in CURRENCY_SIGNS.items():
            at = self.raw.find(sign)
            if at >= 0 and not self.raw[at + 1 : at + 2].isalpha():
                found.append(Mention(sign, at, at + 1, code))
        return sorted(found, key=_start)

    @lazy
    def tickers(self) -> list[Mention]:
        found = [
            Mention(m.group().lstrip("$"), m.start(), m.end())
            for m in _TICKER.finditer(self.raw)
            if m.group(1) or m.group() not in _NOT_A_TICKER
        ]
        return sorted(found + self.companies, key=_start)

    @lazy
    def companies(self) -> list[Mention]:
        return [
            Mention(
                word.text,
                word.start,
                word.end,
                COMPANIES[word.lower.removesuffix("'s").removesuffix("’s")],
            )
            for word in self.words
            if word.is_capital and word.lower.removesuffix("'s").removesuffix("’s") in COMPANIES
        ]

    @lazy
    def expressions(self) -> list[Mention]:
        if not self.has_digits:
            return []
        return [Mention(source, -1, -1) for source in arithmetic.find(self.raw)]

    @lazy
    def units(self) -> list[Mention]:
        return self._known(UNITS)

    @lazy
    def sorts(self) -> list[Mention]:
        """Kinds of music, of cooking: "some jazz", "Italian restaurants"."""
        return self._known(SORTS)

    @lazy
    def channels(self) -> list[Mention]:
        """Chat channels: "#releases", "the team channel"."""
        return [
            Mention(m[1] or m[2], m.start(), m.end())
            for m in re.finditer(r"#([A-Za-z][\w-]*)|\b(\w+) channel\b", self.raw)
        ]

    @lazy
    def makers(self) -> list[Mention]:
        """Who something is by: "by Miles Davis"."""
        return [name for name in self.names if self.word_before(name) in ("by", "from")]

    # Time

    @lazy
    def dates(self) -> list[Mention]:
        if self.lowers.isdisjoint(_DATE_WORDS) and not _NUMERIC_DATE.search(self.raw):
            return []
        return [
            Mention(m.group().strip(), m.start(), m.end(), calendar_date(m))
            for m in _DATE.finditer(self.raw)
        ]

    @lazy
    def times(self) -> list[Mention]:
        return [
            Mention(m.group().strip(), m.start(), m.end(), _clock_time(m))
            for m in _TIME.finditer(self.raw)
        ]

    # Numbers

    @lazy
    def numbers(self) -> list[Mention]:
        """Numbers that are not part of a date, a time, an address or an id."""
        found = []
        if self.has_digits:
            taken = [*self.emails, *self.urls, *self.ips, *self._all(_UUID)]
            taken += [each for each in self.dates if each.text[-1:].isdigit() or "-" in each.text
                      or each.text[:1].isdigit()]  # fmt: skip
            taken += [each for each in self.times if ":" in each.text or each.text[-1:] in "mM."]
            if (len(self.raw) > 8 and "+" in self.raw) or "(" in self.raw:
                taken += [p for p in self.phones if p.text[0] == "+"]
            for m in _NUMBER.finditer(self.raw):
                digits = m["digits"].replace(",", "")
                number: int | float = float(digits) if "." in digits else int(digits[:300])
                if m["scale"]:
                    number *= {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}[m["scale"].lower()]
                if m["sign"] and not self.raw[max(m.start() - 1, 0)].isdigit():
                    before = self.raw[: m.start()].rstrip()[-1:]
                    number = number if before.isdigit() else -number
                mention = Mention(m.group(), m.start(), m.end(), number)
                if not _overlaps(mention, taken):
                    found.append(mention)
        for word in self.words:
            first = word.lower.partition("-")[0]  # "six-sided"
            if first in NUMBER_WORDS:
                end = word.start + len(first)
                found.append(Mention(word.text[: len(first)], word.start, end, NUMBER_WORDS[first]))
        return sorted(found, key=_start)

    # Names of places and people

    @lazy
    def places(self) -> list[Mention]:
        return list(self._find_places())

    def _find_places(self) -> Iterator[Mention]:
        words, raw = self.words, self.raw
        index, previous_end = 0, -1
        while index < len(words):
            length = self._known_place(index) or self._probable_place(index, previous_end)
            if not length:
                index += 1
                continue
            last = words[index + length - 1]
            start, end = words[index].start, last.end
            if raw[start:end].endswith(("'s", "’s")):
                end -= 2
            after = index + length
            # "Lagos, Nigeria" and "Austin, TX" are one place.
            if after < len(words) and raw[end : words[after].start] == ", ":
                tail = self._country(after)
                if tail and raw[start:end].lower() not in COUNTRIES:
                    after += tail
                    end = words[after - 1].end
            yield Mention(raw[start:end], start, end)
            previous_end, index = end, after

    def _country(self, index: int) -> int:
        words = self.words
        for length in (4, 3, 2, 1):
            if index + length <= len(words):
                name = " ".join(word.lower for word in words[index : index + length])
                if name in COUNTRIES:
                    return length
        word = words[index].text
        return 1 if len(word) == 2 and word.isupper() else 0

    def _known_place(self, index: int) -> int:
        words = self.words
        if words[index].lower.removesuffix("'s").removesuffix("’s") not in _PLACES_BEGIN:
            return 0
        for length in (3, 2, 1):
            if index + length > len(words):
                continue
            span = words[index : index + length]
            if span[0].lower.isascii() and length == 1 and span[0].lower in STOP_WORDS:
                return 0
            name = " ".join(word.lower for word in span).removesuffix("'s").removesuffix("’s")
            if name in CITIES or (name in COUNTRIES and span[0].is_capital):
                return length
        return 0

    def _probable_place(self, index: int, previous_end: int) -> int:
        words, raw = self.words, self.raw
        word = words[index]
        if not word.is_capital or not self._could_be_a_name(word):
            return 0
        if word.lower in FIRST_NAMES or word.lower.removesuffix("'s") in COMPANIES:
            return 0
        if (word.text.isupper() and len(word.text) > 2) or word.lower in _ROOMS:
            return 0
        length = self._capitals(index)
        if previous_end >= 0 and raw[previous_end : word.start].strip().lower() in _TOGETHER:
            return length
        before = words[index - 1] if index else None
        if before is None:
            # A whole message that is only a name answers "which place?".
            return length if length == len(words) <= 3 and len(raw) - words[-1].end < 3 else 0
        if before.lower in ("the",) and index > 1:
            before = words[index - 2]
        if before.lower not in _PLACE_BEFORE:
            return 0
        return length if raw[before.end : word.start].strip(" ").lower() in ("", "the") else 0

    def _could_be_a_name(self, word: Word) -> bool:
        lower = word.lower
        return not (
            lower in _NOT_A_NAME
            or lower in MONTHS
            or lower in WEEKDAYS
            or lower in LANGUAGES
            or lower in NUMBER_WORDS
            or lower in COLORS
            or word.text[0].isdigit()
            or (word.text.isupper() and word.text in CURRENCY_CODES)
        )

    def _capitals(self, index: int) -> int:
        """How many words, from this one on, are capitalised with only a space between them."""
        words, length = self.words, 1
        while index + length < len(words) and length < 8:
            before, word = words[index + length - 1], words[index + length]
            gap = self.raw[before.end : word.start]
            joins = gap == " " or (gap == ". " and len(before.text) <= 2)
            if joins and word.is_capital and self._could_be_a_name(word):
                length += 1
            elif (
                joins
                and word.lower in ("de", "da", "of", "del", "van", "von", "la")
                and (index + length + 1 < len(words) and words[index + length + 1].is_capital)
            ):
                length += 2
            else:
                break
        return length

    @lazy
    def loose_places(self) -> list[Mention]:
        """Words in lower case that stand where a place would: "weather in springfield"."""
        found, words = [], self.words
        for index, word in enumerate(words[:-1]):
            if word.lower in ("in", "at", "near", "for", "around"):
                end = index + 1
                while end < len(words) and end - index <= 3:
                    gap = self.raw[words[end - 1].end : words[end].start]
                    if gap != " " or words[end].lower in _NOT_LOOSELY_A_PLACE:
                        break
                    if words[end].text[0].isdigit():
                        break
                    end += 1
                if end > index + 1:
                    start, stop = words[index + 1].start, words[end - 1].end
                    found.append(Mention(self.raw[start:stop], start, stop))
        return found

    @lazy
    def people(self) -> list[Mention]:
        found: list[Mention] = []
        words, raw, index = self.words, self.raw, 0
        places = self.places
        while index < len(words):
            word = words[index]
            if not word.is_capital or not self._could_be_a_name(word):
                index += 1
                continue
            length = self._capitals(index)
            first, last = words[index], words[index + length - 1]
            start, end = first.start, last.end
            if raw[start:end].endswith(("'s", "’s")):
                end -= 2
            mention = Mention(raw[start:end], start, end)
            before = words[index - 1].lower if index else ""
            after = words[index + length].lower if index + length < len(words) else ""
            joined = bool(found) and raw[found[-1].end : start].strip().lower() in _TOGETHER
            title = index > 0 and before in ("mr", "mrs", "ms", "dr")
            if title:
                start = words[index - 1].start
                mention = Mention(raw[start:end], start, end)
            known = first.lower.removesuffix("'s").removesuffix("’s") in FIRST_NAMES
            if known or not _overlaps(mention, places):
                at_start = index == 0 or raw[:start].rstrip()[-1:] in ".!?:;\n"
                probable = before in _PERSON_BEFORE and not at_start
                if (
                    known or joined or title or probable
                    or (length > 1 and before not in ("in", "at", "the"))
                    or (after in _PERSON_AFTER and at_start and length <= 3)
                ):  # fmt: skip
                    found.append(mention)
            index += length
        return found

    @lazy
    def names(self) -> list[Mention]:
        """Capitalised words that are no sentence's first word: names of anything."""
        found, index = [], 0
        words, raw = self.words, self.raw
        while index < len(words):
            word = words[index]
            starts = index == 0 or raw[: word.start].rstrip()[-1:] in ".!?:\n"
            if not word.is_capital or not self._could_be_a_name(word):
                index += 1
                continue
            length = self._capitals(index)
            if not starts or length > 1:
                end = words[index + length - 1].end
                found.append(Mention(raw[word.start : end], word.start, end))
            index += length
        return found

    @lazy
    def listed(self) -> list[str]:
        """The items of the longest list in the text: bullets, lines, or "a, b and c"."""
        bullets = [
            m.group(1).strip() for m in re.finditer(r"(?m)^\s*(?:[-*•]|\d+[.)])\s+(.+)$", self.raw)
        ]
        if len(bullets) > 1:
            return bullets
        best: list[str] = []
        for sentence in re.split(r"[.!?;\n]+(?:\s|$)", self.raw):
            # What comes before a colon, or before a verb such as "contains", introduces the list.
            part = re.split(
                r":\s|\b(?:with|are|is|contains?|includ(?:e|es|ing)|needs?|buy|of|like|from|tag"
                r"|use|uses|such as|for|mix|take|add|combine)\s",
                sentence,
                flags=re.IGNORECASE,
            )
            for piece in (part[-1], part[1] if len(part) > 1 else sentence):
                items = [
                    item.strip(" .\"'")
                    for item in re.split(r",\s*(?:and|or)\s+|,\s+|\s+(?:and|or|&)\s+", piece)
                    if item.strip(" .\"'")
                ]
                if len(items) > max(len(best), 1) and all(len(item) < 80 for item in items):
                    best = items
        return best

    @lazy
    def sentences(self) -> list[str]:
        return split_sentences(self.raw)

    def _all(self, pattern: re.Pattern[str], strip: str = "") -> list[Mention]:
        found = []
        for m in pattern.finditer(self.raw):
            text = m.group().rstrip(strip) if strip else m.group()
            found.append(Mention(text, m.start(), m.start() + len(text)))
        return found

    def _known(self, words: frozenset[str]) -> list[Mention]:
        return [
            Mention(word.text, word.start, word.end) for word in self.words if word.lower in words
        ]

    def word_before(self, mention: Mention) -> str:
        """The word that stands just before a mention, in lower case; "" for none."""
        before = ""
        for word in self.words:
            if word.start >= mention.start:
                break
            before = word.lower
        return before


_ROOMS = frozenset("room gate terminal hall building floor table seat platform".split())
_COUNTED_THINGS = frozenset(
    "order id number ticket invoice account user issue case item no".split()
)


def split_sentences(text: str) -> list[str]:
    """The sentences of a text; an abbreviation such as "e.g." or "Dr." does not end one."""
    parts = re.split(
        r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!e\.g\.)(?<!i\.e\.)(?<!Dr\.)(?<!Mr\.)\s+|\n+", text
    )
    return [part.strip() for part in parts if part and part.strip()]


def _start(mention: Mention) -> int:
    return mention.start


def _overlaps(mention: Mention, others: list[Mention]) -> bool:
    return any(mention.start < other.end and other.start < mention.end for other in others)


def calendar_date(match: re.Match[str]) -> str:
    """The day that a matched date stands for, as YYYY-MM-DD; "" if there is no such day."""
    try:
        return _calendar_date(match).isoformat()
    except (ValueError, OverflowError):
        return ""


def _calendar_date(match: re.Match[str]) -> date:
    kind = match.lastgroup
    text = match.group().lower().strip()
    if match["iso"]:
        return date(*map(int, text.split("-")))
    if match["slash"]:
        first, second, year = map(int, re.split(r"[/.]", text))
        year += 2000 if year < 100 else 0
        if "." in text or first > 12:  # day.month.year; with slashes the month comes first
            first, second = second, first
        return date(year, first, second)
    if match["dmy"] or match["mdy"] or match["my"]:
        month = next(MONTHS[word] for word in re.findall(r"[a-z]+", text) if word in MONTHS)
        numbers = [int(number) for number in re.findall(r"\d+", text)]
        year = next((number for number in numbers if number > 31), 0)
        day = next((number for number in numbers if number <= 31), 1)
        chosen = date(year or TODAY.year, month, day)
        return chosen if year or chosen >= TODAY else date(TODAY.year + 1, month, day)
    if match["after"]:
        return TODAY + timedelta(2)
    if match["word"]:
        return TODAY + timedelta({"tomorrow": 1, "yesterday": -1}.get(text, 0))
    if match["in"]:
        return TODAY + timedelta(int(match["n"]) * (7 if match["unit"].lower() == "week" else 1))
    if match["day"]:
        ahead = (WEEKDAYS[match["day"].lower()] - TODAY.weekday()) % 7
        if (match["which"] or "").lower() == "last":
            return TODAY - timedelta(7 - ahead if ahead else 7)
        return TODAY + timedelta(ahead or 7)
    if kind and "weekend" in text:
        return TODAY + timedelta((5 - TODAY.weekday()) % 7 + (7 if text.startswith("next") else 0))
    return TODAY + timedelta(7 if text.startswith("next") else 0)


def _clock_time(match: re.Match[str]) -> str:
    word = (match["word"] or "").lower()
    if word:
        return "00:00" if word == "midnight" else "12:00"
    hour, minute = int(match["h"] or match["h2"]), int(match["m"] or 0)
    half = (match["ap"] or match["ap2"] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return f"{hour:02}:{minute:02}"
