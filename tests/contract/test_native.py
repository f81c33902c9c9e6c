"""An OpenAI call is a Clarifai API request in a wrapping, and the mock answers both alike."""

import base64
import io
import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from clarifai_grpc.grpc.api.service_pb2 import MultiOutputResponse
from google.protobuf.json_format import ParseDict
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from helpers.mock import MOCK_PAT
from helpers.mock.native import as_clarifai_request, as_openai_request
from helpers.mock.server import MockServer
from tests.contract.wire import send
from tests.examples import examples

CHAT = "openai/chat-completion/models/gpt-oss-120b"
RECOGNISER = "clarifai/main/models/general-image-recognition"
TRAIN = "https://samples.clarifai.com/metro-north.jpg"
HELLO = {"model": CHAT, "messages": [{"role": "user", "content": "Who are you, señor?"}]}
WEATHER = {
    "model": "anthropic/completion/models/claude-sonnet-4",
    "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
                "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
            },
        }
    ],
}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("/chat/completions", HELLO),
    ("/chat/completions", WEATHER),
    ("/chat/completions", HELLO | {"max_tokens": 5, "top_p": "0.5", "tools": None}),
    ("/responses", {"model": CHAT, "input": "Tell me a story."}),
    ("/embeddings", {"model": "openai/embed/models/text-embedding-ada-002", "input": ["a", "b"]}),
    (
        "/images/generations",
        {"model": "xai/image-generation/models/grok-2-image-1212", "prompt": "A cat in a tree"},
    ),
]
STREAMED = [(path, body | {"stream": True}) for path, body in CALLS[:4]]


# Without proxies and certificates, which take longer to set up than all the rest.
HTTP = httpx.Client(trust_env=False, verify=False)
# Two users who ask the same: what was read before for one of them is in the counts of tokens.
KEYS = ("0" * 31 + "3", "0" * 31 + "4")


def as_openai_reply(reply: MultiOutputResponse) -> str:
    parts = reply.outputs[0].data.parts
    return next(str(part.data.string_value) for part in parts if part.id == "return")


def post(mock: MockServer, path: str, body: Any, **headers: str) -> httpx.Response:
    headers = {"authorization": f"Key {MOCK_PAT}"} | headers
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HTTP.post(mock.url + path, content=content, headers=headers)


def models_path(model: str) -> str:
    user, app, *rest = model.split("/")
    return f"/v2/users/{user}/apps/{app}/{'/'.join(rest)}"


def see(mock: MockServer, image: dict[str, str], **config: Any) -> Any:
    """What the recogniser answers, in REST as the documentation calls it."""
    body: dict[str, Any] = {"inputs": [{"data": {"image": image}}]}
    if config:
        body["model"] = {"model_version": {"output_info": {"output_config": config}}}
    return post(mock, models_path(RECOGNISER) + "/outputs", body).json()


def concepts(reply: Any) -> dict[str, float]:
    return {each["name"]: each["value"] for each in reply["outputs"][0]["data"]["concepts"]}


