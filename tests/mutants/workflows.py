"""Ways to break a GitHub workflow, each a change of its text."""

import re
from collections.abc import Callable
from functools import partial

from tests.mutants import Mutant, Mutants

MUTANTS: Mutants[Callable[[str], str]] = Mutants("a GitHub workflow")
WorkflowMutant = Mutant[Callable[[str], str]]
mutant = MUTANTS.mutant


WRITES_A_BRANCH = """
  branch:
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: write
    steps:
      - env:
          TOKEN: ${{ github.token }}
        run: git push
"""


@mutant("a token to write, in the hands of a program of ours", caught_by="permissions")
def _(text: str) -> str:
    return text + WRITES_A_BRANCH.replace("git push", "make push")


@mutant("a token to write, for a program of ours behind git", caught_by="permissions")
def _(text: str) -> str:
    return text + WRITES_A_BRANCH.replace("git push", "git push && make push")


@mutant("a token to write, of a whole job", caught_by="permissions")
def _(text: str) -> str:
    of_the_step = "    steps:\n      - env:\n          TOKEN: ${{ github.token }}\n        run: git"
    of_the_job = "    env:\n      TOKEN: ${{ github.token }}\n    steps:\n      - run: git"
    return text + WRITES_A_BRANCH.replace(of_the_step, of_the_job)


@mutant("a token to write, by another name", caught_by="permissions")
def _(text: str) -> str:
    job = WRITES_A_BRANCH.replace("github.token", "secrets.GITHUB_TOKEN")
    return text + job.replace("git push", "make push")


@mutant("a token to write, before a change is merged", caught_by="permissions")
def _(text: str) -> str:
    return text + WRITES_A_BRANCH.replace("    if: github.ref == 'refs/heads/main'\n", "")


@mutant("a pipe without pipefail", caught_by="pipefail")
def _(text: str) -> str:
    text = re.sub(r"(?m)^    shell: bash\n", "    working-directory: .\n", text)
    return text.replace("run: make test", "run: make test | tee log #")


# The gate, and for each mutant: its name, what is replaced wherever it is, and by what.
REPLACED = {
    "actions pinned": [
        ("an action by its tag", r"checkout@\w+ # (v\d+).*", r"checkout@\1"),
        ("a commit that does not say its version", r" # v\d.*", ""),
    ],
    "can fail": [
        ("`|| true`", "run: make test", r"\g<0> || true #"),
        ("a failure turned into a message", "run: make test", r"\g<0> || echo failed #"),
        ("a failure followed by a success", "run: make test.*", r"\g<0>; true"),
        ("a command that is not waited for", "run: make test.*", r"\g<0> &"),
        ("a step that may fail", "run: make test", r"continue-on-error: true\n        \g<0>"),
        ("a job that may fail", "    timeout-minutes", r"    continue-on-error: true\n\g<0>"),
        ("a step that never runs", "run: make test", r"if: ${{ false }}\n        \g<0>"),
        (
            "a step that runs for somebody only",
            "run: make test",
            r"if: github.actor == 'me'\n        \g<0>",
        ),
        (
            "a shell that goes on after a failure",
            "run: make test",
            r"shell: bash {0}\n        \g<0>",
        ),
        (
            "tests that are told to pass",
            "run: make test.*",
            r"\g<0>\n        env: {MAKEFLAGS: -i}",
        ),
    ],
    "time limit": [
        ("a job without a time limit", r"(?s)^(.*?)    timeout-minutes: [^\n]*\n", r"\1"),
        ("a time limit of six hours", r"(?s)^(.*?timeout-minutes: )\d+", r"\g<1>360"),
    ],
    "permissions": [
        ("permission to write", "contents: read", "contents: write"),
        (
            "a job with permissions of its own",
            "    timeout-minutes",
            r"    permissions: write-all\n\g<0>",
        ),
        ("a token left in the checkout", "persist-credentials: false", "fetch-depth: 1"),
    ],
    "one run at a time": [("runs that pile up", r"(?m)^concurrency:\n(  .*\n)+", "")],
    "no secret for a pull request": [
        (
            "a secret in a pull request's run",
            "run: make test",
            r"env:\n          CLARIFAI_PAT: ${{ secrets.CLARIFAI_PAT }}\n        \g<0>",
        ),
        ("a stranger's code with our secrets", "pull_request:", "pull_request_target:"),
    ],
    "no injection": [
        (
            "a pull request's title in a script",
            "run: make test",
            r"\g<0> ARGS='${{ github.event.number }}' #",
        ),
    ],
}
for gate, replaced in REPLACED.items():
    for name, old, new in replaced:
        mutant(name, caught_by=gate)(partial(re.sub, old, new))
