"""The models that the mock knows, and who makes them.

User, app and model ids are those that Clarifai's documentation lists for its OpenAI-compatible
endpoint. What each model can do follows the same pages where they say so; the context windows are
those of Clarifai's published listings, or the makers' own.
"""

import difflib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import TypeAdapter

from helpers.beside import table, text
from helpers.models import ModelRef

Kind = Literal[
    "chat", "tools", "vision", "reasoning", "embeddings", "images", "concepts", "legacy", "agentic"
]
CallIdStyle = Literal["openai", "hex", "anthropic"]


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who makes a model, what its assistant is called, and how its tool-call ids look."""

    company: str
    assistant: str
    call_id_style: CallIdStyle = "hex"
    is_openai: bool = False
    """Whether OpenAI's own service answers, which refuses more, and in fields of their own."""
    reasoning_fields: tuple[str, ...] = ("reasoning_content",)
    """In which fields of a message its thoughts come."""
    takes: frozenset[str] = frozenset()
    """What its models take in a request beside the fields that the `openai` client knows."""

    @property
    def refuses_apart(self) -> bool:
        """Whether a refusal to fill a schema comes in a field of its own, and not as the text."""
        return self.is_openai


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its reference, who makes it, what it can do, how many tokens it can hold."""

    ref: ModelRef
    vendor: Vendor
    kinds: frozenset[Kind]
    max_model_len: int | None = None

    @property
    def url(self) -> str:
        """The address of the model's page, which is also how a request names it."""
        return self.ref.url

    @property
    def takes(self) -> frozenset[str]:
        """The fields of a request that it takes beside those that the `openai` client knows."""
        return self.vendor.takes | ({"mcp_servers"} if "agentic" in self.kinds else frozenset())

    @property
    def featured_order(self) -> int | None:
        """Its rank among the models that Clarifai's staff picked, from 1; None for any other."""
        return _FEATURED_ORDER.get(self.ref.name)

    @property
    def use_cases(self) -> frozenset[str]:
        """The tags that the native API's list of models is filtered by."""
        return frozenset(_USE_CASES[kind] for kind in self.kinds if kind in _USE_CASES)


_DATA = table(__file__, "data/catalogue.toml")
_FEATURED_ORDER = {name: rank for rank, name in enumerate(_DATA["featured"], 1)}
_USE_CASES: dict[Kind, str] = _DATA["use_cases"]
VENDORS = TypeAdapter(dict[str, Vendor]).validate_python(_DATA["vendors"])


def _read(line: str) -> Model:
    path, initials, *others = line.split()
    ref = ModelRef(*path.split("/"))
    length = int(others[0]) if others else None
    vendor = VENDORS[others[1] if others[1:] else ref.user_id]
    kinds: frozenset[Kind] = frozenset(_DATA["kinds"][initial] for initial in initials)
    return Model(ref, vendor, kinds, length)


_LISTED = text(__file__, "data/models.txt").splitlines()
MODELS: tuple[Model, ...] = tuple(_read(line) for line in _LISTED if line[0] != "#")
_BY_ID = {model.ref.model_id: model for model in MODELS if model.featured_order is not None}
_BY_NAME = {model.ref.name: model for model in MODELS}


def find(ref: ModelRef) -> Model | None:
    """The model with exactly these ids, case and all; any version of it will do."""
    return _BY_NAME.get(f"{ref.user_id}/{ref.app_id}/models/{ref.model_id}")


def featured(name: str) -> Model | None:
    """The featured model with this id, which needs no more than its id to be named."""
    return _BY_ID.get(name)


_LIKE = 0.75
"""How like two ids have to be for one to be what somebody meant by the other."""


def nearest(ref: ModelRef) -> Model | None:
    """The known model whose ids are most like these, for a "did you mean"; None if none is like."""
    # The real id often comes with dots for underscores ("gpt-4.1") or in another case.
    wanted = ref.model_id.replace(".", "_").lower()[:100]
    return _nearest(f"{ref.user_id}/{ref.app_id}/models/{wanted}".lower()[:200], wanted)


@lru_cache(maxsize=256)
def _nearest(name: str, wanted: str) -> Model | None:
    def likeness(model: Model) -> tuple[bool, float]:
        matcher = difflib.SequenceMatcher(None, model.ref.name.lower(), name)
        return model.ref.model_id.lower() == wanted, matcher.ratio()

    best = max(MODELS, key=likeness)
    known = best.ref.model_id.lower()
    like = difflib.SequenceMatcher(None, known, wanted).ratio() >= _LIKE
    return best if like or known.startswith(wanted) or wanted.startswith(known) else None
