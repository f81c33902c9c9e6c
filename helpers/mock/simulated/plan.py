"""Plan: which tools a message asks for, and with which arguments.

    plan(tools, text)            the calls that a message asks for; none where it asks for no tool
    forced(tools, text, name)    at least one call

`Planned.missing` names what only the user can still say.
"""

from collections.abc import Set
from dataclasses import replace
from functools import cached_property

from helpers.mock.simulated.account import Planned, support, unclear
from helpers.mock.simulated.assign import assign
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import STOP_STEMS
from helpers.mock.simulated.profiles import (
    Profile,
    Request,
    is_for_others,
    profile_of,
    rarity_of,
    strength_of,
)
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.score import Scorer
from helpers.mock.simulated.segments import corrected, segments
from helpers.mock.simulated.shape import fill
from helpers.mock.simulated.texts import patterns, stem_set

__all__ = ["Planned", "forced", "plan"]

_ENOUGH, _SUPPORTED = 2.0, 0.6
"""How strongly a message speaks of a tool, by its words or by what it has for it."""
_MOST_CALLS = 16
_MOST_EXPLAINED, _LONGEST = 20, 60
"""How many tools are asked whether they account for a message, and of how many words."""
_NEAR = 0.06
"""How much less well what is none of a call's values may serve."""
_PATTERNS = patterns("requests")
Zone = tuple[int, int]
Match = tuple[Profile, Zone]
"""A tool that is asked for, with the part of the text that asks for it."""


class _Planner:
    def __init__(self, profiles: list[Profile], text: Text) -> None:
        self.profiles = profiles
        self.rarity = rarity_of(*profiles) if profiles[1:] else {}
        self.text = text
        self.whole = (0, len(text.raw))
        self.rivals: list[str] = []
        self._scorers: dict[tuple[Profile, Zone], Scorer] = {}

    @cached_property
    def parts(self) -> list[Zone]:
        """The parts of the text that may each ask for a thing."""
        return self.text.parts(_PATTERNS["cut"], self.whole)[:100]

    @cached_property
    def said(self) -> Request:
        """What the text says as a whole."""
        return Request(self.text, *self.whole)

    def best(self, zone: Zone, low: float = _ENOUGH, last: Profile | None = None) -> Profile | None:
        """The tool that a part of the text speaks of, and of no other as much, or else the last."""
        request = self.said if zone == self.whole else Request(self.text, *zone)
        scored = [(*strength_of(each, request, self.rarity), each) for each in self.profiles]
        good = [match for match in scored if match[0] >= low]
        most = max((round(match[1], 6) for match in good), default=0.0)
        best = [match[2] for match in good if round(match[1], 6) == most]
        # "Switch off the fan and the lamp", "Delete a.txt and b.txt"
        file = any(s.start == zone[0] and zone[1] - s.end < 2 for s in self.text.spans("file"))
        if last is not None and (file or (last in best and last.rivalled & STOP_STEMS)):
            return last
        # "Which files are there?" has nothing for a tool that needs something.
        return min(best, key=lambda each: each.needs, default=None)

    def asked(self) -> list[Match]:
        """Each tool that a part of the text speaks of, up to where it speaks of another."""
        found: list[Match] = []
        for start, end in self.parts:
            last, (begun, _) = found[-1] if found else (None, (0, 0))
            tells = self.text.sentence(start) in self.text.stories
            best = None if tells else self.best((start, end), last=last)
            if best is not None and best is not last:
                found.append((best, (start if found else 0, end)))
            elif last is not None:
                found[-1] = (last, (begun, end))
        if len({id(profile) for profile, _ in found}) > 1:
            return found
        best = self.best(self.whole)
        return [(best, self.whole)] if best else []

    def explained(self) -> list[Match]:
        """The one tool, if any, whose words and values account for what a message says."""
        if len(self.text.tokens) > _LONGEST:
            return []
        asks, request = _PATTERNS["wonders"].match(self.text.raw), self.said
        found: dict[Profile, tuple[float, bool, float]] = {}
        for profile in self.profiles[:_MOST_EXPLAINED]:
            scorer = self._scorer(profile, self.whole)
            chosen = assign(scorer, profile.wants)
            wished = stem_set("wants", "acts", "wishes") & request.stems
            if "list" in profile.read.inner and (wished or profile.verbs & request.heard):
                filled = fill(profile.tool.parameters, self.text, known=(profile.read, scorer))
                chosen |= {pair.want.path: [pair] for pair in filled.used if not filled.missing}
            worth = support(profile, request, chosen)
            apt = worth and not is_for_others(profile, request) and not (profile.acts and asks)
            strength, score = strength_of(profile, request, self.rarity)
            if apt and max(worth, strength / 2) >= _SUPPORTED:
                found[profile] = (score, not profile.acts.isdisjoint(request.stems), worth)
        best = [profile for profile in found if found[profile] == max(found.values())]
        return [(best[0], self.whole)] if len(best) == 1 else []

    def searched(self) -> list[Match]:
        """What nothing else answers goes to a general search, if it asks, or says to search."""
        text, order = self.text, self.said.order
        asks = text.raw.rstrip().endswith("?") or _PATTERNS["wonders"].match(text.raw)
        seeks = order in stem_set("wants", "acts", "finds")
        apt = seeks or (asks and not _PATTERNS["personal"].match(text.raw))
        apt = apt and len(text.tokens) > 2 and not text.spans("expression")
        return [(each, self.whole) for each in self.profiles if apt and each.searches][:1]

    def calls(self, profile: Profile, zone: Zone) -> list[Planned]:
        """The calls of one tool: one for each of the things that a message lists."""
        scorer = self._scorer(profile, zone)
        tool, planned = profile.tool, []
        for each in segments(scorer, profile.wants, zone, sure=True)[:_MOST_CALLS]:
            known = profile.read, self._scorer(profile, each)
            filled = fill(tool.parameters, self.text, zone=each, known=known)
            arguments = filled.value if isinstance(filled.value, dict) else {}
            planned.append(Planned(tool, arguments, filled.missing, filled.used))
        self.rivals += _rivals(scorer, profile, planned)
        return planned

    def _scorer(self, profile: Profile, zone: Zone) -> Scorer:
        if (profile, zone) not in self._scorers:
            self._scorers[profile, zone] = Scorer(self.text, *zone, profile.read.tool, False)
        return self._scorers[profile, zone]


