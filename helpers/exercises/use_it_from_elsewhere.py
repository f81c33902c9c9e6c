"""The exercise of `15_use_it_from_elsewhere`."""

from __future__ import annotations

from collections.abc import Callable

from helpers.checks import Answer, Wrong, exercise

NO_PREFIX = "LiteLLM takes the first part off, and cannot tell the provider: put `openai/` there."
ONCE = "of `openai/chat-completion/...`, the user is lost: LiteLLM takes off the one `openai/`."
TAKEN_APART = "something is lost of the name: LiteLLM should be left with all of it."

FULL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
OTHERS = "anthropic/completion/models/claude-sonnet-4"
OPENAI = "openai/chat-completion/models/gpt-4o"


@exercise(
    "name-for-litellm",
    correct="whatever Clarifai's name is, all of it is left when LiteLLM has taken off its part.",
    sends=False,
    wrong=[
        Wrong(NO_PREFIX, edit={'"openai/" + model': '"clarifai/" + model'}),
        Wrong(
            ONCE,
            edit={
                '"openai/" + model': 'model if model.startswith("openai/") else "openai/" + model'
            },
        ),
        Wrong(
            TAKEN_APART,
            edit={
                '"openai/" + model': '"openai/" + model.removeprefix("https://clarifai.com/")[1:]'
            },
        ),
    ],
)
def name_for_litellm(answer: Answer, for_litellm: Callable[[str], str]) -> str | None:
    left = {model: for_litellm(model).partition("openai/") for model in (OTHERS, OPENAI, FULL)}
    before, provider, name = left[OTHERS]
    if before or not provider:
        return NO_PREFIX
    if left[OPENAI][2] == OPENAI.removeprefix("openai/"):
        return ONCE
    short = FULL.removeprefix("https://clarifai.com/")
    right = name == OTHERS and left[OPENAI][2] == OPENAI and left[FULL][2] in (FULL, short)
    return None if right else TAKEN_APART
