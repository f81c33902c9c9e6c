"""Profiles: what tools are about, what a message says, and how strongly it speaks of each tool."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.arithmetic import OPERATIONS
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import ACTS, ALIKE, CHANGES, PATTERNS, RIVALS, VERBS, WANTS
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.scopes import SWITCHES, known
from helpers.mock.simulated.texts import name_words, stem, stem_set, word_set
from helpers.mock.simulated.want import FREE, NUMBERS, SOLE, Want, described_in

_EXAMPLE_DAY = re.compile(r"\b(20\d\d)-\d\d-\d\d\b")
_WORD = re.compile(r"[^\W\d_]+")
_ACTS = {name: re.compile(PATTERNS["requests"][name], re.I) for name in ("definition", "lyrics")}
_WONDERS = re.compile(PATTERNS["requests"]["wonders"] + r"(?! (?:about|not)\b)", re.IGNORECASE)
_STATES = re.compile(PATTERNS["requests"]["states"], re.IGNORECASE)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_FINDS = stem_set("wants", "acts", "finds")
_LITTLE = 0.8
"""What speaks of a tool only where something else does."""


class Profile:
    """What a tool is about, in stems and concepts."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        named = name_words(tool.name)
        words = [stem(word) for word in named]
        # "opening_hours" opens nothing.
        verb = [w for w, of in [*zip(words, named, strict=True)][:1] if w == of or of[-3:] != "ing"]
        self.specific = (
            {*words, stem(tool.name.replace("_", "").lower())} - VERBS - knowledge.STOP_STEMS
        )
        self.rivalled = RIVALS.keys() & words
        self.rivals = frozenset().union(*(RIVALS[word] for word in self.rivalled))
        described = [stem(word.lower()) for word in _WORD.findall(tool.description[:1_000])]
        self.verbs = frozenset((*words, *described[:1])) & VERBS
        changes = not CHANGES.isdisjoint(verb) and _FINDS.isdisjoint(words)
        self.acts = ALIKE[words[0]] - {*words[1:]} if changes else frozenset()
        self.described = frozenset(described) - VERBS - knowledge.STOP_STEMS
        self.read = known(tool.parameters, tool.name)
        self.wants: list[Want] = self.read.wants
        texts = [want for want in self.wants if want.type == "string"]
        if len(texts) == 1 and texts[0].required and texts[0].kinds == FREE:
            # Whatever it is, the tool is of it: "gateau" for "cake", but not a word of its own.
            texts[0].kinds, texts[0].about = SOLE, texts[0].about | self.described
        self.needs = any(want.required for want in self.wants)
        # Of what is on nobody says what to do: "Why is the light on?"
        if any(w.required and w.type == "boolean" and w.stems <= SWITCHES for w in self.wants):
            self.acts |= {"switch", "turn"}
        # The verb that a name begins with is no thing that the tool is about: "book_table".
        self.concepts = _concepts(words[len(words) > 1 and not VERBS.isdisjoint(verb) :])
        if any(want.tells("expression") or "expression" in want.kinds for want in self.wants):
            self.concepts |= {"arithmetic"}
        self.sums = len(self.wants) > 1 and all(want.type in NUMBERS for want in self.wants)
        if self.sums:
            self.concepts |= {OPERATIONS[w] for w in name_words(tool.name) if w in OPERATIONS}
        self.about = _concepts(described) - self.concepts
        self.named = frozenset().union(*(want.stems for want in self.wants)) - knowledge.STOP_STEMS
        options = [v for w in self.wants if not w.many for v, _ in w.options if not w.soft]
        told = name_words(" ".join(map(str, options)))
        self.values = frozenset(stem(word) for word in told if len(word) > 2) - knowledge.STOP_STEMS
        self.serves = self.concepts | self.about | _concepts(self.values)
        self.lexicon = frozenset(words) | self.verbs | self.described | self.named | self.values
        self.lexicon |= frozenset(word for want in self.wants for word in want.about)
        days = " ".join(described_in(want.schema) for want in self.wants)
        self.years = [int(year) for year in _EXAMPLE_DAY.findall(days)]
        general = self.concepts <= word_set("wants", "search", "about")
        general &= not stem_set("wants", "search", "tools").isdisjoint(words)
        self.searches = general and any("query" in want.kinds for want in self.wants)


def _concepts(words: Iterable[str]) -> frozenset[str]:
    return frozenset(concept for word in words for concept in knowledge.TOOL_CONCEPTS.get(word, ()))


_profiles: dict[tuple[str, str, str], Profile] = {}


def profile_of(tool: Tool) -> Profile:
    key = (tool.name, tool.description, repr(tool.parameters))
    if key not in _profiles:
        if len(_profiles) > 1_000:
            _profiles.clear()
        _profiles[key] = Profile(tool)
    return _profiles[key]


