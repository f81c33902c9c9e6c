"""Pictures in a message: what can be said of them honestly is said, and nothing is made up."""

import base64
from io import BytesIO
from typing import Any

import pytest
from openai import OpenAI
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from helpers.mock.server import MockServer
from tests.contract.wire import send

SEES = "openai/chat-completion/models/gpt-4o"
BLIND = "openai/chat-completion/models/gpt-oss-120b"
GROK = "xai/image-generation/models/grok-2-image-1212"
API = ["chat", "responses"]


def data_uri(image: Image.Image, form: str = "PNG", **options: Any) -> str:
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return f"data:image/{form.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def flag() -> Image.Image:
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).rectangle((0, 100, 300, 200), fill="red")
    return image


def request(api: str, *urls: str, model: str = SEES) -> tuple[dict[str, Any], str]:
    if api == "chat":
        parts: list[dict[str, Any]] = [{"type": "text", "text": "What is in this image?"}]
        parts += [{"type": "image_url", "image_url": {"url": url}} for url in urls]
        return {
            "model": model,
            "messages": [{"role": "user", "content": parts}],
        }, "/chat/completions"
    parts = [{"type": "input_text", "text": "What is in this image?"}]
    parts += [{"type": "input_image", "image_url": url} for url in urls]
    return {"model": model, "input": [{"role": "user", "content": parts}]}, "/responses"


def told(mock: MockServer, api: str, *urls: str) -> str:
    reply = send(mock, *request(api, *urls))
    assert reply.status == 200, reply.body
    body = reply.json()
    if api == "chat":
        return str(body["choices"][0]["message"]["content"])
    return str(body["output"][0]["content"][0]["text"])


@pytest.mark.parametrize("api", API)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_format_size_and_colours_are_told(mock: MockServer, api: str, form: str) -> None:
    text = told(mock, api, data_uri(flag(), form))
    for part in (form, "300 × 200 pixels", "red", "white"):
        assert part in text


def test_a_transparent_picture_is_seen_on_white(mock: MockServer) -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 255, 0))
    assert "white all over" in told(mock, "chat", data_uri(image))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16", "YCbCr"])
def test_any_kind_of_pixels_can_be_read(mock: MockServer, mode: str) -> None:
    form = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    assert "32 × 16 pixels" in told(mock, "chat", data_uri(Image.new(mode, (32, 16)), form))


@pytest.mark.parametrize("api", API)
def test_a_remote_picture_is_not_fetched_and_this_is_said(mock: MockServer, api: str) -> None:
    url = "https://samples.clarifai.com/metro-north.jpg"
    text = told(mock, api, url)
    assert f"{url}, not fetched" in text
    assert "pixels" not in text


def test_an_address_of_the_mock_itself_is_looked_at(mock: MockServer, client: OpenAI) -> None:
    drawn = client.images.generate(model=GROK, prompt="A cat in a tree", size="256x256").data
    assert drawn and drawn[0].url
    text = told(mock, "chat", drawn[0].url)
    assert "256 × 256 pixels" in text
    assert "A cat in a tree" in text, "its file says what it is"


def test_several_pictures_are_told_each(mock: MockServer) -> None:
    text = told(mock, "responses", data_uri(flag()), data_uri(Image.new("RGB", (8, 9), "blue")))
    assert "300 × 200" in text and "8 × 9" in text


def house() -> Image.Image:
    image = flag()
    ImageDraw.Draw(image).rectangle((20, 30, 60, 70), fill="blue")
    return image


def reply(mock: MockServer, api: str, *turns: str) -> str:
    """What is said to the last of some questions after a picture."""
    body, path = request(api, data_uri(house()))
    body["messages" if api == "chat" else "input"] += [
        {"role": role, "content": text}
        for text in turns
        for role, text in (("assistant", "I see."), ("user", text))
    ]
    told = send(mock, body, path).json()
    if api == "chat":
        return str(told["choices"][0]["message"]["content"])
    return str(told["output"][0]["content"][0]["text"])