def drawing(*shapes: tuple[str, tuple[int, ...], str], paper: str = "white") -> dict[str, str]:
    image = Image.new("RGB", (320, 240), paper)
    for kind, box, colour in shapes:
        getattr(ImageDraw.Draw(image), kind)(box, fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return {"base64": base64.b64encode(file.getvalue()).decode()}


# --- the conversion ---


def test_a_call_becomes_the_request_that_clarifais_own_model_class_reads() -> None:
    call = as_clarifai_request("/v2/ext/openai/v1/chat/completions", HELLO)
    assert call.rpc == "PostModelOutputs"
    assert call.path == models_path(CHAT) + "/outputs"
    (given,) = call.json.pop("inputs")
    assert call.json == call.json | {
        "user_app_id": {"user_id": "openai", "app_id": "chat-completion"},
        "model_id": "gpt-oss-120b",
    }
    (part,) = given["data"].pop("parts")
    assert given == {"data": {"metadata": {"_method_name": "openai_transport"}}}
    assert part["id"] == "msg"
    body = HELLO | {"openai_endpoint": "/chat/completions"}
    assert json.loads(part["data"]["string_value"]) == body
    assert as_openai_request(part["data"]["string_value"]) == ("/chat/completions", HELLO)


def test_a_stream_and_a_version_stand_in_the_path_as_well() -> None:
    version = "ab" * 16
    body = HELLO | {"model": f"https://clarifai.com/{CHAT}/versions/{version}", "stream": True}
    call = as_clarifai_request("/chat/completions", body)
    assert call.rpc == "GenerateModelOutputs"
    assert call.path == models_path(CHAT) + f"/versions/{version}/outputs/generate"
    assert call.message.inputs[0].data.metadata["_method_name"] == "openai_stream_transport"


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_the_native_route_gives_the_very_bytes_of_the_openai_route(
    mock: MockServer, path: str, body: dict[str, Any]
) -> None:
    call = as_clarifai_request(path, body)
    sent = post(mock, call.path, call.json, authorization=f"Key {KEYS[0]}")
    reply = ParseDict(sent.json(), MultiOutputResponse())
    asked = send(mock, body, path, authorization=f"Bearer {KEYS[1]}")
    assert as_openai_reply(reply).encode() == asked.body


@pytest.mark.parametrize(("path", "body"), STREAMED)
def test_a_native_stream_has_the_very_bytes_of_the_events(
    mock: MockServer, path: str, body: dict[str, Any]
) -> None:
    call = as_clarifai_request(path, body)
    sent = post(mock, call.path, call.json, authorization=f"Key {KEYS[0]}")
    replies = [
        ParseDict(json.loads(line)["result"], MultiOutputResponse())
        for line in sent.text.splitlines()
    ]
    asked = send(mock, body, path, authorization=f"Bearer {KEYS[1]}")
    served = asked.body.decode().splitlines()
    data = [line.removeprefix("data: ") for line in served if line.startswith("data: ")]
    assert [*map(as_openai_reply, replies)] == [each for each in data if each != "[DONE]"]


def test_tokens_are_counted_on_the_output_and_reasoning_is_billed(mock: MockServer) -> None:
    call = as_clarifai_request("/chat/completions", HELLO)
    (output,) = post(mock, call.path, call.json).json()["outputs"]
    usage = json.loads(output["data"]["parts"][0]["data"]["string_value"])["usage"]
    assert output["prompt_tokens"] == usage["prompt_tokens"]
    assert output["completion_tokens"] == usage["completion_tokens"]


@pytest.mark.parametrize(
    "change",
    [
        {"messages": []},
        {"temperature": 7},
        {"model": "openai/embed/models/text-embedding-ada-002"},
    ],
)
def test_a_failure_travels_as_text_in_a_call_that_succeeds(
    mock: MockServer, change: dict[str, Any]
) -> None:
    call = as_clarifai_request("/chat/completions", HELLO | change)
    reply = post(mock, call.path, call.json)
    text = json.loads(as_openai_reply(ParseDict(reply.json(), MultiOutputResponse())))
    error = send(mock, HELLO | change).json()
    assert (reply.status_code, reply.json()["status"]["code"]) == (200, 10000)
    assert text == {name: error[name] for name in ("code", "description", "details")}


def test_an_api_that_the_model_does_not_speak_is_named(mock: MockServer) -> None:
    call = as_clarifai_request("/audio/speech", HELLO)
    reply = ParseDict(post(mock, call.path, call.json).json(), MultiOutputResponse())
    error = json.loads(as_openai_reply(reply))
    assert (error["code"], error["details"]) == (21313, "Unsupported endpoint: /audio/speech")


# --- the API itself, in REST ---


def test_without_a_method_predict_is_called_and_text_is_the_prompt(mock: MockServer) -> None:
    body = {"inputs": [{"data": {"text": {"raw": "Who are you?"}}}]}
    reply = post(mock, models_path(CHAT) + "/outputs", body).json()
    assert reply["status"]["description"] == "Ok"
    assert len(reply["status"]["req_id"]) == 32
    assert "ChatGPT" in reply["outputs"][0]["data"]["text"]["raw"]


def test_methods_are_discovered_with_the_reserved_name(mock: MockServer) -> None:
    body = {"inputs": [{"data": {"metadata": {"_method_name": "_GET_SIGNATURES"}, "parts": [{}]}}]}
    reply = post(mock, models_path(CHAT) + "/outputs", body).json()
    methods = json.loads(reply["outputs"][0]["data"]["text"]["raw"])
    assert set(methods) == {"openai_transport", "openai_stream_transport", "predict", "generate"}
    assert methods["openai_stream_transport"]["methodType"] == "UNARY_STREAMING"


def test_models_are_described_and_listed(mock: MockServer) -> None:
    headers = {"authorization": f"Key {MOCK_PAT}"}
    path = mock.url + models_path(RECOGNISER)
    model = HTTP.get(path, headers=headers).json()["model"]
    assert model["model_type_id"] == "visual-classifier"
    version = model["model_version"]["id"]
    found = HTTP.get(f"{path}/versions/{version}", headers=headers).json()["model_version"]
    assert found["id"] == version
    kind = HTTP.get(f"{path.rpartition('/')[0]}/types/visual-classifier", headers=headers).json()
    assert kind["model_type"]["input_fields"] == ["image"]
    page = f"{path.rpartition('/')[0]}?page=1&per_page=2"
    listed = HTTP.get(page, headers=headers).json()["models"]
    assert [each["user_id"] for each in listed] == ["clarifai", "clarifai"]


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        (models_path(CHAT), b"{}", {"authorization": ""}, (401, 11102)),
        (models_path(CHAT), b"{}", {"authorization": "Key nobody"}, (401, 11008)),
        (models_path("openai/chat-completion/models/gpt-99"), b"{}", {}, (404, 21200)),
        (models_path(CHAT), b"{}", {}, (400, 21202)),
        (models_path(CHAT), b"{", {}, (400, 11100)),
        (models_path(CHAT), b'{"imputs": []}', {}, (400, 11100)),
        (models_path(CHAT), b'{"inputs": "\\ud83d"}', {}, (400, 11100)),
        (models_path(CHAT), b'{"inputs": [{"data": {"parts": [{}]}}]}', {}, (400, 10020)),
        ("/v2/users/openai/apps/chat-completion/workflows", b"{}", {}, (404, 11101)),
    ],
)
def test_errors_have_the_native_shape(
    mock: MockServer, path: str, body: bytes, headers: dict[str, str], expected: tuple[int, int]
) -> None:
    reply = post(mock, path + "/outputs", body, **headers)
    assert (reply.status_code, reply.json()["status"]["code"]) == expected
    assert set(reply.json()) == {"status"}
    assert set(reply.json()["status"]) == {"code", "description", "details", "req_id"}


