"""Other people's clients, used as their manuals say, with no more changed than the address.

Each program is a file in `clients/`, in the words of this project. `make integrations` runs this in
the environment that it makes; `make test` does not collect it.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.elsewhere.environments import BUILD, IN_VENV
from tests.elsewhere.programs import endpoint, printed

__all__ = ["endpoint"]

CLIENTS = Path(__file__).with_name("clients")
PYTHON = BUILD / "venv" / IN_VENV
SAYS = {
    "clarifai_cli.sh": ["391"],
    "instructor_person.py": ["Ada Lovelace 36"],
    "llama_index_chat.py": ["391", "391", "42"],
    "pydantic_ai_agent.py": ["Oslo 7"],
    "vercel_ai_streams.mjs": [
        "1 call, thoughts, In London",
        '{"name":"Ada Lovelace","age":36}',
        'partly, then {"name":"Ada Lovelace","age":36}',
        "usage adds up",
    ],
}
"""For each program, what each line of what it prints has in it."""


def test_every_program_is_run() -> None:
    assert {program.name for program in CLIENTS.iterdir() if program.is_file()} == {*SAYS}


@pytest.mark.parametrize("name", SAYS)
def test_a_client_gets_what_it_is_written_for(
    name: str, endpoint: dict[str, str], tmp_path: Path
) -> None:
    environment = endpoint | {
        "CLARIFAI_API_BASE": endpoint["CLARIFAI_BASE_URL"].partition("/v2/")[0],
        "HOME": str(tmp_path),  # where some of them keep settings
        "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}",
    }
    program = {".sh": "sh", ".mjs": "node"}.get(Path(name).suffix, PYTHON)
    folder = CLIENTS
    if program == "node":  # It looks for packages beside the file.
        folder = BUILD
        shutil.copy(CLIENTS / name, folder)
    said = printed(program, name, environment=environment, cwd=folder).splitlines()
    assert len(said) >= len(SAYS[name])
    for line, words in zip(said, SAYS[name], strict=False):
        assert words in line, said
