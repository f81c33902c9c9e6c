"""What tells of a machine and an hour is another in another world; what is taught is not."""

import os

import pytest
from nbformat import NotebookNode

from helpers.notebooks import forkserver
from helpers.notebooks.compare import differences
from helpers.notebooks.jobs import Job, Pool
from helpers.notebooks.world import another, chosen
from tests.unit.conftest import MakeNotebook

pytestmark = pytest.mark.skipif(not forkserver.AVAILABLE, reason="has other names for the same")

TELLING = {
    "the date": "import datetime\nprint(datetime.date.today())",
    "the time": "from datetime import datetime\nprint(datetime.now().year, datetime.utcnow().year)",
    "the time as text": "import time\nprint(time.strftime('%Y-%m-%d'), time.localtime().tm_year)",
    "the time zone": "import time\nprint(time.tzname, time.strftime('%z'))",
    "the user": "import getpass\nprint(getpass.getuser())",
    "the home folder": "from pathlib import Path\nprint(Path.home())",
    "the folder": "import os\nprint(os.getcwd())",
    "the host": "import platform, socket\nprint(socket.gethostname(), platform.node())",
    "the cores": "import os\nprint(os.cpu_count())",
    "the language": "import os\nprint(os.environ.get('LANG'))",
    "temporary files": "import os\nprint(os.environ.get('TMPDIR'))",
}
INNOCENT = {
    "a date that is given": "import datetime\nprint(datetime.date(2026, 3, 1).isoformat())",
    "what is a date": (
        "import datetime\nday = datetime.datetime.fromisoformat('2026-03-01')\n"
        "print(isinstance(day, datetime.datetime), day + datetime.timedelta(days=1))"
    ),
    "a file beside it": "print(open('beside.txt').read())",
    "a question": (
        "import os\nfrom helpers import use_endpoint\nuse_endpoint()\nfrom openai import OpenAI\n"
        "client = OpenAI(base_url=os.environ['CLARIFAI_BASE_URL'],"
        " api_key=os.environ['CLARIFAI_PAT'])\n"
        "print(client.models.list().data[0].id)"
    ),
}


@pytest.fixture(scope="module")
def cells(
    tmp_path_factory: pytest.TempPathFactory, make_notebook: MakeNotebook
) -> list[tuple[NotebookNode, NotebookNode]]:
    """The cells of a notebook as they were executed here and there."""
    folder = tmp_path_factory.mktemp("here") / "notebooks"
    folder.mkdir()
    (folder / "beside.txt").write_text("the same")
    notebook = make_notebook(folder, "01_one", *TELLING.values(), *INNOCENT.values())
    environment = os.environ | {"CLARIFAI_BACKEND": "mock"}
    there = another(folder, tmp_path_factory.mktemp("there"))
    jobs = [
        Job(notebook, folder / "here.ipynb", environment),
        Job(notebook, folder / "there.ipynb", environment, world=there),
    ]
    results = [result.result() for result in Pool(jobs, 2).results]
    assert [result.problem for result in results] == [None, None]
    one, other = (job.executed.cells[1:] for job in jobs)
    return list(zip(one, other, strict=True))


@pytest.mark.parametrize("name", TELLING)
def test_what_tells_where_it_was_run_is_noticed(
    name: str, cells: list[tuple[NotebookNode, NotebookNode]]
) -> None:
    here, there = cells[[*TELLING].index(name)]
    assert differences(here.outputs, there.outputs), here.outputs


@pytest.mark.parametrize("name", INNOCENT)
def test_what_does_not_is_the_same(
    name: str, cells: list[tuple[NotebookNode, NotebookNode]]
) -> None:
    here, there = cells[len(TELLING) + [*INNOCENT].index(name)]
    assert here.outputs
    assert not differences(here.outputs, there.outputs)


def test_a_world_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD", "brave new")
    with pytest.raises(ValueError, match="brave new"):
        chosen()
