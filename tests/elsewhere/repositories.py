"""Suites that are only in public repositories, each run from its checkout and not edited.

Their packages, and for those in Python an environment, are in build/: `make conformance` makes it.
"""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

from helpers.evidence.page import Suite
from helpers.mock import MOCK_PAT
from helpers.mock.application import Application
from helpers.mock.server import MockServer
from helpers.mock.simulated.json_schema import fits
from helpers.notebooks.registry import PROJECT
from tests.elsewhere.environments import BUILD, IN_VENV
from tests.elsewhere.fronts import MODELS, encrypted, with_key, with_models
from tests.elsewhere.reasons import why

PYTHON = PROJECT / "build" / "suites" / "venv" / IN_VENV
SECONDS = 900
CLARIFAI_URL = "https://api.clarifai.com"
COMMAND = "make conformance CHECKOUTS=FOLDER"


def commit(checkout: Path) -> str:
    """The commit of a checkout, shortened; of one without git, that which its owner noted."""
    noted = checkout / "COMMIT"
    if noted.exists():
        return noted.read_text(encoding="utf-8").strip()[:12]
    command = ["git", "-C", str(checkout), "rev-parse", "--short=12", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def today() -> str:
    """As the page has it."""
    return datetime.now(UTC).date().isoformat()


def json_schema(checkout: Path) -> Suite:
    """The official suite of JSON Schema, on what says whether a made value fits its schema."""
    passed: Counter[str] = Counter()
    failed = {}
    for path in sorted(checkout.glob("tests/draft2020-12/*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            elsewhere = "://localhost:1234" in json.dumps(group["schema"])
            for case in group["tests"]:
                if fits(case["data"], group["schema"]) == case["valid"]:
                    passed[path.stem] += 1
                    continue
                name = f"{path.stem}: {group['description']}: {case['description']}"
                failed[name] = why("json-schema", "elsewhere" if elsewhere else path.stem)
    return Suite(
        name="JSON Schema Test Suite, draft 2020-12",
        version=commit(checkout),
        source="https://github.com/json-schema-org/JSON-Schema-Test-Suite",
        command=COMMAND,
        passed=passed,
        failed=failed,
        checked=today(),
    )


# In a stream of Responses it reads what its own Agents SDK has dropped, whatever the server sends.
GPT_OSS: dict[str, tuple[list[str], list[str]]] = {
    "whole": ([], ["responses", "chat"]),
    "streamed": (["--streaming"], ["chat"]),
}


def gpt_oss(checkout: Path) -> Suite:
    """OpenAI's test of what serves gpt-oss, whole and as a stream, by the Agents SDK.

    Its packages have to be in the checkout: `npm install`, as its README says, and `tsx`, which its
    script asks for.
    """
    folder = checkout / "compatibility-test"
    rollouts = {}
    with MockServer() as server:
        for way, (option, apis) in GPT_OSS.items():
            provider = {
                "apiBaseUrl": server.base_url,
                "apiKey": MOCK_PAT,
                "apiType": apis,
                "modelName": MODELS["chat/completions"],
                "providerDetails": {},
            }
            text = f"export const PROVIDERS = {json.dumps({'mock': provider})};\n"
            (folder / "providers.ts").write_text(text, encoding="utf-8")
            before = {*folder.glob("rollout_mock_*.jsonl")}
            command = ["npm", "start", "--", "--provider", "mock", "-k", "1", *option]
            subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=True)
            [made] = {*folder.glob("rollout_mock_*.jsonl")} - before
            rollouts[way] = made.read_text(encoding="utf-8")
    return told_by_gpt_oss(rollouts, commit(checkout), today())


def told_by_gpt_oss(rollouts: Mapping[str, str], version: str, today: str) -> Suite:
    """Its records, whole and streamed, as evidence: a line for each case and API."""
    passed: Counter[str] = Counter()
    failed = {}
    for way, rollout in rollouts.items():
        for line in rollout.splitlines():
            record: dict[str, Any] = json.loads(line)
            form = f"{record.get('result', {}).get('apiType')} {way}"
            if record.get("success"):
                passed[form] += 1
            else:
                failed[f"{record.get('run_id')} {form}"] = _lacking(record)
    return Suite(
        name="gpt-oss compatibility test",
        version=version,
        source="https://github.com/openai/gpt-oss/tree/main/compatibility-test",
        command="npm start -- --provider NAME -k 1 [--streaming]",
        passed=passed,
        failed=failed,
        checked=today,
    )


def _lacking(record: dict[str, Any]) -> str:
    if record.get("result", {}).get("validResponse"):
        return "the reply has the right form, but the simulated model does not call the tool"
    return str(record.get("error") or "the reply has another form")


SEES = "openai/chat-completion/models/gpt-4o"
"""One of the cases has a picture."""


def open_responses(checkout: Path) -> Suite:
    """Open Responses' test of compliance, which several providers share.

    Its packages have to be in the checkout: `npm install zod@3 tsx` is enough.
    """
    with MockServer() as server:
        command = ["npx", "tsx", "bin/compliance-test.ts", "--json", "--api-key", MOCK_PAT]
        command += ["--base-url", server.base_url, "--model", SEES]
        done = subprocess.run(
            command, cwd=checkout, capture_output=True, text=True, timeout=SECONDS
        )
    return told_by_open_responses(json.loads(done.stdout), commit(checkout), today())


def told_by_open_responses(report: dict[str, Any], version: str, today: str) -> Suite:
    """Its report as evidence. What was skipped was not run, and does not count."""
    told = {each["id"]: each for each in report["results"] if each["status"] != "skipped"}
    return Suite(
        name="Open Responses",
        version=version,
        source="https://github.com/openresponses/openresponses",
        command="npx tsx bin/compliance-test.ts --json",
        passed={name: 1 for name, each in told.items() if each["status"] == "passed"},
        failed={
            name: why("openresponses", f"{name} {each['errors']}")
            for name, each in told.items()
            if each["status"] != "passed"
        },
        checked=today,
    )


def openai_python(checkout: Path) -> Suite:
    """The client's own tests of each method of the APIs that the mock has."""
    folder = "tests/api_resources/"
    parts = ["chat", "responses", "test_responses.py", "test_embeddings.py", "test_images.py"]
    with MockServer(app=with_key(with_models(Application()))) as server:
        report = _pytest(
            checkout,
            [folder + part for part in (*parts, "test_models.py")],
            {"TEST_API_BASE_URL": server.base_url, "PYTHONPATH": f"{checkout / 'src'}"},
        )
    return told_by_junit(
        report,
        "openai-python",
        "https://github.com/openai/openai-python",
        "pytest tests/api_resources/PART",
        commit(checkout),
        today(),
    )


def clarifai_grpc(checkout: Path) -> Suite:
    """Clarifai's own tests of its public models, as they are sent to the live service."""
    with (
        MockServer() as server,
        TemporaryDirectory() as folder,
        encrypted(server.port, Path(folder)) as (port, certificate),
    ):
        report = _pytest(
            checkout,
            ["tests/public_models"],
            {
                "CLARIFAI_PAT_KEY": MOCK_PAT,
                "CLARIFAI_API_BASE": server.url,
                "CLARIFAI_GRPC_BASE": f"localhost:{port}",
                "SSL_CERT_FILE": str(certificate),
                "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(certificate),
            },
        )
    return told_by_junit(
        report,
        "clarifai-python-grpc",
        "https://github.com/Clarifai/clarifai-python-grpc",
        "pytest tests/public_models",
        commit(checkout),
        today(),
    )


def openai_openapi(checkout: Path) -> Suite:
    """Schemathesis: what OpenAI's published description allows, and what may come back."""
    paths = "|".join([*MODELS, "models"])
    with (
        TemporaryDirectory() as folder,
        MockServer(app=with_key(with_models(Application()))) as server,
    ):
        report = Path(folder) / "report.xml"
        command = [str(PYTHON.with_name("schemathesis")), "run", str(checkout / "openapi.json")]
        command += ["--url", server.base_url, "--include-path-regex", f"^/({paths})$"]
        command += ["--exclude-operation-id", "listChatCompletions", "--seed", "1"]
        command += ["--phases", "examples,fuzzing", "--max-examples", "40"]
        command += ["--checks", CHECKS, "--continue-on-failure"]
        command += ["--report", "junit", "--report-junit-path", str(report), "--no-color"]
        subprocess.run(command, capture_output=True, timeout=SECONDS, cwd=folder)
        return told_by_junit(
            report.read_text(encoding="utf-8"),
            "openai-openapi",
            "https://github.com/openai/openai-openapi",
            f"schemathesis run openapi.json --checks {CHECKS}",
            commit(checkout),
            today(),
        )


def examples(checkout: Path) -> Suite:
    """Clarifai's published programs that ask a model: copies, with another address and no more.

    They run with the packages of `make integrations`.
    """
    passed, failed = {}, {}
    with MockServer() as server, TemporaryDirectory() as folder:
        environment = os.environ | {
            "CLARIFAI_PAT": MOCK_PAT,
            "CLARIFAI_API_BASE": server.url,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }
        for program in sorted(checkout.glob("models/model_predict/*.py")):
            text = program.read_text(encoding="utf-8").replace(CLARIFAI_URL, server.url)
            copy = Path(folder) / program.name
            copy.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [BUILD / "venv" / IN_VENV, copy],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
            said = done.stdout + done.stderr
            # They catch whatever is raised, print it, and end well.
            if done.returncode or re.search(r"Error|failed with response status", said):
                failed[program.name] = why("examples", said)
            else:
                passed[program.name] = 1
    return Suite(
        name="Clarifai's examples",
        version=commit(checkout),
        source="https://github.com/Clarifai/examples/tree/main/models/model_predict",
        command="python PROGRAM",
        passed=passed,
        failed=failed,
        checked=today(),
    )


PAGE = "content/providers/04-openai-compatible-providers/45-clarifai.mdx"
PROGRAM = re.compile(r"^### Example - (.+?)\n.*?^```ts\n(.*?)^```", re.MULTILINE | re.DOTALL)


def vercel(checkout: Path) -> Suite:
    """The programs on the AI SDK's page of Clarifai, with another address and no more.

    They run with the packages of `make integrations`.
    """
    passed, failed = {}, {}
    text = (checkout / PAGE).read_text(encoding="utf-8")
    with MockServer() as server, TemporaryDirectory(dir=BUILD) as folder:
        for name, program in PROGRAM.findall(text.replace(CLARIFAI_URL, server.url)):
            copy = Path(folder) / "program.mjs"
            copy.write_text(program, encoding="utf-8")
            done = subprocess.run(
                ["node", copy],
                env=os.environ | {"CLARIFAI_PAT": MOCK_PAT},
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
            if done.returncode or not done.stdout.strip() or done.stderr:
                failed[name] = why("vercel", done.stderr)
            else:
                passed[name] = 1
    return Suite(
        name="AI SDK, its page of Clarifai",
        version=commit(checkout),
        source=f"https://github.com/vercel/ai/blob/main/{PAGE}",
        command="node PROGRAM",
        passed=passed,
        failed=failed,
        checked=today(),
    )


CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"


def _pytest(checkout: Path, parts: list[str], environment: dict[str, str]) -> str:
    """What a suite says, as a report of JUnit's."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [str(PYTHON), "-m", "pytest", *parts, "-n", "2", "-p", "no:cacheprovider"]
        subprocess.run(
            [*command, f"--junitxml={report}"],
            cwd=checkout,
            env=os.environ | environment,
            capture_output=True,
            timeout=SECONDS,
        )
        return report.read_text(encoding="utf-8")


def told_by_junit(
    report: str, name: str, source: str, command: str, version: str, today: str
) -> Suite:
    """A report in JUnit's form as evidence. What was skipped was not run, and does not count.

    A case that is run in several ways, by two clients and more or less strictly, is one, and has
    passed if it has in all of them.
    """
    run: dict[tuple[str, str], str] = {}
    for group, case, message in _cases(report):
        told = f"{group} {case} {message}" if message else ""
        run[group, case] = run.get((group, case)) or told
    passed = Counter(group for (group, _), told in sorted(run.items()) if not told)
    failed = {
        case if group == case else f"{group}: {case}": why(name, told)
        for (group, case), told in sorted(run.items())
        if told
    }
    return Suite(name, version, source, command, passed, failed, today)


_WAYS = re.compile(r"Async(?=[A-Z])|\[(loose|strict|aiohttp)\]$")


def _cases(report: str) -> Iterator[tuple[str, str, str]]:
    """Of each case that was run its group, its name, and why it failed if it did."""
    for case in ElementTree.fromstring(report).iter("testcase"):
        if case.find("skipped") is not None:
            continue
        name = _WAYS.sub("", case.get("name") or "")
        group = _WAYS.sub("", (case.get("classname") or name).removeprefix("tests."))
        errors = [*case.findall("failure"), *case.findall("error")]
        message = " ".join(f"{each.get('message') or ''} {each.text or ''}" for each in errors)
        yield group, name, message


REPOSITORIES: dict[str, Callable[[Path], Suite]] = {
    "ai": vercel,
    "JSON-Schema-Test-Suite": json_schema,
    "clarifai-python-grpc": clarifai_grpc,
    "examples": examples,
    "gpt-oss": gpt_oss,
    "openai-openapi": openai_openapi,
    "openai-python": openai_python,
    "openresponses": open_responses,
}
