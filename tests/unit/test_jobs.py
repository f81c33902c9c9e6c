"""What comes of a notebook is told in full, wherever it is and whatever it is given."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from helpers.notebooks.jobs import Job, Result
from helpers.notebooks.run import RunError, run
from tests.unit.conftest import MakeNotebook
from tests.unit.test_run import printed

VALUES = {
    "PAIR": (5, 30),
    "ONE": ("a",),
    "NESTED": {"at": [(1, 2)], 3: None, "text": 'a "quoted"\nline', "flag": True},
    "TEXT": "Zürich {x} \\n ☂",
    "NUMBER": 1.5,
    "FAR": float("inf"),
}


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory, make_notebook: MakeNotebook
) -> dict[str, Result]:
    """Below a folder whose name has all that a system allows and a template minds."""
    folder = tmp_path_factory.mktemp("a") / "{run} of Zoë's"
    folder.mkdir()
    sources = {
        "01_no_magic": ["%nosuchmagic"],
        "02_no_cell_magic": ["%%nosuchmagic\n1"],
        "03_bash": ["%%bash\necho why it failed >&2\nexit 3"],
        "04_empty": ["raise ValueError"],
        "05_lines": ["raise ValueError('\\n\\nfirst\\nsecond')"],
        "06_noted": [
            "error = LookupError('404')\nerror.add_note('no model x')\n"
            "error.add_note('the nearest is y')\nraise error"
        ],
        "07_ends": ["import sys\nsys.exit()", "print('never')"],
        "08_long": ["raise ValueError('x' * 5000)"],
    }
    given = make_notebook(
        folder,
        "09_given",
        f"print([{', '.join(VALUES)}] == GIVEN)",
        parameters="%matplotlib inline\nPAIR, ONE = 1, 2\nNESTED = TEXT = 0\nNUMBER: float = 1\n"
        "FAR = 0; GIVEN = []",
    )
    notebooks = [make_notebook(folder, name, *cells) for name, cells in sources.items()]
    parameters = {**VALUES, "GIVEN": [*VALUES.values()]}
    ran = run([*notebooks, given], output=folder / "out {put}", parameters=parameters, jobs=3)
    return {result.notebook: result for result in ran}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("01_no_magic", "cell 2 (%nosuchmagic): UsageError: Line magic function"),
        ("02_no_cell_magic", "cell 2 (%%nosuchmagic): UsageError: Cell magic"),
        ("03_bash", "CalledProcessError: Command"),
        ("04_empty", "cell 2 (raise ValueError): ValueError:"),
        ("05_lines", "ValueError: first second"),
        ("06_noted", "LookupError: 404 no model x the nearest is y"),
        ("07_ends", "SystemExit: the cells below it were not run"),
        ("08_long", "xxx ..."),
    ],
)
def test_why_a_cell_failed_is_told(results: dict[str, Result], name: str, says: str) -> None:
    result = results[name]
    assert result.status == "failed"
    assert says in (result.problem or "")
    assert len(result.problem or "") < 700
    assert nbformat.read(result.copy, 4).cells


def test_every_kind_of_value_arrives_as_it_was_given(results: dict[str, Result]) -> None:
    assert results["09_given"].problem is None
    assert printed(Path(results["09_given"].copy)) == "True\n"


def test_nothing_but_copies_and_transcripts_is_left(results: dict[str, Result]) -> None:
    folder = Path(results["01_no_magic"].copy).parent
    kinds = {path.name.partition(".")[2] for path in folder.iterdir()}
    assert kinds == {"ipynb", "transcript.jsonl", "json"}


@pytest.mark.parametrize("value", [{1, 2}, b"x", 1j, object(), [{"deep": {1}}]])
def test_what_cannot_be_passed_is_refused(
    value: object, tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    notebook = make_notebook(tmp_path, "01_one", "1", parameters="X = 1")
    with pytest.raises(RunError, match=r"X: a .* cannot be passed"):
        run([notebook], output=tmp_path / "build", parameters={"X": value})


SEND = """\
import os
from helpers import use_endpoint
use_endpoint()
from openai import OpenAI
client = OpenAI(base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"])
_ = client.models.list()"""


def test_two_at_once_in_one_folder_count_their_own(
    tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    notebook = make_notebook(tmp_path, "01_one", SEND)
    jobs = [Job(notebook, tmp_path / "build" / "01_one.ipynb", os.environ) for _ in range(2)]
    (tmp_path / "build").mkdir()
    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(Job.run, jobs))
    assert [(result.status, result.requests) for result in results] == [("ok", 1)] * 2
    [line] = jobs[0].transcript.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)


def test_a_kernel_sees_nothing_of_pytest(
    tmp_path: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ANYTHING", "1")
    asked = "import os, sys\nprint([n for n in os.environ if n.startswith(('PYTEST', 'KERNELS'))])"
    asked += "\nprint(os.environ.get('JUPYTER_DEFAULT_PROVISIONER_NAME'), 'pytest' in sys.modules)"
    notebook = make_notebook(tmp_path, "01_one", asked)
    job = Job(notebook, tmp_path / "copy.ipynb", os.environ)
    assert job.run().problem is None
    assert printed(job.copy) == "[]\nNone False\n"


@pytest.mark.skipif(sys.platform == "win32", reason="has no sockets that are files")
def test_below_a_long_folder_for_temporary_files(
    tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    long = tmp_path / ("t" * 100)
    long.mkdir()
    make_notebook(tmp_path, "01_one", "print('ran')")
    program = (
        "import sys; from pathlib import Path\n"
        "from helpers.notebooks.registry import BACKENDS, Notebook\n"
        "from helpers.notebooks.run import run\n"
        "folder = Path(sys.argv[1])\n"
        "entry = Notebook('01_one', folder / '01_one.ipynb', '', (), 1, 60, BACKENDS)\n"
        "[result] = run([entry], output=folder / 'build')\n"
        "print(result.status, result.problem)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env=os.environ | {"TMPDIR": str(long)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "ok None\n", done.stderr