def test_a_method_that_a_model_lacks_is_a_failure_that_names_those_it_has(mock: MockServer) -> None:
    body = {"inputs": [{"data": {"metadata": {"_method_name": "fly"}, "parts": [{"id": "x"}]}}]}
    status = post(mock, models_path(CHAT) + "/outputs", body).json()["status"]
    assert status["code"] == 10020
    assert "Method fly not found" in status["details"] and "predict" in status["details"]


def test_a_null_is_a_parameter_that_is_not_set(mock: MockServer) -> None:
    unset = dict.fromkeys(("temperature", "max_tokens", "chat_history", "tools", "tool_choice"))
    asked = json.dumps({"messages": [{"role": "user", "content": "Hi"}], "openai_endpoint": None})
    inputs = [{"data": {"text": {"raw": "Hi"}, "parts": None}}]
    for body in (
        {"inputs": inputs, "model": {"model_version": {"output_info": {"params": unset}}}},
        {"inputs": [{"data": {"parts": [{"id": "msg", "data": {"string_value": asked}}],
                              "metadata": {"_method_name": "openai_transport"}}}]},
    ):  # fmt: skip
        reply = post(mock, models_path(CHAT) + "/outputs", body).json()
        assert reply["status"]["code"] == 10000, reply
        assert "Unsupported" not in json.dumps(reply)
    wrong = {"model": {"model_version": {"output_info": {"params": {"top_p": "much"}}}}}
    status = post(mock, models_path(CHAT) + "/outputs", {"inputs": inputs} | wrong).json()["status"]
    assert status["details"] == "top_p: Should be a number"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
PARTS = st.sampled_from(["msg", "prompt", "chat_history", "max_tokens", "temperature", "image"])
DATA = st.fixed_dictionaries(
    {},
    optional={
        "string_value": st.text(max_size=5)
        | st.dictionaries(st.sampled_from(["openai_endpoint", "stream", "model"]), JSON).map(
            json.dumps
        ),
        "int_value": st.integers(-(2**63), 2**63 - 1).map(str),
        "float_value": st.floats(width=32).filter(lambda value: value == value),
        "image": st.fixed_dictionaries({}, optional={"url": st.text(), "base64": st.text()}),
        "text": st.fixed_dictionaries({"raw": st.text()}),
    },
)
METHOD = st.sampled_from(["openai_transport", "predict", "_GET_SIGNATURES"]) | JSON


@examples(40)
@given(
    st.sampled_from([CHAT, RECOGNISER, "openai/embed/models/text-embedding-ada-002"]),
    METHOD,
    DATA,
    st.lists(st.fixed_dictionaries({"id": PARTS, "data": DATA}), max_size=3),
    st.dictionaries(st.sampled_from(["max_tokens", "top_p", "max_concepts", "min_value"]), JSON),
)
def test_whatever_is_sent_there_is_an_answer_in_clarifais_shape(
    mock: MockServer, model: str, method: Any, data: Any, parts: Any, params: Any
) -> None:
    data = {**data, "metadata": {"_method_name": method}, "parts": parts}
    info = {"model_version": {"output_info": {"params": params}}}
    body = {"inputs": [{"data": data}], "model": info}
    reply = post(mock, models_path(model) + "/outputs", body)
    assert reply.status_code < 500
    assert reply.json()["status"]["code"]


