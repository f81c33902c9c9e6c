"""Gates on links and pictures in prose, of notebooks and of Markdown files.

Nothing is fetched: an address elsewhere only has to be one.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import mistune
from nbformat import NotebookNode

from helpers.notebooks.book import Book
from helpers.notebooks.gates.gate import gate
from helpers.notebooks.registry import PROJECT
from helpers.proxies import is_loopback

MIN_ALT_WORDS = 3
_PERSONS = {"mailto": r"[^@\s]+@[^@\s]+", "tel": r"\+?[\d-]+"}
_HTML = ("inline_html", "block_html")
_PLUGINS = ["table", "url", "math", "footnotes"]


@dataclass(frozen=True)
class Link:
    """Where a link or a picture leads; `alt` is None for what is no picture, `text` for HTML."""

    target: str
    alt: str | None = None
    text: str | None = None


@gate("links", "links to files and headings that are there, and to addresses that are addresses")
def _links(book: Book) -> Iterator[str]:
    for number, cell in book.prose:
        for link in found(cell.source):
            scheme, _, name = link.target.partition(":")
            if scheme == "attachment" and unquote(name) in cell.get("attachments", {}):
                continue
            if problem := dead(link.target, book.path, book.notebook):
                yield f"cell {number}: {problem}"


@gate("alt text", "says in words what each picture in prose or in an output's markup shows")
def _alt_text(book: Book) -> Iterator[str]:
    for number, cell in book.cells:
        texts = [cell.source] if cell.cell_type == "markdown" else []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts += [data[mime] for mime in ("text/html", "text/markdown") if mime in data]
        for text in texts:
            yield from (f"cell {number}: {problem}" for problem in wordless(text))


def problems(path: Path, root: Path = PROJECT) -> Iterator[str]:
    """The dead links and the pictures without words in a Markdown file of the project in `root`."""
    text = path.read_text(encoding="utf-8")
    yield from filter(None, (dead(link.target, path, root=root) for link in found(text)))
    yield from wordless(text)


def wordless(markdown: str) -> Iterator[str]:
    for link in found(markdown):
        if link.alt is not None and len(link.alt.split()) < MIN_ALT_WORDS:
            shown = link.target[:40]
            yield f"the picture {shown!r} has the alt text {link.alt!r}; say what it shows"


def dead(
    target: str, path: Path, notebook: NotebookNode | None = None, *, root: Path = PROJECT
) -> str | None:
    """What is wrong with a link in the file `path`; its notebook, if it is other than on disk."""
    if target.startswith("data:"):
        return None
    try:
        parts = urlsplit(target)
    except ValueError as error:
        return f"{target} is no address: {error}"
    if parts.scheme or parts.netloc:
        https = parts.scheme == "https" and "." in (parts.hostname or "")
        person = re.fullmatch(_PERSONS.get(parts.scheme, "(?!)"), parts.path)
        sound = https or is_loopback(target) or bool(person)
        sound = sound and not set(target) & set(string.whitespace)
        return None if sound else f"{target} is no address; write https://, and a host"
    there = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
    if not there.is_relative_to(root.resolve()):
        return f"{target} leads out of the project"
    if parts.path and not there.exists():
        return f"{target} leads to nothing; the link is dead"
    if not parts.fragment:
        return None
    itself = there == path.resolve()
    known = anchors(there, notebook if itself else None)
    if unquote(parts.fragment) not in known:
        return f"{target} leads to no heading; there are {', '.join(sorted(known)) or 'none'}"
    return None


def anchors(path: Path, notebook: NotebookNode | None = None) -> set[str]:
    """What a `#` can be followed by, as GitHub has it in Markdown and JupyterLab in notebooks."""
    if path.suffix == ".ipynb":
        book = Book(notebook, path) if notebook else Book.open(path, [])
        named = {name for _, cell in book.prose for name in _places(_tokens(cell.source))}
        return {anchor(block.text) for block in book.headings} | named
    seen: Counter[str] = Counter()
    tokens = _tokens(path.read_text(encoding="utf-8"))
    for heading in (_text(token) for token in tokens if token["type"] == "heading"):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        seen[slug] += 1
        if seen[slug] > 1:
            seen[f"{slug}-{seen[slug] - 1}"] += 1
    return {*seen, *_places(tokens)}


@cache
def anchor(heading: str) -> str:
    """Of a notebook's heading: its text, without what marks a part of it, as code or otherwise."""
    return "".join(_text(token) for token in _tokens(heading)).replace(" ", "-")


@cache
def found(markdown: str) -> tuple[Link, ...]:
    """The links and pictures of a text, those in HTML among them, and none of its code."""
    return tuple(_walk(_tokens(markdown)))


def _tokens(markdown: str) -> list[dict[str, Any]]:
    tokens = mistune.create_markdown(renderer="ast", plugins=_PLUGINS)(markdown)
    assert isinstance(tokens, list)
    return tokens


def _walk(tokens: list[dict[str, Any]]) -> Iterator[Link]:
    for token in tokens:
        if token["type"] == "link":
            yield Link(token["attrs"]["url"], text=_text(token))
        elif token["type"] == "image":
            yield Link(token["attrs"]["url"], _text(token))
        elif token["type"] in _HTML:
            yield from _Html.of(token).links
        yield from _walk(token.get("children", []))


def _places(tokens: list[dict[str, Any]]) -> Iterator[str]:
    """What HTML in Markdown can be linked to by: `<a id="here">`."""
    for token in tokens:
        if token["type"] in _HTML:
            yield from _Html.of(token).places
        yield from _places(token.get("children", []))


def _text(token: dict[str, Any]) -> str:
    text = "".join(_text(child) for child in token.get("children", []))
    return str(token.get("raw", "")) + text


class _Html(HTMLParser):
    """Collects links, pictures, and what can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.places: list[str] = []

    @classmethod
    def of(cls, token: dict[str, Any]) -> _Html:
        reader = cls()
        reader.feed(token["raw"])
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places += [given[name] for name in ("id", "name")[: 1 + (tag == "a")] if name in given]
        if tag == "img":
            self.links.append(Link(given.get("src", ""), given.get("alt", "")))
        elif tag == "a" and "href" in given:
            self.links.append(Link(given["href"]))
