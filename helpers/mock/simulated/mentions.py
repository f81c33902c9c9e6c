"""Choose among the things that a text mentions, and write one as a schema wants it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from helpers.mock.simulated.entities import Mention, Text
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.plain_values import NOTHING
from helpers.mock.simulated.slots import Slot, name_words, read_slot, slot_of
from helpers.mock.simulated.vocabulary import (
    CITIES,
    NEGATIVE,
    NUMBER_WORDS,
    POSITIVE,
    STOP_WORDS,
    SYNONYMS,
    stem,
    stems,
)

FINDERS: dict[str, Callable[[Text], list[Mention]]] = {
    "place": lambda text: text.places or text.loose_places,
    "timezone": lambda text: text.zones,
    "date": lambda text: text.dates,
    "time": lambda text: text.times,
    "person": lambda text: text.people,
    "email": lambda text: text.emails,
    "url": lambda text: text.urls + [Mention(url, -1, -1) for url in text.images],
    "file": lambda text: text.files,
    "phone": lambda text: text.phones,
    "id": lambda text: text.ids,
    "ip": lambda text: text.ips,
    "hostname": lambda text: text.domains,
    "ticker": lambda text: text.tickers,
    "company": lambda text: text.companies,
    "currency": lambda text: text.currencies,
    "language": lambda text: text.languages,
    "expression": lambda text: text.expressions,
    "color": lambda text: text.colors,
    "number": lambda text: text.numbers,
    "unit": lambda text: text.units,
    "sort": lambda text: text.sorts,
    "channel": lambda text: text.channels,
    "maker": lambda text: text.makers,
}
_COUNTING = stems("count quantity num number n times time")
_SHARES = stems("percentage percent discount tip brightness volume level humidity opacity battery")
_MONEY = stems("amount price cost total budget salary fare balance")


def mentioned_options(options: list[Any], slot: Slot, text: Text) -> list[tuple[Mention, Any]]:
    """The options that a text mentions, in order of appearance."""
    found: list[tuple[Mention, Any]] = []
    words = text.words
    for option in options:
        if isinstance(option, bool) or option is None or isinstance(option, dict | list):
            continue
        if isinstance(option, int | float):
            found += [(each, option) for each in text.numbers if each.value == option]
            continue
        wanted = name_words(str(option)) or [str(option).lower()]
        terms = [wanted, *([term] for term in SYNONYMS.get(str(option).lower(), ()))]
        for term in terms:
            at = _position(term, text)
            if at is not None:
                start, end = (words[at].start, words[at + len(term) - 1].end) if at >= 0 else (0, 0)
                found.append((Mention(text.raw[start:end] or str(option), start, end), option))
                break
    found.sort(key=lambda pair: (pair[0].start, -(pair[0].end - pair[0].start)))
    kept: list[tuple[Mention, Any]] = []
    for mention, option in found:
        # "very high" also mentions "high"
        if not kept or mention.start >= kept[-1][0].end or mention.end == 0:
            kept.append((mention, option))
    return kept


def _position(term: list[str], text: Text) -> int | None:
    """Where a term's words stand together; -1 for a sign such as °C; None for nowhere."""
    first = term[0]
    if first.startswith("°") or not first.isalnum():
        return -1 if first in text.raw.lower() else None
    if len(term) == 1 and len(first) == 1:
        # One letter must stand as a unit does: "20 C".
        match = re.search(rf"\d\s?{first.upper()}\b", text.raw)
        return -1 if match else None
    if len(term) == 1 and first not in text.lowers and stem(first) not in text.stems:
        return None
    size = len(term)
    for index in range(len(text.words) - size + 1):
        span = text.words[index : index + size]
        if all(w.lower == t or stem(w.lower) == stem(t) for w, t in zip(span, term, strict=True)):
            return index
    return None


