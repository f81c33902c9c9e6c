"""Whether every test that is written is one that pytest runs, and can fail."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.repository.gate import gate

# Why a test may be left out: what the system lacks, and nothing else.
REASONS = ("sys.platform", "AVAILABLE", "geteuid", "which(", "hasattr(", "version_info")
NEVER = ("xfail", "skip")
COLLECTS = ("collect_ignore", "collect_ignore_glob", "__test__", "pytest_ignore_collect")


@gate("tests collected", "runs every test that is written, and each can fail")
def _uncollected(root: Path) -> Iterator[str]:
    for path in sorted((root / "tests").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        yield from (f"{name}: {problem}" for problem in _problems(path.name, text))


@cache
def _problems(name: str, text: str) -> list[str]:
    """Kept: a broken copy of the repository differs in one file from the sound one."""
    tree = ast.parse(text)
    return [*_left_out(tree), *(_uncalled(tree) if name.startswith("test_") else ())]


def _left_out(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Attribute(ast.Name("pytest"), "mark"), attr=attr) if (
                attr in NEVER
            ):
                yield f"line {node.lineno}: {attr}; mend the test, or delete it"
            case ast.Call(func=ast.Attribute(attr="skipif"), args=[reason, *_]):
                if not any(known in ast.unparse(reason) for known in REASONS):
                    yield f"line {node.lineno}: skipped where {ast.unparse(reason)}"
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) if (
                name in COLLECTS
            ):
                yield f"line {node.lineno}: {name} keeps tests from being collected"


def _uncalled(tree: ast.Module) -> Iterator[str]:
    """Functions that are neither tests nor fixtures, and that nothing in the file names."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        others = [d for d in node.decorator_list if "pytest.mark" not in ast.unparse(d)]
        called = node.name.startswith(("test_", "pytest_")) or node.name in used or others
        if not called and any(isinstance(part, ast.Assert) for part in ast.walk(node)):
            yield f"line {node.lineno}: {node.name} asserts, and nothing calls it"
