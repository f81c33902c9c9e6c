"""A new notebook in the house style: it runs, and keeps every promise but that it is finished.

It is a copy of `template/`, under its own name. What its author has to write is marked
TODO; the gate "finished" finds what is left of that.
"""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

from helpers.notebooks.registry import PROJECT, load
from helpers.problem import Problem
from helpers.text import write_whole

NAME = re.compile(r"\d\d(_[a-z0-9]+)+")
TEMPLATE = Path(__file__).with_name("template")
ITS_NAME = "00_do_something"


class NewError(Problem):
    """A notebook that cannot be made; the message says why, and what to do."""


def new(name: str, root: Path = PROJECT) -> list[Path]:
    """Write a notebook, its entry in the registry and its exercise; returns what was written.

    Nothing is written, and NewError raised, where something of that name or number is there.
    """
    name = Path(name).name.removesuffix(".ipynb")
    if not NAME.fullmatch(name) or not name[3:].isidentifier() or iskeyword(name[3:]):
        raise NewError(f"{name!r} is not a name for a notebook; write it like 30_do_something.")
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
    filled = {path: _filled(path.name, name) for path in (notebook, module, answers, registry)}
    entries = registry.read_text(encoding="utf-8")
    following = next((other for other in listed if other > name), None)
    if following is None:
        entries = f"{entries.rstrip()}\n\n{filled[registry]}"
    else:
        head = f'[[notebook]]\nname = "{following}"'
        entries = entries.replace(head, f"{filled[registry]}\n{head}", 1)
    made = [notebook, module, answers]
    try:
        for path in made:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, filled[path])
        write_whole(registry, entries)
    except OSError:
        for path in made:
            path.unlink(missing_ok=True)
        raise
    return [*made, registry]


def _filled(file: str, name: str) -> str:
    """A file of the template, as it is for the notebook of this name."""
    words = name[3:].replace("_", " ")
    names = {
        ITS_NAME: name,
        "do_something": name[3:],
        "do-something": words.replace(" ", "-"),
        "Do something": words.capitalize(),
    }
    stored = TEMPLATE / file.replace(name, ITS_NAME).replace(name[3:], "do_something")
    text = stored.read_text(encoding="utf-8")
    for old, new in names.items():
        text = text.replace(old, new)
    return text
