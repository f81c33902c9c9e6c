"""What stands in files beside the code that reads it: tables as TOML, and texts."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table(module: str, name: str) -> dict[str, Any]:
    """The TOML file of this name beside a module, which gives its `__file__`; it is read once."""
    return tomllib.loads(text(module, name))


def text(module: str, name: str) -> str:
    """The text of the file of this name beside a module."""
    return Path(module).parent.joinpath(name).read_text(encoding="utf-8")
