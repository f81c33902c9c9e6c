"""Which tools a message asks for, and with which arguments.

A message is cut into the things that it asks for; each is matched against the words of every tool's
name, description and parameters, weighed by how much a word tells the tools apart. A small table of
everyday domains knows that "How warm is it?" is about the weather.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from helpers.mock.simulated.arguments import fill
from helpers.mock.simulated.entities import Mention, Text
from helpers.mock.simulated.prompt import Call, Tool
from helpers.mock.simulated.slots import Slot, hint_of, name_words, read_slot, without_examples
from helpers.mock.simulated.vocabulary import (
    DOMAIN_OF_TOOL_WORD,
    DOMAINS_OF_WORD,
    GENERAL_VERBS,
    NUMBER_WORDS,
    STOP_WORDS,
    stem,
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that a message asks for; `missing` names what only the user could still say."""

    tool: Tool
    arguments: dict[str, Any]
    missing: tuple[str, ...] = ()

    def call(self) -> Call:
        return Call(self.tool.name, _to_json(self.arguments))


_to_json = json.JSONEncoder(ensure_ascii=False).encode
_ENOUGH = 2.0
_MOST_CALLS = 16
_CUT = re.compile(
    r"(?<=[.!?;])\s{1,9}|\n{1,9}"
    r"|,?\s{1,9}(?:and then|and also|and|then|also|plus|as well as|along with|&)\s{1,9}"
    r"|,\s+(?=(?:what|how|who|when|where|is|are|send|tell|find|get|show|book|translate|calculate"
    r"|convert|please|remind|set|play)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:what|what's|who|who's|how|when|where|why|which|is|are|do|does|can|could)\b(?! about)",
    re.IGNORECASE,
)
_OPERATIONS = (("+", "add"), ("*", "multiply"), ("×", "multiply"), ("x", "multiply"),
               ("/", "divide"), ("÷", "divide"), ("-", "subtract"), ("−", "subtract"),
               ("^", "power"))  # fmt: skip
_CALCULATE = stem("calculate")
_NEEDS_NUMBERS = frozenset({"arithmetic", "unit"})
_SEARCHERS = frozenset(
    map(stem, ("web", "internet", "search", "google", "wikipedia", "online", "knowledge", "base",
               "docs", "bing", "duckduckgo", "tavily", "query", "lookup", "ask", "engine"))
)  # fmt: skip
# A call for each of several such things; of several people only when something is sent to them.
_FANNED = ("place", "ticker", "company", "timezone", "expression", "url", "file", "language",
           "currency", "date", "email", "person")  # fmt: skip


_FILLERS = frozenset(
    {"a", "an", "by", "for", "in", "of", "to", "from", "and", "or", "the", "with", "my", "all"}
)
_SAME_VERBS = {
    stem(word): stem(verb)
    for verb, words in {
        "delete": ("remove",), "create": ("make", "new", "add"), "read": ("show", "open"),
        "update": ("set",), "find": ("lookup", "look"),
    }.items()
    for word in words
}  # fmt: skip


