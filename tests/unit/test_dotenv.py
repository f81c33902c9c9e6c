"""A file `.env` is read wherever it counts and however it was saved, or refused with a reason."""

import os
from pathlib import Path

import pytest

from helpers import endpoint, use_endpoint
from helpers.endpoint import EndpointError
from tests.unit.stranger import Server
from tests.unit.test_endpoint import PAT, chosen

pytestmark = pytest.mark.usefixtures("fresh_process")


@pytest.mark.parametrize("mark", ["pyproject.toml", ".git"])
def test_a_file_dot_env_is_read_from_here_or_above_as_far_as_the_project(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, live: Server, mark: str
) -> None:
    (tmp_path / ".env").write_text(f"CLARIFAI_PAT={PAT}\nOTHER=1\n")
    project = tmp_path / "project"
    (project / "notebooks").mkdir(parents=True)
    monkeypatch.chdir(project / "notebooks")
    (project / mark).touch()
    use_endpoint()
    assert chosen() == "mock", "a file above the project is somebody else's"

    (project / ".env").write_text(f"CLARIFAI_PAT={PAT}\nOTHER=1\n")
    monkeypatch.setattr(endpoint, "_endpoint", None)
    for name in ("CLARIFAI_PAT", "CLARIFAI_BASE_URL"):
        monkeypatch.delenv(name)
    use_endpoint()
    assert chosen() == "live"
    assert "OTHER" not in os.environ


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_a_file_dot_env_is_read_however_an_editor_saved_it(
    live: Server, tmp_path: Path, encoding: str
) -> None:
    text = f"# Schlüssel, für später\r\nCLARIFAI_PAT={PAT}\r\n"
    (tmp_path / ".env").write_bytes(text.encode(encoding))
    use_endpoint()
    assert live.keys == [f"Bearer {PAT}"]


def test_an_empty_line_of_a_file_dot_env_is_not_filled_in_yet(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CLARIFAI_PAT=\nCLARIFAI_BACKEND=\n")
    use_endpoint()
    assert chosen() == "mock"


def test_a_file_dot_env_with_a_key_that_is_none_is_refused(live: Server, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("CLARIFAI_PAT=schlüssel".encode("cp1252"))
    with pytest.raises(EndpointError, match=r"\.env .*save it as UTF-8"):
        use_endpoint()


@pytest.mark.parametrize(
    "line",
    [
        *("CLARIFAI_PAT: KEY", "$env:CLARIFAI_PAT = 'KEY'", "set CLARIFAI_PAT=KEY"),
        *('CLARIFAI_PAT="KEY', '{"CLARIFAI_PAT": "KEY"}', "setx CLARIFAI_PAT KEY"),
    ],
)
def test_a_line_of_a_file_dot_env_that_sets_nothing_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"CLARIFAI_BACKEND=live\n{line}\n".replace("KEY", PAT))
    with pytest.raises(EndpointError, match="write it as CLARIFAI_PAT=") as refused:
        use_endpoint()
    assert PAT not in str(refused.value)


@pytest.mark.parametrize("line", ["# CLARIFAI_PAT: later", "MY_CLARIFAI_PAT: x", "X=CLARIFAI_PAT"])
def test_a_line_of_a_file_dot_env_about_something_else_is_no_matter(
    tmp_path: Path, line: str
) -> None:
    (tmp_path / ".env").write_text(f"{line}\n")
    use_endpoint()
    assert chosen() == "mock"
