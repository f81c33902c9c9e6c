"""Sphinx's configuration of the site; `helpers.site.pages` prepares what it reads."""

from __future__ import annotations

import json
import os
import re
from importlib import import_module
from typing import Any

project = "Clarifai's OpenAI-compatible endpoint"
author = "The tutorial's authors"
html_title = project
language = "en"

REPOSITORY = os.environ.get("REPOSITORY", "")
"""Where the source is, if it is anywhere yet: the one setting that badges and links depend on."""

extensions = [
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.mermaid",
    "notfound.extension",
]
exclude_patterns = ["**/.ipynb_checkpoints", "snippets/*.md", "elsewhere"]

# The notebooks are shown with the outputs that they are committed with.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_custom_formats = {".ipynb": "conf.described"}
myst_fence_as_directive = ["mermaid"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
myst_heading_slug_func = "conf.slug"
suppress_warnings = ["mystnb.unknown_mime_type"]

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["tutorial.css"]
# For the button that downloads a page.
html_show_sourcelink = True
html_copy_source = True
html_theme_options: dict[str, Any] = {
    "use_download_button": True,
    "use_fullscreen_button": False,
    "repository_url": REPOSITORY,
    "use_repository_button": bool(REPOSITORY),
    "show_toc_level": 2,
    # It is in the sidebar already.
    "navbar_persistent": [],
}
# What a first visit has; the theme writes an error to the console if nothing says it.
html_context = {"default_mode": "auto"}
notfound_urls_prefix = os.environ.get("SITE_ROOT", "/")
# Shell prompts are not part of what is copied.
copybutton_prompt_text = "$ "
mermaid_use_local = "mermaid/mermaid.esm.min.mjs"
# In dark, the theme inverts diagrams; a dark diagram would be hard to read after that.
mermaid_dark_theme = "default"
mermaid_d3_zoom = False
# The sign that it has by itself is missing in many fonts.
mermaid_fullscreen_button = "+"


def slug(title: str) -> str:
    """A heading's anchor as JupyterLab makes it, which the notebooks' links are written for."""
    return re.sub(r"\s", "-", title.strip())


def described(text: str) -> Any:
    """A notebook whose pictures have their descriptions as alternative texts.

    MyST-NB would use a hash of the file's content.
    """
    import nbformat

    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            # The list of the notebooks is the site's first page.
            cell.source = cell.source.replace("](README.md)", "](index.md)")
        for output in cell.get("outputs", ()):
            for mime, metadata in output.get("metadata", {}).items():
                if mime.startswith("image/") and "alt" in metadata:
                    cell.metadata["mystnb"] = {"image": {"alt": metadata["alt"]}}
    return notebook


def setup(app: Any) -> None:
    """Put a button on a notebook's page for every place to run it; let 429 be searched for."""
    english = import_module("sphinx.search.en").SearchEnglish
    words = english.word_filter
    english.word_filter = lambda self, word: (word.isdigit() and len(word) > 2) or words(self, word)
    app.connect("html-page-context", _buttons, priority=900)
    app.connect("build-finished", _search_numbers)


def _search_numbers(app: Any, problem: Exception | None) -> None:
    script = app.outdir / "_static" / "searchtools.js"
    if problem is None:
        text = script.read_text("utf-8").replace(r"/^\d+$/", r"/^\d{1,2}$/")
        script.write_text(text, "utf-8")


def _buttons(app: Any, page: str, template: str, context: Any, doctree: Any) -> None:
    if "header_buttons" not in context:
        return
    root = context["pathto"]("", 1).rstrip("/")
    doors = json.loads(os.environ.get("DOORS", "{}")).get(page, [])
    context["header_buttons"][:0] = [
        {
            **door,
            "type": "link",
            "url": door["url"] if "://" in door["url"] else f"{root}/{door['url']}",
        }
        for door in doors
    ]
