"""The models that the mock knows, and who makes them.

User, app and model ids are those that Clarifai's documentation lists for its OpenAI-compatible
endpoint. What each model can do follows the same pages where they say so; the context windows are
those of Clarifai's published listings, or the makers' own.
"""

import difflib
from dataclasses import dataclass
from functools import lru_cache
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


# One line a model: app, id, what it can do (initials below), context window.
_INITIALS: dict[str, Kind] = {
    "c": "chat", "t": "tools", "v": "vision", "r": "reasoning", "e": "embeddings",
    "i": "images", "n": "concepts", "l": "legacy", "a": "agentic",
}  # fmt: skip
_LISTED = """
openai/chat-completion/gpt-oss-120b                       ctr  131072
openai/chat-completion/gpt-oss-120b-high-throughput       ctr  131072
openai/chat-completion/gpt-oss-20b                        ctr  131072
openai/chat-completion/gpt-5                              ctvr 400000
openai/chat-completion/gpt-5-mini                         ctvr 400000
openai/chat-completion/gpt-5-nano                         ctvr 400000
openai/chat-completion/gpt-4o                             ctv  128000
openai/chat-completion/gpt-4_1                            ctv  1047576
openai/chat-completion/o4-mini                            ctvr 200000
openai/chat-completion/o3                                 ctvr 200000
openai/embed/text-embedding-ada-002                       e    8191
openai/embed/text-embedding-3-large                       e    8191
openai/embed/text-embedding-3-small                       e    8191
anthropic/completion/claude-opus-4                        ctv  200000
anthropic/completion/claude-sonnet-4                      ctv  200000
anthropic/completion/claude-3_7-sonnet                    ctv  200000
anthropic/completion/claude-3_5-sonnet                    ctv  200000
anthropic/completion/claude-3_5-haiku                     ctv  200000
meta/Llama-3/Llama-3_2-3B-Instruct                        ct   131072
qwen/qwenLM/Qwen3-14B                                     ctr  40960
qwen/qwenLM/Qwen3-30B-A3B-GGUF                            ctr  40960
qwen/qwenLM/Qwen3-30B-A3B-Instruct-2507                   ct   262144
qwen/qwenLM/Qwen3-30B-A3B-Thinking-2507                   ctr  262144
qwen/qwenLM/Qwen3_6-35B-A3B-FP8                           ctvr 262144
qwen/qwenLM/QwQ-32B-AWQ                                   ctr  40960
qwen/qwenCoder/Qwen3-Coder-30B-A3B-Instruct               ct   262144
qwen/qwenCoder/Qwen2_5-Coder-7B-Instruct                  ct   32768
qwen/qwen-VL/Qwen2_5-VL-7B-Instruct                       cv   32768
gcp/generate/gemini-2_5-pro                               ctvr 1048576
gcp/generate/gemini-2_5-flash                             ctvr 1048576
gcp/generate/gemini-2_5-flash-lite                        ctv  1048576
gcp/generate/gemini-2_0-flash                             ctv  1048576
gcp/generate/gemini-2_0-flash-lite                        ctv  1048576
gcp/generate/gemma-3-12b-it                               ctv  131072
mistralai/completion/Devstral-Small-2505_gguf-4bit        ct   131072
mistralai/completion/Ministral-3-14B-Reasoning-2512       ctvr 262144
mistralai/completion/Ministral-3-3B-Reasoning-2512        ctvr 262144
xai/chat-completion/grok-4-1-fast                         ctvr 2000000
xai/chat-completion/grok-3                                ct   131072
xai/chat-completion/grok-2-vision-1212                    ctv  32768
xai/chat-completion/grok-2-1212                           ct   131072
xai/chat-completion/grok-code-fast-1                      ctr  262144
xai/image-generation/grok-2-image-1212                    i
deepseek-ai/deepseek-chat/DeepSeek-R1-0528-Qwen3-8B       ctr  131072
deepseek-ai/deepseek-chat/DeepSeek-R1-Distill-Qwen-7B     cr   131072
deepseek-ai/deepseek-ocr/DeepSeek-OCR                     cv   8192
microsoft/text-generation/Phi-4-reasoning-plus            ctr  32768
microsoft/text-generation/phi-4                           ct   16384
microsoft/text-generation/phi-4-mini-instruct             ct   131072
moonshotai/chat-completion/Kimi-K2_6                      ctvr 262144
moonshotai/chat-completion/Kimi-K2_5                      ctvr 262144
moonshotai/chat-completion/Kimi-K2-Instruct               ct   131072
openbmb/miniCPM/MiniCPM3-4B                               ct   32768
openbmb/miniCPM/MiniCPM4-8B                               ct   32768
openbmb/miniCPM/MiniCPM-o-2_6-language                    cv   32768
minimaxai/chat-completion/MiniMax-M2_5-high-throughput    ctr  204800
arcee_ai/AFM/trinity-mini                                 ctr  131072
clarifai/agentic-model/gpt-oss-20b                        ctra 131072
clarifai/agentic-model/gpt-5_1                            ctra 400000
clarifai/main/mm-poly-8b                                  cv   32768
clarifai/main/general-image-recognition                   nl
clarifai/main/general-image-detection                     nl
"""
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


MODELS: tuple[Model, ...] = tuple(_read(line) for line in _LISTED.strip().splitlines())
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
