"""What the prose says of an output, tied to that output: claims.

In prose, bold text of one of these forms is a claim about the code cell above it:

    **`20`**                  its output shows 20: a number, a string, a field's name, a line
    **calls `get_weather`**   a reply to it proposes such a call; also "... twice", "... 3 times"
    **calls no tool**         it was answered, and no reply proposes a call
    **2 requests**            it sent that many
    **24 tokens**             its replies count that many, all together

It reads well raw, in JupyterLab and on GitHub. What is not claimed is not checked, so prose right
after a cell may not repeat what its output shows without claiming it. Whether claims hold, and
whether something is not claimed: `helpers.notebooks.gates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import mistune
from nbformat import NotebookNode

from helpers.notebooks.book import ANSI
from helpers.notebooks.provenance import oldest

WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
HEADER = re.compile(  # a paragraph of its own
    r"(?:(?<=\n\n)|\A)About (\d+) minutes · (\d+) requests? · (\d+) tokens?"
    r"(?: · (works with .*?))?\.(?=\n\n|\n?\Z)"
)
HEADER_FORM = "About 15 minutes · 12 requests · 900 tokens · works with ..., checked with ..."


@dataclass(frozen=True)
class Claim:
    """A bold text that says something of an output, in its sentence."""

    place: str
    sentence: str
    text: str
    words: str
    """The text, with `{}` for each piece of code in it."""
    codes: tuple[str, ...]
    cell: NotebookNode | None
    """The code cell that it is about: the nearest above."""

    @property
    def counted(self) -> tuple[str, int | None] | None:
        """What is claimed of the transcript, and how often; None if it is no such claim."""
        return _read(self.words)

    @property
    def shown(self) -> str | None:
        """What is claimed to be in the output; None if it is no such claim."""
        return self.codes[0] if self.words == "{}" else None

    @property
    def sound(self) -> bool:
        """Whether it is in one of the forms."""
        return self.shown is not None or (_counts(self.words) and self.counted is not None)

    def says(self, problem: str) -> str:
        return f"{self.place}: **{self.text}**, but {problem}; in: {self.sentence}"


# --- claims ---


def claims(notebook: NotebookNode) -> Iterator[Claim]:
    """Every claim in the prose, in order; those that are in none of the forms among them."""
    cell = None
    for number, each in enumerate(notebook.cells, 1):
        if each.cell_type == "code":
            cell = each
        elif each.cell_type == "markdown":
            place = f"cell {number} ({each.get('id', 'no id')})"
            for block in blocks(each.source):
                for piece, sentence in block.bold():
                    words, codes = piece.template()
                    if codes or _counts(words):
                        yield Claim(place, sentence, str(piece), words, codes, cell)


_TIMES = r"(?: (?:(?P<once>once|twice)|(?P<times>\w+) times))?"
_FORMS = {
    "requests": re.compile(r"(?P<count>\w+) requests?"),
    "tokens": re.compile(r"(?P<count>\w+) tokens?"),
    "no call": re.compile(r"calls no tool", re.IGNORECASE),
    "calls": re.compile(rf"calls {{}}{_TIMES}", re.IGNORECASE),
}


def _counts(words: str) -> bool:
    """Whether bold words are meant as a claim about the transcript, be they well-formed or not."""
    return bool(words.lower().startswith("calls ") or _read(words))


def _read(words: str) -> tuple[str, int | None] | None:
    """What is claimed of the transcript, and how often; None if the words are in no such form."""
    for what, form in _FORMS.items():
        if match := form.fullmatch(words):
            groups = match.groupdict()
            if once := groups.get("once"):
                return what, {"once": 1, "twice": 2}[once]
            count = groups.get("count") or groups.get("times")
            if count is None:
                return what, None
            if count.lower() in WORDS:
                return what, WORDS.index(count.lower())
            return (what, int(count)) if count.isdecimal() else None
    return None


# --- the header line ---

_CLARIFAI = re.compile(r"(?m)^(?:from|import|pip install)\b.*\bclarifai\b")


def header(notebook: NotebookNode) -> tuple[int, int, int] | None:
    """The minutes, requests and tokens that the opening names; None if it does not, or not once."""
    found = [
        match
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for match in HEADER.finditer(cell.source)
    ]
    if len(found) != 1:
        return None
    minutes, requests, tokens = map(int, found[0].groups()[:3])
    return minutes, requests, tokens


def works_with(notebook: NotebookNode, packages: Mapping[str, str]) -> str:
    """The end of the header: what it imports or installs, the oldest that will do, and what ran."""
    everything = "\n".join(cell.source for cell in notebook.cells)
    used = ["openai", *(["clarifai"] if _CLARIFAI.search(everything) else [])]
    checked = " and ".join(packages.get(name, "") for name in used)
    return f"works with {oldest(used)} or newer, checked with {checked}"


def name_measured(
    notebook: NotebookNode, requests: int, tokens: int, packages: Mapping[str, str]
) -> None:
    """Put what was measured into the opening, and the versions that it was measured with."""
    sent = f"{requests} request{'s' * (requests != 1)} · {tokens} token{'s' * (tokens != 1)}"
    line = rf"About \1 minutes · {sent} · {works_with(notebook, packages)}."
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = HEADER.sub(line, cell.source)


# --- outputs ---


def output_text(cell: NotebookNode) -> str:
    """What a reader sees of a cell's outputs as text."""
    texts: list[str] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type in ("display_data", "execute_result"):
            texts += [output.data[t] for t in ("text/plain", "text/markdown") if t in output.data]
    return ANSI.sub("", "\n".join(texts))


