"""Take secrets out of texts: by their forms, by names before them, and in columns of tables."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from urllib.parse import unquote_plus

from helpers.secrets import names
from helpers.secrets.names import SECRET, is_secret, is_secret_name, remembered
from helpers.secrets.writing import hide_in_other_writing, hide_known

_SHORT = 200


def _compiled(shape: dict[str, list[str]]) -> re.Pattern[str]:
    hints = "|".join(map(re.escape, shape["hints"]))
    return re.compile("|".join(shape["patterns"]).replace("HINTS", hints))


_SHAPES = names.DATA["shapes"]
_HINTS = [[hint.lower() for hint in shape["hints"]] for shape in _SHAPES]
SHAPES: list[tuple[str, re.Pattern[str]]] = [(each["what"], _compiled(each)) for each in _SHAPES]
"""The forms of keys: what to call one, and a pattern."""

PAT = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32}(?![0-9A-Za-z])")
"""The form that every PAT of Clarifai's seen so far has. Ids and hashes may have it as well."""

_PUBLIC_BEFORE = re.compile(
    r"(?:/versions/|(?P<word>[A-Za-z]+)[_-]|(?i:md5|etag|hash|digest)\W{1,4})$"
)
_STAND_IN = re.compile(r"0{16}[0-9a-f]{16}")


def is_public(text: str, start: int) -> bool:
    """Whether the 32 hexadecimal digits in `text` at `start` are an id, as what is before says."""
    before = _PUBLIC_BEFORE.search(text, max(0, start - 24), start)
    word = before and before["word"]
    return bool(before) and not (word and (is_secret_name(word) or word.lower() in ("key", "sk")))


def stand_in(digits: str) -> str:
    """The same for the same 32 digits, and nobody's key: so that texts which differ still do."""
    number = hashlib.sha256(digits.lower().encode()).hexdigest()[:16]
    return digits if _STAND_IN.fullmatch(digits) else "0" * 16 + number


# name=value, as in addresses, forms and lines of a shell. Other ways to write both are data.
_ASSIGNED = re.compile(
    r"(?<![A-Za-z0-9_.%])(?<![A-Za-z0-9_.%]-)_{0,2}(?P<name>[A-Za-z][\w.%-]{1,60})"
    r"(?P<equals>[\"']?\]?[ \t]{0,3}=(?!=)[ \t]{0,3})(?P<quote>[\"']?)"
    r"(?P<value>(?>(?:[^?&\s\"'<>()\[\]{},;\\`]++|\?(?!\w+=))+))(?![(\[])"
)
# os.environ, self.key: a program's names, not what they stand for.
_OF_A_PROGRAM = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+|\$\w+|None|null|true|false|True|False")
_NAMED = tuple(re.compile(each["pattern"], re.VERBOSE) for each in names.DATA["written"])


def _hide_assigned(match: re.Match[str]) -> str:
    name = unquote_plus(match["name"]).rpartition(".")[2]
    before = match.string[match.start() - 1 : match.start()]
    if not (is_secret(name, match["value"]) or is_secret_name(name, alone=before in ("?", "&"))):
        return match[0]
    value, quoted, equals = match["value"], match["quote"], match["equals"]
    counted = name.lower().endswith("tokens") and value.isdigit()
    spaced = "" if equals == "=" else ".{8}" if quoted else r"(?=.*\d)(?=.*[A-Za-z]).{6}"
    if counted or _OF_A_PROGRAM.fullmatch(value) or not re.match(spaced, value):
        return match[0]
    return match[0].removesuffix(value) + SECRET


def _hide_named(match: re.Match[str]) -> str:
    groups = match.groupdict()
    name, before = groups.get("name"), groups.get("before") or ""
    said = match[0].removeprefix(before)
    if name is None or is_secret(name, said):
        return before + SECRET
    # What this name says may be JSON in its turn, in other quotation marks.
    return before + (
        match.re.sub(_hide_named, said) if "inner" in groups and "\\" in said else said
    )


# What parts the cells of a line: the first of these that it has; and of a row of HTML.
_BETWEEN_CELLS = [re.compile(rf"({each})") for each in ("[|│┃║]", "\t", "[,;]", " {2,}")]
_ROW, _CELL = re.compile(r"(?i)(?=<tr\b)"), re.compile(r"(?i)(<t[hd]\b[^<>]*>)")
_TAGS = re.compile(r"<[^<>]*>")
_HEADING = re.compile(r"[\w -]{2,40}")
# What is mixed enough for a key, under the name of one.
_KEY = re.compile(
    r"(?<![^\s`\"'>])(?=\S{0,99}\d)(?=\S{0,99}[A-Za-z0-9]{12})[\w.~+/=-]+(?![^\s`\"'<])"
)


def _cells(line: str) -> list[str]:
    between = (each for each in _BETWEEN_CELLS if each.search(line))
    return next(between, _BETWEEN_CELLS[0]).split(line)


def _hide_in_tables(text: str) -> str:
    """A text without what is in a column that has the name of a secret."""
    if "<t" in text.lower():
        text = "".join(_hide_in_rows(map(_CELL.split, _ROW.split(text))))
    return "\n".join(_hide_in_rows(map(_cells, text.split("\n"))))


def _hide_in_rows(rows: Iterable[list[str]]) -> Iterator[str]:
    """Rows, of cells and what parts them; headings are in the last row that names a secret."""
    headings: list[str] = []
    for cells in rows:
        named = [*map(_secret_heading, cells)]
        if len(headings) == len(cells):
            for n, heading in enumerate(headings):
                cells[n] = _KEY.sub(partial(_hide_in_cell, heading), cells[n])
        headings = named if any(named) else headings
        yield "".join(cells)


def _secret_heading(cell: str) -> str:
    name = _TAGS.sub("", cell).strip(names.AROUND)
    return name if _HEADING.fullmatch(name) and names.may_be_secret(name) else ""


def _hide_in_cell(heading: str, match: re.Match[str]) -> str:
    return SECRET if is_secret(heading, match[0]) else match[0]


def _hide_digits(match: re.Match[str]) -> str:
    return match[0] if is_public(match.string, match.start()) else stand_in(match[0])


def hide_in_text(text: str, *, digits: bool = True) -> str:
    """A text without what is a secret in it by its name or by its form."""
    return (_hide_in_short if len(text) <= _SHORT else _hide_in_long)(text, digits)


def _hide_in_long(text: str, digits: bool) -> str:
    plainly = partial(_hide_plain, digits=digits)
    return hide_in_other_writing(plainly(text), plainly)


def _hide_plain(text: str, digits: bool) -> str:
    lower = text.lower()
    for (_, pattern), hints in zip(SHAPES, _HINTS, strict=True):
        if any(hint in lower for hint in hints):
            text = pattern.sub(_hide_named, text)
    if any(hint in lower for hint in names.NAMES["hints"]):
        text = _ASSIGNED.sub(_hide_assigned, text)
        for named in _NAMED:
            text = named.sub(_hide_named, text)
        text = _hide_in_tables(text)
    return PAT.sub(_hide_digits, text) if digits else text


_hide_in_short = remembered(_hide_in_long)


def hider() -> Callable[[str], str]:
    """What takes out of a text all that the environment knows now, and forms of keys."""
    known = names.known_secrets()
    return lambda text: hide_in_text(hide_known(text, known), digits=False)


def hide(text: str) -> str:
    """`text` fit to be shown."""
    return hider()(text)
