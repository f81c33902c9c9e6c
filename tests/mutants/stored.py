"""Ways to break a notebook that show in its file, without running it."""

import re
from collections.abc import Callable
from dataclasses import replace

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from helpers.notebooks import statements
from helpers.notebooks.book import tags
from helpers.notebooks.gates import Book
from helpers.notebooks.registry import Objective
from tests.mutants import Mutants

MUTANTS: Mutants[Callable[[Book], object]] = Mutants("a notebook's file")
mutant = MUTANTS.mutant


def ran(source: str, *outputs: NotebookNode, tags: list[str] | None = None) -> NotebookNode:
    """A code cell that was run."""
    metadata = {"tags": tags} if tags else {}
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def stream(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def code_of(book: Book) -> list[NotebookNode]:
    return [cell for _, cell in book.code]


def append(book: Book, *cells: NotebookNode) -> None:
    """Add prose and `cells` at the end, counted as if they had been run with the rest."""
    for cell in cells:
        book.notebook.cells += [new_markdown_cell("Now see."), cell]
        cell.execution_count = len(code_of(book))
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count


# --- Registry and file ----------------------------------------------------------------------------


@mutant("unlisted", caught_by="listed")
def _(book: Book) -> None:
    book.registry = [entry for entry in book.registry if entry.path.name != book.path.name]


@mutant("prose still to be written", caught_by="finished")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\nTODO: say where to go on."


@mutant("an objective still to be written", caught_by="finished")
def _(book: Book) -> None:
    objective = Objective("later", "TODO: write what a reader can do")
    book.registry = [replace(entry, objectives=(objective,)) for entry in book.registry]


@mutant("named with spaces and capitals", caught_by="file name")
def _(book: Book) -> None:
    book.path = book.path.with_name("Call a tool.ipynb")


@mutant("another title than in the registry", caught_by="title")
def _(book: Book) -> None:
    _, _, rest = book.notebook.cells[0].source.partition("\n")
    book.notebook.cells[0].source = f"# Something else\n{rest}"


@mutant("two titles", caught_by="title")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\n# Another title\n\nText."


@mutant("no title", caught_by="title")
def _(book: Book) -> None:
    book.notebook.cells[0].source = "Text.\n\n" + book.notebook.cells[0].source


@mutant("a cell without an id", caught_by="cell ids")
def _(book: Book) -> None:
    del book.notebook.cells[1]["id"]


@mutant("two cells with one id", caught_by="cell ids")
def _(book: Book) -> None:
    book.notebook.cells[1].id = book.notebook.cells[0].id


@mutant("a private kernel", caught_by="kernel")
def _(book: Book) -> None:
    book.notebook.metadata.kernelspec.name = "my-venv"


@mutant("no kernel", caught_by="kernel")
def _(book: Book) -> None:
    del book.notebook.metadata["kernelspec"]


@mutant("execution times of JupyterLab", caught_by="timestamps")
def _(book: Book) -> None:
    code_of(book)[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}


@mutant("execution times of papermill", caught_by="timestamps")
def _(book: Book) -> None:
    book.notebook.metadata["papermill"] = {"duration": 1.5}


# Put together at run time: this file is not to hold what the gate looks for.
PAT = "0123456789abcdef" * 2


@mutant("a PAT in a cell", caught_by="keys")
def _(book: Book) -> None:
    code_of(book)[0].source += f'\napi_key = "{PAT}"'


@mutant("a PAT on a line of its own in an output", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran("print(pat)", stream(f"Your PAT:\n{PAT}\n")))


@mutant("a PAT in a result", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran("pat", new_output("execute_result", data={"text/plain": repr(PAT)})))


@mutant("the beginning of the key shown", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran('print(os.environ["CLARIFAI_PAT"][:8])', stream("00000000\n")))


@mutant("the end of the key shown", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran('print(os.environ["CLARIFAI_PAT"][-4:])', stream("0000\n")))


@mutant("a PAT in prose", caught_by="keys")
def a_pat_in_prose(book: Book) -> None:
    book.notebook.cells[0].source += f"\n\nUse {PAT}."


@mutant("a PAT in the metadata", caught_by="keys")
def _(book: Book) -> None:
    book.notebook.metadata["parameters"] = {"pat": PAT}


@mutant("a bearer token in an output", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran("print(headers)", stream("Authorization: Bearer a1B2" + "c3D4" * 4)))


@mutant("a cloud's key in an output", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran("print(login)", stream("AKIA" + "Q7" * 8)))


@mutant("an OpenAI key in a cell", caught_by="keys")
def _(book: Book) -> None:
    code_of(book)[0].source += '\napi_key = "sk-' + "proj-a1B2c3D4" * 2 + '"'


# --- Outputs --------------------------------------------------------------------------------------


@mutant("stored without outputs", caught_by="counts")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.execution_count = None
        cell.outputs = []


@mutant("counts out of order", caught_by="counts")
def _(book: Book) -> None:
    first, second = code_of(book)[:2]
    first.execution_count, second.execution_count = second.execution_count, first.execution_count


@mutant("run twice in one kernel", caught_by="counts")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.execution_count += len(code_of(book))


@mutant("one cell not run", caught_by="counts")
def _(book: Book) -> None:
    code_of(book)[-1].execution_count = None


@mutant("a result from another run", caught_by="counts")
def _(book: Book) -> None:
    append(book, ran("1", new_output("execute_result", data={"text/plain": "1"})))
    code_of(book)[-1].outputs[0].execution_count = 99


@mutant("stored with an error", caught_by="errors")
def _(book: Book) -> None:
    error = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])
    append(book, ran('raise ValueError("no")', error, tags=["raises-exception"]))


