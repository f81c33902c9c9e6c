"""What CONTRIBUTING.md tells a contributor to do can be done."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.notebooks.gates.code import TAGS
from helpers.notebooks.registry import PROJECT

CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")


def test_it_names_targets_and_files_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert {*re.findall(r"\bmake ([a-z]+)\b(?= NB|`|$)", CONTRIBUTING, re.MULTILINE)} <= targets
    for name in re.findall(r"`((?:helpers|notebooks|tests)/[\w./]+)`", CONTRIBUTING):
        assert (PROJECT / name).exists(), name


def test_the_tags_are_those_that_the_notebooks_and_their_gates_know() -> None:
    _, _, section = CONTRIBUTING.partition("## Tags of cells")
    tags = [
        tag
        for names in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
        for tag in re.findall(r"`([^`]+)`", names)
    ]
    sources = [*(PROJECT / "helpers").rglob("*.py"), *(PROJECT / "notebooks").glob("*.ipynb")]
    known = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    for value in (tag.partition(":")[2] for tag in tags):
        assert value.isupper() or value in known, value
    assert {re.sub(":.*", ":", tag) for tag in tags} == {*TAGS}


@pytest.mark.skipif(sys.platform == "win32", reason="needs make and symbolic links")
def test_git_shows_notebooks_by_their_cells(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("Makefile", ".gitattributes", "notebooks/01_set_up.ipynb"):
        shutil.copy(PROJECT / name, tmp_path)

    def run(*command: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "GIT_"))}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    run("git", "init", "--quiet")
    run("git", "add", "01_set_up.ipynb")
    run("make", "--assume-old=setup", "diffs")
    notebook = tmp_path / "01_set_up.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("use_endpoint()", "use_endpoint( )", 1))
    shown = run("git", "diff")
    assert "## modified /cells/" in shown
    assert '"cell_type"' not in shown
