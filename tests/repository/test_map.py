"""The map names every room there is, and nothing that is not; files are of a size to be read."""

import ast
import re
from collections import Counter
from pathlib import Path

from helpers.notebooks.registry import PROJECT

HELPERS = PROJECT / "helpers"
MAP = (HELPERS / "README.md").read_text(encoding="utf-8")
MOST_LINES = 400

# By name, with the reason.
LONGER = {
    "tests/mutants/stored.py": "a list: one broken copy after the other",
    "tests/contract/test_faults.py": "a test for every fault there is, which its last test counts",
}


def test_every_room_is_on_the_map() -> None:
    rooms = {
        f"{path.parent.relative_to(HELPERS).as_posix()}/"
        for path in HELPERS.rglob("*.py")
        if path.parent != HELPERS
    }
    section = MAP.partition("## The rooms")[2].partition("## The words")[0]
    named = {name for name in re.findall(r"`([^`]+)`", section) if name.endswith("/")}
    assert named == rooms


def test_everything_that_the_map_names_is_there() -> None:
    for name in re.findall(r"`((?:[\w-]+/)*[\w-]+(?:/|\.py|\.toml|\.sh))`", MAP):
        assert (HELPERS / name).exists() or (PROJECT / name).exists(), name


def test_files_are_short_but_for_those_with_a_reason() -> None:
    long = {
        path.relative_to(PROJECT).as_posix()
        for folder in ("helpers", "tests")
        for path in (PROJECT / folder).rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert long == {*LONGER}
    assert len(LONGER) <= 2


def test_no_two_public_classes_have_one_name() -> None:
    names = Counter(
        node.name
        for path in HELPERS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert names
    assert [name for name, count in names.items() if count > 1] == []


def test_pre_commit_calls_what_make_lint_does() -> None:
    text = Path(PROJECT, ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"entry: (.+)", text) == ["make lint"]
