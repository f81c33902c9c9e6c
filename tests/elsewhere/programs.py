"""Programs print what the notebooks say, in environments of their own.

They are those that notebook 15 shows, and the snippets: in JavaScript, and in Python with nothing
installed but what their second line names. `make integrations` makes the other environments and
runs this; `make test` does not collect it.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.mock import MOCK_PAT, start
from helpers.notebooks.registry import PROJECT
from helpers.notebooks.snippets import snippets
from tests.elsewhere.environments import BUILD, IN_VENV, SNIPPETS, needs, python_with

PROGRAMS = PROJECT / "notebooks" / "elsewhere"
PYTHON = BUILD / "venv" / IN_VENV
PRINTS: dict[str, str] = json.loads((PROGRAMS / "prints.json").read_text(encoding="utf-8"))
MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[dict[str, str]]:
    """An environment in which Clarifai's endpoint is the mock; no other key or address is set."""
    with start() as server:
        yield os.environ | {
            "CLARIFAI_BASE_URL": server.base_url,
            "CLARIFAI_PAT": MOCK_PAT,
            # Else LiteLLM fetches a list of prices, and the Agents SDK sends traces to OpenAI.
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "PYTHONIOENCODING": "utf-8",
        }


def printed(*command: str | Path, environment: dict[str, str], cwd: Path = PROGRAMS) -> str:
    run = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def node() -> Path:
    """A folder with the JavaScript, and with what `npm ci` and the compiler put there."""
    for program in (*PROGRAMS.glob("*.mjs"), *PROGRAMS.glob("*.ts"), *SNIPPETS.glob("*.mjs")):
        shutil.copy(program, BUILD)
    compiler = BUILD / "node_modules" / "typescript" / "bin" / "tsc"
    printed("node", compiler, environment=dict(os.environ), cwd=BUILD)
    return BUILD


def test_every_program_says_what_it_prints() -> None:
    kinds = ("*.sh", "*.mjs", "*.ts", "*.py")
    assert {program.name for kind in kinds for program in PROGRAMS.glob(kind)} == {*PRINTS}


def test_curl(endpoint: dict[str, str]) -> None:
    reply = json.loads(printed("sh", "curl.sh", environment=endpoint))
    assert reply["choices"][0]["message"]["content"] == PRINTS["curl.sh"]


@pytest.mark.parametrize("name", ["javascript.mjs", "typescript.ts", "vercel_ai.mjs"])
def test_node(name: str, node: Path, endpoint: dict[str, str]) -> None:
    program = Path(name).with_suffix(".js") if name.endswith(".ts") else name
    assert printed("node", program, environment=endpoint, cwd=node).rstrip() == PRINTS[name]


@pytest.mark.parametrize("name", sorted(path.name for path in SNIPPETS.glob("*.mjs")))
def test_a_snippet_in_javascript_prints_what_its_cell_does(
    name: str, node: Path, endpoint: dict[str, str]
) -> None:
    snippet = next(each for each in snippets() if each.name == Path(name).stem)
    assert snippet.asking is not None
    said = printed("node", name, environment=endpoint, cwd=node)
    shown = "".join(output.text for output in snippet.asking.outputs)
    if said.startswith("["):
        for call in json.loads(said):
            assert call["id"] in snippet.output
            assert call["function"]["arguments"] in snippet.output
    else:
        assert said == shown


@pytest.mark.parametrize("program", sorted(SNIPPETS.glob("*.py")), ids=lambda path: path.name)
def test_a_snippet_needs_what_its_second_line_says_and_no_more(
    program: Path, endpoint: dict[str, str], tmp_path: Path
) -> None:
    snippet = next(each for each in snippets() if each.name == program.stem.removesuffix("_async"))
    python = python_with(needs(program))
    assert printed(python, program, environment=endpoint, cwd=tmp_path) == snippet.output
    assert all(path.name in snippet.program for path in tmp_path.iterdir())


def test_openai_brings_nothing_else_that_a_snippet_could_use(endpoint: dict[str, str]) -> None:
    program = """
from importlib.util import find_spec
print([name for name in ("openai", "helpers", "numpy", "fastjsonschema") if find_spec(name)])
"""
    said = printed(python_with(["openai"]), "-c", program, environment=endpoint)
    assert said == "['openai']\n"


@pytest.mark.parametrize("name", [name for name in PRINTS if name.endswith(".py")])
def test_python(name: str, endpoint: dict[str, str]) -> None:
    assert printed(PYTHON, name, environment=endpoint).rstrip() == PRINTS[name]


FROM_ENVIRONMENT = {
    "litellm": f"""
import litellm
messages = [{{"role": "user", "content": "How much is 17 * 23?"}}]
print(litellm.completion(model="openai/{MODEL}", messages=messages).choices[0].message.content)
""",
    "langchain": f"""
from langchain_openai import ChatOpenAI
print(ChatOpenAI(model="{MODEL}").invoke("How much is 17 * 23?").content)
""",
    "agents": f"""
from agents import Agent, OpenAIChatCompletionsModel, Runner
from openai import AsyncOpenAI
model = OpenAIChatCompletionsModel(model="{MODEL}", openai_client=AsyncOpenAI())
print(Runner.run_sync(Agent(name="A", model=model), "How much is 17 * 23?").final_output)
""",
}


@pytest.mark.parametrize("program", FROM_ENVIRONMENT.values(), ids=FROM_ENVIRONMENT)
def test_the_variables_of_openai_are_enough(program: str, endpoint: dict[str, str]) -> None:
    environment = endpoint | {
        "OPENAI_BASE_URL": endpoint["CLARIFAI_BASE_URL"],
        "OPENAI_API_KEY": endpoint["CLARIFAI_PAT"],
    }
    assert "391" in printed(PYTHON, "-c", program, environment=environment)


def test_litellm_does_not_read_clarifai_pat(endpoint: dict[str, str]) -> None:
    program = f"""
import litellm
try:
    litellm.completion(
        model="clarifai/openai.chat-completion.gpt-oss-120b",
        api_base="{endpoint["CLARIFAI_BASE_URL"]}",
        messages=[{{"role": "user", "content": "How much is 17 * 23?"}}],
    )
except litellm.exceptions.InternalServerError as error:
    print(error)
"""
    assert printed(PYTHON, "-c", program, environment=endpoint).count("set the `CLARIFAI_API_KEY`")


def test_litellm_takes_the_first_prefix_off(endpoint: dict[str, str]) -> None:
    """The name that the OpenAI client takes is, here, one of a user `chat-completion`."""
    program = f"""
import litellm
try:
    litellm.completion(
        model="openai/chat-completion/models/gpt-oss-120b",
        api_base="{endpoint["CLARIFAI_BASE_URL"]}",
        api_key="{MOCK_PAT}",
        messages=[{{"role": "user", "content": "How much is 17 * 23?"}}],
    )
except litellm.exceptions.NotFoundError as error:
    print(type(error).__name__)
"""
    assert printed(PYTHON, "-c", program, environment=endpoint).endswith("NotFoundError\n")
