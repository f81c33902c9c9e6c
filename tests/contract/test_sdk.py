"""The Clarifai SDK, unmodified, talks to the mock as it does to Clarifai."""

import asyncio
import io
import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw

from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer
from tests.contract.wire import send

CHAT = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
RECOGNISER = "https://clarifai.com/clarifai/main/models/general-image-recognition"
DETECTOR = "https://clarifai.com/clarifai/main/models/general-image-detection"
TRAIN = "https://samples.clarifai.com/metro-north.jpg"
HELLO = {"model": CHAT, "messages": [{"role": "user", "content": "Who are you?"}]}


@pytest.fixture
def sdk(mock: MockServer) -> Any:
    """`clarifai.client.Model`, told where the mock is."""
    from clarifai.client import Model

    # It reads its environment once, when it is imported: that is for a process of its own, below.
    return partial(Model, base_url=mock.url, pat=MOCK_PAT)


def red_circle() -> bytes:
    picture = Pictures.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).ellipse((50, 50, 150, 150), fill="red")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_model_tells_its_methods(sdk: Any) -> None:
    model = sdk(url=CHAT)
    assert set(model.available_methods()) == {
        "openai_transport",
        "openai_stream_transport",
        "predict",
        "generate",
    }
    signature = model.method_signature("predict")
    assert signature.startswith("def predict(prompt: str") and signature.endswith("-> str:")


def test_predict_and_generate_answer_a_prompt(sdk: Any) -> None:
    model = sdk(url=CHAT)
    whole = model.predict(prompt="Who are you?")
    assert "ChatGPT" in whole
    assert "".join(model.generate(prompt="Who are you?")) == whole
    assert model.predict("Who are you?", max_tokens=20) != whole


def test_a_conversation_goes_along(sdk: Any) -> None:
    history = [
        {"role": "user", "content": "My name is Ada."},
        {"role": "assistant", "content": "Hello."},
    ]
    answer = sdk(url=CHAT).predict(prompt="What is my name?", chat_history=history)
    assert "Ada" in answer


def test_the_openai_transports_give_the_bytes_of_the_openai_route(
    mock: MockServer, sdk: Any
) -> None:
    model = sdk(url=CHAT)
    assert model.openai_transport(msg=json.dumps(HELLO)).encode() == send(mock, HELLO).body
    streamed = HELLO | {"stream": True}
    events = model.openai_stream_transport(msg=json.dumps(streamed))
    framed = "".join(f"data: {event}\n\n" for event in events) + "data: [DONE]\n\n"
    assert framed.encode() == send(mock, streamed).body


def test_pictures_made_over_grpc_have_addresses_that_serve_them(mock: MockServer, sdk: Any) -> None:
    model = sdk(url="https://clarifai.com/xai/image-generation/models/grok-2-image-1212")
    msg = {"prompt": "A cat in a tree", "openai_endpoint": "/images/generations"}
    url = json.loads(model.openai_transport(msg=json.dumps(msg)))["data"][0]["url"]
    assert url.startswith(mock.url)
    assert httpx.get(url, trust_env=False).headers["content-type"] == "image/png"
    from clarifai.runners.utils.data_types import Image

    assert "cat" in {each.name for each in sdk(url=RECOGNISER).predict(image=Image(url=url))}


def test_predict_sees_concepts_in_the_new_form_and_in_the_older_ones(sdk: Any) -> None:
    from clarifai.runners.utils.data_types import Image

    model = sdk(url=RECOGNISER)
    seen = model.predict(image=Image(bytes=red_circle()))
    assert {"red", "circle"} < {each.name for each in seen}
    by_bytes = model.predict_by_bytes(red_circle()).outputs[0].data.concepts
    assert [each.name for each in by_bytes] == [each.name for each in seen]
    by_url = model.predict_by_url(TRAIN, "image", output_config={"max_concepts": 2})
    assert [each.name for each in by_url.outputs[0].data.concepts] == ["train", "railway"]


def test_predict_sees_where_a_shape_is(sdk: Any) -> None:
    from clarifai.runners.utils.data_types import Image

    (region,) = sdk(url=DETECTOR).predict(image=Image(bytes=red_circle()))
    assert region.box == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.02)
    assert region.concepts[0].name == "circle"


def test_many_inputs_have_an_output_each(sdk: Any) -> None:
    answers = sdk(url=CHAT).predict([{"prompt": "Who are you?"}, {"prompt": "What is 2 + 2?"}])
    assert len(answers) == 2 and "4" in answers[1]


def test_the_async_variants_answer_the_same(sdk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where it finds a Jupyter kernel, which nbval imports, the SDK gives no coroutines.
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)

    async def ask() -> tuple[str, str]:
        model = sdk(url=CHAT)
        # What one `await` gives in this SDK is a coroutine again.
        whole = await (await model.async_predict(prompt="Who are you?"))
        stream = await (await model.async_generate(prompt="Who are you?"))
        pieces = [piece async for piece in stream]
        return whole, "".join(pieces)

    whole, streamed = asyncio.run(ask())
    assert whole == streamed and "ChatGPT" in whole


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"url": CHAT.replace("120b", "121b")}, "MODEL_DOES_NOT_EXIST"),
        ({"url": CHAT, "pat": "nobody"}, "CONN_KEY_INVALID"),
    ],
)
def test_errors_are_the_sdks_own(sdk: Any, arguments: dict[str, str], name: str) -> None:
    with pytest.raises(Exception, match=name):
        sdk(**arguments)


def test_a_method_that_there_is_not_is_refused(sdk: Any) -> None:
    with pytest.raises(AttributeError, match="translate"):
        _ = sdk(url=CHAT).translate


def test_many_callers_at_once_get_their_own_answers(sdk: Any) -> None:
    model = sdk(url=CHAT)
    model.predict(prompt="Hi")
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: model.predict(prompt=f"What is {n} + 1?"), range(40))
    assert all(str(n + 1) in answer for n, answer in enumerate(answers))


def test_a_large_message_passes_both_ways(mock: MockServer, sdk: Any) -> None:
    body = HELLO | {"messages": [{"role": "user", "content": "word " * 400_000}]}
    roomy = "https://clarifai.com/openai/chat-completion/models/gpt-4_1"
    reply = json.loads(sdk(url=roomy).openai_transport(msg=json.dumps(body)))
    assert reply["usage"]["prompt_tokens"] >= 400_000


def test_what_use_endpoint_exports_is_all_that_the_sdk_needs() -> None:
    script = f"""
from helpers import use_endpoint
use_endpoint("mock")
from clarifai.client import Model
model = Model(url="{CHAT}")
print(model.predict(prompt="Who are you?").splitlines()[0])
print(len(list(model.generate(prompt="Who are you?"))) > 10)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    backend, answer, streamed = done.stdout.splitlines()
    assert backend.startswith("Backend: mock.")
    assert "ChatGPT" in answer and streamed == "True"


def test_a_server_that_was_never_asked_for_grpc_has_none_and_a_closed_one_has_none_left() -> None:
    from clarifai.client import Model

    with MockServer() as mock:
        assert mock.grpc._server is None
        Model(url=CHAT, base_url=mock.url, pat=MOCK_PAT)
        port = mock.grpc._port
    for closed in (port, mock.port):
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", closed), timeout=1):
            pass
