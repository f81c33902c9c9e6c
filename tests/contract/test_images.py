"""Images, through the real client: real PNG files that show their prompt."""

import base64
import urllib.error
import urllib.request
from io import BytesIO
from typing import Any

import pytest
from openai import OpenAI
from PIL import Image

from helpers.mock import Mock, start
from tests.contract.wire import send

GROK = "https://clarifai.com/xai/image-generation/models/grok-2-image-1212"


def fetch(url: str) -> Image.Image:
    # No key: the client hands the address to a browser.
    with urllib.request.urlopen(url, timeout=10) as reply:
        assert reply.headers["content-type"] == "image/png"
        return open_png(reply.read())


def open_png(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    assert image.format == "PNG"
    return image


def generate(client: OpenAI, prompt: str, **options: Any) -> Image.Image:
    response = client.images.generate(
        model=GROK, prompt=prompt, response_format="b64_json", **options
    )
    assert response.data and response.data[0].b64_json
    return open_png(base64.b64decode(response.data[0].b64_json, validate=True))


def test_by_default_there_is_an_address_that_a_browser_can_open(client: OpenAI) -> None:
    response = client.images.generate(model=GROK, prompt="A cat in a tree")
    assert response.data
    (image,) = response.data
    assert image.url and image.b64_json is None
    assert fetch(image.url).size == (1024, 1024)
    assert image.revised_prompt and "cat" in image.revised_prompt
    assert "simulated" in image.revised_prompt


def test_the_body_is_as_in_clarifais_documentation(mock: Mock) -> None:
    body = send(mock, {"model": GROK, "prompt": "A cat"}, path="/images/generations").json()
    assert (body["created"], body["usage"]) == (None, None)
    assert set(body) == {"created", "data", "usage"}
    assert set(body["data"][0]) == {"b64_json", "revised_prompt", "url"}


def test_the_address_has_the_picture_that_is_sent_in_base64(client: OpenAI) -> None:
    response = client.images.generate(model=GROK, prompt="A red boat", size="256x256")
    assert response.data and response.data[0].url
    fetched = fetch(response.data[0].url)
    assert fetched.tobytes() == generate(client, "A red boat", size="256x256").tobytes()


def test_a_picture_differs_by_prompt_by_number_and_by_nothing_else(client: OpenAI) -> None:
    response = client.images.generate(
        model=GROK, prompt="A cat", n=3, response_format="b64_json", size="256x256"
    )
    assert response.data
    pictures = [image.b64_json for image in response.data]
    assert len(set(pictures)) == 3
    assert (
        generate(client, "A cat", size="256x256").tobytes()
        == open_png(base64.b64decode(pictures[0] or "")).tobytes()
    )
    assert (
        generate(client, "A dog", size="256x256").tobytes()
        != open_png(base64.b64decode(pictures[0] or "")).tobytes()
    )


def test_a_picture_is_the_same_from_another_server() -> None:
    replies = []
    for _ in range(2):
        with start() as mock:
            body = {"model": GROK, "prompt": "A house", "response_format": "b64_json"}
            replies.append(send(mock, body, path="/images/generations").body)
    assert replies[0] == replies[1]


def test_a_picture_shows_the_colour_that_the_prompt_names(client: OpenAI) -> None:
    def redness(image: Image.Image) -> int:
        small = image.convert("RGB").resize((64, 64)).tobytes()
        pixels = zip(small[::3], small[1::3], small[2::3], strict=True)
        return sum(r > 150 and g < 90 and b < 90 for r, g, b in pixels)

    red = generate(client, "a big red ball", size="256x256")
    assert redness(red) > 4 * redness(generate(client, "a big blue ball", size="256x256"))


def test_the_file_says_what_it_was_drawn_for(client: OpenAI) -> None:
    prompt = "日本の富士山, a mountain"
    assert generate(client, prompt, size="256x256").info["Description"] == prompt


@pytest.mark.parametrize(
    ("size", "expected"),
    [("auto", (1024, 1024)), ("1792x1024", (1792, 1024)), ("100x17", (100, 17))],
)
def test_the_size_is_as_asked(client: OpenAI, size: Any, expected: tuple[int, int]) -> None:
    assert generate(client, "A cat", size=size).size == expected


@pytest.mark.parametrize(
    "prompt", ["x" * 32_000, "\0", "../../etc/passwd?#%2F", "a/b\\c", "😀 é\n\t\u202e", "'; --"]
)
def test_any_prompt_has_an_address_that_works(client: OpenAI, prompt: str) -> None:
    response = client.images.generate(model=GROK, prompt=prompt, size="256x256")
    assert response.data and response.data[0].url
    assert fetch(response.data[0].url).size == (256, 256)


@pytest.mark.parametrize(
    "path",
    [
        "9999x9999/00000000/a.png",
        "10x10/00000000/a.png",
        "64x64/0/a.png",
        "64x64/00000000/a.gif",
        "64x64/00000000/" + "a" * 121 + ".png",
        "",
    ],
)
def test_other_addresses_have_no_picture(mock: Mock, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{mock.url}/simulated/images/{path}", timeout=10)
    assert caught.value.code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": 1}, "prompt"),
        ({"prompt": "x" * 32_001}, "prompt"),
        ({"n": 0}, "n"),
        ({"n": 11}, "n"),
        ({"size": "huge"}, "size"),
        ({"size": "9000x9000"}, "size"),
        ({"size": "15x100"}, "size"),
        ({"response_format": "gif"}, "response_format"),
        ({"output_format": "webp"}, "output_format"),
        ({"background": "transparent"}, "background"),
        ({"stream": True}, "stream"),
        ({"svg": {"model": "x"}}, "svg"),
    ],
)
def test_what_does_not_fit_is_400_and_named(mock: Mock, change: dict[str, Any], field: str) -> None:
    body = {"model": GROK, "prompt": "A cat"} | change
    reply = send(mock, body, path="/images/generations")
    assert reply.status == 400
    assert reply.json()["details"].startswith(f"{field}: "), reply.json()["details"]


def test_a_model_that_chats_makes_no_images(mock: Mock) -> None:
    body = {"model": "openai/chat-completion/models/gpt-4o", "prompt": "A cat"}
    reply = send(mock, body, path="/images/generations")
    assert (reply.status, reply.json()["code"]) == (400, 21202)


def test_the_address_names_the_host_that_was_asked_also_when_the_request_was_seen_before(
    mock: Mock,
) -> None:
    request = {"model": "xai/image-generation/models/grok-2-image-1212", "prompt": "A cat"}
    for host in ("127.0.0.1:1", "localhost:2"):
        reply = send(mock, request, path="/images/generations", host=host)
        assert reply.json()["data"][0]["url"].startswith(f"http://{host}/")
