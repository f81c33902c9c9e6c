"""The exercises of `17_use_tools_on_servers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from helpers.checks import Answer, exercise, returned

NOT_LISTED = "a tool that the server does not have may run: look the name up among the tools."
NOT_ALLOWED = "a tool that is not allowed may run: look its name up in `allowed`."
ASKED_IN_VAIN = "a person is asked about what may not run at all: decide that first."
HARMLESS = "a tool whose effects can be undone should run without a question."
NOT_ASKED = "nobody is asked about a tool whose effects cannot be undone: ask `confirm`."
MISSING_HINT = "ask about a tool without a hint, or without annotations: it may destroy something."
NOT_THE_ANSWER = "what `confirm` says is the decision: return it."


def _tool(name: str, *hint: bool | None) -> SimpleNamespace:
    """A tool as a server lists it; without a hint it has no annotations either."""
    others = dict.fromkeys(("title", "read_only_hint", "idempotent_hint", "open_world_hint"))
    hints = SimpleNamespace(destructive_hint=hint[0], **others) if hint else None
    return SimpleNamespace(name=name, annotations=hints)


TOOLS = [_tool("read", False), _tool("delete", True), _tool("send", None), _tool("pay")]
NAMES = {tool.name for tool in TOOLS}


def _asked(
    permitted: Callable[..., bool], name: str, allowed: Iterable[str], says: bool
) -> tuple[bool, list[str]]:
    """What the function decides, and about what it asked."""
    asked: list[str] = []

    def confirm(name: str, *_: Any) -> bool:
        asked.append(name)
        return says

    return bool(returned(permitted, name, TOOLS, set(allowed), confirm)), asked


@exercise(
    "decide-what-runs",
    sends=False,
    correct="what is not allowed never runs, and what cannot be undone only with a yes.",
)
def decide_what_runs(answer: Answer, permitted: Callable[..., bool]) -> str | None:
    for name, allowed, hint in (
        ("format", {"format"}, NOT_LISTED),
        ("read", {"delete"}, NOT_ALLOWED),
        ("delete", {"read"}, NOT_ALLOWED),
    ):
        may, asked = _asked(permitted, name, allowed, True)
        if asked:
            return ASKED_IN_VAIN
        if may:
            return hint
    if _asked(permitted, "read", NAMES, False) != (True, []):
        return HARMLESS
    for name, hint in (("delete", NOT_ASKED), ("send", MISSING_HINT), ("pay", MISSING_HINT)):
        may, asked = _asked(permitted, name, NAMES, False)
        if asked != [name]:
            return hint
        if may or not _asked(permitted, name, NAMES, True)[0]:
            return NOT_THE_ANSWER
    return None


NOT_A_DICT = "return one dictionary, from each name to its pair."
LOST = "`{}` of the server {!r} got lost: keep each tool, even where two have the same name."
OTHER_NAMES = "each name should be the server's name, two underscores, and the tool's name."
NOT_A_PAIR = "each name leads to a pair: the server's name, and the tool."
WRONG_PAIR = "a name leads to another server's tool."
RENAMED = "the tool itself was renamed, and its server no longer knows it: leave it as it is."

LISTED = {
    "shop": [_tool("search"), _tool("buy")],
    "news": [_tool("search")],
    "empty": [],
    "My Mail": [_tool("search")],
}


@exercise(
    "keep-names-apart",
    sends=False,
    correct="each tool has a name of its own, which leads to its server.",
)
def keep_names_apart(answer: Answer, merged: Callable[..., Any]) -> str | None:
    listed = deepcopy(LISTED)
    wanted = {f"{s}__{tool.name}": (s, tool) for s, tools in listed.items() for tool in tools}
    found = returned(merged, listed)
    if not isinstance(found, dict):
        return NOT_A_DICT
    if listed != LISTED:
        return RENAMED
    kept = {id(part) for pair in found.values() if isinstance(pair, Sequence) for part in pair}
    some = found.keys() & wanted.keys() and found.keys() - wanted.keys()
    for server, tool in wanted.values():
        if (len(found) < len(wanted) or some) and id(tool) not in kept:
            return LOST.format(tool.name, server)
    if set(found) != set(wanted):
        return OTHER_NAMES
    for name, (server, tool) in wanted.items():
        pair = found[name]
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not hasattr(pair[1], "name"):
            return NOT_A_PAIR
        if pair[0] != server or pair[1] is not tool:
            return WRONG_PAIR
    return None