def judged_option(options: list[Any], text: Text) -> Any:
    """An option that the tone of a text suggests."""
    by_name = {str(option).lower(): option for option in options}
    if "positive" in by_name and "negative" in by_name:
        good, bad = tone(text)
        if good == bad:
            return by_name.get("neutral", by_name.get("mixed" if good else "neutral", NOTHING))
        return by_name["positive" if good > bad else "negative"]
    return NOTHING


def tone(text: Text) -> tuple[int, int]:
    """How many words of a text praise, and how many complain; "not good" complains."""
    good = bad = 0
    before = ""
    for word in text.words:
        denied = before in ("not", "no", "never", "isn't", "wasn't", "don't", "didn't", "hardly")
        if word.lower in POSITIVE:
            good, bad = (good, bad + 1) if denied else (good + 1, bad)
        elif word.lower in NEGATIVE:
            good, bad = (good + 1, bad) if denied else (good, bad + 1)
        if word.lower not in ("very", "really", "so", "a", "the", "at", "all"):
            before = word.lower
    return good, bad


def has_pair(slot: Slot, siblings: frozenset[str]) -> bool:
    """Whether another property has the other role: "from" beside "to"."""
    return any(
        other.role is not None and other.role != slot.role
        for other in (read_slot(name, "", "") for name in siblings)
    )


def in_role(
    found: list[Mention], role: str, text: Text, claimed: list[Mention], kind: str
) -> Mention | None:
    """The mention that stands where its role says: after "from", after "to"."""
    before = {"from": ("from", "of", "leaving", "between"),
              "to": ("to", "into", "in", "towards", "reach", "until", "till", "through"),
              }[role]  # fmt: skip
    for mention in found:
        if text.word_before(mention) in before and mention not in claimed:
            return mention
    other = "to" if role == "from" else "from"
    theirs = {"from": ("from", "leaving"), "to": ("to", "into", "in")}[other]
    left = [
        each
        for each in found
        if each not in claimed and (text.word_before(each) not in theirs or len(found) == 1)
    ]
    if kind in ("currency", "unit") and len(left) > 1:
        # The amount stands beside the currency that it is in.
        with_amount = [each for each in left if _near_number(each, text)]
        if with_amount:
            rest = [each for each in left if each not in with_amount]
            return with_amount[0] if role == "from" else (rest or left)[-1]
    if not left or (len(found) == 1 and text.word_before(found[0]) in theirs):
        return None
    if len(found) == 1:
        return left[0] if role == "from" or kind not in ("date", "time") else None
    return left[0] if role == "from" else left[-1]


def _near_number(mention: Mention, text: Text) -> bool:
    return any(
        0 <= mention.start - number.end <= 1 or 0 <= number.start - mention.end <= 1
        for number in text.numbers
    )


def stands_beside(mention: Mention, slot: Slot, text: Text, nouns: frozenset[str]) -> bool:
    """Whether a number stands with the words of a property: "5 days", "width of 300"."""
    words = text.words
    at = next((i for i, word in enumerate(words) if word.end > mention.start), len(words))
    after = [word.lower for word in words[at : at + 3] if word.start >= mention.end][:2]
    inside = [word.lower for word in words[at : at + 1] if word.start < mention.end]
    for word in inside:  # "29-year-old", "300px"
        after = [*(w for w in re.findall(r"[a-z]+", word) if w not in NUMBER_WORDS), *after]
    before = [word.lower for word in words[max(at - 2, 0) : at]]
    if after and stem(after[0]) in slot.beside:
        return True
    if slot.stems & _COUNTING and nouns & set(map(stem, after)):
        return True  # "two six-sided dice" for roll_dice(count)
    if (
        len(after) > 1
        and stem(after[1]) in slot.beside
        and after[0] not in ("and", "or", "in", "to", "with", "for")
    ):
        return True
    gap = text.raw[words[at - 1].end : mention.start] if at else ""
    if before and stem(before[-1]) in slot.beside and "." not in gap:
        return True
    if (
        len(before) > 1
        and stem(before[-2]) in slot.beside
        and before[-1] in ("of", "is", "to", "at", "for", "be", "about", "equals", "with")
    ):
        return True
    if slot.stems & _MONEY:
        return any(
            0 <= each.start - mention.end <= 1 or 0 <= mention.start - each.end <= 1
            for each in text.currencies
        )
    return bool(slot.stems & _SHARES) and text.raw[mention.end : mention.end + 1] == "%"


