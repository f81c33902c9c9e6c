"""The site as a reader meets it: readable, whole, and asking nothing of anybody else."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import nbformat
import pytest

from helpers.notebooks.registry import PROJECT, Notebook, load
from tests.browser.browsers import CHROMIUM, drive, find
from tests.browser.serving import PREFIX, served

SITE = PROJECT / "build" / "site"
NOTEBOOKS = load()
GUIDES = [
    path.relative_to(PROJECT).with_suffix(".html").as_posix()
    for path in sorted((PROJECT / "docs").rglob("*.md"))
]
PAGES = ["index.html", *(f"{notebook.name}.html" for notebook in NOTEBOOKS), *GUIDES]
PAGES += ["changelog.html", "snippets.html"]
PHONE = 390
MOST_A_PAGE = 15.0
"""Seconds of processor time for a page, where a notebook's takes ten on a busy machine."""
OF_THE_THEME = {"label-content-name-mismatch"}
"""What the book theme does on every page: its search button shows more than its label says."""


@pytest.fixture(scope="session")
def seen() -> Iterator[Any]:
    with served(SITE) as address:
        found = find(CHROMIUM)
        told = [found.kind, found.executable, address, "-", *PAGES]
        result = drive("pages.mjs", *told, most=MOST_A_PAGE * len(PAGES))
        yield result | {"address": address}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_legible_in_light_and_in_dark(page: str, seen: Any) -> None:
    for theme in ("light", "dark"):
        problems = [each for each in seen["pages"][page][theme] if each["id"] not in OF_THE_THEME]
        assert [each for each in problems if each["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_a_phone(page: str, seen: Any) -> None:
    assert seen["pages"][page]["width"] <= PHONE


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_code_is_seen_whole_on_a_desktop(notebook: Notebook, seen: Any) -> None:
    assert seen["pages"][f"{notebook.name}.html"]["clipped"] == []


@pytest.mark.parametrize("page", PAGES)
def test_code_is_printed_whole(page: str, seen: Any) -> None:
    assert seen["pages"][page]["cut"] == []


def test_the_words_of_a_diagram_can_be_read_on_a_phone(seen: Any) -> None:
    sizes = [size for page in seen["pages"].values() for size in page["letters"]]
    assert sizes and min(sizes) >= 12


def test_every_diagram_is_drawn(seen: Any) -> None:
    drawn = [each for page in seen["pages"].values() for each in page["diagrams"]]
    names = [each for page in seen["pages"].values() for each in page["named"]]
    assert len(drawn) >= 2 and all(drawn) and len(names) == len(drawn) and all(names)


def test_a_diagram_has_the_same_colours_in_the_dark(seen: Any) -> None:
    filters = [each for page in seen["pages"].values() for each in page["filters"]]
    assert filters and all("invert" in each and "hue-rotate" in each for each in filters)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_pictures_and_outputs_are_the_notebooks(notebook: Notebook, seen: Any) -> None:
    page = seen["pages"][f"{notebook.name}.html"]
    stored = nbformat.read(notebook.path, as_version=4)
    outputs = [output for cell in stored.cells for output in cell.get("outputs", ())]
    described = {
        metadata["alt"]
        for output in outputs
        for mime, metadata in output.get("metadata", {}).items()
        if mime.startswith("image/") and "alt" in metadata
    }
    alts = {picture["alt"] for picture in page["pictures"]}
    assert described <= alts
    assert all(picture["whole"] and picture["alt"] for picture in page["pictures"])
    shown = _plain(" ".join(page["outputs"]))
    for output in outputs:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if not output.get("data", {}).keys() - {"text/plain"}:
            for line in text.splitlines():
                assert _plain(line) in shown


def _plain(text: str) -> str:
    return re.sub(r"\s|\x1b\[[0-9;]*m", "", text)


def test_search_finds_and_copy_copies(seen: Any) -> None:
    assert any("14_do_many_at_once" in address for address in seen["search"])
    assert seen["number"]
    assert len(seen["copied"]) > 40 and seen["copied"].strip() == seen["code"].strip()


def test_nothing_is_asked_of_another_origin(seen: Any) -> None:
    allowed = (seen["address"].removesuffix(PREFIX), "data:", "blob:")
    assert [url for url in seen["asked"] if not url.startswith(allowed)] == []


def test_the_keyboard_is_seen_wherever_it_is(seen: Any) -> None:
    assert seen["unmarked"] == []


def test_nothing_goes_wrong_in_the_console(seen: Any) -> None:
    assert seen["said"] == []


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def test_every_link_and_anchor_leads_somewhere() -> None:
    pages = {path: _Links() for path in SITE.glob("**/*.html") if "lite" not in path.parts}
    for path, links in pages.items():
        if "_static" not in path.parts:
            links.feed(path.read_text(encoding="utf-8"))
    broken = []
    for path, links in pages.items():
        for link in links.links:
            target, anchor = urldefrag(link)
            if re.match(r"[a-z]+:|//", target) or target.startswith("/"):
                continue
            file = _file(path, target)
            if not file.exists() or (
                anchor and file in pages and unquote(anchor) not in pages[file].anchors
            ):
                broken.append(f"{path.relative_to(SITE)}: {link}")
    assert len(pages) > len(NOTEBOOKS) and broken == []


def _file(page: Path, target: str) -> Path:
    target = target.partition("?")[0]
    file = Path(unquote(urljoin(page.as_uri(), target)).removeprefix("file://"))
    file = page if not target else file
    return file / "index.html" if file.is_dir() else file


def test_each_notebook_that_runs_in_a_tab_has_a_button_for_it() -> None:
    for notebook in NOTEBOOKS:
        html = (SITE / f"{notebook.name}.html").read_text(encoding="utf-8")
        address = f"lite/notebooks/index.html?path={notebook.name}.ipynb"
        assert (address in html) is (not notebook.browser)
        if not notebook.browser:
            assert (SITE / "lite" / "files" / notebook.path.name).is_file()


def test_the_search_index_has_every_page() -> None:
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    names = json.loads(index.partition("Search.setIndex(")[2].rstrip(")\n;"))["docnames"]
    assert {notebook.name for notebook in NOTEBOOKS} <= set(names)
