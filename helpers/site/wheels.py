"""The packages that a browser tab needs, at the lock's pins, as Pyodide wants to be told of them.

Pyodide has its own list of packages, which names hosts elsewhere. Here is one of our own, in which
everything that the notebooks need comes from the site itself, checked by the lock's hashes.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PLATFORM = "pyemscripten_2026_0_wasm32"
ENVIRONMENT = {
    "os_name": "posix",
    "sys_platform": "emscripten",
    "platform_machine": "wasm32",
    "platform_system": "Emscripten",
    "python_version": "3.14",
    "python_full_version": "3.14.2",
}
PROJECT_NAME = "clarifai-openai-tutorial"
KERNEL = ("ipython", "comm", "packaging")
"""What the kernel itself imports, beside what it brings."""

ALONE = ("clarifai",)
"""What a notebook looks for and does not import: it is there without what it needs in turn."""

LEFT_OUT = frozenset({"jedi", "parso", "pexpect", "ptyprocess", "uvicorn"})
"""What is asked for and not needed there: Jedi, which completes code, is 5 MB to fetch."""

ELSEWHERE = ("matplotlib", "numpy", "pillow")
"""What has no build for the browser on PyPI: it stays at Pyodide's own address, by its hash.

It is fetched only when a learner's own cell imports it, and is not proved by our tests.
"""


@dataclass(frozen=True)
class Pin:
    """A package of the lock, with the hashes of all its files."""

    name: str
    version: str
    hashes: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={h}" for h in self.hashes)])


def pins(lock: str) -> dict[str, Pin]:
    """The packages that the lock has for a browser, by their names."""
    found: dict[str, Pin] = {}
    for line in lock.replace("\\\n", "").splitlines():
        text, *hashes = re.split(r"\s--hash=", line)
        requirement = Requirement(text.strip())
        if _applies(requirement):
            name = canonicalize_name(requirement.name)
            version = next(iter(requirement.specifier)).version
            found[name] = Pin(name, version, tuple(hash_.strip() for hash_ in hashes))
    return found


def needed(locked: dict[str, Pin]) -> list[Pin]:
    """The pins of what the project and the kernel need there, with what those need in turn."""
    waiting, seen = [PROJECT_NAME, *KERNEL], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name in LEFT_OUT:
            continue
        seen.add(name)
        waiting += [name for name in _requirements(name) if name not in ELSEWHERE]
    return [locked[name] for name in sorted({*seen, *ALONE} - {PROJECT_NAME})]


def _requirements(name: str) -> Iterator[str]:
    try:
        texts = requires(name) or []
    except PackageNotFoundError:
        # It is for a browser only, and so not installed here.
        return
    for text in texts:
        requirement = Requirement(text)
        if _applies(requirement):
            yield canonicalize_name(requirement.name)


def _applies(requirement: Requirement) -> bool:
    environment: dict[str, Any] = {**default_environment(), **ENVIRONMENT, "extra": ""}
    return requirement.marker is None or requirement.marker.evaluate(environment)


def download(pins: Iterable[Pin], folder: Path, scratch: Path) -> None:
    """Fetch the wheels into `folder`; a file whose hash is not in the lock is refused."""
    asked = scratch / "wheels.txt"
    asked.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    _pip(
        "download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(folder),
        "--implementation=cp", "--python-version=3.14", "--abi=cp314", "--abi=abi3", "--abi=none",
        f"--platform={PLATFORM}", "--platform=any", "--requirement", str(asked),
    )  # fmt: skip


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True)


def build(project: Path, folder: Path) -> None:
    """The project's own wheel."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=project, check=True, capture_output=True,
    )  # fmt: skip


def empty(name: str, folder: Path) -> None:
    """A wheel with nothing in it, in place of a package that the kernel would fetch otherwise."""
    info = f"{name}-0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def pyodide_lock(core: Path, wheels: Path) -> dict[str, Any]:
    """Pyodide's list of packages: all `wheels`, and of its own only what is not on PyPI."""
    lock: dict[str, Any] = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    version = json.loads((core / "package.json").read_text(encoding="utf-8"))["version"]
    packages: dict[str, Any] = {}
    for name in _closure(ELSEWHERE, lock["packages"]):
        entry = lock["packages"][name]
        address = f"https://cdn.jsdelivr.net/pyodide/v{version}/full/{entry['file_name']}"
        packages[name] = entry | {"file_name": address}
    for path in sorted(wheels.glob("*.whl")):
        entry = _entry(path)
        packages[entry["name"]] = entry
    return lock | {"packages": packages}


def _closure(names: Iterable[str], packages: dict[str, Any]) -> set[str]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in packages:
            seen.add(name)
            waiting += packages[name]["depends"]
    return seen


def _entry(path: Path) -> dict[str, Any]:
    name, version = path.name.split("-")[:2]
    with zipfile.ZipFile(path) as wheel:
        tops = {member.partition("/")[0] for member in wheel.namelist()}
    modules = sorted(top.removesuffix(".py") for top in tops if not top.endswith(".dist-info"))
    return {
        "name": canonicalize_name(name),
        "version": version,
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": modules,
        "depends": [],
        "unvendored_tests": False,
    }
