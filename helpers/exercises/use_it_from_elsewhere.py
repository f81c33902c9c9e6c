"""The exercise of `15_use_it_from_elsewhere`."""

from __future__ import annotations

from collections.abc import Callable

from helpers.checks import Answer, Right, Wrong, exercise, returned

NO_PREFIX = "LiteLLM takes off the first part, and knows no such provider: put `openai/` in front."
ONCE = "the user of `openai/chat-completion/...` is lost: LiteLLM takes off its only `openai/`."
TAKEN_APART = "part of the name is lost: LiteLLM should be left with all of it."
NOT_A_TEXT = "`for_litellm` should return one text, the name."

SITE = "https://clarifai.com/"
OTHER = "anthropic/completion/models/claude-sonnet-4"
OPENAI = "openai/chat-completion/models/gpt-4o"
CAPITALS = SITE + "openbmb/miniCPM/models/MiniCPM-o-2_6-language"
FULL = SITE + "openai/chat-completion/models/gpt-oss-120b"


@exercise(
    "name-for-litellm",
    correct="whatever Clarifai calls a model, its whole name is left when LiteLLM is done.",
    sends=False,
    right=[
        Right(edit={'"openai/" + model': 'f"openai/{model}"'}),
        Right(edit={'"openai/" + model': '"/".join(["openai", model])'}),
        Right(
            edit={'"openai/" + model': '"openai/" + model.removeprefix("https://clarifai.com/")'}
        ),
        Right(
            code="""\
from helpers.models import parse_model
def for_litellm(model):
    return f"openai/{parse_model(model).url}"
"""
        ),
        Right(
            code="""\
def for_litellm(model):
    if "clarifai.com" not in model:
        model = "https://clarifai.com/" + model
    return "openai/{}".format(model)
"""
        ),
        Right(code="for_litellm = 'openai/'.__add__"),
    ],
    wrong=[
        Wrong(NO_PREFIX, edit={'"openai/" + model': '"clarifai/" + model'}),
        Wrong(NO_PREFIX, edit={'"openai/" + model': '"OpenAI/" + model'}),
        Wrong(
            ONCE,
            edit={
                '"openai/" + model': 'model if model.startswith("openai/") else "openai/" + model'
            },
        ),
        Wrong(TAKEN_APART, edit={'"openai/" + model': '"openai/" + model.lower()'}),
        Wrong(TAKEN_APART, edit={'"openai/" + model': '"openai/" + model.split("/")[-1]'}),
        Wrong(
            TAKEN_APART,
            edit={
                '"openai/" + model': '"openai/" + model.removeprefix("https://clarifai.com/")[1:]'
            },
        ),
        Wrong(NOT_A_TEXT, edit={'"openai/" + model': '["openai", model]'}),
        Wrong(
            f"`for_litellm({OTHER!r})` returned None",
            code='def for_litellm(model):\n    print("openai/" + model)',
        ),
    ],
)
def name_for_litellm(answer: Answer, for_litellm: Callable[[str], str]) -> str | None:
    left = {}
    for model in (OTHER, OPENAI, CAPITALS, FULL):
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
