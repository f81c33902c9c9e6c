"""Plan: which tools a message asks for, and with which arguments.

    plan(tools, text)            the calls that a message asks for; none where it asks for no tool
    forced(tools, text, name)    at least one call
    fill(schema, text, ...)      a structured reply (see `shape`)

`Planned.score` says how strongly the message speaks of the tool: 2 is the least for a call, 3 a
word of its name, more is surer. `Planned.missing` names what only the user can still say.
"""

import re
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from helpers.mock.simulated.account import Planned, explains, unclear
from helpers.mock.simulated.assign import assign
from helpers.mock.simulated.candidates import Chosen
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import PATTERNS
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
from helpers.mock.simulated.shape import Filled, fill

__all__ = ["Filled", "Planned", "fill", "forced", "plan"]

_ENOUGH = 2.0
_MOST_CALLS = 16
_MOST_EXPLAINED = 20
_SEVERAL = 3
_AS_WELL, _NEAR = 0.02, 0.06
"""How much less well one, or one of several, may serve that is none of a call's values."""
_LONGEST = 60
_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in PATTERNS["requests"].items()}
_TALK = frozenset(("you", "your", "me", "my", "i"))


class _Planner:
    def __init__(self, tools: tuple[Tool, ...], text: Text) -> None:
        self.profiles = [profile_of(tool) for tool in tools]
        self.rarity = rarity_of(self.profiles)
        self.text = text
        self.rivals: list[str] = []

    def best(self, start: int, end: int, least: float = _ENOUGH) -> tuple[Profile | None, float]:
        request = Request(self.text, start, end)
        scored = [(*strength_of(each, request, self.rarity), each) for each in self.profiles]
        good = (match for match in scored if match[0] >= least)
        strength, _, profile = max(good, key=lambda m: round(m[1], 6), default=(0.0, 0.0, None))
        return profile, strength

    def matches(self) -> list[tuple[Profile, int, int, float]]:
        """Each tool that is asked for, with the part of the text that asks for it."""
        raw = self.text.raw
        parts = self.parts
        whole, strength = self.best(parts[0][0], parts[-1][1])
        found: list[tuple[Profile, int, int, float]] = []
        for start, end in parts:
            best, least = self.best(start, end)
            if found and (best is None or best is found[-1][0]):
                found[-1] = (*found[-1][:2], end, max(found[-1][3], least))
            elif best is not None:
                found.append((best, 0 if not found else start, end, least))
        if len({id(match[0]) for match in found}) <= 1:
            return [(whole, 0, len(raw), strength)] if whole else []
        return found

    def explained(self) -> list[tuple[Profile, int, int, float]]:
        """The one tool, if any, whose words and values account for all that a message says."""
        if len(self.text.tokens) > _LONGEST:
            return []
        end, asks = len(self.text.raw), _PATTERNS["wonders"].match(self.text.raw)
        request = Request(self.text, 0, end)
        found = [
            (strength_of(profile, request, self.rarity)[1], profile)
            for profile in self.profiles[:_MOST_EXPLAINED]
            if not is_for_others(profile, request)
            and not (profile.changes and asks)
            and explains(self.text, profile, self._chosen(profile, (0, end)))
        ]
        best = max((score for score, _ in found), default=0.0)
        found = [match for match in found if match[0] == best]
        return [(found[0][1], 0, end, _ENOUGH)] if len(found) == 1 else []

    def searched(self) -> list[tuple[Profile, int, int, float]]:
        """A question that nothing else answers goes to a general search, if there is one."""
        text = self.text
        if not (text.raw.rstrip().endswith("?") or _PATTERNS["wonders"].match(text.raw)):
            return []
        if len(text.tokens) < _SEVERAL or text.lowers & _TALK or text.spans("expression"):
            return []
        return [(each, 0, len(text.raw), _ENOUGH) for each in self.profiles if each.searches][:1]

    @cached_property
    def parts(self) -> list[tuple[int, int]]:
        """The parts of the text that may each ask for a thing."""
        whole = (0, len(self.text.raw))
        found = self.text.parts(_PATTERNS["cut"], whole)
        return [part for part in found if self.text.raw[slice(*part)].strip()][:100] or [whole]

    def calls(self, profile: Profile, start: int, end: int, score: float) -> list[Planned]:
        """The calls of one tool: one for each of the things that a message lists."""
        scorer = self._scorer(profile, start, end)
        chosen = assign(scorer, profile.wants)
        zones = segments(scorer, profile.wants, (start, end), sure=True, chosen=chosen)
        if len(zones) == 1:
            zones = self._complete(profile, start, end)
        tool, read, planned = profile.tool, profile.read, []
        for zone in zones[:_MOST_CALLS]:
            own = chosen if zone == (start, end) else self._chosen(profile, zone)
            filled = fill(
                tool.parameters, self.text, zone=zone, hint=tool.name, read=read, chosen=own
            )
            arguments = filled.value if isinstance(filled.value, dict) else {}
            planned.append(Planned(tool, arguments, filled.missing, score, filled.used))
        self.rivals += _rivals(scorer, profile, planned)
        return planned

    def all_calls(self, matched: list[tuple[Profile, int, int, float]]) -> list[Planned]:
        """The calls of the tools that are asked for, each once, and none that says less."""
        found = [call for match in matched for call in self.calls(*match)]
        return [
            one
            for at, one in enumerate(found)
            if one not in found[:at]
            and not any(
                one.tool is other.tool and one.arguments.items() < other.arguments.items()
                for other in found
            )
        ][:_MOST_CALLS]

    def _complete(self, profile: Profile, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of a message that each have all of the values that a call requires."""
        needed = {want.path for want in profile.wants if want.required}
        cuts, several = [start], self.parts[1:] and len(needed) > 1
        for first, last in self.parts if several and len(self.text.sentences) == 1 else ():
            if start <= first and last <= end:
                chosen = self._chosen(profile, (cuts[-1], last))
                cuts += [last] * (needed <= chosen.keys())
        return list(pairwise([*cuts[:-1], end])) if len(cuts) >= _SEVERAL else [(start, end)]

    def _chosen(self, profile: Profile, zone: tuple[int, int]) -> Chosen:
        return assign(self._scorer(profile, *zone), profile.wants)

    def _scorer(self, profile: Profile, start: int, end: int) -> Scorer:
        taken = self.text.spans("series") if profile.read.lists else []
        return Scorer(self.text, start, end, profile.read.tool, False, taken)


def _rivals(scorer: Scorer, profile: Profile, planned: list[Planned]) -> list[str]:
    """What would serve as well as what the calls have, and is in none of them."""
    used = [pair.span for call in planned for pair in call.used]
    said = {span.text.lower() for span in used}
    wants = [w for w in profile.wants if w.required and w.type == "string" and not w.many]
    near = {
        pair.span.text: own[0].score - pair.score
        for own in map(scorer.pairs, wants if used else ())
        for pair in own[1:]
        if pair.score > own[0].score - _NEAR
        and pair.span.text.lower() not in said
        and not any(map(pair.span.meets, used))
    }
    return [text for text, less in near.items() if len(near) > 1 or less < _AS_WELL]


def _placed(call: Planned, before: list[Planned]) -> Planned:
    """A call without what an earlier one has as something of another kind: a name for an ID.

    What that looks up is only known when it has.
    """
    earlier = [
        (call.arguments.get(w.name), w.kinds.keys())
        for call in before
        for w in profile_of(call.tool).wants
    ]
    wrong = tuple(
        want.name
        for want in profile_of(call.tool).wants
        for value, kinds in earlier
        if want.required
        and want.type == "string"
        and value == call.arguments.get(want.name)
        and kinds.isdisjoint(want.kinds)
    )
    kept = {name: value for name, value in call.arguments.items() if name not in wrong}
    return replace(call, arguments=kept, missing=(*call.missing, *wrong))


def plan(tools: tuple[Tool, ...], text: Text) -> list[Planned]:
    """The calls that a message asks for, in its order; none where it asks for no tool."""
    if not tools or _PATTERNS["declined"].search(text.raw):
        return []
    text = corrected(text)
    # Where no one says which year it is, that of the days that descriptions give as examples.
    year = max((year for tool in tools for year in profile_of(tool).years), default=None)
    text = Text(text.raw, text.images, None, year) if year and text.today is None else text
    planner = _Planner(tools, text)
    found = planner.all_calls(planner.matches() or planner.explained() or planner.searched())
    planned = [_placed(call, found[:at]) for at, call in enumerate(found)]
    complete = {call.tool.name for call in planned if not call.missing}
    if text.spans("expression") or _PATTERNS["defines"].search(text.raw):
        complete |= {tool.name for tool in tools}  # what a sum or a word comes to needs none
    if words := unclear(text, planned) or tuple(planner.rivals):
        return [replace(call, unclear=words) for call in planned if call.used]
    return [call for call in planned if not call.missing or call.tool.name not in complete]


def forced(tools: tuple[Tool, ...], text: Text, name: str | None) -> list[Planned]:
    """At least one call: of the named tool, or of the one that suits best, or the first."""
    candidates = tuple(tool for tool in tools if name is None or tool.name == name) or tools
    planned = plan(candidates, text)
    if planned:
        return planned
    planner = _Planner(candidates, text)
    best, score = planner.best(0, len(text.raw), 0.1)
    return planner.calls(best or planner.profiles[0], 0, len(text.raw), score)