def _rivals(scorer: Scorer, profile: Profile, planned: list[Planned]) -> list[str]:
    """What would serve as well as what the calls have, and is in none of them."""
    used = [pair.span for call in planned for pair in call.used]
    said = {span.text.lower() for span in used}
    wants = [w for w in profile.wants if w.required and w.type == "string" and not w.many]
    found = map(scorer.pairs, wants if used else ())
    near = (p.span for own in found for p in own[1:] if p.score > own[0].score - _NEAR)
    return [s.text for s in near if s.text.lower() not in said and not any(map(s.meets, used))]


def _said_once(found: list[Planned]) -> list[Planned]:
    """The calls without those that say no more than another of the same tool."""
    kept: list[Planned] = []
    for call in sorted(found, key=lambda call: -len(call.arguments)):
        more = (other for other in kept if other.tool is call.tool)
        if not any(call.arguments.items() <= other.arguments.items() for other in more):
            kept.append(call)
    return sorted(kept, key=found.index)[:_MOST_CALLS]


def _placed(call: Planned, before: list[Planned]) -> Planned:
    """A call without what an earlier one has as something of another kind: a name for an ID.

    What that looks up is only known when it has.
    """
    had: dict[str, Set[str]] = {}
    for each in before:
        kinds = {want.name: want.kinds.keys() for want in profile_of(each.tool).wants}
        texts = {k: v for k, v in each.arguments.items() if isinstance(v, str) and k in kinds}
        had |= {value: kinds[name] for name, value in texts.items()}
    wants = (w for w in profile_of(call.tool).wants if w.required and w.type == "string")
    told = [(want, had.get(str(call.arguments.get(want.name)))) for want in wants]
    wrong = tuple(want.name for want, of in told if of is not None and of.isdisjoint(want.kinds))
    own = {pair.want.name for pair in call.used}
    if own and any(each.tool is not call.tool for each in before) and profile_of(call.tool).sums:
        # "Multiply 6 by 7 and add 8": to the product, and not to 6
        wrong += tuple(name for name in call.arguments if name not in own)
    kept = {name: value for name, value in call.arguments.items() if name not in wrong}
    return replace(call, arguments=kept, missing=(*call.missing, *wrong))


def plan(tools: tuple[Tool, ...], text: Text) -> list[Planned]:
    """The calls that a message asks for, in its order; none where it asks for no tool."""
    if not tools or _PATTERNS["declined"].search(text.raw):
        return []
    text = corrected(Text(_PATTERNS["stands"].sub("", text.raw), text.images, text.today))
    # Where no one says which year it is, that of the days that descriptions give as examples.
    profiles = [*map(profile_of, tools)]
    year = max((year for each in profiles for year in each.years), default=None)
    text = Text(text.raw, text.images, None, year) if year and text.today is None else text
    planner = _Planner(profiles, text)
    matches = planner.asked() or planner.explained() or planner.searched()
    found = _said_once([call for match in matches for call in planner.calls(*match)])
    planned = [_placed(call, found[:at]) if at else call for at, call in enumerate(found)]
    if words := unclear(text, planned) or tuple(planner.rivals):
        return [replace(call, unclear=words) for call in planned]
    complete = {call.tool.name for call in planned if not call.missing}
    sums = [call for call in planned[1:] if call.used and profile_of(call.tool).sums]
    return [c for c in planned if not c.missing or c.tool.name not in complete or c in sums]


def forced(tools: tuple[Tool, ...], text: Text, name: str | None) -> list[Planned]:
    """At least one call: of the named tool, or of the one that suits best, or the first."""
    candidates = tuple(tool for tool in tools if name is None or tool.name == name) or tools
    planned, planner = plan(candidates, text), _Planner([*map(profile_of, candidates)], text)
    best = planner.best(planner.whole, 0.1) or planner.profiles[0]
    profiles = (best, *planner.profiles[:_MOST_EXPLAINED])
    ways = [planned, *(planner.calls(each, planner.whole) for each in profiles)]
    return min(filter(None, ways), key=lambda calls: len(calls[0].missing))
