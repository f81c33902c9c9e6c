"""The folder of the snippets: each program, and its request in other languages.

What a program is made of: `helpers.notebooks.snippets`.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

from helpers.beside import text
from helpers.endpoint import use_endpoint
from helpers.notebooks.registry import Notebook
from helpers.notebooks.snippets import (
    ASYNC,
    FOLDER,
    FORMS,
    Snippet,
    SnippetError,
    asynchronous,
    snippets,
)
from helpers.text import write_whole
from helpers.transcript import transcript

# A field's name, which JavaScript writes without quotation marks. No text in JSON begins a line.
_FIELD = re.compile(r'^( *)"([A-Za-z_]\w*)":', re.MULTILINE)


def elsewhere(snippet: Snippet, request: dict[str, Any]) -> dict[str, str]:
    """The files, by name, that send a chat completion of a snippet without Python."""
    body = json.dumps(request, indent=2, ensure_ascii=False)
    bodies = {"curl": body, "javascript": _FIELD.sub(r"\1\2:", body)}
    return {
        (name := snippet.name + FORMS[form]): text(__file__, f"{form}.template").format(
            header=snippet.header(name), path="/chat/completions", body=bodies[form]
        )
        for form in snippet.also - {ASYNC}
    }


def files(found: list[Snippet]) -> dict[str, str]:
    """Every file of the folder `snippets`, by name. Runs the programs that have another form."""
    made = {"README.md": _index(found)}
    for snippet in found:
        made[f"{snippet.name}.py"] = snippet.program
        if ASYNC in snippet.also:
            made[f"{snippet.name}_async.py"] = asynchronous(snippet)
        if snippet.also - {ASYNC}:
            made |= elsewhere(snippet, _request(snippet))
    return made


def _index(found: list[Snippet]) -> str:
    endings = {ASYNC: "_async.py"} | FORMS
    rows = ""
    for snippet in found:
        also = [f"[{form}]({snippet.name}{endings[form]})" for form in sorted(snippet.also)]
        cells = [
            f"[{snippet.name}]({snippet.name}.py)",
            snippet.shows,
            ", ".join(snippet.needs),
            ", ".join(also),
            f"[{snippet.notebook.title}](../{snippet.notebook.path.name})",
        ]
        rows += f"| {' | '.join(cells)} |\n"
    return text(__file__, "snippets.template") + rows


def _request(snippet: Snippet) -> dict[str, Any]:
    """The request that a snippet's cell sends to the mock, after the others, as JSON."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        use_endpoint("mock")
        asked = next(n for n, cell in enumerate(snippet.cells) if cell is snippet.asking)
        for source in (*snippet.imports, *(cell.source for cell in snippet.cells[: asked + 1])):
            already = transcript().requests
            exec(compile(source, f"{snippet.name}.py", "exec"), names)  # noqa: S102
    sent = transcript().exchanges[already:]
    if len(sent) != 1 or sent[0].path != "/chat/completions" or sent[0].stream:
        raise SnippetError(f"{snippet.name}: its cell sends no one chat completion in one piece.")
    return dict(sent[0].request)


def write(folder: Path = FOLDER, registry: list[Notebook] | None = None) -> list[str]:
    """Make the folder what the notebooks say; returns the names of the files that changed."""
    wanted = files(snippets(registry))
    folder.mkdir(exist_ok=True)
    there = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.is_file()}
    changed = sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))
    for name in changed:
        if name in wanted:
            write_whole(folder / name, wanted[name])
        else:
            (folder / name).unlink()
    return changed
