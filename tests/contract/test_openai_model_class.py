"""Clarifai's own `OpenAIModelClass`, with the mock as its backend, replies as the mock does.

It is the code that stands between Clarifai's API and a model that speaks the OpenAI format, so that
a difference would be a mistake of the mock.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from clarifai_grpc.grpc.api.service_pb2 import PostModelOutputsRequest
from google.protobuf.json_format import MessageToDict
from openai import OpenAI

from helpers.mock import MOCK_PAT, catalogue
from helpers.mock.apis.context import Context
from helpers.mock.native import api, as_clarifai_request, signatures
from helpers.mock.server import MockServer
from helpers.models import parse_model
from tests.contract.test_native import CALLS, STREAMED
from tests.contract.wire import send

METADATA = {"authorization": f"Key {MOCK_PAT}".encode()}


@pytest.fixture(scope="module")
def wrapped(mock: MockServer) -> Callable[[str], Any]:
    """An instance of the class for a model, with its `predict` as in the SDK's template."""
    from clarifai.runners.models.openai_class import OpenAIModelClass

    class Wrapped(OpenAIModelClass):
        client = OpenAI(base_url=mock.base_url, api_key=MOCK_PAT, max_retries=0)

        def __init__(self, name: str) -> None:
            self.model = name
            super().__init__()

    return Wrapped


def set_fields(value: Any) -> Any:
    """JSON without its nulls: the class adds one for every field that its `openai` knows of.

    Nor has it the count of cached tokens, which depends on what was asked before.
    """
    if isinstance(value, dict):
        return {
            key: set_fields(each)
            for key, each in value.items()
            if each is not None and key not in ("cached_tokens", "cachedTokens")
        }
    return [set_fields(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_whole_reply_is_that_of_the_http_route(
    mock: MockServer, wrapped: Callable[[str], Any], path: str, body: dict[str, Any]
) -> None:
    msg = json.dumps(body | {"openai_endpoint": path})
    theirs = wrapped(body["model"]).openai_transport(msg)
    assert set_fields(json.loads(theirs)) == set_fields(send(mock, body, path).json())


@pytest.mark.parametrize(("path", "body"), STREAMED)
def test_a_streamed_reply_has_the_events_of_the_http_route(
    mock: MockServer, wrapped: Callable[[str], Any], path: str, body: dict[str, Any]
) -> None:
    msg = json.dumps(body | {"openai_endpoint": path})
    theirs = [json.loads(event) for event in wrapped(body["model"]).openai_stream_transport(msg)]
    served = send(mock, body, path).body.decode().splitlines()
    data = [line.removeprefix("data: ") for line in served if line.startswith("data: ")]
    ours = [json.loads(each) for each in data if each != "[DONE]"]
    assert set_fields(theirs) == set_fields(ours)


# Pictures are left out: their addresses are those of the server that was asked.
@pytest.mark.parametrize(("path", "body"), CALLS[:-1])
def test_the_whole_native_reply_is_that_of_the_class(
    wrapped: Callable[[str], Any], path: str, body: dict[str, Any]
) -> None:
    request = as_clarifai_request(path, body).message
    theirs = MessageToDict(wrapped(body["model"]).predict_wrapper(_copy(request)))
    ours = MessageToDict(api.call("PostModelOutputs", request, METADATA, Context()))
    assert _comparable(ours) == _comparable(theirs)


@pytest.mark.parametrize(("path", "body"), STREAMED)
def test_the_native_stream_is_that_of_the_class(
    wrapped: Callable[[str], Any], path: str, body: dict[str, Any]
) -> None:
    request = as_clarifai_request(path, body).message
    theirs = wrapped(body["model"]).generate_wrapper(_copy(request))
    ours = api.generate(request, METADATA, Context())
    for one, other in zip(ours, theirs, strict=True):
        assert _comparable(MessageToDict(one)) == _comparable(MessageToDict(other))


def test_chat_has_the_nulls_as_well(mock: MockServer, wrapped: Callable[[str], Any]) -> None:
    (path, body), *_ = CALLS
    theirs = wrapped(body["model"]).openai_transport(json.dumps(body))
    assert json.loads(theirs) == send(mock, body, path).json()


def test_the_methods_are_signed_as_the_class_signs_them(wrapped: Callable[[str], Any]) -> None:
    model = catalogue.find(parse_model(CALLS[0][1]["model"]))
    assert model is not None
    ours = {each.name: each for each in signatures.signatures(model)}
    for name, info in wrapped._get_method_infos().items():  # type: ignore[attr-defined]
        theirs = info.signature
        assert list(ours[name].input_fields) == list(theirs.input_fields)
        assert list(ours[name].output_fields) == list(theirs.output_fields)
        assert ours[name].method_type == theirs.method_type


def _copy(request: Any) -> Any:
    copy = PostModelOutputsRequest()
    copy.CopyFrom(request)
    return copy


def _comparable(reply: dict[str, Any]) -> Any:
    """A reply without what the gateway adds to it, and its text as JSON."""
    reply = set_fields(reply)
    reply["status"] = {"code": reply["status"]["code"]}
    for output in reply["outputs"]:
        output.pop("id", None)
        output["status"] = {"code": output["status"]["code"]}
        for part in output["data"]["parts"]:
            part["data"] = set_fields(json.loads(part["data"]["stringValue"]))
    return reply
