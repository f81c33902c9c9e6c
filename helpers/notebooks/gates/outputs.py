"""Gates on stored outputs: all there, of one run, and fit to be compared and read."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from helpers.notebooks.book import Book, tags, tree_of
from helpers.notebooks.compare import PICTURES, PLOT
from helpers.notebooks.gates.gate import gate

MAX_OUTPUT_LINES = 40
MIN_ALT_WORDS = 3


@gate("counts", "was run once from top to bottom: counts 1 to N, none missing")
def _counts(book: Book) -> Iterator[str]:
    # Also what catches a notebook stored without outputs, in which nbval compares nothing.
    for expected, (number, cell) in enumerate(book.code, 1):
        if cell.execution_count != expected:
            yield (
                f"cell {number}: execution count {cell.execution_count}, not {expected}; "
                "run `make refresh`"
            )
        for output in cell.outputs:
            if output.get("execution_count", expected) != expected:
                yield (
                    f"cell {number}: its result is numbered {output.execution_count}, "
                    f"not {expected}; run `make refresh`"
                )


@gate("errors", "has no error output; an expected failure is caught by its class and shown")
def _errors(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {number}: stored with {output.ename}; repair it, then `make refresh`"


@gate("prints", "shows something below every top-level print")
def _prints(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        tree = tree_of(cell)
        if tree is None or not any(_is_print(statement) for statement in tree.body):
            continue
        if not any(o.output_type == "stream" and o.name == "stdout" for o in cell.outputs):
            yield f"cell {number}: prints, but no output is stored; run `make refresh`"


def _is_print(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), keywords=keywords)):
            return not any(keyword.arg == "file" for keyword in keywords)
    return False


@gate("stderr", "writes to stderr only in a cell tagged stderr-ok:<reason>")
def _stderr(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        reasons = [tag.partition(":")[2] for tag in tags(cell) if tag.startswith("stderr-ok")]
        writes = any(o.output_type == "stream" and o.name == "stderr" for o in cell.outputs)
        if writes and not any(reasons):
            yield f"cell {number}: stderr; make it quiet, or tag the cell stderr-ok:<reason>"
        if reasons and not writes:
            yield f"cell {number}: tagged stderr-ok, but nothing is on stderr; drop the tag"


@gate("output length", f"has no output longer than {MAX_OUTPUT_LINES} lines")
def _output_length(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        for output in cell.outputs:
            longest = max((len(text.splitlines()) for text in _texts(output)), default=0)
            if longest > MAX_OUTPUT_LINES:
                yield f"cell {number}: an output of {longest} lines; show the part that matters"


@gate("pictures", "says of every picture what it shows, and tags as plot only what is one")
def _pictures(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        shown = [
            (output, mime)
            for output in cell.outputs
            for mime in PICTURES
            if mime in output.get("data", {})
        ]
        for output, mime in shown:
            metadata = output.metadata.get(mime, {})
            if len(str(metadata.get("alt", "")).split()) < MIN_ALT_WORDS:
                yield (
                    f"cell {number}: a picture without alt text; display it with the metadata"
                    f" {{{mime!r}: {{'alt': 'what it shows'}}}}, or a plot with helpers.plots.show"
                )
        if PLOT in tags(cell) and not shown:
            yield f"cell {number}: tagged {PLOT}, but it shows no picture; drop the tag"


OPT_OUTS = re.compile(r"#\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)|%%capture\b", re.IGNORECASE)
HIDES = ("source_hidden", "outputs_hidden")
OPT_OUT_TAGS = {"skip-execution", "raises-exception", "remove-output", "remove-cell"}


@gate("opt-outs", "has no cell that asks not to be checked")
def _opt_outs(book: Book) -> Iterator[str]:
    for number, cell in book.code:
        for tag in tags(cell):
            if tag in OPT_OUT_TAGS or tag.lower().replace("_", "-").startswith("nbval-"):
                yield f"cell {number}: tagged {tag}; drop the tag and make the output deterministic"
        hidden = cell.metadata.get("jupyter", {})
        if any(hidden.get(key) for key in HIDES) or cell.metadata.get("collapsed"):
            yield f"cell {number}: hides its source or its outputs from the reader; show them"
        if match := OPT_OUTS.search(cell.source):
            yield f"cell {number}: {match[0].strip()!r} hides output from the checks; take it out"


def _texts(output: NotebookNode) -> Iterator[str]:
    """What a reader sees as lines of text."""
    if output.output_type == "stream":
        yield output.text
    elif output.output_type == "error":
        yield "\n".join(output.traceback)
    else:
        yield from (
            output.data[mime] for mime in ("text/plain", "text/markdown") if mime in output.data
        )
