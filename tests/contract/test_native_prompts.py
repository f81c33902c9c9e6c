"""`predict` and `generate` take tools, pictures and an effort, through Clarifai's own SDK."""

import io
import json
from functools import partial
from typing import Any

import pytest
from PIL import Image as Pictures

from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer

SITE = "https://clarifai.com/"
QWEN = SITE + "qwen/qwenLM/models/QwQ-32B-AWQ"
SEEING = SITE + "openai/chat-completion/models/gpt-4_1"
THINKING = SITE + "openai/chat-completion/models/gpt-oss-120b"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {"location": {"type": "string"}},
                "required": ["location"],
            },
        },
    }
]


@pytest.fixture
def sdk(mock: MockServer) -> Any:
    from clarifai.client import Model

    return partial(Model, base_url=mock.url, pat=MOCK_PAT)


def red() -> bytes:
    file = io.BytesIO()
    Pictures.new("RGB", (64, 64), "red").save(file, "PNG")
    return file.getvalue()


def test_a_call_of_a_tool_comes_back_as_json(sdk: Any) -> None:
    reply = sdk(url=QWEN).predict("What's the weather in Oslo?", tools=TOOLS, tool_choice="auto")
    (call,) = json.loads(reply)
    assert call["type"] == "function" and call["function"]["name"] == "get_weather"
    assert "Oslo" in json.loads(call["function"]["arguments"])["location"]


def test_a_streamed_call_comes_piece_by_piece(sdk: Any) -> None:
    pieces = sdk(url=QWEN).generate(
        prompt="What's the weather in Oslo?", tools=TOOLS, tool_choice="required"
    )
    deltas = [json.loads(piece)[0]["function"] for piece in pieces if piece.startswith("[")]
    assert deltas[0]["name"] == "get_weather"
    assert "Oslo" in "".join(delta.get("arguments") or "" for delta in deltas)


def test_tools_that_are_not_needed_leave_words(sdk: Any) -> None:
    model = sdk(url=QWEN)
    assert model.predict("Who are you?", tools=TOOLS) == model.predict("Who are you?")


def test_a_picture_is_seen_by_bytes_and_by_address(sdk: Any) -> None:
    from clarifai.runners.utils.data_types import Image

    model = sdk(url=SEEING)
    assert "red" in model.predict("Describe it", image=Image(bytes=red()))
    assert "cat1.jpeg" in model.predict(
        "Describe it", image=Image(url="https://samples.clarifai.com/cat1.jpeg")
    )
    assert "red" in "".join(model.generate("Describe it", images=[Image(bytes=red())] * 2))


def test_the_older_form_keeps_its_picture(sdk: Any) -> None:
    from clarifai.client.input import Inputs

    given = Inputs.get_multimodal_input(
        input_id="", image_bytes=red(), raw_text="What colour is it?"
    )
    reply = sdk(url=SEEING).predict(inputs=[given])
    assert "red" in reply.outputs[0].data.text.raw


def test_a_picture_for_a_model_without_eyes_is_refused(sdk: Any) -> None:
    from clarifai.client.input import Inputs

    given = Inputs.get_multimodal_input(input_id="", image_bytes=red(), raw_text="What is it?")
    with pytest.raises(Exception, match="takes no image"):
        sdk(url=THINKING).predict(inputs=[given])


def test_an_effort_is_taken_by_models_that_reason(sdk: Any) -> None:
    assert "ChatGPT" in sdk(url=THINKING).predict("Who are you?", reasoning_effort="high")
    with pytest.raises(Exception, match="reasoning_effort"):
        sdk(url=SEEING).predict("Who are you?", reasoning_effort="high")


def test_an_output_has_an_id(mock: MockServer, sdk: Any) -> None:
    outputs = sdk(url=THINKING).predict("Who are you?", with_proto=True)[1].outputs
    assert len(outputs[0].id) == 32


@pytest.mark.parametrize("name", ["prompt", "chat_history", "image", "images"])
@pytest.mark.parametrize("value", [5, "x", [5]])
def test_an_older_parameter_is_no_part_of_what_is_asked(sdk: Any, name: str, value: Any) -> None:
    model = sdk(url=SEEING)
    said = [
        model.predict_by_bytes(b"Who are you?", input_type="text", inference_params=params)
        for params in ({}, {name: value})
    ]
    assert said[0].outputs[0].data.text.raw == said[1].outputs[0].data.text.raw
