"""Model references are read in every documented form, and anything else is refused with advice."""

import pytest

from helpers.models import ModelRef, ModelReferenceError, parse_model

URL = "https://clarifai.com/openai/chat-completion/models/gpt-4_1"
VERSION = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "text",
    [
        URL,
        URL.replace("https", "http"),
        f" {URL}/ ",
        "openai/chat-completion/models/gpt-4_1",
    ],
)
def test_the_full_and_the_short_form_are_one_reference(text: str) -> None:
    assert parse_model(text) == ModelRef("openai", "chat-completion", "gpt-4_1")


def test_a_version_is_kept() -> None:
    reference = parse_model(f"{URL}/versions/{VERSION}")
    assert reference.version_id == VERSION
    assert reference.url == f"{URL}/versions/{VERSION}"


@pytest.mark.parametrize("text", [URL, f"{URL}/versions/{VERSION}"])
def test_what_is_read_is_written_the_same(text: str) -> None:
    assert parse_model(text).url == text
    assert parse_model(parse_model(text).name).url == text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("gpt-4_1", "USER/APP/models/MODEL"),
        ("openai/chat-completion/gpt-4_1", "'models' is missing"),
        (f"openai/{URL}", "LiteLLM"),
        ("openai/openai/chat-completion/models/gpt-4o", "LiteLLM"),
        ("https://clarifai.com/clarifai/main/workflows/Face", "a workflow is not a model"),
        (f"{URL}/versions/latest", "32 hexadecimal digits"),
        ("https://example.com/openai/chat-completion/models/gpt-4_1", "clarifai.com"),
        (f"{URL}/../x", "USER/APP/models/MODEL"),
    ],
)
def test_anything_else_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(ModelReferenceError, match="does not name a Clarifai model") as refused:
        parse_model(text)
    assert advice in str(refused.value)
