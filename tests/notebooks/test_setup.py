"""`pyproject.toml`, the lock and `environment.yml` agree, and a difference is noticed."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import packages_distributions
from itertools import product

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers.notebooks.gates import Book
from helpers.notebooks.registry import PROJECT, REGISTRY

PYTHONS = ("3.11.0", "3.11.9", "3.12.0", "3.13.0")
PLATFORMS = (("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"), ("win32", "nt", "Windows"))
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


@pytest.fixture(scope="module")
def setup() -> Setup:
    names = ("pyproject.toml", "requirements.lock", "environment.yml")
    return Setup(*((PROJECT / name).read_text(encoding="utf-8") for name in names))


def disagreements(setup: Setup) -> Iterator[str]:
    """One sentence for each place where the files are apart, or where the lock locks nothing."""
    pyproject = tomllib.loads(setup.pyproject)
    declared = [
        Requirement(text)
        for text in (*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"])
    ]
    pinned: dict[str, list[Requirement]] = {}
    for line in setup.lock.replace("\\\n", "").splitlines():
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
    yield from environment_disagreements(yaml.safe_load(setup.environment), pyproject)


def environment_disagreements(
    environment: dict[str, list[str | dict[str, list[str]]]], pyproject: dict[str, dict[str, str]]
) -> Iterator[str]:
    python, *others = environment["dependencies"]
    wanted = SpecifierSet(pyproject["project"]["requires-python"])
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


def test_the_files_agree(setup: Setup) -> None:
    assert list(disagreements(setup)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "noticed"),
    [
        ("pyproject", '"nbval>=', '"nbval>=9', "nbval>=9"),
        ("pyproject", '"nbval>=', '"flask>=1",\n"nbval>=', "flask>=1 is [] in the lock"),
        ("pyproject", '"ruff>=', '"black>=1",\n"ruff>=', "black>=1 is [] in the lock"),
        ("pyproject", 'requires-python = ">=3.11"', 'requires-python = ">=3.12"', "python>=3.12"),
        ("lock", "nbval==", "nbval2==", "nbval>="),
        ("lock", "nbval==", "nbval>=", "the lock does not pin nbval"),
        ("lock", "nbval==", "nbval==0.1.0\nnbval==", "the lock has no hash for nbval"),
        ("lock", "nbval==", "--index-url https://pypi.org/simple\nnbval==", "names a place"),
        ("lock", "nbval==", "nbval @ file:///nbval.whl\nnbval==", "names a place"),
        ("environment", "python>=3.11", "python>=3.10", "asks for python>=3.10"),
        ("environment", "requirements.lock", "other.txt", "other.txt"),
        ("environment", "  - pip\n", "  - pip\n  - numpy\n", "numpy"),
        ("environment", "      - --require-hashes\n", "", "not from the lock alone"),
    ],
)
def test_a_difference_is_noticed(setup: Setup, file: str, old: str, new: str, noticed: str) -> None:
    text = getattr(setup, file)
    assert old in text
    problems = list(disagreements(replace(setup, **{file: text.replace(old, new, 1)})))
    assert any(noticed in problem for problem in problems), problems


def undeclared(sources: Iterable[str], declared: set[str]) -> set[str]:
    """The packages that Python sources import, and that `declared` does not name."""
    known = packages_distributions()
    modules = {
        name
        for source in sources
        for node in ast.walk(ast.parse(source))
        for name in imported(node)
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "helpers", "tests"}
    }
    packages = {
        frozenset(canonicalize_name(each) for each in known.get(name.partition(".")[0], [name]))
        for name in modules
    }
    brought = {each for each, by in BROUGHT.items() if by in declared}
    return {min(each) for each in packages if not each & (declared | brought)}


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def test_what_is_imported_is_declared(setup: Setup) -> None:
    pyproject = tomllib.loads(setup.pyproject)
    runtime, dev = (
        {canonicalize_name(Requirement(text).name) for text in texts}
        for texts in (pyproject["project"]["dependencies"], pyproject["dependency-groups"]["dev"])
    )
    plugin = PROJECT / "helpers" / "notebooks" / "testing.py"
    helpers = {*(PROJECT / "helpers").rglob("*.py")} - {plugin}
    cells = [
        cell.source
        for path in sorted(REGISTRY.parent.glob("*.ipynb"))
        for _, cell in Book.open(path, []).code
        if not cell.source.startswith("%")
    ]
    assert not undeclared([*(path.read_text("utf-8") for path in helpers), *cells], runtime)
    tests = [plugin, *(PROJECT / "tests").rglob("*.py")]
    assert not undeclared((path.read_text("utf-8") for path in tests), runtime | dev)


def test_what_is_imported_and_not_declared_is_noticed() -> None:
    assert undeclared(["import numpy.linalg\nfrom PIL import Image"], {"numpy"}) == {"pillow"}
    assert undeclared(["import httpx"], set()) == {"httpx"}
