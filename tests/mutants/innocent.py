"""Innocent twins: sound changes that look like a mutant, and that its gate must let pass.

Each is named after the gate, and does what authors do every day.
"""

from collections.abc import Callable
from dataclasses import replace

from nbformat.v4 import new_markdown_cell, new_output

from helpers.notebooks.book import Book
from helpers.notebooks.gates.links import anchor
from tests.mutants import Mutants
from tests.mutants.stored import append, code_of, draw, of_statements, ran, stream

INNOCENTS: Mutants[Callable[[Book], object]] = Mutants("a notebook's file, sound")
innocent = INNOCENTS.mutant


def add_prose(book: Book, text: str) -> None:
    """To the opening, which is about no output."""
    book.notebook.cells[0].source += f"\n\n{text}"


@innocent("a cell that was hidden and is shown again", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[0].metadata["jupyter"] = {"source_hidden": False, "outputs_hidden": False}
    code_of(book)[0].metadata["collapsed"] = False


@innocent("a picture pasted into a text cell", caught_by="links")
def _(book: Book) -> None:
    cell = book.notebook.cells[0]
    cell.source += "\n\n![A tree beside a house](attachment:image%201.png)"
    cell["attachments"] = {"image 1.png": {"image/png": "iVBORw0KGgo="}}


@innocent("a link with a query and a fragment", caught_by="links")
def _(book: Book) -> None:
    add_prose(book, "See [a list](https://clarifai.com/a?b=c&d=%20#e), [this](README.md).")


@innocent("a link to a place that HTML names", caught_by="links")
def _(book: Book) -> None:
    add_prose(book, 'Back to <a id="the-list"></a>[the list](#the-list), and [there](#there).')
    add_prose(book, '<a name="there"></a>\n\n<h3 id="below">Below</h3>\n\n[Further](#below)')


@innocent("an address of mail, one of this machine, and a formula", caught_by="links")
def _(book: Book) -> None:
    add_prose(book, "Ask [us](mailto:a@b.example) on <http://localhost:8888>, by $x_1 [y](z)$.")
    add_prose(book, "Or [call](tel:+1-555).")


@innocent("a number in an address that has brackets", caught_by="numbers")
def _(book: Book) -> None:
    add_prose(book, "See [a page](https://docs.example.org/wiki/List_(7)?from=1941&to=83#part-59).")


@innocent("a link in an example of code", caught_by="links")
def _(book: Book) -> None:
    add_prose(book, "Write `[a](nowhere.md)`:\n\n```markdown\n[a](nowhere.md)\n```")


@innocent("the zeros of a number", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran("print(1e9, 10**9)", stream("1000000000.0 1000000000\n")))


@innocent("ids and hashes that are public", caught_by="keys")
def _(book: Book) -> None:
    append(book, ran("print(id)", stream("call_" + "0a1b2c3d" * 4 + "\n" + "0a1b2c3d" * 5)))


@innocent("a line that is commented with a sharp", caught_by="opt-outs")
def _(book: Book) -> None:
    code_of(book)[-1].source += "\n# The check of outputs is strict."


@innocent("a failure that is caught and used", caught_by="swallowed")
def _(book: Book) -> None:
    append(book, ran("try:\n    1 / 0\nexcept ZeroDivisionError:\n    ratio = None"))


@innocent("a method that is called eval", caught_by="eval")
def _(book: Book) -> None:
    append(book, ran("model.eval()"))


@innocent("a class that ends in Exception", caught_by="broad except")
def _(book: Book) -> None:
    append(book, ran("try:\n    f()\nexcept ToolException as error:\n    print(error)"))


@innocent("a word that has TODO in it in small letters", caught_by="finished")
def _(book: Book) -> None:
    add_prose(book, "Keep a todo list.")


@innocent("code in a text cell, as an example", caught_by="cell types")
def _(book: Book) -> None:
    add_prose(book, "```python\nresponse = ask()\n```")


@innocent("a magic that draws plots in place", caught_by="reach")
def _(book: Book) -> None:
    append(book, ran("%matplotlib inline\nimport time\ntime.sleep(0.1)"))


@innocent("the variables that every notebook reads", caught_by="reach")
def _(book: Book) -> None:
    append(book, ran('import os\nprint(os.environ.get("CLARIFAI_BACKEND"))', stream("mock\n")))


@innocent("another program that is run", caught_by="reach")
def _(book: Book) -> None:
    append(book, ran('import subprocess\nsubprocess.run(["curl", "--version"])'))


@innocent("a link to another notebook by its number", caught_by="link texts")
def _(book: Book) -> None:
    add_prose(book, "After [notebook 1](01_set_up.ipynb), or [the first](01_set_up.ipynb).")


@innocent("a picture whose alt text is in three words", caught_by="pictures")
def _(book: Book) -> None:
    output = new_output("display_data", data={"image/png": "", "text/plain": ""})
    output.metadata["image/png"] = {"alt": "A red tree"}
    append(book, ran("show()", output))


@innocent("an output of 40 lines", caught_by="output length")
def _(book: Book) -> None:
    append(book, ran("print()", stream("x\n" * 40)))


@innocent("a diagram with all that diagrams have", caught_by="diagrams")
def _(book: Book) -> None:
    sequence = """sequenceDiagram
    accTitle: Two calls at once
    accDescr: You ask the model, and it calls get_weather and get_time.
    autonumber
    participant U as You, here
    actor M as The model
    U->>+M: What is the weather: rain?
    par two calls at once
        M-->>-U: get_weather(city = "Oslo")
    and
        M-->>U: get_time()
    end
    Note over U,M: it's simulated
    %% a comment
    """
    flow = """flowchart LR
    accTitle: Where a request goes
    a["Your program"] -->|asks| b(Endpoint) & c{Which?}
    b -.-> d[(Store)]
    subgraph Clarifai
        d --> e((End))
    end
    classDef known fill:#fff
    """
    add_prose(book, f"```mermaid\n{sequence}\n```\n\n```mermaid\n{flow}\n```\n")


@innocent("a name that begins like MODEL", caught_by="model")
def _(book: Book) -> None:
    append(book, ran('MODEL_OF_PICTURES = "a/b/models/c"'))


@innocent("a statement whose words go over the end of a line", caught_by="statements")
def _(book: Book) -> None:
    cell, statement = of_statements(book)
    [start, end] = statement.places(cell.source)[0]
    broken = cell.source[start:end].replace(" ", "\n")
    cell.source = f"{cell.source[:start]}{broken}{cell.source[end:]}"


@innocent("a number that a cell shows", caught_by="numbers")
def _(book: Book) -> None:
    append(book, ran("print(7319)", stream("7319\n")))
    book.notebook.cells[-2].source = "See 7319 of them in the next cell."


@innocent("numbers in an address, in a link and in an example", caught_by="numbers")
def _(book: Book) -> None:
    add_prose(book, "By [RFC 7319](https://example.com/7319), as at https://example.com/7320.")
    add_prose(book, "```python\nprint(7319)\n```")


@innocent("the mark of a footnote", caught_by="numbers")
def _(book: Book) -> None:
    add_prose(book, "A word[^7319].\n\n[^7319]: A note.")


@innocent("a name that a cell of the section has", caught_by="names")
def _(book: Book) -> None:
    append(book, ran("only_here = 1"))
    book.notebook.cells[-2].source = "See `only_here` in the next cell."


@innocent("a name in an example", caught_by="names")
def _(book: Book) -> None:
    add_prose(book, "```python\nonly_here = 1\n```\n\nHere `only_here` is a number.")


@innocent("a link to a heading by its name, which has code in it", caught_by="link texts")
def _(book: Book) -> None:
    add_prose(book, "## About `this`\n\nText.\n\nSee [About this](#About-this).")


def printed(book: Book, prose: str) -> None:
    """A cell that prints a number, and prose below it."""
    append(book, ran("print(7000 + 319)", stream("7319\n")))
    book.notebook.cells.append(new_markdown_cell(prose))


@innocent("a value of the output, claimed with a word beside it", caught_by="claims")
def _(book: Book) -> None:
    printed(book, "**`7319`** it is, in **bold**, as in `print`.")


@innocent("a number that is claimed, and then repeated", caught_by="unclaimed")
def _(book: Book) -> None:
    printed(book, "It is **`7319`**, and 7319 it stays, as 7000 is in the code.")


@innocent("minutes, requests and tokens in a sentence", caught_by="header")
def _(book: Book) -> None:
    add_prose(book, "It may take about 5 minutes, 2 requests and 30 tokens.")


@innocent("a setup cell without its comment", caught_by="setup")
def _(book: Book) -> None:
    [cell] = [each for each in code_of(book) if "use_endpoint()" in each.source]
    cell.source = cell.source.partition("\n")[2]


@innocent("a tag with its reason", caught_by="tags")
def _(book: Book) -> None:
    append(book, ran("x = 1", tags=["stderr-ok:a reason: with a colon"]))


@innocent("a variable that falls back to something else", caught_by="endpoint")
def _(book: Book) -> None:
    append(book, ran('os.environ.get("CLARIFAI_MODEL", "a/b/models/c")'))


@innocent("a magic above code", caught_by="python")
def _(book: Book) -> None:
    append(book, ran("%matplotlib inline\nawait x"))


@innocent("a cell of 25 lines, with blank ones between", caught_by="cell length")
def _(book: Book) -> None:
    append(book, ran("\n\n".join(["x = 1"] * 25)))
    # The median stays where it is.
    append(book, ran("x = 1"))


@innocent("an image with alt text in three words", caught_by="alt text")
def _(book: Book) -> None:
    add_prose(book, "![A red tree](data:image/png;base64,AAAA)")


@innocent("an opening with typographer's apostrophes", caught_by="opening")
def _(book: Book) -> None:
    cell = book.notebook.cells[0]
    cell.source = cell.source.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


@innocent("a list in a section", caught_by="objectives")
def _(book: Book) -> None:
    book.notebook.cells[1].source += "\n\n- One point\n- Another point"


@innocent("two text cells in a row", caught_by="prose")
def _(book: Book) -> None:
    book.notebook.cells += [new_markdown_cell("One."), new_markdown_cell("Two.")]


@innocent("a heading right below another", caught_by="headings")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\n## Above\n\n### Below\n\nText."


@innocent("a smaller heading in the last section", caught_by="ending")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\n### More\n\nText."


@innocent("a section that builds on the first", caught_by="sections")
def _(book: Book) -> None:
    first = next(block.text for block in book.headings if block.level == 2)
    line = f"*Builds on [{first}](#{anchor(first)}).*"
    book.notebook.cells[-1].source += f"\n\n## New\n\n{line}\n\nText."


@innocent("another notebook in the registry", caught_by="listed")
def _(book: Book) -> None:
    other = book.registry[0]
    book.registry = [*book.registry, replace(other, path=other.path.with_name("99_other.ipynb"))]


@innocent("a copy in another folder", caught_by="file name")
def _(book: Book) -> None:
    book.path = book.path.parent / "copies" / book.path.name


@innocent("a comment of the shell in an example", caught_by="title")
def _(book: Book) -> None:
    book.notebook.cells[-1].source += "\n\n```bash\n# not a title\nls\n```"


@innocent("a cell with another id", caught_by="cell ids")
def _(book: Book) -> None:
    book.notebook.cells[0].id = "another-id"


@innocent("a title in the metadata", caught_by="kernel")
def _(book: Book) -> None:
    book.notebook.metadata["title"] = "A title"


@innocent("a cell that must not be edited", caught_by="timestamps")
def _(book: Book) -> None:
    code_of(book)[0].metadata["editable"] = False


@innocent("a text cell more", caught_by="counts")
def _(book: Book) -> None:
    book.notebook.cells.insert(1, new_markdown_cell("Text."))


@innocent("an error that is caught and shown", caught_by="errors")
def _(book: Book) -> None:
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)"
    append(book, ran(source, stream("division by zero\n")))


