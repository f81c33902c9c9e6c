"""`make` builds `.venv` when it has to, only then, and says what it misses.

In a folder with a space, with real virtual environments, and with a `uv` that fetches nothing.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.notebooks.registry import PROJECT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs make and sh")

# Notes how it was called. What it installs is a pip that does the same.
UV = """#!/bin/sh
echo "uv $*" >> calls
for packages in .venv/lib/python*/site-packages; do
  echo 'import sys; print("pip", *sys.argv[1:], file=open("calls", "a"))' > "$packages/pip.py"
done
"""
TOOLS = ("sh", "make", "rm", "mv", "cp", "cat", "cmp")


class Folder:
    """A project that has only what `make setup` reads."""

    def __init__(self, path: Path) -> None:
        self.path = path / "a project"
        self.tools = path / "tools"
        self.path.mkdir()
        self.tools.mkdir()
        shutil.copy(PROJECT / "Makefile", self.path)
        (self.path / "helpers").mkdir()
        shutil.copy(PROJECT / "helpers" / "setup.sh", self.path / "helpers")
        (self.path / "requirements.lock").write_text("one==1\n")
        (self.path / "pyproject.toml").write_text("[project]\n")
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool) or tool)
        (self.tools / "python3").symlink_to(sys.executable)
        self.executable("uv", UV)

    def executable(self, name: str, text: str) -> None:
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        return subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=self.path,
            env=kept | {"PATH": str(self.tools), "CDPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, *arguments: str) -> list[str]:
        """What uv and pip were called with, in short, by a `make setup` that goes well."""
        (self.path / "calls").unlink(missing_ok=True)
        made = self.make("setup", *arguments)
        assert made.returncode == 0, made.stderr
        if not (self.path / "calls").exists():
            return []
        lines = (self.path / "calls").read_text().splitlines()
        assert all("--require-hashes" in line for line in lines if "requirements.lock" in line)
        return [f"{line.split()[0]} {line.split()[-1]}" for line in lines]


BUILT = ["uv requirements.lock", "uv ."]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    assert folder.calls() == BUILT
    assert folder.calls() == []
    return folder


def test_a_lock_that_was_touched_changes_nothing(folder: Folder) -> None:
    (folder.path / "requirements.lock").touch()
    assert folder.calls() == []


def test_a_lock_that_changed_builds_again(folder: Folder) -> None:
    (folder.path / ".venv" / "old").touch()
    (folder.path / "requirements.lock").write_text("one==2\n")
    assert folder.calls() == BUILT
    assert not (folder.path / ".venv" / "old").exists()
    assert folder.calls() == []


def test_a_pyproject_that_changed_only_registers_the_project_again(folder: Folder) -> None:
    (folder.path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert folder.calls() == ["pip ."]
    assert folder.calls() == []


def test_a_folder_that_was_moved_builds_again(folder: Folder) -> None:
    folder.path = folder.path.rename(folder.path.with_name("moved"))
    assert folder.calls() == BUILT


def test_a_python_that_was_removed_builds_again(folder: Folder) -> None:
    python = folder.path / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert folder.calls() == BUILT


def test_one_that_was_interrupted_is_not_taken_for_finished(folder: Folder) -> None:
    folder.executable("uv", "#!/bin/sh\nkill -9 $PPID\n")
    (folder.path / "requirements.lock").write_text("one==2\n")
    assert folder.make("setup").returncode != 0
    assert (folder.path / ".venv" / "bin" / "python").exists()
    folder.executable("uv", UV)
    assert folder.calls() == BUILT


def test_a_folder_of_any_name_is_found_in_any_locale(tmp_path: Path) -> None:
    project = tmp_path / "Übung"
    kernel = "helpers/notebooks/ipython_kernel_config.json"
    for name in ("pyproject.toml", "README.md", "LICENSE", "helpers/__init__.py", kernel):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, project / name)
    install = "from hatchling.build import build_editable; build_editable('.')"
    subprocess.run([sys.executable, "-c", install], cwd=project, check=True)
    (wheel,) = project.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        # Python reads it in the encoding of the locale.
        (path,) = (name for name in files.namelist() if name.endswith(".pth"))
        assert files.read(path).isascii()


def test_without_a_python_it_says_what_it_tried(folder: Folder) -> None:
    shutil.rmtree(folder.path / ".venv")
    (folder.tools / "python3").unlink()
    folder.executable("python3.12", "#!/bin/sh\n[ $1 != -c ] && echo Python 3.10.1 || exit 1\n")
    made = folder.make("test")
    assert made.returncode != 0
    assert made.stderr.startswith(
        "Python 3.11 or newer is needed; tried python3 (not there), python3.14 (not there),"
        " python3.13 (not there), python3.12 (Python 3.10.1), python3.11 (not there),"
        " python (not there).\n"
        "Install one, or say where it is: make PYTHON=/path/to/python3.12 test\n"
    )


def test_without_a_network_it_says_what_to_check(folder: Folder) -> None:
    shutil.rmtree(folder.path / ".venv")
    folder.executable("uv", "#!/bin/sh\nexit 1\n")
    made = folder.make("run")
    assert made.returncode != 0
    assert "The packages cannot be fetched. Check the network;" in made.stderr
    assert "Then: make run\n" in made.stderr


def test_one_that_stays_is_said_once_and_not_file_by_file(folder: Folder) -> None:
    (folder.path / "requirements.lock").write_text("one==2\n")
    folder.executable("rm", "#!/bin/sh\necho rm: $* >&2; exit 1\n")
    made = folder.make("run")
    assert made.returncode != 0
    assert made.stderr.startswith(".venv cannot be made anew: a program uses it, or")


def test_another_python_can_be_named(folder: Folder) -> None:
    shutil.rmtree(folder.path / ".venv")
    (folder.tools / "python3").rename(folder.tools / "mine")
    assert folder.calls("PYTHON=mine") == BUILT


def test_another_python_than_that_of_venv_builds_again(folder: Folder) -> None:
    (folder.tools / "mine").symlink_to(sys.executable)
    assert folder.calls("PYTHON=mine") == []
    (folder.tools / "mine").unlink()
    newer = '#!/bin/sh\n[ "$1" = -V ] && echo Python 3.99.0 || exec python3 "$@"\n'
    folder.executable("mine", newer)
    assert folder.calls("PYTHON=mine") == BUILT
    assert folder.calls() == []


def test_without_pip_and_ensurepip_it_names_the_package_to_install(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(folder.path / ".venv")
    (folder.tools / "uv").unlink()
    for name in ("pip", "ensurepip"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('not there')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = folder.make("setup")
    assert made.returncode != 0
    assert "On Debian and Ubuntu: sudo apt install python3-venv" in made.stderr


@pytest.mark.parametrize(
    ("words", "next_step"), [("tset", "make help"), ("drift", "ARGS='--against URL'")]
)
def test_what_make_cannot_do_ends_with_what_to_do(
    folder: Folder, words: str, next_step: str
) -> None:
    made = folder.make(words)
    assert made.returncode == 2 and next_step in made.stderr


@pytest.mark.parametrize("target", ["", "help"])
def test_help_has_one_line_for_each_target(folder: Folder, target: str) -> None:
    for tool in ("sed", "expand"):
        (folder.tools / tool).symlink_to(shutil.which(tool) or tool)
    listed = folder.make(*target.split()).stdout
    for name in ("run", "test", "lab", "refresh", "serve", "lint", "clean", "bench"):
        assert sum(line.split()[:2] == ["make", name] for line in listed.splitlines()) == 1
