"""Mermaid diagrams, as far as the notebooks draw them: sequence diagrams and flowcharts."""

from __future__ import annotations

import re
from collections.abc import Iterator

FENCED = re.compile(r"^```mermaid[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)

_TITLE = r"acc(?:Title|Descr): \S.*"
_NAME = r"[A-Za-z_]\w*(?:-\w+)*"
_ARROW = r"(?:<<)?--?(?:>>|>|x|\)|-)"
_BLOCK = r"(?:loop|alt|opt|par|critical|break|rect|box)\b.*"
# A line of a sequence diagram; with it, which of its words are participants.
_SEQUENCE = re.compile(
    rf"(?P<declared>(?:create )?(?:participant|actor) (?P<name>{_NAME})(?: as .+)?)"
    rf"|(?P<message>(?P<one>{_NAME}) ?{_ARROW}[+-]?(?P<other>{_NAME}) ?: ?\S.*)"
    rf"|(?P<note>[Nn]ote (?:(?:left|right) of|over) (?P<over>{_NAME}(?:, ?{_NAME})*) ?: ?\S.*)"
    rf"|(?P<begin>{_BLOCK})|(?P<end>end)|(?:else|and|option)\b.*"
    rf"|(?:activate|deactivate|destroy) (?P<active>{_NAME})|autonumber\b.*|title\b.*|%%.*"
    rf"|{_TITLE}"
)
_SHAPE = r"(?:\[+[^\[\]]+\]+|\(+[^()]+\)+|\{+[^{}]+\}+|>[^\]]+\])"
_NODE = rf"{_NAME}(?:{_SHAPE})?(?::::\w+)?"
_NODES = rf"{_NODE}(?: & {_NODE})*"
_EDGE = r"(?:<|x|o)?(?:--+|==+|-\.+-?)(?:>|x|o)?"
_LINK = rf"(?:{_EDGE}(?:\|[^|]+\|)?|(?:--|==|-\.) ?[^-=>|]+? ?(?:-->?|==>?|\.->?)|~~~)"
_FLOW = re.compile(
    r"(?P<begin>subgraph\b.*)|(?P<end>end)|direction (?:TB|TD|BT|LR|RL)"
    r"|(?:classDef|class|style|linkStyle|click)\b.+|%%.*"
    rf"|{_TITLE}|{_NODES}(?: ?{_LINK} ?{_NODES})*;?"
)
_FLOWCHART = re.compile(r"(?:flowchart|graph)(?: (?:TB|TD|BT|LR|RL))?")


def diagrams(markdown: str) -> list[str]:
    """The diagrams in a text."""
    return FENCED.findall(markdown)


def problems(diagram: str) -> Iterator[str]:
    """Why a diagram is not drawn or not named, or draws somebody that it has not introduced."""
    first, *lines = [line.strip() for line in diagram.splitlines() if line.strip()] or [""]
    if first == "sequenceDiagram":
        yield from _unread(lines, _SEQUENCE)
        yield from _strangers(lines)
    elif _FLOWCHART.fullmatch(first):
        yield from _unread(lines, _FLOW)
    else:
        yield f"a diagram begins with {first!r}; draw a sequenceDiagram or a flowchart"
    if not any(line.startswith("accTitle:") for line in lines):
        yield "a diagram has no name for those who do not see it: begin it with 'accTitle: ...'"


def arrows(diagram: str) -> list[tuple[str, str]]:
    """Who sends to whom in a sequence diagram, by their names: each pair once, in order."""
    matches = [m for line in diagram.splitlines() if (m := _SEQUENCE.fullmatch(line.strip()))]
    names = {
        match["name"]: match["declared"].partition(" as ")[2] or match["name"]
        for match in matches
        if match["name"]
    }
    sent = [(match["one"], match["other"]) for match in matches if match["message"]]
    return list(
        dict.fromkeys((names.get(one, one), names.get(other, other)) for one, other in sent)
    )


def _unread(lines: list[str], form: re.Pattern[str]) -> Iterator[str]:
    depth = 0
    for line in lines:
        match = form.fullmatch(line)
        if match is None:
            yield f"{line!r} is no line of such a diagram"
            continue
        depth += bool(match["begin"]) - bool(match["end"])
        if depth < 0:
            yield "an 'end' that ends nothing"
    if depth > 0:
        yield f"{depth} blocks without their 'end'"


def _strangers(lines: list[str]) -> Iterator[str]:
    """Who is sent something without being introduced, where others are."""
    matches = [match for line in lines if (match := _SEQUENCE.fullmatch(line))]
    known = {match["name"] for match in matches if match["name"]}
    for match in matches:
        for name in (match["one"], match["other"], *re.split(", ?", match["over"] or "")):
            if known and name and name not in known:
                yield f"{name} is no participant; there are {', '.join(sorted(known))}"
