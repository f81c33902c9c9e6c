"""A new notebook in the house style: it runs, and keeps every promise but that it is finished.

What its author has to write is marked TODO; the gate "finished" finds what is left of that.
"""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.endpoint import DEFAULT_MODEL, LIVE_URL
from helpers.mock import OPENAI_PATH
from helpers.notebooks.book import KERNELSPEC, LANGUAGE
from helpers.notebooks.gates.code import SETUP
from helpers.notebooks.registry import PROJECT, load
from helpers.problem import Problem

NAME = re.compile(r"\d\d(_[a-z0-9]+)+")

OBJECTIVE = "TODO: write what a reader can do afterwards, beginning with a verb"

ENTRY = """\
[[notebook]]
name = "{name}"
title = "{title}"
minutes = 20
timeout = 60
backends = ["mock", "live", "compatible"]
objectives = [
    {{ id = "{id}", text = "{objective}" }},
]
"""

CLIENT = f"""\
import os

from openai import OpenAI

MODEL = "{DEFAULT_MODEL}"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "{LIVE_URL}{OPENAI_PATH}"),
    api_key=os.environ["CLARIFAI_PAT"],
)"""

ASK = """\
response = client.chat.completions.create(
    model=MODEL,
    messages=[{"role": "user", "content": "Who are you?"}],
)
print(response.choices[0].message.content)"""

STUB = """\
messages = [{"role": "user", "content": "Who are you?"}]
response = client.chat.completions.create(model=MODEL, messages=messages)
print(response.choices[0].message.content)"""

SOLUTION = """\
messages = [
    {"role": "system", "content": "Answer in one sentence."},
    {"role": "user", "content": "Who are you?"},
]
response = client.chat.completions.create(model=MODEL, messages=messages)
print(response.choices[0].message.content)"""

MODULE = '''\
"""The exercise of `{name}`."""

from helpers.checks import Answer, exercise

# TODO: check what was sent or returned, with a hint for each wrong answer that readers give.
NO_SYSTEM = "the request has no `system` message: put one into `messages`."
TOO_LATE = "the `system` message has to come first."


@exercise(
    "{id}",
    correct="the request begins with a `system` message.",
)
def {function}(answer: Answer) -> str | None:
    roles = ["system" if role == "developer" else role for role in answer.sent[-1].roles]
    if "system" not in roles:
        return NO_SYSTEM
    return None if roles[0] == "system" else TOO_LATE
'''

ANSWERS = """\
# TODO: add at least five right answers in different styles, and five wrong ones.
[[{id}.right]]
edit = [['"system"', '"developer"']]

[[{id}.wrong]]
hint = "TOO_LATE"
edit = [["messages=messages", "messages=messages[::-1]"]]
"""

