"""Account: what of a message its calls leave out of account.

Every word of a message should be there for a reason: as a value, as a word of the tool, or as one
that says little. A call that leaves out too many is one that nobody asked for.
"""

from dataclasses import dataclass, field
from typing import Any

from helpers.mock.simulated.candidates import Chosen, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import (
    MEASURES,
    ORDINARY,
    SCAFFOLD,
    STOP,
    TRAILING,
    VERBS,
    WANTS,
)
from helpers.mock.simulated.profiles import Profile, profile_of
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.texts import hands_on, stem, word_set
from helpers.mock.simulated.tokens import Token

_NAMED = 0.85
"""The score of a value beside its property's own name or unit."""
_IDLE = STOP | SCAFFOLD | TRAILING
_BOUNDS = word_set("wants", "roles", "bounds", "from") | word_set("wants", "roles", "bounds", "to")
_SMALL = TRAILING | ORDINARY | _BOUNDS | word_set("words", "padding")
_SURE = 0.75
_ACT, _LEFT = 0.8, 0.8
_TOO_MUCH = 3
"""Words that a call may not leave out of account; a name or a number is as much by itself."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that a message asks for; `missing` names what only the user could still say.

    `unclear` has the words of the message that no call accounts for, where they are too many.
    """

    tool: Tool
    arguments: dict[str, Any]
    missing: tuple[str, ...] = ()
    used: tuple[Pair, ...] = field(default=(), compare=False)
    unclear: tuple[str, ...] = field(default=(), compare=False)


def support(text: Text, profile: Profile, order: str, chosen: Chosen) -> float:
    """How much speaks for a tool that has a value for all that it needs, less what it leaves out.

    `order` is the word that a message begins with.
    """
    # "Close it" asks for nothing that is closed.
    acts = order if order in VERBS else ""
    pairs = [p for some in chosen.values() for p in some if stem(p.span.text.lower()) != acts]
    if not pairs or any(want.required and want.path not in chosen for want in profile.wants):
        return 0.0
    spans = [pair.span for pair in pairs]
    own, left = _told(text, spans, [profile])
    worth = sum(map(_worth, pairs)) + _ACT * (order in profile.acts) + min(len(own), 2)
    return worth - _LEFT * len(left)


def _worth(pair: Pair) -> float:
    """How much a value says that its tool is meant: the more, the fewer others could take it."""
    measured = pair.span.unit or pair.span.code or pair.span.kind == "number"
    return pair.score if measured else WANTS["worth"].get(pair.span.kind, 0.0)


def _told(
    text: Text, spans: list[Span], profiles: list[Profile], also: frozenset[str] = frozenset()
) -> tuple[list[Token], list[Token]]:
    """The words of a text that are neither small nor values: of the tools' own, and the rest."""
    measured = any(span.unit or span.code for span in spans)
    own = also.union(*(profile.lexicon for profile in profiles))
    about = frozenset().union(*(profile.concepts | profile.about for profile in profiles))
    told: tuple[list[Token], list[Token]] = [], []
    for token in text.tokens:
        inside = any(span.start <= token.start < span.end for span in spans)
        if not inside and not (measured and token.lower in MEASURES):
            accounted = token.stem in own or not about.isdisjoint(token.concepts)
            small = token.lower in (_IDLE if accounted else _SMALL)
            if not small and (accounted or token.stem not in VERBS):
                told[not accounted].append(token)
    return told


def unclear(text: Text, planned: list[Planned]) -> tuple[str, ...]:
    """The words that no call accounts for, where they are too many for one to be trusted.

    What other sentences tell may be why somebody asks; what the tables know needs no more.
    """
    pairs = [pair for call in planned for pair in call.used]
    known = pairs and all(text.knows(pair.span) for pair in pairs)
    if text.code != "en" or not planned or (known and not (planned[1:] or planned[0].missing)):
        return ()
    # Who a conversation is handed over to reads it.
    if all(hands_on(call.tool.name) and not call.arguments for call in planned):
        return ()
    # A sum is something that the model can do by itself.
    spans = [*(pair.span for pair in pairs), *text.spans("expression")]
    tools = [profile_of(call.tool) for call in planned]
    values = frozenset(word for span in spans for word in map(stem, span.text.lower().split()))
    own, rest = _told(text, spans, tools, values)
    starts = (*(span.start for span in spans), *(token.start for token in own))
    asked = set(map(text.sentence, starts))
    # A name says nothing to tools that take nothing, nor a day or a time to those without any.
    looked = {kind for tool in tools for want in tool.wants for kind in (*want.kinds, want.type)}
    idle = [s for kind in ("date", "time") if kind not in looked for s in text.spans(kind)]
    left = [
        (token.text, _TOO_MUCH if looked and _is_name(token, idle) else 1)
        for token in rest
        if not asked or text.sentence(token.start) in asked
    ]
    # Where words are left over, a value from elsewhere may not be what they mean.
    borrowed = sum(map(_borrowed, planned)) if left else 0
    # Of things that are listed, one doubt is enough.
    left += {p.want.path: (p.span.text, n) for p in pairs if (n := _doubt(p))}.values()
    wholes = (each for kind in WANTS["of_kinds"]["wholes"].split() for each in text.spans(kind))
    left += [(w.text, _TOO_MUCH) for w in wholes if w.end and not any(map(w.meets, spans))]
    much = max(_TOO_MUCH, 2 + len(text.tokens) / 12) - _TOO_MUCH * borrowed
    return tuple(dict.fromkeys(w for w, _ in left)) if sum(n for _, n in left) >= much else ()


def _is_name(token: Token, idle: list[Span]) -> bool:
    told = token.text[0].isdigit() or (token.start > 0 and token.text[0].isupper())
    return told and not any(span.start <= token.start < span.end for span in idle)


def _borrowed(call: Planned) -> int:
    """How many values a call requires that its own part of the message does not have."""
    found = {pair.want.path for pair in call.used}
    wants = () if call.missing else profile_of(call.tool).wants
    needed = (w for w in wants if w.required and w.type != "boolean" and not w.unspoken)
    return sum(want.path not in found for want in needed)


def _doubt(pair: Pair) -> int:
    """How much is in doubt of a value that is only a phrase, which nothing beside it says to be."""
    vague = pair.span.kind == "phrase" and not pair.want.many
    sure = _NAMED if [*pair.want.kinds] == ["place"] else _SURE
    return 2 if vague and pair.score < sure else 0
