"""Environments that a run of tests must not start in."""

from collections.abc import Callable

from tests.mutants import Mutants

MUTANTS: Mutants[Callable[[], dict[str, str]]] = Mutants("the environment of a test run")
mutant = MUTANTS.mutant

REFUSED = "no real key"
KEY = "0123456789abcdef" * 2


@mutant("a PAT in it", caught_by=REFUSED)
def _() -> dict[str, str]:
    return {"CLARIFAI_PAT": KEY}


@mutant("an API key of Clarifai in it", caught_by=REFUSED)
def _() -> dict[str, str]:
    return {"CLARIFAI_API_KEY": KEY}


@mutant("an API key of OpenAI in it", caught_by=REFUSED)
def _() -> dict[str, str]:
    return {"OPENAI_API_KEY": KEY}