def ways_to_write(mention: Mention, kind: str, slot: Slot, schema: Schema) -> Iterator[str]:
    """The ways to write a mention, the one that the schema asks for first."""
    value = str(mention.value)
    match kind:
        case "place":
            city = CITIES.get(mention.text.lower())
            if city is not None and slot.style == "country":
                yield f"{_title(mention.text)}, {city.country}"
            elif city is not None and slot.style == "state":
                yield f"{_title(mention.text)}, {city.state or city.country}"
            elif "country" in slot.words and city is not None and "city" not in slot.words:
                yield city.country
            elif "country" in slot.words and ", " in mention.text:
                yield mention.text.rpartition(", ")[2]
            yield _title(mention.text) if city is not None else mention.text
        case "date":
            if value and wants_iso(schema, slot):
                yield value
            yield mention.text
        case "time":
            form = schema.get("format")
            if form == "time":
                yield f"{value}:00Z"
            if form == "time" or slot.wants & {"hh", "24", "24h", "iso"}:
                yield value
            yield mention.text
        case "language":
            coded = (
                slot.wants & {"code", "iso", "639"}
                or "code" in slot.words
                or "locale" in slot.words
            )
            yield value if coded else mention.text.capitalize()
            yield mention.text.capitalize() if coded else value
            yield value.upper()
        case "number":
            yield mention.text
        case "currency" | "ticker" | "timezone":
            yield value
            yield mention.text
            yield value.lower()
        case _:
            yield mention.text
            if value != mention.text:
                yield value


def _title(place: str) -> str:
    """A well-known place as it is written, however it was typed."""
    if place.islower():
        return CITIES[place].name if place in CITIES else place.title()
    return place


def wants_iso(schema: Schema, slot: Slot) -> bool:
    """Whether a date is to be written as YYYY-MM-DD."""
    form = schema.get("format")
    return form in ("date", "date-time") or bool(slot.wants & {"yyyy", "iso", "8601", "rfc"})


def kind_of_name(schema: Schema, siblings: frozenset[str], text: Text) -> str:
    """A bare "name" is a person's when its neighbours, or the text, say so."""
    words = {word for sibling in siblings for word in name_words(sibling)}
    described = set(name_words(str(schema.get("description", ""))))
    if words & {
        "age",
        "email",
        "phone",
        "birthday",
        "gender",
        "job",
        "occupation",
        "salary",
        "role",
    }:
        return "person"
    if (words & {"date", "participants", "quantity", "price", "amount", "unit", "ingredients"}) or (
        described & {"product", "item", "event", "file", "tool", "dish", "city"}
    ):
        return "name"
    return "person" if text.people else "name"


# How the text of a message is introduced, the surest way first.
MESSAGE_LEADS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\b(?:saying|that says|says?|with the (?:message|text|body))(?: that)?:?\s+(.+)$",
        r":\s+(.+)$",
        r"\bthat (.+)$",
        r"\b(?:tell|let|remind|ask)(?:ing)? \w+(?: know)?(?: to)?\s+(.+)$",
        r"\babout (.+)$",
    )
)