@mutant("a print without output", caught_by="prints")
def _(book: Book) -> None:
    append(book, ran("print(1)"))


@mutant("a print whose output is only on stderr", caught_by="prints")
def _(book: Book) -> None:
    append(book, ran("print(1)", stream("1\n", "stderr"), tags=["stderr-ok:test"]))


@mutant("a warning", caught_by="stderr")
def _(book: Book) -> None:
    code_of(book)[0].outputs.append(stream("DeprecationWarning: soon gone\n", "stderr"))


@mutant("stderr tagged without a reason", caught_by="stderr")
def _(book: Book) -> None:
    append(book, ran("warn()", stream("no\n", "stderr"), tags=["stderr-ok:"]))


@mutant("an output of 41 lines", caught_by="output length")
def _(book: Book) -> None:
    append(book, ran("print(text)", stream("line\n" * 41)))


@mutant("a picture without alt text", caught_by="pictures")
def _(book: Book) -> None:
    append(book, ran("show(figure)", new_output("display_data", data={"image/png": "AAAA"})))


@mutant("a picture whose alt text is its name", caught_by="pictures")
def _(book: Book) -> None:
    metadata = {"image/png": {"alt": "plot.png"}}
    picture = new_output("display_data", data={"image/png": "AAAA"}, metadata=metadata)
    append(book, ran("show(figure)", picture))


@mutant("text whose cell is tagged plot", caught_by="pictures")
def _(book: Book) -> None:
    append(book, ran("print(1)", stream("1\n"), tags=["plot"]))