# --- concepts ---


def test_the_documented_sample_has_the_documented_shape(mock: MockServer) -> None:
    reply = see(mock, {"url": TRAIN})
    (output,) = reply["outputs"]
    assert set(output) == {"id", "status", "created_at", "model", "input", "data"}
    assert output["model"]["model_type_id"] == "visual-classifier"
    assert output["input"]["data"]["image"]["url"] == TRAIN
    first = output["data"]["concepts"][0]
    known = {"id": "ai_HLmqFqBf", "name": "train", "app_id": "main", "user_id": "clarifai"}
    assert first == known | {"value": pytest.approx(0.999, abs=0.001)}
    values = list(concepts(reply).values())
    assert len(values) == 20 and values == sorted(values, reverse=True)
    assert {"railway", "station"} < set(concepts(reply))


def test_a_picture_at_an_address_is_judged_by_its_name(mock: MockServer) -> None:
    assert "cat" in concepts(see(mock, {"url": "https://samples.clarifai.com/cat1.jpeg"}))
    assert "dog" in concepts(see(mock, {"url": "https://samples.clarifai.com/dog1.jpeg"}))


def test_a_drawing_shows_its_colours_and_shapes(mock: MockServer) -> None:
    circle = concepts(see(mock, drawing(("ellipse", (100, 60, 220, 180), "red"))))
    square = concepts(see(mock, drawing(("rectangle", (100, 60, 220, 180), "blue"))))
    assert {"red", "circle", "white", "illustration", "graphic"} < set(circle)
    assert {"blue", "square"} < set(square)
    assert not {"blue", "square"} & set(circle) and not {"red", "circle"} & set(square)


def test_a_landscape_of_shapes_has_sky_grass_and_sun(mock: MockServer) -> None:
    ground, sun = (0, 170, 320, 240), (240, 20, 290, 70)
    scene = drawing(("rectangle", ground, "#3a9d3a"), ("ellipse", sun, "#ffd400"), paper="#87b6ff")
    assert {"sky", "grass", "sun", "landscape"} < set(concepts(see(mock, scene)))


def test_a_detector_says_where_the_shapes_are(mock: MockServer) -> None:
    detector = "clarifai/main/models/general-image-detection"
    image = drawing(("ellipse", (80, 60, 160, 140), "red"))
    body = {"inputs": [{"data": {"image": image}}]}
    reply = post(mock, models_path(detector) + "/outputs", body).json()
    (region,) = reply["outputs"][0]["data"]["regions"]
    box = region["region_info"]["bounding_box"]
    assert box["left_col"] == pytest.approx(80 / 320, abs=0.02)
    assert box["bottom_row"] == pytest.approx(140 / 240, abs=0.02)
    assert [each["name"] for each in region["data"]["concepts"]] == ["circle", "red"]


def test_the_output_is_narrowed_as_asked(mock: MockServer) -> None:
    image = {"url": TRAIN}
    assert len(concepts(see(mock, image, max_concepts=3))) == 3
    assert min(concepts(see(mock, image, min_value=0.9)).values()) >= 0.9
    picked = see(mock, image, select_concepts=[{"name": "dog"}, {"name": "train"}])
    assert list(concepts(picked)) == ["train", "dog"]
    assert concepts(picked)["dog"] < 0.1
    some = see(mock, image, select_concepts=[{"name": "train"}, {"name": "no such thing"}])
    assert some["status"]["code"] == 10010 and list(concepts(some)) == ["train"]
    none = see(mock, image, select_concepts=[{"name": "no such thing"}])
    assert none["status"]["code"] == 21202


def test_what_is_no_picture_fails_in_its_own_output(mock: MockServer) -> None:
    reply = see(mock, {"base64": base64.b64encode(b"no picture").decode()})
    assert reply["status"]["code"] == 10020
    assert reply["outputs"][0]["status"]["code"] == 30104
    assert reply["outputs"][0]["status"]["description"].startswith("cannot identify image file")


# --- what it costs ---


def test_the_mock_starts_without_grpc_and_without_clarifais_messages() -> None:
    script = (
        "import sys; from helpers.mock import start; start().close();"
        "print({'grpc', 'clarifai_grpc', 'google.protobuf', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
