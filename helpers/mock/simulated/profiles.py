"""Profiles: what tools are about, what a message says, and how strongly it speaks of each tool."""

import math
import re
from collections.abc import Iterable
from typing import Any

from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import (
    ACTS,
    ALIKE,
    OPENERS,
    PATTERNS,
    RIVALS,
    STOP_STEMS,
    TEXT_CONCEPTS,
    TOOL_CONCEPTS,
    VERBS,
    WANTS,
)
from helpers.mock.simulated.plain import resolved
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.scopes import known
from helpers.mock.simulated.texts import name_words, stem
from helpers.mock.simulated.want import Want

_EXAMPLE_DAY = re.compile(r"\b(20\d\d)-\d\d-\d\d\b")
_WORD = re.compile(r"[^\W\d_]+")
_DEFINES = re.compile(PATTERNS["requests"]["defines"], re.IGNORECASE)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_CHANGES = frozenset().union(*(ALIKE[stem(word)] for word in WANTS["acts"]["changes"].split()))
_FINDS = frozenset(map(stem, WANTS["acts"]["finds"].split()))
_SEARCHERS = frozenset(map(stem, WANTS["search"]["tools"].split()))


_NONE: frozenset[str] = frozenset()


class Profile:
    """What a tool is about, in stems and concepts."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        words = [stem(word) for word in name_words(tool.name)]
        # Of "log_run" the run is what it is about, though one may run a program.
        thing = words[-1:] if len(words) > 1 and (words[0] in VERBS or words[0] in OPENERS) else []
        self.specific = (frozenset(words) - VERBS | frozenset(thing)) - STOP_STEMS
        self.rivalled = self.specific & RIVALS.keys()
        self.rivals = frozenset().union(*(RIVALS[word] for word in self.rivalled))
        self.verbs = frozenset(words) & VERBS
        described = [stem(w.lower()) for w in _WORD.findall(tool.description[:1_000])]
        self.changes = not _CHANGES.isdisjoint(words[:1])
        # A book is no sign that one wants to book: what a tool is about is none of its acts.
        self.acts = ALIKE.get(words[0], _NONE) - self.specific if words and self.changes else _NONE
        self.described = frozenset(described) - VERBS - STOP_STEMS
        self.verbs |= frozenset(described[:1]) & VERBS
        # The verb that a name begins with is no thing that the tool is about: "book_table".
        acts = words[1:] if words[1:] and words[0] in VERBS else words
        self.concepts = _concepts(acts, TOOL_CONCEPTS)
        self.about = _concepts(described, TOOL_CONCEPTS) - self.concepts
        schema = resolved(tool.parameters, tool.parameters)
        properties = schema.get("properties")
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        names = [(n, s) for n, s in list(self.properties.items())[:200] if isinstance(s, dict)]
        self.named = frozenset(stem(w) for n, _ in names for w in name_words(n)) - STOP_STEMS
        listed = [s["enum"][:200] for _, s in names if isinstance(s.get("enum"), list)]
        options = " ".join(v for values in listed for v in values if isinstance(v, str))
        self.values = frozenset(stem(w) for w in name_words(options) if len(w) > 2) - STOP_STEMS
        self.lexicon = frozenset(words) | self.verbs | self.described | self.named | self.values
        described_dates = (_EXAMPLE_DAY.findall(str(s.get("description", ""))) for _, s in names)
        self.years = [int(year) for found in described_dates for year in found]
        self.searches = bool(set(words) & _SEARCHERS) and any(
            set(name_words(n)) & {"query", "q", "search", "keyword", "keywords", "question"}
            for n, _ in names
        )
        self.read = known(tool.parameters, tool.name)
        self.wants: list[Want] = self.read.scope.wants
        self.lexicon |= frozenset(word for want in self.wants for word in want.beside | want.about)


def _concepts(words: Iterable[str], table: dict[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(concept for word in words for concept in table.get(word, ()))


_profiles: dict[tuple[str, str, str], Profile] = {}


def profile_of(tool: Tool) -> Profile:
    key = (tool.name, tool.description, repr(tool.parameters))
    profile = _profiles.get(key)
    if profile is None:
        if len(_profiles) > 1_000:
            _profiles.clear()
        profile = _profiles[key] = Profile(tool)
    return profile


class Request:
    """What a part of a message says, in stems and concepts."""

    def __init__(self, text: Text, start: int, end: int) -> None:
        quotes = text.spans("quote")
        words_said = [
            word
            for at, word in ((token.start, token.lower) for token in text.tokens)
            if start <= at < end and not any(q.start <= at < q.end for q in quotes)
        ]
        words = frozenset(map(stem, words_said))
        self.stems = words
        self.alike = frozenset(other for word in words for other in ALIKE.get(word, ()))
        self.prefixes = frozenset(word[:6] for word in words if len(word) >= 6)
        concepts = {
            c
            for word in words_said
            for c in TEXT_CONCEPTS.get(word, TEXT_CONCEPTS.get(stem(word), ()))
        }
        inside = [s for s in text.spans("number") if start <= s.start < end]
        if not inside:
            concepts -= {"arithmetic", "unit"}
        if any(start <= s.start < end for s in text.spans("expression")):
            concepts.add("arithmetic")
        for kind, concept in () if _DEFINES.match(text.raw) else WANTS["signs"].items():
            for span in text.spans(kind):
                if start <= span.start < max(end, 1):
                    picture = span.text.lower().endswith(_PICTURES)
                    seen = picture or (kind == "url" and text.images)
                    concepts.add("vision" if seen and kind in ("file", "url") else concept)
        self.concepts = frozenset(concepts)
        self.acts = self.concepts & ACTS & _concepts(words, TOOL_CONCEPTS)
        self.finds = not words.isdisjoint(_FINDS)


def is_for_others(profile: Profile, request: Request) -> bool:
    """Whether a request names an act or a thing that the tool is not for: a circle, to "square"."""
    rivals = request.stems & profile.rivals and not request.stems & profile.rivalled
    only_looks = profile.acts and request.finds and profile.acts.isdisjoint(request.stems)
    return bool(rivals or only_looks or request.acts - profile.concepts - profile.about)


def strength_of(
    profile: Profile, request: Request, rarity: dict[str, float]
) -> tuple[float, float]:
    """How strongly a request speaks of a tool, and how much more than of the others."""
    strength = score = 0.0
    if is_for_others(profile, request):
        return 0.0, 0.0

    def add(weight: float, words: frozenset[str]) -> None:
        nonlocal strength, score
        strength += weight * len(words)
        score += weight * sum(rarity.get(word, 1.0) for word in words)

    names = profile.specific & (request.stems | (request.alike - VERBS))
    add(3.0, names)
    if not names and frozenset(w[:6] for w in profile.specific if len(w) >= 6) & request.prefixes:
        add(2.5, frozenset(("",)))
    add(3.0, profile.concepts & request.concepts)
    add(1.5, profile.about & request.concepts)
    add(0.9, frozenset(sorted(profile.described & request.stems - profile.specific)[:4]))
    add(1.5, profile.values & request.stems - profile.specific)
    if strength:
        add(0.5, profile.named & request.stems)
        add(0.8, profile.verbs & (request.stems | request.alike))
    if profile.specific and len(profile.specific) > 1 and not profile.concepts & request.concepts:
        share = len(names) / len(profile.specific)
        strength *= 0.6 + 0.4 * share
    return strength, score


def rarity_of(profiles: list[Profile]) -> dict[str, float]:
    """How well a word tells these tools apart, from 1 for one tool down towards 0 for all."""
    total = len(profiles)
    counts: dict[str, int] = {}
    for profile in profiles if total > 1 else ():
        for word in (
            profile.specific | profile.described | profile.concepts | profile.about | profile.values
        ):
            counts[word] = counts.get(word, 0) + 1
    whole = math.log(total + 1)
    return {word: math.log((total + 1) / n) / whole for word, n in counts.items() if n > 1}
