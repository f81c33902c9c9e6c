"""The exercises of `17_use_tools_on_servers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from helpers.checks import Answer, Right, Wrong, exercise, returned

NOT_LISTED = "a tool that the server does not have may run: look the name up among the tools."
NOT_ALLOWED = "a tool that is not allowed may run: look its name up in `allowed`."
ASKED_IN_VAIN = "a person is asked about what may not run at all: decide that first."
HARMLESS = "a tool whose effects can be undone should run without a question."
NOT_ASKED = "a tool that cannot be undone runs without a question: ask `confirm`."
MISSING_HINT = "ask about a tool without a hint, or without annotations: it may destroy something."
NOT_THE_ANSWER = "what `confirm` says is the decision: return it."


def _tool(name: str, *hint: bool | None) -> SimpleNamespace:
    """A tool as a server lists it; without a hint it has no annotations either."""
    return SimpleNamespace(
        name=name, annotations=SimpleNamespace(destructive_hint=hint[0]) if hint else None
    )


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
    right=[
        Right(
            code="""\
def permitted(name, tools, allowed, confirm):
    for tool in tools:
        if tool.name == name and name in allowed:
            hint = tool.annotations.destructive_hint if tool.annotations else None
            return True if hint is False else confirm(name)
    return False
"""
        ),
        Right(
            code="""\
def permitted(name, tools, allowed, confirm):
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None or name not in allowed:
        return False
    return getattr(tool.annotations, "destructive_hint", None) == False or confirm(name)
"""
        ),
        Right(
            code="""\
def permitted(name, tools, allowed, confirm):
    listed = {tool.name: tool.annotations for tool in tools}
    if name not in allowed & listed.keys():
        return False
    harmless = listed[name] is not None and listed[name].destructive_hint is False
    if harmless:
        return True
    return confirm(name)
"""
        ),
        Right(
            code="""\
def permitted(name, tools, allowed, confirm):
    candidates = [t for t in tools if t.name == name and t.name in allowed]
    if not candidates:
        return False
    try:
        destructive = candidates[0].annotations.destructive_hint
    except AttributeError:
        destructive = True
    if destructive is None or destructive:
        return confirm(name)
    return True
"""
        ),
        Right(edit={"if name not in found or": "if not name in found or"}),
    ],
    wrong=[
        Wrong(NOT_ALLOWED, edit={" or name not in allowed": ""}),
        Wrong(
            NOT_LISTED,
            code="def permitted(name, tools, allowed, confirm):\n    return name in allowed",
        ),
        Wrong(NOT_ASKED, edit={"return confirm(name)": "return True"}),
        Wrong(NOT_ASKED, edit={"destructive_hint is False": "destructive_hint is not None"}),
        Wrong(HARMLESS, edit={"destructive_hint is False": "destructive_hint is True"}),
        Wrong(MISSING_HINT, edit={"destructive_hint is False": "destructive_hint is not True"}),
        Wrong(MISSING_HINT, edit={"hints is not None and hints": "hints is None or hints"}),
        Wrong(
            ASKED_IN_VAIN,
            code="""\
def permitted(name, tools, allowed, confirm):
    found = {each.name: each for each in tools}
    return confirm(name) if name not in allowed else name in found
""",
        ),
        Wrong(NOT_THE_ANSWER, edit={"return confirm(name)": "return confirm(name) and False"}),
    ],
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
LOST = "a tool got lost: two servers have tools with the same name."
OTHER_NAMES = "each name should be the server's name, two underscores, and the tool's name."
NOT_A_PAIR = "each name leads to a pair: the server's name, and the tool."
WRONG_PAIR = "a name leads to another server's tool."

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
    right=[
        Right(
            code="""\
def merged(listed):
    return {
        f"{server}__{tool.name}": (server, tool)
        for server, tools in listed.items()
        for tool in tools
    }
"""
        ),
        Right(
            code="""\
def merged(listed):
    pairs = [(server, tool) for server in listed for tool in listed[server]]
    return {server + "__" + tool.name: (server, tool) for server, tool in pairs}
"""
        ),
        Right(
            code="""\
def merged(listed):
    found = dict()
    for server in listed:
        found.update({"__".join([server, t.name]): [server, t] for t in listed[server]})
    return found
"""
        ),
        Right(edit={"(server, tool)\n": "tuple([server, tool])\n"}),
        Right(edit={"found = {}": "found = dict()", "listed.items()": "list(listed.items())"}),
    ],
    wrong=[
        Wrong(NOT_A_DICT, edit={"return found": "return list(found.items())"}),
        Wrong(LOST, edit={'f"{server}__{tool.name}"': "tool.name"}),
        Wrong(OTHER_NAMES, edit={"__{tool.name}": "_{tool.name}"}),
        Wrong(OTHER_NAMES, edit={'f"{server}__{tool.name}"': 'f"{tool.name}__{server}"'}),
        Wrong(NOT_A_PAIR, edit={"= (server, tool)": "= tool"}),
        Wrong(NOT_A_PAIR, edit={"= (server, tool)": "= (server, tool.name)"}),
        Wrong(WRONG_PAIR, edit={"= (server, tool)": '= ("weather", tool)'}),
        Wrong(LOST, edit={"for tool in tools:": "for tool in tools[:1]:"}),
    ],
)
def keep_names_apart(answer: Answer, merged: Callable[..., Any]) -> str | None:
    found = returned(merged, LISTED)
    wanted = {f"{s}__{tool.name}": (s, tool) for s, tools in LISTED.items() for tool in tools}
    if not isinstance(found, dict):
        return NOT_A_DICT
    if len(found) < len(wanted):
        return LOST
    if set(found) != set(wanted):
        return OTHER_NAMES
    for name, (server, tool) in wanted.items():
        pair = found[name]
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not hasattr(pair[1], "name"):
            return NOT_A_PAIR
        if pair[0] != server or pair[1] is not tool:
            return WRONG_PAIR
    return None
