"""What the native API tells of models, users and prices, and how it refuses the rest."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import httpx
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from google.protobuf.message_factory import GetMessageClass

from helpers.faults import fault
from helpers.mock import MOCK_PAT
from helpers.mock.server import MockServer

METADATA = (("authorization", f"Key {MOCK_PAT}"),)
GPT = resources_pb2.UserAppIDSet(user_id="openai", app_id="chat-completion")


class Stub:
    """Clarifai's calls over a channel, without the retries of its SDK."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel

    def __getattr__(self, rpc: str) -> Any:
        described = service_pb2.DESCRIPTOR.services_by_name["V2"].methods_by_name[rpc]
        ways = [
            "stream" if each else "unary"
            for each in (described.client_streaming, described.server_streaming)
        ]
        return getattr(self._channel, "_".join(ways))(
            f"/clarifai.api.V2/{rpc}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(described.output_type).FromString,
        )


@pytest.fixture(scope="module")
def stub(mock: MockServer) -> Iterator[Any]:
    with grpc.insecure_channel(mock.url.removeprefix("http://")) as channel:
        yield Stub(channel)


def get(mock: MockServer, path: str) -> httpx.Response:
    headers = {"authorization": f"Key {MOCK_PAT}"}
    return httpx.get(mock.url + path, headers=headers, trust_env=False)


def ids(mock: MockServer, query: str) -> list[str]:
    return [each["id"] for each in get(mock, f"/v2/models?{query}").json().get("models", [])]


# --- the list of models ---


def test_featured_models_come_in_their_order(mock: MockServer) -> None:
    featured = ids(mock, "featured_only=true")
    assert featured[:2] == ["gpt-oss-120b", "gpt-oss-120b-high-throughput"]
    assert "gpt-4o" not in featured
    assert ids(mock, "featured_only=True") == featured
    assert ids(mock, "featured_only=false") == ids(mock, "")
    assert ids(mock, "featured_only=true&per_page=3&page=2") == featured[3:6]


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("use_cases=function-calling", "gpt-4o", "text-embedding-ada-002"),
        ("use_cases=text-embedding", "text-embedding-3-large", "gpt-4o"),
        ("model_type_id=visual-detector", "general-image-detection", "general-image-recognition"),
        ("input_fields=image", "gpt-4o", "phi-4"),
        ("output_fields=embeddings", "text-embedding-3-small", "phi-4"),
        ("search=gem", "gemma-3-12b-it", "gpt-4o"),
        ("query=openai+-oss", "gpt-4o", "gpt-oss-20b"),
        ("query=claude+OR+gemini", "claude-sonnet-4", "gpt-4o"),
        ("name=GPT-5*", "gpt-5-mini", "gpt-4o"),
        ("user_app_id.user_id=meta", "Llama-3_2-3B-Instruct", "gpt-4o"),
        ("creator=anthropic", "claude-opus-4", "gpt-4o"),
    ],
)
def test_models_are_filtered(mock: MockServer, query: str, inside: str, outside: str) -> None:
    found = ids(mock, query)
    assert inside in found
    assert outside not in found


def test_two_use_cases_are_either(mock: MockServer) -> None:
    found = ids(mock, "use_cases=text-embedding&use_cases=image-generation")
    assert {"text-embedding-3-large", "grok-2-image-1212"} <= set(found)


def test_filters_hold_over_grpc_as_well(mock: MockServer, stub: Any) -> None:
    asked = service_pb2.ListModelsRequest(use_cases=["function-calling"], featured_only=True)
    reply = stub.ListModels(asked, metadata=METADATA)
    found = [each.id for each in reply.models]
    assert found == ids(mock, "use_cases=function-calling&featured_only=true")
    assert [each.featured_order.value for each in reply.models] == sorted(
        each.featured_order.value for each in reply.models
    )


def test_models_are_sorted_by_name(mock: MockServer) -> None:
    up = ids(mock, "sort_by_name=true&sort_ascending=true")
    assert up == sorted(up)
    assert ids(mock, "sort_by_name=true") == up[::-1]


@pytest.mark.parametrize(
    ("query", "name"),
    [("languages=de", "languages"), ("featured=true", "featured"), ("page=one", "page")],
)
def test_what_the_list_cannot_be_asked_is_named(mock: MockServer, query: str, name: str) -> None:
    reply = get(mock, f"/v2/models?{query}")
    assert reply.status_code == 400
    assert name in reply.json()["status"]["details"]