def code_in(raw: str, is_sql: bool) -> Iterator[str]:
    """Code that a message holds; the simplest query, where it names only a table."""
    fenced = re.search(r"```\w*\n(.+?)```", raw, re.DOTALL)
    if fenced:
        yield fenced.group(1).strip()
    if is_sql:
        written = re.search(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b.+", raw, re.DOTALL)
        if written:
            yield written.group().strip()
        table = re.search(r"\b(\w+) table\b|\b(?:from|of|in) (?:the |all )?(?:table )?(\w+)", raw)
        name = (table[1] or table[2]) if table else None
        if name:
            counts = re.search(r"\bhow many\b|\bcount\b", raw, re.IGNORECASE)
            yield f"SELECT {'COUNT(*)' if counts else '*'} FROM {name}"
    after = re.search(r":\s+(.+)$", raw, re.DOTALL)
    if after:
        yield after.group(1).strip()


LIST_SEPARATOR = re.compile(
    r"[\"']?(?:,\s{0,9}(?:(?:and|or)\s{1,9})?|\s{1,9}(?:and|or|&)\s{1,9})[\"']?"
)
LEADING_ARTICLE = re.compile(r"^(?:the|a|an|some)\s+", re.IGNORECASE)
TRAILING_PLACE = re.compile(
    r"\s{1,9}(?:to|on|in|into|from|onto) (?:my|the|our|a)\b.*$", re.IGNORECASE
)


def addresses_in(texts: Iterable[Text]) -> Iterator[str]:
    """Street addresses; where there are none, the first place."""
    for text in texts:
        match = re.search(
            r"\b\d+[A-Za-z]?\s+(?:[A-Z][\w.'-]*\s+){1,4}?"
            r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Square"
            r"|Court)\b\.?"
            r"(?:,\s*[A-Z][\w .'-]*?(?=[,.;\n]|$))?",
            text.raw,
        )
        if match:
            yield match.group().strip()
        elif text.places:
            yield text.places[0].text


def object_pieces(items: Schema, name: str, text: Text) -> list[str]:
    """The parts of a text that each describe one object."""
    bullets = re.findall(r"(?m)^\s*(?:[-*•]|\d+[.)])\s+(.+)$", text.raw)
    if len(bullets) > 1:
        return bullets
    properties = items.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    siblings = frozenset(properties)
    for each, sub in properties.items():
        if not isinstance(sub, dict) or sub.get("type", "string") != "string" or "enum" in sub:
            continue
        slot = slot_of(sub, each)
        kind = slot.kind
        if kind == "name":
            kind = kind_of_name(sub, siblings - {each}, text)
        if kind in ("person", "place", "ticker", "company") and kind in FINDERS:
            mentions = [m for m in FINDERS[kind](text) if m.start >= 0]
            firsts = {m.text: m for m in reversed(mentions)}
            ordered = sorted(firsts.values(), key=lambda m: m.start)
            if len(ordered) > 1:
                ends = [m.start for m in ordered[1:]] + [len(text.raw)]
                return [text.raw[m.start : end] for m, end in zip(ordered, ends, strict=True)]
    sentences = text.sentences
    if (
        set(name_words(name)) & {"steps", "events", "facts", "sentences", "tasks", "claims"}
        and len(sentences) > 1
    ):
        return sentences
    if len(text.listed) > 1 and len(text.numbers) + len(sentences) > 1:
        return text.listed
    if len(sentences) > 1 and name_words(name)[-1:] and name_words(name)[-1].endswith("s"):
        return sentences
    return text.listed if len(text.listed) > 1 else [text.raw]


def named_values(text: Text, schema: Schema) -> Iterator[tuple[str, str]]:
    """Names and values for an object without named properties: "rent: 900", "2 apples"."""
    seen = False
    for match in re.finditer(r"(?<!\w)([A-Za-z][\w -]{0,40}?)\s*[:=]\s*([^,;\n]+)", text.raw):
        if not match.group(2).startswith("//"):
            seen = True
            yield match.group(1).strip(), match.group(2).strip(" .")
    if not seen and schema.get("type") in ("number", "integer"):
        words = text.words
        for mention in text.numbers:
            after = next((word for word in words if word.start >= mention.end), None)
            if after is not None:
                yield after.lower, mention.text


def content_words(text: Text) -> list[str]:
    """The words that say something, the most frequent first."""
    counts: dict[str, int] = {}
    for word in text.words:
        if len(word.lower) > 3 and word.lower not in STOP_WORDS and not word.lower[0].isdigit():
            counts[word.lower] = counts.get(word.lower, 0) + 1
    return sorted(counts, key=lambda word: -counts[word])