# Ids, with the tags of code, and what is in the cells; {title}, {id} and {objective} are filled in.
PROSE, CODE = "markdown", "code"
CELLS: list[tuple[str, str, list[str], str]] = [
    (
        PROSE,
        "title",
        [],
        """\
# {title}

TODO: one to three sentences on the problem that this solves.

**What you'll do:** TODO: one thing that the reader makes.

**What you'll learn:**

- {objective}

**What you'll need:** the set-up from [notebook 1](01_set_up.ipynb), and no key: without one, \
replies are simulated and say so.

About 20 minutes · 0 requests · 0 tokens.""",
    ),
    (
        PROSE,
        "about-setup",
        [],
        "## Make the client\n\nFirst choose the backend. The line below the cell says which it is.",
    ),
    (CODE, "setup", [], SETUP),
    (
        PROSE,
        "about-client",
        [],
        "Then name the model, and make the client that is the same in every notebook.",
    ),
    (CODE, "client", ["parameters"], CLIENT),
    (
        PROSE,
        "about-ask",
        [],
        "## TODO: a verb and what is done\n\n"
        "TODO: what will happen in the cell, and what to look for.",
    ),
    (CODE, "ask", ["objective:{id}"], ASK),
    (
        PROSE,
        "after-ask",
        [],
        "TODO: what was learned; a claim about the output is bold, and is checked.",
    ),
    (PROSE, "summary", [], "## Summary\n\n- TODO: a sentence for each objective, in their order."),
    (
        PROSE,
        "your-turn",
        [],
        "## Your turn\n\nTODO: why the reader should try it.\n\n"
        "### Begin with a system message\n\nTODO: the task.",
    ),
    (CODE, "exercise-{id}", ["exercise", "exercise:{id}"], STUB),
    (
        PROSE,
        "before-check-{id}",
        [],
        "The check reads the request that your cell sent.",
    ),
    (
        CODE,
        "check-{id}",
        ["check"],
        'from helpers import checks\n\nchecks.check("{id}")',
    ),
    (
        PROSE,
        "solution-{id}",
        [],
        f"<details>\n<summary>Solution</summary>\n\n```python\n{SOLUTION}\n```\n\n</details>",
    ),
    (PROSE, "in-practice", [], "## In practice\n\n- TODO: a caveat that the lesson kept out."),
    (PROSE, "next", [], "## Next\n\nTODO: where to go on: [the list of notebooks](README.md)."),
]


class NewError(Problem):
    """A notebook that cannot be made; the message says why, and what to do."""


def new(name: str, root: Path = PROJECT) -> list[Path]:
    """Write a notebook, its entry in the registry and its exercise; returns what was written.

    Nothing is written, and NewError raised, where something of that name or number is there.
    """
    name = Path(name).name.removesuffix(".ipynb")
    if not NAME.fullmatch(name) or not name[3:].isidentifier() or iskeyword(name[3:]):
        raise NewError(f"{name!r} is not a name for a notebook; write it like 20_do_something.")
    registry = root / "notebooks" / "registry.toml"
    notebook = registry.with_name(f"{name}.ipynb")
    module = root / "helpers" / "exercises" / f"{name[3:]}.py"
    answers = module.parent / "answers" / f"{name[3:]}.toml"
    listed = [entry.name for entry in load(registry)]
    for other in listed:
        if other[:2] == name[:2]:
            raise NewError(f"There is a notebook {other}; choose another number.")
    for path in (notebook, module, answers):
        if path.exists():
            raise NewError(f"There is a {path.relative_to(root)}; choose another name.")
    words = {
        "name": name,
        "title": name[3:].replace("_", " ").capitalize(),
        "id": name[3:].replace("_", "-"),
        "function": name[3:],
        "objective": OBJECTIVE,
    }
    nbformat.write(_notebook(words), notebook)
    for path, text in ((module, MODULE), (answers, ANSWERS)):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(**words), encoding="utf-8", newline="\n")
    entries = registry.read_text(encoding="utf-8")
    following = next((other for other in listed if other > name), None)
    entry = ENTRY.format(**words)
    if following is None:
        entries = f"{entries.rstrip()}\n\n{entry}"
    else:
        head = f'[[notebook]]\nname = "{following}"'
        entries = entries.replace(head, f"{entry}\n{head}", 1)
    registry.write_text(entries, encoding="utf-8", newline="\n")
    return [notebook, module, answers, registry]


def _notebook(words: dict[str, str]) -> nbformat.NotebookNode:
    cells = []
    for kind, identity, tags, source in CELLS:
        # The code has braces of its own.
        filled = [_fill(text, words) for text in (source, identity, *tags)]
        metadata: dict[str, Any] = {"tags": filled[2:]} if tags else {}
        if kind == CODE:
            cells.append(new_code_cell(filled[0], id=filled[1], metadata=metadata))
        else:
            cells.append(new_markdown_cell(filled[0], id=filled[1]))
    notebook: nbformat.NotebookNode = new_notebook(
        cells=cells, metadata={"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    )
    return notebook


def _fill(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text