@innocent("a function that prints when it is called", caught_by="prints")
def _(book: Book) -> None:
    append(book, ran("def show(x):\n    print(x)"))


@innocent("a warning on purpose", caught_by="stderr")
def _(book: Book) -> None:
    warning = stream("careful\n", name="stderr")
    append(
        book,
        ran("import sys\nprint('careful', file=sys.stderr)", warning, tags=["stderr-ok:shown"]),
    )


@innocent("a tag on a cell whose outputs stay", caught_by="provenance")
def _(book: Book) -> None:
    code_of(book)[0].metadata["tags"] = ["snippet:begin"]


@innocent("a cell that names the function of the setup cell", caught_by="labelled")
def _(book: Book) -> None:
    append(book, ran("help(use_endpoint)", stream("Help on function use_endpoint\n")))


@innocent("a second cell for an objective", caught_by="objective cells")
def _(book: Book) -> None:
    assert book.entry
    tag = f"objective:{book.entry.objectives[0].id}"
    append(book, ran("print(1)", stream("1\n"), tags=[tag]))


@innocent("more to read that is folded away", caught_by="exercises")
def _(book: Book) -> None:
    add_prose(book, "<details>\n<summary>More</summary>\n\nText.\n\n</details>")


@innocent("a file in a temporary folder, and one that is read", caught_by="reach")
def _(book: Book) -> None:
    made = "import tempfile\nfrom pathlib import Path\npath = Path(tempfile.mkdtemp()) / 'x.txt'"
    append(book, ran(f"{made}\npath.write_text('')"))
    append(
        book,
        ran("with open('assets/human_rights.txt', encoding='utf-8') as file:\n    file.read()"),
    )


@innocent("a short sleep by a constant", caught_by="reach")
def _(book: Book) -> None:
    append(book, ran("from time import sleep\nPAUSE = 0.1\nsleep(PAUSE)"))


@innocent("a diagram of what was sent, in other words and less often", caught_by="diagrams")
def _(book: Book) -> None:
    draw(book, "A->>B: Hello\n    A->>B: Hello again")
