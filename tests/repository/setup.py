"""Whether `pyproject.toml`, the locks, `environment.yml` and what is imported agree."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain, product
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers.notebooks.gates import Book
from tests.repository.gate import gate

PYTHONS = ("3.11.0", "3.11.9", "3.12.0", "3.13.0")
PLATFORMS = (("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"), ("win32", "nt", "Windows"))
# Groups that are installed by themselves, so that each has a lock of its own.
OWN_LOCKS = ("integrations", "local", "site", "suites")
# What would make the lock depend on a place instead of on hashes.
PLACES = ("://", " @ ", "--index-url", "--extra-index-url", "--find-links", "--trusted-host")

# Imported in the version that another package brings, and not in one of ours.
BROUGHT = {"httpx": "openai", "httpx2": "openai", "pydantic-core": "pydantic"}


@dataclass(frozen=True)
class Setup:
    """The three files, as text."""

    pyproject: str
    lock: str
    environment: str

    @classmethod
    def read(cls, root: Path) -> "Setup":
        names = (
            "pyproject.toml",
            "requirements.lock",
            "environment.yml",
        )
        return cls(*((root / name).read_text(encoding="utf-8") for name in names))


@gate("locked", "locks all that it asks for, by hash and not by place")
def _locked(root: Path) -> Iterator[str]:
    setup = Setup.read(root)
    pyproject = tomllib.loads(setup.pyproject)
    groups = pyproject["dependency-groups"]
    yield from _unlocked([*runtime(pyproject), *groups["dev"]], setup.lock)
    for group in OWN_LOCKS:
        lock = (root / f"requirements-{group}.lock").read_text(encoding="utf-8")
        yield from _unlocked(groups[group], lock)
    yield from _placed(root)


def runtime(pyproject: dict[str, Any]) -> list[str]:
    """What the project asks for to run, with all its extras; they may name one another."""
    project = pyproject["project"]
    texts = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return [text for text in texts if Requirement(text).name != project["name"]]


def _unlocked(texts: Iterable[str], lock: str) -> Iterator[str]:
    declared = [Requirement(text) for text in texts]
    pinned: dict[str, list[Requirement]] = {}
    for line in lock.replace("\\\n", "").splitlines():
        if any(place in line for place in PLACES):
            yield f"the lock names a place: {line.strip()}"
            continue
        text, *hashes = line.split("--hash=")
        package = Requirement(text)
        pinned.setdefault(canonicalize_name(package.name), []).append(package)
        if [specifier.operator for specifier in package.specifier] != ["=="]:
            yield f"the lock does not pin {package.name}"
        if not hashes or not all(value.startswith("sha256:") for value in hashes):
            yield f"the lock has no hash for {package.name}"
    for requirement, python, platform in product(declared, PYTHONS, PLATFORMS):
        environment = marker_environment(python, *platform)
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        locked = [
            next(iter(package.specifier)).version
            for package in pinned.get(canonicalize_name(requirement.name), [])
            if not package.marker or package.marker.evaluate(environment)
        ]
        if len(locked) != 1 or not requirement.specifier.contains(locked[0]):
            yield f"{requirement} is {locked} in the lock, with Python {python} on {platform[0]}"


def _placed(root: Path) -> Iterator[str]:
    """One sentence for each lock of npm that says where packages are, and not only which."""
    for path in (
        *root.glob("notebooks/**/package-lock.json"),
        *root.glob("tests/**/package-lock.json"),
    ):
        if '"resolved"' in path.read_text(encoding="utf-8"):
            yield (
                f"{path.relative_to(root)} has addresses; make it with"
                " npm install --package-lock-only --omit-lockfile-registry-resolved"
            )


@gate("environment.yml", "has conda install what pip does")
def _conda(root: Path) -> Iterator[str]:
    setup = Setup.read(root)
    python, *others = yaml.safe_load(setup.environment)["dependencies"]
    wanted = SpecifierSet(tomllib.loads(setup.pyproject)["project"]["requires-python"])
    if SpecifierSet(str(python).removeprefix("python")) != wanted:
        yield f"environment.yml asks for {python}, pyproject.toml for python{wanted}"
    if others != ["pip", {"pip": ["--require-hashes", "--requirement requirements.lock"]}]:
        yield f"environment.yml takes its packages from {others}, and not from the lock alone"


def marker_environment(python: str, sys_platform: str, os_name: str, system: str) -> dict[str, str]:
    return {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "sys_platform": sys_platform,
        "os_name": os_name,
        "platform_system": system,
    }


def undeclared(sources: Iterable[str], declared: Set[str]) -> set[str]:
    """The packages that Python sources import, and that `declared` does not name."""
    known = packages_distributions()
    modules = frozenset[str]().union(*map(_modules, sources))
    packages = {
        frozenset(canonicalize_name(each) for each in known.get(name, [name])) for name in modules
    }
    brought = {each for each, by in BROUGHT.items() if by in declared}
    return {min(each) for each in packages if not each & (declared | brought)}


@cache
def _modules(source: str) -> frozenset[str]:
    names = {
        name.partition(".")[0] for node in ast.walk(ast.parse(source)) for name in imported(node)
    }
    return frozenset(names - {*sys.stdlib_module_names, "helpers", "tests"})


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


@gate("declared", "declares every package that it imports")
def _declared(root: Path) -> Iterator[str]:
    pyproject = tomllib.loads(Setup.read(root).pyproject)
    declared, dev = (
        {canonicalize_name(Requirement(text).name) for text in texts if isinstance(text, str)}
        for texts in (runtime(pyproject), pyproject["dependency-groups"]["dev"])
    )
    plugin = root / "helpers" / "notebooks" / "pytest_plugin.py"
    helpers = [path for path in (root / "helpers").rglob("*.py") if path != plugin]
    cells = [
        cell.source
        for path in sorted((root / "notebooks").glob("*.ipynb"))
        for _, cell in Book.open(path, []).code
        if not cell.source.startswith("%")
    ]
    # Its programs have packages of their own.
    elsewhere = root / "tests" / "elsewhere"
    tests = [path for path in (root / "tests").rglob("*.py") if elsewhere not in path.parents]
    for package in undeclared([*_read(helpers), *cells], declared):
        yield f"{package} is imported; declare it in pyproject.toml, under dependencies"
    for package in undeclared(_read([plugin, *tests]), declared | dev):
        yield f"{package} is imported; declare it in pyproject.toml, in the group dev"


def _read(paths: Iterable[Path]) -> list[str]:
    return [path.read_text("utf-8") for path in paths]