class Request:
    """What a part of a message says, in stems and concepts."""

    def __init__(self, text: Text, start: int, end: int) -> None:
        def inside(kind: str) -> list[Span]:
            return [s for s in text.spans(kind) if start <= s.start < max(end, 1)]

        said = [token for token in text.tokens if start <= token.start < end]
        stems = frozenset(token.stem for token in said)
        # "Turn off the lamp on the desk"
        words = self.stems = stems - {"on"} if "off" in stems else stems
        self.wonders = _WONDERS.match(text.raw, start) is not None
        self.states = _STATES.match(text.raw, start) is not None
        # The verb of an order is no value: "Close it" wants nothing that is closed.
        polite = word_set("reading", "polite")
        self.order = next((t.stem for t in said if t.lower not in polite), "")
        self.alike = frozenset(other for word in words for other in ALIKE.get(word, ()))
        spoken = [(token.stem, token.concepts) for token in said]
        self.heard = words | self.alike
        told = frozenset().union(*(own for _, own in spoken))
        concepts = {c: frozenset(word for word, own in spoken if c in own) for c in told}
        for kind, concept in WANTS["signs"].items():
            for span in inside(kind):
                seen = span.text.lower().endswith(_PICTURES) or (kind == "url" and text.images)
                concepts["vision" if seen else concept] = frozenset((span.text,))
        concepts |= {s.code: frozenset((s.text,)) for s in inside("expression")}
        self.concepts = concepts
        self.words = words.union(*concepts.values())
        # "Which chemists in Limerick are open?" asks for no poem.
        plain = {token.stem for token in said if token.text.islower() or token is said[0]}
        plain -= {stem(span.text) for span in inside("job")}  # nor "jobs for translators"
        self.acts = concepts.keys() & ACTS & _concepts(plain)
        self.acts |= {concept for concept, asks in _ACTS.items() if asks.search(text.raw)}


def is_for_others(profile: Profile, request: Request) -> bool:
    """Whether a request names an act or a thing that the tool is not for: a circle, to "square"."""
    things = request.stems | request.alike
    rivals = things & profile.rivals and not things & profile.rivalled
    finds = not _FINDS.isdisjoint(request.stems)
    # "Order 3 pens" cancels no order, and "Which notes are there?" saves none.
    acts = "unasked" if request.wonders and profile.needs else "undoes"
    told = profile.acts & stem_set("wants", "acts", acts)
    unsaid = profile.acts.isdisjoint(request.stems) and (finds or told)
    idle = profile.acts and (unsaid or request.states)
    who = request.order == "who" and word_set("wants", "acts", "faceless") & profile.concepts
    # Nor does "Cancel my order" order.
    meant = {request.order, *ALIKE.get(request.order, ())}
    ends = request.order in stem_set("wants", "acts", "dismisses") and not meant & profile.lexicon
    return bool(rivals or idle or who or ends or request.acts - profile.serves)


def seeks(profile: Profile, request: Request) -> bool:
    """Whether a request looks for somebody, or orders what the tool does: "Find Ada Berg"."""
    asks = not request.stems.isdisjoint(stem_set("wants", "acts", "asks"))
    return request.order in _FINDS | profile.acts or (asks and request.order not in CHANGES)


def _reasons(profile: Profile, request: Request) -> Iterator[tuple[float, str, frozenset[str]]]:
    """What speaks of a tool, the best first: how strongly, of what, and in which words."""
    own, said = profile.specific, request.stems
    yield from ((3.5, word, frozenset((word,))) for word in sorted(own & said))
    yield from ((3.0, word, ALIKE[word]) for word in sorted(own & request.alike - VERBS))
    for weight, concepts in ((3.0, profile.concepts), (1.5, profile.about)):
        for concept in sorted(concepts & request.concepts.keys()):
            yield weight, f"@{concept}", request.concepts[concept]
    for weight, words in (
        (1.5, profile.values & said - {request.order}),
        (0.8, profile.verbs & (said | request.alike)),
        (0.5, profile.named & said),
        (0.9, profile.described & said - own),
    ):
        yield from ((weight, word, frozenset((word,))) for word in sorted(words))


def strength_of(profile: Profile, request: Request, rare: dict[str, float]) -> tuple[float, float]:
    """How strongly a request speaks of a tool, and how much more than of the others.

    Each word counts once, for the best reason that a tool has for it, and a little more where its
    description or its properties have it; verbs and properties alone are none.
    """
    strength = score = 0.0
    heard = profile.lexicon & request.heard or profile.serves & request.concepts.keys()
    if not heard or is_for_others(profile, request):
        return strength, score
    left = set(request.words)
    for weight, reason, words in _reasons(profile, request):
        if not left.isdisjoint(words) if weight > 1 else strength or weight > _LITTLE:
            # Of as good reasons, the one that more words speak of.
            score += weight * rare.get(reason, 1.0) + 0.01 * len(left & words)
            left -= words
            strength += weight
    return strength, score


@lru_cache(64)
def rarity_of(*profiles: Profile) -> dict[str, float]:
    """How well a word tells these tools apart, from 1 for one tool down towards 0 for all."""
    total = len(profiles)
    own = (each.specific | each.described | each.values for each in profiles)
    concepts = ({f"@{concept}" for concept in each.concepts | each.about} for each in profiles)
    counts = Counter(chain.from_iterable((*own, *concepts)))
    whole = math.log(total + 1)
    return {word: math.log((total + 1) / n) / whole for word, n in counts.items() if n > 1}
