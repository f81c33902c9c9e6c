"""Make environments in build/: one for each set of packages that a snippet's second line names,
one in which this project is a package among others, and, by name, those of Colab and of Binder.

The packages and what they ask for are those of requirements.lock, except in Colab. The tests cannot
fetch them: they reach loopback only.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.notebooks.registry import PROJECT
from helpers.site.colab import first_cell

SNIPPETS = PROJECT / "notebooks" / "snippets"
BUILD = PROJECT / "build" / "elsewhere"
IN_VENV = Path("Scripts" if sys.platform == "win32" else "bin") / "python"
LOCK = PROJECT / "requirements.lock"
FOREIGN = BUILD / "foreign"
FOREIGN_PYTHON = FOREIGN / "venv" / IN_VENV
"""In an environment that holds the wheel, what it needs, and pytest."""
COLAB = BUILD / "colab"
COLAB_PYTHON = COLAB / "venv" / IN_VENV
COLAB_PINS = Path(__file__).with_name("colab.txt")
BINDER = BUILD / "binder"
BINDER_PYTHON = BINDER / "venv" / IN_VENV


def needs(program: Path) -> list[str]:
    """What its second line says to install. Raises ValueError if it does not say it."""
    line = program.read_text(encoding="utf-8").splitlines()[1]
    said = re.fullmatch(rf"# pip install (.+) && python {re.escape(program.name)}", line)
    if not said:
        raise ValueError(f"{program.name} does not say what to install, but {line!r}.")
    return said[1].split()


def python_with(packages: list[str]) -> Path:
    """The Python of the environment that `make` makes."""
    return BUILD / "alone" / "+".join(packages) / IN_VENV


def make(packages: list[str]) -> None:
    """Make the environment, unless it is there as the lock has it."""
    python = python_with(packages)
    place = python.parents[1]
    made_of = place / "made-of"
    if made_of.exists() and made_of.read_bytes() == LOCK.read_bytes():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", place], check=True)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--constraint", LOCK, *packages], check=True)
    made_of.write_bytes(LOCK.read_bytes())


def make_foreign() -> None:
    """Build the wheel as the project is now, and install it where nothing else of it is."""
    shutil.rmtree(FOREIGN, ignore_errors=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(FOREIGN)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = FOREIGN.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", FOREIGN / "venv"], check=True)
    # Without the hashes, as the wheel has none; the versions are the lock's.
    lock = LOCK.read_text(encoding="utf-8").splitlines()
    pins = [line.split(" \\")[0] for line in lock if re.match(r"[a-z0-9]", line)]
    (FOREIGN / "pins.txt").write_text("\n".join(pins), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", FOREIGN_PYTHON, "install", "--quiet"]
    subprocess.run([*pip, "--constraint", FOREIGN / "pins.txt", wheel, "pytest"], check=True)


def make_colab() -> None:
    """Packages as Colab has them, and what the first cell of a copy for Colab adds to them."""
    shutil.rmtree(COLAB, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", COLAB / "venv"], check=True)
    pip = [COLAB_PYTHON, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", COLAB_PINS], check=True)
    # What is committed, as git would bring it.
    cell = first_cell(PROJECT.as_uri())
    ipython = COLAB_PYTHON.with_name("ipython")
    subprocess.run([ipython, "-c", cell], cwd=COLAB, check=True)


def make_binder() -> None:
    """A copy of what is committed, in which all is done that Binder would do to it."""
    shutil.rmtree(BINDER, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", PROJECT, BINDER / "clone"], check=True)
    subprocess.run([sys.executable, "-m", "venv", BINDER / "venv"], check=True)
    commands = steps(BINDER / "clone")
    environment = {
        **os.environ,
        "KERNEL_PYTHON_PREFIX": str(BINDER / "venv"),
        "PATH": f"{BINDER_PYTHON.parent}{os.pathsep}{os.environ['PATH']}",
    }
    for command in commands:
        subprocess.run(command, shell=True, cwd=BINDER / "clone", env=environment, check=True)


def steps(clone: Path) -> list[str]:
    """What the Dockerfile that Binder makes of a clone runs after it has copied it, in order."""
    repo2docker = PROJECT / "build" / "elsewhere" / "venv" / IN_VENV
    # As root, it asks who the user in the container shall be.
    user = ("--user-id", "1000", "--user-name", "reader")
    plan = [str(repo2docker), "-m", "repo2docker", "--no-build", "--debug", *user, str(clone)]
    done = subprocess.run(plan, check=True, capture_output=True, text=True)
    _, copied, then = done.stdout.partition(" src/ ${REPO_DIR}/\n")
    if not copied:
        raise ValueError(f"There is no copy of the clone in this Dockerfile:\n{done.stdout}")
    return re.findall(r"^RUN (.+)$", then, re.MULTILINE)


if __name__ == "__main__":
    if sys.argv[1:] == ["hosts"]:
        make_colab()
        make_binder()
    else:
        for each in sorted({tuple(needs(program)) for program in SNIPPETS.glob("*.py")}):
            make([*each])
        make_foreign()
