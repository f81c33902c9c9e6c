"""Account: what of a message its calls leave out of account.

Every word of a message should be there for a reason: as a value, as a word of the tool, or as one
that says little. A call that leaves out too many is one that nobody asked for.
"""

from dataclasses import dataclass, field
from typing import Any

from helpers.mock.simulated.candidates import Chosen, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import ORDINARY, SCAFFOLD, STOP, TRAILING, UNITS, VERBS
from helpers.mock.simulated.profiles import Profile, profile_of
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.texts import stem, word_set
from helpers.mock.simulated.tokens import Token

_NAMED = 0.85
"""The score of a value beside its property's own name or unit."""
_SMALL = TRAILING | ORDINARY | word_set("words", "padding")
_SURE = 0.75
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


def explains(text: Text, profile: Profile, chosen: Chosen) -> bool:
    """Whether the words of a tool and the values chosen for it account for all of a message."""
    if not chosen or any(want.required and want.path not in chosen for want in profile.wants):
        return False
    spans = [pair.span for pairs in chosen.values() for pair in pairs]
    own, about = profile.lexicon, profile.concepts | profile.about
    sure = any(span.kind == "option" for span in spans)
    needed = [chosen[want.path][0] for want in profile.wants if want.required]
    measured = any(pair.span.unit or pair.span.code for pair in needed)
    sure |= sum(pair.score >= _NAMED for pair in needed) > 1 or (measured and len(needed) > 1)
    # "The Tin Lantern by Asta Kvam" is a work and who made it.
    sure |= len(spans) > 1 and any(text.before(span, 1) == ["by"] for span in spans)
    rest = _outside(text, spans, STOP | SCAFFOLD | TRAILING)
    named = any(t.stem in own or not about.isdisjoint(t.concepts) for t in rest)
    return (sure or named) and not _left(_outside(text, spans, _SMALL), own, about)


def _outside(text: Text, spans: list[Span], small: frozenset[str]) -> list[Token]:
    """The telling tokens of a text that stand in none of some spans, nor are their units."""
    units = {span.unit for span in spans}
    return [
        token
        for token in text.tokens
        if token.lower not in small
        and UNITS.get(token.lower, "") not in units
        and not any(span.start <= token.start < span.end for span in spans)
    ]


def _left(rest: list[Token], own: frozenset[str], about: frozenset[str]) -> list[Token]:
    """The tokens that neither a tool's words nor what it is about account for."""
    return [
        token
        for token in rest
        if token.stem not in own | VERBS and about.isdisjoint(token.concepts)
    ]


def unclear(text: Text, planned: list[Planned]) -> tuple[str, ...]:
    """The words that no call accounts for, where they are too many for one to be trusted.

    What other sentences tell may be why somebody asks; what the tables know needs no more.
    """
    pairs = [pair for call in planned for pair in call.used]
    if not planned or text.code != "en":
        return ()
    known = all(text.knows(pair.span) for pair in pairs)
    if known and pairs and not (planned[1:] or planned[0].missing):
        return ()
    # A sum is something that the model can do by itself.
    spans = [*(pair.span for pair in pairs), *text.spans("expression")]
    tools = [profile_of(call.tool) for call in planned]
    own = frozenset().union(*(p.lexicon for p in tools))
    starts = (*(s.start for s in spans), *(t.start for t in text.tokens if t.stem in own))
    asked = set(map(text.sentence, starts))
    own |= {word for span in spans for word in map(stem, span.text.lower().split())}
    about = frozenset().union(*(p.concepts | p.about for p in tools))
    # A name says nothing to tools that take nothing, nor a day or a time to those without any.
    looked = {kind for tool in tools for want in tool.wants for kind in (*want.kinds, want.type)}
    idle = [s for kind in ("date", "time") if kind not in looked for s in text.spans(kind)]
    left = [
        (token.text, _TOO_MUCH if looked and _is_name(token, idle) else 1)
        for token in _left(_outside(text, spans, _SMALL), own, about)
        if (not asked or text.sentence(token.start) in asked)
    ]
    # Where words are left over, a value from elsewhere may not be what they mean.
    borrowed = sum(map(_borrowed, planned)) if left else 0
    # Of things that are listed, one doubt is enough.
    left += {p.want.path: (p.span.text, n) for p in pairs if (n := _doubt(text, p))}.values()
    left += [(q.text, _TOO_MUCH) for q in text.spans("quote") if not any(map(q.meets, spans))]
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


def _doubt(text: Text, pair: Pair) -> int:
    """How much is in doubt of a value that is only a phrase, which nothing beside it says to be."""
    place = [*pair.want.kinds] == ["place"]
    if pair.span.kind != "phrase" or pair.want.many:
        return 0
    if place and text.raw[: pair.span.start].lower().endswith("in the "):
        return _TOO_MUCH  # "in the evening"
    return 2 if pair.score < (_NAMED if place else _SURE) else 0
