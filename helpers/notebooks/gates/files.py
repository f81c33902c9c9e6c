"""Gates on a notebook's file: its place in the registry, its metadata, and keys in it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from helpers import secrets
from helpers.notebooks.book import KERNELSPEC, Book
from helpers.notebooks.gates.gate import gate


@gate("listed", "is in the registry, and the registry's notebooks are on disk")
def _listed(book: Book) -> Iterator[str]:
    if book.entry is None:
        yield "not in notebooks/registry.toml; list it there, or delete it"


@gate("finished", "has nothing left to write: no TODO in it or in its entry of the registry")
def _finished(book: Book) -> Iterator[str]:
    for number, cell in book.cells:
        for line in cell.source.splitlines():
            if "TODO" in line:
                yield f"cell {number}: {line.strip()}"
    if book.entry:
        for text in (book.entry.title, *(objective.text for objective in book.entry.objectives)):
            if "TODO" in text:
                yield f"notebooks/registry.toml: {text}"


@gate("file name", "has a two-digit prefix and a lowercase snake_case name")
def _file_name(book: Book) -> Iterator[str]:
    if not re.fullmatch(r"\d\d(_[a-z0-9]+)+\.ipynb", book.path.name):
        yield "rename it like 02_basic_inference.ipynb"


@gate("title", "begins with its only H1, which is the registry's title")
def _title(book: Book) -> Iterator[str]:
    headings = book.headings
    first = next(book.blocks, None)
    if first is None or first.kind != "heading" or first.level != 1:
        yield "cell 1 has to begin with the title, as '# Call a tool'"
        return
    for block in headings[1:]:
        if block.level == 1:
            yield f"cell {block.cell}: a second H1 ({block.text!r}); use '##'"
    if book.entry and book.entry.title != first.text:
        yield f"cell 1: title {first.text!r}, in the registry {book.entry.title!r}; make them one"


@gate("cell ids", "has one stable id for each cell")
def _cell_ids(book: Book) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, cell in book.cells:
        identity = cell.get("id")
        if not identity:
            yield f"cell {number}: no id; save it as nbformat 4.5 or newer"
        elif identity in seen:
            yield f"cell {number}: the same id as cell {seen[identity]} ({identity}); change one"
        else:
            seen[identity] = number


@gate("kernel", "asks for the kernel python3, which everyone has")
def _kernel(book: Book) -> Iterator[str]:
    spec = book.notebook.metadata.get("kernelspec", {})
    for key, value in KERNELSPEC.items():
        if spec.get(key) != value:
            yield f"metadata.kernelspec.{key} is {spec.get(key)!r}; set {value!r}"


@gate("timestamps", "keeps no execution times, which would change on every run")
def _timestamps(book: Book) -> Iterator[str]:
    for where, metadata in [
        ("notebook", book.notebook.metadata),
        *((f"cell {n}", cell.metadata) for n, cell in book.cells),
    ]:
        for key in ("execution", "ExecuteTime", "papermill"):
            if key in metadata:
                yield f"{where}: metadata.{key}; run `make refresh`"


# What a cell shows of the key on the mock, it shows of the reader's key elsewhere.
OF_THE_MOCK = re.compile(r"(?<![\d.])0{8,}(?![.\d])")


@gate("keys", "holds nothing that is shaped like a key, in sources, outputs or metadata")
def _keys(book: Book) -> Iterator[str]:
    for where, text in [
        *(("notebook metadata", text) for text in _strings(book.notebook.metadata)),
        *((f"cell {n}", text) for n, cell in book.cells for text in _strings(cell)),
    ]:
        # The key itself stays out of the message: it would end up in a build log.
        yield from (f"{where}: {what}; revoke it, then remove it" for what in _key_shapes(text))
    for number, cell in book.code:
        if any(OF_THE_MOCK.search(text) for text in _strings(cell.outputs)):
            yield f"cell {number}: shows the key, or its beginning; show whether it is set"
    for number, node in book.nodes(ast.Subscript):
        match node:
            case ast.Subscript(value=whole, slice=ast.Slice()) if "_PAT" in ast.unparse(whole):
                yield f"cell {number}: takes a part of the key; a part of it is a secret as well"


@cache
def _key_shapes(text: str) -> tuple[str, ...]:
    """What is shaped like a key in a text, without what stands for one."""
    pats = [
        "32 hexadecimal characters, like a PAT"
        for match in secrets.PAT.finditer(text)
        if set(match[0]) != {"0"} and not secrets.is_public(text, match.start())
    ]
    others = [
        f"what looks like {what}"
        for what, pattern in secrets.SHAPES
        for match in pattern.finditer(text)
        if not re.search(r"0{32}", match[0])
    ]
    return (*pats, *others)


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for part in value.values() for text in _strings(part))
        case list():
            yield from (text for part in value for text in _strings(part))
