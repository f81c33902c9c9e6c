"""Notebooks are executed, whatever one of them does to its kernel, and refreshed exactly."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers.endpoint import foreseen_backend
from helpers.mock import OPENAI_PATH, SERVER_HEADER
from helpers.notebooks.jobs import Result
from helpers.notebooks.registry import Notebook
from helpers.notebooks.run import RunError, refresh, run, table
from tests.unit.conftest import MakeNotebook, alive
from tests.unit.stranger import Server

KEY = "0123456789abcdef" * 2
ASK = """
import os
from helpers import use_endpoint
use_endpoint()
from openai import OpenAI
client = OpenAI(base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"])
for question in QUESTIONS:
    messages = [{"role": "user", "content": question}]
    client.chat.completions.create(model=MODEL, messages=messages)
print(MODEL, len(QUESTIONS))
"""


@pytest.fixture(scope="module")
def executed(
    tmp_path_factory: pytest.TempPathFactory, make_notebook: MakeNotebook
) -> tuple[Path, dict[str, Result]]:
    """One run of notebooks that go right and wrong in every way: its output folder, its results."""
    folder = tmp_path_factory.mktemp("a folder")
    parameters = 'MODEL = "none"\nQUESTIONS = []'
    notebooks = [
        make_notebook(folder, "01_asks", ASK, parameters=parameters),
        make_notebook(
            folder,
            "02_raises",
            "import os\nprint(MODEL, os.getcwd())",
            "y = (\n    1 / 0\n)",
            "print('not reached')",
            parameters="MODEL = 1",
        ),
        make_notebook(folder, "03_dies", "import os; os.kill(os.getpid(), 9)"),
        make_notebook(folder, "04_hangs", "while True: pass", timeout=1),
        make_notebook(folder, "05_only_live", "1", backends=("live",)),
    ]
    model = "anthropic/completion/models/claude-sonnet-4"
    # Where the system allows it, a name that is not UTF-8.
    output = folder / "deep" / (os.fsdecode(b"b\xfcild") if sys.platform == "linux" else "build")
    results = run(
        notebooks,
        output=output,
        parameters={"MODEL": model, "QUESTIONS": ["Who are you?", "Tell me a joke."]},
        backend="mock",
    )
    return output, {result.notebook: result for result in results}


def test_requests_tokens_model_and_backend_are_counted(
    executed: tuple[Path, dict[str, Result]],
) -> None:
    output, results = executed
    result = results["01_asks"]
    assert (result.status, result.problem, result.backend) == ("ok", None, "mock")
    assert result.models == ("anthropic/completion/models/claude-sonnet-4",)
    sent = [json.loads(line) for line in (output / "01_asks.transcript.jsonl").open()]
    assert result.requests == len(sent) == 2
    assert result.tokens == sum(line["response"]["usage"]["total_tokens"] for line in sent) > 0
    assert result.seconds > 0


def test_a_parameter_reaches_the_notebooks_that_declare_it(
    executed: tuple[Path, dict[str, Result]],
) -> None:
    output, _ = executed
    assert printed(output / "01_asks.ipynb").endswith(
        "anthropic/completion/models/claude-sonnet-4 2\n"
    )
    assert printed(output / "02_raises.ipynb").startswith(
        "anthropic/completion/models/claude-sonnet-4 "
    )


def test_a_notebook_runs_where_it_stands(executed: tuple[Path, dict[str, Result]]) -> None:
    output, _ = executed
    assert printed(output / "02_raises.ipynb").endswith(f" {output.parent.parent.resolve()}\n")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        # Counted as a reader does: without the cell that holds the parameters given.
        ("02_raises", "cell 4 (y = (): ZeroDivisionError: division by zero"),
        ("03_dies", "cell 2 (import os; os.kill(os.getpid(), 9)): the kernel died"),
        ("04_hangs", "cell 2 (while True: pass): still running after 1 s"),
    ],
)
def test_a_failure_is_named_with_its_cell_and_its_copy_is_kept(
    executed: tuple[Path, dict[str, Result]], name: str, problem: str
) -> None:
    output, results = executed
    assert (results[name].status, results[name].problem) == ("failed", problem)
    assert nbformat.read(output / f"{name}.ipynb", 4).cells
    assert results[name].copy == str(output / f"{name}.ipynb")


def test_a_notebook_that_is_not_meant_for_the_backend_is_skipped(
    executed: tuple[Path, dict[str, Result]],
) -> None:
    output, results = executed
    assert results["05_only_live"].status == "skipped"
    assert not (output / "05_only_live.ipynb").exists()


@pytest.mark.usefixtures("fresh_process")
def test_what_would_be_chosen_is_foreseen(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("CLARIFAI_BACKEND", "")
    assert foreseen_backend() is None
    monkeypatch.setenv("CLARIFAI_PAT", KEY)
    assert foreseen_backend() == "live"
    monkeypatch.setenv("CLARIFAI_BASE_URL", f"{server.url}/v1")
    assert foreseen_backend() == "compatible"
    server.name = SERVER_HEADER
    monkeypatch.setenv("CLARIFAI_BASE_URL", server.url + OPENAI_PATH)
    assert foreseen_backend() == "mock"
    monkeypatch.setenv("CLARIFAI_BACKEND", "live")
    assert foreseen_backend() == "live"


@pytest.mark.usefixtures("fresh_process")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CLARIFAI_PAT", "", "CLARIFAI_PAT is empty"),
        ("CLARIFAI_BASE_URL", "http://127.0.0.1:9/v1", "No server answers"),
        ("CLARIFAI_BACKEND", "mocked", "There is no backend 'mocked'"),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_said_once_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(RunError, match=said):
        run([], output=tmp_path)


@pytest.mark.usefixtures("fresh_process")
def test_a_key_alone_skips_what_is_not_meant_for_clarifai(
    tmp_path: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", KEY)
    notebooks = [make_notebook(tmp_path, "01_mock", "1", backends=("mock",))]
    notebooks.append(make_notebook(tmp_path, "02_any", "1"))
    results = run(notebooks, output=tmp_path / "build")
    assert [result.status for result in results] == ["skipped", "ok"]


def test_a_key_is_in_no_file_that_a_run_writes(
    tmp_path: Path, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", KEY)
    monkeypatch.setenv("SHOP_TOKEN", 'in "quotes"')
    notebook = make_notebook(
        tmp_path,
        "01_tells",
        "import os\nprint(os.environ['CLARIFAI_PAT'], os.environ['SHOP_TOKEN'])",
        "raise ValueError(os.environ['CLARIFAI_PAT'])",
    )
    [result] = run([notebook], output=tmp_path / "build", backend="mock")
    assert result.problem and "ValueError: [secret]" in result.problem
    written = [path for path in (tmp_path / "build").rglob("*") if path.is_file()]
    for path in written:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert KEY not in text and "quotes" not in text.replace("'SHOP_TOKEN'", ""), path.name


def test_the_summary_is_also_a_file(executed: tuple[Path, dict[str, Result]]) -> None:
    output, results = executed
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    assert [entry["notebook"] for entry in summary] == sorted(results)
    assert summary[0].keys() == Result.__dataclass_fields__.keys()


def test_the_table_has_a_row_for_each(executed: tuple[Path, dict[str, Result]]) -> None:
    header, *rows = table(list(executed[1].values())).splitlines()
    assert header.split() == [
        *("notebook", "status", "seconds", "requests", "tokens", "model", "backend")
    ]
    assert rows[0].split()[:2] == ["01_asks", "ok"]
    assert rows[0].split()[-2:] == ["claude-sonnet-4", "mock"]
    assert [row.split()[0] for row in rows] == sorted(executed[1])


def printed(path: Path) -> str:
    outputs = [out for cell in nbformat.read(path, 4).cells for out in cell.get("outputs", ())]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def test_a_parameter_that_no_notebook_declares_is_refused_before_anything_runs(
    tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    notebooks = [
        make_notebook(tmp_path, "01_one", "1", parameters="MODEL = 1"),
        make_notebook(tmp_path, "02_two", "1"),
    ]
    with pytest.raises(RunError) as raised:
        run(notebooks, output=tmp_path / "build", parameters={"MODEL": 1, "MODLE": 2})
    assert str(raised.value) == "01_one, 02_two: no parameter MODLE. There is MODEL."
    assert not (tmp_path / "build").exists()


def test_a_file_where_the_folder_should_be(tmp_path: Path, make_notebook: MakeNotebook) -> None:
    (tmp_path / "build").write_text("")
    with pytest.raises(RunError, match=r"Cannot write to the folder .* --output"):
        run([make_notebook(tmp_path, "01_one", "1")], output=tmp_path / "build")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only to root"
)
def test_a_folder_that_cannot_be_written_to(tmp_path: Path, make_notebook: MakeNotebook) -> None:
    notebook = make_notebook(tmp_path, "01_one", "1")
    (tmp_path / "build").mkdir(mode=0o500)
    with pytest.raises(RunError, match="Permission denied"):
        run([notebook], output=tmp_path / "build")


# --- refresh ---


@pytest.fixture(scope="module")
def refreshed(
    tmp_path_factory: pytest.TempPathFactory, make_notebook: MakeNotebook
) -> tuple[Notebook, bytes, bytes, dict[str, Result]]:
    """A notebook refreshed twice, once beside one that fails: the bytes after each, the results."""
    folder = tmp_path_factory.mktemp("refresh")
    notebook = make_notebook(
        folder,
        "01_one",
        "import sys\nfor n in range(3):\n    print(n, flush=True)",
        "import os\nos.environ['CLARIFAI_BACKEND'], os.environ.get('CLARIFAI_PAT')",
        parameters="MODEL = 1",
    )
    stored = nbformat.read(notebook.path, 4)
    stored.metadata = {
        "kernelspec": {"name": "my-own", "display_name": "Mine", "language": "python"},
        "language_info": {"name": "python", "version": "3.9.1"},
        "papermill": {"duration": 1},
    }
    stored.cells[2].metadata["execution"] = {"iopub.execute_input": "2024-01-01T00:00:00Z"}
    stored.cells[2].metadata["tags"] = ["keep"]
    nbformat.write(stored, notebook.path)
    fails = make_notebook(folder, "02_fails", "print(1)", "1 / 0")
    before = fails.path.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_PAT", "0" * 32)
        results = refresh([notebook, fails], output=folder / "build")
    first = notebook.path.read_bytes()
    refresh([notebook], output=folder / "build")
    assert fails.path.read_bytes() == before
    return notebook, first, notebook.path.read_bytes(), {r.notebook: r for r in results}


def test_a_second_refresh_changes_no_byte(
    refreshed: tuple[Notebook, bytes, bytes, dict[str, Result]],
) -> None:
    _, first, second, _ = refreshed
    assert first == second


def test_a_refresh_leaves_nothing_that_depends_on_the_machine_or_the_moment(
    refreshed: tuple[Notebook, bytes, bytes, dict[str, Result]],
) -> None:
    notebook = nbformat.reads(refreshed[1].decode(), 4)
    assert notebook.metadata.keys() == {"kernelspec", "language_info", "provenance"}
    assert notebook.metadata.kernelspec == {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    assert "version" not in notebook.metadata.language_info
    assert [cell.metadata for cell in notebook.cells] == [
        {},
        {"tags": ["parameters"]},
        {"tags": ["keep"]},
        {},
    ]
    assert refreshed[1].endswith(b"}\n")


def test_a_refresh_keeps_cells_and_renews_outputs_and_counts(
    refreshed: tuple[Notebook, bytes, bytes, dict[str, Result]],
) -> None:
    notebook = nbformat.reads(refreshed[1].decode(), 4)
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2", "cell-3"]
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3]
    assert notebook.cells[2].outputs == [
        {"output_type": "stream", "name": "stdout", "text": "0\n1\n2\n"}
    ]


def test_a_notebook_that_cannot_be_written_is_left_and_named(
    tmp_path: Path, make_notebook: MakeNotebook
) -> None:
    notebook = make_notebook(tmp_path, "01_stays", "1")
    before = notebook.path.read_bytes()
    (tmp_path / f".01_stays.ipynb.{os.getpid()}.tmp").mkdir()
    with pytest.raises(OSError, match=r"directory: .*01_stays\.ipynb"):
        refresh([notebook], output=tmp_path / "build")
    assert notebook.path.read_bytes() == before


def test_a_refresh_is_on_the_mock_and_without_keys(
    refreshed: tuple[Notebook, bytes, bytes, dict[str, Result]],
) -> None:
    [result] = nbformat.reads(refreshed[1].decode(), 4).cells[3].outputs
    assert result.data["text/plain"] == "('mock', None)"


def test_a_notebook_that_fails_is_not_refreshed(
    refreshed: tuple[Notebook, bytes, bytes, dict[str, Result]],
) -> None:
    result = refreshed[3]["02_fails"]
    assert result.problem == "cell 3 (1 / 0): ZeroDivisionError: division by zero"


# --- interrupts ---

INTERRUPTIBLE = """
import sys
from pathlib import Path
from helpers.notebooks.registry import BACKENDS, Notebook
from helpers.notebooks.run import run
folder = Path(sys.argv[1])
run(
    [Notebook(p.stem, p, "", (), 1, 600, BACKENDS) for p in sorted(folder.glob("*.ipynb"))],
    output=folder / "build",
    jobs=2,
)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_no_kernel_outlives_an_interrupt(tmp_path: Path, make_notebook: MakeNotebook) -> None:
    for name in ("01_one", "02_two", "03_three"):
        code = f"import os, time; open('{name}.pid', 'w').write(str(os.getpid()) + '.')"
        make_notebook(tmp_path, name, code, "time.sleep(600)")
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, str(tmp_path)], stderr=subprocess.DEVNULL
    )
    pids = [pid_in(tmp_path / f"{name}.pid") for name in ("01_one", "02_two")]
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) != 0
    assert not any(map(alive, pids))
    assert not (tmp_path / "03_three.pid").exists()


def pid_in(path: Path) -> int:
    wait_until(lambda: path.exists() and path.read_text().endswith("."))
    return int(path.read_text().rstrip("."))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
