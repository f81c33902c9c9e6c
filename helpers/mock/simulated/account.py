"""Account: what of a message its calls leave out of account.

Every word of a message should be there for a reason: as a value, as a word of the tool, or as one
that says little. A call that leaves out too many is one that nobody asked for.
"""

from dataclasses import dataclass, field
from typing import Any

from helpers.mock.simulated.candidates import Chosen, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import MEASURES, ORDINARY, TRAILING, VERBS, WANTS
from helpers.mock.simulated.profiles import Profile, Request, profile_of, seeks
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.texts import hands_on, stem, word_set
from helpers.mock.simulated.tokens import Token

_BOUNDS = word_set("wants", "roles", "bounds", "from") | word_set("wants", "roles", "bounds", "to")
_SMALL = TRAILING | ORDINARY | _BOUNDS | word_set("words", "padding")
_SURE = 0.75
_WHOLE = 0.6
"""How much a whole name says where it is looked for."""
_NAMED = word_set("wants", "of_kinds", "named")
_WORTH: dict[str, float] = WANTS["worth"]
_LISTED = 0.1
"""How much of what a value says it says where it is only one of a list."""
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


def support(profile: Profile, request: Request, chosen: Chosen) -> float:
    """How much speaks for a tool by its values, where it has one for all that it needs.

    The fewer others could take a value, the more it says that its tool is meant. The word that
    a message begins with is none: "Close it" asks for nothing that is closed.
    """
    if any(want.required and want.path not in chosen for want in profile.wants):
        return 0.0
    acts = request.order if request.order in VERBS else ""
    firsts = [own[0] for own in chosen.values() if stem(own[0].span.text.lower()) != acts]
    # A name of more than one word, for a property that takes only names.
    names = [p.span for p in firsts if _NAMED.issuperset((p.span.kind, *p.want.kinds))]
    whole = seeks(profile, request) and any(" " in span.text for span in names)
    worth = (_WORTH.get(p.span.kind, 0.0) * (_LISTED if p.want.many else 1) for p in firsts)
    return _WHOLE * whole + sum(worth)


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
    spans = [*(pair.span for pair in pairs), *text.spans("expression"), *text.spans("period")]
    tools = [profile_of(call.tool) for call in planned]
    # A name says nothing to tools that take nothing, nor a day or a time to those without any;
    # a number does: "Restart server 3" restarts not all of them.
    looked = {kind for tool in tools for want in tool.wants for kind in (*want.kinds, want.type)}
    idle = [s for kind in ("date", "time") if kind not in looked for s in text.spans(kind)]
    values = frozenset(word for span in spans for word in map(stem, span.text.lower().split()))
    lexicon = values.union(*(tool.lexicon for tool in tools))
    about = frozenset().union(*(tool.concepts | tool.about for tool in tools))
    measured = any(span.unit or span.code for span in spans)
    outside = [token for token in text.tokens if not (measured and token.lower in MEASURES)
               and not any(span.start <= token.start < span.end for span in spans)]  # fmt: skip
    own = {t.start for t in outside if t.stem in lexicon or not about.isdisjoint(t.concepts)}
    asked = {text.sentence(s.start) for s in spans} | ({*map(text.sentence, own)} - text.stories)
    rest = [t for t in outside if not (t.start in own or t.lower in _SMALL or t.stem in VERBS)]
    rest = [t for t in rest if not asked or text.sentence(t.start) in asked]
    left = [(t.text, _TOO_MUCH if _is_name(t, idle, bool(looked)) else 1) for t in rest]
    # Where words are left over, a value from elsewhere may not be what they mean.
    borrowed = sum(map(_borrowed, planned)) if left else 0
    # Of things that are listed, one doubt is enough.
    left += {p.want.path: (p.span.text, n) for p in pairs if (n := _doubt(p))}.values()
    wholes = (each for kind in WANTS["of_kinds"]["wholes"].split() for each in text.spans(kind))
    left += [(w.text, _TOO_MUCH) for w in wholes if w.end and not any(map(w.meets, spans))]
    much = max(_TOO_MUCH, 2 + len(text.tokens) / 12) - _TOO_MUCH * borrowed
    return tuple(dict.fromkeys(w for w, _ in left)) if sum(n for _, n in left) >= much else ()


def _is_name(token: Token, idle: list[Span], named: bool) -> bool:
    """Whether a word is a number, or a name where a tool could take one."""
    told = token.text[0].isdigit() or (named and token.start > 0 and token.text[0].isupper())
    return told and not any(span.start <= token.start < span.end for span in idle)


def _borrowed(call: Planned) -> int:
    """How many values a call requires that its own part of the message does not have."""
    found = {pair.want.path for pair in call.used}
    wants = () if call.missing else profile_of(call.tool).wants
    needed = (w for w in wants if w.required and w.type != "boolean" and not w.unspoken)
    return sum(want.path not in found for want in needed)


def _doubt(pair: Pair) -> int:
    """How much is in doubt of a value that is only a phrase, which nothing beside it says to be."""
    return 2 if pair.span.kind == "phrase" and pair.score < _SURE and not pair.want.many else 0
