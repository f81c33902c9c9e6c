"""The models that the mock knows, and who makes them.

User, app and model ids are those that Clarifai's documentation lists for its OpenAI-compatible
endpoint. What each model can do follows the same pages where they say so; the context windows are
those of Clarifai's published listings, or the makers' own.
"""

import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from helpers.models import ModelRef

Kind = Literal[
    "chat", "tools", "vision", "reasoning", "embeddings", "images", "concepts", "legacy", "agentic"
]
CallIdStyle = Literal["openai", "hex", "anthropic"]


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who makes a model, what its assistant is called, and how its tool-call ids look."""

    user_id: str
    company: str
    assistant: str
    call_id_style: CallIdStyle
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


_BOTH = ("reasoning", "reasoning_content")
_SWITCH = frozenset({"chat_template_kwargs"})

# assumed(call-ids): models that Clarifai hosts itself give call ids of 24 hexadecimal digits, as
# seen for gpt-oss; those it passes on to their makers keep the makers' own form, as seen for
# OpenAI's and Anthropic's. Likewise `refusal` is filled by OpenAI's own service alone.
VENDORS: dict[str, Vendor] = {
    vendor.user_id: vendor
    for vendor in (
        Vendor("openai", "OpenAI", "ChatGPT", "openai", is_openai=True),
        Vendor("anthropic", "Anthropic", "Claude", "anthropic"),
        Vendor("meta", "Meta", "Llama", "hex"),
        Vendor("qwen", "Alibaba Cloud", "Qwen", "hex"),
        Vendor("gcp", "Google", "Gemini", "openai"),
        Vendor("mistralai", "Mistral AI", "Mistral", "hex"),
        Vendor("xai", "xAI", "Grok", "openai"),
        Vendor("deepseek-ai", "DeepSeek", "DeepSeek", "hex"),
        Vendor("microsoft", "Microsoft", "Phi", "hex"),
        Vendor("moonshotai", "Moonshot AI", "Kimi", "hex", reasoning_fields=_BOTH, takes=_SWITCH),
        Vendor("openbmb", "OpenBMB", "MiniCPM", "hex"),
        Vendor("minimaxai", "MiniMax", "MiniMax", "hex"),
        Vendor("arcee_ai", "Arcee AI", "Trinity", "hex"),
        Vendor("clarifai", "Clarifai", "Clarifai's assistant", "hex"),
    )
}
# assumed(reasoning-field): Clarifai serves gpt-oss by a vLLM that renamed the field, as its
# published example does; others by an older one; and Kimi through a provider that sends both, as
# OpenRouter does.
_GPT_OSS = Vendor("openai", "OpenAI", "ChatGPT", "hex", reasoning_fields=("reasoning",))
_GEMMA = Vendor("gcp", "Google", "Gemma", "hex")


_INITIALS: dict[str, Kind] = {
    "c": "chat", "t": "tools", "v": "vision", "r": "reasoning", "e": "embeddings",
    "i": "images", "n": "concepts", "l": "legacy", "a": "agentic",
}  # fmt: skip
_LISTED = (Path(__file__).parent / "data" / "models.txt").read_text(encoding="utf-8")
# assumed(apps-and-windows): the app of Qwen3_6-35B-A3B-FP8, of Kimi-K2-Instruct and of
# text-embedding-3-small, which the documentation names without a full address; context windows that
# Clarifai does not publish.


# Those of them that models.dev lists for Clarifai; assumed(featured-order): their order.
_FEATURED = """
openai/chat-completion/models/gpt-oss-120b
openai/chat-completion/models/gpt-oss-120b-high-throughput
openai/chat-completion/models/gpt-oss-20b
moonshotai/chat-completion/models/Kimi-K2_6
minimaxai/chat-completion/models/MiniMax-M2_5-high-throughput
arcee_ai/AFM/models/trinity-mini
mistralai/completion/models/Ministral-3-14B-Reasoning-2512
mistralai/completion/models/Ministral-3-3B-Reasoning-2512
qwen/qwenLM/models/Qwen3-30B-A3B-Instruct-2507
qwen/qwenLM/models/Qwen3-30B-A3B-Thinking-2507
qwen/qwenCoder/models/Qwen3-Coder-30B-A3B-Instruct
deepseek-ai/deepseek-ocr/models/DeepSeek-OCR
clarifai/main/models/mm-poly-8b
"""
_FEATURED_ORDER = {name: rank for rank, name in enumerate(_FEATURED.split(), 1)}

# "function-calling" is what Clarifai's own tests ask for; assumed(use-cases): the others.
_USE_CASES: dict[Kind, str] = {
    "chat": "llm", "tools": "function-calling", "vision": "multimodal", "reasoning": "reasoning",
    "embeddings": "text-embedding", "images": "image-generation", "concepts": "image-recognition",
    "agentic": "agentic",
}  # fmt: skip


def _read(line: str) -> Model:
    path, initials, *length = line.split()
    ref = ModelRef(*path.split("/"))
    vendor = VENDORS[ref.user_id]
    if "gpt-oss" in ref.model_id:
        vendor = _GPT_OSS
    elif ref.app_id == "agentic-model":
        vendor = VENDORS["openai"]
    elif ref.model_id.startswith("gemma"):
        vendor = _GEMMA
    kinds = frozenset(_INITIALS[initial] for initial in initials)
    return Model(ref, vendor, kinds, int(length[0]) if length else None)


MODELS: tuple[Model, ...] = tuple(_read(line) for line in _LISTED.splitlines()[1:])
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
