"""Ways to break a GitHub workflow, each a change of its text."""

import re
from collections.abc import Callable

from tests.mutants import Mutant, Mutants

MUTANTS: Mutants[Callable[[str], str]] = Mutants("a GitHub workflow")
WorkflowMutant = Mutant[Callable[[str], str]]
mutant = MUTANTS.mutant


@mutant("an action by its tag", caught_by="actions pinned")
def _(text: str) -> str:
    return re.sub(r"checkout@\w+ # (v\d+).*", r"checkout@\1", text)


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


@mutant("a commit that does not say its version", caught_by="actions pinned")
def _(text: str) -> str:
    return re.sub(r" # v\d.*", "", text)


@mutant("`|| true`", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("run: make test", "run: make test || true #")


@mutant("a failure turned into a message", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("run: make test", "run: make test || echo failed #")


@mutant("a failure followed by a success", caught_by="can fail")
def _(text: str) -> str:
    return re.sub(r"run: make test.*", r"\g<0>; true", text)


@mutant("a command that is not waited for", caught_by="can fail")
def _(text: str) -> str:
    return re.sub(r"run: make test.*", r"\g<0> &", text)


@mutant("a step that may fail", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("- run: make test", "- continue-on-error: true\n        run: make test")


@mutant("a job that may fail", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("    timeout-minutes", "    continue-on-error: true\n    timeout-minutes")


@mutant("a step that never runs", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("- run: make test", "- if: ${{ false }}\n        run: make test")


@mutant("a step that runs for somebody only", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("- run: make test", "- if: github.actor == 'me'\n        run: make test")


@mutant("a shell that goes on after a failure", caught_by="can fail")
def _(text: str) -> str:
    return text.replace("- run: make test", "- shell: bash {0}\n        run: make test")


@mutant("tests that are told to pass", caught_by="can fail")
def _(text: str) -> str:
    return re.sub(r"run: make test.*", r"\g<0>\n        env: {MAKEFLAGS: -i}", text)


@mutant("a pipe without pipefail", caught_by="pipefail")
def _(text: str) -> str:
    text = re.sub(r"(?m)^    shell: bash\n", "    working-directory: .\n", text)
    return text.replace("run: make test", "run: make test | tee log #")


@mutant("a job without a time limit", caught_by="time limit")
def _(text: str) -> str:
    return re.sub(r"    timeout-minutes: .*\n", "", text, count=1)


@mutant("a time limit of six hours", caught_by="time limit")
def _(text: str) -> str:
    return re.sub(r"timeout-minutes: .*", "timeout-minutes: 360", text, count=1)


@mutant("permission to write", caught_by="permissions")
def _(text: str) -> str:
    return text.replace("contents: read", "contents: write")


@mutant("a job with permissions of its own", caught_by="permissions")
def _(text: str) -> str:
    return text.replace("    timeout-minutes", "    permissions: write-all\n    timeout-minutes")


@mutant("a token left in the checkout", caught_by="permissions")
def _(text: str) -> str:
    return text.replace("persist-credentials: false", "fetch-depth: 1")


@mutant("runs that pile up", caught_by="one run at a time")
def _(text: str) -> str:
    return re.sub(r"(?m)^concurrency:\n(  .*\n)+", "", text)


@mutant("a secret in a pull request's run", caught_by="no secret for a pull request")
def _(text: str) -> str:
    key = "env:\n          CLARIFAI_PAT: ${{ secrets.CLARIFAI_PAT }}"
    return text.replace("- run: make test", f"- {key}\n        run: make test")


@mutant("a stranger's code with our secrets", caught_by="no secret for a pull request")
def _(text: str) -> str:
    return text.replace("pull_request:", "pull_request_target:")


@mutant("a pull request's title in a script", caught_by="no injection")
def _(text: str) -> str:
    return text.replace("run: make test", "run: make test ARGS='${{ github.event.number }}' #")