def _verbs(stems: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(_SAME_VERBS.get(word, word) for word in stems)


class _Profile:
    """What the words of a tool say about it."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        names = name_words(tool.name)
        self.name = frozenset(map(stem, names))
        specific = self.name - GENERAL_VERBS
        self.specific = specific or self.name
        self.verbs = _verbs(self.name - self.specific)
        description = without_examples(tool.description)[:2000]
        described = [word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", description)]
        self.described = (
            frozenset(stem(word) for word in described if word not in STOP_WORDS and len(word) > 2)
            - self.name
            - GENERAL_VERBS
        )
        self.prefixes = frozenset(word[:6] for word in self.specific if len(word) >= 6)
        self.domains = frozenset(
            DOMAIN_OF_TOOL_WORD[word] for word in self.specific if word in DOMAIN_OF_TOOL_WORD
        )
        self.described_domains = (
            frozenset(
                DOMAIN_OF_TOOL_WORD[word] for word in self.described if word in DOMAIN_OF_TOOL_WORD
            )
            - self.domains
        )
        self.searches = self.name <= _SEARCHERS | GENERAL_VERBS and "search" in (
            self.domains | self.described_domains
        )
        self.hint = hint_of(names) or hint_of(described)
        self.avoid = self.name | frozenset(
            word for word, domains in DOMAINS_OF_WORD.items() if domains & self.domains
        )
        properties = tool.parameters.get("properties") if isinstance(tool.parameters, dict) else {}
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        self.named = frozenset(stem(word) for each in self.properties for word in name_words(each))
        self.values = frozenset(
            stem(word)
            for schema in self.properties.values()
            if isinstance(schema, dict) and isinstance(schema.get("enum"), list)
            for value in schema["enum"]
            if isinstance(value, str)
            for word in name_words(value)
            if len(word) > 2 and word not in STOP_WORDS
        )
        self.fan = self._fan()

    def _fan(self) -> tuple[str, Slot] | None:
        """The kind of thing of which each makes a call of its own."""
        slots = []
        for each, schema in self.properties.items():
            if not isinstance(schema, dict) or "enum" in schema:
                continue
            kinds = schema.get("type", "string")
            if kinds == "string" or (isinstance(kinds, list) and "string" in kinds):
                form = schema.get("format")
                description = schema.get("description")
                slots.append(
                    read_slot(
                        each,
                        description if isinstance(description, str) else "",
                        form if isinstance(form, str) else "",
                        self.hint,
                    )
                )
        for kind in _FANNED:
            of_kind = [slot for slot in slots if slot.kind == kind]
            if len(of_kind) == 1:
                sends = self.hint in ("email", "person")
                if kind not in ("person", "email", "date") or (sends and kind != "date"):
                    return kind, of_kind[0]
        return None


_profiles: dict[tuple[str, str, str], _Profile] = {}


def _profile(tool: Tool) -> _Profile:
    key = (tool.name, tool.description, repr(tool.parameters))
    profile = _profiles.get(key)
    if profile is None:
        if len(_profiles) > 1_000:
            _profiles.clear()
        profile = _profiles[key] = _Profile(tool)
    return profile


class _Request:
    """One thing that a message asks for, as words and domains."""

    def __init__(self, text: Text) -> None:
        self.text = text
        stems = set(text.stems)
        raw = text.raw
        numbers = text.has_digits
        if numbers:
            for expression in text.expressions:
                stems.add(_CALCULATE)
                stems.update(verb for sign, verb in _OPERATIONS if sign in expression.text)
        elif not text.lowers.isdisjoint(NUMBER_WORDS):
            numbers = True
        self.stems = stems
        self.words = stems - GENERAL_VERBS
        self.verbs = _verbs(stems & GENERAL_VERBS)
        self.prefixes = frozenset(word[:6] for word in self.words if len(word) >= 6)
        domains: set[str] = set()
        for word in stems:
            found = DOMAINS_OF_WORD.get(word)
            if found:
                domains |= found if numbers else found - _NEEDS_NUMBERS
        if text.images or text.urls:
            domains.add("vision")
        if text.languages and not text.lowers.isdisjoint(("say", "translate", "write", "in")):
            domains.add("translation")
        if ("/" in raw or "." in raw[:-1]) and text.files:
            domains.add("file")
            if any(_PICTURE.search(mention.text) for mention in text.files):
                domains.add("vision")
        if text.emails:
            domains.add("email")
        if "SELECT" in raw:
            domains.add("database")
        self.domains = domains


def _score(profile: _Profile, request: _Request, rarity: dict[str, float]) -> tuple[float, float]:
    """How strongly a request speaks of a tool, and how much more than of the others."""
    strength = score = 0.0
    names = profile.specific & request.stems
    for word in names:
        strength += 3.0
        score += 3.0 * rarity.get(word, 1.0)
    if not names and profile.prefixes & request.prefixes:
        strength += 2.5
        score += 2.5
    for domain in profile.domains & request.domains:
        strength += 3.0
        score += 3.0 * rarity.get(domain, 1.0)
    for domain in profile.described_domains & request.domains:
        strength += 2.0
        score += 2.0 * rarity.get(domain, 1.0)
    shared = profile.described & request.words
    if shared:
        strength += min(len(shared), 3)
        score += min(sum(rarity.get(word, 1.0) for word in shared), 3.0)
    if strength:
        more = 0.5 * len(profile.named & request.words)
        # "delete" and "list" alone tell little, but tell tools for the same thing apart.
        more += len(profile.verbs & request.verbs)
        strength += more
        score += more
    if profile.values & request.words:
        strength += 1.5
        score += 1.5
    return strength, score


def _rarity(profiles: list[_Profile]) -> dict[str, float]:
    """How well a word tells these tools apart, from 1 for one tool down towards 0 for all."""
    total = len(profiles)
    if total == 1:
        return {}
    counts: dict[str, int] = {}
    for profile in profiles:
        for word in (
            profile.specific | profile.described | profile.domains | profile.described_domains
        ):
            counts[word] = counts.get(word, 0) + 1
    whole = math.log(total + 1)
    return {word: math.log((total + 1) / n) / whole for word, n in counts.items() if n > 1}


def plan(tools: tuple[Tool, ...], text: Text, earlier: list[str] | None = None) -> list[Planned]:
    """The calls that a message asks for, in its order; none where it asks for no tool.

    `earlier` holds the user's messages before this one, the last first: a message that only
    continues ("And in Oslo?", or the answer to a question) is read together with them.
    """
    if not tools or _declines(text):
        return []
    profiles = [_profile(tool) for tool in tools]
    rarity = _rarity(profiles)
    matched = _matches(profiles, rarity, text)
    backup = text
    if not matched and earlier and _continues(text):
        for before in earlier[:4]:
            previous = Text(before)
            again = _matches(profiles, rarity, previous)
            if again:
                matched = [(again[0][0], text)]
                backup = Text(f"{text.raw}\n{before}", text.images)
                break
    planned: list[Planned] = []
    for profile, zone in matched:
        for each in _calls(profile, zone, backup):
            known = any(
                each.tool is other.tool and each.arguments == other.arguments for other in planned
            )
            if not known and len(planned) < _MOST_CALLS:
                planned.append(each)
    # A part that only repeats another's request with less in it adds nothing.
    complete = {each.tool.name for each in planned if not each.missing}
    return [each for each in planned if not each.missing or each.tool.name not in complete]


def forced(tools: tuple[Tool, ...], text: Text, name: str | None) -> list[Planned]:
    """At least one call: of the named tool, or of the one that suits best, or the first."""
    candidates = tuple(tool for tool in tools if name is None or tool.name == name) or tools
    planned = plan(candidates, text)
    if planned:
        return planned
    profiles = [_profile(tool) for tool in candidates]
    rarity = _rarity(profiles)
    request = _Request(text)
    best = max(profiles, key=lambda profile: _score(profile, request, rarity)[1])
    return _calls(best, text, text)


_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|bmp|tiff?|heic)$", re.IGNORECASE)
_DECLINED = re.compile(
    r"\b(?:do not|don't|dont|never|without) (?:use|using|call|calling) (?:any |the |a "
    r")?(?:tool|function)",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"(?:^|[.!?,]\s)\s{0,9}(?:and|what about|how about|also|or|then|now|same)\b", re.IGNORECASE
)


def _declines(text: Text) -> bool:
    return ("tools" in text.lowers or "tool" in text.lowers or "functions" in text.lowers) and (
        _DECLINED.search(text.raw) is not None
    )


def _continues(text: Text) -> bool:
    return len(text.words) <= 4 or (
        len(text.words) <= 12 and _CONTINUES.search(text.raw) is not None
    )


def _matches(
    profiles: list[_Profile], rarity: dict[str, float], text: Text
) -> list[tuple[_Profile, Text]]:
    """Each tool that is asked for, with the part of the text that asks for it."""
    parts = _parts(text)
    if len(parts) == 1:
        best = _best(profiles, rarity, _Request(text))
        return [(best, text)] if best else []
    chosen: list[tuple[_Profile | None, int, int]] = []
    for start, end in parts:
        piece = text.raw[start:end]
        chosen.append((_best(profiles, rarity, _Request(Text(piece))), start, end))
    matches: list[tuple[_Profile, int, int]] = []
    for best, start, end in chosen:
        same = best is not None and bool(matches) and matches[-1][0] is best
        if same and not _starts_anew(matches[-1][0], text.raw[start:end]):
            # "... eggs, milk and bread to my list" asks for one thing.
            matches[-1] = (matches[-1][0], matches[-1][1], end)
        elif best is not None:
            matches.append((best, start, end))
        elif matches and not _ASKS.match(text.raw[start:end]):
            # "... and in Oslo" belongs to what came before.
            matches[-1] = (matches[-1][0], matches[-1][1], end)
    if not matches:
        # No part says enough alone; all together may.
        best = _best(profiles, rarity, _Request(text))
        return [(best, text)] if best else []
    return [
        (best, Text(text.raw[start:end], text.images)) for best, start, end in matches[:_MOST_CALLS]
    ]


def _starts_anew(profile: _Profile, piece: str) -> bool:
    """Whether a part of a message is a request of its own, and not the rest of the one before."""
    words = Text(piece).words
    if not words or _ASKS.match(piece):
        return True
    first = stem(words[0].lower)
    verb = first in GENERAL_VERBS and words[0].lower not in _FILLERS
    return verb or first in profile.specific or bool(Text(piece).expressions)


def _parts(text: Text) -> list[tuple[int, int]]:
    raw = text.raw
    cuts = [match.span() for match in _CUT.finditer(raw)]
    if not cuts:
        return [(0, len(raw))]
    quotes = text.quotes
    parts, start = [], 0
    for before, after in cuts:
        if any(quote.start < before < quote.end for quote in quotes):
            continue
        if raw[start:before].strip():
            parts.append((start, before))
        start = after
    if raw[start:].strip():
        parts.append((start, len(raw)))
    return parts[:200] or [(0, len(raw))]


def _best(profiles: list[_Profile], rarity: dict[str, float], request: _Request) -> _Profile | None:
    best, most = None, 0.0
    for profile in profiles:
        strength, score = _score(profile, request, rarity)
        if strength >= _ENOUGH and score > most:
            best, most = profile, score
    if best is not None:
        return best
    if request.text.raw.rstrip().endswith("?") or _ASKS.match(request.text.raw.lstrip()):
        # A question that nothing else answers goes to a general search, if there is one; but not
        # small talk, sums, or what only this conversation can tell.
        lowers = request.text.lowers
        if len(lowers) > 2 and not lowers & {"you", "your", "my", "i", "me"} and (
            _CALCULATE not in request.stems
        ):  # fmt: skip
            return next((profile for profile in profiles if profile.searches), None)
    return None


def _calls(profile: _Profile, zone: Text, whole: Text) -> list[Planned]:
    pins: list[dict[str, Mention]] = [{}]
    if profile.fan is not None:
        kind, slot = profile.fan
        several = _several(kind, slot, zone)
        if len(several) > 1:
            pins = [{kind: mention} for mention in several[:_MOST_CALLS]]
    planned = []
    for pin in pins:
        filled = fill(
            profile.tool.parameters,
            zone,
            backup=whole,
            hint=profile.hint,
            avoid=profile.avoid,
            pins=pin,
        )
        arguments = filled.value if isinstance(filled.value, dict) else {}
        planned.append(Planned(profile.tool, arguments, filled.missing))
    return planned


def _several(kind: str, slot: Slot, zone: Text) -> list[Mention]:
    found: list[Mention] = {
        "place": lambda: zone.places,
        "ticker": lambda: zone.tickers,
        "company": lambda: zone.companies,
        "timezone": lambda: zone.zones,
        "expression": lambda: zone.expressions,
        "url": lambda: zone.urls + [Mention(url, -1, -1) for url in zone.images],
        "file": lambda: zone.files,
        "language": lambda: zone.languages,
        "currency": lambda: zone.currencies,
        "email": lambda: zone.emails,
        "person": lambda: zone.people,
    }.get(kind, list)()
    if not found and kind == "email":
        found = zone.people
    unique: dict[Any, Mention] = {}
    for mention in found:
        unique.setdefault(str(mention.value).lower(), mention)
    return list(unique.values())