def occurs(text: str, within: str) -> bool:
    """Whether `text` is there as a whole: 20 is neither in 120 nor in 2.20. Spaces may be wider."""
    parts = [re.escape(part) for part in text.split()]
    before = r"(?<!\w)(?<!\d\.)(?<!(?<!\w)-)" if re.match(r"\d", text) else r"(?<!\w)"
    after = r"(?!\w)(?!\.\d)" if re.search(r"\d$", text) else r"(?!\w)"
    if not re.match(r"\w", text):
        before = ""
    if not re.search(r"\w$", text):
        after = ""
    return re.search(before + r"[ \t]+".join(parts) + after, within) is not None


# --- Markdown ---

_NUMBER = re.compile(r"(?<!notebook )(?<!step )(?<!steps )(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
_QUOTED = re.compile(r"[\"“]([^\"“”]{2,}?)[.,;:?!]?[\"”]")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=\W?[A-Z])")


@dataclass(frozen=True)
class _Piece:
    """A run of inline text: "text", "code", "link", or "bold", which has parts."""

    kind: str
    text: str
    parts: tuple[_Piece, ...] = ()

    def template(self) -> tuple[str, tuple[str, ...]]:
        """The words of bold text with `{}` for code, and the code."""
        codes = tuple(part.text for part in self.parts if part.kind == "code")
        words = "".join("{}" if part.kind == "code" else part.text for part in self.parts)
        return words.strip(), codes

    def __str__(self) -> str:
        if self.kind == "bold":
            return "".join(map(str, self.parts))
        return f"`{self.text}`" if self.kind == "code" else self.text


@dataclass(frozen=True)
class Passage:
    """A paragraph, an item of a list, a cell of a table, or a heading."""

    pieces: tuple[_Piece, ...]
    heading: bool

    def bold(self) -> Iterator[tuple[_Piece, str]]:
        """Each bold text with its sentence."""
        for position, piece in self._placed():
            if piece.kind == "bold":
                yield piece, self._sentence(position)

    def values(self) -> Iterator[tuple[str, str]]:
        """Each number, quotation and code that is not bold, with its sentence."""
        for position, piece in self._placed():
            if piece.kind == "code":
                yield piece.text, self._sentence(position)
            elif piece.kind == "text":
                for match in _NUMBER.finditer(piece.text):
                    yield match[0], self._sentence(position + match.start())
        for match in _QUOTED.finditer(str(self)):
            yield match[1], self._sentence(match.start())

    def __str__(self) -> str:
        return "".join(map(str, self.pieces))

    def _placed(self) -> Iterator[tuple[int, _Piece]]:
        """Each piece, and where it begins."""
        position = 0
        for piece in self.pieces:
            yield position, piece
            position += len(str(piece))

    def _sentence(self, position: int) -> str:
        """The sentence that is at this position."""
        # Code is masked, as it may have full stops in it.
        masked = "".join(
            str(piece) if piece.kind == "text" else "x" * len(str(piece)) for piece in self.pieces
        )
        ends = [match.start() for match in _SENTENCE.finditer(masked)]
        start = max((end for end in ends if end <= position), default=0)
        end = min((end for end in ends if end > position), default=len(masked))
        return " ".join(str(self)[start:end].split())


_markdown = mistune.create_markdown(renderer=None, plugins=["table", "strikethrough"])


@cache
def blocks(source: str) -> tuple[Passage, ...]:
    return tuple(_walk(_markdown(source)))


def _walk(tokens: Any) -> Iterator[Passage]:
    for token in tokens:
        match token:
            case {"type": "paragraph" | "block_text" | "table_cell", "children": children}:
                yield Passage(tuple(_inline(children)), heading=False)
            case {"type": "heading", "children": children}:
                yield Passage(tuple(_inline(children)), heading=True)
            case {"children": children}:
                yield from _walk(children)


def _inline(tokens: Any, link: bool = False) -> Iterator[_Piece]:
    for token in tokens:
        match token:
            case {"type": "strong", "children": children}:
                yield _Piece("bold", "", tuple(_inline(children)))
            case {"type": "codespan", "raw": raw}:
                yield _Piece("link" if link else "code", raw)
            case {"type": "softbreak" | "linebreak"}:
                yield _Piece("text", " ")
            case {"type": "link" | "image" as kind, "children": children}:
                yield from _inline(children, link=kind in ("link", "image"))
            case {"children": children}:
                yield from _inline(children, link)
            case {"type": "text", "raw": raw}:
                yield _Piece("link" if link else "text", raw)
