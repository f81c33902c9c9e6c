"""The search for keys in all that commands write finds one where nothing hides it."""

from pathlib import Path

import pytest

from helpers.mock.record import scrub
from tests.bench.leaks import MADE_UP, exchange, found, leaks, repeating
from tests.copies import copied

KEY = MADE_UP["uuid"]


@pytest.mark.parametrize("hides", [True, False])
def test_a_key_that_nothing_hides_is_found(
    hides: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", KEY)
    if not hides:
        monkeypatch.setattr(scrub, "hide_known", lambda text, *_: text)
    with repeating() as base:
        exchange(str(tmp_path), base)
    assert any((tmp_path / "recorded").iterdir())
    assert any(found(KEY, tmp_path)) is not hides, [*found(KEY, tmp_path)]


def test_a_command_that_does_not_run_is_no_proof(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    (project / "helpers" / "__main__.py").unlink()
    (project / "kept.txt").write_text(f"({KEY[::-1]})")
    problems = [*leaks(KEY, tmp_path, project, only=["snippets"])]
    assert problems == ["snippets: ended with status 1", f"project/kept.txt: {KEY[::-1]}"]
