"""The search for keys in all that commands write finds one where nothing hides it."""

from pathlib import Path

import pytest

from tests.bench.leaks import MADE_UP, leaks
from tests.copies import copied

SHOWS_ALL = """
def hide_known(text, secrets, instead=SECRET):
    return text
"""


@pytest.mark.parametrize("hides", [True, False])
def test_a_key_that_nothing_hides_is_found(hides: bool, tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    if not hides:
        with (project / "helpers" / "secrets" / "writing.py").open("a") as module:
            module.write(SHOWS_ALL)
    found = [*leaks(MADE_UP["uuid"], tmp_path, project, only=["record"])]
    assert any("recorded/" in each for each in found) is not hides, found


def test_a_command_that_does_not_run_is_no_proof(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    (project / "helpers" / "__main__.py").unlink()
    found = [*leaks(MADE_UP["uuid"], tmp_path, project, only=["snippets"])]
    assert found == ["snippets: ended with status 1"]
