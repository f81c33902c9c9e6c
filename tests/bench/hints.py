"""Break the solutions of exercises in every small way, and see which hints that brings.

    python -m tests.bench.hints [--passes] [NOTEBOOK ...]

For each exercise: how many broken solutions there are, how many pass nevertheless, and for how
many of the others the hint is specific: it names what is wrong, the error, or what the server
said. The others are listed; with `--passes`, also what passed, for somebody to judge whether it is
as good as the solution. Exits with status 1 when less than 80 % of the hints are specific.
"""

from __future__ import annotations

import ast
import copy
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import click
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers.checks import CORRECT, NOT_YET, UNREADABLE
from helpers.notebooks.exercises import REMEMBER, RESTORE, Posed, posed
from helpers.notebooks.registry import Notebook, load, select

BOUND = 0.8
SECONDS = 20
UNSPECIFIC = NOT_YET + UNREADABLE

SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE,
    ast.LtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def broken(solution: str) -> Iterator[str]:
    """The solution with one thing changed, dropped or lost; each once."""
    tree = ast.parse(solution)
    seen = {ast.unparse(tree)}
    for position, _ in enumerate(ast.walk(tree)):
        for way in range(20):
            changed = copy.deepcopy(tree)
            if not _change(list(ast.walk(changed))[position], way):
                break
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                yield text


def _change(node: ast.AST, way: int) -> bool:
    """Change a node in the way of this number; False if there are not so many ways."""
    for body in ("body", "orelse"):
        statements = getattr(node, body, None)
        if isinstance(statements, list):
            if way < len(statements):
                statements[way] = ast.Pass()
                return True
            way -= len(statements)
    match node:
        case ast.Constant(value=bool() as value) if way == 0:
            node.value = not value
        case ast.Constant(value=int() | float() as value) if way < 2:
            node.value = (value + 1, 0)[way]
        case ast.Constant(value=str() as value) if way < 2:
            node.value = ("", value + "x")[way]
        case ast.BinOp() | ast.BoolOp() if way == 0 and type(node.op) in SWAPPED:
            node.op = SWAPPED[type(node.op)]()
        case ast.Compare() if way == 0:
            node.ops = [SWAPPED[type(op)]() for op in node.ops]
        case ast.If() | ast.While() if way == 0:
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Return() if way == 0:
            node.value = None
        case ast.Dict() if way < len(node.keys):
            del node.keys[way], node.values[way]
        case ast.List() if way < len(node.elts):
            del node.elts[way]
        case ast.Call():
            return _change_call(node, way)
        case _:
            return False
    return True


def _change_call(call: ast.Call, way: int) -> bool:
    """Leave out an argument, give None for it, or exchange the first two."""
    arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if way < len(arguments):
        call.args = [each for each in call.args if each is not arguments[way]]
        call.keywords = [each for each in call.keywords if each is not arguments[way]]
        return True
    way -= len(arguments)
    if way < len(arguments):
        given = arguments[way]
        if isinstance(given, ast.keyword):
            given.value = ast.Constant(None)
        else:
            call.args[call.args.index(given)] = ast.Constant(None)
        return True
    if way == len(arguments) and len(call.args) > 1:
        call.args[:2] = call.args[1::-1]
        return True
    return False


class Lesson:
    """A notebook that is run in this process, to answer its exercises."""

    def __init__(self, notebook: Notebook) -> None:
        self.stored = nbformat.read(notebook.path, 4)
        self.shell = InteractiveShell.instance()
        for cell in self.stored.cells:
            if cell.cell_type == "code":
                self._run(cell.source)
        self._run(REMEMBER)

    def verdict(self, exercise: Posed, code: str) -> str:
        self._run(RESTORE + code)
        return " ".join(self._run(exercise.check).split())

    def _run(self, code: str) -> str:
        signal.alarm(SECONDS)
        try:
            with capture_output() as captured:
                self.shell.run_cell(code, store_history=True)
        finally:
            signal.alarm(0)
        return str(captured.stdout)


def measured(notebook: Notebook, *, passes: bool) -> bool:
    """Print what is found in a notebook; whether all its exercises keep the bound."""
    lesson, kept = Lesson(notebook), True
    for exercise in posed(lesson.stored):
        said = {code: lesson.verdict(exercise, code) for code in broken(exercise.solution)}
        passed = [code for code, verdict in said.items() if verdict.startswith(CORRECT)]
        failed = {code: verdict for code, verdict in said.items() if code not in passed}
        vague = [
            code
            for code, verdict in failed.items()
            if verdict.startswith(UNSPECIFIC) or not verdict.startswith(NOT_YET)
        ]
        share = 1 - len(vague) / len(failed) if failed else 1.0
        kept = kept and share >= BOUND
        print(
            f"{notebook.name} {exercise.id}: {len(said)} broken, {len(passed)} pass;"
            f" {share:.0%} of {len(failed)} hints are specific"
        )
        for code in vague + (passed if passes else []):
            print("   ", _difference(exercise.solution, code), "->", said[code][:140])
    return kept


def _difference(solution: str, code: str) -> str:
    """The lines of the broken solution that are not in the solution, or that it has lost."""
    old, new = ast.unparse(ast.parse(solution)).splitlines(), code.splitlines()
    lines = [line.strip() for line in new if line not in old and line.strip() != "pass"]
    return " / ".join(lines) or "without " + " / ".join(
        line.strip() for line in old if line not in new
    )


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("--passes", is_flag=True, help="List what passes as well.")
def main(names: tuple[str, ...], passes: bool) -> None:
    notebooks = select(names, load())
    if len(notebooks) > 1:
        # Each in a process of its own, as a kernel is.
        options = ["--passes"] if passes else []
        command = [sys.executable, "-m", "tests.bench.hints", *options]
        ended = [subprocess.run([*command, each.name], check=False) for each in notebooks]
        sys.exit(max(each.returncode for each in ended))
    (notebook,) = notebooks
    os.environ["CLARIFAI_BACKEND"] = "mock"
    os.chdir(notebook.path.parent)
    # A broken loop may not end.
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    sys.exit(0 if measured(notebook, passes=passes) else 1)


if __name__ == "__main__":
    main()
