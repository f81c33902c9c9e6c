"""An environment in which this project is a package among others."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.notebooks.registry import PROJECT


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Python of an environment that holds the wheel, what it needs, and pytest."""
    folder = tmp_path_factory.mktemp("foreign")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    # The versions are the lock's; what is not needed is not installed.
    pins = [line.split(" \\")[0] for line in _lock() if re.match(r"[a-z0-9]", line)]
    (folder / "pins.txt").write_text("\n".join(pins), encoding="utf-8")
    wanted = [f"{wheel}", "pytest", "--constraint", f"{folder / 'pins.txt'}"]
    if uv := shutil.which("uv"):
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *wanted]
    else:
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
        install = [*pip, "install", "--quiet", *wanted]
    subprocess.run(install, check=True)
    yield python


def _lock() -> list[str]:
    return (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