@mutant("a comment that switches the comparison off", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[-1].source = f"# NBVAL_IGNORE_OUTPUT\n{code_of(book)[-1].source}"


@mutant("a tag that skips a cell", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[-1].metadata["tags"] = ["nbval-skip"]


@mutant("a cell that may raise", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[-1].metadata["tags"] = ["raises-exception"]


@mutant("a cell that throws its output away", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[-1].source = f"%%capture\n{code_of(book)[-1].source}"


# --- Code -----------------------------------------------------------------------------------------


@mutant("another setup cell", caught_by="setup")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.source = cell.source.replace("use_endpoint()", 'use_endpoint("mock")')


@mutant("a backend chosen twice", caught_by="setup")
def _(book: Book) -> None:
    append(book, ran('use_endpoint("live")'))


@mutant("a client before the backend is chosen", caught_by="setup")
def _(book: Book) -> None:
    book.notebook.cells[1:1] = [ran("from openai import OpenAI"), new_markdown_cell("Set up.")]


@mutant("an empty code cell", caught_by="python")
def _(book: Book) -> None:
    append(book, ran(" \n"))


@mutant("code that does not parse", caught_by="python")
def _(book: Book) -> None:
    append(book, ran("print(1"))


@mutant("a cell of 26 lines", caught_by="cell length")
def _(book: Book) -> None:
    append(book, ran("\n".join(f"a = {n}" for n in range(26))))


@mutant("long cells throughout", caught_by="cell length")
def _(book: Book) -> None:
    for cell in code_of(book)[1:]:
        cell.source = "\n".join(f"a = {n}" for n in range(7))


@mutant("MODEL set a second time", caught_by="model")
def _(book: Book) -> None:
    append(book, ran('MODEL = "a"', tags=["parameters"]), ran('MODEL = "b"'))


@mutant("MODEL set where no parameter reaches it", caught_by="model")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.metadata["tags"] = []
    append(book, ran('MODEL = "a"'))


@mutant("the model named again in a request", caught_by="model")
def _(book: Book) -> None:
    named = next((cell.source for cell in code_of(book) if "\nMODEL = " in cell.source), "")
    if not named:
        # One that is about several models has no MODEL yet.
        named = "\nMODEL = 'openai/chat-completion/models/gpt-4o'\n"
        append(book, ran(named, tags=["parameters"]))
    model = named.partition("MODEL = ")[2].partition("\n")[0]
    append(book, ran(f"client.chat.completions.create(model={model}, messages=messages)"))


@mutant("a tag that nothing knows", caught_by="tags")
def _(book: Book) -> None:
    append(book, ran("1", tags=["objektive:reply"]))


@mutant("a tag without what it is to name", caught_by="tags")
def _(book: Book) -> None:
    append(book, ran("1", tags=["objective:"]))


@mutant("the address of another company, where none is set", caught_by="endpoint")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.source = cell.source.replace("https://api.clarifai.com", "https://api.openai.com")


@mutant("an address without its version, where none is set", caught_by="endpoint")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.source = cell.source.replace("/ext/openai/v1", "/ext/openai")


@mutant("a text in the place of a key, where none is set", caught_by="endpoint")
def _(book: Book) -> None:
    append(book, ran('key = os.environ.get("CLARIFAI_PAT", "none")'))


@mutant("a code cell made raw", caught_by="cell types")
def _(book: Book) -> None:
    code_of(book)[-1].cell_type = "raw"


@mutant("a code cell made prose", caught_by="cell types")
def _(book: Book) -> None:
    code_of(book)[0].cell_type = "markdown"


@mutant("outputs that are hidden", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[0].metadata["jupyter"] = {"outputs_hidden": True}


@mutant("a cell that is collapsed", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[0].metadata["collapsed"] = True


@mutant("every exception caught", caught_by="broad except")
def _(book: Book) -> None:
    append(book, ran("try:\n    call()\nexcept Exception as error:\n    print(error)"))


@mutant("every exception caught, among others", caught_by="broad except")
def _(book: Book) -> None:
    append(book, ran("try:\n    call()\nexcept (KeyError, Exception):\n    pass"))


@mutant("a bare except", caught_by="broad except")
def _(book: Book) -> None:
    append(book, ran("try:\n    call()\nexcept:\n    pass"))


@mutant("a failure that is caught without a word", caught_by="swallowed")
def _(book: Book) -> None:
    append(book, ran("try:\n    call()\nexcept KeyError:\n    pass"))


@mutant("a failure that is suppressed", caught_by="swallowed")
def _(book: Book) -> None:
    source = "import contextlib\n\nwith contextlib.suppress(Exception):\n    call()"
    append(book, ran(source))


@mutant("arguments read with eval by another name", caught_by="eval")
def _(book: Book) -> None:
    append(book, ran("read = eval\nread(call.function.arguments)"))


@mutant("arguments read as Python", caught_by="eval")
def _(book: Book) -> None:
    append(book, ran("import ast\nast.literal_eval(call.function.arguments)"))


@mutant("arguments read with eval", caught_by="eval")
def _(book: Book) -> None:
    append(book, ran("arguments = eval(call.function.arguments)"))


# --- Prose ----------------------------------------------------------------------------------------


@mutant("nothing about what the reader will learn", caught_by="opening")
def _(book: Book) -> None:
    for cell in book.notebook.cells:
        cell.source = cell.source.replace("What you", "What they")


@mutant("another objective than in the registry", caught_by="objectives")
def _(book: Book) -> None:
    cell = next(c for c in book.notebook.cells if "What you'll learn" in c.source)
    cell.source = cell.source.replace("\n- ", "\n- Understand how to ")


@mutant("an objective that the summary leaves out", caught_by="objectives")
def _(book: Book) -> None:
    cell = next(c for c in book.notebook.cells if "## Summary\n" in c.source)
    cell.source = cell.source.rpartition("\n- ")[0]


@mutant("two code cells without prose between", caught_by="prose")
def _(book: Book) -> None:
    position = book.notebook.cells.index(code_of(book)[0])
    book.notebook.cells.insert(position + 1, ran("a = 1"))


@mutant("an empty prose cell", caught_by="prose")
def _(book: Book) -> None:
    book.notebook.cells.insert(1, new_markdown_cell(" "))


@mutant("code right after a heading", caught_by="headings")
def _(book: Book) -> None:
    position = book.notebook.cells.index(code_of(book)[-1])
    book.notebook.cells.insert(position, new_markdown_cell("## A heading"))


@mutant("a fenced block right after a heading", caught_by="headings")
def _(book: Book) -> None:
    book.notebook.cells.insert(1, new_markdown_cell("## A heading\n\n```\n# code\n```"))


@mutant("a section without a word", caught_by="headings")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\n### Nothing"


@mutant("no exercises", caught_by="ending")
def _(book: Book) -> None:
    for cell in book.notebook.cells:
        cell.source = cell.source.replace("## Your turn", "### Your turn")


def build_on(book: Book, name: str, below: str = "") -> None:
    """Have the first section say, right below its heading or later, what it builds on."""
    title = next(block.text for block in book.headings if block.level == 2)
    heading = f"## {title}\n\n"
    cell = next(each for each in book.notebook.cells if heading in each.source)
    cell.source = cell.source.replace(heading, f"{heading}{below}*Builds on {name}.*\n\n", 1)


@mutant("a section that builds on one below it", caught_by="sections")
def _(book: Book) -> None:
    build_on(book, "[Next](#Next)")


@mutant("a section that builds on none that there is", caught_by="sections")
def _(book: Book) -> None:
    build_on(book, "[One](#One)")


@mutant("a section that builds on one without a link", caught_by="sections")
def _(book: Book) -> None:
    build_on(book, "the last notebook")


@mutant("a section that says late what it builds on", caught_by="sections")
def _(book: Book) -> None:
    build_on(book, "[Ask](#Ask)", below="First this.\n\n")


@mutant("a section after the last", caught_by="ending")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\n## And more\n\nText."


# --- What prose says of outputs -------------------------------------------------------------------


@mutant("prose that contradicts an output", caught_by="claims")
def prose_that_contradicts(book: Book) -> None:
    append(book, ran("print(19)", stream("19\n")))
    book.notebook.cells.append(new_markdown_cell("First. It is **`20`** degrees. Last."))


@mutant("an output that changes under its prose", caught_by="claims")
def _(book: Book) -> None:
    # Not every notebook claims what an output shows.
    append(book, ran("print(degrees)", stream("19\n")))
    book.notebook.cells.append(new_markdown_cell("It is **`19`** degrees."))
    for cell in code_of(book):
        cell.outputs = [stream("Something else.\n")]


@mutant("a claim in no form", caught_by="claims")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\nSee that it **calls `a` and `b`**."


@mutant("prose that repeats a number of the output, unchecked", caught_by="unclaimed")
def _(book: Book) -> None:
    append(book, ran("print(degrees)", stream("19\n")))
    book.notebook.cells.append(new_markdown_cell("It is 19 degrees."))


@mutant("prose that repeats a value of the output, unchecked", caught_by="unclaimed")
def _(book: Book) -> None:
    append(book, ran("response.finish_reason", stream("stop\n")))
    book.notebook.cells.append(new_markdown_cell("The reason is `stop`."))


@mutant("other minutes than in the registry", caught_by="header")
def _(book: Book) -> None:
    for _, cell in book.prose:
        cell.source = re.sub(r"About \d+ minutes", "About 999 minutes", cell.source)


@mutant("nothing on what it costs", caught_by="header")
def _(book: Book) -> None:
    for _, cell in book.prose:
        cell.source = cell.source.replace(" tokens ·", " tokens, or so ·")


@mutant("another version than it was run with", caught_by="header")
def _(book: Book) -> None:
    for _, cell in book.prose:
        cell.source = cell.source.replace("checked with 3.", "checked with 4.")


# --- Where outputs come from ----------------------------------------------------------------------


@mutant("unlabelled: nothing says what made its outputs", caught_by="provenance")
def _(book: Book) -> None:
    del book.notebook.metadata["provenance"]


@mutant("outputs of a live model", caught_by="provenance")
def _(book: Book) -> None:
    book.notebook.metadata["provenance"]["backend"] = "live"


@mutant("outputs of another version of openai", caught_by="provenance")
def _(book: Book) -> None:
    book.notebook.metadata["provenance"]["packages"]["openai"] = "1.0.0"


@mutant("stale: a cell edited after it was run", caught_by="provenance")
def _(book: Book) -> None:
    code_of(book)[-1].source += "  # edited"


@mutant("mixed: one output of another run", caught_by="provenance")
def _(book: Book) -> None:
    cell = next(cell for cell in code_of(book) if cell.outputs)
    cell.outputs = [stream("From somewhere else.\n")]


@mutant("a setup cell that does not say simulated", caught_by="labelled")
def _(book: Book) -> None:
    for cell in code_of(book):
        for output in cell.outputs:
            output["text"] = output.get("text", "").replace("simulated", "")


# --- What is taught -------------------------------------------------------------------------------


@mutant("an objective without a cell that shows it", caught_by="objective cells")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.metadata["tags"] = [tag for tag in tags(cell) if not tag.startswith("objective:")]


@mutant("an objective whose cell shows nothing", caught_by="objective cells")
def _(book: Book) -> None:
    for cell in code_of(book):
        if any(tag.startswith("objective:") for tag in tags(cell)):
            cell.outputs = []


@mutant("a cell for an objective that there is not", caught_by="objective cells")
def _(book: Book) -> None:
    code_of(book)[-1].metadata["tags"] = ["objective:unknown"]


@mutant("no cell to exercise in", caught_by="exercises")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.metadata["tags"] = []


@mutant("an exercise without a check", caught_by="exercises")
def _(book: Book) -> None:
    cells = book.notebook.cells
    book.notebook.cells = [cell for cell in cells if "check" not in tags(cell)]


@mutant("an exercise whose stored stub passes", caught_by="exercises")
def _(book: Book) -> None:
    for cell in code_of(book):
        if "check" in tags(cell):
            cell.outputs = [stream("Correct: it is right already.\n")]


@mutant("an exercise without a solution", caught_by="exercises")
def _(book: Book) -> None:
    for _, cell in book.prose:
        cell.source = cell.source.replace("<details>", "")


@mutant("an exercise without a task", caught_by="exercises")
def _(book: Book) -> None:
    for _, cell in book.prose:
        cell.source = re.sub("(?m)^### ", "#### ", cell.source)


@mutant("a check of an exercise that nobody wrote", caught_by="exercises")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.source = cell.source.replace('check("', 'check("un')
        cell.metadata["tags"] = [tag.replace("exercise:", "exercise:un") for tag in tags(cell)]


# --- Links and pictures in prose ------------------------------------------------------------------


@mutant("a link to a file that is not there", caught_by="links")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\nSee [the next](99_no_such_notebook.ipynb)."


@mutant("a link to a heading that is not there", caught_by="links")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\nSee [below](#No-such-heading)."


@mutant("a link whose address lacks its host", caught_by="links")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\nSee [the page](https:///me/settings)."


@mutant("an image without alt text", caught_by="alt text")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\n![](data:image/png;base64,AAAA)"


@mutant("an image in HTML without alt text", caught_by="alt text")
def _(book: Book) -> None:
    book.notebook.cells[0].source += '\n\n<img src="data:image/png;base64,AAAA">'


@mutant("an image without alt text in the HTML of an output", caught_by="alt text")
def _(book: Book) -> None:
    html = '<p><img src="data:image/png;base64,AAAA"></p>'
    append(book, ran("show()", new_output("display_data", data={"text/html": html})))


# --- Diagrams -------------------------------------------------------------------------------------

for name, diagram in {
    "a diagram that is none": "sequence\nA->>B: Hello",
    "an arrow that there is not": "sequenceDiagram\nA=>B: Hello",
    "a message without its text": "sequenceDiagram\nA->>B",
    "a loop without its end": "sequenceDiagram\nloop twice\nA->>B: Hello",
    "a participant that is not introduced": (
        "sequenceDiagram\nparticipant A as You\nparticipant B as Model\nA->>C: Hello"
    ),
    "a diagram without a name": "sequenceDiagram\nA->>B: Hello",
    "a box of a flowchart that is not closed": "flowchart TB\na[One --> b[Two]",
}.items():

    @mutant(name, caught_by="diagrams")
    def _(book: Book, diagram: str = diagram) -> None:
        book.notebook.cells[0].source += f"\n\n```mermaid\n{diagram}\n```\n"


# --- What it reaches for --------------------------------------------------------------------------

for name, source in {
    "a package installed": "%pip install requests",
    "a package installed by a program": 'import subprocess\nsubprocess.run(["pip", "x"])',
    "a command of the shell": "!ls",
    "a command of the shell, called": 'import os\nos.system("ls")',
    "a cell of the shell": "%%bash\nls",
    "a variable that no reader was told of": 'import os\nprint(os.environ["HOME"])',
    "a variable that is set": 'import os\nos.environ["DEBUG"] = "1"',
    "a sleep of twenty seconds": "import time\ntime.sleep(20)",
    "a sleep by a constant": "import time\nPAUSE = 20\ntime.sleep(PAUSE)",
    "a command of the shell, by an imported name": (
        'from subprocess import run\nrun("ls", shell=True)'
    ),
    "a package installed by an imported name": (
        'import subprocess as sp, sys\nsp.run([sys.executable, "-m", "pip", "install", "x"])'
    ),
    "a variable, by an imported name": 'from os import environ\nenviron["DEBUG"] = "1"',
    "a file in the notebook's folder": (
        'from pathlib import Path\nPath("answers.json").write_text("{}")'
    ),
    "a file in the reader's home": (
        'from pathlib import Path\n(Path.home() / "x.txt").write_text("")'
    ),
    "a file that is opened to write": 'with open("x.txt", "w") as file:\n    file.write("")',
    "a plot that is saved": 'figure.savefig("plot.png")',
    "warnings that are silenced": 'import warnings\nwarnings.filterwarnings("ignore")',
}.items():

    @mutant(name, caught_by="reach")
    def _(book: Book, source: str = source) -> None:
        append(book, ran(source))


@mutant("a link whose text names another notebook", caught_by="link texts")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\nAs in [notebook 5](03_tool_calling.ipynb)."


@mutant("a link whose text is the number of another notebook", caught_by="link texts")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\nAs in notebooks [5](03_tool_calling.ipynb) and 6."


@mutant("a link whose text is the title of another notebook", caught_by="link texts")
def _(book: Book) -> None:
    other, there = book.registry[:2]
    book.notebook.cells[0].source += f"\n\nAs in [{other.title}]({there.path.name})."


# --- What prose states without bold ---------------------------------------------------------------


def of_statements(book: Book) -> tuple[NotebookNode, statements.Statement]:
    """The first statement that a notebook makes, and the cell that states it."""
    for statement, _ in statements.of(book):
        for _, cell in book.prose:
            if statement.places(cell.source) and not statement.known:
                return cell, statement
    raise LookupError(f"{book.path.name} states nothing")


@mutant("a sentence that says something else than what is stated", caught_by="statements")
def _(book: Book) -> None:
    for _, cell in book.prose:
        for statement, own in statements.of(book):
            for start, end in reversed(statement.places(cell.source)) if own else ():
                cell.source = f"{cell.source[:start]}nothing{cell.source[end:]}"


@mutant("cells that no longer show what the prose states", caught_by="statements")
def _(book: Book) -> None:
    for cell in code_of(book):
        cell.source, cell.outputs = "pass", []


@mutant("a number that no cell shows", caught_by="numbers")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\nIt takes 7319 seconds."


@mutant("a number in code that no cell shows", caught_by="numbers")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\nThe error says `Error code: 7319`."


@mutant("a name that no cell has", caught_by="names")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\nSet `max_tokenz` as well."


@mutant("a name of a section that this one does not build on", caught_by="names")
def _(book: Book) -> None:
    append(book, ran("only_here = 1"))
    book.notebook.cells[1].source += "\n\nSet `only_here` as well."


@mutant("a link within the notebook by another name than its heading's", caught_by="link texts")
def _(book: Book) -> None:
    book.notebook.cells[0].source += "\n\nSee [How it went](#Summary)."


@mutant("a diagram in which another speaks than in what was sent", caught_by="diagrams")
def _(book: Book) -> None:
    draw(book, "A->>B: Hello\n    B->>A: Hello")


def draw(book: Book, sent: str) -> None:
    """A diagram in prose, in which A speaks, and a cell that draws what was sent."""
    first = "sequenceDiagram\n    accTitle: Who speaks\n    participant A as You\n    "
    first += "participant B as Model\n    "
    shown = f"```mermaid\n{first}{sent}\n```"
    output = new_output("display_data", data={"text/markdown": shown, "text/plain": ""})
    append(book, ran("draw()", output))
    book.notebook.cells[-2].source = f"```mermaid\n{first}A->>B: Good morning\n```"
