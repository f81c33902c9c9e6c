"""Ways to break a notebook that show only when it is run: one cell each, beside its sound copy.

All the sound cells make one notebook, and all the broken ones another, so that two kernels are
enough; a cell that takes its kernel down has one of its own.
"""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from tests.mutants import Mutants


@dataclass(frozen=True)
class Pair:
    """A sound cell, its broken copy, and what the failure has to say."""

    sound: NotebookNode
    broken: NotebookNode
    says: str
    own_kernel: bool = False
    # ipykernel does not show on Windows what subprocesses print.
    not_on_windows: bool = False


MUTANTS: Mutants[Callable[[], Pair]] = Mutants("a notebook, run")
mutant = MUTANTS.mutant

NBVAL = "nbval"
SUBPROCESSES = "nbval, in a kernel that shows what subprocesses print"
STRICT = "strict comparison"
GUARD = "loopback only"


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def cell(source: str, *outputs: NotebookNode, count: int | None = 1) -> NotebookNode:
    return new_code_cell(source, outputs=list(outputs), execution_count=count)


def out(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text)


def err(text: str) -> NotebookNode:
    return new_output("stream", name="stderr", text=text)


def display(**data: str) -> NotebookNode:
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


def result(text: str) -> NotebookNode:
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


def picture(colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2), colour).save(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


# --- What nbval sees ------------------------------------------------------------------------------


@mutant("a value changes", caught_by=NBVAL)
def _() -> Pair:
    return Pair(cell("6 * 7", result("42")), cell("6 * 8", result("42")), "48")


@mutant("stale output: the code was edited, the output was not", caught_by=NBVAL)
def _() -> Pair:
    output = out("Hello, Ada\n")
    return Pair(
        cell('print("Hello, Ada")', output), cell('print("Hello, Bo")', output), "Hello, Bo"
    )


@mutant("raises", caught_by=NBVAL)
def _() -> Pair:
    return Pair(cell("int('1')", result("1")), cell("int('x')", result("1")), "ValueError")


@mutant("left out by nbval's own comment", caught_by=STRICT)
def _() -> Pair:
    return Pair(cell("print(1)", out("1\n")), cell("# NBVAL_SKIP\nprint(2)", out("1\n")), "differ")


@mutant("prints nothing", caught_by=NBVAL)
def _() -> Pair:
    return Pair(cell("print(1)", out("1\n")), cell("pass", out("1\n")), "Missing output fields")


@mutant("swallows an error", caught_by=NBVAL)
def _() -> Pair:
    swallow = "try:\n    print({}['a'])\nexcept KeyError:\n    pass"
    sound = cell("print({'a': 1}['a'])", out("1\n"))
    return Pair(sound, cell(swallow, out("1\n")), "Missing output fields")


@mutant("warns", caught_by=NBVAL)
def _() -> Pair:
    warn = "import warnings\nwarnings.warn('soon gone')\nprint(1)"
    return Pair(cell("print(1)", out("1\n")), cell(warn, out("1\n")), "stderr")


@mutant("depends on a later cell", caught_by=NBVAL)
def _() -> Pair:
    return Pair(cell("a = 1\na", result("1")), cell("defined_later", result("1")), "NameError")


# --- What nbval does not see ----------------------------------------------------------------------


@mutant("stored as never run, without outputs", caught_by=STRICT)
def _() -> Pair:
    return Pair(cell("print(1)", out("1\n")), cell("print(1)", count=None), "running gave stdout")


@mutant("outputs in another order", caught_by=STRICT)
def _() -> Pair:
    one, two = display(text_plain="1"), out("2\n")
    return Pair(
        cell("display(1)\nprint(2)", one, two),
        cell("display(1)\nprint(2)", two, one),
        "running gave display_data, stdout",
    )


@mutant("a display between two prints moves", caught_by=STRICT)
def _() -> Pair:
    source, shown = "print(1)\ndisplay(2)\nprint(3)", display(text_plain="2")
    return Pair(
        cell(source, out("1\n"), shown, out("3\n")),
        cell(source, out("1\n3\n"), shown),
        "running gave stdout, display_data, stdout",
    )


@mutant("a result that becomes a display", caught_by=STRICT)
def _() -> Pair:
    return Pair(
        cell("1", result("1")), cell("display(1)", result("1")), "running gave display_data"
    )


@mutant("another picture", caught_by=STRICT)
def _() -> Pair:
    source = f"""\
import base64
from IPython.display import Image
display(Image(data=base64.b64decode({picture("red")!r})))"""
    text = "<IPython.core.display.Image object>"
    return Pair(
        cell(source, display(text_plain=text, image_png=picture("red"))),
        cell(source, display(text_plain=text, image_png=picture("blue"))),
        "image/png differs",
    )


def plot(source: str, *outputs: NotebookNode) -> NotebookNode:
    tagged = cell(source, *outputs)
    tagged.metadata["tags"] = ["plot"]
    return tagged


RED_PLOT = f"""\
import base64
display(
    {{"text/plain": "All is red.", "image/png": base64.b64decode({picture("red")!r})}},
    metadata={{"image/png": {{"alt": "All is red."}}}},
    raw=True,
)"""


def shown_plot(text: str, alt: str) -> NotebookNode:
    """A plot as it is stored; its pixels are others than those of `RED_PLOT`."""
    output = display(text_plain=text, image_png=picture("blue"))
    output.metadata["image/png"] = {"alt": alt}
    return output


@mutant("a plot of other data", caught_by=STRICT)
def _() -> Pair:
    sound = shown_plot("All is red.", "All is red.")
    broken = shown_plot("All is blue.", "All is red.")
    return Pair(plot(RED_PLOT, sound), plot(RED_PLOT, broken), "text/plain")


@mutant("a plot with another alt text", caught_by=STRICT)
def _() -> Pair:
    sound = shown_plot("All is red.", "All is red.")
    broken = shown_plot("All is red.", "All is blue.")
    return Pair(plot(RED_PLOT, sound), plot(RED_PLOT, broken), "metadata stored")


@mutant("a plot that is not drawn", caught_by=STRICT)
def _() -> Pair:
    sound = shown_plot("All is red.", "All is red.")
    text = "display({'text/plain': 'All is red.'}, raw=True)"
    return Pair(plot(RED_PLOT, sound), plot(text, sound), "running gave text/plain")


@mutant("text before a carriage return", caught_by=STRICT)
def _() -> Pair:
    return Pair(
        cell(r'print("50%\r100%")', out("50%\r100%\n")),
        cell(r'print("50%\r100%")', out("99%\r100%\n")),
        "text stored",
    )


# ipykernel reads in a thread what a subprocess prints. On a busy machine that is too late now and
# then, and the text goes to the next cell: so these cells stay a little longer.
RUN = """\
import subprocess, sys, time
_ = subprocess.run([sys.executable, '-c', {!r}])
time.sleep(0.5)"""


@mutant("a subprocess prints something new", caught_by=SUBPROCESSES)
def _() -> Pair:
    return Pair(
        cell(RUN.format("print(1)"), out("1\n")),
        cell(RUN.format("print(1, 2)"), out("1\n")),
        r"running gave '1 2\n'",
        not_on_windows=True,
    )


@mutant("a subprocess warns", caught_by=SUBPROCESSES)
def _() -> Pair:
    return Pair(
        cell(RUN.format("")),
        cell(RUN.format("import sys; sys.exit('no')")),
        "gave stderr",
        not_on_windows=True,
    )


# --- Connections ----------------------------------------------------------------------------------

CONNECT = "import socket\nwith socket.create_connection(({host!r}, {port})): pass"
SERVE = "import socket\nserver = socket.create_server(('127.0.0.1', 0))"


@mutant("connects to another machine", caught_by=GUARD)
def _() -> Pair:
    sound = cell(f"{SERVE}\nsocket.create_connection(server.getsockname()).close()")
    return Pair(sound, cell(CONNECT.format(host="192.0.2.1", port=443)), "NotLoopback")


@mutant("calls the live endpoint", caught_by=GUARD)
def _() -> Pair:
    source = """\
from urllib.error import URLError
from urllib.request import urlopen
try:
    urlopen({!r})
except URLError as error:
    print(type(error.reason).__name__)"""
    return Pair(
        cell(source.format("http://127.0.0.1:9"), out("ConnectionRefusedError\n")),
        cell(source.format("https://api.clarifai.com/v2/ext/openai/v1")),
        "NotLoopback: socket.getaddrinfo to 'api.clarifai.com'",
    )


@mutant("a connection to another machine, its failure swallowed", caught_by=GUARD)
def _() -> Pair:
    source = """\
import socket
try:
    socket.create_connection(({!r}, 9))
except Exception:
    pass"""
    return Pair(cell(source.format("127.0.0.1")), cell(source.format("192.0.2.1")), "NotLoopback")


@mutant("a thread connects to another machine", caught_by=GUARD)
def _() -> Pair:
    source = """\
import socket, threading
socket_ = socket.socket()
thread = threading.Thread(target=socket_.connect_ex, args=[({!r}, 9)])
thread.start()
thread.join()
socket_.close()"""
    return Pair(cell(source.format("127.0.0.1")), cell(source.format("192.0.2.1")), "NotLoopback")


@mutant("a subprocess connects to another machine", caught_by=GUARD)
def _() -> Pair:
    source = """\
import subprocess, sys
connect = "import socket; socket.socket().connect_ex(({!r}, 9))"
process = subprocess.run([sys.executable, "-c", connect], capture_output=True, text=True)
print(process.stderr[-200:])"""
    return Pair(
        cell(source.format("127.0.0.1"), out("\n")),
        cell(source.format("192.0.2.1"), out("\n")),
        "NotLoopback",
    )


@mutant("a key in the environment of the kernel", caught_by="no key in the environment")
def _() -> Pair:
    source = "import os\nprint('CLARIFAI_PAT' in os.environ, os.environ['CLARIFAI_BACKEND'])"
    return Pair(cell(source, out("False mock\n")), cell(source, out("True live\n")), "False mock")


# --- What ends a notebook: the last cells ---------------------------------------------------------


@mutant("hangs", caught_by="time limit for a cell")
def _() -> Pair:
    hang = cell("import time\ntime.sleep(600)")
    sound = cell("import time\ntime.sleep(0)")
    return Pair(sound, hang, "still running after 1 s", own_kernel=True)


@mutant("the kernel dies", caught_by="a kernel that lives")
def _() -> Pair:
    die = cell("import os\nos._exit(1)")
    return Pair(cell("import os"), die, "the kernel died", own_kernel=True)