@pytest.mark.parametrize("api", API)
def test_pictures_of_earlier_turns_count(mock: MockServer, api: str) -> None:
    assert "blue" in reply(mock, api, "What colour is the square?")
    assert reply(mock, api, "How many squares are there in the picture?") == "I see one square."
    assert reply(mock, api, "Thanks!", "Is there a tree?").startswith("No, I see no tree")
    whether = "Is there a square in this picture? Begin your answer with yes or no."
    assert reply(mock, api, whether).startswith("Yes, I see")


def test_what_is_not_about_the_picture_is_answered_as_ever(mock: MockServer) -> None:
    for question in ("Who are you?", "What is 6 * 7?", "Thanks!", "Where can I get a refund?"):
        assert "pixels" not in (said := reply(mock, "chat", question)) and "square" not in said


def test_a_picture_is_told_by_its_own_description(mock: MockServer) -> None:
    info = PngInfo()
    info.add_text("Description", "A red train at a platform")
    text = told(mock, "chat", data_uri(flag(), pnginfo=info))
    assert text.startswith("Its file says what it shows: A red train at a platform. (PNG, ")


WHOLE = data_uri(flag())


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;base64,",
        "data:image/png;base64,AAAA",
        "data:image/png;base64,%%%",
        "data:image/png;base64," + "A" * 4001,
        WHOLE[: len(WHOLE) // 2 // 4 * 4],
        WHOLE.replace("image/png", "text/plain"),
        WHOLE.replace(";base64", ""),
        data_uri(flag(), "BMP"),
        "data:,hello",
        "data:" + ";a=b" * 1000,
        "file:///etc/passwd",
        "cat.jpg",
        "https://",
        "\0",
        "",
    ],
)
@pytest.mark.parametrize(
    ("api", "field"),
    [("chat", "messages.0.content.1.image_url.url"), ("responses", "input.0.content.1.image_url")],
)
def test_what_is_no_picture_is_400_and_named(
    mock: MockServer, api: str, field: str, url: str
) -> None:
    reply = send(mock, *request(api, url))
    assert reply.status == 400
    assert reply.json()["details"].startswith(f"{field}: "), reply.json()["details"]


def test_a_picture_that_would_fill_the_memory_is_refused(mock: MockServer) -> None:
    # 64 million pixels in 8 kB.
    bomb = data_uri(Image.new("1", (8000, 8000)), "PNG", optimize=True)
    reply = send(mock, *request("chat", bomb))
    assert reply.status == 400
    assert "more than 50,000,000 pixels" in reply.json()["details"]


@pytest.mark.parametrize(
    ("api", "field"),
    [("chat", "messages.0.content.1.type"), ("responses", "input.0.content.1.type")],
)
def test_a_model_without_eyes_says_so(mock: MockServer, api: str, field: str) -> None:
    reply = send(mock, *request(api, data_uri(flag()), model=BLIND))
    assert reply.status == 400
    assert reply.json()["details"].startswith(f"{field}: ")
    assert "does not do vision" in reply.json()["details"]


@pytest.mark.parametrize("kind", ["input_audio", "file"])
def test_sound_and_files_are_refused(mock: MockServer, kind: str) -> None:
    part = {"type": kind, kind: {"data": "", "format": "wav"} if kind == "input_audio" else {}}
    message = {"role": "user", "content": [part]}
    reply = send(mock, {"model": SEES, "messages": [message]})
    assert reply.status == 400
    assert reply.json()["details"].startswith("messages.0.content.0.type: ")


def test_a_picture_counts_as_tokens(mock: MockServer) -> None:
    body, path = request("chat", data_uri(flag()))
    without = {
        **body,
        "messages": [{"role": "user", "content": body["messages"][0]["content"][:1]}],
    }

    def prompt_tokens(asked: dict[str, Any]) -> int:
        return int(send(mock, asked, path).json()["usage"]["prompt_tokens"])

    assert prompt_tokens(body) > prompt_tokens(without)