def test_versions_and_types_are_listed(mock: MockServer, stub: Any) -> None:
    path = "/v2/users/openai/apps/chat-completion/models/gpt-4o"
    (version,) = get(mock, path + "/versions").json()["model_versions"]
    assert version["id"] == get(mock, path).json()["model"]["model_version"]["id"]
    types = stub.ListModelTypes(service_pb2.ListModelTypesRequest(), metadata=METADATA)
    assert "visual-classifier" in {each.id for each in types.model_types}


@pytest.mark.parametrize(
    "model_id", ["aaa03c23b3724a16a56b629203edc62c", "general-image-detection"]
)
def test_clarifais_own_models_are_known_without_an_owner(mock: MockServer, model_id: str) -> None:
    model = get(mock, f"/v2/models/{model_id}").json()["model"]
    assert (model["user_id"], model["app_id"]) == ("clarifai", "main")


# --- the user, and compute ---


def test_the_user_is_told(mock: MockServer) -> None:
    from clarifai.client.user import User

    user = User(user_id="ada", pat=MOCK_PAT, base_url=mock.url)
    assert user.get_user_info().user.id == "ada"
    assert user.get_user_info(user_id="me").user.id not in ("", "me")


def test_a_deployment_is_selected() -> None:
    # The SDK asks for the user by the address that its environment had when it was imported.
    script = """
from helpers import use_endpoint
use_endpoint("mock")
from clarifai.client import Model
for where in (
    {"deployment_id": "mine"},
    {"deployment_id": "theirs", "deployment_user_id": "an-organization"},
    {"compute_cluster_id": "my-cluster", "nodepool_id": "my-nodepool"},
):
    model = Model("https://clarifai.com/openai/chat-completion/models/gpt-oss-120b", **where)
    print("ChatGPT" in model.predict(prompt="Who are you?"))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[1:] == ["True"] * 3, done.stderr


# --- prices ---


def prices(mock: MockServer, *models: str) -> Any:
    keys = ("user_id", "app_id", "id")
    body = {"models": [dict(zip(keys, model.split("/"), strict=True)) for model in models]}
    headers = {"authorization": f"Key {MOCK_PAT}"}
    url = mock.url + "/v2/resource_prices/searches"
    return httpx.post(url, json=body, headers=headers, trust_env=False).json()


def test_prices_are_in_millicents_by_token_or_by_operation(mock: MockServer) -> None:
    listed, embedder, unlisted = prices(
        mock,
        "openai/chat-completion/gpt-oss-120b-high-throughput",
        "openai/embed/text-embedding-3-small",
        "microsoft/text-generation/phi-4",
    )["model_prices"]
    assert listed["model"]["id"] == "gpt-oss-120b-high-throughput"
    assert listed["billing_type"] == 1
    # Dollars a million tokens, as the published formula has it.
    assert listed["price_per_prompt_token"] / 100_000 * 1_000_000 == pytest.approx(0.09)
    assert listed["price_per_completion_token"] / 100_000 * 1_000_000 == pytest.approx(0.36)
    assert "simulated" not in listed
    assert embedder["billing_type"] == 2 and embedder["price_per_op"] > 0
    assert embedder["simulated"] and unlisted["simulated"]


def test_a_price_of_no_model_is_refused(mock: MockServer) -> None:
    assert prices(mock, "openai/chat-completion/gpt-99")["status"]["code"] == 21200


# --- what the mock does not serve ---


@pytest.mark.parametrize(
    ("rpc", "request_type"),
    [
        ("ListApps", service_pb2.ListAppsRequest),
        ("PostWorkflowResults", service_pb2.PostWorkflowResultsRequest),
        ("DeleteModel", service_pb2.DeleteModelRequest),
    ],
)
def test_any_other_call_is_refused_by_a_status_that_names_it(
    stub: Any, rpc: str, request_type: Callable[[], Any]
) -> None:
    status = getattr(stub, rpc)(request_type(), metadata=METADATA).status
    assert status.code == 10040
    assert f"does not serve {rpc}" in status.details and "GetModel" in status.details


def test_so_is_one_whose_replies_or_requests_are_a_stream(stub: Any) -> None:
    entries = stub.StreamLogEntries(service_pb2.StreamLogEntriesRequest(), metadata=METADATA)
    assert [each.status.code for each in entries] == [10040]
    items = stub.ProcessRunnerItems(
        iter([service_pb2.PostRunnerItemOutputsRequest()]), metadata=METADATA
    )
    assert [each.status.code for each in items] == [10040]


def test_a_stream_of_inputs_is_told_that_no_model_has_such_a_method(stub: Any) -> None:
    asked = service_pb2.PostModelOutputsRequest(user_app_id=GPT, model_id="gpt-4o")
    (reply,) = stub.StreamModelOutputs(iter([asked, asked]), metadata=METADATA)
    assert reply.status.code == 10020
    assert "Method stream not found" in reply.status.details


def test_rest_names_the_call_too(mock: MockServer) -> None:
    reply = get(mock, "/v2/users/openai/apps/chat-completion")
    assert reply.status_code == 404
    assert "does not serve GetApp" in reply.json()["status"]["details"]
    assert get(mock, "/v2/bogus").json()["status"]["code"] == 11101


# --- faults ---


@pytest.mark.parametrize(
    ("name", "code"), [("busy", 21354), ("invalid_key", 11008), ("unknown_model", 21200)]
)
def test_a_fault_strikes_a_grpc_call(mock: MockServer, stub: Any, name: str, code: int) -> None:
    asked = service_pb2.GetModelRequest(user_app_id=GPT, model_id="gpt-4o")
    with fault(name, times=1, mock=mock.base_url):
        assert stub.GetModel(asked, metadata=METADATA).status.code == code
        assert stub.GetModel(asked, metadata=METADATA).model.id == "gpt-4o"


def test_a_fault_for_another_model_lets_a_grpc_call_pass(mock: MockServer, stub: Any) -> None:
    text = resources_pb2.Data(text=resources_pb2.Text(raw="Who are you?"))
    asked = service_pb2.PostModelOutputsRequest(
        user_app_id=GPT, model_id="gpt-4o", inputs=[resources_pb2.Input(data=text)]
    )
    with fault("busy", model="openai/chat-completion/models/gpt-5", mock=mock.base_url):
        whole = stub.PostModelOutputs(asked, metadata=METADATA)
        pieces = stub.GenerateModelOutputs(asked, metadata=METADATA)
        told = "".join(each.outputs[0].data.text.raw for each in pieces)
    assert whole == stub.PostModelOutputs(asked, metadata=METADATA)
    assert told == whole.outputs[0].data.text.raw


@pytest.mark.parametrize("name", ["drop_before", "html_403"])
def test_a_fault_without_a_reply_of_clarifais_is_an_error_of_grpc(
    mock: MockServer, stub: Any, name: str
) -> None:
    asked = service_pb2.GetModelRequest(user_app_id=GPT, model_id="gpt-4o")
    with fault(name, times=1, mock=mock.base_url), pytest.raises(grpc.RpcError) as caught:
        stub.GetModel(asked, metadata=METADATA)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


def test_a_fault_strikes_a_native_stream(mock: MockServer, stub: Any) -> None:
    asked = service_pb2.PostModelOutputsRequest(user_app_id=GPT, model_id="gpt-4o")
    with fault("busy", times=1, mock=mock.base_url):
        (reply,) = stub.GenerateModelOutputs(asked, metadata=METADATA)
    assert reply.status.code == 21354


# --- pictures of the recognisers ---


def seen(mock: MockServer, image: dict[str, str], model: str = "general-image-recognition") -> Any:
    headers = {"authorization": f"Key {MOCK_PAT}"}
    url = f"{mock.url}/v2/users/clarifai/apps/main/models/{model}/outputs"
    body = {"inputs": [{"data": {"image": image}}]}
    return httpx.post(url, json=body, headers=headers, trust_env=False)


@pytest.mark.parametrize(
    "image",
    [{}, {"base64": ""}, {"base64": "bm8gcGljdHVyZQ=="}, {"url": "data:image/png;base64,%"}],
)
def test_what_is_no_picture_is_always_refused_in_the_same_words(
    mock: MockServer, image: dict[str, str]
) -> None:
    first, second = seen(mock, image), seen(mock, image)
    assert first.status_code == 400
    assert first.content == second.content
    assert "0x" not in first.text
    assert first.json()["outputs"][0]["status"]["code"] == 30104


def test_concepts_of_an_address_say_that_they_are_simulated(mock: MockServer) -> None:
    status = seen(mock, {"url": "https://samples.clarifai.com/cat1.jpeg"}).json()["outputs"][0]
    assert "Simulated" in status["status"]["details"]


@pytest.mark.parametrize(
    ("url", "model"),
    [
        ("https://example.com/x7.png", "general-image-recognition"),
        ("https://samples.clarifai.com/cat1.jpeg", "general-image-detection"),
    ],
)
def test_an_address_that_says_nothing_is_refused_with_a_hint(
    mock: MockServer, url: str, model: str
) -> None:
    reply = seen(mock, {"url": url}, model)
    assert reply.status_code == 400
    assert "bytes" in reply.json()["outputs"][0]["status"]["description"]
