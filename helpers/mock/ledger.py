"""The ledger of refusals: what is refused, by whose models, and how that is known.

The entries are data (`data/refusals.toml`). Whatever refuses a request names its entry; a rule that
holds for some models only is asked for by `holds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from helpers.beside import table
from helpers.mock.catalogue import Model


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason for a refusal: what is refused, for which models, and what that is known from."""

    refused: str
    holds_for: Literal["all", "openai", "mock"]
    evidence: str


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its name."""
    return {name: Rule(**entry) for name, entry in table(__file__, "data/refusals.toml").items()}


def holds(rule: str, model: Model) -> bool:
    """Whether a rule holds for a model: those of OpenAI itself have more than the others."""
    return rules()[rule].holds_for != "openai" or model.vendor.is_openai
