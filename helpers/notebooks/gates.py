"""Gates: what every committed notebook promises, each as a check that can fail.

A gate reads the notebook as it is stored; nothing is executed. It returns its problems, each with
the cell (counted from 1, prose included) and what to do. `tests/mutants/` breaks notebooks on
purpose and shows that the gate named there notices.
"""

import ast
import itertools
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, reader

from helpers.notebooks.registry import Notebook

SETUP = "from helpers import use_endpoint\nuse_endpoint()"
ENDING = ["Summary", "Your turn", "In practice", "Next"]
OPENING = ["What you'll do", "What you'll learn", "What you'll need"]
MAX_CELL_LINES = 25
MAX_MEDIAN_LINES = 6
MAX_OUTPUT_LINES = 40


Check = Callable[[NotebookNode, Path, Sequence[Notebook]], Iterator[str]]


@dataclass(frozen=True)
class Gate:
    """A named promise. `check(notebook, path, registry)` gives one sentence for each breach."""

    name: str
    promise: str
    check: Check


GATES: dict[str, Gate] = {}


def gate(name: str, promise: str) -> Callable[[Check], Check]:
    """Register a check under `name`."""

    def register(check: Check) -> Check:
        GATES[name] = Gate(name, promise, check)
        return check

    return register


def problems(
    notebook: NotebookNode, path: Path, registry: Sequence[Notebook]
) -> dict[str, list[str]]:
    """The problems of one notebook by the name of the gate; an empty dict when there is none."""
    found = {
        gate.name: [f"{path.name}: {text}" for text in gate.check(notebook, path, registry)]
        for gate in GATES.values()
    }
    return {name: texts for name, texts in found.items() if texts}


def missing(folder: Path, registry: Sequence[Notebook]) -> list[str]:
    """Registered notebooks that are not in `folder`: the other half of the gate "listed"."""
    return [
        f"{entry.path.name}: in the registry, but not on disk; add it or take its entry out"
        for entry in registry
        if not (folder / entry.path.name).is_file()
    ]


def read(path: Path) -> NotebookNode:
    """A notebook as it is on disk: unlike `nbformat.read`, without repairs of its cell ids."""
    notebook: NotebookNode = reader.reads(path.read_text(encoding="utf-8"))
    return notebook


# --- What the gates look at -----------------------------------------------------------------------

Numbered = Iterator[tuple[int, NotebookNode]]


