"""Read what a docstring says of a function and of each of its parameters.

`docstring-parser` reads the entries of a section; which lines belong to one is told here, so that a
title that it does not know, or a paragraph after the parameters, loses nothing.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Container, Iterator
from typing import Any

from docstring_parser import Docstring, ParseError, google, numpydoc, rest
from docstring_parser.common import (
    DEPRECATION_KEYWORDS,
    PARAM_KEYWORDS,
    RAISES_KEYWORDS,
    RETURNS_KEYWORDS,
    YIELDS_KEYWORDS,
)

_PARAMETERS = re.compile(
    r"(?:(?:input|keyword|optional|other|required) )?"
    r"(?:arg|args|arguments?|inputs?|param|params|parameters?)"
)
# What is said of a function, and not to who calls it.
_ASIDE = {
    *("attributes", "example", "examples", "raises", "except", "exceptions"),
    *("references", "return", "returns", "see also", "todo", "warns", "yield", "yields"),
}
# A title of any style: `Args:`, `**Args:**`, `## Args`, `:Args:`; NumPy's is underlined.
_TITLE = re.compile(
    r"(?P<mark>#{1,6}\s+|\*\*|:)?(?P<title>[A-Za-z][A-Za-z ]{0,30}?)\s*(?:\([^()]*\))?"
    r"(?P<colon>:?)(?:\*\*)?:?\s*$"
)
_UNDERLINE = re.compile(r"\s*[-=~]{2,}\s*")
_ROW = re.compile(r"[-=~]+\s*$|\*{0,2}\w+(?:, ?\*{0,2}\w+)*\s*(?::|$)")
_FIELD = re.compile(r"[:@](?P<kind>\w+)(?P<words>\s[^:`]*)?:(?!`)\s*(?P<text>.*)$")
# An entry as people write one: in a list, its name in Markdown's quotes, a dash for the colon.
_ENTRY = re.compile(
    r"(?:(?:[-*+\u2022]|\d+[.)])\s+)?[`*\"']{0,2}(?P<name>\w+)[`*\"']{0,2}(?P<type>\s*\([^)]*\))?"
    r"(?:\s*\{[^}]*\})?\s*(?::|--?|[\u2013\u2014])\s+"
)
# One of NumPy's, under whatever title: `name : type`, or the name alone, and then its text.
_NUMPY_ENTRY = re.compile(r"\*{0,2}\w+(?: :[^\n]*)?\n\s")
_JAVADOC = re.compile(
    r"^[@\\](?:(param)(?:\[[^\]]*\])?\s+(?:\{[^}]*\}\s*)?(\w+)|(returns?))\s+(?:-\s+)?(?=[^\s:])",
    re.MULTILINE,
)
_KINDS = {
    *(*PARAM_KEYWORDS, *RAISES_KEYWORDS, *RETURNS_KEYWORDS, *YIELDS_KEYWORDS),
    *(*DEPRECATION_KEYWORDS, "type", "rtype", "meta", "var", "ivar", "cvar", "vartype"),
}


def read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the description of a function, and those of its parameters by name.

    Reads the common styles: Google (`Args:`), NumPy (`Parameters` underlined), reST, Epydoc and
    Javadoc (`:param name:`, `@param name:`, `@param name`). What is not there is an empty
    string, or missing from the dictionary.
    """
    description: list[str] = []
    parameters: dict[str, str] = {}
    text = _JAVADOC.sub(r":\1\3 \2: ", inspect.getdoc(function) or "")
    for title, lines in _sections(text.splitlines(), inspect.signature(function).parameters):
        entries = _entries(title, lines)
        if entries is None:
            description += lines
        parameters.update(entries or {})
    return re.sub(r"\n{3,}", "\n\n", "\n".join(description)).strip(), parameters


def _sections(lines: list[str], names: Container[str]) -> Iterator[tuple[str, list[str]]]:
    """The lines of each section, with its title; "" for those of the description."""
    title, section = "", list[str]()
    for index, line in enumerate(lines):
        begins = _begins(lines, index)
        after_blank = not lines[index - 1].strip() if index else True
        # Text at the margin ends a section at once, and a field of reST after a blank line.
        ends = title and line[:1].strip() and not _is_entry(title, line, names)
        if title.startswith(":") and not after_blank:
            ends = False
        if begins or ends:
            yield title, section
            title, section = begins or "", []
        section.append(line)
    yield title, section


def _is_entry(title: str, line: str, names: Container[str]) -> bool:
    """Whether a line at the margin is an entry there, as NumPy's are, and others may be."""
    if title.endswith("-"):
        return bool(_ROW.match(line)) or not _PARAMETERS.fullmatch(title[:-1])
    entry = _ENTRY.match(line)
    return entry is not None and entry["name"] in names


def _begins(lines: list[str], index: int) -> str | None:
    """The title of the section that begins at a line: `args:`, `args-` for NumPy, `:param`."""
    line = lines[index]
    if (field := _FIELD.match(line)) and field["kind"] in _KINDS:
        return ":" + field["kind"]
    if not (match := _TITLE.match(line)):
        return None
    title = match["title"].lower()
    if _UNDERLINE.fullmatch("".join(lines[index + 1 : index + 2])):
        return title + "-"
    # A title of one's own is part of what is described.
    known = title in _ASIDE or _PARAMETERS.fullmatch(title)
    return title + ":" if known and (match["colon"] or match["mark"]) else None


def _entries(title: str, lines: list[str]) -> dict[str, str] | None:
    """The parameters that a section describes; None for a section that describes the function."""
    kind = title.strip(":-")
    if title.startswith(":"):
        field = _FIELD.match(lines[0])
        if kind not in PARAM_KEYWORDS or not field:
            return {}
        # Between the colons: the name, after its type if one is there.
        name = (field["words"] or "").split()[-1:]
        return _read(rest.parse, [f":param {''.join(name)}: {field['text']}", *lines[1:]])
    if not _PARAMETERS.fullmatch(kind):
        return {} if kind in _ASIDE else None
    if title.endswith("-"):
        return _read(numpydoc.parse, ["Parameters", "----------", *lines[2:]])
    # One by one, since one that is not an entry is an error for all.
    block = textwrap.dedent("\n".join(lines[1:])).strip("\n")
    described: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", block):
        if _NUMPY_ENTRY.match(entry):
            described |= _read(numpydoc.parse, ["Parameters", "----------", *entry.splitlines()])
            continue
        entry = _ENTRY.sub(lambda match: f"{match['name']}{match['type'] or ''}: ", entry, count=1)
        described |= _read(google.parse, [".", "Args:", *textwrap.indent(entry, "  ").splitlines()])
    return described if described or not block else None


def _read(parse: Callable[[str], Docstring], lines: list[str]) -> dict[str, str]:
    try:
        read = parse("\n".join(lines)).params
    except ParseError:
        return {}
    return {
        name.strip().lstrip("*"): " ".join(entry.description.split())
        for entry in read
        for name in entry.arg_name.split(",")
        if entry.description
    }
