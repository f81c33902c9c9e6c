"""The catalogue knows the documented models, by their exact ids."""

import pytest

from helpers.mock import catalogue, tokens
from helpers.models import ModelRef as Ref


@pytest.mark.parametrize(
    ("ref", "assistant", "kinds"),
    [
        (Ref("openai", "chat-completion", "gpt-oss-120b"), "ChatGPT", {"chat", "tools"}),
        (Ref("openai", "chat-completion", "gpt-oss-120b", "0" * 32), "ChatGPT", {"reasoning"}),
        (Ref("anthropic", "completion", "claude-sonnet-4"), "Claude", {"chat", "vision"}),
        (Ref("gcp", "generate", "gemma-3-12b-it"), "Gemma", {"chat"}),
        (Ref("gcp", "generate", "gemini-2_5-flash"), "Gemini", {"chat"}),
        (Ref("moonshotai", "chat-completion", "Kimi-K2_6"), "Kimi", {"chat"}),
        (Ref("openai", "embed", "text-embedding-ada-002"), "ChatGPT", {"embeddings"}),
        (Ref("xai", "image-generation", "grok-2-image-1212"), "Grok", {"images"}),
        (Ref("clarifai", "main", "general-image-recognition"), "Clarifai's assistant", {"legacy"}),
    ],
)
def test_documented_model_is_found_with_what_it_can_do(ref, assistant, kinds):
    model = catalogue.find(ref)
    assert model is not None
    assert model.vendor.assistant == assistant
    assert kinds <= model.kinds


@pytest.mark.parametrize("name", catalogue.VENDORS)
def test_every_vendor_has_a_model(name):
    assert any(model.vendor is catalogue.VENDORS[name] for model in catalogue.MODELS)


def test_lookup_minds_the_case_of_an_id():
    assert catalogue.find(Ref("openai", "chat-completion", "GPT-4o")) is None


def test_no_model_is_listed_twice():
    names = [model.ref.name for model in catalogue.MODELS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("ref", "meant"),
    [
        (Ref("openai", "chat-completion", "gpt-4.1"), "gpt-4_1"),
        (Ref("openai", "chat-completion", "GPT-4o"), "gpt-4o"),
        (Ref("anthropic", "completion", "claude-sonet-4"), "claude-sonnet-4"),
        (Ref("openai", "completion", "gpt-oss-120"), "gpt-oss-120b"),
    ],
)
def test_nearest_is_the_model_that_was_probably_meant(ref, meant):
    assert catalogue.nearest(ref).ref.model_id == meant


@pytest.mark.parametrize("model", ["whisper", "dall-e-3", "paddleocr", "xylophone" * 5000])
def test_what_is_like_no_model_has_no_nearest_one(model):
    assert catalogue.nearest(Ref("openai", "any", model)) is None


def test_a_featured_model_needs_no_more_than_its_id():
    assert catalogue.featured("gpt-oss-120b").ref.app_id == "chat-completion"
    assert catalogue.featured("gpt-4o") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Hello, world!",
        "a\n\n  b\tc  ",
        "snake_case 12345 €5",
        "日本語 text",
        "\x00\ud800 x",
    ],
)
def test_pieces_join_back_to_the_text(text):
    assert "".join(tokens.split(text)) == text
    assert tokens.count(text) == len(tokens.split(text))


def test_english_prose_has_about_four_characters_a_piece():
    prose = (
        "Clarifai provides an endpoint that speaks the same language as the client you already "
        "have, so that an existing program needs a new address, a key, and nothing else."
    )
    assert 3.5 < len(prose) / tokens.count(prose) < 5
    assert tokens.split("The weather is fine.") == ["The", " weathe", "r", " is", " fine", "."]