def _code(notebook: NotebookNode) -> Numbered:
    return ((n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code")


def _prose(notebook: NotebookNode) -> Numbered:
    return ((n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "markdown")


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def _tree(cell: NotebookNode) -> ast.Module | None:
    """The cell's syntax tree, `%magics` and `!commands` included; None if it is not Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError:
        return None


def _nodes(notebook: NotebookNode) -> Iterator[tuple[int, ast.AST]]:
    for number, cell in _code(notebook):
        tree = _tree(cell)
        if tree is not None:
            yield from ((number, node) for node in ast.walk(tree))


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for part in value.values() for text in _strings(part))
        case list():
            yield from (text for part in value for text in _strings(part))


def _lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.strip()]


def _output_texts(output: NotebookNode) -> Iterator[str]:
    """What JupyterLab shows of an output as text: a stream, or its plain representation."""
    if output.output_type == "stream":
        yield output.text
    elif output.output_type == "error":
        yield "\n".join(output.traceback)
    else:
        yield from (text for mime, text in output.data.items() if mime.startswith("text/"))


FENCE = re.compile(r"\s*(```|~~~)")
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")


@dataclass(frozen=True)
class _Block:
    """One line of prose, one fenced block, or one code cell, in reading order."""

    cell: int
    kind: str  # "heading", "text" or "code"
    text: str = ""
    level: int = 0


def _blocks(notebook: NotebookNode) -> Iterator[_Block]:
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown":
            yield _Block(number, "code")
            continue
        fenced = False
        for line in cell.source.splitlines():
            if FENCE.match(line):
                fenced = not fenced
                if fenced:
                    yield _Block(number, "code")
            elif not fenced and (heading := HEADING.match(line)):
                yield _Block(number, "heading", heading[2], len(heading[1]))
            elif not fenced and line.strip():
                yield _Block(number, "text", line)


def _headings(notebook: NotebookNode) -> list[_Block]:
    return [block for block in _blocks(notebook) if block.kind == "heading"]


# --- Registry and file ----------------------------------------------------------------------------


@gate("listed", "is in the registry, and the registry's notebooks are on disk")
def _listed(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    if path.name not in [entry.path.name for entry in registry]:
        yield "not in notebooks/registry.toml; list it there, or delete it"


@gate("file name", "has a two-digit prefix and a lowercase snake_case name")
def _file_name(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    if not re.fullmatch(r"\d\d(_[a-z0-9]+)+\.ipynb", path.name):
        yield "rename it like 02_basic_inference.ipynb"


@gate("title", "begins with its only H1, which is the registry's title")
def _title(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    headings = _headings(notebook)
    first = next(_blocks(notebook), None)
    if first is None or first.kind != "heading" or first.level != 1:
        yield "cell 1 has to begin with the title, as '# Call a tool'"
        return
    for block in headings[1:]:
        if block.level == 1:
            yield f"cell {block.cell}: a second H1 ({block.text!r}); use '##'"
    for entry in registry:
        if entry.path.name == path.name and entry.title != first.text:
            yield f"cell 1: title {first.text!r}, in the registry {entry.title!r}; make them one"


@gate("cell ids", "has one stable id for each cell")
def _cell_ids(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells, 1):
        identity = cell.get("id")
        if not identity:
            yield f"cell {number}: no id; save it as nbformat 4.5 or newer"
        elif identity in seen:
            yield f"cell {number}: the same id as cell {seen[identity]} ({identity}); change one"
        else:
            seen[identity] = number


@gate("kernel", "asks for the kernel python3, which everyone has")
def _kernel(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    spec = notebook.metadata.get("kernelspec", {})
    wanted = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    for key, value in wanted.items():
        if spec.get(key) != value:
            yield f"metadata.kernelspec.{key} is {spec.get(key)!r}; set {value!r}"


@gate("timestamps", "keeps no execution times, which would change on every run")
def _timestamps(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for where, metadata in [
        ("notebook", notebook.metadata),
        *((f"cell {n}", cell.metadata) for n, cell in enumerate(notebook.cells, 1)),
    ]:
        for key in ("execution", "ExecuteTime", "papermill"):
            if key in metadata:
                yield f"{where}: metadata.{key}; run `make refresh`"


# An id that the endpoint makes up may be 32 hexadecimal characters as well; a PAT has no prefix.
HEX_32 = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32}(?![0-9A-Za-z])")
HEX_IS_PUBLIC = re.compile(r"(/versions/|\bchatcmpl-(tool-)?|\bcall_)$")
KEYS = [
    (re.compile(r"\b(?:Bearer|Key)\s+(?=[^\s\"']*\d)[\w.~+/-]{12,}"), "an Authorization header"),
    (re.compile(r"\b(?:sk|pk|hf|xai|gsk)[-_](?=[\w-]*\d)[\w-]{16,}"), "an API key"),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_)\w{20,}"), "a GitHub token"),
    (re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}"), "a JSON web token"),
]


@gate("keys", "holds nothing that is shaped like a key, in sources, outputs or metadata")
def _keys(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for where, text in [
        *(("notebook metadata", text) for text in _strings(notebook.metadata)),
        *(
            (f"cell {n}", text)
            for n, cell in enumerate(notebook.cells, 1)
            for text in _strings(cell)
        ),
    ]:
        for match in HEX_32.finditer(text):
            placeholder = set(match[0]) == {"0"}
            if not placeholder and not HEX_IS_PUBLIC.search(text[: match.start()]):
                # The key itself stays out of the message: it would end up in a build log.
                yield f"{where}: 32 hexadecimal characters, like a PAT; revoke it, then remove it"
        for pattern, what in KEYS:
            for match in pattern.finditer(text):
                if not re.search(r"0{32}", match[0]):
                    yield f"{where}: what looks like {what}; revoke it, then remove it"


# --- Outputs --------------------------------------------------------------------------------------


@gate("counts", "was run once from top to bottom: counts 1 to N, none missing")
def _counts(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    # Also what catches a notebook stored without outputs, in which nbval compares nothing.
    for expected, (number, cell) in enumerate(_code(notebook), 1):
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
def _errors(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for number, cell in _code(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {number}: stored with {output.ename}; repair it, then `make refresh`"


@gate("prints", "shows something below every top-level print")
def _prints(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for number, cell in _code(notebook):
        tree = _tree(cell)
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
def _stderr(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for number, cell in _code(notebook):
        reasons = [tag.partition(":")[2] for tag in _tags(cell) if tag.startswith("stderr-ok")]
        writes = any(o.output_type == "stream" and o.name == "stderr" for o in cell.outputs)
        if writes and not any(reasons):
            yield f"cell {number}: stderr; make it quiet, or tag the cell stderr-ok:<reason>"
        if reasons and not writes:
            yield f"cell {number}: tagged stderr-ok, but nothing is on stderr; drop the tag"


@gate("output length", f"has no output longer than {MAX_OUTPUT_LINES} lines")
def _output_length(
    notebook: NotebookNode, path: Path, registry: Sequence[Notebook]
) -> Iterator[str]:
    for number, cell in _code(notebook):
        for output in cell.outputs:
            longest = max((len(text.splitlines()) for text in _output_texts(output)), default=0)
            if longest > MAX_OUTPUT_LINES:
                yield f"cell {number}: an output of {longest} lines; show the part that matters"


OPT_OUTS = re.compile(r"#\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)|%%capture\b", re.IGNORECASE)
OPT_OUT_TAGS = {"skip-execution", "raises-exception", "remove-output", "remove-cell"}


@gate("opt-outs", "has no cell that asks not to be checked")
def _opt_outs(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for number, cell in _code(notebook):
        for tag in _tags(cell):
            if tag in OPT_OUT_TAGS or tag.lower().replace("_", "-").startswith("nbval-"):
                yield f"cell {number}: tagged {tag}; drop the tag and make the output deterministic"
        if match := OPT_OUTS.search(cell.source):
            yield f"cell {number}: {match[0].strip()!r} hides output from the checks; take it out"


# --- Code -----------------------------------------------------------------------------------------


@gate(
    "setup", "chooses the backend in the setup cell, the same in every notebook, before any client"
)
def _setup(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    cells = [n for n, cell in _code(notebook) if "\n".join(_lines(cell.source)) == SETUP]
    if len(cells) != 1:
        yield f"{len(cells)} setup cells; one code cell has to be exactly\n{SETUP}"
        return
    for number, node in _nodes(notebook):
        match node:
            case ast.Name(id="use_endpoint") if number != cells[0]:
                yield f"cell {number}: a second use_endpoint(); the setup cell has chosen already"
            case ast.Import(names=[ast.alias(name=module)]) | ast.ImportFrom(module=module):
                if number < cells[0] and str(module).split(".")[0] in ("openai", "clarifai"):
                    yield f"cell {number}: imports {module} before the setup cell; move it down"


@gate("python", "is Python that parses, with no empty code cell")
def _python(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for number, cell in _code(notebook):
        if not cell.source.strip():
            yield f"cell {number}: empty; delete it"
        elif _tree(cell) is None:
            yield f"cell {number}: does not parse as Python; repair it"


@gate("cell length", f"keeps code cells within {MAX_CELL_LINES} lines, median {MAX_MEDIAN_LINES}")
def _cell_length(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    lengths = []
    for number, cell in _code(notebook):
        lengths.append(len(_lines(cell.source)))
        if lengths[-1] > MAX_CELL_LINES:
            yield f"cell {number}: {lengths[-1]} lines; split it"
    if lengths and statistics.median(lengths) > MAX_MEDIAN_LINES:
        yield f"median length of code cells {statistics.median(lengths)}; split the long ones"


@gate("model", "sets MODEL once, in the cell tagged parameters")
def _model(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    setters = [
        number
        for number, node in _nodes(notebook)
        if isinstance(node, ast.Name) and node.id == "MODEL" and isinstance(node.ctx, ast.Store)
    ]
    for number in setters[1:]:
        yield f"cell {number}: MODEL is set again; use another name for another model"
    for number in setters[:1]:
        if "parameters" not in _tags(notebook.cells[number - 1]):
            yield f"cell {number}: sets MODEL, but is not tagged parameters; tag it"


@gate("broad except", "catches an expected failure by its class, never every exception")
def _broad_except(
    notebook: NotebookNode, path: Path, registry: Sequence[Notebook]
) -> Iterator[str]:
    for number, node in _nodes(notebook):
        match node:
            case (
                ast.ExceptHandler(type=None)
                | ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException"))
            ):
                yield f"cell {number}: catches everything; name the class that is expected"


@gate("eval", "reads data with a parser, never with eval or exec")
def _eval(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    for number, node in _nodes(notebook):
        match node:
            case ast.Call(func=ast.Name(id="eval" | "exec" as name)):
                yield f"cell {number}: {name}(); parse with json.loads and validate instead"


# --- Prose ----------------------------------------------------------------------------------------


@gate("opening", "says before any code what the reader will do, learn and need")
def _opening(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    before = itertools.takewhile(lambda cell: cell.cell_type == "markdown", notebook.cells)
    text = "\n".join(cell.source for cell in before).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for heading in OPENING:
        if heading not in text:
            yield f"{heading!r} is missing before the first code cell; add it"


@gate("objectives", "lists the registry's objectives, and sums up each of them in order")
def _objectives(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    learn = "\n".join(cell.source for _, cell in _prose(notebook)).partition(OPENING[1])[2]
    listed = _bullets(learn.partition(OPENING[2])[0].splitlines())
    section = itertools.dropwhile(lambda block: block.text != ENDING[0], _blocks(notebook))
    summary = itertools.takewhile(
        lambda block: block.kind == "text", itertools.islice(section, 1, None)
    )
    points = _bullets(block.text for block in summary)
    for entry in registry:
        objectives = [objective.text for objective in entry.objectives]
        if entry.path.name == path.name and listed != objectives:
            yield f"{OPENING[1]}: {listed}, in the registry {objectives}; make them one"
        if entry.path.name == path.name and len(points) != len(objectives):
            yield f"{ENDING[0]}: {len(points)} points for {len(objectives)} objectives; one each"


def _bullets(lines: Iterable[str]) -> list[str]:
    return [line[2:].strip() for line in lines if line.startswith(("- ", "* "))]


@gate("prose", "has prose between any two code cells")
def _prose_between(
    notebook: NotebookNode, path: Path, registry: Sequence[Notebook]
) -> Iterator[str]:
    for number, (cell, after) in enumerate(itertools.pairwise(notebook.cells), 1):
        if cell.cell_type == after.cell_type == "code":
            yield f"cells {number} and {number + 1}: say between them what comes next and why"
    for number, cell in _prose(notebook):
        if not cell.source.strip():
            yield f"cell {number}: empty; write a sentence, or delete it"


@gate("headings", "follows every heading with a sentence before any code")
def _sentence_after(
    notebook: NotebookNode, path: Path, registry: Sequence[Notebook]
) -> Iterator[str]:
    blocks = list(_blocks(notebook))
    for position, block in enumerate(blocks):
        following = (b.kind for b in blocks[position + 1 :] if b.kind != "heading")
        if block.kind == "heading" and next(following, "code") == "code":
            yield f"cell {block.cell}: no sentence follows the heading {block.text!r}; write one"


@gate("ending", f"ends with the sections {', '.join(ENDING)}")
def _ending(notebook: NotebookNode, path: Path, registry: Sequence[Notebook]) -> Iterator[str]:
    sections = [block.text for block in _headings(notebook) if block.level == 2]
    if sections[-len(ENDING) :] != ENDING:
        yield f"its last sections are {sections[-len(ENDING) :]}; end with {ENDING}"
