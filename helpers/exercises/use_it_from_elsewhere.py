"""The exercise of `15_use_it_from_elsewhere`."""

from __future__ import annotations

from collections.abc import Callable

from helpers.checks import Answer, exercise, returned

NO_PREFIX = "LiteLLM takes off the first part, and knows no such provider: put `openai/` in front."
ONCE = "the user of `openai/chat-completion/...` is lost: LiteLLM takes off its only `openai/`."
TAKEN_APART = "part of the name is lost: LiteLLM should be left with all of it."
NOT_A_TEXT = "`for_litellm` should return one text, the name."

SITE = "https://clarifai.com/"
OTHER = "anthropic/completion/models/claude-sonnet-4"
OPENAI = "openai/chat-completion/models/gpt-4o"
CAPITALS = SITE + "openbmb/miniCPM/models/MiniCPM-o-2_6-language"
FULL = SITE + "openai/chat-completion/models/gpt-oss-120b"
PINNED = FULL + "/versions/ba43503e5628487686d31f223e71b033"


@exercise(
    "name-for-litellm",
    correct="whatever Clarifai calls a model, its whole name is left when LiteLLM is done.",
    sends=False,
)
def name_for_litellm(answer: Answer, for_litellm: Callable[[str], str]) -> str | None:
    left = {}
    for model in (OTHER, OPENAI, CAPITALS, FULL, PINNED):
        name = returned(for_litellm, model)
        if not isinstance(name, str):
            return NOT_A_TEXT
        before, provider, left[model] = name.partition("openai/")
        if before or not provider:
            return NO_PREFIX
    if left[OPENAI] == OPENAI.removeprefix("openai/"):
        return ONCE
    # Either form of a name is the same model.
    whole = all(name.removeprefix(SITE) == model.removeprefix(SITE) for model, name in left.items())
    return None if whole else TAKEN_APART
